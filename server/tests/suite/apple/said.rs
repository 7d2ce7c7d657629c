//! ABUSE A12, A13, A15, A16 and A26: what devices say of commands and of themselves, and what is said to them.

use super::kit::{CHECK_IN, COMMANDS, Card, Company, command};
use plist::{Dictionary, Value as Plist};
use serde_json::{Value, json};
use std::collections::HashSet;

fn nothing() -> Dictionary {
    Dictionary::new()
}

/// A list of profiles without the one that manages the device.
fn no_profile() -> Dictionary {
    Dictionary::from_iter([("ProfileList".to_owned(), Plist::Array(Vec::new()))])
}

async fn commands(company: &Company, owner: &reqwest::Client, id: &Value) -> Vec<(String, String)> {
    let all = company.server.function(owner, "device_commands", json!({ "id": id })).await.1;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let kind = |row: &Value| match row["order"]["what"].as_str() {
        Some(what) => what.to_owned(),
        None => text(&row["order"]["kind"]),
    };
    all["rows"].as_array().unwrap().iter().map(|row| (kind(row), text(&row["state"]))).collect()
}

/// Answers all that it is asked.
async fn answers_all(company: &Company, card: &Card) {
    let mut answer = card.says(company, COMMANDS, card.idle()).await;
    while let Some((id, _)) = command(&answer) {
        answer = card.says(company, COMMANDS, card.status("Acknowledged", Some(&id), nothing())).await;
    }
}

#[tokio::test]
async fn a12_an_answer_counts_once_for_its_own_devices_command_that_was_given() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let a = company.connected(&company.link("Anna")).await;
    let b = company.connected(&company.link("Boris")).await;
    answers_all(&company, &a).await;
    answers_all(&company, &b).await;
    let devices = company.devices(&owner).await;
    let of = |name: &str| devices.iter().find(|d| d["owner_name"] == *name).unwrap()["id"].clone();
    let (anna, boris) = (of("Anna"), of("Boris"));
    let lock = |message: &str| json!({ "kind": "lock", "message": message, "phone": null });
    let order = async |id: &Value, order: Value| {
        let body = json!({ "id": id, "order": order, "named": null });
        let done = company.server.function(&owner, "device_order", body).await;
        assert_eq!(done.0, 200, "{}", done.1);
    };
    order(&anna, lock("one")).await;
    order(&boris, lock("two")).await;
    let state = async |id: &Value| commands(&company, &owner, id).await[0].1.clone();
    let (given, kind) = command(&a.says(&company, COMMANDS, a.idle()).await).unwrap();
    assert_eq!(kind, "DeviceLock");
    let waiting: String =
        sqlx::query_scalar("SELECT id FROM device_command WHERE kind = 'lock' AND state = 'queued'")
            .fetch_one(&company.database().await)
            .await
            .unwrap();
    // Anna's command in Boris' name; his own before it was given; ids that are nobody's. (Each time the phone is told again what
    // it has not answered, five times at most.)
    for status in ["Acknowledged", "Error", "CommandFormatError", "NotNow"] {
        let body = b.status(status, Some(&given), nothing());
        assert_eq!(b.says(&company, COMMANDS, body).await.status, 200, "{status}");
        assert_eq!((state(&anna).await.as_str(), state(&boris).await.as_str()), ("delivered", "delivered"));
    }
    for id in [waiting.to_uppercase().as_str(), "0192E4A0-0000-7000-8000-000000000000", "x"] {
        let body = a.status("Acknowledged", Some(id), nothing());
        let told = a.says(&company, COMMANDS, body).await;
        assert_eq!(command(&told).unwrap().0, given, "{id}");
        assert_eq!((state(&anna).await.as_str(), state(&boris).await.as_str()), ("delivered", "delivered"));
    }
    let says = async |status: &str| {
        let body = a.status(status, Some(&given), nothing());
        assert_eq!(a.says(&company, COMMANDS, body).await.status, 200);
    };
    says("Error").await;
    assert_eq!(state(&anna).await, "failed");
    says("Acknowledged").await;
    says("NotNow").await;
    assert_eq!(state(&anna).await, "failed", "the first answer counts");
    // What was taken back before it was given is never done, whatever is said of it.
    order(&anna, lock("three")).await;
    let id: String = sqlx::query_scalar(
        "SELECT id FROM device_command WHERE kind = 'lock' AND state = 'queued' AND device_id = $1",
    )
    .bind(anna.as_str().unwrap())
    .fetch_one(&company.database().await)
    .await
    .unwrap();
    let taken = json!({ "id": anna, "command": id });
    assert_eq!(company.server.function(&owner, "device_order_cancel", taken).await.0, 200);
    assert_eq!(command(&a.says(&company, COMMANDS, a.idle()).await), None);
    let body = a.status("Acknowledged", Some(&id.to_uppercase()), nothing());
    assert_eq!(a.says(&company, COMMANDS, body).await.status, 200);
    assert_eq!(state(&anna).await, "cancelled");
    // Erasing is acknowledged by who was told to, and by nobody before.
    let named = devices.iter().find(|d| d["id"] == boris).unwrap()["name"].clone();
    let erase = json!({ "id": boris, "order": { "kind": "erase", "keep_data_plan": false }, "named": named });
    assert_eq!(company.server.function(&owner, "device_order", erase).await.0, 200);
    let id: String = sqlx::query_scalar("SELECT id FROM device_command WHERE kind = 'erase'")
        .fetch_one(&company.database().await)
        .await
        .unwrap();
    let forged = a.status("Acknowledged", Some(&id.to_uppercase()), nothing());
    assert_eq!(a.says(&company, COMMANDS, forged).await.status, 200);
    assert_eq!((a.idles(&company).await, b.idles(&company).await), (200, 200), "both are still managed");
}

