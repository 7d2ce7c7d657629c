//! A device's life between check-ins: asks, does what it is told, says how it ended.

use crate::{client::Client, error::AgentError, state::State};
use muster_agent_protocol::{
    messages::{AckRequest, AckStatus, Command},
    problem::ProblemCode,
};
use serde::Serialize;
use std::path::Path;

/// The least and the most seconds between two check-ins, whatever the server says.
const INTERVAL: (u32, u32) = (1, 86_400);

/// What a check-in led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckIn {
    /// The device.
    pub device_id: String,
    /// Kinds of the commands that were acknowledged.
    pub commands: Vec<String>,
    /// Seconds until the next one.
    pub check_in_seconds: u32,
}

/// Claims a link for the device in `state`, and keeps what came of it in `path`.
///
/// The state is saved before the claim as well: were the agent killed in between, the same hardware id claims again.
///
/// # Errors
/// [`AgentError`].
pub async fn enroll(
    client: &Client,
    link: &crate::link::Link,
    mut state: State,
    path: &Path,
) -> Result<State, AgentError> {
    state.save(path)?;
    state.connection = Some(client.claim(link, &state).await?);
    state.save(path)?;
    Ok(state)
}

/// Checks in once and acknowledges all commands.
///
/// # Errors
/// [`AgentError`].
pub async fn check_in(client: &Client, path: &Path) -> Result<CheckIn, AgentError> {
    let (mut state, mut connection) = State::connected(path)?;
    let response = client.check_in(&connection, Some(state.report.clone())).await?;
    let mut commands = Vec::new();
    for command in response.commands {
        let ack = perform(client, &state, &command).await?;
        match client.ack(&connection, &command.id, &ack).await {
            // The server does not wait for it any more.
            Err(AgentError::Refused(p)) if p.code == ProblemCode::CommandUnknown => {}
            acknowledged => acknowledged?,
        }
        commands.push(command.kind);
    }
    let check_in_seconds = response.check_in_seconds.clamp(INTERVAL.0, INTERVAL.1);
    if connection.check_in_seconds != check_in_seconds {
        connection.check_in_seconds = check_in_seconds;
        state.connection = Some(connection.clone());
        state.save(path)?;
    }
    Ok(CheckIn { device_id: connection.device_id, commands, check_in_seconds })
}

/// A simulated device: it can report, and agrees to `ping` and `message`.
async fn perform(client: &Client, state: &State, command: &Command) -> Result<AckRequest, AgentError> {
    let done = AckRequest { status: AckStatus::Done, detail: None };
    match (command.kind.as_str(), &state.connection) {
        ("report", Some(connection)) => client.report(connection, &state.report).await.map(|()| done),
        ("ping" | "message", _) => Ok(done),
        _ => Ok(AckRequest {
            status: AckStatus::Failed,
            detail: Some("this agent does not know such a command".into()),
        }),
    }
}

/// Leaves, and forgets the connection; the hardware id stays. A server that knows the device no more is fine.
///
/// # Errors
/// [`AgentError`].
pub async fn leave(client: &Client, path: &Path) -> Result<State, AgentError> {
    let (mut state, connection) = State::connected(path)?;
    match client.leave(&connection).await {
        Err(AgentError::Refused(p))
            if matches!(p.code, ProblemCode::DeviceLeft | ProblemCode::DeviceUnknown) => {}
        other => other?,
    }
    state.connection = None;
    state.save(path)?;
    Ok(state)
}
