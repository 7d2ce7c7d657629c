//! Send instructions: one message, one invitation, one device (DESIGN, rules 1, 2, 5).

use super::Ports;
use crate::{
    AccountId, BatchId, InvitationId, Language, Timestamp, UserId, WorkspaceId,
    ports::{Addressees, NewBatch, NewInvitation, StoreError},
    query::{LeaveOut, Selection},
    text::{self, InvalidText},
    time::{DAY, MINUTE, SECOND},
};
use serde::{Deserialize, Serialize};

/// How long a send can be undone.
pub const UNDO: i64 = 10 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// The longest life of a link.
const LONGEST: i64 = 90 * DAY;
/// The most messages of one press.
pub const MOST: u32 = 200_000;

/// What an administrator chose in the dialog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// To whom.
    pub selection: Selection,
    /// But not to these of them.
    #[serde(default)]
    pub leave_out: LeaveOut,
    /// How many devices for each: one message each, 1 to 10.
    pub devices: u32,
    /// Days that the links work, 1 to 90; the workspace's setting if unset.
    pub days: Option<u32>,
    /// One language for all; each person's own if unset.
    pub language: Option<Language>,
    /// A note in the message.
    pub note: String,
}

impl Choices {
    /// A message for each of them, and all else as the workspace has it.
    #[must_use]
    pub fn one_each(selection: Selection) -> Self {
        Self {
            selection,
            leave_out: LeaveOut::default(),
            devices: 1,
            days: None,
            language: None,
            note: String::new(),
        }
    }
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nobody in the selection has an address.
    #[error("nobody in the selection has an e-mail address")]
    Nobody,
    /// More people than one send reaches: [`MOST`].
    #[error("at most 200,000 people get a message at once")]
    Many,
    /// Too few or too many devices.
    #[error("choose 1 to 10 devices for each person")]
    Devices,
    /// Links that work too short or too long.
    #[error("links must work for 1 to 90 days")]
    Days,
    /// How long the links are to work, as the command line gives it.
    #[error("links must work for {0} to 90 days")]
    Lifetime(&'static str),
    /// A note that is no plain text, or too long.
    #[error("the note must be plain text of at most 1,000 characters")]
    Note,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a send did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The batch, to follow or undo.
    pub batch: BatchId,
    /// Messages.
    pub messages: u64,
    /// People without an address.
    pub without_address: u64,
    /// Until when it can be undone.
    pub undo_until: Timestamp,
}

/// One paragraph or several, at most 1,000 characters, no control characters but line breaks.
fn note(text: &str) -> Result<Option<String>, InvalidText> {
    let text = text.trim().replace("\r\n", "\n");
    if text.is_empty() {
        return Ok(None);
    }
    if text.chars().count() > 1000 {
        return Err(InvalidText::TooLong);
    }
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        text::line(line, 1000)?;
    }
    Ok(Some(text))
}

/// Queues one message for each device of each person in the selection who has an address.
///
/// # Errors
/// [`SendError`]; nothing is queued then.
pub async fn send(
    ports: &Ports,
    workspace: WorkspaceId,
    account: Option<AccountId>,
    choices: &Choices,
) -> Result<Sent, SendError> {
    send_for(ports, workspace, account, choices, None).await
}