#[tokio::test]
async fn a12_what_an_answer_to_nothing_tells_is_not_taken_for_news() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let a = company.connected(&company.link("Anna")).await;
    let mut answer = a.says(&company, COMMANDS, a.idle()).await;
    let mut list = None;
    while let Some((id, kind)) = command(&answer) {
        if kind == "ProfileList" {
            list = Some(id.clone());
        }
        answer = a.says(&company, COMMANDS, a.status("Acknowledged", Some(&id), nothing())).await;
    }
    let status = async || company.window(&owner).await["device"]["status"].clone();
    assert_eq!(status().await, "ok");
    let list = list.unwrap();
    for id in [list.as_str(), "0192E4A0-0000-7000-8000-000000000000", "x"] {
        let late = a.status("Acknowledged", Some(id), no_profile());
        assert_eq!(a.says(&company, COMMANDS, late).await.status, 200);
        assert_eq!(status().await, "ok", "{id}");
    }
}

const EVIL: &str = "<script>alert(1)</script>";
const FORMULA: &str = "=HYPERLINK(\"http://evil.example\",\"click\")";

#[tokio::test]
async fn a13_serials_models_and_udids_outside_their_alphabet_are_refused_and_names_stay_text() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let card = company.card(&company.link("Anna")).await;
    let with = |change: &dyn Fn(&mut muster_agent::apple::hardware::Hardware)| {
        let mut hardware = card.hardware.clone();
        change(&mut hardware);
        card.claiming(&hardware)
    };
    for bad in [
        "",
        "x",
        "../../../../etc/passwd-00000000",
        "00008120-001A2B3C4D5E6F7\u{417}",
        &"a".repeat(65),
        FORMULA,
        EVIL,
        "00008120-001A2B3C4D5E6F78' OR '1'='1",
        "00008120-001A2B3C4D5E6F78\n",
    ] {
        let forged = with(&|h| h.udid = bad.to_owned());
        assert_eq!(forged.says(&company, CHECK_IN, forged.authenticate()).await.status, 400, "UDID {bad:?}");
    }
    for bad in [FORMULA, EVIL, "+CMD|' /C calc'!A0", "a b", &"A".repeat(33), "\u{202e}"] {
        for forged in [
            with(&|h| h.serial = bad.to_owned()),
            with(&|h| h.product = bad.to_owned()),
            with(&|h| h.build = bad.to_owned()),
            with(&|h| h.os_version = bad.to_owned()),
            with(&|h| h.imei = Some(bad.to_owned())),
        ] {
            assert_eq!(forged.says(&company, CHECK_IN, forged.authenticate()).await.status, 400, "{bad:?}");
        }
    }
    assert_eq!(company.devices(&owner).await, Vec::<Value>::new());
    let odd = with(&|h| (h.name, h.model_name) = (format!("{FORMULA} {EVIL}"), format!("@SUM {EVIL}")));
    for body in [odd.authenticate(), odd.token_update()] {
        assert_eq!(odd.says(&company, CHECK_IN, body).await.status, 200);
    }
    // The same again in an answer, with numbers that are none.
    let mut answer = odd.says(&company, COMMANDS, odd.idle()).await;
    while let Some((id, kind)) = command(&answer) {
        let mut result = nothing();
        if kind == "DeviceInformation" {
            let told = [
                ("DeviceName", Plist::from(FORMULA)),
                ("ModelName", EVIL.into()),
                ("SerialNumber", EVIL.into()),
                ("OSVersion", FORMULA.into()),
                ("BatteryLevel", Plist::Real(f64::NAN)),
                ("DeviceCapacity", Plist::Real(1e300)),
                ("UDID", "another".into()),
            ];
            let told = Dictionary::from_iter(told.map(|(key, value)| (key.to_owned(), value)));
            result.insert("QueryResponses".into(), told.into());
        }
        if kind == "InstalledApplicationList" {
            let app = Dictionary::from_iter([
                ("Identifier".to_owned(), Plist::from(EVIL)),
                ("Name".to_owned(), FORMULA.into()),
            ]);
            result.insert("InstalledApplicationList".into(), Plist::Array(vec![app.into()]));
        }
        answer = odd.says(&company, COMMANDS, odd.status("Acknowledged", Some(&id), result)).await;
    }
    let get = async |path: &str| {
        let answer = owner.get(format!("{}{path}", company.server.base)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    };
    let id = company.devices(&owner).await[0]["id"].as_str().unwrap().to_owned();
    for path in [
        "/devices".to_owned(),
        format!("/devices?window={id}"),
        format!("/devices?device={id}"),
        "/".to_owned(),
    ] {
        assert!(!get(&path).await.contains(EVIL), "{path}");
    }
    let csv = get("/devices.csv").await;
    let guarded = |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '-', '@']);
    assert!(!csv.lines().skip(1).any(|line| line.split(',').any(guarded)), "{csv}");
    assert!(csv.contains("HYPERLINK"), "{csv}");
    let window = company.window(&owner).await;
    assert_ne!(window["device"]["facts"]["serial"], EVIL);
    assert_ne!(window["device"]["os_version"], FORMULA);
}

