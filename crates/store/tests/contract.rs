//! What every store must do, told once: the stories take `&dyn Store`, so that a second database runs the same ones.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod world;

use muster_domain::{
    EmailAddress, InvitationId, Timestamp, UserId,
    account::{Account, Role},
    device::{Facts, Platform, Reason, Status},
    invitation::{Refusal, State},
    ports::*,
    query::*,
    settings::Settings,
    time::{DAY, MINUTE, SECOND},
    usecase::send,
};
use world::{World, details, tokens};

fn names(page: &Page<muster_domain::user::UserRow>) -> Vec<&str> {
    page.rows.iter().map(|u| u.name.as_str()).collect()
}

async fn find(world: &World, search: &str) -> Vec<String> {
    let query =
        UserQuery { filter: UserFilter { search: search.into(), group: None }, ..UserQuery::default() };
    names(&world.store.users(world.ws, &query).await.unwrap()).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn people_are_listed_sorted_and_found_in_both_alphabets() {
    let world = World::new().await;
    world.user("Борис Ахмедов", Some("b.ahmed@example.org"), &["Ward 3"]).await;
    world.user("Anna Petrova", Some("Anna.P@example.org"), &["Ward 3", "Nurses"]).await;
    world.user("100% \"Quoted\"_", None, &[]).await;
    let all = world.store.users(world.ws, &UserQuery::default()).await.unwrap();
    assert_eq!((all.total, names(&all)), (3, vec!["100% \"Quoted\"_", "Anna Petrova", "Борис Ахмедов"]));
    assert_eq!(all.rows[1].groups, ["Nurses", "Ward 3"]);
    for (term, expected) in [
        ("АХМЕ", "Борис Ахмедов"),
        ("бо", "Борис Ахмедов"),
        ("PETROVA", "Anna Petrova"),
        ("anna.p@", "Anna Petrova"),
        ("nurses", "Anna Petrova"),
        ("0%", "100% \"Quoted\"_"),
        ("\"quoted\"", "100% \"Quoted\"_"),
        ("_", "100% \"Quoted\"_"),
    ] {
        assert_eq!(find(&world, term).await, [expected], "{term}");
    }
    assert!(find(&world, "no such person").await.is_empty());
    let query = UserQuery {
        filter: UserFilter { group: Some("ward 3".into()), ..UserFilter::default() },
        descending: true,
        ..UserQuery::default()
    };
    assert_eq!(names(&world.store.users(world.ws, &query).await.unwrap()), ["Борис Ахмедов", "Anna Petrova"]);
    let second = UserQuery { window: Window { page: 2, size: 2 }, ..UserQuery::default() };
    assert_eq!(names(&world.store.users(world.ws, &second).await.unwrap()), ["Борис Ахмедов"]);
}

#[tokio::test]
async fn an_address_belongs_to_one_person_in_any_case() {
    let world = World::new().await;
    world.user("Ada", Some("ada@example.org"), &[]).await;
    let taken = details("Other", Some("ADA@example.org"), &[]);
    let id = UserId::new(world.now(), &*world.ports.secrets);
    assert_eq!(world.store.add_user(world.ws, id, &taken, world.now()).await, Err(StoreError::Exists));
    assert_eq!(world.store.users(world.ws, &UserQuery::default()).await.unwrap().total, 1);
}

#[tokio::test]
async fn an_import_updates_by_address_and_is_all_or_nothing() {
    let world = World::new().await;
    let ada = world.user("Ada", Some("ada@example.org"), &["Old"]).await;
    let new =
        |name, email| (UserId::new(world.now(), &*world.ports.secrets), details(name, Some(email), &["New"]));
    let imported = world
        .store
        .import_users(
            world.ws,
            vec![new("Ada Lovelace", "Ada@example.org"), new("Bob", "b@example.org")],
            world.now(),
        )
        .await;
    assert_eq!(imported, Ok(Imported { added: 1, updated: 1 }));
    let row = world.store.user(world.ws, ada).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.groups), ("Ada Lovelace", vec!["New".to_owned()]));
    let same = UserId::new(world.now(), &*world.ports.secrets);
    let broken = vec![
        (same, details("C", Some("c@example.org"), &[])),
        (same, details("D", Some("d@example.org"), &[])),
    ];
    assert!(world.store.import_users(world.ws, broken, world.now()).await.is_err());
    assert!(find(&world, "c@example.org").await.is_empty());
}

