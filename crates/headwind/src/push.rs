//! What a phone is told at once. A push is delivered once, without a receipt: one whose answer is lost is lost.

use crate::{
    answer::json,
    values::{PackageName, StoragePath},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// A push. Locking, wiping, restarting with a receipt and new passwords are fields of the
/// [configuration](crate::configuration::Configuration): set one, then send [`Push::ConfigUpdated`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Push {
    /// There is another configuration. Several in one answer are done once.
    ConfigUpdated,
    /// Starts an app.
    RunApp {
        /// Which.
        package: PackageName,
        /// What it is told.
        intent: Intent,
    },
    /// Tells an app, or all of them, something.
    Broadcast {
        /// Whom; everyone without it.
        package: Option<PackageName>,
        /// What.
        intent: Intent,
    },
    /// Calls something up on the phone, such as a page of its settings.
    Intent {
        /// By its full name, such as `android.settings.WIFI_SETTINGS`.
        action: String,
        /// What belongs to it; an `action` in it is not used.
        intent: Intent,
    },
    /// Takes an app off. For device owners.
    UninstallApp(PackageName),
    /// Takes away what an app has stored. For device owners on Android 9 and later.
    ClearAppData(PackageName),
    /// Gives apps the permissions that they ask for, as the configuration says; without names, those that the
    /// configuration installs. For device owners.
    GrantPermissions(Vec<PackageName>),
    /// Takes a file away.
    DeleteFile(StoragePath),
    /// Takes a folder away, with all in it.
    DeleteDirectory(StoragePath),
    /// Empties a folder.
    PurgeDirectory {
        /// Which.
        path: StoragePath,
        /// Whether the folders in it go too.
        recursive: bool,
    },
    /// Runs a line in the phone's shell, with the agent's rights.
    RunCommand(String),
    /// Restarts the phone, without a receipt. For device owners.
    Reboot,
    /// Lets everything be used for three minutes.
    PermissiveMode,
    /// Leaves kiosk mode until the next configuration.
    ExitKiosk,
    /// Opens the agent's own settings.
    AdminPanel,
    /// Forgets what was downloaded, and takes the files away.
    ClearDownloads,
}

/// What goes with an app's start or a broadcast.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Intent {
    /// What is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// To what: an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// What else.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", rename = "extra")]
    pub extras: BTreeMap<String, Extra>,
}

/// A value of the kinds that the agent hands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Extra {
    /// A text.
    Text(String),
    /// A number.
    Number(i32),
    /// Yes or no.
    Flag(bool),
}

/// A push as the agent reads it. Its payload is a text with JSON in it: the agent refuses a whole answer in which one
/// is an object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    message_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
}

#[derive(Serialize)]
struct Call<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pkg: Option<&'a PackageName>,
    #[serde(flatten)]
    intent: &'a Intent,
}

#[derive(Serialize)]
struct Named<T> {
    pkg: T,
}

#[derive(Serialize)]
struct Folder<'a> {
    path: &'a StoragePath,
    #[serde(skip_serializing_if = "Option::is_none")]
    recursive: Option<&'static str>,
}

#[derive(Serialize)]
struct Command<'a> {
    command: &'a str,
}

