//! `PUT /apple/mdm`: a device asks what it is to do, says how that went, and gets the next command.

use super::{
    body,
    check_in::{NotTaken, device, speaks},
    proof::{self, Claimed},
    reached,
};
use crate::{
    apple::{orders::For, paths, profile, told},
    http::{Shared, Site},
};
use axum::{
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::header;
use muster_apple_mdm::{
    answer::{self, Answer, Report},
    checkin::Sender,
    ids::{CommandUuid, PayloadIdentifier},
    replies,
};
use muster_domain::{
    CommandId, DeviceId, Timestamp,
    apple::{Signer, queue::Outcome},
    command::{Command, CommandKind},
    device::Facts,
    ports::{StoreError, Talk},
};

/// Commands that cannot be told are passed over, so many in one answer at most.
const PASSED_OVER: usize = 10;

/// Bytes of an answer that is read where requests are served; a longer one is read elsewhere.
const SHORT: usize = 64 << 10;

/// `PUT /apple/mdm`.
pub async fn take(State(site): Shared, request: Request) -> Response {
    let (parts, sent) = request.into_parts();
    let claimed = match proof::claimed(&site, &parts.headers, &parts.extensions).await {
        Ok(claimed) => claimed,
        Err(error) => return NotTaken::from(error).response(),
    };
    let (sent, turn) = match site.load.taken_of((claimed.device(), paths::COMMANDS), sent, super::BODY).await
    {
        Ok(taken) => taken,
        Err(answer) => return super::not_taken_in(answer),
    };
    let (bytes, long) = (sent.bytes.clone(), sent.bytes.len() > SHORT);
    let said = move || Said::read(claimed, &bytes);
    let said = match long {
        false => Some(said()),
        true => tokio::select! {
            said = site.load.intake.read(said) => said,
            () = turn.over.cancelled() => None,
        },
    };
    let heard = async {
        let Said { signer, sender, answer, facts, list } = said.ok_or(NotTaken::Unread)??;
        let now = site.ports.clock.now();
        speaks(&site, &signer, device(&sender)?, now).await?;
        let connected = signer.pinned.as_ref().and_then(|p| p.device);
        let device = connected.ok_or(NotTaken::Link("it is not connected yet"))?;
        let (answer, detail) =
            answer.map_or((None, None), |(id, outcome, detail)| (Some((id, outcome)), detail));
        let talk = Talk { invitation: signer.invitation, device, answer, detail, facts, list, now };
        Session { site: &site, signer: &signer, device, now }.next(talk).await
    };
    heard.await.unwrap_or_else(NotTaken::response)
}

/// What a device says, and who it is.
struct Said {
    signer: Signer,
    sender: Sender,
    /// The command that is answered, what became of it, and the errors in words.
    answer: Option<(CommandId, Outcome, Option<String>)>,
    facts: Option<Facts>,
    list: Option<(CommandKind, String)>,
}

impl Said {
    fn read(claimed: Claimed, bytes: &[u8]) -> Result<Self, NotTaken> {
        let signer = claimed.proven(bytes)?;
        let Answer { sender, report } = answer::read(bytes)?;
        let (mut facts, mut list) = (None, None);
        let (id, outcome, detail) = match report {
            Report::Idle => return Ok(Self { signer, sender, answer: None, facts, list }),
            Report::NotNow(id) => (id, Outcome::NotNow, None),
            Report::Error(id, chain) => (id, Outcome::Error, told::words(&chain)),
            Report::FormatError(id, chain) => (id, Outcome::FormatError, told::words(&chain)),
            Report::Acknowledged(id, results) => match told::refused(&results) {
                Some(why) => (id, Outcome::Error, Some(why)),
                None => {
                    let own = profile::identifier(signer.invitation).ok();
                    (facts, list) = told::results(&results, own.as_ref().map(PayloadIdentifier::as_str));
                    (id, Outcome::Acknowledged, told::beside(&results))
                }
            },
        };
        // An unknown id is still an answer: the device gets its next command in the same session.
        let id = answered(&id).unwrap_or(CommandId::from_bytes([0; 16]));
        Ok(Self { signer, sender, answer: Some((id, outcome, detail)), facts, list })
    }
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

impl Session<'_> {
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
