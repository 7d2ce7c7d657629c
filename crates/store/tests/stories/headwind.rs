//! Devices with the Headwind agent: a link is bound to what calls itself so, a command is done once, a second phone is seen.

use super::apple::{order, states};
use crate::world::{World, tokens};
use muster_domain::{
    CommandId, DeviceId, InvitationId,
    audit::{Act, Action, By},
    command::{CommandKind, CommandState, Order},
    device::{DeviceEvent, Facts, HeadwindFacts, Reason, Status},
    headwind::given_number,
    invitation::Refusal,
    ports::*,
    query::AuditQuery,
    time::{DAY, MINUTE, SECOND},
    token::{AgentAddress, TokenHash},
};

fn address(link: InvitationId) -> TokenHash {
    AgentAddress::derive(&[7; 32], link).hash()
}

fn claim(world: &World, link: InvitationId, number: &str) -> AgentClaim {
    AgentClaim {
        token: tokens(link, 1),
        device: DeviceId::new(world.now(), &*world.ports.secrets),
        number: number.into(),
        address: address(link),
        now: world.now(),
    }
}

pub async fn asks(world: &World, link: InvitationId, number: &str) -> Result<DeviceId, Refusal> {
    match world.store.agent_claim(claim(world, link, number)).await.unwrap() {
        AgentClaimed::Connected { workspace, device } => {
            assert_eq!(workspace, world.ws);
            Ok(device)
        }
        AgentClaimed::Refused(refusal) => Err(refusal),
    }
}

/// A device that is the company's own, and has reported once.
async fn owned(world: &World, link: InvitationId) -> DeviceId {
    let device = asks(world, link, "anna").await.unwrap();
    sync(world, device).await;
    tell(world, device, &report("R5CT1", "Pixel 8")).await;
    device
}

pub fn report(serial: &str, model: &str) -> Facts {
    let headwind = HeadwindFacts { owner: Some(true), ..HeadwindFacts::default() };
    Facts {
        serial: Some(serial.into()),
        model: Some(model.into()),
        headwind: Some(Box::new(headwind)),
        ..Facts::default()
    }
}

pub async fn tell(world: &World, device: DeviceId, facts: &Facts) {
    world.store.agent_told(world.ws, device, facts, true, world.now()).await.unwrap();
}

pub async fn sync(world: &World, device: DeviceId) -> AgentOrders {
    world.store.agent_sync(world.ws, device, world.now()).await.unwrap()
}

async fn polls(world: &World, device: DeviceId) -> Vec<AgentMessage> {
    world.store.agent_messages(world.ws, device, world.now()).await.unwrap()
}

async fn confirms(world: &World, device: DeviceId, kind: CommandKind) -> AgentConfirmed {
    world.store.agent_confirm(world.ws, device, kind, true, world.now()).await.unwrap()
}

async fn the_device(world: &World, id: DeviceId) -> muster_domain::device::Device {
    world.store.device(world.ws, id).await.unwrap().unwrap()
}

pub async fn a19_a_link_is_bound_to_the_number_that_asked_first_and_another_is_refused(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = asks(&world, link, "anna").await.unwrap();
    assert_eq!(asks(&world, link, "anna").await, Ok(device), "its answer was lost");
    assert_eq!(asks(&world, link, &given_number(link)).await, Ok(device), "as it was told to call itself");
    assert_eq!(asks(&world, link, "boris").await, Err(Refusal::Used));
    let history = world.store.device_history(world.ws, device).await.unwrap();
    assert_eq!(history.len(), 1, "asked three times, connected once: {history:?}");
    let found = world.store.find_agent(address(link)).await.unwrap().unwrap();
    assert_eq!((found.device, found.invitation, found.typed.as_str()), (device, link, "anna"));
    let (_, other) = world.link("Boris").await;
    assert_eq!(world.store.find_agent(address(other)).await, Ok(None));
    assert!(found.bound.serves(world.now()));
    sync(&world, device).await;
    world.store.agent_told(world.ws, device, &report("R5CT1", "Pixel 8"), false, world.now()).await.unwrap();
    let bound = async || world.store.find_agent(address(link)).await.unwrap().unwrap().bound;
    assert_eq!(bound().await.moved_at, None, "below its link still");
    tell(&world, device, &report("R5CT1", "Pixel 8")).await;
    assert_eq!(bound().await.moved_at, Some(world.now()));
    assert_eq!(asks(&world, link, "anna").await, Ok(device), "set up anew at once");
    world.store.delete_device(world.ws, device, world.now()).await.unwrap();
    assert_eq!(asks(&world, link, "anna").await, Err(Refusal::Revoked));
    assert_eq!(world.store.find_agent(address(link)).await, Ok(None));
}

