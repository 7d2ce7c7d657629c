//! What can be in the way to APNs: nothing is lost, nobody hammers, and the words say what it is.

use super::{
    fake::{Manner, Reply},
    fleet::{Fleet, LIMITS, now, until, year},
};
use crate::fake_apple::{FakeApple, TOPIC};
use futures::future::join_all;
use muster::adapters::apns::{Apns, Limits};
use muster_domain::{
    apple::certificate::KEY_CONTEXT,
    ports::{Push, Pushed},
    time::DAY,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

fn words(pushed: &Pushed) -> &str {
    match pushed {
        Pushed::Again { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

/// The way to another address than the fake's.
fn to(fleet: &Fleet, url: &str) -> Apns {
    let roots = vec![fleet.apple.der("root"), fleet.apple.der("authority")];
    Apns::new(fleet.ports.clone(), url, roots, Limits { connect: Duration::from_millis(700), ..LIMITS })
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_and_comes_again_gets_every_push() {
    const COUNT: u32 = 2000;
    let mut fleet = Fleet::new(Manner { streams: Some(100), leaves_after: None }).await;
    fleet.apns.answer(|_, _| Reply { delay: Duration::from_millis(3), ..Reply::of(200, "") });
    let push = fleet.push();
    let calls: Vec<_> = (0..COUNT).map(|n| fleet.call(n)).collect();
    let pushing = join_all(calls.iter().map(async |call| {
        let mut tries = 0;
        loop {
            match push.push(call).await {
                Pushed::Done => return tries,
                Pushed::Again { after, .. } => {
                    let after = u64::try_from(after).unwrap();
                    tokio::time::sleep(Duration::from_micros(after) + Duration::from_millis(50)).await;
                }
                other => panic!("{other:?}"),
            }
            tries += 1;
        }
    }));
    let killing = async {
        for came in [200, 900] {
            until("some came", async || fleet.apns.received().len() >= came).await;
            fleet.apns.kill().await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            fleet.apns.run().await;
        }
    };
    let (tries, ()) = tokio::time::timeout(Duration::from_secs(40), async { tokio::join!(pushing, killing) })
        .await
        .unwrap();
    assert_eq!(fleet.apns.tokens().len(), COUNT as usize);
    assert!(fleet.apns.connections() >= 3, "it was killed too late to say anything");
    let (again, came) = (tries.iter().filter(|tries| **tries > 0).count(), fleet.apns.received().len());
    println!("{COUNT} pushes, two kills: {came} came, {again} had to be asked for again");
    assert!(again > 0 || came > COUNT as usize);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_listens_all_pushes_come_back_after_one_attempt_to_connect() {
    let mut fleet = Fleet::new(Manner::default()).await;
    fleet.apns.kill().await;
    let push = fleet.push();
    let begin = Instant::now();
    let calls: Vec<_> = (0..500).map(|n| fleet.call(n)).collect();
    let pushed = join_all(calls.iter().map(|call| push.push(call))).await;
    assert!(begin.elapsed() < LIMITS.connect, "{:?}", begin.elapsed());
    for pushed in &pushed {
        assert!(words(pushed).contains("the connection is refused"), "{pushed:?}");
        assert!(matches!(pushed, Pushed::Again { after, .. } if *after > 0), "{pushed:?}");
    }
    // The same where somebody takes connections and hangs up: one, and a second one only for who began after the first rest.
    let rude = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let push = to(&fleet, &format!("https://{}", rude.local_addr().unwrap()));
    let taken = Arc::new(AtomicU32::new(0));
    let counted = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = rude.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    let pushed = join_all(calls.iter().map(|call| push.push(call))).await;
    assert!(pushed.iter().all(|pushed| !words(pushed).is_empty()));
    let taken = taken.load(Ordering::SeqCst);
    assert!((1..=2).contains(&taken), "{taken} connections for 500 pushes");
    let name = to(&fleet, "https://apns.invalid").push(&fleet.call(1)).await;
    assert!(words(&name).contains("apns.invalid is not known"), "{name:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firewall_that_swallows_everything_costs_the_time_of_one_connection() {
    let fleet = Fleet::new(Manner::default()).await;
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let push = to(&fleet, &format!("https://{}", silent.local_addr().unwrap()));
    let begin = Instant::now();
    let calls: Vec<_> = (0..500).map(|n| fleet.call(n)).collect();
    let pushed = join_all(calls.iter().map(|call| push.push(call))).await;
    assert!(begin.elapsed() < Duration::from_millis(2000), "{:?}", begin.elapsed());
    assert!(pushed.iter().all(|p| words(p).contains("no answer from 127.0.0.1")), "{:?}", pushed[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_the_server_does_not_take_is_named_and_not_tried_over_and_over() {
    let fleet = Fleet::new(Manner::default()).await;
    // Another authority's, with the right topic.
    let stranger = FakeApple::called("Somebody", now());
    stranger.push("s", TOPIC, year());
    let mut certificate = fleet.ports.store.push_certificate(fleet.ws).await.unwrap().unwrap();
    certificate.chain = vec![stranger.der("s")];
    let key = muster_pki::key::private_key_from_pem(&stranger.text("s.key")).unwrap().to_pkcs8().unwrap();
    let sealed = fleet.ports.secrets.seal(KEY_CONTEXT, &key);
    fleet.ports.store.set_push_certificate(fleet.ws, &certificate, &sealed, None).await.unwrap();
    let push = fleet.push();
    let calls: Vec<_> = (0..300).map(|n| fleet.call(n)).collect();
    let pushed = join_all(calls.iter().map(|call| push.push(call))).await;
    for pushed in &pushed {
        assert_eq!(words(pushed), "APNs refuses the certificate");
    }
    let accepted = fleet.apns.seen.accepted.load(Ordering::SeqCst);
    assert!(accepted <= 2, "{accepted} connections for 300 pushes");
    assert_eq!(fleet.apns.received().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_apns_place_is_not_trusted() {
    let fleet = Fleet::new(Manner::default()).await;
    let other = FakeApple::called("Proxy", now());
    let roots = vec![other.der("root")];
    let push = Apns::new(fleet.ports.clone(), &fleet.apns.url(), roots, LIMITS).unwrap();
    let pushed = push.push(&fleet.call(1)).await;
    assert!(words(&pushed).contains("an authority that is not trusted"), "{pushed:?}");
    // Nor by the system.
    let push = Apns::new(fleet.ports.clone(), &fleet.apns.url(), Vec::new(), LIMITS).unwrap();
    assert!(matches!(push.push(&fleet.call(1)).await, Pushed::Again { .. }));
    assert_eq!(fleet.apns.received().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_is_never_answered_comes_back_and_the_next_one_has_another_connection() {
    let fleet = Fleet::new(Manner::default()).await;
    fleet.apns.answer(|_, n| Reply {
        delay: Duration::from_secs(if n == 0 { 60 } else { 0 }),
        ..Reply::of(200, "")
    });
    let push = fleet.push();
    let pushed = push.push(&fleet.call(1)).await;
    assert!(words(&pushed).contains("has not answered in time"), "{pushed:?}");
    assert_eq!(push.push(&fleet.call(2)).await, Pushed::Done);
    assert_eq!(fleet.apns.connections(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_certificate_that_holds_nobody_connects_and_the_reason_says_so() {
    let fleet = Fleet::new(Manner::default()).await;
    let push = fleet.push();
    assert_eq!(push.push(&fleet.call(1)).await, Pushed::Done);
    fleet.certificate("old", (now().plus(-2 * DAY), now().plus(-DAY))).await;
    let pushed = push.push(&fleet.call(1)).await;
    assert!(words(&pushed).contains("ended on"), "{pushed:?}");
    fleet.certificate("soon", (now().plus(DAY), now().plus(2 * DAY))).await;
    let pushed = push.push(&fleet.call(1)).await;
    assert!(words(&pushed).contains("only"), "{pushed:?}");
    assert!(matches!(pushed, Pushed::Again { after, .. } if after > DAY - 60_000_000 && after <= DAY));
    let elsewhere = muster_domain::ports::Call {
        workspace: muster_domain::WorkspaceId::new(now(), &*fleet.ports.secrets),
        ..fleet.call(1)
    };
    let pushed = push.push(&elsewhere).await;
    assert_eq!(words(&pushed), "there is no APNs certificate");
    assert_eq!(fleet.apns.connections(), 1);
}
