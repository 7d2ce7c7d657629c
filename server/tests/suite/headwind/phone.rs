//! A phone with the agent, as far as it goes over the wire: what a test asks is asked just so. The agent's own life is
//! `end2end/headwind-agent`'s.

use crate::world::{Server, browser};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// What stands behind a configuration's path, and the first one's body.
pub const FIRST: &str = r#"{"customer":null,"configuration":null,"groups":null,"groupSet":null}"#;

/// A phone: where it asks, and what it calls itself.
pub struct Phone {
    /// The server's address and the project, as the agent keeps it.
    pub address: String,
    pub number: String,
    pub serial: &'static str,
}

/// What the server answered.
pub type Told = (StatusCode, Value);

impl Phone {
    /// With a link typed in, and a number.
    pub fn new(link: &str, number: &str) -> Self {
        Self { address: link.to_owned(), number: number.to_owned(), serial: "R5CT1" }
    }

    pub async fn asks(&self, method: Method, rest: &str, body: Option<String>) -> Told {
        let mut asked = browser().request(method, format!("{}/rest/{rest}", self.address));
        if let Some(body) = body {
            asked = asked.header("content-type", "application/json").body(body);
        }
        let answer = asked.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or(Value::Null))
    }

    /// The first question.
    pub async fn first(&self) -> Told {
        let path = format!("public/sync/configuration/{}", self.number);
        self.asks(Method::POST, &path, Some(FIRST.into())).await
    }

    /// A later one.
    pub async fn syncs(&self) -> Told {
        self.asks(Method::GET, &format!("public/sync/configuration/{}", self.number), None).await
    }

    /// Connects, and moves to its own address as the agent does.
    pub async fn connects(&mut self) -> Value {
        let (status, told) = self.first().await;
        assert_eq!((status, told["status"].as_str()), (StatusCode::OK, Some("OK")), "{told}");
        self.moves(&told["data"]);
        let (_, told) = self.syncs().await;
        self.reports().await;
        told["data"].clone()
    }

    /// Takes up the number and the address that it was given.
    pub fn moves(&mut self, data: &Value) {
        if let Some(number) = data["newNumber"].as_str() {
            self.number = number.to_owned();
        }
        self.address = data["newServerUrl"].as_str().unwrap().to_owned();
    }

    /// What it says of itself.
    pub fn report(&self) -> Value {
        json!({ "deviceId": self.number, "model": "Pixel 8", "androidVersion": "14", "serial": self.serial, "batteryLevel": 80,
            "mdmMode": true, "kioskMode": false, "permissions": [1, 1, 1, 0], "applications": [], "files": [],
            "launcherType": "opensource", "launcherPackage": "com.android.launcher3", "defaultLauncher": false })
    }

    pub async fn reports(&self) -> Told {
        self.asks(Method::POST, "public/sync/info", Some(self.report().to_string())).await
    }

    /// Confirms what it is about to do: nothing, `reboot/` or `password/`.
    pub async fn confirms(&self, what: &str, able: bool) -> StatusCode {
        let mut said = self.report();
        said["factoryReset"] = able.into();
        let path = format!("plugins/devicereset/public/{what}{}", self.number);
        self.asks(Method::POST, &path, Some(said.to_string())).await.0
    }

    /// Asks for news, and is held.
    pub async fn polls(&self) -> Told {
        self.asks(Method::GET, &format!("notification/polling/{}", self.number), None).await
    }
}

/// The only device.
pub fn the_device(server: &Server) -> Value {
    server.json(&["devices", "list"])[0].clone()
}

/// Gives an order in the console.
pub async fn orders(server: &Server, owner: &reqwest::Client, order: Value) -> Told {
    let device = the_device(server);
    let body = json!({ "id": device["id"], "order": order, "named": device["name"] });
    server.function(owner, "device_order", body).await
}

/// How the last command stands.
pub async fn last(server: &Server, owner: &reqwest::Client) -> String {
    let id = the_device(server)["id"].clone();
    let (_, shown) = server.function(owner, "device_commands", json!({ "id": id })).await;
    shown["rows"][0]["state"].as_str().unwrap_or_default().to_owned()
}
