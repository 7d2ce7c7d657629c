//! Pages of links whose work is over: connected, used, refused.

use super::{
    View, folds,
    parts::{help, keep},
};
use crate::{html::escape, message::day_in_words};
use app::text::t;
use muster_domain::{Timestamp, invitation::Refusal};

/// Also the hidden part that the script shows when the phone has connected.
pub(super) fn connected(view: &View<'_>, model: Option<&str>, hidden: bool) -> String {
    let l = view.language;
    let device = format!("<b id=model>{}</b>", escape(model.unwrap_or(t::phone_device(l))));
    let text = t::phone_connected_text(l, view.company(), device, escape(view.person));
    let section = format!(
        "<section id=done class=done role=status tabindex=-1{}><span><svg viewBox=\"0 0 16 16\" aria-hidden=true><path d=\"M3.5 8.5l3 3 6-7\"/></svg></span>\
         <h1>{}</h1><p class=soft>{text}</p></section>",
        if hidden { " hidden" } else { "" },
        t::phone_connected(l),
    );
    // The open page that waited knows that it was this phone; whoever comes later may have another in their hands.
    if hidden {
        section
    } else {
        format!("{section}{}{}{}", folds::other(view), folds::sees(view), folds::asks(view))
    }
}

/// A device was connected: this one, another one of the person's, or somebody else's.
pub(super) fn used(view: &View<'_>, model: Option<&str>, at: Option<Timestamp>) -> (&'static str, String) {
    let l = view.language;
    let text = match at {
        Some(at) => {
            let device = format!("<b>{}</b>", escape(model.unwrap_or(t::phone_device(l))));
            t::phone_used_text(l, day_in_words(l, at), device)
        }
        None => t::phone_used_unknown(l).to_owned(),
    };
    let body = format!(
        "<p class=soft>{text}</p><p class=warn>{}</p>{}{}{}",
        t::phone_used_alarm(l),
        help(view),
        folds::again(view),
        folds::sees(view)
    );
    titled(t::phone_used(l), &body)
}

/// The device that was connected has left.
pub(super) fn left(view: &View<'_>, model: Option<&str>) -> (&'static str, String) {
    let l = view.language;
    let device = format!("<b>{}</b>", escape(model.unwrap_or(t::phone_device(l))));
    let text = t::phone_left_text(l, view.company(), device);
    let body = format!("<p class=soft>{text}</p>{}{}{}", help(view), folds::again(view), folds::sees(view));
    titled(t::phone_left(l), &body)
}

/// The person has asked for a new link.
pub(super) fn requested(view: &View<'_>) -> (&'static str, String) {
    let l = view.language;
    let text = t::phone_requested_text(l, view.company());
    titled(t::phone_requested(l), &format!("<p class=soft>{text}</p>{}{}", help(view), folds::sees(view)))
}

/// The server cannot do it now.
pub(super) fn unavailable(view: &View<'_>) -> (&'static str, String) {
    let l = view.language;
    let text = t::phone_unavailable_text(l);
    titled(t::phone_unavailable(l), &format!("<p class=soft>{text}</p>{}{}", help(view), folds::sees(view)))
}

/// The link does not connect a device.
pub(super) fn refused(view: &View<'_>, refusal: Refusal) -> (&'static str, String) {
    let l = view.language;
    let (title, text, form) = match refusal {
        Refusal::Used => return used(view, None, None),
        Refusal::Expired => (t::phone_expired(l), t::phone_expired_text(l, view.until()), ask(view)),
        Refusal::Revoked => (t::phone_revoked(l), t::phone_revoked_text(l, view.company()), String::new()),
        Refusal::OtherManagement => (t::phone_managed(l), t::phone_managed_text(l).to_owned(), String::new()),
        Refusal::Unknown => (t::phone_unknown(l), t::phone_unknown_text(l).to_owned(), String::new()),
    };
    titled(title, &format!("<p class=soft>{text}</p>{form}{}{}", help(view), folds::sees(view)))
}

/// A plain form: it works without a script.
fn ask(view: &View<'_>) -> String {
    format!(
        "<form method=post action=\"{}/request{}\"><button class=\"btn primary\">{}</button></form>",
        escape(view.link_path),
        keep(view),
        t::phone_ask(view.language)
    )
}

fn titled(title: &'static str, body: &str) -> (&'static str, String) {
    (title, format!("<h1>{title}</h1>{body}"))
}
