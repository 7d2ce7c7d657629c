//! From a link to a device under management, and what may go wrong on the way.

use crate::{
    program::{fails, succeeds},
    server::{Shared, link, start},
};
use muster_agent::apple::key::Digest;
use plist::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_enrols_in_the_order_of_ios() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    let enrolled = succeeds(&state, &["enroll", &link(&server), "--name", "Ada's phone"]).await;
    assert_eq!((&enrolled["phase"], &enrolled["name"]), (&"enrolled".into(), &"Ada's phone".into()));
    let known = server.lock().unwrap();
    let wanted = [
        "Mozilla GET /0j3xk-8m2qv",
        "Mozilla GET /0j3xk-8m2qv/profile",
        "profiled GET /scep",
        "profiled GET /scep",
        "profiled POST /scep",
        "MDM-iOS PUT /checkin",
        "MDM-iOS PUT /checkin",
    ];
    assert_eq!(known.requests, wanted);
    let (kind, _, challenge) = &known.authority.seen[0];
    assert_eq!((kind.as_str(), challenge.as_deref()), ("19", Some("open sesame")));
    let [authenticate, update] = known.check_ins.as_slice() else { panic!("two messages") };
    let text = |key: &str| authenticate[key].as_string().unwrap();
    assert_eq!((text("MessageType"), text("ProductName")), ("Authenticate", "iPhone15,2"));
    assert_eq!((text("DeviceName"), text("UDID")), ("Ada's phone", enrolled["udid"].as_str().unwrap()));
    assert!(text("Topic").starts_with("com.apple.mgmt.") && text("IMEI").len() == 15);
    assert_eq!(update["MessageType"].as_string(), Some("TokenUpdate"));
    assert_eq!(update["Token"].as_data().map(<[u8]>::len), Some(32));
    assert!((1024..=2048).contains(&update["UnlockToken"].as_data().unwrap().len()));
    assert_eq!(update["AwaitingConfiguration"], Value::Boolean(false));
    let serial = known.authority.issued[0].serial_hex();
    assert_eq!(enrolled["identity"]["serial"], serial);
    assert_eq!(enrolled["identity"]["common_name"], "device 1");
    assert_eq!(enrolled["profiles"][0]["identifier"], "example.enrolment");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_sign_and_to_carry_messages_is_taken() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    for (n, words) in [
        &["--signature", "sha1"][..],
        &["--signature", "sha1", "--no-signed-attributes"],
        &["--no-signed-attributes", "--scep-get"],
    ]
    .iter()
    .enumerate()
    {
        let state = folder.path().join(format!("{n}.json"));
        succeeds(&state, &[&["enroll", &link(&server), "--ipad"], *words].concat()).await;
    }
    let known = server.lock().unwrap();
    assert_eq!((known.authority.gets, known.check_ins.len()), (1, 6));
    assert!(known.check_ins[0].get("IMEI").is_none(), "a tablet without a modem");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_authority_polls_and_the_fingerprint() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    let fingerprint = |known: &mut crate::server::Known, digest: &[u8]| {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let key =
            format!("<key>CAFingerprint</key><data>{}</data><key>Retries</key>", STANDARD.encode(digest));
        known.profile = crate::server::PROFILE.replace("<key>Retries</key>", &key);
    };
    {
        let mut known = server.lock().unwrap();
        known.authority.add_registration();
        known.authority.pending = 2;
        let digest = Digest::Sha1.of(known.authority.certificate.der());
        fingerprint(&mut known, &digest);
    }
    succeeds(&state, &["enroll", &link(&server)]).await;
    {
        let mut known = server.lock().unwrap();
        let kinds: Vec<&str> = known.authority.seen.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(kinds, ["19", "20", "20"]);
        known.authority.pending = 3;
    }
    let other = folder.path().join("other.json");
    assert_eq!(fails(&other, &["enroll", &link(&server)], 1).await.0, "scep_pending");
    // Once it is decided, the same request is made again.
    succeeds(&other, &["enroll", &link(&server)]).await;
    {
        let mut known = server.lock().unwrap();
        let seen: Vec<&String> = known.authority.seen[3..].iter().map(|(_, id, _)| id).collect();
        assert!(seen.len() == 4 && seen.iter().all(|id| *id == seen[0]), "one transaction: {seen:?}");
        fingerprint(&mut known, &[1; 32]);
    }
    let third = folder.path().join("third.json");
    let (code, message) = fails(&third, &["enroll", &link(&server)], 1).await;
    assert!(code == "answer" && message.contains("another one"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_the_authority_that_does_not_fit_is_refused() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    for spoilt in ["key", "issuer", "nonce", "transaction", "signer", "signature"] {
        server.lock().unwrap().authority.spoil = Some(spoilt);
        assert_eq!(fails(&state, &["enroll", &link(&server)], 1).await.0, "answer", "{spoilt}");
    }
    server.lock().unwrap().authority.refuse = Some("2");
    server.lock().unwrap().authority.spoil = None;
    let (code, message) = fails(&state, &["enroll", &link(&server)], 1).await;
    assert!(code == "scep_refused" && message.contains("badRequest"), "{message}");
    assert!(server.lock().unwrap().check_ins.is_empty(), "no check-in without an identity");
    server.lock().unwrap().authority.refuse = None;
    succeeds(&state, &["enroll", &link(&server)]).await;
}

async fn profile_fails(server: &Shared, replaced: (&str, &str), wanted: &str) {
    let folder = tempfile::tempdir().unwrap();
    let profile = crate::server::PROFILE.replace(replaced.0, replaced.1);
    assert_ne!(profile, crate::server::PROFILE, "{replaced:?}");
    server.lock().unwrap().profile = profile;
    let (code, message) = fails(&folder.path().join("s.json"), &["enroll", &link(server)], 1).await;
    assert!(code == "profile" && message.contains(wanted), "{replaced:?}: {code} {message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ios_would_not_install_is_not_installed() {
    let server = start().await;
    for (what, by, wanted) in [
        ("<string>Configuration</string>", "<string>Other</string>", "PayloadType"),
        (
            "<key>PayloadVersion</key><integer>1</integer>",
            "<key>PayloadVersion</key><integer>2</integer>",
            "PayloadVersion",
        ),
        ("000000000003", "000000000001", "twice"),
        ("0B0B0B0B-0000-4000-8000-000000000003", "three", "no UUID"),
        ("example.enrolment.mdm", "example.enrolment.scep", "twice"),
        (
            "<key>IdentityCertificateUUID</key><string>0B0B0B0B-0000-4000-8000-000000000002",
            "<key>IdentityCertificateUUID</key><string>0B0B0B0B-0000-4000-8000-000000000009",
            "IdentityCertificateUUID",
        ),
        ("com.apple.mgmt.", "com.example.", "Topic"),
        ("<integer>8191</integer>", "<integer>0</integer>", "AccessRights"),
        ("<integer>8191</integer>", "<integer>2</integer>", "2 without 1"),
        ("<string>{base}/mdm</string>", "<string>ftp://x/mdm</string>", "ServerURL"),
        ("<string>RSA</string>", "<string>EC</string>", "Key Type"),
        ("com.apple.security.scep", "com.apple.security.pkcs12", "no com.apple.security.scep"),
        ("<string>CN</string>", "<string>XY</string>", "XY"),
    ] {
        profile_fails(&server, (what, by), wanted).await;
    }
    server.lock().unwrap().profile_type = "text/plain";
    profile_fails(&server, ("Example Ltd", "Example"), "its type is \"text/plain\"").await;
    assert!(server.lock().unwrap().authority.seen.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_allow_http_the_profile_of_a_server_without_tls_is_refused() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    let out = tokio::process::Command::new(env!("CARGO_BIN_EXE_muster-agent"))
        .args(["--state", state.to_str().unwrap(), "apple", "enroll", &link(&server)])
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.code() == Some(1) && said.contains("does not begin with https://"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_at_check_in_leaves_nothing_on_the_phone() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    for (message, status) in [("Authenticate", 401), ("Authenticate", 403), ("TokenUpdate", 410)] {
        server.lock().unwrap().refuse = [(message, (status, "the link has ended"))].into();
        let (code, said) = fails(&state, &["enroll", &link(&server)], 1).await;
        assert_eq!(code, format!("http_{status}"));
        assert!(said.contains(message) && said.contains("the link has ended"), "{said}");
        let status = succeeds(&state, &["status"]).await;
        assert_eq!((&status["phase"], status["identity"].is_null()), (&"new".into(), true));
    }
    // A server that is down is no refusal: the same identity goes on.
    server.lock().unwrap().refuse = [("TokenUpdate", (503, ""))].into();
    assert_eq!(fails(&state, &["enroll", &link(&server)], 3).await.0, "unreachable");
    assert_eq!(succeeds(&state, &["status"]).await["phase"], "authenticated");
    let issued = server.lock().unwrap().authority.issued.len();
    server.lock().unwrap().refuse.clear();
    succeeds(&state, &["enroll", &link(&server)]).await;
    let known = server.lock().unwrap();
    assert_eq!(known.authority.issued.len(), issued);
    let kinds: Vec<_> = known.check_ins.iter().rev().take(3).map(|m| m["MessageType"].as_string()).collect();
    assert_eq!(kinds, [Some("TokenUpdate"), Some("TokenUpdate"), Some("Authenticate")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_is_renewed_by_the_old_one_with_a_new_key() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    fails(&state, &["renew"], 1).await;
    let first = succeeds(&state, &["enroll", &link(&server)]).await;
    let renewed = succeeds(&state, &["renew"]).await;
    assert_ne!(first["identity"]["serial"], renewed["identity"]["serial"]);
    let known = server.lock().unwrap();
    assert_eq!((known.authority.seen[1].0.as_str(), &known.authority.seen[1].2), ("17", &None));
    let [old, new] = known.authority.issued.as_slice() else { panic!("two") };
    assert_ne!(old.spki().unwrap(), new.spki().unwrap());
}
