//! The mail job against a small SMTP server: what fails for ever parks with its reason, and the others go on.

pub mod world;

use muster::jobs::{LONGEST_WAIT, TRIES};
use muster_domain::{
    WorkspaceId,
    invitation::State,
    ports::Clock,
    settings::{Settings, Smtp, SmtpTls},
    time::{DAY, MINUTE},
    usecase::{outbox::LIMIT_REACHED, send},
};
use std::time::Duration;
use tokio::net::TcpListener;
use world::World;

#[tokio::test]
async fn a47_a_message_that_is_always_put_off_parks_with_the_servers_words_and_the_others_go() {
    let world = World::new().await;
    let never = world.send_to("later@example.org").await;
    for round in 0..TRIES {
        assert_eq!(world.invitation(never).await.state, State::Queued, "round {round}");
        let address = format!("a{round}@example.org");
        let other = if round % 40 == 0 { Some(world.send_to(&address).await) } else { None };
        world.pass(LONGEST_WAIT + 1);
        assert!(world.round().await.unwrap() > 0);
        if let Some(other) = other {
            assert_eq!(world.invitation(other).await.state, State::Sent, "the others go on");
        }
    }
    let parked = world.invitation(never).await;
    assert_eq!(parked.state, State::Failed);
    let reason = parked.error.unwrap();
    assert!(reason.contains("451 4.7.1 Greylisted") && reason.contains("126 tries"), "{reason}");
    assert_eq!(world.mails.ports.store.next_mail().await, Ok(None), "it is not tried any more");
}

#[tokio::test]
async fn a47_a_message_whose_making_panics_stops_no_other_and_parks() {
    let world = World::new().await;
    let poison = world.send_to("poison@example.org").await;
    let good = world.send_to("good@example.org").await;
    *world.trap.invitation.lock().unwrap() = Some(poison);
    world.pass(LONGEST_WAIT);
    assert_eq!(world.round().await, Ok(2));
    assert_eq!(world.invitation(good).await.state, State::Sent);
    assert_eq!(world.invitation(poison).await.state, State::Queued);
    for _ in 1..TRIES {
        world.pass(LONGEST_WAIT + 1);
        assert_eq!(world.round().await, Ok(1));
    }
    let parked = world.invitation(poison).await;
    assert_eq!(parked.state, State::Failed);
    assert!(parked.error.unwrap().contains("its log says more"));
}

#[tokio::test]
async fn a47_a_message_at_which_the_process_dies_each_time_parks_without_being_tried_again() {
    let world = World::new().await;
    let deadly = world.send_to("deadly@example.org").await;
    world.pass(LONGEST_WAIT);
    for _ in 0..TRIES {
        let claimed = world
            .mails
            .ports
            .store
            .claim_mails("dead", world.workspace, 9, world.clock.now(), 1)
            .await
            .unwrap();
        assert_eq!(claimed.len(), 1);
        world.pass(2);
    }
    assert_eq!(world.round().await, Ok(1));
    let parked = world.invitation(deadly).await;
    assert_eq!((parked.state, parked.sent_at), (State::Failed, None));
}

#[tokio::test]
async fn what_a_person_sends_again_is_another_message_and_a_retry_is_the_same_one() {
    let world = World::new().await;
    let id = world.send_to("once@example.org").await;
    world.pass(LONGEST_WAIT);
    world.round().await.unwrap();
    // The process dies with the message in hand, and the next one tries again.
    world.pass(LONGEST_WAIT);
    world.mails.ports.store.claim_mails("dead", world.workspace, 9, world.clock.now(), 1).await.unwrap();
    world.pass(LONGEST_WAIT);
    world.round().await.unwrap();
    assert_eq!(world.invitation(id).await.state, State::Sent);
    let again = async || {
        world.pass(LONGEST_WAIT);
        world.round().await.unwrap();
        world.round().await.unwrap();
    };
    world.mails.ports.store.resend(world.workspace, id, world.clock.now()).await.unwrap();
    again().await;
    again().await;
    send::renew(&world.mails.ports, world.workspace, id).await.unwrap();
    again().await;
    again().await;
    assert_eq!(world.invitation(id).await.state, State::Sent);
    let seen = world.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 6, "each was put off once: {seen:?}");
    let pairs: Vec<_> = seen.chunks(2).collect();
    for (place, pair) in pairs.iter().enumerate() {
        assert_eq!(pair[0], pair[1], "a retry is the same message");
        assert!(pairs.iter().skip(place + 1).all(|other| other[0] != pair[0]), "{seen:?}");
    }
}

