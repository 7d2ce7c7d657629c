//! `muster doctor` connects to APNs by the certificate, pushes nothing, and says what is in the way.

use super::{
    fake::{Manner, Reply},
    fleet::{Fleet, year},
};
use crate::{fake_apple::FakeApple, program::Muster};
use serde_json::Value;

/// What doctor says of the way to APNs: its state, message and advice.
fn told(muster: &Muster) -> Option<[String; 3]> {
    let out = tokio::task::block_in_place(|| muster.run(&["doctor", "--json"], ""));
    let document: Value = serde_json::from_slice(&out.stdout).unwrap();
    let push = document["checks"].as_array().unwrap().iter().find(|check| check["check"] == "push")?.clone();
    Some(["state", "message", "mend"].map(|key| push[key].as_str().unwrap_or_default().to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_whether_apns_can_be_reached_and_takes_the_certificate() {
    let muster = Muster::new();
    muster.people("Ada,ada@example.org,\n");
    let mut fleet = Fleet::at(&muster.data(), Manner::default()).await;
    let trust = muster.file("trust.pem", fleet.apple.bytes("chain.pem"));
    let strange =
        muster.file("strange.pem", FakeApple::called("Proxy", super::fleet::now()).bytes("root.pem"));
    let muster =
        muster.with("MUSTER_APPLE_PUSH_URL", fleet.apns.url()).with("MUSTER_APPLE_PUSH_TRUST", trust);
    assert_eq!(told(&muster), None, "without a certificate nothing is asked");
    fleet.certificate("a", year()).await;
    fleet.apns.answer(|received, _| {
        assert_eq!((received.path.as_str(), received.body.as_str()), ("/3/device/", "{}"));
        Reply::of(400, r#"{"reason":"MissingDeviceToken"}"#)
    });
    let [state, message, _] = told(&muster).unwrap();
    assert!(state == "ok" && message.contains("takes the certificate"), "{state}: {message}");
    fleet.apns.answer(|_, _| Reply::of(403, r#"{"reason":"BadCertificateEnvironment"}"#));
    let [state, message, mend] = told(&muster).unwrap();
    assert!(state == "failed" && message.contains("403 BadCertificateEnvironment"), "{state}: {message}");
    assert!(mend.contains("identity.apple.com"), "{mend}");
    fleet.apns.kill().await;
    let [state, message, mend] = told(&muster).unwrap();
    assert!(state == "warning" && message.contains("the connection is refused"), "{state}: {message}");
    assert!(mend.contains("port 443") && mend.contains("17.0.0.0/8"), "{mend}");
    fleet.apns.run().await;
    let muster = muster.with("MUSTER_APPLE_PUSH_TRUST", strange);
    let [state, message, _] = told(&muster).unwrap();
    assert!(state == "warning" && message.contains("not trusted"), "{state}: {message}");
}
