//! What the console offers about an invitation is just what the store does, and its history tells it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod world;

use muster_domain::{
    AccountId, InvitationId,
    account::{Account, Role},
    audit::{self, By},
    invitation::{Act, Acted, Invitation, State},
    ports::*,
    query::{InvitationQuery, Selection},
    time::{DAY, SECOND},
    usecase::send,
};
use world::World;

async fn get(world: &World, id: InvitationId) -> Invitation {
    world.store.invitation(world.ws, id).await.unwrap().unwrap()
}

async fn refuse(world: &World) {
    world.pass(10 * SECOND);
    let jobs = world.store.claim_mails("w", world.ws, 10, world.now(), DAY).await.unwrap();
    world.store.mail_failed("w", &jobs[0], "550 no such mailbox", world.now()).await.unwrap();
}

/// An invitation in that state, each in a world of its own.
async fn in_state(world: &World, state: State) -> InvitationId {
    let (user, link) = world.link("Anna").await;
    let now = world.now();
    match state {
        State::Sent => {}
        State::Queued => {
            world.store.resend(world.ws, link, now).await.unwrap();
        }
        State::Opened => world.store.opened(world.ws, link, None, now).await.unwrap(),
        State::Enrolled => {
            world.store.claim(world.claim(link, "hw-1", "n1")).await.unwrap();
        }
        State::Failed => {
            world.send(&[user]).await;
            let newest = world.store.user(world.ws, user).await.unwrap().unwrap().message.unwrap().invitation;
            refuse(world).await;
            return newest;
        }
        State::Expired => {
            world.pass(8 * DAY);
            assert_eq!(world.store.expire(world.now()).await, Ok(1));
        }
        State::Revoked => world.store.revoke(world.ws, link, now).await.unwrap(),
        State::Enrolling => panic!("Android devices have no such state"),
    }
    link
}

async fn act(world: &World, id: InvitationId, act: Act) -> Stored<()> {
    let (store, now) = (&world.store, world.now());
    match act {
        Act::Resend => store.resend(world.ws, id, now).await,
        Act::Renew => send::renew(&world.ports, world.ws, id).await,
        Act::Extend => store.extend(world.ws, id, now.plus(7 * DAY), now).await,
        Act::Revoke => store.revoke(world.ws, id, now).await,
        // The link is derived: what is offered has to connect a device, the one that was connected or any.
        Act::CopyLink => {
            let hardware = get(world, id).await.hardware_id.unwrap_or_else(|| "hw-1".into());
            match store.claim(world.claim(id, &hardware, "n2")).await? {
                Claimed::Connected { .. } => Ok(()),
                _ => Err(StoreError::State),
            }
        }
    }
}

#[tokio::test]
async fn what_is_offered_is_just_what_the_store_does() {
    for state in State::ALL.into_iter().filter(|s| *s != State::Enrolling) {
        for what in Act::ALL {
            let world = World::sqlite().await;
            let id = in_state(&world, state).await;
            let before = get(&world, id).await;
            assert_eq!(before.state, state);
            let offered = before.offers(what, world.now());
            assert_eq!(act(&world, id, what).await.is_ok(), offered, "{what:?} when {state:?}");
        }
    }
}

#[tokio::test]
async fn a_link_whose_time_is_over_is_not_offered_before_anybody_marked_it() {
    let world = World::sqlite().await;
    let (_, link) = world.link("Anna").await;
    world.pass(8 * DAY);
    let invitation = get(&world, link).await;
    assert_eq!(invitation.state, State::Sent);
    let offered: Vec<_> = Act::ALL.into_iter().filter(|a| invitation.offers(*a, world.now())).collect();
    assert_eq!(offered, [Act::Renew, Act::Extend, Act::Revoke]);
}

#[tokio::test]
async fn nothing_is_sent_to_somebody_without_an_address() {
    let world = World::sqlite().await;
    let user = world.user("Farah", None, &[]).await;
    let (made, _) = send::links(&world.ports, world.ws, &[user], 1).await.unwrap();
    let invitation = get(&world, made[0].1).await;
    assert!(!invitation.offers(Act::Resend, world.now()) && !invitation.offers(Act::Renew, world.now()));
    assert!(invitation.offers(Act::CopyLink, world.now()));
}

#[tokio::test]
async fn the_history_tells_requests_failures_and_what_was_done() {
    let world = World::sqlite().await;
    let (_, link) = world.link("Anna").await;
    let store = &world.store;
    store.extend(world.ws, link, world.now().plus(8 * DAY), world.now()).await.unwrap();
    world.pass(9 * DAY);
    store.expire(world.now()).await.unwrap();
    store.request_link(world.ws, link, world.now()).await.unwrap();
    store.request_link(world.ws, link, world.now()).await.unwrap();
    send::renew(&world.ports, world.ws, link).await.unwrap();
    refuse(&world).await;
    store.resend(world.ws, link, world.now()).await.unwrap();
    let steps = store.steps(world.ws, link).await.unwrap();
    let told: Vec<_> = steps.iter().map(|s| (s.state, s.acted, s.detail.as_deref())).collect();
    assert_eq!(
        told,
        [
            (State::Sent, None, None),
            (State::Sent, Some(Acted::Extended), None),
            (State::Expired, None, None),
            (State::Expired, Some(Acted::Asked), None),
            (State::Queued, Some(Acted::Renewed), None),
            (State::Failed, None, Some("550 no such mailbox")),
            (State::Queued, Some(Acted::Resent), None),
        ]
    );
    assert!(steps.is_sorted_by_key(|s| s.at));
}

