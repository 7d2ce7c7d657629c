//! iPhones and iPads: a number of a link is one certificate, a certificate is one device, and commands happen once.

use crate::world::World;
use muster_domain::{
    CommandId, DeviceId, InvitationId, WorkspaceId,
    apple::{Authority, End, Fingerprint, Identity, NotTrusted, Purpose, Step, Voice, queue::Outcome},
    command::{Command, CommandKind, CommandState, Order},
    device::{AppleFacts, DeviceEvent, Facts, Platform, Reason, Status},
    invitation::{Refusal, State},
    ports::*,
    query::DeviceQuery,
    time::{DAY, MINUTE},
};

fn identity(world: &World, n: u8) -> Identity {
    Identity {
        fingerprint: Fingerprint([n; 32]),
        serial: vec![n; 16],
        certificate: vec![0x30, n],
        key: [n; 32],
        renews: None,
        issued_at: world.now(),
        not_after: world.now().plus(365 * DAY),
    }
}

fn wanted(world: &World, link: InvitationId, number: u32, n: u8) -> Issue {
    Issue {
        invitation: link,
        generation: Some(1),
        number: Some(number),
        purpose: Purpose::Connect,
        identity: identity(world, n),
        now: world.now(),
    }
}

async fn issue(world: &World, link: InvitationId, number: u32, n: u8) -> Issued {
    world.store.issue(world.ws, wanted(world, link, number, n)).await.unwrap()
}

fn beginning(world: &World, link: InvitationId, n: u8, udid: &str) -> Begin {
    Begin {
        invitation: link,
        identity: Fingerprint([n; 32]),
        udid: udid.into(),
        platform: Platform::Ios,
        facts: Facts { model: Some("iPhone 15".into()), ..Facts::default() },
        topic: "com.apple.mgmt.External.one".into(),
        now: world.now(),
    }
}

async fn begin(world: &World, link: InvitationId, n: u8, udid: &str) -> Begun {
    world.store.begin(world.ws, beginning(world, link, n, udid)).await.unwrap()
}

fn tokens(world: &World, link: InvitationId) -> Tokens {
    Tokens {
        invitation: link,
        device: DeviceId::new(world.now(), &*world.ports.secrets),
        token: vec![7; 32],
        magic: "magic".into(),
        topic: "com.apple.mgmt.External.one".into(),
        unlock: Some(vec![9]),
        questions: Vec::new(),
        now: world.now(),
    }
}

/// Connects an iPhone by the link's certificate of that number.
pub async fn connect(world: &World, link: InvitationId, number: u32, n: u8, udid: &str) -> DeviceId {
    assert!(matches!(issue(world, link, number, n).await, Issued::Certificate(_)));
    assert_eq!(begin(world, link, n, udid).await, Begun::Bound);
    match world.store.take_tokens(world.ws, tokens(world, link)).await.unwrap() {
        Taken::Connected(device) => device,
        other => panic!("{other:?}"),
    }
}

fn talk(world: &World, link: InvitationId, device: DeviceId, answer: Option<(CommandId, Outcome)>) -> Talk {
    Talk { invitation: link, device, answer, detail: None, facts: None, list: None, now: world.now() }
}

async fn idle(world: &World, link: InvitationId, device: DeviceId) -> Option<Command> {
    world.store.talk(world.ws, talk(world, link, device, None)).await.unwrap()
}

async fn answer(
    world: &World,
    link: InvitationId,
    device: DeviceId,
    id: CommandId,
    outcome: Outcome,
) -> Option<Command> {
    world.store.talk(world.ws, talk(world, link, device, Some((id, outcome)))).await.unwrap()
}

async fn order(world: &World, device: DeviceId, order: Order) -> CommandId {
    world.pass(1000);
    let id = CommandId::new(world.now(), &*world.ports.secrets);
    world.store.add_command(world.ws, device, id, &order, world.now()).await.unwrap()
}

fn lock() -> Order {
    Order::Lock { message: Some("Bring it back".into()), phone: None }
}

async fn states(world: &World, device: DeviceId) -> Vec<(CommandKind, CommandState)> {
    let all = world.store.commands(world.ws, device, 99).await.unwrap();
    all.iter().rev().map(|c| (c.order.kind(), c.state)).collect()
}

