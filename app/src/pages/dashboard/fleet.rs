//! The devices: how many are connected, how they are, and what runs on them.

use super::{apple, funnel::width};
use crate::{
    api::overview::Overview,
    text::{self, t},
    ui::{
        flow::Erased,
        icon::{self, Icon},
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    device::{Platform, Status},
};

/// The list of those that are connected; `more` is what else they are filtered by.
fn list(more: &str) -> String {
    format!("/devices?connected=yes{more}")
}

pub(super) fn view(language: Language, data: &Overview, _: [bool; 3]) -> AnyView {
    let fleet = &data.fleet;
    let all = fleet.all();
    let apple = apple::calm(language, data);
    let left = (fleet.left > 0).then(|| {
        view! { <p class="small muted"><a href="/devices?connected=no">{t::dash_left(language, fleet.left)}</a></p> }
    });
    if all == 0 {
        return view! {
            <p class="muted nothing">{t::empty_devices(language)}</p>
            {left}{apple}
        }
        .into_any();
    }
    let kinds = [
        (Status::Ok, "ok", icon::OK, t::dash_ok(language)),
        (Status::Warning, "warn", icon::WARNING, t::dash_warning(language)),
        (Status::Critical, "crit", icon::CRITICAL, t::dash_critical(language)),
    ];
    let mut before = 0;
    let segments = kinds.map(|(status, class, _, _)| {
        let n = fleet.with(status);
        let x = width(before, all);
        before += n;
        (n > 0).then(|| view! { <rect class=class x=x width=width(n, all) height="10"></rect> })
    });
    let words = kinds.map(|(status, class, path, word)| {
        let n = text::number(language, fleet.with(status));
        view! {
            <li><a class=format!("st {class}") href=list(&format!("&status={}", status.name()))>
                <Icon path=path/><span class="num">{n}" "{word}</span>
            </a></li>
        }
    });
    let platforms = [Platform::Android, Platform::Ios, Platform::Ipados].into_iter();
    let platforms = platforms.filter(|platform| fleet.on(*platform) > 0).map(|platform| {
        let words = format!("{} {}", text::number(language, fleet.on(platform)), text::devices_of(platform));
        view! { <li><a href=list(&format!("&platform={}", platform.name()))>{words}</a></li> }
    });
    let platforms = platforms.collect_view();
    view! {
        <p class="big num"><a href=list("") aria-label=t::dash_connected_devices(language, all)>{text::number(language, all)}</a>
            <span class="small muted" aria-hidden="true">{t::dash_are_connected(language)}</span></p>
        <svg class="segments" width="100%" height="10" aria-hidden="true">{segments}</svg>
        <ul class="kinds">{words}</ul>
        <ul class="platforms small muted">{platforms}</ul>
        {left}{apple}
    }
    .erased()
}
