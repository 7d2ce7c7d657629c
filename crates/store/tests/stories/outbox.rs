//! The outbox: each message once, under a lease.

use crate::world::{World, details};
use muster_domain::{
    Timestamp,
    invitation::State,
    ports::*,
    query::Selection,
    time::{MINUTE, SECOND},
    usecase::send,
};
use std::collections::BTreeSet;

pub async fn a_mail_is_sent_once_and_a_worker_that_lost_its_lease_cannot_write(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let batch = world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let lost =
        world.store.claim_mails("first", world.ws, 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    assert!(world.store.claim_mails("second", world.ws, 10, world.now(), MINUTE).await.unwrap().is_empty());
    world.pass(2 * MINUTE);
    let job =
        world.store.claim_mails("second", world.ws, 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    assert_eq!((job.attempts, job.invitation.email.as_deref()), (1, Some("anna@example.org")));
    assert_eq!(world.store.mail_sent("first", &lost, world.now()).await, Err(StoreError::State));
    world.store.mail_delayed("second", &job, "451 later", world.now().plus(MINUTE)).await.unwrap();
    assert_eq!(world.store.progress(world.ws, batch).await.unwrap().delayed.as_deref(), Some("451 later"));
    world.pass(MINUTE);
    let job =
        world.store.claim_mails("second", world.ws, 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    world.store.mail_sent("second", &job, world.now()).await.unwrap();
    assert_eq!(world.store.next_mail().await, Ok(None));
    assert_eq!(world.store.mails_since(world.ws, world.now()).await, Ok(1));
    let states: Vec<_> =
        world.store.steps(world.ws, job.invitation.id).await.unwrap().into_iter().map(|s| s.state).collect();
    assert_eq!(states, [State::Queued, State::Sent]);
}

pub async fn a_refused_mail_fails_with_the_servers_words_and_can_be_sent_again(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let batch = world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let job = world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    world.store.mail_failed("w", &job, "550 mailbox does not exist", world.now()).await.unwrap();
    let message = world.store.user(world.ws, anna).await.unwrap().unwrap().message.unwrap();
    assert_eq!(
        (message.state, message.detail.as_deref()),
        (State::Failed, Some("550 mailbox does not exist"))
    );
    assert_eq!(world.store.progress(world.ws, batch).await.unwrap().failures.len(), 1);
    world.store.resend(world.ws, job.invitation.id, world.now()).await.unwrap();
    assert_eq!(world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap().len(), 1);
}

pub async fn an_older_claim_of_the_same_worker_cannot_finish_a_newer_one(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let old = world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    world.pass(2 * MINUTE);
    let new = world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    assert_eq!(world.store.mail_sent("w", &old, world.now()).await, Err(StoreError::State));
    assert_eq!(world.store.mail_delayed("w", &old, "x", world.now()).await, Err(StoreError::State));
    assert_eq!(world.store.mail_sent("w", &new, world.now()).await, Ok(()));
}

pub async fn what_a_limit_holds_up_says_so_and_counts_no_attempt_while_a_fault_is_one(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let boris = world.user("Boris", Some("boris@example.org"), &[]).await;
    world.send(&[anna, boris]).await;
    world.store.mails_limited(world.ws, "limit", world.now()).await.unwrap();
    let reason = async || world.store.waiting(world.ws).await.unwrap().reason;
    assert_eq!(reason().await, None, "nothing is due yet");
    world.pass(10 * SECOND);
    let claim = async |n| world.store.claim_mails("w", world.ws, n, world.now(), MINUTE).await.unwrap();
    let taken = claim(1).await.pop().unwrap();
    world.store.mails_limited(world.other, "limit", world.now()).await.unwrap();
    assert_eq!(reason().await, None);
    world.store.mails_limited(world.ws, "limit", world.now()).await.unwrap();
    let waiting = async |id| world.store.invitation(world.ws, id).await.unwrap().unwrap().waiting;
    assert_eq!(waiting(taken.invitation.id).await, None, "what is in hand is not held up");
    let held = claim(9).await.pop().unwrap();
    assert_eq!((held.attempts, waiting(held.invitation.id).await.as_deref()), (0, Some("limit")));
    world.store.mail_delayed("w", &held, "451", world.now()).await.unwrap();
    assert_eq!(claim(9).await.pop().unwrap().attempts, 1);
}

pub async fn mails_are_claimed_workspace_by_workspace(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let theirs = world.add(world.other, details("Eve", Some("eve@example.net"), &[])).await;
    world.send(&[anna]).await;
    let choices = world.choices(Selection::These { ids: vec![theirs] }, 1);
    send::send(&world.ports, world.other, None, &choices).await.unwrap();
    assert_eq!(world.store.workspaces_with_mail(world.now()).await.unwrap(), []);
    world.pass(10 * SECOND);
    let mut due = world.store.workspaces_with_mail(world.now()).await.unwrap();
    due.sort();
    assert_eq!(due, BTreeSet::from([world.ws, world.other]).into_iter().collect::<Vec<_>>());
    for (workspace, address) in [(world.other, "eve@example.net"), (world.ws, "anna@example.org")] {
        let jobs = world.store.claim_mails("w", workspace, 9, world.now(), MINUTE).await.unwrap();
        let to: Vec<_> = jobs.iter().map(|j| j.invitation.email.as_deref()).collect();
        assert_eq!(to, [Some(address)]);
    }
    assert_eq!(world.store.workspaces_with_mail(world.now()).await.unwrap(), []);
}

pub async fn the_attempt_at_a_link_that_was_replaced_does_not_end_the_message_with_the_newer_one(
    world: World,
) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let old = world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    send::renew(&world.ports, world.ws, old.invitation.id).await.unwrap();
    let new = world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    assert_eq!((old.attempts, new.attempts, new.invitation.generation), (0, 0, 2));
    assert_eq!(world.store.mail_sent("w", &old, world.now()).await, Err(StoreError::State));
    assert_eq!(world.store.mail_failed("w", &old, "x", world.now()).await, Err(StoreError::State));
    assert_eq!(world.store.mail_sent("w", &new, world.now()).await, Ok(()));
}

pub async fn a46_a_lease_that_is_renewed_is_not_taken_over_and_one_that_was_lost_cannot_be_renewed(
    world: World,
) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let job = world.store.claim_mails("a", world.ws, 9, world.now(), MINUTE).await.unwrap().pop().unwrap();
    world.pass(MINUTE / 2);
    assert_eq!(world.store.renew_mails("a", job.claim, world.now().plus(MINUTE)).await, Ok(1));
    world.pass(MINUTE / 2);
    assert!(world.store.claim_mails("b", world.ws, 9, world.now(), MINUTE).await.unwrap().is_empty());
    world.pass(MINUTE);
    let taken = world.store.claim_mails("b", world.ws, 9, world.now(), MINUTE).await.unwrap().pop().unwrap();
    assert_eq!(world.store.renew_mails("a", job.claim, world.now().plus(MINUTE)).await, Ok(0));
    for lost in [
        world.store.mail_sent("a", &job, world.now()).await,
        world.store.mail_failed("a", &job, "x", world.now()).await,
        world.store.mail_delayed("a", &job, "x", world.now()).await,
    ] {
        assert_eq!(lost, Err(StoreError::State), "a worker that lost its lease cannot write");
    }
    assert_eq!(world.store.mail_sent("b", &taken, world.now()).await, Ok(()));
}

pub async fn what_waits_is_counted_with_the_newest_reason_and_what_was_sent_by_the_minute(world: World) {
    let first = world.user("Anna", Some("anna@example.org"), &[]).await;
    let second = world.user("Ben", Some("ben@example.org"), &[]).await;
    world.send(&[first]).await;
    world.pass(SECOND);
    world.send(&[second]).await;
    world.pass(20 * SECOND);
    let store = &world.store;
    assert_eq!(store.waiting(world.ws).await.unwrap(), Waiting { messages: 2, reason: None });
    assert_eq!(store.waiting(world.other).await.unwrap(), Waiting::default());
    let jobs = store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap();
    store.mail_delayed("w", &jobs[0], "451 first", world.now().plus(MINUTE)).await.unwrap();
    store.mail_delayed("w", &jobs[1], "451 second", world.now().plus(MINUTE)).await.unwrap();
    let newest = if jobs[0].id > jobs[1].id { "451 first" } else { "451 second" };
    let waiting = store.waiting(world.ws).await.unwrap();
    assert_eq!((waiting.messages, waiting.reason.as_deref()), (2, Some(newest)));
    world.pass(2 * MINUTE);
    let jobs = store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap();
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

pub async fn marks_that_wait_together_are_answered_each_for_itself(world: World) {
    let mut people = Vec::new();
    for name in ["Anna", "Ben", "Cleo", "Dora"] {
        people.push(world.user(name, Some(&format!("{name}@example.org")), &[]).await);
    }
    world.send(&people).await;
    world.pass(20 * SECOND);
    let mut jobs = world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap();
    jobs.sort_by(|a, b| a.invitation.user_name.cmp(&b.invitation.user_name));
    let revoked = jobs[1].invitation.id;
    world.store.revoke(world.ws, revoked, world.now()).await.unwrap();
    world.store.opened(world.ws, jobs[2].invitation.id, None, world.now()).await.unwrap();
    let mut lost = jobs[3].clone();
    lost.claim -= 1;
    let marks = [&jobs[0], &jobs[1], &jobs[2], &lost, &jobs[0]];
    let marks = marks.map(|job| world.store.mail_sent("w", job, world.now()));
    let refused = || Err(StoreError::State);
    assert_eq!(futures::future::join_all(marks).await, [Ok(()), refused(), Ok(()), refused(), refused()]);
    let mut states = Vec::new();
    for job in &jobs {
        let invitation = world.store.invitation(world.ws, job.invitation.id).await.unwrap().unwrap();
        let steps = world.store.steps(world.ws, job.invitation.id).await.unwrap().len();
        let shown = world.store.user(world.ws, job.invitation.user).await.unwrap().unwrap().message.unwrap();
        assert_eq!(shown.state, invitation.state);
        states.push((invitation.state, invitation.sent_at.is_some(), steps));
    }
    let expected = [
        (State::Sent, true, 2),
        (State::Revoked, false, 2),
        (State::Opened, true, 2),
        (State::Queued, false, 1),
    ];
    assert_eq!(states, expected);
    assert_eq!(world.store.mails_since(world.ws, world.now()).await, Ok(2));
}