pub async fn a19_a_link_is_answered_again_only_after_somebody_has_said_yes_and_for_a_day(mut world: World) {
    world.store = world.store.acting(Act { by: By::Device, from: None, at: world.now() });
    let (_, link) = world.link("Anna").await;
    let device = owned(&world, link).await;
    let decides = async |yes| world.store.agent_asked_again(world.ws, device, yes, world.now()).await;
    let reasons = async || the_device(&world, device).await.reasons;
    let noted = async |what: Action| {
        let log = world.store.audit(world.ws, &AuditQuery::default()).await.unwrap();
        log.rows.iter().filter(|row| row.entry.action == what).count()
    };
    assert_eq!(decides(true).await, Err(StoreError::State), "nothing has asked");
    world.pass(11 * MINUTE);
    for _ in 0..3 {
        assert_eq!(asks(&world, link, "anna").await, Err(Refusal::Used));
        assert_eq!(asks(&world, link, &given_number(link)).await, Err(Refusal::Used));
    }
    assert_eq!(reasons().await, [Reason::LinkUsedAgain]);
    assert_eq!(noted(Action::DeviceLinkUsedAgain).await, 1, "asked six times, said once");
    tell(&world, device, &report("R5CT1", "Pixel 8")).await;
    assert_eq!(reasons().await, [Reason::LinkUsedAgain], "what the phone reports decides nothing");
    // It was not the phone: it stays as it is, and what asks on is told of once a day.
    decides(false).await.unwrap();
    assert!(reasons().await.is_empty());
    assert_eq!(asks(&world, link, "anna").await, Err(Refusal::Used));
    assert!(reasons().await.is_empty());
    world.pass(DAY);
    assert_eq!(asks(&world, link, "anna").await, Err(Refusal::Used));
    assert_eq!(reasons().await, [Reason::LinkUsedAgain]);
    // It was, and is the same row; its history says so once, and its next move ends it.
    decides(true).await.unwrap();
    for _ in 0..3 {
        assert_eq!(asks(&world, link, "anna").await, Ok(device));
        sync(&world, device).await;
    }
    let history = world.store.device_history(world.ws, device).await.unwrap();
    let again =
        |e: &&muster_domain::device::HistoryEntry| matches!(e.event, DeviceEvent::ConnectedAgain { .. });
    assert_eq!(history.iter().filter(again).count(), 1, "{history:?}");
    tell(&world, device, &report("R5CT1", "Pixel 8")).await;
    world.pass(11 * MINUTE);
    assert_eq!(asks(&world, link, "anna").await, Err(Refusal::Used), "one yes, one time");
    decides(true).await.unwrap();
    world.pass(DAY);
    assert_eq!(asks(&world, link, "anna").await, Err(Refusal::Used), "a yes of yesterday");
    assert_eq!(reasons().await, [Reason::LinkUsedAgain]);
    for (action, times) in [
        (Action::DeviceLinkUsedAgain, 4),
        (Action::DeviceMayConnectAgain, 2),
        (Action::DeviceLinkUseDismissed, 1),
    ] {
        assert_eq!(noted(action).await, times, "{action:?}");
    }
    let elsewhere = world.store.agent_asked_again(world.other, device, true, world.now()).await;
    assert_eq!(elsewhere, Err(StoreError::NotFound), "a29");
}

