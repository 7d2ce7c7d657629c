//! The message with a person's link: subject, plain text and HTML, in their language.
//!
//! What people may word is a [`Wording`]; the layout around it is Muster's (`message/layout.rs`). Both are walked once: what
//! a value holds is never looked at again (ABUSE A41), and all that is filled in is made fit for its output: HTML (A15),
//! plain text, or the one line of a header (A25).

mod dates;
mod fixed;
mod layout;

pub use dates::{date_in_words, day_in_words};

use crate::html::escape;
use app::text::t;
use fixed::Fixed;
use layout::{clean, fill, one_line};
use muster_domain::{
    Language, Timestamp,
    account::Role,
    apple::PushCertificate,
    look::{Brand, Colour},
    ports::Offer,
    time::DAY,
    wording::{Placeholder, Template, Wording},
};

/// What a message says.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The company's name.
    pub company: &'a str,
    /// The person's name.
    pub person: &'a str,
    /// The link in full.
    pub link: &'a str,
    /// What the sender adds.
    pub note: Option<&'a str>,
    /// Whether the person has waited with an iPhone or iPad, which can be connected now.
    pub works_now: bool,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// Whom to ask.
    pub help: Option<&'a str>,
    /// Whether the code goes along that an Android agent scans which asks for a server: the picture `cid:agent`.
    pub agent: bool,
    /// Whether the code goes along that a phone fresh from its box scans: the picture `cid:owner`.
    pub owner: bool,
    /// Words, colour and logo of the company's own.
    pub brand: &'a Brand,
}

/// A message in its three texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML; its pictures are `cid:qr`, and `cid:logo` if the company has one.
    pub html: String,
}

const HTML: &str = include_str!("../templates/mail/instructions/layout.html");
const TEXT: &str = include_str!("../templates/mail/instructions/layout.txt");

/// A mail that Muster alone words, in one language.
struct Letter {
    subject: &'static str,
    text: &'static str,
    html: &'static str,
}

const TEST_EN: Letter = Letter {
    subject: include_str!("../templates/mail/test/en/subject.txt"),
    text: include_str!("../templates/mail/test/en/text.txt"),
    html: include_str!("../templates/mail/test/en/html.html"),
};
const TEST_RU: Letter = Letter {
    subject: include_str!("../templates/mail/test/ru/subject.txt"),
    text: include_str!("../templates/mail/test/ru/text.txt"),
    html: include_str!("../templates/mail/test/ru/html.html"),
};

const ACCOUNT_EN: Letter = Letter {
    subject: include_str!("../templates/mail/account/en/subject.txt"),
    text: include_str!("../templates/mail/account/en/text.txt"),
    html: include_str!("../templates/mail/account/en/html.html"),
};
const ACCOUNT_RU: Letter = Letter {
    subject: include_str!("../templates/mail/account/ru/subject.txt"),
    text: include_str!("../templates/mail/account/ru/text.txt"),
    html: include_str!("../templates/mail/account/ru/html.html"),
};

const CERTIFICATE_EN: Letter = Letter {
    subject: include_str!("../templates/mail/certificate/en/subject.txt"),
    text: include_str!("../templates/mail/certificate/en/text.txt"),
    html: include_str!("../templates/mail/certificate/en/html.html"),
};
const CERTIFICATE_RU: Letter = Letter {
    subject: include_str!("../templates/mail/certificate/ru/subject.txt"),
    text: include_str!("../templates/mail/certificate/ru/text.txt"),
    html: include_str!("../templates/mail/certificate/ru/html.html"),
};

impl Letter {
    /// Its values are one line each.
    fn filled<'v>(&self, value: &dyn Fn(&str) -> &'v str) -> Rendered {
        let value = |name: &str| one_line(value(name));
        Rendered {
            subject: one_line(&fill(self.subject.trim_end(), &value)).chars().take(200).collect(),
            text: fill(self.text, &value),
            html: fill(self.html, &|name| escape(&value(name))),
        }
    }
}

