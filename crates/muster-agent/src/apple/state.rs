//! What a simulated device keeps: one JSON file, written whole or not at all.

use super::{b64, enrolment::Enrolment, hardware::Hardware, profile::Profile};
use crate::error::AgentError;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

/// How far a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Out of the box.
    New,
    /// The profile is being installed: it was downloaded and is in order.
    Downloaded,
    /// It has its identity.
    Identity,
    /// `Authenticate` was accepted.
    Authenticated,
    /// `TokenUpdate` was accepted.
    Enrolled,
    /// The server does not know it any more.
    Refused,
    /// The profile was removed, by its owner or the server.
    Removed,
    /// Erased by the server.
    Erased,
}

impl Phase {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::New => "it never was",
            Self::Downloaded | Self::Identity | Self::Authenticated => "its enrolment was interrupted",
            Self::Enrolled => "it is enrolled",
            Self::Refused => "the server refused it",
            Self::Removed => "its profile was removed",
            Self::Erased => "it was erased",
        }
    }
}

/// The passcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Passcode {
    /// As the requirements want it.
    Compliant,
    /// There, but not as they want it.
    NotCompliant,
    /// None.
    Absent,
}

/// Where a private key is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// Here: PKCS#8.
    Own(#[serde(with = "b64")] Vec<u8>),
    /// In the fleet's pool.
    Pool(usize),
}

impl std::fmt::Debug for KeyPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyPlace")
    }
}

/// What a push needs, and what clears the passcode.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// `Token`: 32 bytes.
    #[serde(with = "b64")]
    pub token: Vec<u8>,
    /// `PushMagic`.
    pub magic: String,
    /// `UnlockToken`.
    #[serde(with = "b64")]
    pub unlock: Vec<u8>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

/// A command that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Executed {
    /// `RequestType`.
    pub request_type: String,
    /// How often.
    pub times: u32,
}

/// What happens once an answer is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Afterwards {
    /// Nothing.
    Nothing,
    /// It erases itself.
    Erase,
    /// The enrolment profile goes.
    Remove,
}

/// An answer that is not delivered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// `CommandUUID`.
    pub uuid: String,
    /// `RequestType`.
    pub request_type: String,
    /// `Status`.
    pub status: String,
    /// The document.
    #[serde(with = "b64")]
    pub body: Vec<u8>,
    /// What follows.
    pub afterwards: Afterwards,
}

/// Declarative management, as far as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declarative {
    /// Whether the server turned it on.
    pub on: bool,
    /// The command's `Data`, if the synchronisation is still to be done.
    pub due: Option<String>,
    /// `DeclarationsToken` of what is here.
    pub token: String,
    /// Declarations by kind and identifier: `ServerToken` and the document.
    pub declarations: BTreeMap<String, Declaration>,
    /// The status items that were reported last, by name, as JSON.
    pub reported: BTreeMap<String, String>,
}

/// One declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    /// `ServerToken`.
    pub token: String,
    /// The document, as JSON.
    pub document: String,
}

/// All of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// Version of this file: 1.
    pub version: u32,
    /// The device.
    pub hardware: Hardware,
    /// Whether it is supervised.
    pub supervised: bool,
    /// The passcode.
    pub passcode: Passcode,
    /// Whether it is in Lost Mode.
    pub lost_mode: bool,
    /// How far it is.
    pub phase: Phase,
    /// The enrolment profile.
    pub enrolment: Option<Enrolment>,
    /// The key of the identity, or of the one that is being made.
    pub key: Option<KeyPlace>,
    /// The identity's certificate, DER; empty without one.
    #[serde(with = "b64")]
    pub identity: Vec<u8>,
    /// The key of a renewal that is not finished.
    pub next_key: Option<KeyPlace>,
    /// There once it is authenticated.
    pub secrets: Option<Secrets>,
    /// Profiles that the server installed, by identifier.
    pub profiles: BTreeMap<String, Profile>,
    /// An answer that is on its way.
    pub pending: Option<Pending>,
    /// Commands that were done, by `CommandUUID`. Stays when the device is erased: it is what tests look at.
    pub executed: BTreeMap<String, Executed>,
    /// Answers that were delivered, by `Status`.
    pub answers: BTreeMap<String, u64>,
    /// Answers that were lost on purpose.
    pub lost_answers: u32,
    /// Declarative management.
    pub declarative: Declarative,
}

impl State {
    /// A device out of the box.
    #[must_use]
    pub fn new(hardware: Hardware) -> Self {
        Self {
            version: 1,
            hardware,
            supervised: false,
            passcode: Passcode::Compliant,
            lost_mode: false,
            phase: Phase::New,
            enrolment: None,
            key: None,
            identity: Vec::new(),
            next_key: None,
            secrets: None,
            profiles: BTreeMap::new(),
            pending: None,
            executed: BTreeMap::new(),
            answers: BTreeMap::new(),
            lost_answers: 0,
            declarative: Declarative::default(),
        }
    }

    /// The enrolment ends, and what came with it goes: profiles that the server installed are managed ones.
    pub fn forget(&mut self, phase: Phase) {
        self.phase = phase;
        self.enrolment = None;
        self.key = None;
        self.identity.clear();
        self.next_key = None;
        self.secrets = None;
        self.profiles.clear();
        self.pending = None;
        self.lost_mode = false;
        self.declarative = Declarative::default();
        if phase == Phase::Erased {
            self.passcode = Passcode::Absent;
            self.hardware.name.clone_from(&self.hardware.model_name);
        }
    }

    /// Reads a state; `None` if there is no file.
    ///
    /// # Errors
    /// [`AgentError::Local`] if it is there but cannot be read.
    pub fn load(path: &Path) -> Result<Option<Self>, AgentError> {
        let wrong = |e: &dyn std::fmt::Display| AgentError::Local(format!("{}: {e}", path.display()));
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(wrong(&e)),
        };
        let state: Self = serde_json::from_slice(&bytes).map_err(|e| wrong(&e))?;
        match state.version {
            1 => Ok(Some(state)),
            other => Err(wrong(&format!("version {other} of the state is not known to this agent"))),
        }
    }

    /// Writes it: whole or not at all, readable by its owner alone. It outlives the process, not the machine: a fleet
    /// could not wait for the disk.
    ///
    /// # Errors
    /// [`AgentError::Local`].
    pub fn save(&self, path: &Path) -> Result<(), AgentError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let temporary = path.with_file_name(name);
        let write = || -> std::io::Result<()> {
            let mut json = serde_json::to_vec(self)?;
            json.push(b'\n');
            private_file(&temporary)?.write_all(&json)?;
            fs::rename(&temporary, path)
        };
        write().map_err(|e| {
            let _ = fs::remove_file(&temporary);
            AgentError::Local(format!("{}: {e}", path.display()))
        })
    }
}

/// A new file with mode 0600; what a killed process left under that name is removed.
pub(super) fn private_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            options.open(path)
        }
        other => other,
    }
}
