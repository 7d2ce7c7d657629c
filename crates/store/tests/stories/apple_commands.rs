//! What iPhones and iPads are told: one command at a time, each done once, and what is known of a phone by what it did.

use super::apple::*;
use crate::world::World;
use muster_domain::{
    CommandId,
    apple::queue::Outcome,
    command::{CommandKind, CommandState, Order},
    device::{AppleFacts, DeviceEvent, Facts, Reason, Status},
    ports::*,
};

pub async fn commands_go_out_one_at_a_time_and_a_postponed_one_comes_in_the_next_session(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    let first = order(&world, device, lock()).await;
    assert_eq!(order(&world, device, lock()).await, first, "asked twice, done once");
    let second = order(&world, device, Order::plain(CommandKind::ProfileList)).await;
    let given = idle(&world, link, device).await.unwrap();
    assert_eq!((given.id, given.order), (first, lock()));
    let next = answer(&world, link, device, first, Outcome::NotNow).await.unwrap();
    assert_eq!(next.id, second);
    assert_eq!(answer(&world, link, device, second, Outcome::Acknowledged).await, None);
    let expected =
        [(CommandKind::Lock, CommandState::Postponed), (CommandKind::ProfileList, CommandState::Done)];
    assert_eq!(states(&world, device).await, expected);
    assert_eq!(idle(&world, link, device).await.unwrap().id, first, "in the next session");
    assert_eq!(answer(&world, link, device, first, Outcome::Error).await, None);
    assert_eq!(states(&world, device).await[0], (CommandKind::Lock, CommandState::Failed));
    assert_eq!(idle(&world, link, device).await, None);
}

pub async fn a12_another_devices_command_and_a_second_answer_change_nothing(world: World) {
    let (_, link) = world.link("Anna").await;
    let (_, other) = world.link("Boris").await;
    let mine = connect(&world, link, 1, 1, "UDID-A").await;
    let theirs = connect(&world, other, 1, 2, "UDID-B").await;
    let asked = order(&world, mine, lock()).await;
    assert_eq!(idle(&world, link, mine).await.unwrap().id, asked);
    assert_eq!(answer(&world, other, theirs, asked, Outcome::Acknowledged).await, None);
    assert_eq!(states(&world, mine).await, [(CommandKind::Lock, CommandState::Delivered)]);
    answer(&world, link, mine, asked, Outcome::Error).await;
    answer(&world, link, mine, asked, Outcome::Acknowledged).await;
    assert_eq!(states(&world, mine).await, [(CommandKind::Lock, CommandState::Failed)]);
    let waiting = order(&world, mine, Order::plain(CommandKind::ProfileList)).await;
    let given = answer(&world, link, mine, waiting, Outcome::Acknowledged).await;
    assert_eq!(given.map(|c| c.id), Some(waiting), "an answer before it was told is none");
    // What it tells with an answer that changes nothing is no news either.
    let says = async |id: CommandId| {
        let apple = AppleFacts { profile_installed: Some(false), ..AppleFacts::default() };
        let told = Talk {
            facts: Some(Facts { apple: Some(Box::new(apple)), ..Facts::default() }),
            list: Some((CommandKind::ProfileList, "[]".into())),
            ..talk(&world, link, mine, Some((id, Outcome::Acknowledged)))
        };
        world.store.talk(world.ws, told).await.unwrap();
        let listed = world.store.device_list(world.ws, mine, CommandKind::ProfileList).await.unwrap();
        (world.store.device(world.ws, mine).await.unwrap().unwrap().status, listed.is_some())
    };
    assert_eq!(says(asked).await, (Status::Ok, false));
    assert_eq!(says(waiting).await, (Status::Critical, true));
}

