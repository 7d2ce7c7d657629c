//! The small shapes that pages are made of: steps, the big button, the link to copy, the waiting box.

use super::{Chosen, View};
use crate::html::escape;
use app::text::t;
use muster_domain::{EmailAddress, look::Look};
use std::fmt::Write;

/// Numbered steps, each with a line below.
pub(super) fn steps(list: &[(&str, &str)]) -> String {
    let items: String = list
        .iter()
        .map(|(head, text)| format!("<li><b>{head}</b><span class=soft>{text}</span></li>"))
        .collect();
    format!("<ol>{items}</ol>")
}

/// The one big button.
pub(super) fn button(target: &str, label: &str) -> String {
    format!("<a class=\"btn primary\" rel=noreferrer href=\"{}\">{label}</a>", escape(target))
}

/// The link in a field to select, and a button to copy it where there is a script.
pub(super) fn copy(view: &View<'_>) -> String {
    let (link, l) = (escape(view.link), view.language);
    format!(
        "<textarea class=link readonly rows=2 aria-label=\"{}\">{link}</textarea><button class=btn type=button hidden data-copy data-done=\"{}\">{}</button>",
        t::phone_link(l),
        t::phone_copied(l),
        t::phone_copy(l)
    )
}

/// The box that tells that the page is looking out for the phone; without a script, the way to look oneself.
pub(super) fn waiting(view: &View<'_>) -> String {
    format!(
        "<div id=wait class=wait role=status hidden><i></i><span>{}</span></div><noscript><a class=btn href=\"{}\">{}</a></noscript>",
        t::phone_waiting(view.language),
        view.again(view.chosen, view.kept()),
        t::phone_look_again(view.language)
    )
}

/// The company's logo, or the first letter of its name.
pub(super) fn mark(view: &View<'_>) -> String {
    if let Some(logo) = view.logo {
        let (address, width, height) = (escape(logo.address), logo.width, logo.height);
        return format!("<img class=logo src=\"{address}\" width={width} height={height} alt=\"\">");
    }
    let initial =
        view.company.chars().find(|c| c.is_alphanumeric()).unwrap_or('M').to_uppercase().to_string();
    format!("<i aria-hidden=true>{}</i>", escape(&initial))
}

/// The company's colour where text stands on it: the button and the mark, in light and in dark. Elsewhere the page's own
/// colour stays, which can be read on its ground.
pub(super) fn own_colour(look: &Look) -> String {
    let own = look.accent.and_then(|accent| Some((accent, accent.text()?)));
    own.map_or(String::new(), |(fill, on)| {
        format!(".primary,header i{{background:{fill};border-color:{fill};color:{on}}}")
    })
}

fn mail_to(address: &str) -> String {
    format!("<a href=\"mailto:{}\">{}</a>", percent(address).replace("%40", "@"), escape(address))
}

/// Whom to ask: a name, a number to call, an address to write to, as many of them as there are.
pub(super) fn help(view: &View<'_>) -> String {
    let l = view.language;
    let name = view.help.map(str::trim).filter(|name| !name.is_empty());
    let email = view.look.email.as_ref().map(EmailAddress::as_str).filter(|email| name != Some(email));
    let ways = [
        name.map(|name| if name.parse::<EmailAddress>().is_ok() { mail_to(name) } else { escape(name) }),
        view.look
            .phone
            .as_ref()
            .map(|number| format!("<a href=\"tel:{}\">{}</a>", number.dialled(), escape(number.as_str()))),
        email.map(mail_to),
    ];
    let ways: String = ways.into_iter().flatten().map(|way| format!("<b>{way}</b>")).collect();
    if ways.is_empty() {
        return format!("<p>{}</p>", t::phone_whom_nobody(l));
    }
    format!("<p class=who>{} {ways}</p>", t::phone_whom(l))
}

/// The way out of a wrong guess.
pub(super) fn others(view: &View<'_>) -> String {
    let mut links = Vec::new();
    for chosen in Chosen::ALL {
        let name = match chosen {
            Chosen::Android => "Android",
            Chosen::Iphone => "iPhone",
            Chosen::Ipad => "iPad",
            Chosen::Desktop | Chosen::Apk => t::phone_computer(view.language),
        };
        links.push(format!("<a href=\"{}\">{name}</a>", view.again(Some(chosen), view.kept())));
    }
    format!("{} {}", t::phone_another_kind(view.language), links.join("&nbsp;· "))
}

/// The query by which a form keeps the language that was chosen.
pub(super) fn keep(view: &View<'_>) -> String {
    view.kept().map_or(String::new(), |l| format!("?lang={}", l.tag()))
}

/// Everything but the unreserved characters of RFC 3986, section 2.3.
pub(super) fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