/// The same with a lifetime of the links in microseconds, 1 hour to 90 days, instead of days.
///
/// # Errors
/// [`SendError`]; nothing is queued then.
pub async fn send_for(
    ports: &Ports,
    workspace: WorkspaceId,
    account: Option<AccountId>,
    choices: &Choices,
    lifetime: Option<i64>,
) -> Result<Sent, SendError> {
    // Shorter, and a mail could arrive with a dead link.
    if lifetime.is_some_and(|l| !(HOUR..=LONGEST).contains(&l)) {
        return Err(SendError::Lifetime("an hour"));
    }
    if !(1..=10).contains(&choices.devices) {
        return Err(SendError::Devices);
    }
    if choices.days.is_some_and(|d| !(1..=90).contains(&d)) {
        return Err(SendError::Days);
    }
    let note = note(&choices.note).map_err(|_| SendError::Note)?;
    let settings = ports.store.settings(workspace).await?;
    let now = ports.clock.now();
    let Addressees { mut with, without } =
        ports.store.addressees(workspace, &choices.selection, choices.leave_out, MOST + 1).await?;
    if with.len() as u64 + without > u64::from(MOST) {
        return Err(SendError::Many);
    }
    if with.is_empty() {
        return Err(SendError::Nobody);
    }
    // Ids rise with those of the people: the store's indexes by either then grow in their order, which takes half the time.
    with.sort_unstable_by_key(|(id, _)| *id);
    let count = with.len() * choices.devices as usize;
    let mut ids: Vec<_> = (0..count).map(|_| InvitationId::new(now, &*ports.secrets)).collect();
    ids.sort_unstable();
    let people = with.into_iter().flat_map(|p| std::iter::repeat_n(p, choices.devices as usize));
    let invitations: Vec<_> = ids
        .into_iter()
        .zip(people)
        .map(|(id, (user, own))| {
            invitation(ports, id, user, choices.language.or(own).unwrap_or(settings.language))
        })
        .collect();
    let batch = BatchId::new(now, &*ports.secrets);
    let sent = Sent {
        batch,
        messages: invitations.len() as u64,
        without_address: without,
        undo_until: now.plus(UNDO),
    };
    let days = i64::from(choices.days.unwrap_or(settings.link_days));
    let expires_at = now.plus(lifetime.unwrap_or(days * DAY));
    let new = NewBatch {
        id: batch,
        account,
        note,
        expires_at,
        not_before: sent.undo_until,
        invitations,
        mail: true,
    };
    ports.store.queue_batch(workspace, new, now).await?;
    Ok(sent)
}

fn invitation(ports: &Ports, id: InvitationId, user: UserId, language: Language) -> NewInvitation {
    NewInvitation { id, user, token: ports.secrets.link_token(id, 1).hash(), language }
}

/// Makes links that are handed over by hand: no message goes out.
///
/// # Errors
/// [`SendError`]; nothing is made then.
pub async fn links(
    ports: &Ports,
    workspace: WorkspaceId,
    users: &[UserId],
    count: u32,
) -> Result<(Vec<(UserId, InvitationId)>, Timestamp), SendError> {
    links_for(ports, workspace, users, count, None).await
}

/// The same with a lifetime of the links in microseconds, 1 second to 90 days, instead of the workspace's.
///
/// # Errors
/// [`SendError`]; nothing is made then.
pub async fn links_for(
    ports: &Ports,
    workspace: WorkspaceId,
    users: &[UserId],
    count: u32,
    lifetime: Option<i64>,
) -> Result<(Vec<(UserId, InvitationId)>, Timestamp), SendError> {
    if lifetime.is_some_and(|l| !(SECOND..=LONGEST).contains(&l)) {
        return Err(SendError::Lifetime("a second"));
    }
    if !(1..=10).contains(&count) {
        return Err(SendError::Devices);
    }
    let settings = ports.store.settings(workspace).await?;
    let now = ports.clock.now();
    let new =
        |user: &UserId| invitation(ports, InvitationId::new(now, &*ports.secrets), *user, settings.language);
    let invitations: Vec<_> =
        users.iter().flat_map(|u| std::iter::repeat_n(u, count as usize)).map(new).collect();
    let made = invitations.iter().map(|i| (i.user, i.id)).collect();
    let expires_at = now.plus(lifetime.unwrap_or(i64::from(settings.link_days) * DAY));
    let id = BatchId::new(now, &*ports.secrets);
    let new =
        NewBatch { id, account: None, note: None, expires_at, not_before: now, invitations, mail: false };
    ports.store.queue_batch(workspace, new, now).await?;
    Ok((made, expires_at))
}

/// Makes the next link of an invitation and sends it; the older link ends.
///
/// # Errors
/// [`StoreError::NotFound`], or [`StoreError::State`] when a device is connected or it was revoked.
pub async fn renew(ports: &Ports, workspace: WorkspaceId, id: InvitationId) -> Result<(), StoreError> {
    let invitation = ports.store.invitation(workspace, id).await?.ok_or(StoreError::NotFound)?;
    let settings = ports.store.settings(workspace).await?;
    let now = ports.clock.now();
    let generation = invitation.generation + 1;
    let token = ports.secrets.link_token(id, generation).hash();
    ports.store.renew(workspace, id, generation, token, now.plus_days(settings.link_days), now).await
}