pub async fn the_first_authority_stays(world: World) {
    let authority = |n: u8| Authority {
        certificate: vec![n],
        key: vec![n],
        recipient: vec![n],
        recipient_key: vec![n],
        made_at: world.now(),
    };
    assert_eq!(world.store.authority(world.ws).await, Ok(None));
    assert_eq!(world.store.add_authority(world.ws, &authority(1)).await, Ok(authority(1)));
    assert_eq!(world.store.add_authority(world.ws, &authority(2)).await, Ok(authority(1)));
    assert_eq!(world.store.authority(world.other).await, Ok(None), "each workspace has its own");
}

pub async fn a2_a_number_of_a_link_is_one_certificate_and_a_lost_answer_is_repeated(world: World) {
    let (_, link) = world.link("Anna").await;
    assert_eq!(world.store.next_identity(world.ws, link).await, Ok(1));
    let first = issue(&world, link, 1, 1).await;
    assert_eq!(first, Issued::Certificate(Box::new(identity(&world, 1))));
    assert_eq!(issue(&world, link, 1, 1).await, first, "the answer was lost: the same again");
    // The same key, and a certificate that was signed anew: the first one is the one.
    let mut again = wanted(&world, link, 1, 5);
    again.identity.key = [1; 32];
    assert_eq!(world.store.issue(world.ws, again).await.unwrap(), first);
    assert_eq!(issue(&world, link, 1, 2).await, Issued::Spent, "another key");
    assert_eq!(world.store.next_identity(world.ws, link).await, Ok(2));
    let signer = world.store.find_signer(Fingerprint([1; 32])).await.unwrap().unwrap();
    assert_eq!((signer.workspace, signer.invitation, signer.pinned), (world.ws, link, None));
    assert_eq!(world.store.find_signer(Fingerprint([2; 32])).await, Ok(None));
}

pub async fn a2_two_at_once_with_one_challenge_are_one_certificate(world: World) {
    let (_, link) = world.link("Anna").await;
    let both = tokio::join!(issue(&world, link, 1, 1), issue(&world, link, 1, 2));
    let spent = [&both.0, &both.1].into_iter().filter(|i| **i == Issued::Spent).count();
    assert_eq!(spent, 1, "{both:?}");
}

pub async fn a4_a23_a_link_of_another_workspace_or_an_ended_one_gives_no_certificate(world: World) {
    let (_, link) = world.link("Anna").await;
    let elsewhere = world.store.issue(world.other, wanted(&world, link, 1, 1)).await.unwrap();
    assert_eq!(elsewhere, Issued::Refused(Refusal::Unknown));
    let older = Issue { generation: Some(2), ..wanted(&world, link, 1, 1) };
    assert_eq!(world.store.issue(world.ws, older).await.unwrap(), Issued::Refused(Refusal::Unknown));
    world.store.revoke(world.ws, link, world.now()).await.unwrap();
    assert_eq!(issue(&world, link, 1, 1).await, Issued::Refused(Refusal::Revoked));
    let (_, late) = world.link("Boris").await;
    world.pass(8 * DAY);
    assert_eq!(issue(&world, late, 1, 3).await, Issued::Refused(Refusal::Expired));
}

