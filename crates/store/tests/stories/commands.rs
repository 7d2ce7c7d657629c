//! Commands to devices: delivered until answered, and answered once.

use crate::world::World;
use muster_domain::{
    CommandId, DeviceId,
    command::{CommandKind, CommandState, Order},
    device::Facts,
    ports::*,
    time::{MINUTE, SECOND},
};

async fn ask(world: &World, device: DeviceId) -> Stored<CommandId> {
    let id = CommandId::new(world.now(), &*world.ports.secrets);
    world.store.add_command(world.ws, device, id, &Order::plain(CommandKind::Report), world.now()).await
}

fn answer(world: &World, device: DeviceId, command: CommandId, nonce: &str) -> Answer {
    Answer { device, command, done: true, detail: None, nonce: nonce.into(), now: world.now() }
}

async fn fetched(world: &World, device: DeviceId, nonce: &str) -> Vec<CommandId> {
    let waiting = world.store.fetch_commands(world.ws, device, nonce, None, world.now()).await.unwrap();
    waiting.unwrap().into_iter().map(|c| c.id).collect()
}

pub async fn a_command_comes_with_each_check_in_until_it_is_answered(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = world.connect(link, "hardware-1", "a").await;
    assert!(fetched(&world, device, "n0").await.is_empty());
    let first = ask(&world, device).await.unwrap();
    assert_eq!(ask(&world, device).await, Ok(first), "asked twice, done once");
    let state = async || world.store.commands(world.ws, device, 9).await.unwrap().remove(0);
    assert_eq!((state().await.state, state().await.delivered_at), (CommandState::Queued, None));
    world.store.check_in(world.ws, device, "report", Some(&Facts::default()), world.now()).await.unwrap();
    assert_eq!(state().await.state, CommandState::Queued, "a report alone fetches nothing");
    world.pass(SECOND);
    let told = world.now();
    assert_eq!(fetched(&world, device, "n1").await, [first]);
    world.pass(MINUTE);
    assert_eq!(fetched(&world, device, "n2").await, [first], "again until it is answered");
    let now = state().await;
    assert_eq!((now.state, now.delivered_at), (CommandState::Delivered, Some(told)));
    let failed =
        Answer { done: false, detail: Some("battery".into()), ..answer(&world, device, first, "n3") };
    assert_eq!(world.store.answer_command(world.ws, failed).await, Ok(Answered::Noted));
    assert!(fetched(&world, device, "n4").await.is_empty());
    let now = state().await;
    assert_eq!((now.state, now.ended_at), (CommandState::Failed, Some(world.now())));
    assert_eq!(now.detail.as_deref(), Some("battery"));
    let second = ask(&world, device).await.unwrap();
    assert_ne!(second, first, "what has ended can be asked again");
    let listed: Vec<_> =
        world.store.commands(world.ws, device, 9).await.unwrap().iter().map(|c| c.id).collect();
    assert_eq!(listed, [second, first], "the newest first");
}

pub async fn a12_an_answer_to_another_devices_command_or_a_second_one_changes_nothing(world: World) {
    let (_, mine) = world.link("Anna").await;
    let (_, other) = world.link("Boris").await;
    let (mine, other) =
        (world.connect(mine, "hardware-1", "a").await, world.connect(other, "hardware-2", "b").await);
    let command = ask(&world, mine).await.unwrap();
    let told = async |device, nonce: &str| {
        world.store.answer_command(world.ws, answer(&world, device, command, nonce)).await.unwrap()
    };
    let state = async || world.store.commands(world.ws, mine, 1).await.unwrap()[0].state;
    assert_eq!(told(mine, "n1").await, Answered::Unknown, "it was not delivered yet");
    fetched(&world, mine, "n2").await;
    assert_eq!(told(other, "n3").await, Answered::Unknown);
    assert_eq!(state().await, CommandState::Delivered);
    assert_eq!(told(mine, "n2").await, Answered::Replayed);
    assert_eq!(told(mine, "n4").await, Answered::Noted);
    let late = Answer { done: false, ..answer(&world, mine, command, "n5") };
    assert_eq!(world.store.answer_command(world.ws, late).await, Ok(Answered::Before));
    assert_eq!(state().await, CommandState::Done, "the first answer stays");
    let invented = answer(&world, mine, CommandId::new(world.now(), &*world.ports.secrets), "n6");
    assert_eq!(world.store.answer_command(world.ws, invented).await, Ok(Answered::Unknown));
}

pub async fn a_device_that_left_is_asked_nothing_and_answers_nothing(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = world.connect(link, "hardware-1", "a").await;
    let command = ask(&world, device).await.unwrap();
    fetched(&world, device, "n1").await;
    world.store.leave(world.ws, device, "n2", world.now()).await.unwrap();
    assert_eq!(ask(&world, device).await, Err(StoreError::State));
    let late = world.store.answer_command(world.ws, answer(&world, device, command, "n3")).await;
    assert_eq!(late, Err(StoreError::NotFound));
    world.store.delete_device(world.ws, device, world.now()).await.unwrap();
    assert!(world.store.commands(world.ws, device, 9).await.unwrap().is_empty());
    assert_eq!(ask(&world, device).await, Err(StoreError::NotFound));
}
