//! A status: an icon, a word and a reason, never a colour alone.

use super::icon::{self, Icon};
use crate::text::{self, t};
use crate::ui::flow::Erased;
use leptos::prelude::*;
use muster_domain::device::{Reason, Status};

#[component]
pub(crate) fn StatusView(status: Option<Status>, reasons: Vec<Reason>) -> impl IntoView {
    let language = text::language();
    let Some(status) = status else {
        return view! { <span class="st none">{t::no_device(language)}</span> }.erased();
    };
    let (class, path) = match status {
        Status::Ok => ("st ok", icon::OK),
        Status::Warning => ("st warn", icon::WARNING),
        Status::Critical => ("st crit", icon::CRITICAL),
    };
    let why: Vec<String> = reasons.iter().map(|r| text::reason(language, r)).collect();
    let word = text::status(language, status);
    view! {
        <span class=class><Icon path=path/>{word}</span>
        <div class="sub">{why.join(", ")}</div>
    }
    .erased()
}
