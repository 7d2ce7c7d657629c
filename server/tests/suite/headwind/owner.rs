//! Phones that belong to the company: the code for one fresh from its box, on the page and in the mail, read by another program, with
//! the checksum that other programs compute; and the agent that is set up by it.

use super::{
    agent::Agent,
    kit::{API_DEMOS, DEMOS, SETTINGS, bytes, https, npm, path, picture, run, scanned, taken},
    phone::the_device,
};
use crate::world::{IPHONE, PIXEL, Server, browser, muster, page};
use mailparse::{MailHeaderMap, ParsedMail};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{io::Write, process::Stdio};

const EXTRA: &str = "android.app.extra.PROVISIONING_";
const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

/// The checksum for set-up as `apksigner` and `openssl` compute it.
fn checksum(server: &Server, apk: &str) -> String {
    let folder = server.folder.path();
    let said = run(folder, &format!("apksigner verify --print-certs {}", npm(apk).display()));
    let digest =
        said.lines().find_map(|line| line.split_once("certificate SHA-256 digest: ")).unwrap().1.trim();
    let bytes: Vec<u8> =
        (0..32).map(|n| u8::from_str_radix(&digest[2 * n..2 * n + 2], 16).unwrap()).collect();
    std::fs::write(folder.join("digest"), bytes).unwrap();
    let base64 = run(folder, "openssl base64 -A -in digest");
    base64.trim().trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// Sets something at the command line, and waits until the server has noticed.
fn set(server: &Server, key: &str, value: &str) {
    server.cli(&["settings", "set", key, value]);
    std::thread::sleep(std::time::Duration::from_millis(500));
}

fn offers(server: &Server, more: &[(&str, &str)]) {
    for (key, value) in more {
        server.cli(&["settings", "set", &format!("headwind.set_up.{key}"), value]);
    }
    set(server, "headwind.set_up.offered", "yes");
}

fn wifi(server: &Server, password: &str) {
    let mut set = muster(server.folder.path());
    let set = set.args(["settings", "set", "headwind.wifi"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut set = set.spawn().unwrap();
    writeln!(set.stdin.take().unwrap(), "{password}").unwrap();
    assert!(set.wait().unwrap().success());
}

async fn code(server: &Server, link: &str) -> Option<Value> {
    let token = link.rsplit('/').next().unwrap();
    let png = picture(&format!("{}/{token}", server.base), "owner.png").await?;
    Some(serde_json::from_str(&scanned(server.folder.path(), &png)).unwrap())
}

#[tokio::test]
async fn a_new_phones_code_has_the_checksum_that_apksigner_and_openssl_compute_and_leads_to_the_very_package()
{
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let base = https(&server).await;
    let shelved = taken(&server, &owner, bytes(API_DEMOS)).await;
    assert_eq!(shelved["address"].as_str().unwrap(), format!("{base}{}", path(&shelved)));
    let link = server.link();
    assert_eq!(code(&server, &link).await, None, "off until somebody says so");
    offers(
        &server,
        &[
            ("package", DEMOS),
            ("wifi", "Büro 2"),
            ("locale", "de_DE"),
            ("time_zone", "Europe/Berlin"),
            ("keep_apps", "yes"),
        ],
    );
    wifi(&server, "correct horse");
    let read = code(&server, &link).await.unwrap();
    let token = link.rsplit('/').next().unwrap();
    for (key, value) in [
        ("DEVICE_ADMIN_COMPONENT_NAME", shelved["package"]["receiver"].clone()),
        ("DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION", shelved["address"].clone()),
        ("DEVICE_ADMIN_SIGNATURE_CHECKSUM", json!(checksum(&server, API_DEMOS))),
        ("WIFI_SSID", json!("Büro 2")),
        ("WIFI_PASSWORD", json!("correct horse")),
        ("WIFI_SECURITY_TYPE", json!("WPA")),
        ("LOCALE", json!("de_DE")),
        ("TIME_ZONE", json!("Europe/Berlin")),
        ("LEAVE_ALL_SYSTEM_APPS_ENABLED", json!(true)),
    ] {
        assert_eq!(read[format!("{EXTRA}{key}")], value, "{key}: {read}");
    }
    let extras = &read[format!("{EXTRA}ADMIN_EXTRAS_BUNDLE")];
    assert_eq!(
        (&extras["com.hmdm.BASE_URL"], &extras["com.hmdm.SERVER_PROJECT"]),
        (&json!(base), &json!(token))
    );
    let there = browser().get(format!("{}{}", server.base, path(&shelved))).send().await.unwrap();
    assert!(there.bytes().await.unwrap() == bytes(API_DEMOS)[..]);
    // Another network does not get the password of the former one.
    set(&server, "headwind.set_up.wifi", "Guests");
    let read = code(&server, &link).await.unwrap();
    assert_eq!(
        (&read[format!("{EXTRA}WIFI_SECURITY_TYPE")], &read[format!("{EXTRA}WIFI_PASSWORD")]),
        (&json!("NONE"), &Value::Null)
    );
    assert!(!server.log().contains("correct horse"), "a26");
}

#[tokio::test]
async fn there_is_no_code_while_something_that_it_names_is_missing_and_the_console_says_what() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let link = server.link();
    let missing = async || server.function(&owner, "android_get", json!({})).await.1["missing"].clone();
    assert_eq!(missing().await, "off");
    offers(&server, &[]);
    assert_eq!(
        (missing().await, code(&server, &link).await),
        (json!("address"), None),
        "by HTTP nothing is fetched"
    );
    set(&server, "public_url", "https://muster.example.org");
    assert_eq!(
        (missing().await, code(&server, &link).await),
        (json!("package"), None),
        "the agent is not here"
    );
    taken(&server, &owner, bytes(SETTINGS)).await;
    set(&server, "headwind.set_up.package", "io.appium.settings");
    assert_eq!((missing().await, code(&server, &link).await), (json!("receiver"), None));
    taken(&server, &owner, bytes(API_DEMOS)).await;
    set(&server, "headwind.set_up.package", DEMOS);
    assert_eq!(missing().await, Value::Null);
    assert!(code(&server, &link).await.is_some());
    // What the page of the settings does not show, it does not change.
    let (_, shown) = server.function(&owner, "settings_get", json!({})).await;
    let mut settings = shown["settings"].clone();
    settings["headwind"]["set_up"] = json!({});
    let body = json!({ "settings": settings, "password": { "kind": "keep" } });
    assert_eq!(server.function(&owner, "settings_set", body).await.0, StatusCode::OK);
    assert!(code(&server, &link).await.is_some());
    // A link that is withdrawn has no code, and none is at what is no link.
    let id = server.json(&["invitations", "list"])[0]["id"].as_str().unwrap().to_owned();
    server.cli(&["invitations", "revoke", &id]);
    assert_eq!(code(&server, &link).await, None);
    let none = browser()
        .get(format!("{}/00000-00000-00000-00000-00000-0/owner.png", server.base))
        .send()
        .await
        .unwrap();
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_console_takes_what_android_takes_and_a_password_is_never_shown() {
    let server = Server::start();
    let owner = server.owner().await;
    let put = async |set_up: Value, password: Value| {
        server.function(&owner, "android_set", json!({ "set_up": set_up, "password": password })).await
    };
    let keep = || json!({ "kind": "keep" });
    let good = json!({ "offered": true, "wifi": "Guests" });
    let typed = json!({ "kind": "set", "password": "correct horse" });
    assert_eq!(put(good.clone(), typed).await.0, StatusCode::OK);
    let (_, there) = server.function(&owner, "android_get", json!({})).await;
    assert_eq!((&there["has_password"], &there["set_up"]["wifi"]), (&json!(true), &json!("Guests")));
    assert!(!there.to_string().contains("horse"), "a30");
    for (bad, password, problem) in [
        (json!({ "wifi": "x".repeat(33) }), keep(), "set_up_wifi"),
        (json!({ "locale": "deutsch" }), keep(), "set_up_locale"),
        (json!({ "time_zone": "Berlin time" }), keep(), "set_up_time_zone"),
        (json!({ "package": "launcher" }), keep(), "set_up_package"),
        (good.clone(), json!({ "kind": "set", "password": "short" }), "set_up_password"),
        (good.clone(), json!({ "kind": "set", "password": "x".repeat(64) }), "set_up_password"),
        (good.clone(), json!({ "kind": "set", "password": "größer als acht" }), "set_up_password"),
        (json!({}), json!({ "kind": "set", "password": "correct horse" }), "set_up_wifi"),
    ] {
        let (status, told) = put(bad, password).await;
        assert!(!status.is_success() && told.to_string().contains(problem), "{status} {told}");
    }
    assert_eq!(put(json!({ "wifi": "Office" }), keep()).await.0, StatusCode::OK);
    let (_, there) = server.function(&owner, "android_get", json!({})).await;
    assert_eq!(there["has_password"], false, "it was another network's");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_is_set_up_by_the_code_of_a_new_phone_and_reports_as_its_owner() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    https(&server).await;
    taken(&server, &owner, bytes(API_DEMOS)).await;
    offers(&server, &[("package", DEMOS)]);
    set(&server, "headwind.owned", "yes");
    let link = server.link();
    let read = code(&server, &link).await.unwrap();
    let file = server.folder.path().join("owner.json");
    std::fs::write(&file, read.to_string()).unwrap();
    let agent = Agent::new(&server, "one");
    let ca = server.folder.path().join("ca.pem");
    let words = [
        "set-up",
        "--qr",
        file.to_str().unwrap(),
        "--device-owner",
        "--trust",
        ca.to_str().unwrap(),
        "--model",
        "Pixel 8",
    ];
    assert_eq!(agent.does(&words).0, Some(0));
    let (ended, events) = agent.does(&["sync"]);
    assert_eq!(ended, Some(0), "{events:?}");
    let device = the_device(&server);
    assert_eq!(
        (&device["model"], &device["status"], &device["owner_email"]),
        (&json!("Pixel 8"), &json!("ok"), &json!("anna@example.org"))
    );
    assert_eq!(device["reasons"], json!([]), "it is the company's own, as is wanted");
    assert_eq!(code(&server, &link).await, None, "the link is used up");
}

#[tokio::test]
async fn the_page_offers_a_new_phones_code_on_a_computer_alone_and_the_package_where_there_is_no_google_play()
{
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    https(&server).await;
    let shelved = taken(&server, &owner, bytes(API_DEMOS)).await;
    offers(&server, &[("package", DEMOS)]);
    let link = server.link();
    let here = format!("{}/{}", server.base, link.rsplit('/').next().unwrap());
    for (agent, offered) in [(WINDOWS, true), (PIXEL, false), (IPHONE, false)] {
        let (status, html) = page(&here, agent).await;
        assert_eq!((status, html.contains("/owner.png")), (StatusCode::OK, offered), "{agent}");
        assert!(html.len() < 15_000, "{}", html.len());
    }
    // The package on the page is the agent's own; the one that sets up new phones is another one here.
    let (_, html) = page(&format!("{here}?as=apk"), PIXEL).await;
    assert!(!html.contains("/apk/") && html.contains("no Google Play"));
    set(&server, "agent.package", DEMOS);
    let (_, html) = page(&format!("{here}?as=apk"), PIXEL).await;
    assert!(
        html.contains(&path(&shelved)) && html.contains(shelved["package"]["sha256"].as_str().unwrap()),
        "{html}"
    );
    assert!(html.contains("Get the app: version") && html.len() < 15_000);
    let (_, html) = page(&here, PIXEL).await;
    assert!(
        html.contains("?as=apk") && !html.contains("/apk/"),
        "the way to it, where Google Play is most likely there"
    );
    let huawei = PIXEL.replace("Pixel 8", "ELS-NX9; HMSCore 6.13.0.302");
    let (_, html) = page(&here, &huawei).await;
    assert!(html.contains(&path(&shelved)), "{html}");
}

fn parts<'m>(mail: &'m ParsedMail<'m>, found: &mut Vec<&'m ParsedMail<'m>>) {
    found.push(mail);
    mail.subparts.iter().for_each(|part| parts(part, found));
}

#[tokio::test]
async fn the_mail_has_the_agents_code_and_a_new_phones_where_that_is_wanted() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let base = https(&server).await;
    taken(&server, &owner, bytes(API_DEMOS)).await;
    offers(&server, &[("package", DEMOS), ("mailed", "yes")]);
    server.cli(&["invite", "anna@example.org"]);
    let late = std::time::Instant::now() + std::time::Duration::from_secs(40);
    let folder = server.folder.path().join("data/mail");
    let file = loop {
        let mut found = std::fs::read_dir(&folder).into_iter().flatten().map(|e| e.unwrap().path());
        if let Some(file) = found.find(|f| f.extension().is_some_and(|e| e == "eml")) {
            break file;
        }
        assert!(std::time::Instant::now() < late, "no mail came");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    let raw = std::fs::read(file).unwrap();
    assert!(raw.len() < 60_000, "{}", raw.len());
    let mail = mailparse::parse_mail(&raw).unwrap();
    let mut all = Vec::new();
    parts(&mail, &mut all);
    let named = |name: &str| {
        all.iter()
            .find(|p| p.headers.get_first_value("Content-ID").is_some_and(|id| id == format!("<{name}>")))
    };
    let read = |name: &str| scanned(server.folder.path(), &named(name).unwrap().get_body_raw().unwrap());
    let link = read("qr");
    let agent: Value = serde_json::from_str(&read("agent")).unwrap();
    assert_eq!(agent.as_object().unwrap().len(), 1, "extras alone: {agent}");
    let extras = &agent[format!("{EXTRA}ADMIN_EXTRAS_BUNDLE")];
    assert_eq!(
        format!(
            "{}/{}",
            extras["com.hmdm.BASE_URL"].as_str().unwrap(),
            extras["com.hmdm.SERVER_PROJECT"].as_str().unwrap()
        ),
        link
    );
    let new: Value = serde_json::from_str(&read("owner")).unwrap();
    assert_eq!(&new[format!("{EXTRA}ADMIN_EXTRAS_BUNDLE")], extras);
    assert_eq!(new[format!("{EXTRA}DEVICE_ADMIN_SIGNATURE_CHECKSUM")], checksum(&server, API_DEMOS));
    assert!(link.starts_with(&base));
    let text = |kind: &str| all.iter().find(|p| p.ctype.mimetype == kind).unwrap().get_body().unwrap();
    for (body, agent, new) in [
        (text("text/html"), "the app asks for a server?", "takes approved apps alone"),
        (text("text/plain"), "the app asks for a server?", "very first screen"),
    ] {
        assert!(body.contains(agent) && body.contains(new), "{body}");
    }
    assert_eq!(
        all.iter()
            .filter(|p| p.get_content_disposition().disposition == mailparse::DispositionType::Attachment)
            .count(),
        1
    );
    // The preview in the console shows both, and neither leads anywhere.
    let user = server.json(&["users", "list"])[0]["id"].as_str().unwrap().to_owned();
    let preview = format!("{}/preview?user={user}&language=en&days=7", server.base);
    let shown = owner.get(preview).send().await.unwrap().text().await.unwrap();
    assert!(shown.contains("the app asks for a server?") && shown.contains("fresh from its box"));
    assert_eq!((shown.matches("data:image/png").count(), shown.contains("cid:")), (3, false));
    // Where another agent is the company's, its people are told nothing of Headwind's.
    set(&server, "agent.package", "com.example.agent");
    set(&server, "headwind.set_up.mailed", "no");
    let shown =
        owner.get(format!("{}/preview?user={user}&language=ru&days=7", server.base)).send().await.unwrap();
    assert_eq!(shown.text().await.unwrap().matches("data:image/png").count(), 1);
}

#[tokio::test]
async fn the_agent_is_told_from_which_address_it_reports() {
    let server = Server::start();
    server.people();
    let mut phone = super::phone::Phone::new(&server.link(), "anna");
    phone.connects().await;
    let to = format!("{}/rest/public/sync/info", phone.address);
    let answer =
        browser().post(to).header("content-type", "application/json").body(phone.report().to_string());
    let answer = answer.send().await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["x-ip-address"]),
        (StatusCode::OK, &"127.0.0.1".parse::<reqwest::header::HeaderValue>().unwrap())
    );
}
