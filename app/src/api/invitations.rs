//! Sending instructions, and what became of them.

use super::users::Listed;
use crate::{AppError, wire::Wire};
#[cfg(feature = "ssr")]
use crate::{error::Invalid, services::allowed};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::audit::{Action, Note, Subject};
use muster_domain::{
    BatchId, InvitationId, Language, Timestamp, UserId, apple,
    invitation::{Invitation, Reach, StateCounts, Step},
    pace::Through,
    ports::{Already, Progress, Recipient},
    query::{InvitationQuery, LeaveOut, Selection},
    usecase::send::{Choices, Sent},
};
#[cfg(feature = "ssr")]
use muster_domain::{
    account::Permission, host::is_only_here, ports::StoreError, query::Window, usecase::outbox,
};
use serde::{Deserialize, Serialize};

/// Whom a selection means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// People in all, but for those who are left out.
    pub total: u64,
    /// People with an address.
    pub with_address: u64,
    /// How many of those who were chosen could be left out.
    pub already: Already,
    /// The first two hundred without one.
    pub without: Vec<Recipient>,
    /// Days that links work, as the workspace sets them.
    pub link_days: u32,
    /// The language of mails where a person has none of their own.
    pub language: Language,
    /// Whether no mail server is set: messages are kept as files.
    pub kept: bool,
    /// The address before links, if no phone can reach it.
    pub only_here: Option<String>,
    /// When one message for each, and what waits already, will be through, where a limit holds them up.
    pub through: Option<Through>,
}

/// A message and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// The message.
    pub invitation: Invitation,
    /// Its steps, oldest first.
    pub steps: Vec<Step>,
    /// How far an iPhone or iPad came with it.
    pub way: Vec<apple::Progress>,
    /// Where that stopped, and what most likely did it.
    pub stopped: Option<apple::Stopped>,
}

/// The message as it will look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Whom the preview is for.
    pub user: UserId,
    /// The name of the person it is for.
    pub person: String,
    /// Its language.
    pub language: Language,
    /// The subject. The body stands at `/preview`, with a policy of its own.
    pub subject: String,
}

#[cfg(feature = "ssr")]
pub(super) fn lifetime(days: u32) -> Result<u32, AppError> {
    if (1..=90).contains(&days) {
        Ok(days)
    } else {
        Err(AppError::refused(Invalid::LinkDays, "links must work for 1 to 90 days"))
    }
}

/// Whom a selection means, who of them has no address, and who could be left out.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "send_review", prefix = "/api/fn", protocol = Wire)]
pub async fn send_review(
    /// To whom.
    selection: Selection,
    /// But not to these of them.
    #[server(default)]
    leave_out: LeaveOut,
) -> Result<Review, AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    let store = &s.ports.store;
    let (total, with_address) = store.count_recipients(who.workspace, &selection, leave_out).await?;
    let already = store.already(who.workspace, &selection).await?;
    let without = store.without_address(who.workspace, &selection, leave_out, 200).await?;
    let settings = store.settings(who.workspace).await?;
    let through = outbox::through(&s.ports, who.workspace, &settings, with_address).await?;
    let (link_days, language, kept) = (settings.link_days, settings.language, settings.smtp.is_none());
    let only_here = Some(settings.public_url.unwrap_or(s.public_url)).filter(|address| is_only_here(address));
    Ok(Review { total, with_address, already, without, link_days, language, kept, only_here, through })
}

/// The message to the first person of a selection; it holds no working link.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "send_preview", prefix = "/api/fn", protocol = Wire)]
pub async fn send_preview(
    /// What was chosen.
    choices: Choices,
) -> Result<Shown, AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    let settings = s.ports.store.settings(who.workspace).await?;
    let days = lifetime(choices.days.unwrap_or(settings.link_days))?;
    let people = s.ports.store.recipients(who.workspace, &choices.selection, choices.leave_out, 200).await?;
    let person = people.iter().find(|p| p.email.is_some()).or(people.first());
    let person = person.ok_or_else(|| AppError::NotFound.told())?;
    let language = choices.language.or(person.language).unwrap_or(settings.language);
    let note = choices.note.trim();
    if note.chars().count() > 1000 {
        return Err(AppError::refused(
            Invalid::Note,
            "the note must be plain text of at most 1,000 characters",
        ));
    }
    let brand = s.ports.store.brand(who.workspace).await?;
    let made = (s.preview)(&crate::services::Preview {
        company: settings.name.to_string(),
        address: settings.public_url.unwrap_or(s.public_url),
        person: person.name.clone(),
        note: (!note.is_empty()).then(|| note.to_owned()),
        expires_at: s.ports.clock.now().plus_days(days),
        help: brand.look.contact(settings.help_contact.as_deref()),
        language,
        // The subject alone is shown here.
        agent: false,
        owner: false,
        brand,
    });
    Ok(Shown { user: person.id, person: person.name.clone(), language, subject: made.subject })
}

/// Sends; it can be undone for ten seconds.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "send_now", prefix = "/api/fn", protocol = Wire)]
pub async fn send_now(
    /// What was chosen.
    choices: Choices,
) -> Result<Sent, AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    Ok(muster_domain::usecase::send::send(&s.ports, who.workspace, Some(who.account.id), &choices).await?)
}

/// Takes a send back while nothing of it went out.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "send_undo", prefix = "/api/fn", protocol = Wire)]
pub async fn send_undo(
    /// Which send.
    batch: BatchId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    Ok(s.ports.store.undo_batch(who.workspace, batch, s.ports.clock.now()).await?)
}