impl Push {
    /// The agent's name of it (`messageType`).
    #[must_use]
    pub const fn message_type(&self) -> &'static str {
        match self {
            Self::ConfigUpdated => "configUpdated",
            Self::RunApp { .. } => "runApp",
            Self::Broadcast { .. } => "broadcast",
            Self::Intent { .. } => "intent",
            Self::UninstallApp(_) => "uninstallApp",
            Self::ClearAppData(_) => "clearAppData",
            Self::GrantPermissions(_) => "grantPermissions",
            Self::DeleteFile(_) => "deleteFile",
            Self::DeleteDirectory(_) => "deleteDir",
            Self::PurgeDirectory { .. } => "purgeDir",
            Self::RunCommand(_) => "runCommand",
            Self::Reboot => "reboot",
            Self::PermissiveMode => "permissiveMode",
            Self::ExitKiosk => "exitKiosk",
            Self::AdminPanel => "adminPanel",
            Self::ClearDownloads => "clearDownloadHistory",
        }
    }

    /// What belongs to it, as JSON.
    #[must_use]
    pub fn payload(&self) -> Option<String> {
        Some(match self {
            Self::RunApp { package, intent } => json(&Call { pkg: Some(package), intent }),
            Self::Broadcast { package, intent } => json(&Call { pkg: package.as_ref(), intent }),
            Self::Intent { action, intent } => {
                let intent = &Intent { action: Some(action.clone()), ..intent.clone() };
                json(&Call { pkg: None, intent })
            }
            Self::UninstallApp(package) | Self::ClearAppData(package) => json(&Named { pkg: package }),
            Self::GrantPermissions(packages) if !packages.is_empty() => json(&Named { pkg: packages }),
            Self::DeleteFile(path) | Self::DeleteDirectory(path) => json(&Folder { path, recursive: None }),
            Self::PurgeDirectory { path, recursive } => {
                json(&Folder { path, recursive: recursive.then_some("1") })
            }
            Self::RunCommand(command) => json(&Command { command }),
            _ => return None,
        })
    }

    pub(crate) fn message(&self) -> Message {
        Message { message_type: self.message_type(), payload: self.payload() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::pushes;
    use serde_json::{Value, json};

    fn package() -> PackageName {
        "com.example.app".parse().unwrap()
    }

    fn payload(push: &Push) -> Value {
        push.payload().map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn a_payload_is_a_text_with_json_in_it() {
        let sent = pushes(&[Push::UninstallApp(package()), Push::ConfigUpdated]);
        let sent: Value = serde_json::from_slice(&sent).unwrap();
        let data = json!([
            {"messageType": "uninstallApp", "payload": "{\"pkg\":\"com.example.app\"}"},
            {"messageType": "configUpdated"},
        ]);
        assert_eq!(sent["data"], data);
    }

    #[test]
    fn each_payload_has_what_the_agent_takes_out_of_it() {
        let path: StoragePath = "Download/old".parse().unwrap();
        let extras = [("n", Extra::Number(3)), ("t", Extra::Text("x".into())), ("f", Extra::Flag(true))];
        let extras: BTreeMap<String, Extra> = extras.map(|(k, v)| (k.to_owned(), v)).into();
        let intent = Intent { action: Some("GO".into()), data: Some("https://a.example".into()), extras };
        let told =
            json!({"action": "GO", "data": "https://a.example", "extra": {"n": 3, "t": "x", "f": true}});
        let with_package = |mut value: Value| {
            value["pkg"] = "com.example.app".into();
            value
        };
        for (push, wanted) in [
            (Push::RunApp { package: package(), intent: intent.clone() }, with_package(told.clone())),
            (Push::RunApp { package: package(), intent: Intent::default() }, with_package(json!({}))),
            (Push::Broadcast { package: None, intent: intent.clone() }, told),
            (
                Push::Intent {
                    action: "S".into(),
                    intent: Intent { action: Some("x".into()), ..Intent::default() },
                },
                json!({"action": "S"}),
            ),
            (Push::GrantPermissions(vec![package()]), json!({"pkg": ["com.example.app"]})),
            (Push::GrantPermissions(vec![]), Value::Null),
            (Push::DeleteFile(path.clone()), json!({"path": "Download/old"})),
            (
                Push::PurgeDirectory { path: path.clone(), recursive: true },
                json!({"path": "Download/old", "recursive": "1"}),
            ),
            (Push::PurgeDirectory { path, recursive: false }, json!({"path": "Download/old"})),
            (Push::RunCommand("ls \"/\"".into()), json!({"command": "ls \"/\""})),
            (Push::Reboot, Value::Null),
        ] {
            assert_eq!(payload(&push), wanted, "{push:?}");
        }
    }
}