pub async fn a_phone_begins_and_is_connected_with_its_tokens(world: World) {
    let (user, link) = world.link("Anna").await;
    issue(&world, link, 1, 1).await;
    assert_eq!(begin(&world, link, 1, "UDID-A").await, Begun::Bound);
    let invitation = world.store.invitation(world.ws, link).await.unwrap().unwrap();
    assert_eq!((invitation.state, invitation.hardware_id.as_deref()), (State::Enrolling, Some("UDID-A")));
    let list = async || world.store.devices(world.ws, &DeviceQuery::default()).await.unwrap();
    assert_eq!(list().await.total, 0, "not before it can be called");
    let new = Tokens {
        questions: vec![(CommandId::new(world.now(), &*world.ports.secrets), CommandKind::DeviceInformation)],
        ..tokens(&world, link)
    };
    let Taken::Connected(device) = world.store.take_tokens(world.ws, new).await.unwrap() else {
        panic!("it is connected")
    };
    let row = list().await.rows.remove(0);
    assert_eq!((row.id, row.owner, row.platform), (device, user, Platform::Ios));
    assert_eq!((row.name.as_str(), row.status), ("iPhone 15", Status::Ok));
    let apple = row.facts.apple.unwrap();
    assert_eq!(apple.identity_ends, Some(world.now().plus(365 * DAY)));
    assert_eq!((apple.can_unlock, apple.profile_installed), (Some(true), Some(true)));
    assert_eq!(world.store.invitation(world.ws, link).await.unwrap().unwrap().state, State::Enrolled);
    let question = idle(&world, link, device).await.unwrap();
    assert_eq!(question.order.kind(), CommandKind::DeviceInformation);
    assert_eq!(world.store.take_tokens(world.ws, tokens(&world, link)).await, Ok(Taken::Updated(device)));
    let steps = world.store.way_so_far(world.ws, link).await.unwrap();
    let steps: Vec<_> = steps.iter().map(|p| p.step).collect();
    assert_eq!(steps, [Step::Identity, Step::Authenticate, Step::Connected]);
}

pub async fn a22_two_phones_with_one_link_are_one_device(world: World) {
    let (_, link) = world.link("Anna").await;
    issue(&world, link, 1, 1).await;
    issue(&world, link, 2, 2).await;
    assert_eq!(begin(&world, link, 1, "UDID-A").await, Begun::Bound);
    assert_eq!(begin(&world, link, 2, "UDID-B").await, Begun::Refused(Refusal::Used));
    assert_eq!(begin(&world, link, 1, "UDID-B").await, Begun::OtherDevice, "A's certificate, B's UDID");
    let refused = world.store.way_so_far(world.ws, link).await.unwrap().pop().unwrap();
    assert_eq!(refused.step, Step::Refused);
}

pub async fn a10_a_certificate_that_was_not_issued_for_the_link_begins_nothing(world: World) {
    let (_, mine) = world.link("Anna").await;
    let (_, other) = world.link("Boris").await;
    issue(&world, mine, 1, 1).await;
    assert_eq!(begin(&world, other, 1, "UDID-A").await, Begun::OtherDevice);
    assert_eq!(begin(&world, mine, 9, "UDID-A").await, Begun::OtherDevice);
    let elsewhere = world.store.begin(world.other, beginning(&world, mine, 1, "UDID-A")).await;
    assert_eq!(elsewhere, Ok(Begun::Refused(Refusal::Unknown)));
}

pub async fn a_phone_that_installs_the_profile_again_is_the_same_row_with_a_new_certificate(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    let asked = order(&world, device, lock()).await;
    assert_eq!(idle(&world, link, device).await.unwrap().id, asked);
    world.pass(MINUTE);
    assert_eq!(connect(&world, link, 2, 2, "UDID-A").await, device);
    assert_eq!(world.store.devices(world.ws, &DeviceQuery::default()).await.unwrap().total, 1);
    let former = world.store.find_signer(Fingerprint([1; 32])).await.unwrap().unwrap();
    assert_eq!(former.ended, Some(End::Superseded));
    assert_eq!(former.speaks_for("UDID-A", world.now()), Err(NotTrusted::Ended));
    let now = world.store.find_signer(Fingerprint([2; 32])).await.unwrap().unwrap();
    assert_eq!(now.speaks_for("UDID-A", world.now()), Ok(Voice::Own));
    assert_eq!(now.pinned.unwrap().device, Some(device));
    assert_eq!(idle(&world, link, device).await, None, "what it was told before is over");
    assert_eq!(states(&world, device).await, [(CommandKind::Lock, CommandState::Unanswered)]);
    let ended = world.store.ended_identities(world.ws, world.now()).await.unwrap();
    assert_eq!(
        ended.iter().map(|e| (e.serial.clone(), e.end)).collect::<Vec<_>>(),
        [(vec![1; 16], End::Superseded)]
    );
}