/// The message for these parts.
#[must_use]
pub fn render(language: Language, parts: &Parts<'_>) -> Rendered {
    let help = parts.help.map(str::trim).filter(|help| !help.is_empty());
    let own = parts.brand.wording(language);
    let usual;
    let wording = match own {
        Some(own) => own,
        None => {
            usual = Wording::usual(language, help.is_some());
            &usual
        }
    };
    let fixed = Fixed::of(language);
    let expires = date_in_words(language, parts.expires_at);
    let contact = help.map_or_else(|| fixed.somebody.replace("{}", parts.company), str::to_owned);
    let value = |placeholder| match placeholder {
        Placeholder::Name => parts.person,
        Placeholder::Company => parts.company,
        Placeholder::Expires => &expires,
        Placeholder::Contact => &contact,
        Placeholder::Link => parts.link,
    };
    let plain = |template: &Template| template.render(clean, |p| one_line(value(p)));
    let html = |template: &Template| {
        template.render(
            |text| escape(&clean(text)),
            |p| {
                let value = escape(&one_line(value(p)));
                if p == Placeholder::Link { layout::link(&value) } else { value }
            },
        )
    };
    let subject = one_line(&plain(&wording.subject));
    // The first lines that mail programs show beside the subject.
    let ahead = match own {
        None => fixed.ahead.replace("{}", &expires),
        Some(_) => one_line(&plain(&wording.text)),
    };
    let works_now = parts.works_now.then(|| t::mail_works_now(language));
    let note: Vec<&str> = works_now.into_iter().chain(parts.note.map(str::trim)).collect();
    let note = clean(&note.join("\n\n"));
    let there = |is: bool| if is { "yes".to_owned() } else { String::new() };
    let (fill_light, on_light, fill_dark, on_dark) = colours(parts.brand.look.accent);
    let page = |name: &str| match name {
        "lang" => language.tag().to_owned(),
        "subject" => escape(&subject),
        "ahead" => escape(&ahead),
        "company" => escape(&one_line(parts.company)),
        "mark" => mark(parts),
        "headline" => html(&wording.headline),
        "text" => layout::paragraphs(&html(&wording.text)),
        "button" => html(&wording.button),
        "steps" => layout::steps(&html(&wording.steps)),
        "footer" => html(&wording.footer).replace('\n', "<br>"),
        "link" => escape(parts.link),
        "note" => escape(&note).replace('\n', "<br>"),
        "agent" => there(parts.agent),
        "owner" => there(parts.owner),
        "fill" => fill_light.clone(),
        "on" => on_light.clone(),
        "fill_dark" => fill_dark.clone(),
        "on_dark" => on_dark.clone(),
        other => fixed.html(other),
    };
    let lines = |name: &str| match name {
        "headline" => layout::headline(&subject, &plain(&wording.headline)),
        "text" => plain(&wording.text),
        "link" => parts.link.to_owned(),
        "code" => fixed.code.to_owned(),
        "agent" if parts.agent => fixed.agent_plain.to_owned(),
        "owner" if parts.owner => fixed.owner_plain.to_owned(),
        "steps" => layout::numbered(&plain(&wording.steps)),
        "note" => note.replace('\n', "\n> "),
        "footer" => layout::ending(&plain(&wording.footer)),
        "company" => one_line(parts.company),
        _ => String::new(),
    };
    Rendered {
        text: fill(TEXT, &lines),
        html: fill(HTML, &page),
        subject: subject.chars().take(200).collect(),
    }
}

/// The button's ground and text, in light and in dark: Muster's, or the company's colour in both.
fn colours(accent: Option<Colour>) -> (String, String, String, String) {
    let own = accent.and_then(|accent| Some((accent, accent.text()?)));
    match own {
        Some((fill, on)) => (fill.to_string(), on.to_string(), fill.to_string(), on.to_string()),
        None => ("#0b5f7d".into(), "#ffffff".into(), "#62bfe0".into(), "#06222d".into()),
    }
}

/// The logo, or the first letter of the company's name.
fn mark(parts: &Parts<'_>) -> String {
    if let Some(logo) = &parts.brand.logo {
        return layout::logo(logo.width, logo.height);
    }
    let (fill, on, ..) = colours(parts.brand.look.accent);
    let initial =
        parts.company.chars().find(|c| c.is_alphanumeric()).unwrap_or('M').to_uppercase().to_string();
    layout::initial(&escape(&initial), &fill, &on)
}

/// The invitation of a colleague to the console.
#[must_use]
pub fn account(company: &str, offer: &Offer, link: &str) -> Rendered {
    let expires = date_in_words(offer.language, offer.expires_at);
    let initial = company.chars().find(|c| c.is_alphanumeric()).unwrap_or('M').to_uppercase().to_string();
    let (letter, role) = match (offer.language, offer.role) {
        (Language::En, Role::Owner) => (&ACCOUNT_EN, "owner"),
        (Language::En, Role::Administrator) => (&ACCOUNT_EN, "administrator"),
        (Language::En, Role::Operator) => (&ACCOUNT_EN, "operator"),
        (Language::En, Role::Auditor) => (&ACCOUNT_EN, "auditor"),
        (Language::Ru, Role::Owner) => (&ACCOUNT_RU, "владелец"),
        (Language::Ru, Role::Administrator) => (&ACCOUNT_RU, "администратор"),
        (Language::Ru, Role::Operator) => (&ACCOUNT_RU, "оператор"),
        (Language::Ru, Role::Auditor) => (&ACCOUNT_RU, "аудитор"),
    };
    letter.filled(&|name| match name {
        "company" => company,
        "initial" => &initial,
        "by" => offer.by.as_deref().unwrap_or_default(),
        "role" => role,
        "email" => &offer.email,
        "link" => link,
        "expires" => &expires,
        _ => "",
    })
}

/// What owners are told before the APNs certificate ends, and once after it.
#[must_use]
pub fn certificate(
    language: Language,
    company: &str,
    certificate: &PushCertificate,
    link: &str,
    now: Timestamp,
) -> Rendered {
    let letter = match language {
        Language::En => &CERTIFICATE_EN,
        Language::Ru => &CERTIFICATE_RU,
    };
    let ends = date_in_words(language, certificate.not_after);
    let initial = company.chars().find(|c| c.is_alphanumeric()).unwrap_or('M').to_uppercase().to_string();
    let left = certificate.not_after.since(now);
    // A day that has begun counts: less than one is left on the last.
    let days =
        t::users_days(language, u64::try_from(left).unwrap_or_default().div_ceil(DAY.unsigned_abs()).max(1));
    letter.filled(&|name| match name {
        "company" => company,
        "initial" => &initial,
        "over" if left < 0 => "over",
        "days" => &days,
        "ends" => &ends,
        "account" => certificate.account.as_deref().unwrap_or_default(),
        "serial" => &certificate.serial,
        "link" => link,
        _ => "",
    })
}

/// The test mail of the settings.
#[must_use]
pub fn test(language: Language, company: &str) -> Rendered {
    let test = match language {
        Language::En => &TEST_EN,
        Language::Ru => &TEST_RU,
    };
    test.filled(&|name| if name == "company" { company } else { "" })
}

#[cfg(test)]
mod tests;
