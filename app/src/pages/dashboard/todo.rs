//! What needs doing: the first steps while one is missing, and what somebody should look at. One line each.

use super::{apple, seconds};
use crate::{
    api::overview::Overview,
    text::{self, t},
    ui::{
        flow::Erased,
        icon::{self, Icon},
    },
};
use leptos::prelude::*;
use muster_domain::{Language, device::Status, ports::ENDING};

/// A line with where it leads, if it does.
pub(super) struct Line {
    pub(super) grave: bool,
    pub(super) words: String,
    pub(super) href: String,
    pub(super) link: &'static str,
    /// What else can be done.
    pub(super) more: Option<AnyView>,
}

/// What somebody should look at, the gravest first.
fn lines(language: Language, data: &Overview, rights: [bool; 3]) -> Vec<Line> {
    let (todo, fleet) = (&data.todo, &data.fleet);
    let critical = fleet.with(Status::Critical);
    let show = t::dash_show_them(language);
    let mut lines = Vec::new();
    let mut line = |n: u64, grave, words: fn(Language, u64) -> String, href: String| {
        if n > 0 {
            lines.push(Line { grave, words: words(language, n), href, link: show, more: None });
        }
    };
    line(todo.failed, true, t::dash_todo_failed, "/invitations?state=failed".to_owned());
    line(critical, true, t::dash_todo_critical, "/devices?connected=yes&status=critical".to_owned());
    line(todo.asking, false, t::dash_todo_asking, "/invitations?state=asking".to_owned());
    let ending = |l, n| {
        if n > ENDING {
            t::dash_todo_many_ending(l, text::number(l, ENDING))
        } else {
            t::dash_todo_ending(l, n)
        }
    };
    line(todo.ending, false, ending, format!("/invitations?ends={}", seconds(todo.ends)));
    line(fleet.left, false, t::dash_todo_left, "/devices?connected=no".to_owned());
    if let Some(why) = &todo.delayed {
        let words = t::dash_todo_delayed(language, text::delay(language, why));
        let (href, link) = if rights[2] {
            ("/settings", t::dash_to_settings(language))
        } else {
            ("/invitations?state=queued", show)
        };
        lines.push(Line { grave: false, words, href: href.to_owned(), link, more: None });
    }
    lines.extend(apple::lines(language, data, rights));
    lines.sort_by_key(|line| !line.grave);
    lines
}

/// A first step.
fn step(
    language: Language,
    done: bool,
    words: &'static str,
    (text, may, href, link): (&'static str, bool, &'static str, &'static str),
) -> AnyView {
    let (class, path) = if done { ("st ok", icon::OK) } else { ("st none", icon::TODO) };
    let state = if done { t::dash_step_done(language) } else { t::dash_step_open(language) };
    let go = (!done && may).then(|| view! { <a class="link" href=href>{link}</a> });
    view! {
        <li class:ticked=done>
            <span class=class><Icon path=path/><span class="unseen">{state}": "</span></span>
            <div><b>{words}</b><div class="sub">{text}</div>{go}</div>
        </li>
    }
    .erased()
}

/// The first steps, while one of them is missing.
fn first(language: Language, data: &Overview, [invite, manage, configure]: [bool; 3]) -> Option<AnyView> {
    let todo = &data.todo;
    if todo.address && todo.mail && todo.people && todo.sent {
        return None;
    }
    let steps = [
        step(
            language,
            todo.address,
            t::set_public_url(language),
            (t::dash_step_address(language), configure, "/settings", t::set_open_address(language)),
        ),
        step(
            language,
            todo.mail,
            t::dash_step_mail(language),
            (t::dash_step_mail_text(language), configure, "/settings", t::set_open(language)),
        ),
        step(
            language,
            todo.people,
            t::users_people(language),
            (t::dash_step_people(language), manage, "/import", t::imp_title(language)),
        ),
        step(
            language,
            todo.sent,
            t::dash_step_first(language),
            (t::dash_step_first_text(language), invite, "/users", t::send_instructions(language)),
        ),
    ];
    let panel = view! {
        <section class="panel first" aria-labelledby="first"><h2 id="first">{t::dash_first(language)}</h2><ul>{steps}</ul></section>
    };
    Some(panel.erased())
}

pub(super) fn view(language: Language, data: &Overview, rights: [bool; 3]) -> AnyView {
    let first = first(language, data, rights);
    let lines = lines(language, data, rights);
    let all_done = (first.is_none() && lines.is_empty()).then(|| {
        view! { <p class="calm st ok"><Icon path=icon::OK/><span>{t::dash_todo_none(language)}</span></p> }
    });
    let rows: Vec<_> = lines
        .into_iter()
        .map(|Line { grave, words, href, link, more }| {
            let (class, path) = if grave { ("grave", icon::CRITICAL) } else { ("", icon::WARNING) };
            let label = format!("{link}: {words}");
            let go =
                (!href.is_empty()).then(|| view! { <a class="link" href=href aria-label=label>{link}</a> });
            view! { <li class=class><Icon path=path/><span>{words}" "{go}{more}</span></li> }
        })
        .collect();
    let list = (!rows.is_empty()).then(|| {
        view! { <section class="todo" aria-label=t::dash_todo(language)><ul>{rows}</ul></section> }
    });
    view! { {first}{list}{all_done} }.into_any()
}
