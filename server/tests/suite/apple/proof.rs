//! ABUSE A9 and whatever else is no proof: who speaks at check-in and for commands, and what those are told who are not believed.

use super::{
    forged::{no_signer, two_signers},
    kit::{CHECK_IN, COMMANDS, Card, Company, key, signature},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use muster_agent::{
    apple::{
        certificate::self_signed,
        cms::sign::{Content, Signer, sign},
        key::Digest,
        state::Phase,
    },
    error::AgentError,
};
use serde_json::json;

/// Each message of a connected device, with where it goes.
pub fn messages(card: &Card) -> Vec<(&'static str, Vec<u8>)> {
    let command = Some("0192E4A0-0000-7000-8000-000000000000");
    let token = "<key>TokenServiceType</key><string>com.apple.maid</string>";
    let mut all = vec![
        (CHECK_IN, card.authenticate()),
        (CHECK_IN, card.token_update()),
        (CHECK_IN, card.check_out()),
        (CHECK_IN, card.declares("tokens", None)),
        (CHECK_IN, card.declares("declaration-items", None)),
        (CHECK_IN, card.declares("declaration/configuration/x", None)),
        (CHECK_IN, card.declares("status", Some(b"{\"StatusItems\":{},\"Errors\":[]}"))),
        (CHECK_IN, card.message("GetBootstrapToken", "")),
        (CHECK_IN, card.message("SetBootstrapToken", "<key>BootstrapToken</key><data>AAAA</data>")),
        (CHECK_IN, card.message("GetToken", token)),
        (COMMANDS, card.idle()),
    ];
    for status in ["Acknowledged", "Error", "CommandFormatError", "NotNow"] {
        all.push((COMMANDS, card.status(status, command, plist::Dictionary::new())));
    }
    all
}

#[tokio::test]
async fn a9_without_exactly_one_signature_over_the_body_nobody_is_believed() {
    let company = Company::start().await;
    let card = company.connected(&company.link("Anna")).await;
    for (path, body) in messages(&card) {
        let good = card.signature(&body);
        let der = STANDARD.decode(&good).unwrap();
        let by = Signer {
            key: &card.key,
            certificate: &card.certificate,
            digest: Digest::Sha256,
            signing_time: Some(muster_agent::clock::system()),
        };
        let other = sign(Content::Detached(&body), Signer { key: &key(1), ..by }, Vec::new()).unwrap();
        let attached = sign(Content::Attached(&body), by, Vec::new()).unwrap();
        let elsewhere = sign(Content::Detached(b"another body"), by, Vec::new()).unwrap();
        let bare = sign(Content::Detached(b"another body"), Signer { signing_time: None, ..by }, Vec::new());
        let one = |bytes: &[u8]| vec![STANDARD.encode(bytes)];
        for (what, headers) in [
            ("none", vec![]),
            ("an empty one", vec![String::new()]),
            ("two", vec![good.clone(), good.clone()]),
            ("no base64", vec!["!".to_owned()]),
            ("cut", vec![good[..good.len() / 2].to_owned()]),
            ("another key", one(&other)),
            ("attached", one(&attached)),
            ("over another body", one(&elsewhere)),
            ("over another body, no attributes", one(&bare.unwrap())),
            ("two signers", one(&two_signers(&der, &der))),
            ("no signer", one(&no_signer(&der))),
        ] {
            let headers: Vec<_> = headers.into_iter().map(|value| ("mdm-signature", value)).collect();
            let answer = company.put(path, body.clone(), &headers).await;
            assert_eq!(answer.status, 400, "{what}: {}", String::from_utf8_lossy(&body));
        }
    }
    assert_eq!(card.idles(&company).await, 200, "nothing of it did anything");
}

#[tokio::test]
async fn a9_a_certificate_that_was_not_issued_here_or_does_not_hold_speaks_for_nobody() {
    let company = Company::start().await;
    let link = company.link("Anna");
    let card = company.connected(&link).await;
    let name = card.certificate.subject().unwrap();
    let made = self_signed(&card.key, name, Digest::Sha256, muster_agent::clock::system()).unwrap();
    let authority = company.authority(&card.enrolment).await;
    let expired = company.connected(&company.link("Felix")).await;
    company.expire(&expired.certificate).await;
    let replaced = company.connected(&company.link("Dora")).await;
    let current = company.card_of(&company.link("Emil"), key(3)).await;
    let again = company.card_of(&link, key(2)).await.claiming(&card.hardware);
    for (path, body) in messages(&card) {
        let answer =
            company.put(path, body.clone(), &[("mdm-signature", signature(&card.key, &made, &body))]).await;
        assert_eq!(answer.status, 403, "self-signed");
        assert!(!String::from_utf8_lossy(&answer.body).contains("unrecognized"), "it keeps its enrolment");
        let by_authority = signature(&card.key, &authority.ca, &body);
        let answer = company.put(path, body.clone(), &[("mdm-signature", by_authority)]).await;
        assert_eq!(answer.status, 403, "the authority's own certificate");
        let stolen = signature(&key(1), &card.certificate, &body);
        let answer = company.put(path, body, &[("mdm-signature", stolen)]).await;
        assert_eq!(answer.status, 400, "a certificate without its key");
    }
    for (path, body) in messages(&expired) {
        assert_eq!(expired.says(&company, path, body).await.status, 403, "expired");
    }
    // One that was issued and never began, for messages of devices that have.
    for (path, body) in messages(&current).split_off(1) {
        assert_eq!(current.says(&company, path, body).await.status, 403, "not begun");
    }
    assert_eq!(again.says(&company, CHECK_IN, again.authenticate()).await.status, 200, "installed again");
    for (path, body) in messages(&card) {
        assert_eq!(card.says(&company, path, body).await.status, 403, "replaced");
    }
    assert_eq!(replaced.idles(&company).await, 200, "others are as they were");
}

#[tokio::test]
async fn the_user_channel_and_user_enrolments_are_declined_and_change_nothing() {
    let company = Company::start().await;
    let card = company.connected(&company.link("Anna")).await;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let user = "<key>UserID</key><string>5F4DCC3B-5AA7-65D6-1D83-27DEB882CF99</string><key>UserShortName</key><string>ann</string>";
    let with_user = |body: Vec<u8>| text(body).replacen("<dict>", &format!("<dict>{user}"), 1).into_bytes();
    let enrolment = |body: Vec<u8>| {
        let udid = format!("<string>{}</string>", card.hardware.udid);
        let other = "<string>5F4DCC3B-5AA7-65D6-1D83-27DEB882CF99</string>";
        text(body).replace("<key>UDID</key>", "<key>EnrollmentID</key>").replace(&udid, other).into_bytes()
    };
    let other_token = |body: Vec<u8>| text(body).replace("<string>magic</string>", "<string>theirs</string>");
    for (path, body) in messages(&card) {
        for body in [with_user(body.clone()), enrolment(body)] {
            let answer = card.says(&company, path, other_token(body.clone()).into_bytes()).await;
            assert_eq!(answer.status, 410, "{}", text(body));
        }
    }
    let declined = card.says(&company, CHECK_IN, card.message("UserAuthenticate", user)).await;
    assert_eq!(declined.status, 410);
    let magic: Vec<String> = sqlx::query_scalar("SELECT push_magic FROM apple_enrolment")
        .fetch_all(&company.database().await)
        .await
        .unwrap();
    assert_eq!(magic, ["magic"], "the token of a user channel takes no device's place");
    assert_eq!(card.idles(&company).await, 200);
    for unknown in ["", "authenticate", "Authenticate ", "Wipe"] {
        assert_eq!(card.says(&company, CHECK_IN, card.message(unknown, "")).await.status, 400, "{unknown:?}");
    }
}

#[tokio::test]
async fn a_deleted_device_is_told_to_forget_and_one_that_is_not_known_keeps_what_it_has() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let mut deleted = company.enrolled(&company.link("Anna")).await;
    let mut unknown = company.enrolled(&company.link("Boris")).await;
    let begun = company.card(&company.link("Clara")).await;
    let mut dora = company.enrolled(&company.link("Dora")).await;
    let devices = company.devices(&owner).await;
    let of = |owner: &str| devices.iter().find(|d| d["owner_name"] == *owner).unwrap()["id"].clone();
    let done = company.server.function(&owner, "device_delete", json!({ "id": of("Anna") })).await;
    assert_eq!(done.0, 200, "{}", done.1);
    let ended = deleted.next(&company.client).await.unwrap_err();
    assert_eq!((ended.to_string().contains("401"), deleted.state.phase), (true, Phase::Refused));

    // Clara and Dora are deleted as people, with their messages; one phone had asked for its identity, the other is connected.
    let people = company.server.json(&["users", "list"]);
    for name in ["Clara", "Dora"] {
        let person = people.as_array().unwrap().iter().find(|p| p["name"] == name).unwrap()["id"].clone();
        let done = company.server.function(&owner, "user_delete", json!({ "id": person })).await;
        assert_eq!(done.0, 200, "{}", done.1);
    }
    for (path, body) in messages(&begun) {
        assert_eq!(begun.says(&company, path, body).await.status, 401, "no invitation");
    }
    let serial = dora.certificate().unwrap().serial().unwrap().to_vec();
    dora.next(&company.client).await.unwrap_err();
    assert_eq!(dora.state.phase, Phase::Refused);
    // A proxy that reads the revocation list keeps her phone out as well, though nothing else is known of it.
    let list = company.revoked().await;
    assert!(list.windows(serial.len()).any(|part| part == serial), "Dora's certificate is not listed");

    // A backup is put back that is older than its certificate.
    let gone = sqlx::query("DELETE FROM apple_identity WHERE certificate = $1");
    let database = company.database().await;
    let gone = gone.bind(unknown.certificate().unwrap().der()).execute(&database).await;
    assert_eq!(gone.unwrap().rows_affected(), 1);
    sqlx::query("DELETE FROM apple_gone").execute(&database).await.unwrap();
    let refused = unknown.next(&company.client).await.unwrap_err();
    assert!(matches!(refused, AgentError::Apple(_)) && refused.to_string().contains("403"), "{refused}");
    assert_eq!(unknown.state.phase, Phase::Enrolled);
}

