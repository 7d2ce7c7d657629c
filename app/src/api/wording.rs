//! The message in the company's own words, and how it looks: reading, writing, trying out.

#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::account::Permission;
use muster_domain::{Language, look::Look, trial::Stepped, wording::Words};
use serde::{Deserialize, Serialize};

/// The words of a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worded {
    /// Which language.
    pub language: Language,
    /// The words of its own; none, and the usual ones are used.
    pub own: Option<Words>,
    /// The usual words.
    pub usual: Words,
}

/// A logo as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoShown {
    /// Where it is.
    pub address: String,
    /// Its width on pages and in mails.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// Everything that can be worded, and how it looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// The company's name, which is among the settings.
    pub company: String,
    /// The language of messages where a person has none of their own.
    pub language: Language,
    /// The words of each language.
    pub words: Vec<Worded>,
    /// Colour, telephone number and address of whom to ask.
    pub look: Look,
    /// The name of whom to ask.
    pub contact: Option<String>,
    /// The logo.
    pub logo: Option<LogoShown>,
    /// The address of who asks, for a test.
    pub my_email: String,
    /// Whether no mail server is set: messages are kept as files.
    pub kept: bool,
}

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tried {
    /// Without a mail server it was kept.
    Kept {
        /// Its name among the kept messages.
        id: String,
    },
    /// What the mail server said at each step.
    Told {
        /// The steps.
        steps: Vec<Stepped>,
    },
}

/// All words and the look.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "wording_get", prefix = "/api/fn", protocol = Wire)]
pub async fn wording_get() -> Result<Desk, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let settings = s.ports.store.settings(who.workspace).await?;
    let brand = s.ports.store.brand(who.workspace).await?;
    let contact = brand.look.contact(settings.help_contact.as_deref()).is_some();
    let worded = |language| Worded {
        language,
        own: brand.wording(language).cloned().map(Words::from),
        usual: Words::usual(language, contact),
    };
    let logo = brand.logo.as_ref().map(|logo| LogoShown {
        address: format!("/logo/{}.png", logo.name),
        width: logo.width,
        height: logo.height,
    });
    Ok(Desk {
        company: settings.name.to_string(),
        language: settings.language,
        words: Language::ALL.map(worded).into(),
        look: brand.look.clone(),
        contact: settings.help_contact,
        logo,
        my_email: who.account.email.to_string(),
        kept: settings.smtp.is_none(),
    })
}

/// Writes the words of a language; none goes back to the usual ones.
///
/// # Errors
/// [`AppError`]; what cannot be taken is named with its part and place.
#[server(endpoint = "wording_set", prefix = "/api/fn", protocol = Wire)]
pub async fn wording_set(
    /// Which language.
    language: Language,
    /// The words.
    words: Option<Words>,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let wording = words.map(|words| words.parse()).transpose().map_err(AppError::invalid)?;
    Ok(s.ports.store.set_wording(who.workspace, language, wording.as_ref()).await?)
}

/// Sends the message as it is worded to who asks; nothing is written.
///
/// # Errors
/// [`AppError`]; what cannot be taken is named with its part and place.
#[server(endpoint = "wording_try", prefix = "/api/fn", protocol = Wire)]
pub async fn wording_try(
    /// Which language.
    language: Language,
    /// The words.
    words: Words,
) -> Result<Tried, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let wording = words.parse().map_err(AppError::invalid)?;
    Ok(s.drafts.send(&who, language, &wording).await?)
}

/// Writes the colour and whom to ask.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "look_set", prefix = "/api/fn", protocol = Wire)]
pub async fn look_set(
    /// Colour, telephone number and address.
    look: Look,
    /// The name of whom to ask.
    contact: Option<String>,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let contact = contact.map(|c| c.trim().to_owned()).filter(|c| !c.is_empty());
    if contact.as_deref().is_some_and(|c| muster_domain::text::line(c, 200).is_err()) {
        return Err(muster_domain::settings::InvalidSetting::HelpContact.into());
    }
    Ok(s.ports.store.set_look(who.workspace, &look, contact.as_deref()).await?)
}

/// Removes the logo.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "logo_remove", prefix = "/api/fn", protocol = Wire)]
pub async fn logo_remove() -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.ports.store.set_logo(who.workspace, None).await?)
}
