//! The life of an iPhone, as the console and the phone's page tell it: connected, asked, told, removed, back again, erased.

use super::kit::{CHECK_IN, Company};
use base64::{Engine, engine::general_purpose::STANDARD};
use muster_agent::apple::{
    commands::Locked,
    device::{Device, Options},
    hardware::Hardware,
    keys::Pool,
    session::Step,
    state::Phase,
};
use serde_json::{Value, json};

/// What a person with an iPhone sees.
async fn page(link: &str) -> String {
    let (status, page) = crate::world::page(link, crate::world::IPHONE).await;
    assert_eq!(status, 200);
    page
}

#[tokio::test]
async fn between_its_two_messages_a_phone_is_waited_for_and_nobody_is_told_that_the_link_is_used() {
    let company = Company::start().await;
    let link = company.link("Anna");
    let state = || company.invitation("Anna")["state"].as_str().unwrap().to_owned();
    assert_eq!((company.state(&link).await.as_str(), state().as_str()), ("waiting", "sent"));
    let card = company.card(&link).await;
    assert_eq!(company.state(&link).await, "waiting");
    assert_eq!(card.says(&company, CHECK_IN, card.authenticate()).await.status, 200);
    let before = page(&link).await;
    assert_eq!((company.state(&link).await.as_str(), state().as_str()), ("waiting", "enrolling"));
    assert!(before.contains("Profile Downloaded"), "it still says what to do");
    assert_eq!(company.server.json(&["devices", "list"]), json!([]));
    assert_eq!(card.says(&company, CHECK_IN, card.token_update()).await.status, 200);
    assert_eq!((company.state(&link).await.as_str(), state().as_str()), ("connected", "enrolled"));
    assert!(!page(&link).await.contains("Profile Downloaded"));
    assert_eq!(company.invitation("Anna")["platform"], "ios");
}

#[tokio::test]
async fn a_phone_that_is_connected_has_its_owner_model_system_and_lists() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let mut device = company.enrolled(&company.link("Anna")).await;
    let steps = device.session(&company.client).await.unwrap();
    assert_eq!(steps.len(), 6, "{steps:?}");
    let row = company.devices(&owner).await.remove(0);
    assert_eq!(
        (&row["owner_name"], &row["platform"], &row["status"]),
        (&json!("Anna"), &json!("ios"), &json!("ok"))
    );
    let facts = &row["facts"];
    assert_eq!(
        (&facts["os_version"], &facts["serial"]),
        (&json!("18.1.1"), &json!(device.state.hardware.serial))
    );
    assert!(facts["model"].as_str().unwrap().contains("iPhone"), "{facts}");
    let users = company.server.json(&["users", "list"]);
    assert_eq!((&users[0]["devices"], &users[0]["status"]), (&json!(1), &json!("ok")));
    let (_, lists) = company.server.function(&owner, "device_lists", json!({ "id": row["id"] })).await;
    let names = |list: &str, key: &str| -> Vec<String> {
        let entries = lists[list][1].as_array().unwrap().iter();
        entries.map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
    };
    assert!(names("apps", "name").contains(&"Читалка PDF".to_owned()), "{lists}");
    let enrolment = device.state.enrolment.as_ref().unwrap();
    assert_eq!(names("profiles", "id"), std::slice::from_ref(&enrolment.profile.identifier));
    let until = device.certificate().unwrap().not_after();
    let held = lists["certificates"][1].as_array().unwrap();
    assert!(held.iter().any(|c| c["identity"] == true && c["until"] == until), "{lists}");
    let colleague = company.server.account("au@example.org", "auditor").await;
    let (status, seen) =
        company.server.function(&colleague, "device_lists", json!({ "id": row["id"] })).await;
    assert_eq!((status.as_u16(), &seen["apps"]), (200, &lists["apps"]));
}

fn profile() -> String {
    let payload = "<dict><key>PayloadType</key><string>com.apple.webClip.managed</string><key>PayloadVersion</key><integer>1</integer>\
        <key>PayloadIdentifier</key><string>org.example.clip.one</string><key>PayloadUUID</key><string>5F4DCC3B-5AA7-45D6-9D83-27DEB882CF99</string>\
        <key>URL</key><string>https://example.org/</string><key>Label</key><string>Help</string></dict>";
    let all = format!(
        "<dict><key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>\
         <key>PayloadIdentifier</key><string>org.example.clip</string><key>PayloadUUID</key><string>6F4DCC3B-5AA7-45D6-9D83-27DEB882CF99</string>\
         <key>PayloadDisplayName</key><string>Help</string><key>PayloadContent</key><array>{payload}</array></dict>"
    );
    STANDARD.encode(super::kit::plist(&all))
}

