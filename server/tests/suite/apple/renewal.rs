//! ABUSE A5 at the real endpoint, and renewal by command: whose identity is renewed, and by whom.

use super::{
    foreign::Bench,
    forged::{Forger, REFUSED, issued, request},
    kit::{CHECK_IN, COMMANDS, Card, Company, command, key},
};
use crate::certificate::now;
use muster::{
    jobs,
    system::{SystemClock, keys::Keys, passwords::Argon2id},
};
use muster_agent::apple::{certificate::Certificate, cms::verify, enrolment, key::Key};
use muster_domain::{time::DAY, usecase::Ports};
use plist::Dictionary;
use serde_json::json;
use std::{process::Command, sync::Arc};

/// A certificate for the key by an authority that OpenSSL made, of the same name as the real one.
fn of_another_authority(bench: &Bench, key: &Key, authority: &Certificate) -> Certificate {
    bench.put("key.der", key.pkcs8());
    bench.put("real.der", authority.der());
    let run = |words: &[&str]| {
        let out = Command::new("openssl").args(words).current_dir(bench.folder()).output().unwrap();
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
    };
    let name = "/O=Muster/CN=Muster device authority";
    run(&[
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj",
        name, "-utf8",
    ]);
    let said = |file: &str, form: &str| {
        bench.run(&format!("openssl x509 -inform {form} -in {file} -noout -subject"))
    };
    assert_eq!(said("ca.pem", "PEM"), said("real.der", "DER"), "the same name");
    let subject = "/OU=Muster/CN=device";
    run(&["req", "-new", "-key", "key.der", "-keyform", "DER", "-subj", subject, "-out", "leaf.csr"]);
    run(&[
        "x509",
        "-req",
        "-in",
        "leaf.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "9",
        "-outform",
        "DER",
        "-out",
        "leaf.der",
    ]);
    Certificate::from_der(&bench.get("leaf.der")).unwrap()
}

#[tokio::test]
async fn a5_a_renewal_is_signed_by_the_identity_that_a_connected_device_has_and_by_no_other() {
    let (company, bench) = (Company::start().await, Bench::new());
    let theirs = company.another().await;
    let anna = company.connected(&company.link("Anna")).await;
    let authority = company.authority(&anna.enrolment).await;
    let elsewhere = company.connected(&company.link_in(&["--workspace", &theirs], "Boris")).await;
    let fresh = company.card(&company.link("Clara")).await;
    let dora = company.link("Dora");
    let replaced = company.connected(&dora).await;
    let current = company.card_of(&dora, key(3)).await.claiming(&replaced.hardware);
    assert_eq!(current.says(&company, CHECK_IN, current.authenticate()).await.status, 200);
    let left = company.connected(&company.link("Emil")).await;
    assert_eq!(left.says(&company, CHECK_IN, left.check_out()).await.status, 200);
    let expired = company.connected(&company.link("Felix")).await;
    company.expire(&expired.certificate).await;
    let by = |key: &Arc<Key>, certificate: &Certificate| {
        Forger::with(key.clone(), certificate.clone(), authority.clone())
    };
    let self_signed = Forger::new(key(0), authority.clone()).certificate;
    let foreign = of_another_authority(&bench, &key(0), &authority.ca);
    for (certificate, who) in [
        (&self_signed, "self-signed"),
        (&foreign, "another authority of the same name"),
        (&elsewhere.certificate, "another workspace's"),
        (&fresh.certificate, "one with which nobody began"),
        (&replaced.certificate, "replaced"),
        (&left.certificate, "ended"),
        (&expired.certificate, "expired"),
    ] {
        let outcome = by(&key(0), certificate).asks(&company, "17", &request(&key(2), None)).await;
        assert_eq!(outcome, REFUSED, "{who}");
    }
    // A certificate that is public, without its key.
    let forger = by(&key(2), &anna.certificate);
    let answer =
        forger.sends(&company, forger.message(Some("17"), &forger.envelope(&request(&key(2), None))));
    assert_eq!(answer.await.status, 400);
    // A genuine one renews itself alone, and by PKCSReq nothing.
    let genuine = by(&anna.key, &anna.certificate);
    assert_eq!(genuine.asks(&company, "19", &request(&anna.key, None)).await, REFUSED);
    let renewed = issued(genuine.asks(&company, "17", &request(&key(2), None)).await);
    assert_eq!(renewed.subject().unwrap(), anna.certificate.subject().unwrap());
    let again = issued(genuine.asks(&company, "17", &request(&key(2), None)).await);
    assert_eq!(again, renewed, "the answer was lost");
}

/// The server's ports, opened beside it.
async fn ports(company: &Company) -> Ports {
    let data = company.server.folder.path().join("data");
    Ports {
        store: Arc::new(company.server.store().await),
        clock: Arc::new(SystemClock),
        secrets: Arc::new(Keys::open(&data.join("muster.key"), true).unwrap()),
        passwords: Arc::new(Argon2id::new()),
    }
}