pub async fn a22_two_phones_with_one_link_in_one_instant_are_one_device(world: World) {
    let (_, link) = world.link("Anna").await;
    let each = ["anna", "boris", "clara"].map(|number| {
        let (store, claim) = (world.store.clone(), claim(&world, link, number));
        tokio::spawn(async move { store.agent_claim(claim).await.unwrap() })
    });
    let mut bound = 0;
    for one in each {
        match one.await.unwrap() {
            AgentClaimed::Connected { .. } => bound += 1,
            AgentClaimed::Refused(refusal) => assert_eq!(refusal, Refusal::Used),
        }
    }
    assert_eq!(bound, 1);
}

pub async fn a_device_is_called_by_its_model_once_that_is_known(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = asks(&world, link, "anna").await.unwrap();
    assert_eq!(the_device(&world, device).await.name, "Android");
    tell(&world, device, &report("R5CT1", "Pixel 8")).await;
    assert_eq!(the_device(&world, device).await.name, "Pixel 8");
    let history = world.store.device_history(world.ws, device).await.unwrap();
    assert_eq!(history.len(), 1, "nobody has renamed it: {history:?}");
    world
        .store
        .rename_device(world.ws, device, &"Android".parse().unwrap(), None, world.now())
        .await
        .unwrap();
    tell(&world, device, &report("R5CT1", "Pixel 8")).await;
    assert_eq!(the_device(&world, device).await.name, "Android", "as somebody called it");
}

pub async fn what_the_agent_never_confirms_ends_with_being_told(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = owned(&world, link).await;
    assert_eq!(polls(&world, device).await, [], "nothing waits");
    order(&world, device, Order::Lock { message: Some("Bring it back".into()), phone: Some("112".into()) })
        .await;
    assert_eq!(world.store.agents_due(world.now()).await, Ok(vec![device]));
    assert_eq!(polls(&world, device).await, [AgentMessage::ConfigUpdated]);
    assert_eq!(polls(&world, device).await, [], "it was told just now");
    assert_eq!(world.store.agents_due(world.now()).await, Ok(vec![]));
    world.pass(30 * SECOND);
    assert_eq!(polls(&world, device).await, [AgentMessage::ConfigUpdated], "its answer was lost, perhaps");
    assert_eq!(sync(&world, device).await.lock.as_deref(), Some("Bring it back\n112"));
    assert_eq!(states(&world, device).await, [(CommandKind::Lock, CommandState::Told)]);
    assert_eq!(the_device(&world, device).await.reasons, [Reason::Locked]);
    assert_eq!(
        sync(&world, device).await.lock.as_deref(),
        Some("Bring it back\n112"),
        "until it is unlocked"
    );
    order(&world, device, Order::plain(CommandKind::Unlock)).await;
    assert_eq!(sync(&world, device).await, AgentOrders::default());
    assert_eq!(the_device(&world, device).await.status, Status::Ok);
    let app = Order::RunApp { package: "org.example.ward".into() };
    order(&world, device, app).await;
    let run = AgentMessage::RunApp { package: "org.example.ward".into() };
    assert_eq!(polls(&world, device).await, [AgentMessage::ConfigUpdated, run]);
    world.pass(MINUTE);
    assert_eq!(polls(&world, device).await, [AgentMessage::ConfigUpdated], "an app is opened once");
    let ends: Vec<_> = states(&world, device).await.into_iter().map(|(_, state)| state).collect();
    assert_eq!(ends, [CommandState::Told; 3]);
}

pub async fn a_report_that_was_asked_for_is_done_when_the_device_has_told(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = owned(&world, link).await;
    order(&world, device, Order::plain(CommandKind::Report)).await;
    tell(&world, device, &report("R5CT1", "Pixel 8")).await;
    assert_eq!(states(&world, device).await, [(CommandKind::Report, CommandState::Queued)], "not asked yet");
    sync(&world, device).await;
    assert_eq!(states(&world, device).await, [(CommandKind::Report, CommandState::Delivered)]);
    tell(&world, device, &report("R5CT1", "Pixel 8")).await;
    assert_eq!(states(&world, device).await, [(CommandKind::Report, CommandState::Done)]);
}