#[tokio::test]
async fn what_failed_and_is_sent_again_as_a_batch_is_another_message() {
    let world = World::new().await;
    let id = world.send_to("anna@example.org").await;
    let first = world.invitation(id).await;
    world.pass(LONGEST_WAIT);
    let store = &world.mails.ports.store;
    let job =
        store.claim_mails("w", world.workspace, 9, world.clock.now(), LONGEST_WAIT).await.unwrap().remove(0);
    store.mail_failed("w", &job, "550 full", world.clock.now()).await.unwrap();
    store.resend_failed(world.workspace, first.batch.unwrap(), world.clock.now()).await.unwrap();
    let second = world.invitation(id).await;
    assert_eq!((first.sending, second.sending, second.generation), (1, 2, 1));
}

#[tokio::test]
async fn a_message_that_hangs_holds_up_no_other_also_none_that_comes_due_later() {
    let world = World::new().await;
    world.send_to("hang@example.org").await;
    let beside = world.send_to("beside@example.org").await;
    world.pass(LONGEST_WAIT);
    let _at_work = world.at_work();
    assert!(world.is_sent(beside).await);
    let later = world.send_to("later-today@example.org").await;
    world.pass(LONGEST_WAIT);
    assert!(world.is_sent(later).await);
}

#[tokio::test]
async fn a_message_that_hangs_holds_up_no_other_under_a_limit_either() {
    let world = World::new().await;
    let mut settings = world.mails.ports.store.settings(world.workspace).await.unwrap();
    settings.mail_per_day = 1000;
    world.mails.ports.store.set_settings(world.workspace, &settings).await.unwrap();
    world.send_to("hang@example.org").await;
    let beside = world.send_to("beside@example.org").await;
    world.pass(LONGEST_WAIT);
    let _at_work = world.at_work();
    assert!(world.is_sent(beside).await);
}

#[tokio::test]
async fn a_mail_server_that_hangs_holds_up_no_other_workspace() {
    let world = World::new().await;
    let store = &world.mails.ports.store;
    // It takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp = Smtp {
        host: "127.0.0.1".into(),
        port: silent.local_addr().unwrap().port(),
        tls: SmtpTls::None,
        user: None,
    };
    let other = WorkspaceId::new(world.clock.now(), &*world.mails.ports.secrets);
    store.add_workspace(other, world.clock.now()).await.unwrap();
    let sender = Some("it@example.net".parse().unwrap());
    let limits = Settings { mail_per_minute: 1000, ..Settings::default() };
    store.set_settings(other, &Settings { smtp: Some(smtp), sender, ..limits.clone() }).await.unwrap();
    let ours = store.settings(world.workspace).await.unwrap();
    store.set_settings(world.workspace, &Settings { mail_per_minute: 1000, ..ours }).await.unwrap();
    for n in 0..100 {
        world.send_in(other, &format!("p{n}@example.net")).await;
    }
    world.pass(LONGEST_WAIT);
    let _at_work = world.at_work();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mine = world.send_to("anna@example.org").await;
    world.pass(LONGEST_WAIT);
    assert!(world.is_sent(mine).await);
}

#[tokio::test]
async fn under_a_limit_no_more_is_claimed_than_it_lets_pass_and_the_rest_says_why_it_waits() {
    let world = World::new().await;
    let store = &world.mails.ports.store;
    let mut settings = store.settings(world.workspace).await.unwrap();
    (settings.mail_per_minute, settings.mail_per_day) = (5, 8);
    store.set_settings(world.workspace, &settings).await.unwrap();
    for n in 0..20 {
        world.send_to(&format!("p{n}@example.org")).await;
    }
    world.pass(LONGEST_WAIT);
    assert_eq!(world.round().await, Ok(5));
    assert_eq!(world.round().await, Ok(0), "the limit of the minute");
    let waiting = store.waiting(world.workspace).await.unwrap();
    assert_eq!((waiting.messages, waiting.reason.as_deref()), (15, Some(LIMIT_REACHED)));
    world.pass(MINUTE + 1);
    assert_eq!(world.round().await, Ok(3), "the limit of the day");
    world.pass(MINUTE + 1);
    assert_eq!(world.round().await, Ok(0));
    world.pass(DAY);
    assert_eq!(world.round().await, Ok(5));
    assert_eq!(world.seen.lock().unwrap().len(), 13);
    let held = store.claim_mails("w", world.workspace, 99, world.clock.now(), MINUTE).await.unwrap();
    assert_eq!(held.len(), 7);
    assert!(held.iter().all(|job| job.attempts == 0), "to wait for a limit is no attempt");
}