/// How often a device was asked to renew its identity.
async fn asked(company: &Company) -> i64 {
    let sql = "SELECT count(*) FROM device_command WHERE kind = 'renew_identity'";
    sqlx::query_scalar(sql).fetch_one(&company.database().await).await.unwrap()
}

/// Answers questions until the server has nothing more, or has something else; what it has.
async fn until_asked(company: &Company, card: &Card) -> Option<(String, Vec<u8>)> {
    let mut answer = card.says(company, COMMANDS, card.idle()).await;
    while let Some((id, kind)) = command(&answer) {
        if kind == "InstallProfile" {
            return Some((id, answer.body));
        }
        answer =
            card.says(company, COMMANDS, card.status("Acknowledged", Some(&id), Dictionary::new())).await;
    }
    None
}

#[tokio::test]
async fn an_identity_is_renewed_by_command_in_its_last_month_and_nothing_else_changes() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let old = company.connected(&company.link("Anna")).await;
    assert_eq!(until_asked(&company, &old).await, None);
    let before = company.window(&owner).await;
    let ports = ports(&company).await;
    let workspace = ports.store.workspaces().await.unwrap()[0];
    let look = async || jobs::apple::look(&ports, workspace).await.unwrap();
    look().await;
    assert_eq!(asked(&company).await, 0, "there is time");
    company.ends(&old.certificate, now().plus(20 * DAY).0).await;
    look().await;
    look().await;
    assert_eq!(asked(&company).await, 1, "asked once");

    let (id, document) = until_asked(&company, &old).await.unwrap();
    let document = plist::Value::from_reader_xml(&*document).unwrap().into_dictionary().unwrap();
    let payload = document["Command"].as_dictionary().unwrap()["Payload"].as_data().unwrap();
    let signed = verify::verify(payload, &[]).unwrap();
    let profile = enrolment::read(&signed.content, |_| true).unwrap();
    assert_eq!(
        (&profile.profile.identifier, &profile.mdm),
        (&old.enrolment.profile.identifier, &old.enrolment.mdm)
    );
    let forger = Forger::new(key(2), company.authority(&profile).await);
    let request = forger.request(profile.scep.challenge.as_deref());
    let new = Card {
        key: key(2),
        certificate: issued(forger.asks(&company, "19", &request).await),
        enrolment: profile,
        hardware: old.hardware.clone(),
    };
    assert_eq!(old.idles(&company).await, 200, "until the new one is used");
    let done = new.status("Acknowledged", Some(&id), Dictionary::new());
    assert_eq!(new.says(&company, COMMANDS, done).await.status, 200);
    assert_eq!((new.idles(&company).await, old.idles(&company).await), (200, 403));
    assert_eq!(new.says(&company, CHECK_IN, new.authenticate()).await.status, 200, "also to begin with");
    assert_eq!(new.says(&company, CHECK_IN, new.token_update()).await.status, 200);

    let after = company.window(&owner).await;
    for same in ["id", "name", "owner", "owner_name", "platform", "status", "enrolled_at", "invitation"] {
        assert_eq!(after["device"][same], before["device"][same], "{same}");
    }
    let ends = &after["device"]["facts"]["apple"]["identity_ends"];
    assert_eq!(*ends, json!(new.certificate.not_after() * 1_000_000));
    assert_eq!(company.devices(&owner).await.len(), 1);
    look().await;
    assert_eq!(asked(&company).await, 1);
}

#[tokio::test]
async fn a_device_that_cannot_renew_is_asked_again_the_next_day_and_not_at_each_look() {
    let company = Company::start().await;
    let mut device = company.enrolled(&company.link("Anna")).await;
    device.session(&company.client).await.unwrap();
    let ports = ports(&company).await;
    let workspace = ports.store.workspaces().await.unwrap()[0];
    company.ends(device.certificate().unwrap(), now().plus(20 * DAY).0).await;
    for _ in 0..3 {
        jobs::apple::look(&ports, workspace).await.unwrap();
        // This one installs no second enrolment profile.
        device.session(&company.client).await.unwrap();
    }
    assert_eq!((device.state.answers.get("Error"), asked(&company).await), (Some(&1), 1));
    let sql = "UPDATE device_command SET created_at = created_at - $1";
    sqlx::query(sql).bind(DAY + 1).execute(&company.database().await).await.unwrap();
    jobs::apple::look(&ports, workspace).await.unwrap();
    assert_eq!(asked(&company).await, 2);
    // It does it by itself, as it may at any time.
    let old = device.certificate().unwrap().clone();
    device.renew(&company.client).await.unwrap();
    device.session(&company.client).await.unwrap();
    assert_ne!(device.certificate(), Some(&old));
}
