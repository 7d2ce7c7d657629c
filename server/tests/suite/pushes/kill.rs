//! SIGKILL while calls are in hand: each is made again when its lease is over, and none is lost.

use super::{
    fake::{Manner, Reply},
    fleet::{Fleet, until, year},
};
use crate::{program::Muster, served::Served};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_between_push_and_commit_loses_no_call() {
    const COUNT: u32 = 200;
    let mut served = Served::start();
    served.kill();
    // What the command line or another process writes is the test's; what is under test runs as its own program.
    let fleet = Fleet::at(&served.path("data"), Manner::default()).await;
    fleet.certificate("a", year()).await;
    fleet.devices(COUNT).await;
    // Half of them are answered at once, half never: those are in hand when it is killed.
    fleet.apns.answer(|_, n| Reply {
        delay: Duration::from_secs(if n < COUNT as usize / 2 { 0 } else { 600 }),
        ..Reply::of(200, "")
    });
    let trust = served.path("trust.pem");
    std::fs::write(&trust, fleet.apple.bytes("chain.pem")).unwrap();
    served.variables = vec![
        ("MUSTER_APPLE_PUSH_URL".into(), fleet.apns.url()),
        ("MUSTER_APPLE_PUSH_TRUST".into(), trust.to_str().unwrap().to_owned()),
    ];
    served.run();
    until("all are under way", async || fleet.apns.received().len() >= COUNT as usize).await;
    served.kill();
    assert!(!fleet.quiet().await, "those that were in hand are still due");
    let before = fleet.apns.received().len();
    fleet.apns.answer(|_, _| Reply::of(200, ""));
    served.run();
    until("all calls ended", async || fleet.quiet().await).await;
    assert_eq!(fleet.apns.tokens().len(), COUNT as usize);
    let again = fleet.apns.received().len() - before;
    assert!(again >= COUNT as usize / 2, "{again} were made again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_another_process_goes_out_within_two_seconds() {
    let mut served = Served::start();
    served.kill();
    let fleet = Fleet::at(&served.path("data"), Manner::default()).await;
    fleet.certificate("a", year()).await;
    let trust = served.path("trust.pem");
    std::fs::write(&trust, fleet.apple.bytes("chain.pem")).unwrap();
    served.variables = vec![
        ("MUSTER_APPLE_PUSH_URL".into(), fleet.apns.url()),
        ("MUSTER_APPLE_PUSH_TRUST".into(), trust.to_str().unwrap().to_owned()),
    ];
    served.run();
    let begin = std::time::Instant::now();
    fleet.devices(1).await;
    until("it was called", async || fleet.apns.received().len() == 1).await;
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    served.kill();
}

#[test]
fn a_file_of_certificates_that_is_none_is_said_at_the_start() {
    let muster = Muster::new().with("MUSTER_APPLE_PUSH_TRUST", "/nowhere.pem");
    let words = muster.refused(&["serve", "--listen", "127.0.0.1:0"], "");
    assert!(words.contains("push_trust") && words.contains("/nowhere.pem"), "{words}");
}
