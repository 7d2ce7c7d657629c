//! `POST /message/preview`: the mail or the phone's page as they are being worded, in a frame of the console. They need
//! styles that no page of the console may have: so each is a document of its own, without scripts, as `/preview` is.

use super::{Shared, preview as shown, session};
use crate::{
    headwind::{owner::Codes, told::AGENT},
    html::escape,
    phone::{self, View},
};
use app::services::{Preview, PreviewHtml};
use axum::{
    Form,
    extract::State,
    response::{Html, IntoResponse, Response},
};
use http::StatusCode;
use muster_domain::{
    Language, Timestamp,
    account::{Permission, Who},
    detect::Visitor,
    look::{Brand, Colour, Look, PhoneNumber},
    settings::Settings,
    text::line,
    wording::Words,
};
use serde::Deserialize;

/// What is being worded, as the form of the page sends it.
#[derive(Deserialize)]
pub struct Draft {
    language: String,
    /// `mail` or `phone`.
    #[serde(default)]
    what: String,
    /// `dark`, or else light.
    #[serde(default)]
    theme: String,
    #[serde(flatten)]
    words: Words,
    #[serde(default)]
    accent: String,
    #[serde(default)]
    contact: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    email: String,
}

impl Draft {
    /// Colour and whom to ask; what cannot be taken is left out, and said at its field.
    fn look(&self) -> Look {
        let accent = self.accent.parse::<Colour>().ok();
        Look { accent, phone: self.phone.parse::<PhoneNumber>().ok(), email: self.email.parse().ok() }
    }

    fn contact(&self) -> Option<String> {
        line(&self.contact, 200).ok()
    }
}

/// The same document in one theme, whatever the browser's is.
fn themed(html: &str, theme: &str) -> String {
    let (media, scheme) = if theme == "dark" { ("all", "dark") } else { ("not all", "only light") };
    // What people word stands in the body, and stays as it is.
    let (head, body) = html.split_once("</head>").unwrap_or((html, ""));
    let head = head
        .replace("(prefers-color-scheme: dark)", media)
        .replace("(prefers-color-scheme:dark)", &format!(" {media}"))
        .replace("color-scheme: light dark;", &format!("color-scheme: {scheme};"))
        .replace("color-scheme:light dark;", &format!("color-scheme:{scheme};"));
    format!("{head}</head>{body}")
}

/// The mail as a mail program shows it: the subject stands above it.
fn under_its_subject(made: &PreviewHtml) -> String {
    let subject = format!(
        "<div class=\"ink line\" style=\"padding:12px 20px;border-bottom:1px solid #e4e4df;font:600 15px/20px -apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#191c1e;overflow-wrap:anywhere\">{}</div>",
        escape(&made.subject)
    );
    // The first `>` behind `<body` ends it: none stands in its attributes.
    let place = made.html.find("<body").and_then(|body| Some(body + made.html[body..].find('>')? + 1));
    let mut html = made.html.clone();
    if let Some(place) = place {
        html.insert_str(place, &subject);
    }
    html
}

fn phone(
    draft: &Draft,
    language: Language,
    who: &Who,
    settings: &Settings,
    brand: &Brand,
    link: &str,
    expires_at: Timestamp,
) -> String {
    let logo = brand.logo.as_ref().map(|logo| shown::data(&logo.png));
    let look = &brand.look;
    let contact = draft.contact();
    let view = View {
        language,
        language_chosen: false,
        nonce: "",
        company: settings.name.as_str(),
        person: who.account.name.as_str(),
        link,
        link_path: "",
        svg_qr: |_| String::new(),
        visitor: Visitor::Android { play: true, in_app: false },
        chosen: None,
        expires_at,
        help: contact.as_deref(),
        look,
        logo: brand.logo.as_ref().zip(logo.as_deref()).map(|(l, address)| phone::Logo {
            address,
            width: l.width,
            height: l.height,
        }),
        agent_package: &settings.agent_package,
        headwind: (settings.agent_package == AGENT).then_some(phone::Headwind { number: "m-0000000000" }),
        package: None,
        owner: false,
        apple_ready: false,
        ios: None,
        state: phone::State::Waiting,
    };
    let page = phone::page(&view);
    // The frame runs no script, and its being blocked would stand in the browser's console. No other `<` is a script's:
    // in texts it is escaped.
    page.split_once("<script").map_or(page.clone(), |(before, _)| format!("{before}</body></html>"))
}

/// The document of a draft.
pub async fn preview(State(site): Shared, headers: http::HeaderMap, Form(draft): Form<Draft>) -> Response {
    let who = match session::allowed(&site, &headers, Permission::Configure).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    let Some(language) = Language::from_tag(&draft.language) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let wording = match draft.words.parse() {
        Ok(wording) => wording,
        Err(why) => return (StatusCode::UNPROCESSABLE_ENTITY, format!("{why}\n")).into_response(),
    };
    let store = &site.ports.store;
    let (settings, kept) = match (store.settings(who.workspace).await, store.brand(who.workspace).await) {
        (Ok(settings), Ok(kept)) => (settings, kept),
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "preview");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let brand = Brand { look: draft.look(), logo: kept.logo.clone(), wordings: vec![(language, wording)] };
    let address = settings.public_url.as_ref().unwrap_or(&site.address).clone();
    let expires_at = site.ports.clock.now().plus_days(settings.link_days);
    let html = if draft.what == "phone" {
        phone(&draft, language, &who, &settings, &brand, &format!("{address}/…"), expires_at)
    } else {
        let codes = Codes { ports: &site.ports, settings: &settings, base: &address };
        let Ok((agent, owner)) = codes.mailed(who.workspace).await else {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        let made = shown::whole(
            &site,
            &Preview {
                company: settings.name.to_string(),
                address: address.clone(),
                person: who.account.name.to_string(),
                note: None,
                expires_at,
                help: brand.look.contact(draft.contact().as_deref()),
                language,
                agent,
                owner,
                brand: brand.into(),
            },
        );
        under_its_subject(&made)
    };
    shown::framed(Html(themed(&html, &draft.theme)).into_response())
}
