//! Declarative management (Apple: "Declarative management"): what is declared is fetched, and the status that it
//! subscribes to is reported, all of it once and then what changed.

use super::{
    checkin,
    device::Device,
    http::Client,
    state::{Declaration, Passcode, State},
};
use crate::error::AgentError;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const SUBSCRIPTIONS: &str = "com.apple.configuration.management.status-subscriptions";

fn odd(why: impl std::fmt::Display) -> AgentError {
    AgentError::Answer(format!("declarative management: {why}"))
}

impl Device {
    /// Does what the last `DeclarativeManagement` left to do, and reports what changed since the last report.
    ///
    /// # Errors
    /// [`AgentError`].
    pub(super) async fn synchronise(&mut self, client: &Client) -> Result<(), AgentError> {
        if !self.state.declarative.on {
            return Ok(());
        }
        if let Some(due) = self.state.declarative.due.clone() {
            let tokens = match due.as_str() {
                "" => self.ask(client, "tokens").await?,
                given => serde_json::from_str(given).map_err(odd)?,
            };
            let token = tokens["SyncTokens"]["DeclarationsToken"].as_str().unwrap_or_default();
            if token.is_empty() || token != self.state.declarative.token {
                self.fetch(client).await?;
            }
            self.state.declarative.due = None;
            self.save()?;
        }
        self.report(client).await
    }

    /// Fetches what is new or changed, and forgets what is not declared any more.
    async fn fetch(&mut self, client: &Client) -> Result<(), AgentError> {
        let items = self.ask(client, "declaration-items").await?;
        let token =
            items["DeclarationsToken"].as_str().ok_or_else(|| odd("no DeclarationsToken"))?.to_owned();
        let mut now = BTreeMap::new();
        for (list, kind) in [
            ("Activations", "activation"),
            ("Configurations", "configuration"),
            ("Assets", "asset"),
            ("Management", "management"),
        ] {
            for item in items["Declarations"][list].as_array().into_iter().flatten() {
                let text = |key: &str| item[key].as_str().ok_or_else(|| odd(format!("no {key}")));
                let (identifier, token) = (text("Identifier")?, text("ServerToken")?);
                let place = format!("{kind}/{identifier}");
                let declaration = match self.state.declarative.declarations.get(&place) {
                    Some(known) if known.token == token => known.clone(),
                    _ => {
                        let document = self.ask(client, &format!("declaration/{place}")).await?;
                        if document["Identifier"] != *identifier {
                            return Err(odd("the declaration is another one"));
                        }
                        Declaration { token: token.to_owned(), document: document.to_string() }
                    }
                };
                now.insert(place, declaration);
            }
        }
        self.state.declarative.declarations = now;
        self.state.declarative.token = token;
        // A subscription that is new is reported in full.
        self.state.declarative.reported.clear();
        Ok(())
    }

    async fn ask(&self, client: &Client, endpoint: &str) -> Result<Value, AgentError> {
        let answer = self.declare(client, endpoint, None).await?;
        serde_json::from_slice(&answer).map_err(odd)
    }