#[tokio::test]
async fn a23_an_ended_link_gives_no_profile_no_identity_and_no_device() {
    let company = Company::start().await;
    let revoked = company.link("Anna");
    let held = company.card(&revoked).await;
    let profile = company.profile(&revoked).await;
    let id = company.invitation("Anna")["id"].as_str().unwrap().to_owned();
    company.server.cli(&["invitations", "revoke", &id]);
    crate::certificate::noticed().await;
    let unknown = format!("{}/{}", company.server.base, "0".repeat(26));
    for link in [revoked.as_str(), unknown.as_str()] {
        let answer = crate::world::browser().get(format!("{link}/profile")).send().await.unwrap();
        assert!(!answer.status().is_success(), "{}", answer.status());
    }
    let forger = super::forged::Forger::new(key(1), company.authority(&profile).await);
    let request = forger.request(profile.scep.challenge.as_deref());
    assert_eq!(forger.asks(&company, "19", &request).await, super::forged::REFUSED);
    assert_eq!(held.says(&company, CHECK_IN, held.authenticate()).await.status, 403);
    assert_eq!(company.server.json(&["devices", "list"]), json!([]));
    // A link that is withdrawn while the phone is between its two messages.
    let link = company.link("Boris");
    let card = company.card(&link).await;
    assert_eq!(card.says(&company, CHECK_IN, card.authenticate()).await.status, 200);
    let id = company.invitation("Boris")["id"].as_str().unwrap().to_owned();
    company.server.cli(&["invitations", "revoke", &id]);
    crate::certificate::noticed().await;
    assert_eq!(card.says(&company, CHECK_IN, card.token_update()).await.status, 403);
    assert_eq!(card.idles(&company).await, 403);
    assert_eq!(company.server.json(&["devices", "list"]), json!([]));
}