pub async fn a11_a_phone_that_is_enrolled_moves_only_when_somebody_lets_it(world: World) {
    let (_, first) = world.link("Anna").await;
    let (boris, second) = world.link("Boris").await;
    let device = connect(&world, first, 1, 1, "UDID-A").await;
    issue(&world, second, 1, 2).await;
    assert_eq!(begin(&world, second, 2, "UDID-A").await, Begun::Elsewhere);
    let reachable = async || world.store.reachable(world.ws, device).await.unwrap().unwrap();
    assert_eq!(reachable().await.wants_to_move_at, Some(world.now()));
    world.store.let_move(world.ws, device, world.now()).await.unwrap();
    assert_eq!(begin(&world, second, 2, "UDID-A").await, Begun::Bound);
    let Taken::Connected(again) = world.store.take_tokens(world.ws, tokens(&world, second)).await.unwrap()
    else {
        panic!("it is connected")
    };
    assert_eq!(again, device, "never a second row");
    let row = world.store.device(world.ws, device).await.unwrap().unwrap();
    assert_eq!((row.owner, row.invitation, row.left_at), (boris, second, None));
    let former = world.store.invitation(world.ws, first).await.unwrap().unwrap();
    assert_eq!((former.state, former.device), (State::Revoked, None));
    let signer = world.store.find_signer(Fingerprint([1; 32])).await.unwrap().unwrap();
    assert!(signer.speaks_for("UDID-A", world.now()).is_err());
}

pub async fn a11_a_phone_of_another_workspace_stays_there_until_it_is_let_go(world: World) {
    let (_, mine) = world.link("Anna").await;
    let device = connect(&world, mine, 1, 1, "UDID-A").await;
    let user = world.user_in(world.other, "Boris").await;
    let (made, _) = muster_domain::usecase::send::links(&world.ports, world.other, &[user], 1).await.unwrap();
    let theirs = made[0].1;
    world.store.issue(world.other, wanted(&world, theirs, 1, 2)).await.unwrap();
    let asks = async || world.store.begin(world.other, beginning(&world, theirs, 2, "UDID-A")).await.unwrap();
    assert_eq!(asks().await, Begun::Elsewhere);
    world.store.delete_device(world.ws, device, world.now()).await.unwrap();
    assert_eq!(asks().await, Begun::Bound, "a deleted device is free");
    assert_eq!(world.store.let_move(world.ws, device, world.now()).await, Err(StoreError::State));
}

pub async fn pinning_survives_a_renewal_and_the_former_certificate_ends_with_its_first_use(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    let renewing = |n: u8, of: u8| Issue {
        generation: None,
        number: None,
        purpose: Purpose::Renew(Fingerprint([of; 32])),
        identity: Identity { renews: Some(Fingerprint([of; 32])), ..identity(&world, n) },
        ..wanted(&world, link, 1, n)
    };
    let issued = world.store.issue(world.ws, renewing(2, 1)).await.unwrap();
    assert!(matches!(issued, Issued::Certificate(_)));
    assert_eq!(world.store.issue(world.ws, renewing(2, 1)).await.unwrap(), issued, "a lost answer");
    assert_eq!(world.store.issue(world.ws, renewing(3, 9)).await.unwrap(), Issued::NothingToRenew);
    let signer = async |n: u8| world.store.find_signer(Fingerprint([n; 32])).await.unwrap().unwrap();
    assert_eq!(
        signer(1).await.speaks_for("UDID-A", world.now()),
        Ok(Voice::Own),
        "until the new one is used"
    );
    assert_eq!(signer(2).await.speaks_for("UDID-A", world.now()), Ok(Voice::Renewed));
    world.store.repin(world.ws, link, Fingerprint([2; 32]), world.now()).await.unwrap();
    assert_eq!(signer(2).await.speaks_for("UDID-A", world.now()), Ok(Voice::Own));
    assert_eq!(signer(1).await.speaks_for("UDID-A", world.now()), Err(NotTrusted::Ended));
    assert_eq!(idle(&world, link, device).await, None);
}

