//! Messages that were kept as files. They hold working links: auditors never see one.

use super::users::Listed;
#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::account::Permission;
use muster_domain::kept::{KeptQuery, KeptRow};
use serde::{Deserialize, Serialize};

/// A kept message as its page shows it. Its HTML stands at `/mails/{id}/html`, with a policy of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptView {
    /// Its row.
    pub row: KeptRow,
    /// The headers, in their order.
    pub headers: Vec<(String, String)>,
    /// The plain text.
    pub text: String,
    /// Attachments: the number at `/mails/{id}/parts/{number}`, the file's name and its bytes.
    pub attachments: Vec<(usize, String, u64)>,
}

/// A page of kept messages, newest first.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "mails_list", prefix = "/api/fn", protocol = Wire)]
pub async fn mails_list(
    /// Which ones.
    query: KeptQuery,
) -> Result<Listed<KeptRow>, AppError> {
    let (s, who) = allowed(Permission::SeeLinks)?;
    let page = s.kept.list(who.workspace, &KeptQuery { window: query.window.bounded(), ..query }).await?;
    Ok(Listed { now: s.ports.clock.now(), page })
}

/// A kept message.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "mail_get", prefix = "/api/fn", protocol = Wire)]
pub async fn mail_get(
    /// Which one.
    id: String,
) -> Result<KeptView, AppError> {
    let (s, who) = allowed(Permission::SeeLinks)?;
    let mail = s.kept_message(&*s.ports.store, &who, &id).await?.ok_or_else(|| AppError::NotFound.told())?;
    let attachments = mail.parts.iter().enumerate().filter(|(_, part)| part.attached);
    let attachments = attachments.map(|(n, part)| (n, part.name.clone(), part.bytes.len() as u64)).collect();
    Ok(KeptView { row: mail.row, headers: mail.headers, text: mail.text, attachments })
}
