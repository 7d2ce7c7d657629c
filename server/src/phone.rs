//! The page behind a link: what a person sees on the phone. Pure: a [`View`] becomes a whole document.
//!
//! Everything works without the script, which only waits for the phone, copies, and tells an iPad from a Mac.
//! What comes from outside is escaped (ABUSE A15, A40); there are no inline style attributes, so that the
//! content security policy can name the nonce alone.

mod android;
pub mod apple;
mod cannot;
mod desktop;
mod ended;
mod folds;
mod parts;
#[cfg(test)]
mod tests;

use crate::{html::escape, message::day_in_words};
use app::text::t;
use muster_domain::{
    Language, Timestamp, detect::Visitor, device::Platform, invitation::Refusal, look::Look,
};
use parts::others;

const STYLE: &str = include_str!("../templates/phone/style.css");
const SCRIPT: &str = include_str!("../templates/phone/script.js");

/// How far the link came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State<'a> {
    /// No device yet.
    Waiting,
    /// A device has just been connected.
    Connected {
        /// Its model, if it said one.
        model: Option<&'a str>,
    },
    /// A device was connected, some time ago or of another kind than what asks.
    Used {
        /// Its model, if it said one.
        model: Option<&'a str>,
        /// When.
        at: Timestamp,
    },
    /// The device that was connected has left since; the same one may come back.
    Left {
        /// Its model, if it said one.
        model: Option<&'a str>,
    },
    /// The link does not connect a device.
    Refused(Refusal),
    /// The person has asked for a new link.
    Requested,
    /// No such link.
    Unknown,
    /// The server cannot do it now.
    Unavailable,
}

/// What the person says the device is, by `?as=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// `android`, with Google Play.
    Android,
    /// `iphone`.
    Iphone,
    /// `ipad`.
    Ipad,
    /// `desktop`.
    Desktop,
    /// `apk`: Android without Google Play. No guess is corrected to it: the pages of Android lead to it.
    Apk,
}

impl Chosen {
    /// The kinds of devices, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Android, Self::Iphone, Self::Ipad, Self::Desktop];

    /// The value of `?as=`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Iphone => "iphone",
            Self::Ipad => "ipad",
            Self::Desktop => "desktop",
            Self::Apk => "apk",
        }
    }

    /// The choice of that name; anything else is no choice.
    #[must_use]
    pub fn from_query(value: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Apk]).find(|chosen| chosen.name() == value)
    }
}

/// A logo as the page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Logo<'a> {
    /// Where it is.
    pub address: &'a str,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// What Headwind's agent has to be told on the phone.
#[derive(Clone, Copy, Debug)]
pub struct Headwind<'a> {
    /// The number that it calls device ID.
    pub number: &'a str,
}

/// The agent's package, for phones without Google Play.
#[derive(Clone, Copy, Debug)]
pub struct Package<'a> {
    /// Where it is fetched.
    pub address: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Bytes.
    pub size: u64,
    /// SHA-256 over the file, in hexadecimal digits.
    pub sha256: &'a str,
}

/// What the page is made of.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Its language.
    pub language: Language,
    /// Whether the person chose the language here, so that links keep it.
    pub language_chosen: bool,
    /// The nonce of the content security policy.
    pub nonce: &'a str,
    /// The company's name.
    pub company: &'a str,
    /// The person's name.
    pub person: &'a str,
    /// The link in full.
    pub link: &'a str,
    /// The link's path, `/token`.
    pub link_path: &'a str,
    /// Draws the link as an SVG, as [`crate::adapters::qr::svg`] does; the one value that is not escaped. Only
    /// computers are shown it, and drawing costs more than the rest of the page.
    pub svg_qr: fn(&str) -> String,
    /// What asks.
    pub visitor: Visitor,
    /// What the person says it is.
    pub chosen: Option<Chosen>,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// Whom to ask, by name.
    pub help: Option<&'a str>,
    /// The colour of the button, and more ways to whom to ask.
    pub look: &'a Look,
    /// The company's logo.
    pub logo: Option<Logo<'a>>,
    /// The agent's package on Google Play.
    pub agent_package: &'a str,
    /// What the workspace's agent has to be told, if it is Headwind's; Muster's own learns it from Google Play.
    pub headwind: Option<Headwind<'a>>,
    /// The agent's package, if it is here.
    pub package: Option<Package<'a>>,
    /// Whether there is a code for phones fresh from their box.
    pub owner: bool,
    /// Whether Apple devices can be connected.
    pub apple_ready: bool,
    /// The version of iOS, as the browser tells it.
    pub ios: Option<(u32, u32)>,
    /// How far the link came.
    pub state: State<'a>,
}

/// What asks, as far as the browser or the person says.
#[must_use]
pub fn visitor(told: Visitor, chosen: Option<Chosen>) -> Visitor {
    match (chosen, told) {
        (None, told)
        | (Some(Chosen::Iphone), told @ Visitor::Iphone { .. })
        | (Some(Chosen::Ipad), told @ Visitor::Ipad { .. }) => told,
        (Some(Chosen::Apk), _) => Visitor::Android { play: false, in_app: false },
        (Some(Chosen::Android), _) => Visitor::Android { play: true, in_app: false },
        (Some(Chosen::Iphone), _) => Visitor::Iphone { in_app: false },
        (Some(Chosen::Ipad), _) => Visitor::Ipad { in_app: false },
        (Some(Chosen::Desktop), _) => Visitor::Desktop { maybe_ipad: false },
    }
}