pub async fn what_is_done_once_is_confirmed_before_and_wanted_once(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = owned(&world, link).await;
    let restart = CommandKind::Restart;
    assert_eq!(confirms(&world, device, restart).await, AgentConfirmed::Unwanted, "nobody asked");
    order(&world, device, Order::plain(restart)).await;
    assert_eq!(confirms(&world, device, restart).await, AgentConfirmed::Unwanted, "it was not told yet");
    assert!(sync(&world, device).await.restart);
    assert!(sync(&world, device).await.restart, "until it has confirmed");
    assert_eq!(confirms(&world, device, restart).await, AgentConfirmed::Noted);
    assert_eq!(states(&world, device).await, [(restart, CommandState::Done)]);
    assert!(!sync(&world, device).await.restart);
    assert_eq!(confirms(&world, device, restart).await, AgentConfirmed::Unwanted, "by an old configuration");
    // What is taken back while the device has it already is not done.
    let id = order(&world, device, Order::Erase { keep_data_plan: false }).await;
    assert!(sync(&world, device).await.erase);
    world.store.cancel_command(world.ws, device, id, world.now()).await.unwrap();
    assert_eq!(polls(&world, device).await, [AgentMessage::ConfigUpdated], "it gets another configuration");
    assert_eq!(confirms(&world, device, CommandKind::Erase).await, AgentConfirmed::Unwanted);
    // One that is told over and over and says nothing of it is left to a person.
    order(&world, device, Order::plain(restart)).await;
    let told = async |_| sync(&world, device).await.restart;
    let mut times = 0;
    for n in 0..9 {
        times += usize::from(told(n).await);
    }
    assert_eq!(times, 5);
    assert_eq!(states(&world, device).await.last(), Some(&(restart, CommandState::Unanswered)));
}

pub async fn a_new_password_goes_out_for_a_short_time_and_is_not_kept(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = owned(&world, link).await;
    let reset = || Order::ResetPassword { password: "sealed".into() };
    order(&world, device, reset()).await;
    assert_eq!(sync(&world, device).await.password.as_deref(), Some("sealed"));
    world.pass(MINUTE);
    assert_eq!(
        sync(&world, device).await.password.as_deref(),
        Some("sealed"),
        "its answer was lost, perhaps"
    );
    assert_eq!(confirms(&world, device, CommandKind::ResetPassword).await, AgentConfirmed::Noted);
    assert_eq!(polls(&world, device).await, [AgentMessage::ConfigUpdated], "what it keeps still says so");
    assert_eq!(sync(&world, device).await.password, None);
    let kept = world.store.commands(world.ws, device, 9).await.unwrap();
    assert_eq!(kept[0].order, Order::plain(CommandKind::ResetPassword), "without its words");
    let taken_back = order(&world, device, reset()).await;
    world.store.cancel_command(world.ws, device, taken_back, world.now()).await.unwrap();
    let kept = world.store.commands(world.ws, device, 9).await.unwrap();
    assert_eq!(kept[0].order, Order::plain(CommandKind::ResetPassword), "nor when it was taken back");
    // Never confirmed: it may have been done, and the person may have another by now.
    order(&world, device, reset()).await;
    assert!(sync(&world, device).await.password.is_some());
    world.pass(5 * MINUTE);
    assert_eq!(sync(&world, device).await.password, None);
    assert_eq!(states(&world, device).await.last().unwrap().1, CommandState::Unanswered);
}