pub async fn an_erased_phone_has_left_and_is_never_erased_twice(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    // In the order in which they were given: ids of one millisecond do not tell it.
    let erase = CommandId::new(world.now(), &*world.ports.secrets);
    let list = Order::plain(CommandKind::ProfileList);
    for (id, order) in
        [(erase.nth(1), lock()), (erase, Order::Erase { keep_data_plan: true }), (erase.nth(2), list)]
    {
        world.store.add_command(world.ws, device, id, &order, world.now()).await.unwrap();
        world.pass(1);
    }
    assert_eq!(idle(&world, link, device).await.unwrap().id, erase.nth(1));
    assert_eq!(answer(&world, link, device, erase.nth(1), Outcome::Acknowledged).await.unwrap().id, erase);
    assert_eq!(answer(&world, link, device, erase, Outcome::Acknowledged).await, None);
    let row = world.store.device(world.ws, device).await.unwrap().unwrap();
    assert!(row.left_at.is_some());
    let ends = states(&world, device).await;
    assert!(ends.contains(&(CommandKind::Erase, CommandState::Done)) && ends.len() == 3, "{ends:?}");
    let never_told = (CommandKind::ProfileList, CommandState::Cancelled);
    assert!(ends.contains(&never_told), "what it was not told has not been left unanswered: {ends:?}");
    assert_eq!(connect(&world, link, 2, 2, "UDID-A").await, device, "set up again by its own link");
    assert_eq!(idle(&world, link, device).await, None);
    // Its answer was lost, and it comes back: it was erased, as it seems, and is not erased again.
    let again = order(&world, device, Order::Erase { keep_data_plan: false }).await;
    assert_eq!(idle(&world, link, device).await.unwrap().id, again);
    connect(&world, link, 3, 3, "UDID-A").await;
    assert_eq!(idle(&world, link, device).await, None);
    assert_eq!(states(&world, device).await.last(), Some(&(CommandKind::Erase, CommandState::Presumed)));
}

pub async fn a_report_asks_all_questions_and_what_a_phone_cannot_do_is_refused(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    order(&world, device, Order::plain(CommandKind::Report)).await;
    let asked: Vec<_> = states(&world, device).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(asked, CommandKind::QUESTIONS);
    order(&world, device, Order::plain(CommandKind::Report)).await;
    assert_eq!(states(&world, device).await.len(), 5, "asked twice, answered once");
    let id = CommandId::new(world.now(), &*world.ports.secrets);
    let restart = Order::plain(CommandKind::Restart);
    let refused = world.store.add_command(world.ws, device, id, &restart, world.now()).await;
    assert_eq!(refused, Err(StoreError::State), "not supervised");
    let first = idle(&world, link, device).await.unwrap();
    world.store.cancel_command(world.ws, device, first.id, world.now()).await.unwrap();
    assert_eq!(states(&world, device).await[0].1, CommandState::Cancelled);
    assert_eq!(
        world.store.cancel_command(world.ws, device, first.id, world.now()).await,
        Err(StoreError::State)
    );
}

pub async fn what_a_phone_has_done_is_known_at_once_and_not_with_its_next_report(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-1").await;
    let apple = AppleFacts { supervised: Some(true), ..AppleFacts::default() };
    let facts = Facts { os_version: Some("18.1".into()), apple: Some(Box::new(apple)), ..Facts::default() };
    world.store.told(world.ws, device, &facts, world.now()).await.unwrap();
    let does = async |what: Order| {
        let id = order(&world, device, what).await;
        assert_eq!(idle(&world, link, device).await.unwrap().id, id);
        answer(&world, link, device, id, Outcome::Acknowledged).await;
        world.store.device(world.ws, device).await.unwrap().unwrap()
    };
    let lost = does(Order::LostMode { message: Some("Call us".into()), phone: None }).await;
    assert_eq!(lost.facts.apple.as_ref().unwrap().lost_mode, Some(true));
    assert_eq!((lost.status, lost.reasons), (Status::Warning, vec![Reason::LostMode]));
    let found = does(Order::plain(CommandKind::EndLostMode)).await;
    assert_eq!(found.facts.apple.as_ref().unwrap().lost_mode, Some(false));
    assert_eq!((found.status, found.reasons), (Status::Ok, vec![]));
    let renamed = does(Order::Rename { name: "Ward 3".into() }).await;
    assert_eq!((renamed.name.as_str(), renamed.facts.name.as_deref()), ("Ward 3", Some("Ward 3")));
    // What it did not do changes nothing.
    let id = order(&world, device, Order::Rename { name: "Ward 4".into() }).await;
    assert_eq!(idle(&world, link, device).await.unwrap().id, id);
    answer(&world, link, device, id, Outcome::Error).await;
    let same = world.store.device(world.ws, device).await.unwrap().unwrap();
    assert_eq!(same.name, "Ward 3");
    let history = world.store.device_history(world.ws, device).await.unwrap();
    assert!(
        history.iter().any(|entry| matches!(&entry.event, DeviceEvent::Renamed { to, .. } if to == "Ward 3"))
    );
}