#[tokio::test]
async fn a15_a_companys_and_a_persons_name_stay_text_in_the_profile() {
    let company = Company::start().await;
    let muster = |name: &str| {
        let mut command = crate::world::muster(company.server.folder.path());
        command.args(["settings", "set", "name", name]).output().unwrap().status.success()
    };
    assert!(!muster(&"Ж".repeat(1_000)), "a name has 120 characters");
    for name in [
        "</string><key>AccessRights</key><integer>0</integer><string>",
        "A & B <i>\"Ltd\"</i> ]]> &amp; %s {company}",
        &"Ж".repeat(120),
    ] {
        assert!(muster(name));
        crate::certificate::noticed().await;
        let link = company.link("Anna");
        let profile = company.profile(&link).await;
        assert_eq!(profile.profile.organization.as_deref(), Some(name));
        assert!(profile.profile.name.unwrap().contains(name));
        assert_eq!(profile.mdm.rights, 8191);
        let page = crate::world::page(&link, crate::world::IPHONE).await.1;
        assert!(!page.contains("<i>\"Ltd\"") && !page.contains("</string>"), "{name}");
    }
}

#[tokio::test]
async fn a16_ids_of_commands_cannot_be_told_from_those_of_others() {
    let company = Company::start().await;
    let mut random = HashSet::new();
    for name in ["Anna", "Boris", "Clara"] {
        let card = company.connected(&company.link(name)).await;
        let (id, _) = command(&card.says(&company, COMMANDS, card.idle()).await).unwrap();
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).collect();
        assert_eq!(digits.len(), 32);
        // The first 48 bits are the time (RFC 9562, version 7); 74 more are drawn, of which the last few count up within one device.
        random.insert(digits[13..30].to_owned());
    }
    assert_eq!(random.len(), 3);
    let halves: HashSet<_> =
        random.iter().flat_map(|digits| [digits[..8].to_owned(), digits[8..].to_owned()]).collect();
    assert_eq!(halves.len(), 6, "nothing of it is the same");
}

