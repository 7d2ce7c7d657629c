//! Check-ins that come at once: written together, answered each for itself.

use crate::world::World;
use futures::future::join_all;
use muster_domain::{
    DeviceId,
    device::{Facts, Reason, Status},
    ports::*,
    query::DeviceQuery,
    time::{MINUTE, SECOND},
};

async fn fleet(world: &World, count: usize) -> Vec<DeviceId> {
    let mut devices = Vec::new();
    for n in 0..count {
        let (_, link) = world.link(&format!("Person{n}")).await;
        devices.push(world.connect(link, &format!("hardware-{n}"), "a").await);
    }
    devices
}

pub async fn a18_of_the_same_nonce_at_the_same_time_exactly_one_is_taken(world: World) {
    let device = fleet(&world, 1).await[0];
    let same = (0..32).map(|_| world.store.check_in(world.ws, device, "same", None, world.now()));
    let taken = join_all(same).await.into_iter().filter(|r| r == &Ok(true)).count();
    assert_eq!(taken, 1);
    assert_eq!(world.store.check_in(world.ws, device, "same", None, world.now()).await, Ok(false));
}

pub async fn each_of_many_is_answered_for_itself_and_written(world: World) {
    let devices = fleet(&world, 12).await;
    world.store.leave(world.ws, devices[0], "bye", world.now()).await.unwrap();
    world.store.check_in(world.ws, devices[1], "n", None, world.now()).await.unwrap();
    world.pass(10 * MINUTE);
    let facts = |n: usize| Facts {
        battery_percent: Some(u8::try_from(n).unwrap()),
        protection: Some(n != 2),
        ..Facts::default()
    };
    let all = devices.iter().enumerate().map(|(n, device)| {
        let (store, facts, now) = (&world.store, facts(n), world.now());
        async move { store.check_in(world.ws, *device, "n", (n % 2 == 0).then_some(&facts), now).await }
    });
    let answers = join_all(all).await;
    assert_eq!(answers[0], Err(StoreError::NotFound), "it has left");
    assert_eq!(answers[1], Ok(false), "a replay among them is refused alone");
    assert!(answers[2..].iter().all(|a| a == &Ok(true)), "{answers:?}");
    for (n, id) in devices.iter().enumerate().skip(2) {
        let device = world.store.device(world.ws, *id).await.unwrap().unwrap();
        assert_eq!(device.last_seen, world.now());
        assert_eq!(device.facts.battery_percent, (n % 2 == 0).then(|| u8::try_from(n).unwrap()));
        assert_eq!(device.facts.model.as_deref(), Some("Pixel 8"), "what is not told stays");
        let owner = world.store.user(world.ws, device.owner).await.unwrap().unwrap();
        assert_eq!(owner.last_seen, Some(world.now()));
        let expected = if n == 2 { vec![Reason::ProtectionOff] } else { vec![] };
        assert_eq!((owner.reasons, device.status == Status::Ok), (expected, n != 2));
    }
    let untouched = world.store.device(world.ws, devices[1]).await.unwrap().unwrap();
    assert_eq!(untouched.last_seen, world.now().plus(-10 * MINUTE));
}

pub async fn two_of_the_same_device_at_once_both_count(world: World) {
    let device = fleet(&world, 1).await[0];
    let one = Facts { battery_percent: Some(50), ..Facts::default() };
    let two = Facts { os_version: Some("15".into()), ..Facts::default() };
    let (a, b) = futures::join!(
        world.store.check_in(world.ws, device, "a1", Some(&one), world.now()),
        world.store.check_in(world.ws, device, "a2", Some(&two), world.now())
    );
    assert_eq!((a, b), (Ok(true), Ok(true)));
    let facts = world.store.device(world.ws, device).await.unwrap().unwrap().facts;
    assert_eq!((facts.battery_percent, facts.os_version.as_deref()), (Some(50), Some("15")));
}

pub async fn many_check_ins_are_told_once_and_a_new_status_at_once(world: World) {
    let devices = fleet(&world, 4).await;
    let before = world.store.last_change().await.unwrap();
    for (n, device) in devices.iter().enumerate() {
        world.pass(2 * MINUTE);
        world.store.check_in(world.ws, *device, "n", None, world.now()).await.unwrap();
        let told = world.store.changes_since(before).await.unwrap().len();
        assert!(told <= 2, "check-in {n}: devices and users once, not {told}");
    }
    let before = world.store.last_change().await.unwrap();
    let off = Facts { protection: Some(false), ..Facts::default() };
    world.store.check_in(world.ws, devices[0], "off", Some(&off), world.now()).await.unwrap();
    let topics: Vec<_> = world.store.changes_since(before).await.unwrap().iter().map(|c| c.topic).collect();
    assert_eq!(topics, [Topic::Users, Topic::Devices]);
    let before = world.store.last_change().await.unwrap();
    let battery = Facts { battery_percent: Some(3), ..Facts::default() };
    world.store.check_in(world.ws, devices[1], "low", Some(&battery), world.now()).await.unwrap();
    for _ in 0..40 {
        if !world.store.changes_since(before).await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("new facts are told within a second, also when nobody else writes");
}

pub async fn a_device_that_tells_nothing_new_within_a_minute_writes_nothing_but_its_nonce(world: World) {
    let device = fleet(&world, 1).await[0];
    let begin = world.now();
    world.pass(30 * SECOND);
    world.store.check_in(world.ws, device, "n1", None, world.now()).await.unwrap();
    let seen =
        async || world.store.devices(world.ws, &DeviceQuery::default()).await.unwrap().rows[0].last_seen;
    assert_eq!(seen().await, begin);
    world.pass(30 * SECOND);
    world.store.check_in(world.ws, device, "n2", None, world.now()).await.unwrap();
    assert_eq!(seen().await, world.now());
}

pub async fn a18_a_nonce_that_was_taken_stays_taken_after_a_restart(mut world: World) {
    let device = fleet(&world, 1).await[0];
    assert_eq!(world.store.check_in(world.ws, device, "n", None, world.now()).await, Ok(true));
    world.reopen().await;
    assert_eq!(world.store.check_in(world.ws, device, "n", None, world.now()).await, Ok(false));
    assert_eq!(world.store.check_in(world.ws, device, "m", None, world.now()).await, Ok(true));
}
