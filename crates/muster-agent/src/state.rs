//! What the agent keeps: one JSON file that its owner alone may read.

use crate::{error::AgentError, random};
use base64::{Engine, engine::general_purpose::STANDARD};
use muster_agent_protocol::{key::SigningKey, report::Report};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

/// The agent's state.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// Version of this file: 1.
    pub version: u32,
    /// Stays the same for good, also when the device is connected again.
    pub hardware_id: String,
    /// What was last said about the device.
    pub report: Report,
    /// There if the device is connected.
    pub connection: Option<Connection>,
}

/// A connected device.
#[derive(Clone, Serialize, Deserialize)]
pub struct Connection {
    /// The id that the server gave.
    pub device_id: String,
    /// Where the server wants to be called.
    pub api_base: String,
    /// The private key: PKCS#8 in base64.
    pub key: String,
    /// Whose device it is.
    pub owner_name: String,
    /// Who manages it.
    pub organisation: String,
    /// Seconds between check-ins.
    pub check_in_seconds: u32,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("device_id", &self.device_id).finish_non_exhaustive()
    }
}

impl Connection {
    /// The private key.
    ///
    /// # Errors
    /// [`AgentError::Local`] if the file was damaged.
    pub fn signing_key(&self) -> Result<SigningKey, AgentError> {
        let damaged = || AgentError::Local("the key in the state file is damaged: enroll again".into());
        SigningKey::from_pkcs8(&STANDARD.decode(&self.key).map_err(|_| damaged())?).map_err(|_| damaged())
    }
}

impl State {
    /// A device that is not connected; without a hardware id, a random one.
    ///
    /// # Errors
    /// [`AgentError::Local`] without randomness.
    pub fn new(hardware_id: Option<String>, report: Report) -> Result<Self, AgentError> {
        let hardware_id = hardware_id.map_or_else(|| random::word().map(|w| format!("agent-{w}")), Ok)?;
        Ok(Self { version: 1, hardware_id, report, connection: None })
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

    /// Reads the state of a device that is connected.
    ///
    /// # Errors
    /// [`AgentError::Local`] if it is not.
    pub fn connected(path: &Path) -> Result<(Self, Connection), AgentError> {
        let state = Self::load(path)?;
        let connection = state.as_ref().and_then(|s| s.connection.clone());
        state.zip(connection).ok_or_else(|| {
            AgentError::Local(format!("{}: this device is not connected: enroll it first", path.display()))
        })
    }

    /// Writes it: whole or not at all, readable by its owner alone.
    ///
    /// # Errors
    /// [`AgentError::Local`].
    pub fn save(&self, path: &Path) -> Result<(), AgentError> {
        let write = || -> std::io::Result<()> {
            let mut json = serde_json::to_vec_pretty(self)?;
            json.push(b'\n');
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{}.tmp", std::process::id()));
            let temporary = path.with_file_name(name);
            let written = private_file(&temporary).and_then(|mut file| {
                file.write_all(&json)?;
                file.sync_all()?;
                fs::rename(&temporary, path)
            });
            if written.is_err() {
                let _ = fs::remove_file(&temporary);
            }
            written
        };
        write().map_err(|e| AgentError::Local(format!("{}: {e}", path.display())))
    }
}

/// A new file with mode 0600. What a killed process left under that name is removed, so that nobody's file is followed.
fn private_file(path: &Path) -> std::io::Result<fs::File> {
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