/// What a visitor would be as a device.
#[must_use]
pub fn platform(visitor: Visitor) -> Option<Platform> {
    match visitor {
        Visitor::Android { .. } => Some(Platform::Android),
        Visitor::Iphone { .. } => Some(Platform::Ios),
        Visitor::Ipad { .. } => Some(Platform::Ipados),
        Visitor::Desktop { .. } | Visitor::OtherPhone { .. } | Visitor::Bot | Visitor::Other => None,
    }
}

impl View<'_> {
    fn visitor(&self) -> Visitor {
        visitor(self.visitor, self.chosen)
    }

    /// The company's name as it stands in HTML.
    fn company(&self) -> String {
        escape(self.company)
    }

    fn until(&self) -> String {
        day_in_words(self.language, self.expires_at)
    }

    /// This page again, in another language or for another kind of device; escaped.
    fn again(&self, chosen: Option<Chosen>, language: Option<Language>) -> String {
        let kind = chosen.map(|c| format!("as={}", c.name()));
        let language = language.map(|l| format!("lang={}", l.tag()));
        let query: Vec<String> = kind.into_iter().chain(language).collect();
        let question = if query.is_empty() { "" } else { "?" };
        format!("{}{question}{}", escape(self.link_path), query.join("&amp;"))
    }

    /// The language that links keep.
    fn kept(&self) -> Option<Language> {
        self.language_chosen.then_some(self.language)
    }
}

/// The HTTP status that goes with the page.
#[must_use]
pub fn status(state: &State<'_>) -> u16 {
    match state {
        State::Unknown | State::Refused(Refusal::Unknown) => 404,
        State::Unavailable => 503,
        _ => 200,
    }
}

/// The whole HTML document, below 15 kB.
#[must_use]
pub fn page(view: &View<'_>) -> String {
    let language = view.language;
    let (title, body) = match view.state {
        State::Waiting => waiting_body(view),
        State::Connected { model } => (t::phone_connected(language), ended::connected(view, model, false)),
        State::Used { model, at } => ended::used(view, model, Some(at)),
        State::Left { model } => ended::left(view, model),
        State::Requested => ended::requested(view),
        State::Refused(refusal) => ended::refused(view, refusal),
        State::Unknown => ended::refused(view, Refusal::Unknown),
        State::Unavailable => ended::unavailable(view),
    };
    let waits = view.state == State::Waiting;
    // Only Safari itself takes a profile, and only where there is one.
    let takes = matches!(view.visitor(), Visitor::Iphone { in_app: false } | Visitor::Ipad { in_app: false });
    let get = (waits && takes && view.apple_ready).then(|| apple::profile(view));
    let mac = waits && matches!(view.visitor(), Visitor::Desktop { maybe_ipad: true });
    let nonce = escape(view.nonce);
    let other = match language {
        Language::En => Language::Ru,
        Language::Ru => Language::En,
    };
    format!(
        "<!doctype html><html lang={lang}><head><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\">\
         <meta name=robots content=noindex><meta name=referrer content=no-referrer><title>{title} · {company}</title>\
         <style nonce=\"{nonce}\">{STYLE}{pictures}{own}</style></head><body data-path=\"{path}\"{kind}{mac}{waits}><main>\
         <header>{mark}<b>{company}</b><a lang={other_tag} hreflang={other_tag} href=\"{other_href}\">{other_name}</a></header>{body}</main>\
         <script nonce=\"{nonce}\">{SCRIPT}</script></body></html>",
        lang = language.tag(),
        company = view.company(),
        path = escape(view.link_path),
        kind = view.chosen.map_or(String::new(), |c| format!(" data-as={}", c.name())),
        mac = if mac {
            format!(" data-mac=\"{}\"", view.again(Some(Chosen::Ipad), view.kept()))
        } else {
            String::new()
        },
        waits = match (waits, &get) {
            (true, Some(get)) => format!(" data-wait=1 data-get=\"{}\"", escape(get)),
            (true, None) => " data-wait=1".to_owned(),
            (false, _) => String::new(),
        },
        pictures = if get.is_some() { apple::STYLE } else { "" },
        mark = parts::mark(view),
        own = parts::own_colour(view.look),
        other_tag = other.tag(),
        other_href = view.again(view.chosen, Some(other)),
        other_name = t::phone_language_other(language),
    )
}

fn waiting_body(view: &View<'_>) -> (&'static str, String) {
    let (title, inner) = match view.visitor() {
        Visitor::Android { play: true, in_app } => android::page(view, in_app),
        Visitor::Android { play: false, .. } => android::without_play(view),
        Visitor::Iphone { in_app } => apple::page(view, false, in_app),
        Visitor::Ipad { in_app } => apple::page(view, true, in_app),
        Visitor::OtherPhone { system } => cannot::page(view, system),
        Visitor::Desktop { .. } | Visitor::Bot | Visitor::Other => desktop::page(view),
    };
    let footer = format!(
        "<footer class=\"small soft\"><p>{}</p><p>{}</p></footer>",
        t::phone_for(view.language, view.until(), escape(view.person)),
        others(view)
    );
    let done = ended::connected(view, None, true);
    (title, format!("<div id=todo><h1>{title}</h1>{inner}{footer}</div>{done}"))
}