#[tokio::test]
async fn instructions_go_to_those_with_an_address_and_the_others_are_counted() {
    let world = World::new().await;
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    world.user("Farah", None, &[]).await;
    let everyone = Selection::Matching { filter: UserFilter::default(), except: vec![] };
    assert_eq!(world.store.count_recipients(world.ws, &everyone).await, Ok((2, 1)));
    let sent = send::send(&world.ports, world.ws, None, &world.choices(everyone, 3)).await.unwrap();
    assert_eq!((sent.messages, sent.without_address), (3, 1));
    let progress = world.store.progress(world.ws, sent.batch).await.unwrap();
    assert_eq!((progress.total, progress.queued, progress.sent), (3, 3, 0));
    let row = world.store.user(world.ws, anna).await.unwrap().unwrap();
    assert_eq!(row.message.unwrap().state, State::Queued);
    let nobody = Selection::Matching { filter: UserFilter::default(), except: vec![anna] };
    let refused = send::send(&world.ports, world.ws, None, &world.choices(nobody, 1)).await;
    assert_eq!(refused, Err(send::SendError::Nobody));
}

#[tokio::test]
async fn a_send_can_be_undone_for_ten_seconds_and_not_later() {
    let world = World::new().await;
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let first = world.send(&[anna]).await;
    assert!(
        world.store.claim_mails("w", 10, world.now(), MINUTE).await.unwrap().is_empty(),
        "nothing is due within ten seconds"
    );
    world.store.undo_batch(world.ws, first, world.now()).await.unwrap();
    assert_eq!(world.store.user(world.ws, anna).await.unwrap().unwrap().message, None);
    assert!(world.store.progress(world.ws, first).await.unwrap().undone);
    let second = world.send(&[anna]).await;
    world.pass(10 * SECOND);
    assert_eq!(world.store.undo_batch(world.ws, second, world.now()).await, Err(StoreError::State));
    assert_eq!(world.store.claim_mails("w", 10, world.now(), MINUTE).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_mail_is_sent_once_and_a_worker_that_lost_its_lease_cannot_write() {
    let world = World::new().await;
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let batch = world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let lost = world.store.claim_mails("first", 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    assert!(world.store.claim_mails("second", 10, world.now(), MINUTE).await.unwrap().is_empty());
    world.pass(2 * MINUTE);
    let job = world.store.claim_mails("second", 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    assert_eq!((job.attempts, job.invitation.email.as_deref()), (1, Some("anna@example.org")));
    assert_eq!(world.store.mail_sent("first", &lost, world.now()).await, Err(StoreError::State));
    world.store.mail_delayed("second", &job, "451 later", world.now().plus(MINUTE)).await.unwrap();
    assert_eq!(world.store.progress(world.ws, batch).await.unwrap().delayed.as_deref(), Some("451 later"));
    world.pass(MINUTE);
    let job = world.store.claim_mails("second", 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    world.store.mail_sent("second", &job, world.now()).await.unwrap();
    assert_eq!(world.store.next_mail().await, Ok(None));
    assert_eq!(world.store.mails_since(world.ws, world.now()).await, Ok(1));
    let states: Vec<_> =
        world.store.steps(world.ws, job.invitation.id).await.unwrap().into_iter().map(|s| s.state).collect();
    assert_eq!(states, [State::Queued, State::Sent]);
}

#[tokio::test]
async fn a_refused_mail_fails_with_the_servers_words_and_can_be_sent_again() {
    let world = World::new().await;
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let batch = world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let job = world.store.claim_mails("w", 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    world.store.mail_failed("w", &job, "550 mailbox does not exist", world.now()).await.unwrap();
    let message = world.store.user(world.ws, anna).await.unwrap().unwrap().message.unwrap();
    assert_eq!(
        (message.state, message.detail.as_deref()),
        (State::Failed, Some("550 mailbox does not exist"))
    );
    assert_eq!(world.store.progress(world.ws, batch).await.unwrap().failures.len(), 1);
    world.store.resend(world.ws, job.invitation.id, world.now()).await.unwrap();
    assert_eq!(world.store.claim_mails("w", 10, world.now(), MINUTE).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a22_of_thirty_two_devices_that_race_for_one_link_exactly_one_wins() {
    let world = World::new().await;
    let (_, link) = world.link("Anna").await;
    let claims =
        (0..32).map(|n| world.store.claim(world.claim(link, &format!("hardware-{n}"), &format!("n{n}"))));
    let mut won = 0;
    for outcome in futures::future::join_all(claims).await {
        match outcome.unwrap() {
            Claimed::Connected { .. } => won += 1,
            other => assert_eq!(other, Claimed::Refused(Refusal::Used)),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(world.store.devices(world.ws, &DeviceQuery::default()).await.unwrap().total, 1);
}

#[tokio::test]
async fn the_same_hardware_may_come_back_even_after_expiry_and_another_may_not() {
    let world = World::new().await;
    let (user, link) = world.link("Anna").await;
    let Claimed::Connected { device, .. } =
        world.store.claim(world.claim(link, "hardware-1", "a")).await.unwrap()
    else {
        panic!("refused")
    };
    let row = world.store.user(world.ws, user).await.unwrap().unwrap();
    assert_eq!((row.devices, row.status), (1, Some(Status::Ok)));
    world.pass(100 * DAY);
    world.store.expire(world.now()).await.unwrap();
    let again = world.store.claim(world.claim(link, "hardware-1", "b")).await.unwrap();
    assert!(matches!(again, Claimed::Connected { device: same, .. } if same == device));
    assert_eq!(
        world.store.claim(world.claim(link, "hardware-2", "c")).await,
        Ok(Claimed::Refused(Refusal::Used))
    );
    assert_eq!(world.store.devices(world.ws, &DeviceQuery::default()).await.unwrap().total, 1);
}

#[tokio::test]
async fn a18_a_claim_or_check_in_that_is_repeated_is_refused() {
    let world = World::new().await;
    let (_, link) = world.link("Anna").await;
    let Claimed::Connected { device, .. } =
        world.store.claim(world.claim(link, "hardware-1", "a")).await.unwrap()
    else {
        panic!("refused")
    };
    assert_eq!(world.store.claim(world.claim(link, "hardware-1", "a")).await, Ok(Claimed::Replayed));
    assert_eq!(world.store.check_in(world.ws, device, "x", None, world.now()).await, Ok(true));
    assert_eq!(world.store.check_in(world.ws, device, "x", None, world.now()).await, Ok(false));
}

#[tokio::test]
async fn a23_a_link_is_dead_after_revocation_expiry_deletion_and_renewal() {
    let world = World::new().await;
    let dead = async |link, expected| {
        let claimed = world.store.claim(world.claim(link, "hardware-9", "z")).await.unwrap();
        assert_eq!(claimed, Claimed::Refused(expected));
    };
    let (_, link) = world.link("Revoked").await;
    world.store.claim(world.claim(link, "hardware-9", "y")).await.unwrap();
    world.store.revoke(world.ws, link, world.now()).await.unwrap();
    dead(link, Refusal::Revoked).await;
    let (user, link) = world.link("Deleted").await;
    world.store.delete_user(world.ws, user).await.unwrap();
    dead(link, Refusal::Unknown).await;
    let (_, link) = world.link("Renewed").await;
    send::renew(&world.ports, world.ws, link).await.unwrap();
    dead(link, Refusal::Unknown).await;
    let newer = Claim { token: tokens(link, 2), ..world.claim(link, "hardware-9", "z") };
    assert!(matches!(world.store.claim(newer).await.unwrap(), Claimed::Connected { .. }));
    let (_, link) = world.link("Expired").await;
    world.pass(8 * DAY);
    dead(link, Refusal::Expired).await;
    assert!(world.store.expire(world.now()).await.unwrap() > 0);
    assert_eq!(world.store.invitation(world.ws, link).await.unwrap().unwrap().state, State::Expired);
    dead(link, Refusal::Expired).await;
    world.store.extend(world.ws, link, world.now().plus(DAY), world.now()).await.unwrap();
    assert!(matches!(
        world.store.claim(world.claim(link, "hardware-9", "z")).await.unwrap(),
        Claimed::Connected { .. }
    ));
}

#[tokio::test]
async fn a_device_under_another_management_is_refused_and_binds_nothing() {
    let world = World::new().await;
    let (_, link) = world.link("Anna").await;
    let mut claim = world.claim(link, "hardware-1", "a");
    claim.facts.managed_by = Some("KNOX".into());
    assert_eq!(world.store.claim(claim).await, Ok(Claimed::Refused(Refusal::OtherManagement)));
    assert!(matches!(
        world.store.claim(world.claim(link, "hardware-2", "b")).await.unwrap(),
        Claimed::Connected { .. }
    ));
}

#[tokio::test]
async fn what_a_device_tells_becomes_its_status_and_its_owners() {
    let world = World::new().await;
    let (user, link) = world.link("Anna").await;
    let Claimed::Connected { device, .. } =
        world.store.claim(world.claim(link, "hardware-1", "a")).await.unwrap()
    else {
        panic!("refused")
    };
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
    assert_eq!(world.store.find_device_key(device).await, Ok(None));
}

#[tokio::test]
async fn a29_no_id_of_another_workspace_reaches_anything() {
    let world = World::new().await;
    let (user, link) = world.link("Anna").await;
    let Claimed::Connected { device, .. } =
        world.store.claim(world.claim(link, "hardware-1", "a")).await.unwrap()
    else {
        panic!("refused")
    };
    let batch = world.send(&[user]).await;
    let (other, now, store) = (world.other, world.now(), &world.store);
    let gone = Err(StoreError::NotFound);
    assert_eq!(store.user(other, user).await, Ok(None));
    assert_eq!(store.update_user(other, user, &details("X", None, &[])).await, gone);
    assert_eq!(store.delete_user(other, user).await, gone);
    assert_eq!(store.invitation(other, link).await, Ok(None));
    assert_eq!(store.steps(other, link).await, Ok(vec![]));
    assert!(store.resend(other, link, now).await.is_err());
    assert!(store.revoke(other, link, now).await.is_err());
    assert!(store.extend(other, link, now, now).await.is_err());
    assert!(store.undo_batch(other, batch, now).await.is_err());
    assert!(store.progress(other, batch).await.is_err());
    assert_eq!(store.device(other, device).await, Ok(None));
    assert_eq!(store.rename_device(other, device, &"X".parse().unwrap()).await, gone);
    assert_eq!(store.move_device(other, device, user).await, gone);
    assert_eq!(store.delete_device(other, device, now).await, gone);
    assert_eq!(store.check_in(other, device, "n", None, now).await, Err(StoreError::NotFound));
    let these = Selection::These { ids: vec![user] };
    assert_eq!(store.count_recipients(other, &these).await, Ok((0, 0)));
    let foreign = NewInvitation {
        id: InvitationId::new(now, &*world.ports.secrets),
        user,
        token: tokens(link, 9),
        language: Default::default(),
    };
    let id = muster_domain::BatchId::new(now, &*world.ports.secrets);
    let batch = NewBatch {
        id,
        account: None,
        note: None,
        expires_at: now,
        not_before: now,
        invitations: vec![foreign],
        mail: true,
    };
    assert_eq!(store.queue_batch(other, batch, now).await, gone, "the database itself refuses the reference");
    let theirs = world.user_in(other, "Theirs").await;
    assert_eq!(store.move_device(world.ws, device, theirs).await, gone, "a move checks its target too");
    assert!(store.user(world.ws, user).await.unwrap().is_some());
}

#[tokio::test]
async fn a34_the_owner_is_created_once() {
    let world = World::new().await;
    let (store, now) = (&world.store, world.now());
    let account = |email: &str| Account {
        id: muster_domain::AccountId::new(now, &*world.ports.secrets),
        email: email.parse().unwrap(),
        name: "Owner".parse().unwrap(),
        language: None,
    };
    store.add_ticket([1; 32], &Ticket::Owner, now.plus(DAY)).await.unwrap();
    assert_eq!(
        store.create_owner([2; 32], world.ws, &account("x@example.org"), "h", now).await,
        Err(StoreError::State)
    );
    store.create_owner([1; 32], world.ws, &account("a@example.org"), "h", now).await.unwrap();
    assert_eq!(
        store.create_owner([1; 32], world.ws, &account("b@example.org"), "h", now).await,
        Err(StoreError::State)
    );
    store.add_ticket([3; 32], &Ticket::Owner, now.plus(DAY)).await.unwrap();
    assert_eq!(
        store.create_owner([3; 32], world.ws, &account("c@example.org"), "h", now).await,
        Err(StoreError::State)
    );
}

#[tokio::test]
async fn a33_sessions_end_by_time_by_sign_out_and_by_a_new_password() {
    let world = World::new().await;
    let (store, now) = (&world.store, world.now());
    let id = muster_domain::AccountId::new(now, &*world.ports.secrets);
    let account =
        Account { id, email: "a@example.org".parse().unwrap(), name: "A".parse().unwrap(), language: None };
    store.add_account(world.ws, &account, Role::Auditor, Some("h"), now).await.unwrap();
    let email: EmailAddress = "A@example.org".parse().unwrap();
    assert_eq!(store.account_by_email(&email).await.unwrap().unwrap().1.as_deref(), Some("h"));
    let alive = async |secret, now: Timestamp| {
        store.session([secret; 32], now, now.plus(-DAY)).await.unwrap().is_some()
    };
    store.add_session([1; 32], id, now, now.plus(3 * DAY)).await.unwrap();
    store.add_session([2; 32], id, now, now.plus(3 * DAY)).await.unwrap();
    assert_eq!(store.session([1; 32], now, now).await.unwrap().unwrap().who.role, Role::Auditor);
    assert!(!alive(1, now.plus(DAY + 1)).await, "idle");
    store.touch_session([1; 32], now.plus(DAY)).await.unwrap();
    assert!(alive(1, now.plus(DAY + 1)).await);
    assert!(!alive(1, now.plus(3 * DAY)).await, "absolute");
    store.end_session([1; 32]).await.unwrap();
    assert!(!alive(1, now).await && alive(2, now).await);
    store.set_password(id, "new", now).await.unwrap();
    assert!(!alive(2, now).await);
}

#[tokio::test]
async fn each_change_is_told_once_a_commit_with_its_workspace() {
    let world = World::new().await;
    let before = world.store.last_change().await.unwrap();
    world.user("Anna", None, &[]).await;
    let changes = world.store.changes_since(before).await.unwrap();
    assert_eq!(
        changes.iter().map(|c| (c.workspace, c.topic)).collect::<Vec<_>>(),
        [(world.ws, Topic::Users)]
    );
    let before = world.store.last_change().await.unwrap();
    let _ = world.store.delete_user(world.other, UserId::new(world.now(), &*world.ports.secrets)).await;
    assert!(world.store.changes_since(before).await.unwrap().is_empty(), "a refused operation tells nothing");
}

#[tokio::test]
async fn a_device_that_is_deleted_takes_its_link_with_it() {
    let world = World::new().await;
    let (user, link) = world.link("Anna").await;
    let Claimed::Connected { device, .. } =
        world.store.claim(world.claim(link, "hardware-1", "a")).await.unwrap()
    else {
        panic!("refused")
    };
    world.store.delete_device(world.ws, device, world.now()).await.unwrap();
    assert_eq!(
        world.store.claim(world.claim(link, "hardware-1", "b")).await,
        Ok(Claimed::Refused(Refusal::Revoked))
    );
    let row = world.store.user(world.ws, user).await.unwrap().unwrap();
    assert_eq!((row.devices, row.status), (0, None));
}

#[tokio::test]
async fn a_look_at_the_page_is_a_hint_and_never_ends_a_link() {
    let world = World::new().await;
    let (_, link) = world.link("Anna").await;
    world.store.opened(world.ws, link, Some(Platform::Android), world.now()).await.unwrap();
    world.store.opened(world.ws, link, Some(Platform::Ios), world.now()).await.unwrap();
    let seen = world.store.invitation(world.ws, link).await.unwrap().unwrap();
    assert_eq!((seen.state, seen.platform), (State::Opened, Some(Platform::Android)));
    assert!(matches!(
        world.store.claim(world.claim(link, "hardware-1", "a")).await.unwrap(),
        Claimed::Connected { .. }
    ));
    world.store.opened(world.ws, link, None, world.now()).await.unwrap();
    assert_eq!(world.store.invitation(world.ws, link).await.unwrap().unwrap().state, State::Enrolled);
}

#[tokio::test]
async fn a_device_that_was_moved_stays_when_its_former_owner_is_deleted() {
    let world = World::new().await;
    let (anna, link) = world.link("Anna").await;
    let boris = world.user("Boris", None, &[]).await;
    let Claimed::Connected { device, .. } =
        world.store.claim(world.claim(link, "hardware-1", "a")).await.unwrap()
    else {
        panic!("refused")
    };
    world.store.move_device(world.ws, device, boris).await.unwrap();
    world.store.delete_user(world.ws, anna).await.unwrap();
    assert_eq!(world.store.device(world.ws, device).await.unwrap().unwrap().owner, boris);
    let row = world.store.user(world.ws, boris).await.unwrap().unwrap();
    assert_eq!((row.devices, row.message.map(|m| m.state)), (1, Some(State::Enrolled)));
    assert!(matches!(
        world.store.claim(world.claim(link, "hardware-1", "b")).await.unwrap(),
        Claimed::Connected { .. }
    ));
}

#[tokio::test]
async fn an_older_claim_of_the_same_worker_cannot_finish_a_newer_one() {
    let world = World::new().await;
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let old = world.store.claim_mails("w", 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    world.pass(2 * MINUTE);
    let new = world.store.claim_mails("w", 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    assert_eq!(world.store.mail_sent("w", &old, world.now()).await, Err(StoreError::State));
    assert_eq!(world.store.mail_delayed("w", &old, "x", world.now()).await, Err(StoreError::State));
    assert_eq!(world.store.mail_sent("w", &new, world.now()).await, Ok(()));
}

#[tokio::test]
async fn a_pause_for_a_limit_is_no_attempt_and_a_fault_is_one() {
    let world = World::new().await;
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let claim = async || world.store.claim_mails("w", 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    let job = claim().await;
    world.store.mail_paused("w", &job, "limit", world.now()).await.unwrap();
    let job = claim().await;
    assert_eq!(job.attempts, 0);
    world.store.mail_delayed("w", &job, "451", world.now()).await.unwrap();
    assert_eq!(claim().await.attempts, 1);
}

#[tokio::test]
async fn those_without_an_address_are_named_within_the_selection() {
    let world = World::new().await;
    world.user("Anna", Some("anna@example.org"), &[]).await;
    let farah = world.user("Farah", None, &[]).await;
    world.user("Zoe", None, &[]).await;
    let all = Selection::Matching { filter: UserFilter::default(), except: vec![] };
    let names = async |selection: &Selection, limit| {
        let found = world.store.without_address(world.ws, selection, limit).await.unwrap();
        found.into_iter().map(|p| p.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&all, 20).await, ["Farah", "Zoe"]);
    assert_eq!(names(&all, 1).await, ["Farah"]);
    let but = Selection::Matching { filter: UserFilter::default(), except: vec![farah] };
    assert_eq!(names(&but, 20).await, ["Zoe"]);
}

#[tokio::test]
async fn what_waits_is_counted_with_the_newest_reason_and_what_was_sent_by_the_minute() {
    let world = World::new().await;
    let first = world.user("Anna", Some("anna@example.org"), &[]).await;
    let second = world.user("Ben", Some("ben@example.org"), &[]).await;
    world.send(&[first]).await;
    world.pass(SECOND);
    world.send(&[second]).await;
    world.pass(20 * SECOND);
    let store = &world.store;
    assert_eq!(store.waiting(world.ws).await.unwrap(), Waiting { messages: 2, reason: None });
    assert_eq!(store.waiting(world.other).await.unwrap(), Waiting::default());
    let jobs = store.claim_mails("w", 10, world.now(), MINUTE).await.unwrap();
    store.mail_delayed("w", &jobs[0], "451 first", world.now().plus(MINUTE)).await.unwrap();
    store.mail_delayed("w", &jobs[1], "451 second", world.now().plus(MINUTE)).await.unwrap();
    let newest = if jobs[0].id > jobs[1].id { "451 first" } else { "451 second" };
    let waiting = store.waiting(world.ws).await.unwrap();
    assert_eq!((waiting.messages, waiting.reason.as_deref()), (2, Some(newest)));
    world.pass(2 * MINUTE);
    let jobs = store.claim_mails("w", 10, world.now(), MINUTE).await.unwrap();
    store.mail_sent("w", &jobs[0], world.now()).await.unwrap();
    world.pass(5 * MINUTE);
    store.mail_sent("w", &jobs[1], world.now()).await.unwrap();
    let minute = world.now().0.div_euclid(MINUTE);
    let all = store.mails_by_minute(world.ws, world.now().plus(-60 * MINUTE)).await.unwrap();
    assert_eq!(all, [(minute - 5, 1), (minute, 1)]);
    let late = store.mails_by_minute(world.ws, world.now().plus(-MINUTE)).await.unwrap();
    assert_eq!(late, [(minute, 1)]);
    assert_eq!(store.mails_by_minute(world.other, Timestamp(0)).await.unwrap(), []);
    assert_eq!(store.waiting(world.ws).await.unwrap(), Waiting::default());
}
