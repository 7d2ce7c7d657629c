//! The job: what is due is called, what became of it is kept, and nothing is lost on the way.

use super::{
    fake::{Manner, Reply},
    fleet::{Fleet, now, token, until, year},
};
use muster_domain::{
    command::CommandKind,
    device::{Reason, Status},
    ports::StoreError,
    time::{DAY, SECOND},
};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_are_queued_close_together_are_one_push() {
    let fleet = Fleet::new(Manner::default()).await;
    let device = fleet.devices(1).await[0];
    let job = fleet.job();
    until("it was called after connecting", async || fleet.quiet().await).await;
    assert_eq!(fleet.apns.received().len(), 1);
    for kind in [CommandKind::DeviceInformation, CommandKind::SecurityInfo, CommandKind::ProfileList] {
        fleet.command(device, kind).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    until("it was called", async || fleet.quiet().await).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(fleet.apns.received().len(), 2, "one for all three");
    let reachable = fleet.reachable(device).await;
    assert!(reachable.called_at.is_some() && reachable.reason.is_none());
    job.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_goes_out_within_a_second() {
    let fleet = Fleet::new(Manner::default()).await;
    let device = fleet.devices(1).await[0];
    let _job = fleet.job();
    until("it was called after connecting", async || fleet.quiet().await).await;
    let begin = std::time::Instant::now();
    fleet.command(device, CommandKind::ProfileList).await;
    until("it was called", async || fleet.apns.received().len() == 2).await;
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_whose_token_is_gone_is_critical_and_not_called_again() {
    let fleet = Fleet::new(Manner::default()).await;
    fleet.apns.answer(|_, _| Reply::of(410, r#"{"reason":"Unregistered","timestamp":1732700000000}"#));
    let device = fleet.devices(1).await[0];
    let _job = fleet.job();
    until("it is known", async || fleet.quiet().await).await;
    let row = fleet.ports.store.device(fleet.ws, device).await.unwrap().unwrap();
    assert_eq!((row.status, row.reasons), (Status::Critical, vec![Reason::PushGone]));
    assert_eq!(Reason::PushGone.code(), "push_gone");
    // Neither what it is to do nor who asks for it in the console calls it.
    fleet.command(device, CommandKind::SecurityInfo).await;
    let asked = fleet.ports.store.call_device(fleet.ws, device, now()).await;
    assert!(matches!(asked, Err(StoreError::State)), "{asked:?}");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(fleet.apns.received().len(), 1);
    let reachable = fleet.reachable(device).await;
    assert!(reachable.gone && reachable.due_at.is_none(), "{reachable:?}");
    // With another token it is, and all is well again.
    fleet.apns.answer(|_, _| Reply::of(200, ""));
    fleet.hands_over(device, 77).await;
    let row = fleet.ports.store.device(fleet.ws, device).await.unwrap().unwrap();
    assert_eq!((row.status, row.reasons), (Status::Ok, vec![]));
    fleet.ports.store.call_device(fleet.ws, device, now()).await.unwrap();
    until("it was called", async || fleet.apns.received().len() == 2).await;
    until("it is known", async || fleet.reachable(device).await.called_at.is_some()).await;
    assert!(!fleet.reachable(device).await.gone);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_apns_puts_off_waits_as_long_as_it_says_and_then_goes_out() {
    let fleet = Fleet::new(Manner::default()).await;
    fleet.apns.answer(|received, n| match (n, received.path.ends_with('1')) {
        (0..2, true) => Reply { retry_after: Some("2"), ..Reply::of(429, r#"{"reason":"TooManyRequests"}"#) },
        (0..2, false) => Reply::of(503, r#"{"reason":"ServiceUnavailable"}"#),
        _ => Reply::of(200, ""),
    });
    let devices = fleet.devices(2).await;
    let begin = now();
    let job = fleet.job();
    let (busy, failing) = (devices[1], devices[0]);
    until("both have failed", async || {
        fleet.reachable(busy).await.reason.is_some() && fleet.reachable(failing).await.reason.is_some()
    })
    .await;
    let (first, second) = (fleet.reachable(busy).await, fleet.reachable(failing).await);
    assert_eq!(first.reason.as_deref(), Some("429 TooManyRequests"));
    assert!(first.due_at.unwrap().since(begin) >= 2 * SECOND, "not before Retry-After");
    assert_eq!(second.reason.as_deref(), Some("503 ServiceUnavailable"));
    let wait = second.due_at.unwrap().since(begin);
    assert!((15 * 60 * SECOND..16 * 60 * SECOND).contains(&wait), "Apple: after 15 minutes, not {wait}");
    until("the first has gone out", async || fleet.reachable(busy).await.reason.is_none()).await;
    assert!(now().since(begin) >= 2 * SECOND);
    assert_eq!(fleet.apns.received().len(), 3);
    job.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_wait_for_a_certificate_that_holds_and_go_out_when_it_comes() {
    let fleet = Fleet::new(Manner::default()).await;
    fleet.certificate("old", (now().plus(-2 * DAY), now().plus(-DAY))).await;
    let devices = fleet.devices(3).await;
    let _job = fleet.job();
    until("the reason is kept", async || {
        let reason = fleet.reachable(devices[0]).await.reason;
        reason.is_some_and(|reason| reason.contains("the APNs certificate ended on"))
    })
    .await;
    // Two more attempts, so that the next one is a while off.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(fleet.apns.connections(), 0, "nobody was asked");
    fleet.certificate("new", year()).await;
    let begin = std::time::Instant::now();
    until("all went out", async || fleet.quiet().await).await;
    assert!(begin.elapsed() < Duration::from_millis(1500), "{:?}", begin.elapsed());
    assert_eq!(fleet.apns.tokens().len(), 3);
    assert_eq!(fleet.reachable(devices[0]).await.reason, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_in_between_gets_every_call_and_all_of_them_end() {
    const COUNT: u32 = 600;
    let mut fleet = Fleet::new(Manner { streams: Some(20), leaves_after: Some(200) }).await;
    fleet.apns.answer(|_, _| Reply { delay: Duration::from_millis(5), ..Reply::of(200, "") });
    fleet.devices(COUNT).await;
    let job = fleet.job();
    for stop in [50, 250] {
        until("some arrived", async || fleet.apns.received().len() >= stop).await;
        fleet.apns.kill().await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        fleet.apns.run().await;
    }
    until("all calls ended", async || fleet.quiet().await).await;
    let expected: std::collections::BTreeSet<String> =
        (0..COUNT).map(|n| token(n).iter().map(|b| format!("{b:02x}")).collect()).collect();
    assert_eq!(fleet.apns.tokens(), expected);
    job.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_calls_go_out_ten_at_a_time_where_the_server_wants_it_so() {
    let fleet = Fleet::new(Manner { streams: Some(10), leaves_after: None }).await;
    fleet.apns.answer(|_, _| Reply { delay: Duration::from_millis(2), ..Reply::of(200, "") });
    fleet.devices(1000).await;
    let _job = fleet.job();
    until("all calls ended", async || fleet.quiet().await).await;
    assert_eq!((fleet.apns.tokens().len(), fleet.apns.received().len()), (1000, 1000));
    assert!(fleet.apns.seen.most.load(Ordering::SeqCst) <= 10);
    assert_eq!(fleet.apns.connections(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_stopped_finishes_and_writes_what_is_in_hand() {
    let fleet = Fleet::new(Manner::default()).await;
    fleet.apns.answer(|_, _| Reply { delay: Duration::from_millis(500), ..Reply::of(200, "") });
    fleet.devices(50).await;
    let job = fleet.job();
    until("they are under way", async || fleet.apns.received().len() == 50).await;
    job.end().await;
    assert!(fleet.quiet().await, "each has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_counted_by_what_became_of_them() {
    let fleet = Fleet::new(Manner::default()).await;
    let before = AtomicBool::new(false);
    fleet.apns.answer(move |received, _| {
        if !received.path.ends_with('0') {
            return Reply::of(200, "");
        }
        if before.swap(true, Ordering::Relaxed) {
            return Reply::of(410, r#"{"reason":"Unregistered","timestamp":1732700000000}"#);
        }
        Reply { retry_after: Some("1"), ..Reply::of(429, r#"{"reason":"TooManyRequests"}"#) }
    });
    let devices = fleet.devices(2).await;
    let _job = fleet.job();
    until("one is gone", async || fleet.reachable(devices[0]).await.gone).await;
    until("one was called", async || fleet.reachable(devices[1]).await.called_at.is_some()).await;
    let figures = fleet.ports.store.figures(now()).await.unwrap();
    let text = muster::metrics::metrics().document(&figures, now()).unwrap();
    // A process of its own runs each test, so these are this one's.
    for line in ["again", "gone", "done"] {
        let counted = format!("muster_pushes_total{{result=\"{line}\"}} 1");
        assert!(text.contains(&counted), "{counted}\n{text}");
    }
}