#[tokio::test]
async fn a_step_names_who_did_it_and_nobody_where_a_phone_did() {
    let world = World::sqlite().await;
    let (_, link) = world.link("Anna").await;
    let by = By::CommandLine { user: "rosa".to_owned() };
    let acting = world.store.acting(audit::Act { by, from: None, at: world.now() });
    acting.extend(world.ws, link, world.now().plus(9 * DAY), world.now()).await.unwrap();
    acting.resend(world.ws, link, world.now()).await.unwrap();
    acting.revoke(world.ws, link, world.now()).await.unwrap();
    let steps = world.store.steps(world.ws, link).await.unwrap();
    let by: Vec<_> = steps.iter().map(|step| step.by.as_deref()).collect();
    assert_eq!(by, [None, Some("rosa"), Some("rosa"), Some("rosa")], "{steps:?}");
}

#[tokio::test]
async fn who_asks_is_counted_and_found_until_a_new_link_is_made() {
    let world = World::sqlite().await;
    let (_, asking) = world.link("Anna").await;
    let (_, quiet) = world.link("Boris").await;
    world.pass(8 * DAY);
    world.store.expire(world.now()).await.unwrap();
    world.store.request_link(world.ws, asking, world.now()).await.unwrap();
    let counts = world.store.invitation_counts(world.ws, None, None).await.unwrap();
    assert_eq!(
        (counts.asking, counts.of(State::Expired), counts.of(State::Sent), counts.all()),
        (1, 2, 0, 2)
    );
    let query = InvitationQuery { asking: true, ..InvitationQuery::default() };
    let found = async || -> Vec<InvitationId> {
        world.store.invitations(world.ws, &query).await.unwrap().rows.iter().map(|i| i.id).collect()
    };
    assert_eq!(found().await, [asking]);
    send::renew(&world.ports, world.ws, asking).await.unwrap();
    assert_eq!(found().await, []);
    world.store.request_link(world.ws, quiet, world.now()).await.unwrap();
    world.store.revoke(world.ws, quiet, world.now()).await.unwrap();
    assert_eq!(found().await, [], "a withdrawn link asks for nothing");
    let counts = world.store.invitation_counts(world.ws, None, None).await.unwrap();
    assert_eq!((counts.asking, counts.of(State::Queued), counts.of(State::Revoked)), (0, 1, 1));
    let elsewhere = world.store.invitation_counts(world.other, None, None).await.unwrap();
    assert_eq!(elsewhere.all(), 0, "another workspace counts its own");
}

#[tokio::test]
async fn a_message_says_who_sent_it_and_why_it_waits() {
    let world = World::sqlite().await;
    let id = AccountId::new(world.now(), &*world.ports.secrets);
    let account = Account {
        id,
        email: "rosa@example.org".parse().unwrap(),
        name: "Rosa Klein".parse().unwrap(),
        language: None,
    };
    world.store.add_account(world.ws, &account, Role::Owner, None, world.now()).await.unwrap();
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let choices = world.choices(Selection::These { ids: vec![anna] }, 1);
    send::send(&world.ports, world.ws, Some(id), &choices).await.unwrap();
    world.pass(10 * SECOND);
    let jobs = world.store.claim_mails("w", world.ws, 10, world.now(), DAY).await.unwrap();
    let later = world.now().plus(DAY);
    world.store.mail_delayed("w", &jobs[0], "451 try again later", later).await.unwrap();
    let found = get(&world, jobs[0].invitation.id).await;
    assert_eq!(found.sent_by.as_deref(), Some("Rosa Klein"));
    assert_eq!((found.state, found.waiting.as_deref()), (State::Queued, Some("451 try again later")));
}

#[tokio::test]
async fn links_made_for_a_script_may_end_after_seconds() {
    let world = World::sqlite().await;
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let (made, ends) = send::links_for(&world.ports, world.ws, &[anna], 1, Some(2 * SECOND)).await.unwrap();
    assert_eq!(ends, world.now().plus(2 * SECOND));
    for wrong in [0, SECOND - 1, 90 * DAY + 1] {
        let refused = send::links_for(&world.ports, world.ws, &[anna], 1, Some(wrong)).await;
        assert!(matches!(refused, Err(send::SendError::Lifetime(_))), "{wrong}");
    }
    world.pass(2 * SECOND);
    let late = world.store.claim(world.claim(made[0].1, "hw-1", "n1")).await.unwrap();
    assert!(matches!(late, Claimed::Refused(muster_domain::invitation::Refusal::Expired)));
}
