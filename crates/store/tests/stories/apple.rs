//! iPhones and iPads: a number of a link is one certificate, a certificate is one device, and commands happen once.

use crate::world::World;
use muster_domain::{
    CommandId, DeviceId, InvitationId, WorkspaceId,
    apple::{Authority, End, Fingerprint, Identity, NotTrusted, Purpose, Step, Voice, queue::Outcome},
    command::{Command, CommandKind, CommandState, Order},
    device::{Facts, Platform, Reason, Status},
    invitation::{Refusal, State},
    ports::*,
    query::DeviceQuery,
    time::{DAY, MINUTE},
};

pub fn identity(world: &World, n: u8) -> Identity {
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

pub fn wanted(world: &World, link: InvitationId, number: u32, n: u8) -> Issue {
    Issue {
        invitation: link,
        generation: Some(1),
        number: Some(number),
        purpose: Purpose::Connect,
        identity: identity(world, n),
        now: world.now(),
    }
}

pub async fn issue(world: &World, link: InvitationId, number: u32, n: u8) -> Issued {
    world.store.issue(world.ws, wanted(world, link, number, n)).await.unwrap()
}

pub fn beginning(world: &World, link: InvitationId, n: u8, udid: &str) -> Begin {
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

pub async fn begin(world: &World, link: InvitationId, n: u8, udid: &str) -> Begun {
    world.store.begin(world.ws, beginning(world, link, n, udid)).await.unwrap()
}

pub fn tokens(world: &World, link: InvitationId) -> Tokens {
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

pub fn talk(
    world: &World,
    link: InvitationId,
    device: DeviceId,
    answer: Option<(CommandId, Outcome)>,
) -> Talk {
    Talk { invitation: link, device, answer, detail: None, facts: None, list: None, now: world.now() }
}

pub async fn idle(world: &World, link: InvitationId, device: DeviceId) -> Option<Command> {
    world.store.talk(world.ws, talk(world, link, device, None)).await.unwrap()
}

pub async fn answer(
    world: &World,
    link: InvitationId,
    device: DeviceId,
    id: CommandId,
    outcome: Outcome,
) -> Option<Command> {
    world.store.talk(world.ws, talk(world, link, device, Some((id, outcome)))).await.unwrap()
}

pub async fn order(world: &World, device: DeviceId, order: Order) -> CommandId {
    world.pass(1000);
    let id = CommandId::new(world.now(), &*world.ports.secrets);
    world.store.add_command(world.ws, device, id, &order, world.now()).await.unwrap()
}

pub fn lock() -> Order {
    Order::Lock { message: Some("Bring it back".into()), phone: None }
}

pub async fn states(world: &World, device: DeviceId) -> Vec<(CommandKind, CommandState)> {
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
