//! `PUT /apple/mdm`: a device asks what it is to do, says how that went, and gets the next command.

use super::{
    body,
    check_in::{NotTaken, device, speaks},
    proof, reached, refused,
};
use crate::{
    apple::{orders::For, profile, told},
    http::{Shared, Site},
};
use axum::{
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use muster_apple_mdm::{
    answer::{self, ErrorItem, Report},
    ids::{CommandUuid, PayloadIdentifier},
    replies,
};
use muster_domain::{
    CommandId, DeviceId, Timestamp,
    apple::{Signer, queue::Outcome},
    command::Command,
    ports::{StoreError, Talk},
};

/// Commands that cannot be told are passed over, so many in one answer at most.
const PASSED_OVER: usize = 10;

/// `PUT /apple/mdm`.
pub async fn take(State(site): Shared, request: Request) -> Response {
    let (parts, sent) = request.into_parts();
    let claimed = match proof::claimed(&site, &parts.headers, &parts.extensions).await {
        Ok(claimed) => claimed,
        Err(error) => return NotTaken::from(error).response(),
    };
    let Ok(sent) = axum::body::to_bytes(sent, super::BODY).await else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "Too large.\n");
    };
    let heard = async {
        let signer = claimed.proven(&sent)?;
        let message = answer::read(&sent)?;
        let now = site.ports.clock.now();
        speaks(&site, &signer, device(&message.sender)?, now).await?;
        let connected = signer.pinned.as_ref().and_then(|p| p.device);
        let device = connected.ok_or(NotTaken::Link("it is not connected yet"))?;
        Session { site: &site, signer: &signer, device, now }.answer(message.report).await
    };
    heard.await.unwrap_or_else(NotTaken::response)
}

/// A device at the command endpoint.
struct Session<'s> {
    site: &'s Site,
    signer: &'s Signer,
    device: DeviceId,
    now: Timestamp,
}

/// The command that is answered. One that is no id of ours is none of this server's: nothing changes.
fn answered(id: &CommandUuid) -> Option<CommandId> {
    id.as_str().parse().ok()
}

/// The errors that a device tells, as people read them.
fn words(chain: &[ErrorItem]) -> Option<String> {
    let one = |e: &ErrorItem| format!("{} ({} {})", e.description, e.domain, e.code);
    let all: Vec<String> = chain.iter().take(3).map(one).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

impl Session<'_> {
    async fn answer(&self, report: Report) -> Result<Response, NotTaken> {
        let mut talk = Talk {
            invitation: self.signer.invitation,
            device: self.device,
            answer: None,
            detail: None,
            facts: None,
            list: None,
            now: self.now,
        };
        let (id, outcome, chain) = match report {
            Report::Idle => (None, Outcome::Acknowledged, Vec::new()),
            Report::NotNow(id) => (Some(id), Outcome::NotNow, Vec::new()),
            Report::Error(id, chain) => (Some(id), Outcome::Error, chain),
            Report::FormatError(id, chain) => (Some(id), Outcome::FormatError, chain),
            Report::Acknowledged(id, results) => {
                let own = profile::identifier(self.signer.invitation).ok();
                (talk.facts, talk.list) =
                    told::results(&results, own.as_ref().map(PayloadIdentifier::as_str));
                (Some(id), Outcome::Acknowledged, Vec::new())
            }
        };
        talk.detail = words(&chain);
        // An unknown id is still an answer: the device gets its next command in the same session.
        talk.answer = id.map(|id| (answered(&id).unwrap_or(CommandId::from_bytes([0; 16])), outcome));
        self.next(talk).await
    }

    /// What the device gets: the next command that can be told, or nothing.
    async fn next(&self, mut talk: Talk) -> Result<Response, NotTaken> {
        let workspace = self.signer.workspace;
        for _ in 0..PASSED_OVER {
            let next = match self.site.ports.store.talk(workspace, talk).await {
                Err(StoreError::NotFound) => return Err(NotTaken::Gone),
                next => next?,
            };
            let Some(command) = next else { break };
            match self.document(&command).await? {
                Ok(document) => {
                    return Ok(body(replies::CONTENT_TYPE, document));
                }
                Err(why) => {
                    talk = Talk {
                        invitation: self.signer.invitation,
                        device: self.device,
                        answer: Some((command.id, Outcome::FormatError)),
                        detail: Some(why),
                        facts: None,
                        list: None,
                        now: self.now,
                    };
                }
            }
        }
        Ok(([(header::CONTENT_TYPE, replies::CONTENT_TYPE)], Bytes::new()).into_response())
    }

    /// The document of a command, or why it cannot be told.
    async fn document(&self, command: &Command) -> Result<Result<Vec<u8>, String>, StoreError> {
        let workspace = self.signer.workspace;
        let store = &self.site.ports.store;
        let (settings, base) = reached(self.site, workspace).await?;
        let Some(invitation) = store.invitation(workspace, self.signer.invitation).await? else {
            return Err(StoreError::NotFound);
        };
        let written = For {
            ports: &self.site.ports,
            apple: &self.site.apple,
            invitation: &invitation,
            settings: &settings,
            base: &base,
            identity: self.signer.fingerprint,
        };
        Ok(written.document(command).await.map_err(|error| {
            tracing::warn!(%error, command = %command.id, "apple: a command cannot be told");
            error.to_string()
        }))
    }
}