pub async fn a_phone_whose_profile_is_removed_stays_listed_as_critical(world: World) {
    let (user, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    order(&world, device, lock()).await;
    world.store.check_out(world.ws, link, world.now()).await.unwrap();
    world.store.check_out(world.ws, link, world.now()).await.unwrap();
    let row = world.store.device(world.ws, device).await.unwrap().unwrap();
    assert_eq!((row.status, row.reasons), (Status::Critical, vec![Reason::ProfileRemoved]));
    assert_eq!(world.store.user(world.ws, user).await.unwrap().unwrap().devices, 0);
    assert_eq!(states(&world, device).await, [(CommandKind::Lock, CommandState::Cancelled)]);
    let left = world.store.talk(world.ws, talk(&world, link, device, None)).await;
    assert_eq!(left, Err(StoreError::NotFound));
    let (_, other) = world.link("Boris").await;
    connect(&world, other, 1, 3, "UDID-A").await;
}

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

pub async fn calls_are_due_until_they_were_made_and_several_are_one(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    let due = async || world.store.due_calls(10, world.now(), world.now().plus(MINUTE)).await.unwrap();
    assert_eq!(world.store.next_call().await, Ok(Some(world.now())), "after connecting");
    order(&world, device, lock()).await;
    order(&world, device, Order::plain(CommandKind::ProfileList)).await;
    let calls = due().await;
    assert_eq!(calls.len(), 1, "one call brings all");
    assert_eq!((calls[0].token.clone(), calls[0].magic.as_str()), (vec![7; 32], "magic"));
    assert_eq!(due().await, [], "somebody is at it");
    world.pass(MINUTE);
    let again = due().await;
    assert_eq!(again.len(), 1, "whoever was at it has died");
    let later = world.now().plus(5 * MINUTE);
    world
        .store
        .called(vec![(again[0].clone(), Called::Again("503".into(), later))], world.now())
        .await
        .unwrap();
    let reachable = async || world.store.reachable(world.ws, device).await.unwrap().unwrap();
    assert_eq!((reachable().await.due_at, reachable().await.reason.as_deref()), (Some(later), Some("503")));
    world.pass(5 * MINUTE);
    let third = due().await;
    assert_eq!(third[0].attempts, 1);
    // A command comes while the call is on its way: it is due again.
    order(&world, device, Order::plain(CommandKind::CertificateList)).await;
    world.store.called(vec![(third[0].clone(), Called::Done)], world.now()).await.unwrap();
    assert_eq!(due().await.len(), 1);
    world.pass(MINUTE);
    let last = due().await;
    world.store.called(vec![(last[0].clone(), Called::Done)], world.now()).await.unwrap();
    assert_eq!((due().await.len(), reachable().await.called_at), (0, Some(world.now())));
}

pub async fn calls_that_wait_or_were_refused_are_due_when_another_certificate_comes(world: World) {
    let (_, first) = world.link("Anna").await;
    let (_, second) = world.link("Boris").await;
    let (_, third) = world.link("Clara").await;
    connect(&world, first, 1, 1, "UDID-A").await;
    connect(&world, second, 1, 2, "UDID-B").await;
    connect(&world, third, 1, 3, "UDID-C").await;
    let due = async || {
        let mut due = world.store.due_calls(9, world.now(), world.now().plus(MINUTE)).await.unwrap();
        due.sort_by_key(|call| call.invitation);
        due
    };
    let calls = due().await;
    let became = [
        Called::Again("no APNs certificate".into(), world.now().plus(DAY)),
        Called::Refused("403 BadCertificate".into()),
        Called::Gone,
    ];
    let outcomes = calls.into_iter().zip(became).collect();
    world.store.called(outcomes, world.now()).await.unwrap();
    world.pass(2 * MINUTE);
    assert_eq!(due().await, []);
    let mut certificate = muster_domain::apple::PushCertificate {
        chain: vec![vec![0x30]],
        topic: "com.apple.mgmt.External.one".into(),
        serial: "01".into(),
        not_before: world.now(),
        not_after: world.now().plus(DAY),
        account: None,
        uploaded_at: world.now(),
    };
    world.store.set_push_certificate(world.other, &certificate, b"key", None).await.unwrap();
    assert_eq!(due().await, [], "another workspace's");
    world.store.set_push_certificate(world.ws, &certificate, b"key", None).await.unwrap();
    let again = due().await;
    assert_eq!(
        again.iter().map(|c| (c.invitation, c.attempts)).collect::<Vec<_>>(),
        [(first, 0), (second, 0)]
    );
    // One that comes while calls are on their way: they are made again by it, whatever the former one does to them.
    certificate.serial = "02".into();
    world.store.set_push_certificate(world.ws, &certificate, b"key", None).await.unwrap();
    let refused =
        again.into_iter().map(|call| (call, Called::Refused("403 BadCertificate".into()))).collect();
    world.store.called(refused, world.now()).await.unwrap();
    assert_eq!(due().await.len(), 2);
}

pub async fn a_phone_that_cannot_be_called_any_more_is_critical_until_it_says_how(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    let call = world.store.due_calls(1, world.now(), world.now().plus(MINUTE)).await.unwrap().remove(0);
    world.store.called(vec![(call, Called::Gone)], world.now()).await.unwrap();
    let row = async || world.store.device(world.ws, device).await.unwrap().unwrap();
    assert_eq!((row().await.status, row().await.reasons), (Status::Critical, vec![Reason::PushGone]));
    world.store.take_tokens(world.ws, tokens(&world, link)).await.unwrap();
    assert_eq!(row().await.status, Status::Ok);
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

pub async fn who_is_to_be_asked_and_whose_certificate_ends_is_known(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    let to_ask = async || world.store.devices_to_ask(world.ws, world.now().plus(-DAY)).await.unwrap();
    assert_eq!(to_ask().await, [device]);
    order(&world, device, Order::plain(CommandKind::Report)).await;
    assert_eq!(to_ask().await, [], "asked, and not answered yet");
    let ending = async || {
        let (soon, since) = (world.now().plus(30 * DAY), world.now().plus(-DAY));
        world.store.identities_ending(world.ws, soon, since).await.unwrap()
    };
    assert_eq!(ending().await, []);
    world.pass(340 * DAY);
    assert_eq!(ending().await, [device]);
    order(&world, device, Order::plain(CommandKind::RenewIdentity)).await;
    assert_eq!(ending().await, [], "it is being renewed");
    let mut given = idle(&world, link, device).await;
    while let Some(command) = given {
        given = answer(&world, link, device, command.id, Outcome::Error).await;
    }
    assert_eq!(ending().await, [], "it could not: it is not asked for ever, at each look");
    world.pass(DAY + 1);
    assert_eq!(ending().await, [device], "but the next day");
    assert_eq!(world.store.topics(world.ws).await.unwrap(), [("com.apple.mgmt.External.one".into(), 1)]);
    assert_eq!(world.store.topics(world.other).await.unwrap(), []);
    let facts = Facts { name: Some("Anna's iPhone".into()), ..Facts::default() };
    world.store.told(world.ws, device, &facts, world.now()).await.unwrap();
    let row = world.store.device(world.ws, device).await.unwrap().unwrap();
    assert_eq!(row.facts.name.as_deref(), Some("Anna's iPhone"));
}

pub async fn what_a_device_lists_is_kept_and_seen_in_its_workspace_alone(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    let list = Some((CommandKind::ApplicationList, "[1]".to_owned()));
    let told = Talk { list, ..talk(&world, link, device, None) };
    world.store.talk(world.ws, told).await.unwrap();
    let read = async |ws: WorkspaceId| {
        world.store.device_list(ws, device, CommandKind::ApplicationList).await.unwrap()
    };
    assert_eq!(read(world.ws).await, Some((world.now(), "[1]".into())));
    assert_eq!(read(world.other).await, None);
    assert_eq!(world.store.unlock_token(world.ws, device).await, Ok(Some(vec![9])));
    assert_eq!(world.store.unlock_token(world.other, device).await, Ok(None));
    assert_eq!(world.store.reachable(world.other, device).await, Ok(None));
}

pub async fn the_phone_of_a_deleted_person_is_known_as_one_that_was_let_go(world: World) {
    let (user, link) = world.link("Anna").await;
    connect(&world, link, 1, 1, "UDID-A").await;
    world.store.delete_user(world.ws, user).await.unwrap();
    let signer = world.store.find_signer(Fingerprint([1; 32])).await.unwrap().unwrap();
    assert_eq!((signer.ended, signer.workspace), (Some(End::Withdrawn), world.ws));
    assert_eq!(signer.speaks_for("UDID-A", world.now()), Err(NotTrusted::Ended));
    world.pass(366 * DAY);
    world.store.clean(world.now()).await.unwrap();
    assert_eq!(world.store.find_signer(Fingerprint([1; 32])).await, Ok(None), "its time is over");
}
