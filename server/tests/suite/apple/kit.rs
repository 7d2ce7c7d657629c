//! A company with an APNs certificate on a running server, and identities to say with them whatever one likes.

use crate::{
    certificate::noticed,
    fake_apple::TOPIC,
    world::{IPHONE, Server},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use muster_agent::apple::{
    certificate::{Certificate, Wanted},
    checkin,
    cms::{
        sign::{Content, Signer, sign},
        verify,
    },
    device::{Device, Options},
    enrolment::{self, Enrolment},
    hardware::Hardware,
    http::{Answer, Client, Program, Request},
    key::{Digest, Key},
    keys::Pool,
    scep::{
        authority::Authority,
        enrol::{Manner, enrol},
    },
    state::Secrets,
};
use plist::Dictionary;
use serde_json::{Value, json};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

pub const CHECK_IN: &str = "/apple/checkin";
pub const COMMANDS: &str = "/apple/mdm";

/// Keys take a tenth of a second each; those of devices protect nothing here.
static KEYS: LazyLock<Vec<Arc<Key>>> =
    LazyLock::new(|| (0..4).map(|_| Arc::new(Key::generate(2048).unwrap())).collect());

/// One of four keys.
pub fn key(number: usize) -> Arc<Key> {
    KEYS[number].clone()
}

pub struct Company {
    pub server: Server,
    pub client: Client,
}

impl Company {
    pub async fn start() -> Self {
        Self::with(&[], &[]).await
    }

    pub async fn with(words: &[&str], environment: &[(&str, &str)]) -> Self {
        let server = Server::with(words, environment);
        let client = Client::new(muster_agent::clock::system, true, None).unwrap();
        let company = Self { server, client };
        company.certificate(&[]).await;
        company
    }

    /// Uploads an APNs certificate; `more` may name a workspace.
    pub async fn certificate(&self, more: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let [pem, key] = ["a.pem", "a.key"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
        // Nobody but Apple's service looks at who issued it.
        let made = std::process::Command::new("openssl")
            .args([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-out", &pem, "-keyout",
                &key,
            ])
            .args(["-subj", &format!("/UID={TOPIC}/CN=APSP:test/C=US")])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        self.server.cli(&[more, &["apple", "cert", "upload", &pem, "--key", &key]].concat());
        noticed().await;
    }

    /// Another workspace with a certificate of its own; its id.
    pub async fn another(&self) -> String {
        self.server.cli(&["account", "create", "other@example.org"]);
        let made = self.server.json(&["workspace", "create", "Other", "--owner", "other@example.org"]);
        let id = made["id"].as_str().unwrap().to_owned();
        self.certificate(&["--workspace", &id]).await;
        id
    }

    /// Adds a person of that name, with a link.
    pub fn link(&self, name: &str) -> String {
        self.link_in(&[], name)
    }

    /// The same in a workspace that `more` names.
    pub fn link_in(&self, more: &[&str], name: &str) -> String {
        let address = format!("{}@example.org", name.to_lowercase());
        let file = self.server.folder.path().join("person.csv");
        std::fs::write(&file, format!("name,email\n{name},{address}\n")).unwrap();
        self.server.cli(&[more, &["users", "import", file.to_str().unwrap()]].concat());
        let made = self.server.json(&[more, &["invite", &address, "--print-link"]].concat());
        made[0]["link"].as_str().unwrap().to_owned()
    }

    /// A device out of the box.
    pub fn device(&self, options: Options) -> Device {
        Device::new(Pool::of(KEYS.clone()), Hardware::iphone().unwrap(), options)
    }

    /// An iPhone that is connected by the link.
    pub async fn enrolled(&self, link: &str) -> Device {
        let mut device = self.device(Options::default());
        device.enrol(&self.client, &link.parse().unwrap()).await.unwrap();
        device
    }

    /// The profile as Safari gets it.
    pub async fn fetch(&self, link: &str) -> Answer {
        let request = Request::get(format!("{link}/profile"), Program::SafariPhone);
        self.client.send(request.header("accept", "*/*")).await.unwrap()
    }

    /// What the profile says.
    pub async fn profile(&self, link: &str) -> Enrolment {
        let answer = self.fetch(link).await.ok("the profile").unwrap();
        let signed = verify::verify(&answer.body, &[]).unwrap();
        enrolment::read(&signed.content, |_| true).unwrap()
    }

    pub async fn authority(&self, enrolment: &Enrolment) -> Authority {
        let scep = &enrolment.scep;
        Authority::ask(&self.client, &scep.url, &scep.name, Some(&scep.fingerprint)).await.unwrap()
    }

    /// An identity by the link, with which nothing was said yet.
    pub async fn card(&self, link: &str) -> Card {
        self.card_of(link, key(0)).await
    }

    pub async fn card_of(&self, link: &str, key: Arc<Key>) -> Card {
        let enrolment = self.profile(link).await;
        let authority = self.authority(&enrolment).await;
        let scep = &enrolment.scep;
        let wanted = Wanted {
            subject: scep.subject.clone(),
            challenge: scep.challenge.clone(),
            key_usage: scep.key_usage,
            alternative: Vec::new(),
        };
        let manner = Manner { get: false, retries: 0, delay: Duration::ZERO };
        let certificate = enrol(&self.client, &authority, &key, &wanted, None, manner).await.unwrap();
        Card { key, certificate, enrolment, hardware: Hardware::iphone().unwrap() }
    }

    /// The identity of an iPhone that is connected by the link.
    pub async fn connected(&self, link: &str) -> Card {
        let card = self.card(link).await;
        for message in [card.authenticate(), card.token_update()] {
            assert_eq!(card.says(self, CHECK_IN, message).await.status, 200);
        }
        card
    }

    /// Says something as it is.
    pub async fn put(&self, path: &str, body: Vec<u8>, headers: &[(&'static str, String)]) -> Answer {
        let request = Request::with("PUT", format!("{}{path}", self.server.base), Program::Mdm, body);
        let request = headers.iter().fold(request, |r, (name, value)| r.header(name, value.clone()));
        self.client.send(request).await.unwrap()
    }

    /// All devices, as the console lists them.
    pub async fn devices(&self, owner: &reqwest::Client) -> Vec<Value> {
        let (status, list) = self.server.function(owner, "devices_list", json!({ "query": {} })).await;
        assert_eq!(status, 200, "{list}");
        list["page"]["rows"].as_array().unwrap().clone()
    }

    /// The window of the one device that there is.
    pub async fn window(&self, owner: &reqwest::Client) -> Value {
        let devices = self.devices(owner).await;
        assert_eq!(devices.len(), 1, "{devices:?}");
        self.server.function(owner, "device_get", json!({ "id": devices[0]["id"] })).await.1
    }

    /// What the page of a link asks for.
    pub async fn state(&self, link: &str) -> String {
        let answer = crate::world::page(&format!("{link}/state"), IPHONE).await;
        let state: Value = serde_json::from_str(&answer.1).unwrap();
        state["state"].as_str().unwrap().to_owned()
    }

    /// The one invitation of an address.
    pub fn invitation(&self, name: &str) -> Value {
        let address = format!("{}@example.org", name.to_lowercase());
        let list = self.server.json(&["invitations", "list"]);
        list.as_array().unwrap().iter().find(|i| i["email"] == *address).unwrap().clone()
    }

    /// An identity's time is over.
    pub async fn expire(&self, certificate: &Certificate) {
        self.ends(certificate, 1).await;
    }

    /// An identity ends at that time, in microseconds since the epoch, as far as the server knows.
    pub async fn ends(&self, certificate: &Certificate, at: i64) {
        let sql = "UPDATE apple_identity SET not_after = $2 WHERE certificate = $1";
        let query = sqlx::query(sql).bind(certificate.der()).bind(at);
        assert_eq!(query.execute(&self.database().await).await.unwrap().rows_affected(), 1);
    }

    /// The revocation list of the first workspace, in DER.
    pub async fn revoked(&self) -> Vec<u8> {
        let workspace: String = sqlx::query_scalar("SELECT workspace_id FROM apple_authority")
            .fetch_one(&self.database().await)
            .await
            .unwrap();
        let list = reqwest::get(format!("{}/apple/revoked/{workspace}", self.server.base)).await.unwrap();
        list.bytes().await.unwrap().to_vec()
    }

    /// The database, to write what no command writes.
    pub async fn database(&self) -> sqlx::SqlitePool {
        let file = self.server.folder.path().join("data/muster.db");
        sqlx::SqlitePool::connect(file.to_str().unwrap()).await.unwrap()
    }
}

/// `Mdm-Signature` over a body.
pub fn signature(key: &Key, certificate: &Certificate, body: &[u8]) -> String {
    let by = Signer {
        key,
        certificate,
        digest: Digest::Sha256,
        signing_time: Some(muster_agent::clock::system()),
    };
    STANDARD.encode(sign(Content::Detached(body), by, Vec::new()).unwrap())
}

/// An identity with the phone for which it speaks.
pub struct Card {
    pub key: Arc<Key>,
    pub certificate: Certificate,
    pub enrolment: Enrolment,
    pub hardware: Hardware,
}

impl Card {
    pub fn signature(&self, body: &[u8]) -> String {
        signature(&self.key, &self.certificate, body)
    }

    /// Says something with its signature.
    pub async fn says(&self, company: &Company, path: &str, body: Vec<u8>) -> Answer {
        let signature = self.signature(&body);
        company.put(path, body, &[("mdm-signature", signature)]).await
    }

    /// The same identity in the name of another phone.
    pub fn claiming(&self, hardware: &Hardware) -> Self {
        let (key, certificate) = (self.key.clone(), self.certificate.clone());
        Self { key, certificate, enrolment: self.enrolment.clone(), hardware: hardware.clone() }
    }

    pub fn authenticate(&self) -> Vec<u8> {
        checkin::authenticate(&self.hardware, &self.enrolment.mdm).unwrap()
    }

    pub fn token_update(&self) -> Vec<u8> {
        let secrets = Secrets { token: vec![7; 32], magic: "magic".into(), unlock: vec![9; 100] };
        checkin::token_update(&self.hardware, &self.enrolment.mdm, &secrets).unwrap()
    }

    pub fn check_out(&self) -> Vec<u8> {
        checkin::check_out(&self.hardware, &self.enrolment.mdm).unwrap()
    }

    pub fn declares(&self, endpoint: &str, data: Option<&[u8]>) -> Vec<u8> {
        checkin::declarative(&self.hardware, endpoint, data.map(<[u8]>::to_vec)).unwrap()
    }

    pub fn idle(&self) -> Vec<u8> {
        self.status("Idle", None, Dictionary::new())
    }

    pub fn status(&self, status: &str, command: Option<&str>, result: Dictionary) -> Vec<u8> {
        checkin::status(&self.hardware, status, command, result).unwrap()
    }

    /// A check-in message of another type.
    pub fn message(&self, kind: &str, more: &str) -> Vec<u8> {
        let udid = &self.hardware.udid;
        plist(&format!(
            "<dict><key>MessageType</key><string>{kind}</string><key>UDID</key><string>{udid}</string>{more}</dict>"
        ))
    }

    /// Whether it may speak for its phone: `Idle` is answered with 200.
    pub async fn idles(&self, company: &Company) -> u16 {
        self.says(company, COMMANDS, self.idle()).await.status
    }
}

/// A property list around what is written.
pub fn plist(inner: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">{inner}</plist>\n"
    )
    .into_bytes()
}

/// The command that an answer carries: its `CommandUUID` and `RequestType`.
pub fn command(answer: &Answer) -> Option<(String, String)> {
    assert_eq!(answer.status, 200);
    if answer.body.is_empty() {
        return None;
    }
    let document = plist::Value::from_reader_xml(&*answer.body).unwrap().into_dictionary().unwrap();
    let command = document["Command"].as_dictionary().unwrap();
    let text = |value: &plist::Value| value.as_string().unwrap().to_owned();
    Some((text(&document["CommandUUID"]), text(&command["RequestType"])))
}
