//! Devices: what they tell, moves, ends.

use crate::world::{World, details};
use muster_domain::{
    device::{Facts, Reason, Status},
    invitation::{Refusal, State},
    ports::*,
    query::{DeviceQuery, InvitationQuery, Window},
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
    assert_eq!(world.store.refresh_statuses(world.ws, world.now()).await, Ok(1));
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

pub async fn devices_and_messages_are_found_by_whom_they_belong_to_few_and_many_alike(world: World) {
    let names: Vec<_> =
        (0..40).map(|n| if n % 20 == 7 { format!("Zhanna{n}") } else { format!("Peter{n}") }).collect();
    let mut last = None;
    for (n, name) in names.iter().enumerate() {
        let (user, link) = world.link(name).await;
        let device = world.connect(link, &format!("hardware-{n}"), &format!("nonce-{n}")).await;
        let name = format!("Phone {}", if n % 10 == 0 { "Ferdinand" } else { "Ada" });
        world.store.rename_device(world.ws, device, &name.parse().unwrap(), None, world.now()).await.unwrap();
        last = Some((user, device));
    }
    let (user, device) = last.unwrap();
    let (window, all) = (Window { page: 0, size: 100 }, 40);
    let check = async |search: &str, of_devices: usize, of_messages: usize| {
        let query = DeviceQuery { search: search.into(), window, ..DeviceQuery::default() };
        let page = world.store.devices(world.ws, &query).await.unwrap();
        assert_eq!((page.total, page.rows.len()), (of_devices as u64, of_devices), "devices: {search}");
        let pick = muster_domain::bulk::PickDevices { query, these: None, except: Vec::new() };
        let picked = world.store.pick_devices(world.ws, &pick, 100, world.now()).await.unwrap();
        assert_eq!(picked.ids.len(), of_devices, "picked: {search}");
        let query = InvitationQuery { search: search.into(), window, ..InvitationQuery::default() };
        let page = world.store.invitations(world.ws, &query).await.unwrap();
        assert_eq!((page.total, page.rows.len()), (of_messages as u64, of_messages), "messages: {search}");
    };
    for (search, of_devices, of_messages) in [
        ("zhanna", 2, 2),
        ("peter", 38, 38),
        ("ferdinand", 4, 0),
        ("ferdinand peter39", 0, 0),
        ("peter39", 1, 1),
        ("example 39", 1, 1),
        ("39", 1, 1),
        ("phone", all, 0),
        ("nobody", 0, 0),
    ] {
        check(search, of_devices, of_messages).await;
    }
    // The index of letters follows each change of a name, and each end.
    let renamed = details("Zoe", Some("zoe@example.org"), &[]);
    world.store.update_user(world.ws, user, &renamed, None).await.unwrap();
    check("peter39", 0, 0).await;
    check("zoe", 1, 1).await;
    world.store.rename_device(world.ws, device, &"Kiosk".parse().unwrap(), None, world.now()).await.unwrap();
    check("kiosk zoe", 1, 0).await;
    world.store.delete_user(world.ws, user).await.unwrap();
    check("zoe", 0, 0).await;
    let theirs = DeviceQuery { search: "peter".into(), ..DeviceQuery::default() };
    assert_eq!(world.store.devices(world.other, &theirs).await.unwrap().total, 0, "a29");
}