#[tokio::test]
async fn a26_no_token_challenge_or_signature_is_logged() {
    let company =
        Company::with(&[], &[("MUSTER_LOG", "trace,hyper=info,sqlx=info,h2=info,rustls=info")]).await;
    let link = company.link("Anna");
    let card = company.connected(&link).await;
    answers_all(&company, &card).await;
    let challenge = card.enrolment.scep.challenge.clone().unwrap();
    let body = card.idle();
    let signature = card.signature(&body);
    company.put(COMMANDS, body, &[("mdm-signature", signature[..signature.len() - 8].to_owned())]).await;
    let log = company.server.log();
    assert!(log.contains("apple"), "something is logged");
    for secret in
        [link.rsplit('/').next().unwrap(), &challenge, &challenge[..20], "PushMagic", &signature[..40]]
    {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a24_no_host_of_a_request_gets_into_a_profile() {
    let company = Company::start().await;
    let link = company.link("Anna");
    let path = link.strip_prefix(&company.server.base).unwrap();
    for host in [
        "evil.example",
        "evil.example\r\nX-Forwarded-Host: evil.example",
        "127.0.0.1\r\nX-Forwarded-Proto: gopher\r\nForwarded: host=evil.example",
    ] {
        let request = format!("GET {path}/profile HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = crate::world::raw(&company.server.base, &request).await;
        assert!(!answer.contains("evil.example"), "{host}");
        assert!(
            answer.contains(&company.server.base),
            "with its own address: {}",
            crate::world::status(&answer)
        );
    }
}

/// An array under a name.
fn named(name: &str, value: Plist) -> Dictionary {
    Dictionary::from_iter([(name.to_owned(), value)])
}

#[tokio::test]
async fn a_refusal_inside_an_acknowledged_answer_is_one_and_a_message_that_does_not_show_is_told() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let card = company.connected(&company.link("Anna")).await;
    answers_all(&company, &card).await;
    let id = company.devices(&owner).await[0]["id"].clone();
    let does = async |order: Value, result: Dictionary| {
        let body = json!({ "id": id, "order": order, "named": null });
        assert_eq!(company.server.function(&owner, "device_order", body).await.0, 200);
        let (given, _) = command(&card.says(&company, COMMANDS, card.idle()).await).unwrap();
        card.says(&company, COMMANDS, card.status("Acknowledged", Some(&given), result)).await;
        let all = company.server.function(&owner, "device_commands", json!({ "id": id })).await.1;
        (all["rows"][0]["state"].clone(), all["rows"][0]["detail"].clone())
    };
    let lock = json!({ "kind": "lock", "message": "one", "phone": null });
    let shown = does(lock.clone(), named("MessageResult", Plist::String("Success".into()))).await;
    assert_eq!(shown, (json!("done"), Value::Null));
    let hidden = does(lock, named("MessageResult", Plist::String("NoPasscodeSet".into()))).await;
    assert_eq!(hidden.0, "done");
    assert!(hidden.1.as_str().unwrap().contains("no passcode"), "{hidden:?}");
    // Only supervised devices take a name.
    sqlx::query("UPDATE device SET facts = json_set(facts, '$.apple.supervised', json('true'))")
        .execute(&company.database().await)
        .await
        .unwrap();
    let error = Dictionary::from_iter([
        ("ErrorCode".to_owned(), Plist::Integer(29000.into())),
        ("ErrorDomain".to_owned(), Plist::String("MDMErrorDomain".into())),
        ("LocalizedDescription".to_owned(), Plist::String("Not supervised".into())),
    ]);
    let item = Dictionary::from_iter([
        ("Item".to_owned(), Plist::String("DeviceName".into())),
        ("Status".to_owned(), Plist::String("Error".into())),
        ("ErrorChain".to_owned(), Plist::Array(vec![Plist::Dictionary(error)])),
    ]);
    let rename = json!({ "kind": "rename", "name": "Ward 3" });
    let refused = does(rename.clone(), named("Settings", Plist::Array(vec![Plist::Dictionary(item)]))).await;
    assert_eq!(refused.0, "failed");
    assert!(refused.1.as_str().unwrap().contains("Not supervised (MDMErrorDomain 29000)"), "{refused:?}");
    assert_ne!(company.devices(&owner).await[0]["name"], "Ward 3");
    let item = Dictionary::from_iter([("Status".to_owned(), Plist::String("Acknowledged".into()))]);
    let done = does(rename, named("Settings", Plist::Array(vec![Plist::Dictionary(item)]))).await;
    assert_eq!(done.0, "done");
    assert_eq!(company.devices(&owner).await[0]["name"], "Ward 3");
}