pub async fn an_erased_device_has_left_and_one_that_comes_back_is_not_erased_again(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = owned(&world, link).await;
    let erase = || Order::Erase { keep_data_plan: false };
    order(&world, device, erase()).await;
    assert!(sync(&world, device).await.erase);
    let unable = world.store.agent_confirm(world.ws, device, CommandKind::Erase, false, world.now()).await;
    assert_eq!(unable, Ok(AgentConfirmed::Noted));
    assert_eq!(states(&world, device).await, [(CommandKind::Erase, CommandState::Failed)]);
    order(&world, device, erase()).await;
    order(&world, device, Order::plain(CommandKind::Restart)).await;
    sync(&world, device).await;
    assert_eq!(confirms(&world, device, CommandKind::Erase).await, AgentConfirmed::Noted);
    let row = the_device(&world, device).await;
    assert_eq!((row.left_at, row.reasons), (Some(world.now()), vec![Reason::Erased]));
    let ends: Vec<_> = states(&world, device).await.into_iter().map(|(_, state)| state).collect();
    assert_eq!(ends, [CommandState::Failed, CommandState::Presumed, CommandState::Cancelled]);
    assert_eq!(the_device(&world, device).await.status, Status::Warning);
    assert_eq!(sync(&world, device).await, AgentOrders::default(), "while it erases itself");
    assert!(the_device(&world, device).await.left_at.is_some(), "that is no life");
    world.pass(3 * MINUTE);
    assert_eq!(sync(&world, device).await, AgentOrders::default(), "it came back, and is not erased again");
    let row = the_device(&world, device).await;
    assert_eq!((row.left_at, row.status), (None, Status::Ok));
    assert_eq!(states(&world, device).await[1].1, CommandState::Unanswered);
}

pub async fn another_build_than_the_companys_is_told_at_the_device_until_it_asks_signed(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = owned(&world, link).await;
    for _ in 0..2 {
        world.store.agent_unsigned(world.ws, device, world.now()).await.unwrap();
        tell(&world, device, &report("R5CT1", "Pixel 8")).await;
        let row = the_device(&world, device).await;
        assert_eq!((row.status, row.reasons), (Status::Critical, vec![Reason::OtherBuild]));
    }
    let history = world.store.device_history(world.ws, device).await.unwrap();
    assert_eq!(history.len(), 2, "{history:?}");
    sync(&world, device).await;
    assert_eq!(the_device(&world, device).await.status, Status::Ok);
    let elsewhere = world.store.agent_unsigned(world.other, device, world.now()).await;
    assert_eq!(elsewhere, Err(StoreError::NotFound), "a29");
}

pub async fn a_second_phone_at_an_address_is_seen_and_told_nothing_until_somebody_decides(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = owned(&world, link).await;
    order(&world, device, Order::plain(CommandKind::Restart)).await;
    tell(&world, device, &report("R5CT2", "Pixel 8")).await;
    let row = the_device(&world, device).await;
    assert_eq!((row.status, row.reasons), (Status::Critical, vec![Reason::PossibleCopy]));
    assert_eq!(row.facts.serial.as_deref(), Some("R5CT1"), "what it said is not taken");
    assert_eq!(sync(&world, device).await, AgentOrders::default());
    tell(&world, device, &report("R5CT1", "Pixel 8")).await;
    assert_eq!(sync(&world, device).await, AgentOrders::default(), "still not decided");
    let id = CommandId::new(world.now(), &*world.ports.secrets);
    let refused =
        world.store.add_command(world.ws, device, id, &Order::plain(CommandKind::Restart), world.now()).await;
    assert_eq!(refused, Err(StoreError::State));
    world.store.agent_is_the_same(world.ws, device, world.now()).await.unwrap();
    assert!(sync(&world, device).await.restart);
    let row = the_device(&world, device).await;
    assert_eq!((row.status, row.facts.serial.as_deref()), (Status::Ok, Some("R5CT2")), "a repaired phone");
    tell(&world, device, &report("R5CT3", "Pixel 8")).await;
    let row = the_device(&world, device).await;
    assert_eq!(row.reasons, [Reason::PossibleCopy], "what was decided is of that one, and no third");
    world.store.agent_is_the_same(world.ws, device, world.now()).await.unwrap();
    let again = world.store.agent_is_the_same(world.ws, device, world.now()).await;
    assert_eq!(again, Err(StoreError::State), "there is nothing to decide");
    let elsewhere = world.store.agent_is_the_same(world.other, device, world.now()).await;
    assert_eq!(elsewhere, Err(StoreError::NotFound), "a29");
}
