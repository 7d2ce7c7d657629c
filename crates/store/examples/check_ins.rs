//! How many check-ins a second the store writes durably: `cargo run --release -p muster-store --example check_ins`.
//!
//! `check_ins [DEVICES] [WAITING]`: so many devices, so many check-ins waiting at the same time. It prints one line
//! for each kind of check-in, with figures that are sizes of this machine and no promise.

#![expect(clippy::unwrap_used, reason = "a measurement that fails may panic")]

#[path = "../tests/world/mod.rs"]
mod world;

use futures::{StreamExt, stream};
use muster_domain::{DeviceId, UserId, device::Facts, time::MINUTE, usecase::send};
use std::time::Instant;
use world::{World, details};

async fn fleet(world: &World, count: usize) -> Vec<DeviceId> {
    let person = |n| {
        let id = UserId::new(world.now(), &*world.ports.secrets);
        (id, details(&format!("Person {n}"), Some(&format!("p{n}@example.org")), &[]))
    };
    let people: Vec<_> = (0..count).map(person).collect();
    let ids: Vec<_> = people.iter().map(|(id, _)| *id).collect();
    world.store.import_users(world.ws, people.into(), world.now()).await.unwrap();
    let (links, _) = send::links(&world.ports, world.ws, &ids, 1).await.unwrap();
    let claim = async |(n, (_, link)): (usize, &(UserId, muster_domain::InvitationId))| {
        world.connect(*link, &format!("hardware-{n}"), "nonce").await
    };
    stream::iter(links.iter().enumerate()).map(claim).buffer_unordered(512).collect().await
}

async fn measure(
    world: &World,
    what: &str,
    devices: &[DeviceId],
    waiting: usize,
    facts: impl Fn(usize) -> Option<Facts>,
) {
    world.pass(2 * MINUTE);
    let now = world.now();
    let begin = Instant::now();
    let one = async |(n, device): (usize, &DeviceId)| {
        let nonce = format!("{}-{n}", now.0);
        assert!(
            world
                .store
                .fetch_commands(world.ws, *device, &nonce, facts(n).as_ref(), now)
                .await
                .unwrap()
                .is_some()
        );
    };
    stream::iter(devices.iter().enumerate()).map(one).buffer_unordered(waiting).collect::<Vec<_>>().await;
    let rate = devices.len() as f64 / begin.elapsed().as_secs_f64();
    println!("{rate:>9.0}/s  {what}");
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<usize>().unwrap());
    let (count, waiting) = (arguments.next().unwrap_or(20_000), arguments.next().unwrap_or(512));
    let world = World::sqlite().await;
    let devices = fleet(&world, count).await;
    println!(
        "{count} devices, {waiting} check-ins at a time, each answered after its commit (synchronous=FULL)"
    );
    for _ in 0..2 {
        measure(&world, "heard of: nonce and last seen", &devices, waiting, |_| None).await;
        let battery = |n: usize| Some(Facts { battery_percent: Some(n as u8 % 100), ..Facts::default() });
        measure(&world, "with a report that is new: nonce, last seen and facts", &devices, waiting, battery)
            .await;
        let again = |_| Some(Facts { battery_percent: Some(101), ..Facts::default() });
        measure(&world, "with another one", &devices, waiting, again).await;
    }
}
