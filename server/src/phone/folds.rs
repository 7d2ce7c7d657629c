//! What stands folded below a page: what the company sees, what to do when it fails, whom to ask.

use super::{
    Chosen, View, android,
    parts::{button, copy, help, steps},
};
use crate::html::escape;
use app::text::t;

pub(super) fn fold(head: &str, body: &str) -> String {
    format!("<details><summary>{head}</summary>{body}</details>")
}

/// What the company sees, may do, and does not see.
pub(super) fn sees(view: &View<'_>) -> String {
    let l = view.language;
    let list = |head: &str, items: [&str; 2]| {
        format!("<p><b>{head}</b></p><ul><li>{}<li>{}</ul>", items[0], items[1])
    };
    let body = format!(
        "{}{}{}",
        list(t::phone_sees_can(l), [t::phone_sees_can_1(l), t::phone_sees_can_2(l)]),
        list(t::phone_sees_may(l), [t::phone_sees_may_1(l), t::phone_sees_may_2(l)]),
        list(t::phone_sees_cannot(l), [t::phone_sees_cannot_1(l), t::phone_sees_cannot_2(l)]),
    );
    fold(&t::phone_sees(l, view.company()), &body)
}

/// What goes wrong on Android, and what to do then.
pub(super) fn fails(view: &View<'_>) -> String {
    let l = view.language;
    // Headwind's agent always asks, and the steps say what to answer.
    let server = match view.headwind {
        Some(_) => String::new(),
        None => {
            let (head, text) = (t::phone_fails_server(l), t::phone_fails_server_text(l));
            format!("<p><b>{head}</b> {text}</p>{}", copy(view))
        }
    };
    let no_play = match view.package {
        Some(_) => {
            let to = view.again(Some(Chosen::Apk), view.kept());
            let (head, text) = (t::phone_fails_play(l), t::phone_fails_play_text(l));
            format!("<p><b>{head}</b> <a href=\"{to}\">{text}</a></p>")
        }
        None => String::new(),
    };
    let body = format!(
        "{server}<p><b>{}</b> {}</p>{no_play}<p><b>{}</b> {}</p>",
        t::phone_fails_store(l),
        t::phone_fails_store_text(l),
        t::phone_fails_knox(l),
        t::phone_fails_knox_text(l),
    );
    fold(t::phone_fails(l), &body)
}

/// The code that Headwind's agent scans in place of server and number. It is fetched when the fold is opened.
pub(super) fn scan(view: &View<'_>) -> String {
    if view.headwind.is_none() {
        return String::new();
    }
    let (l, path) = (view.language, escape(view.link_path));
    let picture = format!("<img loading=lazy src=\"{path}/code.png\" width=216 height=216 alt=QR>");
    fold(t::phone_scan(l), &format!("<p>{}</p><div class=qr>{picture}</div>", t::phone_scan_text(l)))
}

/// The code that a phone fresh from its box scans, with what may be in the way. It is fetched when the fold is opened.
pub(super) fn owner(view: &View<'_>) -> String {
    if !view.owner {
        return String::new();
    }
    let (l, path) = (view.language, escape(view.link_path));
    let list = [
        (t::phone_owner_start(l), t::phone_owner_start_text(l)),
        (t::phone_owner_point(l), t::phone_owner_point_text(l)),
    ];
    let picture = format!("<img loading=lazy src=\"{path}/owner.png\" width=344 height=344 alt=QR>");
    let body = format!(
        "<p class=warn>{}</p>{}<div class=\"qr big\">{picture}</div>",
        t::phone_owner_warn(l),
        steps(&list)
    );
    fold(t::phone_owner(l), &body)
}

/// Whom to ask.
pub(super) fn asks(view: &View<'_>) -> String {
    fold(t::phone_help(view.language), &help(view))
}

/// For whoever has another phone in their hands than the one that was connected.
pub(super) fn other(view: &View<'_>) -> String {
    let l = view.language;
    fold(t::phone_other_phone(l), &format!("<p>{}</p>", t::phone_other_phone_text(l)))
}

/// The same phone may come back by the same link (DESIGN, rule 3).
pub(super) fn again(view: &View<'_>) -> String {
    let l = view.language;
    let body = format!(
        "<p>{}</p>{}{}",
        t::phone_again_text(l),
        button(&android::play(view), t::phone_play(l)),
        copy(view)
    );
    fold(t::phone_again(l), &body)
}