    async fn declare(
        &self,
        client: &Client,
        endpoint: &str,
        data: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, AgentError> {
        let mdm = self.enrolled()?;
        let body = checkin::declarative(&self.state.hardware, endpoint, data)?;
        let request = self.check_in_request(mdm, body, client.now())?;
        Ok(client.send(request).await?.ok("DeclarativeManagement")?.body)
    }

    /// The status report, if there is anything to report.
    async fn report(&mut self, client: &Client) -> Result<(), AgentError> {
        let (mut changed, mut errors) = (BTreeMap::new(), Vec::new());
        for name in subscribed(&self.state) {
            match item(&self.state, &name) {
                Some(value) if self.state.declarative.reported.get(&name) != Some(&value.to_string()) => {
                    changed.insert(name, value);
                }
                Some(_) => {}
                None if !self.state.declarative.reported.contains_key(&name) => {
                    let reason = json!({ "Code": "Error.StatusItemNotFound", "Description": "not known" });
                    errors.push(json!({ "StatusItem": name, "Reasons": [reason] }));
                    self.state.declarative.reported.insert(name, "null".into());
                }
                None => {}
            }
        }
        if changed.is_empty() && errors.is_empty() {
            return Ok(());
        }
        let full = self.state.declarative.reported.values().all(|value| value == "null");
        let mut items = json!({});
        for (name, value) in &changed {
            put(&mut items, name, value.clone());
        }
        let report = json!({ "StatusItems": items, "Errors": errors, "FullReport": full });
        self.declare(client, "status", Some(report.to_string().into_bytes())).await?;
        let reported = changed.into_iter().map(|(name, value)| (name, value.to_string()));
        self.state.declarative.reported.extend(reported);
        self.save()
    }
}

/// The status items that configurations subscribe to which an activation names. Its own declarations are always
/// reported.
fn subscribed(state: &State) -> Vec<String> {
    let documents: Vec<Value> = state
        .declarative
        .declarations
        .values()
        .filter_map(|d| serde_json::from_str(&d.document).ok())
        .collect();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
    };
    let active: Vec<String> = documents
        .iter()
        .filter(|d| d["Type"] == "com.apple.activation.simple")
        .flat_map(|d| texts(&d["Payload"]["StandardConfigurations"]))
        .collect();
    let mut names = vec!["management.declarations".to_owned()];
    for document in documents.iter().filter(|d| d["Type"] == SUBSCRIPTIONS) {
        if active.iter().any(|identifier| document["Identifier"] == **identifier) {
            let items = document["Payload"]["StatusItems"].as_array().into_iter().flatten();
            names.extend(items.filter_map(|i| i["Name"].as_str().map(str::to_owned)));
        }
    }
    names
}

/// A status item's value, if this device has it (Apple: "Status items").
fn item(state: &State, name: &str) -> Option<Value> {
    let hardware = &state.hardware;
    let family = if hardware.is_ipad() { "iPadOS" } else { "iOS" };
    Some(match name {
        "device.identifier.serial-number" => json!(hardware.serial),
        "device.identifier.udid" => json!(hardware.udid),
        "device.model.family" => json!(hardware.model_name),
        "device.model.identifier" => json!(hardware.product),
        "device.model.marketing-name" => json!(hardware.marketing_name),
        "device.model.number" => json!(hardware.model),
        "device.operating-system.family" => json!(family),
        "device.operating-system.version" => json!(hardware.os_version),
        "device.operating-system.build-version" => json!(hardware.build),
        "device.operating-system.marketing-name" => json!(format!("{family} {}", hardware.os_version)),
        "passcode.is-present" => json!(state.passcode != Passcode::Absent),
        "passcode.is-compliant" => json!(state.passcode == Passcode::Compliant),
        "management.client-capabilities" => capabilities(),
        "management.declarations" => declarations(state),
        _ => return None,
    })
}

fn capabilities() -> Value {
    json!({
        "supported-versions": ["1.0.0"],
        "supported-features": {},
        "supported-payloads": {
            "declarations": {
                "activations": ["com.apple.activation.simple"],
                "assets": [],
                "configurations": [SUBSCRIPTIONS],
                "management": [],
            },
            "status-items": [
                "device.identifier.serial-number", "device.identifier.udid", "device.model.family",
                "device.model.identifier", "device.model.marketing-name", "device.model.number",
                "device.operating-system.build-version", "device.operating-system.family",
                "device.operating-system.marketing-name", "device.operating-system.version",
                "management.client-capabilities", "management.declarations", "passcode.is-compliant",
                "passcode.is-present",
            ],
        },
    })
}

/// Which declarations are here, and whether they hold.
fn declarations(state: &State) -> Value {
    let of = |kind: &str| -> Vec<Value> {
        let all = state.declarative.declarations.iter();
        let mine = all.filter_map(|(place, declaration)| {
            let identifier = place.strip_prefix(kind)?.strip_prefix('/')?;
            Some(json!({
                "active": true,
                "identifier": identifier,
                "valid": "valid",
                "server-token": declaration.token,
            }))
        });
        mine.collect()
    };
    json!({
        "activations": of("activation"),
        "configurations": of("configuration"),
        "assets": of("asset"),
        "management": of("management"),
    })
}

/// Puts a value where its dotted name says.
fn put(into: &mut Value, name: &str, value: Value) {
    match (name.split_once('.'), into.as_object_mut()) {
        (Some((first, rest)), Some(map)) => {
            put(map.entry(first).or_insert_with(|| Value::Object(Map::new())), rest, value);
        }
        (None, Some(map)) => drop(map.insert(name.to_owned(), value)),
        _ => {}
    }
}
