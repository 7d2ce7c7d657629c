//! What goes over the line to APNs, and how many connections it takes.

use super::{
    fake::{Manner, Reply},
    fleet::{Fleet, LIMITS, now, token, until, year},
};
use crate::fake_apple::{OTHER, TOPIC};
use futures::future::join_all;
use muster::adapters::apns::Limits;
use muster_domain::{
    ports::{Push, Pushed},
    time::DAY,
};
use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

fn hex(token: &[u8]) -> String {
    token.iter().map(|b| format!("{b:02x}")).collect()
}

/// Pushes to so many devices at once; all of them have to be taken.
async fn all_taken(fleet: &Fleet, push: &impl Push, numbers: std::ops::Range<u32>) {
    let pushed = join_all(numbers.clone().map(async |n| push.push(&fleet.call(n)).await)).await;
    let others: Vec<_> = pushed.iter().filter(|p| **p != Pushed::Done).collect();
    assert!(others.is_empty(), "{} of {}: {:?}", others.len(), numbers.len(), others[0]);
    let expected: BTreeSet<_> = numbers.map(|n| hex(&token(n))).collect();
    assert!(fleet.apns.tokens().is_superset(&expected), "each has arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_has_the_headers_that_apple_asks_for_and_comes_by_the_workspaces_certificate() {
    let fleet = Fleet::new(Manner::default()).await;
    let push = fleet.push();
    assert_eq!(push.push(&fleet.call(7)).await, Pushed::Done);
    assert_eq!(push.push(&fleet.call(7)).await, Pushed::Done);
    let all = fleet.apns.received();
    let one = &all[0];
    assert_eq!(one.path, format!("/3/device/{}", hex(&token(7))));
    assert_eq!(one.body, r#"{"mdm":"MAGIC-7"}"#);
    assert_eq!(one.topic, TOPIC, "the UID of the client's certificate");
    let header = |name: &str| one.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("apns-topic"), TOPIC);
    assert_eq!(header("apns-push-type"), "mdm");
    assert_eq!(header("apns-priority"), "10");
    let expires: i64 = header("apns-expiration").parse().unwrap();
    let in_a_week = now().plus(7 * DAY).seconds();
    assert!((in_a_week - 60..=in_a_week).contains(&expires), "{expires}");
    let id: uuid::Uuid = header("apns-id").parse().unwrap();
    assert_eq!((id.get_version_num(), id.to_string()), (4, header("apns-id")));
    assert_ne!(header("apns-id"), all[1].headers["apns-id"].to_str().unwrap(), "each has its own");
    assert_eq!(one.headers.len(), 6, "{:?}", one.headers);
    assert!(one.headers.contains_key("content-length"));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pushes_of_a_workspace_share_a_connection_which_closes_when_nothing_is_on_it() {
    let fleet = Fleet::new(Manner::default()).await;
    let push = fleet.push();
    all_taken(&fleet, &push, 0..200).await;
    assert_eq!(fleet.apns.connections(), 1);
    // In use, however little, it stays.
    for n in 0..5 {
        tokio::time::sleep(LIMITS.idle / 2).await;
        all_taken(&fleet, &push, n..n + 1).await;
    }
    assert_eq!(fleet.apns.connections(), 1);
    until("it closes", async || fleet.apns.seen.open.load(Ordering::SeqCst) == 0).await;
    all_taken(&fleet, &push, 300..301).await;
    assert_eq!(fleet.apns.connections(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_pushes_are_on_a_connection_than_the_server_allows() {
    let fleet = Fleet::new(Manner { streams: Some(10), leaves_after: None }).await;
    fleet.apns.answer(|_, _| Reply { delay: Duration::from_millis(2), ..Reply::of(200, "") });
    all_taken(&fleet, &fleet.push(), 0..1000).await;
    let most = fleet.apns.seen.most.load(Ordering::SeqCst);
    assert!((2..=10).contains(&most), "{most} at once");
    assert_eq!((fleet.apns.connections(), fleet.apns.received().len()), (1, 1000), "none was sent twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_leaves_finishes_what_it_took_and_the_rest_goes_over_the_next_connection() {
    let fleet = Fleet::new(Manner { streams: Some(100), leaves_after: Some(150) }).await;
    fleet.apns.answer(|_, _| Reply { delay: Duration::from_millis(5), ..Reply::of(200, "") });
    all_taken(&fleet, &fleet.push(), 0..1000).await;
    let connections = fleet.apns.connections();
    assert!((3..=7).contains(&connections), "{connections} connections");
    assert_eq!(fleet.apns.received().len(), 1000, "what was taken is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_has_its_own_connection_at_once_and_the_former_one_closes() {
    let fleet = Fleet::new(Manner::default()).await;
    let push = fleet.push_within(Limits { idle: Duration::from_secs(60), ..LIMITS });
    all_taken(&fleet, &push, 0..10).await;
    // One is under way by the former one while the other comes.
    fleet.apns.answer(|_, n| Reply {
        delay: Duration::from_millis(if n == 10 { 700 } else { 0 }),
        ..Reply::of(200, "")
    });
    let call = fleet.call(10);
    let slow = push.push(&call);
    let renewed = async {
        until("it is under way", async || fleet.apns.received().len() == 11).await;
        fleet.certificate("b", year()).await;
        all_taken(&fleet, &push, 20..30).await;
    };
    let (slow, ()) = tokio::join!(slow, renewed);
    assert_eq!(slow, Pushed::Done, "what was under way is finished");
    let serials: Vec<String> = fleet.apns.received().into_iter().map(|r| r.serial).collect();
    let (before, after) = serials.split_at(11);
    assert!(before.iter().all(|s| *s == before[0]) && after.iter().all(|s| *s == after[0]));
    assert_ne!(before[0], after[0]);
    assert_eq!(fleet.apns.connections(), 2);
    until("the former one closes", async || fleet.apns.seen.open.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a17_a_device_of_another_topic_is_not_pushed_to_and_both_topics_are_named() {
    let fleet = Fleet::new(Manner::default()).await;
    let call = muster_domain::ports::Call { topic: OTHER.into(), ..fleet.call(1) };
    let Pushed::Refused(words) = fleet.push().push(&call).await else { panic!("it is refused") };
    assert!(words.contains(OTHER) && words.contains(TOPIC), "{words}");
    assert_eq!((fleet.apns.received().len(), fleet.apns.connections()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_apns_answers_is_what_becomes_of_the_push() {
    let fleet = Fleet::new(Manner::default()).await;
    let push = fleet.push();
    let again =
        |reason: &str, seconds: i64| Pushed::Again { reason: reason.to_owned(), after: seconds * 1_000_000 };
    let cases = [
        (
            Reply::of(410, r#"{"reason":"Unregistered","timestamp":1}"#),
            Pushed::Gone("410 Unregistered".into()),
        ),
        (Reply::of(400, r#"{"reason":"BadDeviceToken"}"#), Pushed::Gone("400 BadDeviceToken".into())),
        (Reply::of(400, r#"{"reason":"BadTopic"}"#), Pushed::Refused("400 BadTopic".into())),
        (Reply::of(403, r#"{"reason":"BadCertificate"}"#), Pushed::Refused("403 BadCertificate".into())),
        (Reply::of(429, r#"{"reason":"TooManyRequests"}"#), again("429 TooManyRequests", 0)),
        (
            Reply { retry_after: Some("120"), ..Reply::of(429, r#"{"reason":"TooManyRequests"}"#) },
            again("429 TooManyRequests", 120),
        ),
        (Reply { retry_after: Some("99999999999"), ..Reply::of(429, "") }, again("429", 24 * 60 * 60)),
        (Reply::of(503, r#"{"reason":"Shutdown"}"#), again("503 Shutdown", 0)),
        (Reply::of(503, r#"{"reason":"ServiceUnavailable"}"#), again("503 ServiceUnavailable", 900)),
        (Reply { retry_after: Some("3600"), ..Reply::of(500, "") }, again("500", 3600)),
    ];
    for (reply, expected) in cases {
        fleet.apns.answer(move |_, _| reply.clone());
        assert_eq!(push.push(&fleet.call(1)).await, expected);
    }
    assert_eq!(fleet.apns.connections(), 1, "an answer is no reason to connect anew");
}
