//! Where the inputs come in: a server with two workspaces that have something to lose.

use crate::world::{Server, agent, phone, raw, status};
use muster_domain::{ports::UserStore, query::UserQuery};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// Whom an input may name.
#[derive(Clone, Default)]
pub struct Ids {
    /// The workspace's own.
    pub user: String,
    pub device: String,
    /// What phones are asked for: a link that works.
    pub link: String,
    /// Another workspace's.
    pub theirs: Theirs,
    /// The settings as they are.
    pub settings: Value,
}

/// What another workspace has.
#[derive(Clone, Default)]
pub struct Theirs {
    pub workspace: String,
    pub user: String,
    pub device: String,
    pub invitation: String,
}

/// How an input comes in.
pub enum Ask {
    /// A server function's arguments.
    Call(&'static str, Value),
    /// A request of this method, path, kind of content and body.
    Send(Method, String, &'static str, Vec<u8>),
    /// A file of people, uploaded and looked at like this.
    File(Vec<u8>, Value),
    /// A request to this path that says that so many bytes follow.
    Large(&'static str, usize),
}

/// An input: its name, how it comes in, and the status and words of the answer.
pub struct Case {
    pub name: &'static str,
    pub ask: Ask,
    pub status: u16,
    pub says: &'static str,
}

/// An input that is refused with 422.
pub fn call(name: &'static str, function: &'static str, body: Value, says: &'static str) -> Case {
    Case { name, ask: Ask::Call(function, body), status: 422, says }
}

/// A request, refused with this status.
pub fn send(
    name: &'static str,
    method: Method,
    path: impl Into<String>,
    body: &[u8],
    (status, says): (u16, &'static str),
) -> Case {
    let kind = if body.starts_with(b"{") { "application/json" } else { "application/x-www-form-urlencoded" };
    Case { name, ask: Ask::Send(method, path.into(), kind, body.to_vec()), status, says }
}

/// A server, who is signed in there, and what is there.
pub struct Room {
    pub server: Server,
    pub owner: Client,
    pub ids: Ids,
    store: muster_store::Sqlite,
}

impl Room {
    /// Two workspaces, in each a person with a message and a device.
    pub async fn open() -> Self {
        let server = Server::start();
        let owner = server.owner().await;
        server.people();
        let link = server.link();
        agent().claim(&server.link().parse().unwrap(), &phone("hardware-1")).await.unwrap();
        let second = server.json(&["workspace", "create", "Second", "--owner", "rosa@example.org"]);
        let second = second["id"].as_str().unwrap().to_owned();
        let file = server.folder.path().join("theirs.csv");
        std::fs::write(&file, "name,email,groups\nVictim,victim@example.org,Theirs\n").unwrap();
        server.cli(&["--workspace", &second, "users", "import", file.to_str().unwrap()]);
        let made =
            server.json(&["--workspace", &second, "invite", "victim@example.org", "--print-link"])[0].clone();
        agent().claim(&made["link"].as_str().unwrap().parse().unwrap(), &phone("hardware-2")).await.unwrap();
        let first = |words: &[&str]| server.json(words)[0]["id"].as_str().unwrap().to_owned();
        let of = |list: &str| first(&["--workspace", &second, list, "list"]);
        let theirs = Theirs {
            user: of("users"),
            device: of("devices"),
            invitation: of("invitations"),
            workspace: second.clone(),
        };
        let (_, all) = server.function(&owner, "settings_get", json!({})).await;
        let ids = Ids {
            user: first(&["users", "list"]),
            device: first(&["devices", "list"]),
            link,
            theirs,
            settings: all["settings"].clone(),
        };
        let store = server.store().await;
        Self { server, owner, ids, store }
    }

    /// All that could be lost or changed, in both workspaces.
    async fn state(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for name in ["users_list", "groups_page", "devices_list", "invitations_list", "audit_list"]
            .into_iter()
            .chain(["settings_get", "wording_get", "accounts_list"])
        {
            let (_, mut told) = self.server.function(&self.owner, name, json!({ "query": {} })).await;
            told.as_object_mut().unwrap().remove("now");
            all.push(told);
        }
        let theirs = self.ids.theirs.workspace.parse().unwrap();
        let users = self.store.users(theirs, &UserQuery::default()).await.unwrap();
        all.push(serde_json::to_value(users).unwrap());
        all
    }

    async fn sent(&self, ask: &Ask) -> (u16, String) {
        let (method, path, kind, body) = match ask {
            Ask::Call(name, body) => {
                let path = format!("/api/fn/{name}");
                (Method::POST, path, "application/json", body.to_string().into_bytes())
            }
            Ask::Send(method, path, kind, body) => (method.clone(), path.clone(), *kind, body.clone()),
            Ask::Large(path, length) => {
                let head = format!(
                    "POST {path} HTTP/1.1\r\nHost: muster\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                );
                let told = raw(&self.server.base, &head).await;
                return (status(&told), told);
            }
            Ask::File(bytes, how) => {
                let upload = self.owner.post(format!("{}/import/file", self.server.base)).body(bytes.clone());
                let upload = upload.send().await.unwrap();
                if !upload.status().is_success() {
                    return (upload.status().as_u16(), upload.text().await.unwrap());
                }
                let upload: Value = upload.json().await.unwrap();
                let body = json!({ "upload": upload["upload"], "how": how, "part": {} });
                return Box::pin(self.sent(&Ask::Call("import_look", body))).await;
            }
        };
        let url = if path.starts_with("http") { path } else { format!("{}{path}", self.server.base) };
        let asked = self.owner.request(method, url).header("content-type", kind).body(body);
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Sends each, and finds it refused in words and nothing changed by it.
    pub async fn refuses(&self, cases: Vec<Case>) {
        let before = self.state().await;
        let mut wrong = Vec::new();
        for case in &cases {
            let (status, told) = self.sent(&case.ask).await;
            if status != case.status || !told.contains(case.says) {
                let told: String = told.chars().take(300).collect();
                wrong.push(format!("{}: {status} {told}", case.name));
            }
            let now = self.state().await;
            for (was, is) in before.iter().zip(&now) {
                assert_eq!(was, is, "{} changed something", case.name);
            }
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
        let log = self.server.log();
        assert!(!log.contains("panicked") && !log.contains("ERROR"), "{log}");
    }
}