/// The console says so before it withdraws: the device stays connected, and cannot be connected again.
#[tokio::test]
async fn a_connected_device_stays_when_its_link_is_withdrawn_and_does_not_come_again_by_it() {
    let company = Company::start().await;
    let link = company.link("Anna");
    let mut device = company.enrolled(&link).await;
    let id = company.invitation("Anna")["id"].as_str().unwrap().to_owned();
    company.server.cli(&["invitations", "revoke", &id]);
    crate::certificate::noticed().await;
    device.session(&company.client).await.unwrap();
    device.renew(&company.client).await.unwrap();
    device.session(&company.client).await.unwrap();
    assert_eq!(device.state.phase, Phase::Enrolled);
    let again = device.enrol(&company.client, &link.parse().unwrap()).await.unwrap_err();
    assert!(matches!(again, AgentError::Apple(_)), "{again}");
    let listed = company.server.json(&["devices", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
}

#[tokio::test]
async fn for_a_token_of_a_service_that_is_not_offered_apples_status_is_the_answer() {
    let company = Company::start().await;
    let card = company.connected(&company.link("Anna")).await;
    for service in ["com.apple.maid", "com.example.x"] {
        let body =
            card.message("GetToken", &format!("<key>TokenServiceType</key><string>{service}</string>"));
        let signature = card.signature(&body);
        let answer = company.put(CHECK_IN, body, &[("mdm-signature", signature)]).await;
        assert_eq!(answer.status, 400, "{service}");
    }
}
