//! Devices: what they tell, moves, ends.

use crate::world::World;
use muster_domain::{
    device::{Facts, Reason, Status},
    invitation::{Refusal, State},
    ports::*,
    settings::Settings,
    time::DAY,
};

pub async fn what_a_device_tells_becomes_its_status_and_its_owners(world: World) {
    let (user, link) = world.link("Anna").await;
    let device = world.connect(link, "hardware-1", "a").await;
    let facts = Facts { protection: Some(false), ..Facts::default() };
    world.store.check_in(world.ws, device, "x", Some(&facts), world.now()).await.unwrap();
    let row = world.store.user(world.ws, user).await.unwrap().unwrap();
    assert_eq!((row.status, row.reasons), (Some(Status::Critical), vec![Reason::ProtectionOff]));
    let facts = Facts { protection: Some(true), ..Facts::default() };
    world.store.check_in(world.ws, device, "y", Some(&facts), world.now()).await.unwrap();
    assert_eq!(world.store.user(world.ws, user).await.unwrap().unwrap().status, Some(Status::Ok));
    world.pass(8 * DAY);
    let silence = Settings::default().silence;
    assert_eq!(world.store.refresh_statuses(world.ws, silence, world.now()).await, Ok(1));
    let row = world.store.user(world.ws, user).await.unwrap().unwrap();
    assert_eq!((row.status, row.reasons), (Some(Status::Warning), vec![Reason::NotConnected { days: 8 }]));
    world.store.leave(world.ws, device, "z", world.now()).await.unwrap();
    let row = world.store.user(world.ws, user).await.unwrap().unwrap();
    assert_eq!((row.devices, row.status, row.reasons), (0, Some(Status::Critical), vec![Reason::Left]));
    assert!(world.store.find_device_key(device).await.unwrap().unwrap().left);
}

pub async fn a_device_that_is_deleted_takes_its_link_with_it(world: World) {
    let (user, link) = world.link("Anna").await;
    let device = world.connect(link, "hardware-1", "a").await;
    world.store.delete_device(world.ws, device, world.now()).await.unwrap();
    assert_eq!(
        world.store.claim(world.claim(link, "hardware-1", "b")).await,
        Ok(Claimed::Refused(Refusal::Revoked))
    );
    let row = world.store.user(world.ws, user).await.unwrap().unwrap();
    assert_eq!((row.devices, row.status), (0, None));
}

pub async fn a_device_that_was_moved_stays_when_its_former_owner_is_deleted(world: World) {
    let (anna, link) = world.link("Anna").await;
    let boris = world.user("Boris", None, &[]).await;
    let device = world.connect(link, "hardware-1", "a").await;
    world.store.move_device(world.ws, device, boris, None, world.now()).await.unwrap();
    world.store.delete_user(world.ws, anna).await.unwrap();
    assert_eq!(world.store.device(world.ws, device).await.unwrap().unwrap().owner, boris);
    let row = world.store.user(world.ws, boris).await.unwrap().unwrap();
    assert_eq!((row.devices, row.message.map(|m| m.state)), (1, Some(State::Enrolled)));
    assert!(matches!(
        world.store.claim(world.claim(link, "hardware-1", "b")).await.unwrap(),
        Claimed::Connected { .. }
    ));
}