/// Sends what failed of a send again; answers how many.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "send_retry", prefix = "/api/fn", protocol = Wire)]
pub async fn send_retry(
    /// Which send.
    batch: BatchId,
) -> Result<u64, AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    Ok(s.ports.store.resend_failed(who.workspace, batch, s.ports.clock.now()).await?)
}

/// How far a send came.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "send_progress", prefix = "/api/fn", protocol = Wire)]
pub async fn send_progress(
    /// Which send.
    batch: BatchId,
) -> Result<Progress, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(outbox::progress(&s.ports, who.workspace, batch).await?)
}

/// A page of invitations.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitations_list", prefix = "/api/fn", protocol = Wire)]
pub async fn invitations_list(
    /// Which rows.
    query: InvitationQuery,
) -> Result<Listed<Invitation>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let query = InvitationQuery { window: query.window.bounded(), ..query };
    let page = s.ports.store.invitations(who.workspace, &query).await?;
    Ok(Listed { now: s.ports.clock.now(), page })
}

/// How many messages to a user [`user_messages`] tells of at most.
pub const STORIES: u32 = 50;

/// The messages to a user with their history, the newest first; at most [`STORIES`].
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "user_messages", prefix = "/api/fn", protocol = Wire)]
pub async fn user_messages(
    /// To whom.
    user: UserId,
) -> Result<Vec<Story>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let store = &s.ports.store;
    store.user(who.workspace, user).await?.ok_or_else(|| AppError::NotFound.told())?;
    let window = Window { page: 1, size: STORIES };
    let query = InvitationQuery { user: Some(user), window, ..InvitationQuery::default() };
    let mut stories = Vec::new();
    for invitation in store.invitations(who.workspace, &query).await?.rows {
        let steps = store.steps(who.workspace, invitation.id).await?;
        stories.push(Story { invitation, steps, way: Vec::new(), stopped: None });
    }
    Ok(stories)
}

/// How many invitations are in each state.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitations_counts", prefix = "/api/fn", protocol = Wire)]
pub async fn invitations_counts(
    /// Of those alone that were made since.
    since: Option<Timestamp>,
    /// Of those alone that came at least so far.
    reached: Option<Reach>,
) -> Result<StateCounts, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(s.ports.store.invitation_counts(who.workspace, since, reached).await?)
}

/// One invitation with its history.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitation_get", prefix = "/api/fn", protocol = Wire)]
pub async fn invitation_get(
    /// Which one.
    id: InvitationId,
) -> Result<Story, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let store = &s.ports.store;
    let invitation = store.invitation(who.workspace, id).await?.ok_or_else(|| AppError::NotFound.told())?;
    let steps = store.steps(who.workspace, id).await?;
    let way = store.way_so_far(who.workspace, id).await?;
    let stopped = apple::progress::stopped(&way, s.ports.clock.now());
    Ok(Story { invitation, steps, way, stopped })
}

/// The steps of an invitation, oldest first.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitation_steps", prefix = "/api/fn", protocol = Wire)]
pub async fn invitation_steps(
    /// Which one.
    id: InvitationId,
) -> Result<Vec<Step>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(s.ports.store.steps(who.workspace, id).await?)
}

/// Sends the same link again.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitation_resend", prefix = "/api/fn", protocol = Wire)]
pub async fn invitation_resend(
    /// Which one.
    id: InvitationId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    Ok(s.ports.store.resend(who.workspace, id, s.ports.clock.now()).await?)
}

/// Sends a new link; the older one ends.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitation_renew", prefix = "/api/fn", protocol = Wire)]
pub async fn invitation_renew(
    /// Which one.
    id: InvitationId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    Ok(muster_domain::usecase::send::renew(&s.ports, who.workspace, id).await?)
}

/// Ends an invitation.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitation_revoke", prefix = "/api/fn", protocol = Wire)]
pub async fn invitation_revoke(
    /// Which one.
    id: InvitationId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    Ok(s.ports.store.revoke(who.workspace, id, s.ports.clock.now()).await?)
}

/// Lets a link work for so many days from now, and sends it again if that is wanted, unless its message waits to be sent anyway.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitation_extend", prefix = "/api/fn", protocol = Wire)]
pub async fn invitation_extend(
    /// Which one.
    id: InvitationId,
    /// For how many days.
    days: u32,
    /// Whether its person is to be told.
    #[server(default)]
    again: bool,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    let days = lifetime(days)?;
    let now = s.ports.clock.now();
    let end = now.plus_days(days);
    let message = s.ports.store.invitation(who.workspace, id).await?;
    if message.is_some_and(|message| message.refuses_end(end).is_some()) {
        return Err(AppError::refused(Invalid::LinkLonger, "the link works for longer already"));
    }
    s.ports.store.extend(who.workspace, id, end, now).await?;
    if !again {
        return Ok(());
    }
    match s.ports.store.resend(who.workspace, id, now).await {
        Err(StoreError::State) => Ok(()),
        told => Ok(told?),
    }
}

/// The link itself: whoever has it can connect a device.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitation_link", prefix = "/api/fn", protocol = Wire)]
pub async fn invitation_link(
    /// Which one.
    id: InvitationId,
) -> Result<String, AppError> {
    let (s, who) = allowed(Permission::SeeLinks)?;
    let found =
        s.ports.store.invitation(who.workspace, id).await?.ok_or_else(|| AppError::NotFound.told())?;
    let settings = s.ports.store.settings(who.workspace).await?;
    let address = settings.public_url.unwrap_or(s.public_url);
    let note = Note::new(Action::LinkShown, Subject::new(id, found.user_name));
    s.ports.store.note(who.workspace, note).await?;
    Ok(format!("{address}/{}", s.ports.secrets.link_token(id, found.generation).reveal()))
}
