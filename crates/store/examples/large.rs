//! How long the largest writes take: `cargo run --release -p muster-store --example large`.
//!
//! `large [PEOPLE]`: an import of so many people, a send to half of them, its undo, and marks of mails that were sent, by so
//! many connections as a mail server is asked for. It prints a line for each, with figures that are no promise.

#![expect(clippy::unwrap_used, reason = "a measurement that fails may panic")]

#[path = "../tests/world/mod.rs"]
mod world;

use futures::{StreamExt, stream};
use muster_domain::{
    UserId,
    query::{Selection, UserFilter, UserQuery},
    time::{MINUTE, SECOND},
    usecase::send,
};
use std::time::Instant;
use world::{World, details};

const CONNECTIONS: usize = 8;
const MAILS: usize = 8_000;

fn tell(what: &str, begin: Instant) {
    println!("{:>9.3} s  {what}", begin.elapsed().as_secs_f64());
}

async fn import(world: &World, count: usize) {
    let person = |n: usize| {
        let id = UserId::new(world.now(), &*world.ports.secrets);
        let (ward, half) = (format!("Ward {}", n % 40), if n.is_multiple_of(2) { "Half" } else { "Rest" });
        let name = format!("Helena Кузнецова {n}");
        (id, details(&name, Some(&format!("p{n}@example.org")), &[&ward, half]))
    };
    let people: Vec<_> = (0..count).map(person).collect();
    let begin = Instant::now();
    world.store.import_users(world.ws, people.clone().into(), world.now()).await.unwrap();
    tell("import", begin);
    let begin = Instant::now();
    world.store.import_users(world.ws, people.into(), world.now()).await.unwrap();
    tell("import of the same people", begin);
}

async fn marks(world: &World) {
    world.pass(10 * SECOND);
    let mut jobs = Vec::new();
    while jobs.len() < MAILS {
        let claimed = world.store.claim_mails("w", world.ws, 1000, world.now(), MINUTE).await.unwrap();
        if claimed.is_empty() {
            break;
        }
        jobs.extend(claimed);
    }
    let (begin, count) = (Instant::now(), jobs.len());
    let mark = async |job| world.store.mail_sent("w", &job, world.now()).await.unwrap();
    stream::iter(jobs).map(mark).buffer_unordered(CONNECTIONS).collect::<Vec<_>>().await;
    tell(&format!("{count} marks by {CONNECTIONS} connections"), begin);
}

#[tokio::main]
async fn main() {
    let count = std::env::args().nth(1).map_or(100_000, |a| a.parse().unwrap());
    let world = World::sqlite().await;
    import(&world, count).await;
    let half = || UserFilter { groups: vec!["Half".into()], ..UserFilter::default() };
    let choices = world.choices(Selection::Matching { filter: half(), except: vec![] }, 1);
    for _ in 0..2 {
        let begin = Instant::now();
        let sent = send::send(&world.ports, world.ws, None, &choices).await.unwrap();
        tell("send to half", begin);
        let begin = Instant::now();
        world.store.undo_batch(world.ws, sent.batch, world.now()).await.unwrap();
        tell("undo", begin);
    }
    send::send(&world.ports, world.ws, None, &choices).await.unwrap();
    marks(&world).await;
    for (what, search, group) in [
        ("everyone", "", None),
        ("a group of half", "", Some("Half")),
        ("what all have", "example", None),
        ("two letters", "he", None),
    ] {
        let groups = group.map(str::to_owned).into_iter().collect();
        let filter = UserFilter { search: search.into(), groups, ..UserFilter::default() };
        let query = UserQuery { filter, ..UserQuery::default() };
        let begin = Instant::now();
        let found = world.store.users(world.ws, &query).await.unwrap();
        tell(&format!("a page of {what}, {} found", found.total), begin);
    }
}