/// A device in the console.
struct Console<'c> {
    company: &'c Company,
    owner: reqwest::Client,
    id: Value,
}

impl<'c> Console<'c> {
    async fn of(company: &'c Company) -> Self {
        let owner = company.server.owner().await;
        let id = company.devices(&owner).await[0]["id"].clone();
        Self { company, owner, id }
    }

    async fn orders(&self, order: Value) {
        let device = self.window().await["device"].clone();
        let body = json!({ "id": self.id, "order": order, "named": device["name"] });
        let (status, answer) = self.company.server.function(&self.owner, "device_order", body).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn window(&self) -> Value {
        self.company.server.function(&self.owner, "device_get", json!({ "id": self.id })).await.1
    }

    /// How far the newest command came.
    async fn state(&self) -> String {
        self.window().await["commands"]["rows"][0]["state"].as_str().unwrap().to_owned()
    }

    /// Status and reasons.
    async fn is(&self) -> (Value, Value) {
        let device = self.window().await["device"].clone();
        (device["status"].clone(), device["reasons"].clone())
    }
}

fn kinds(steps: &[Step]) -> Vec<(&str, &str)> {
    steps
        .iter()
        .filter_map(|step| match step {
            Step::Command { request_type, status, .. } => Some((request_type.as_str(), status.as_str())),
            Step::Nothing | Step::Ended { .. } => None,
        })
        .collect()
}

#[tokio::test]
async fn a_locked_phone_is_locked_at_once_and_installs_a_profile_when_it_is_unlocked() {
    let company = Company::start().await;
    let mut device = company.enrolled(&company.link("Anna")).await;
    device.session(&company.client).await.unwrap();
    let console = Console::of(&company).await;
    let upload = json!({ "file": profile() });
    let (status, uploaded) = company.server.function(&console.owner, "profile_upload", upload).await;
    assert_eq!(status, 200, "{uploaded}");
    device.options.locked = Locked::Yes;
    console.orders(json!({ "kind": "install_profile", "profile": uploaded["id"], "name": "Help" })).await;
    console.orders(json!({ "kind": "lock", "message": "Bring it back", "phone": "+49 30 1234" })).await;
    let steps = device.session(&company.client).await.unwrap();
    assert_eq!(kinds(&steps), [("InstallProfile", "NotNow"), ("DeviceLock", "Acknowledged")]);
    let states = async || -> Vec<String> {
        let window = console.window().await;
        let rows = window["commands"]["rows"].as_array().unwrap();
        rows.iter().map(|row| row["state"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states().await, ["done", "postponed"]);
    let steps = device.session(&company.client).await.unwrap();
    assert_eq!(kinds(&steps), [("InstallProfile", "NotNow")], "once a session");
    device.options.locked = Locked::No;
    let steps = device.session(&company.client).await.unwrap();
    assert_eq!(kinds(&steps), [("InstallProfile", "Acknowledged")]);
    assert_eq!(states().await, ["done", "done"]);
    assert!(device.state.profiles.contains_key("org.example.clip"));
    assert_eq!(device.session(&company.client).await.unwrap(), []);
    assert!(device.state.executed.values().all(|done| done.times == 1));
}

#[tokio::test]
async fn a_phone_whose_profile_is_removed_is_critical_and_is_the_same_row_when_it_comes_back() {
    let company = Company::start().await;
    let link = company.link("Anna");
    let mut device = company.enrolled(&link).await;
    device.session(&company.client).await.unwrap();
    let console = Console::of(&company).await;
    assert!(device.remove_profile(&company.client, false).await.unwrap());
    assert_eq!(console.is().await, (json!("critical"), json!(["profile_removed"])));
    assert_eq!(company.server.json(&["users", "list"])[0]["devices"], 0);
    device.enrol(&company.client, &link.parse().unwrap()).await.unwrap();
    device.session(&company.client).await.unwrap();
    assert_eq!(console.is().await, (json!("ok"), json!([])));
    assert_eq!(company.devices(&console.owner).await.len(), 1);
    assert!(console.window().await["device"]["left_at"].is_null());
    // Another phone by the same link is not taken, and has nothing installed.
    let mut other = company.device(Options::default());
    let refused = other.enrol(&company.client, &link.parse().unwrap()).await.unwrap_err();
    assert!(refused.to_string().contains("403"), "{refused}");
    assert_eq!(other.state.phase, Phase::New);
    assert_eq!(company.devices(&console.owner).await.len(), 1);
    assert_eq!(device.session(&company.client).await.unwrap(), [], "and takes nothing from the first");
    // Without a network nobody is told; the list of profiles tells it of a phone that still speaks.
    assert!(!device.remove_profile(&company.client, true).await.unwrap());
    assert_eq!(console.is().await.0, "ok");
}

#[tokio::test]
async fn an_ipad_is_one_and_a_new_system_stands_in_the_history() {
    let company = Company::start().await;
    let link = company.link("Anna");
    let mut device = Device::new(Pool::default(), Hardware::ipad().unwrap(), Options::default());
    device.enrol(&company.client, &link.parse().unwrap()).await.unwrap();
    device.session(&company.client).await.unwrap();
    let console = Console::of(&company).await;
    let window = console.window().await;
    assert_eq!(window["device"]["platform"], "ipados");
    assert!(!window["history"].to_string().contains("os_updated"));
    let before = window["device"]["facts"]["os_version"].clone();
    device.state.hardware.os_version = "18.3".into();
    device.state.hardware.build = "22D63".into();
    // It tells by itself: no command asks for it.
    assert_eq!(device.session(&company.client).await.unwrap(), []);
    let window = console.window().await;
    assert_eq!(window["device"]["facts"]["os_version"], "18.3");
    let history = window["history"].as_array().unwrap();
    let told = history.iter().find(|entry| entry.to_string().contains("os_updated")).unwrap().to_string();
    assert!(told.contains("18.3") && told.contains(before.as_str().unwrap()), "{told}");
}

#[tokio::test]
async fn an_erased_phone_has_left_was_erased_once_and_enrols_again_by_the_same_link() {
    let company = Company::start().await;
    let link = company.link("Anna");
    let mut device = company.enrolled(&link).await;
    device.session(&company.client).await.unwrap();
    let console = Console::of(&company).await;
    let erase = json!({ "kind": "erase", "keep_data_plan": true });
    let wrong = json!({ "id": console.id, "order": erase, "named": "another" });
    let (status, _) = company.server.function(&console.owner, "device_order", wrong).await;
    assert_eq!(status, 422, "the name has to be the device's");
    console.orders(erase).await;
    let steps = device.session(&company.client).await.unwrap();
    assert!(matches!(steps.last(), Some(Step::Ended { phase: Phase::Erased })), "{steps:?}");
    let times = |device: &Device| -> Vec<u32> {
        let erased = device.state.executed.values().filter(|done| done.request_type == "EraseDevice");
        erased.map(|done| done.times).collect()
    };
    assert_eq!((times(&device), console.state().await.as_str()), (vec![1], "done"));
    assert!(console.window().await["device"]["left_at"].is_i64());
    device.enrol(&company.client, &link.parse().unwrap()).await.unwrap();
    device.session(&company.client).await.unwrap();
    assert_eq!(device.session(&company.client).await.unwrap(), []);
    assert_eq!((times(&device), device.state.phase), (vec![1], Phase::Enrolled));
    assert!(console.window().await["device"]["left_at"].is_null());
    assert_eq!(company.devices(&console.owner).await.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_an_erase_whose_answer_was_lost_happens_once() {
    let company = Company::start().await;
    let link = company.link("Anna");
    let mut device = company.enrolled(&link).await;
    device.session(&company.client).await.unwrap();
    let console = Console::of(&company).await;
    console.orders(json!({ "kind": "plain", "what": "clear_passcode" })).await;
    device.options.lose_answers = device.state.lost_answers + 1;
    device.session(&company.client).await.unwrap_err();
    assert_eq!(device.session(&company.client).await.unwrap(), [], "not a second time");
    assert_eq!(console.state().await, "unanswered");
    console.orders(json!({ "kind": "erase", "keep_data_plan": false })).await;
    device.options.lose_answers = device.state.lost_answers + 1;
    device.session(&company.client).await.unwrap_err();
    assert_eq!((device.state.phase, console.state().await.as_str()), (Phase::Erased, "delivered"));
    device.enrol(&company.client, &link.parse().unwrap()).await.unwrap();
    device.session(&company.client).await.unwrap();
    assert_eq!(device.state.phase, Phase::Enrolled, "it is not erased again");
    assert!(console.window().await["commands"].to_string().contains("presumed"));
    assert!(device.state.executed.values().all(|done| done.times == 1));
}
