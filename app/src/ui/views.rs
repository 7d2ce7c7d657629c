//! The views of one section: links beside its heading, of which one is where one is.

use super::{flow::look, role::may};
use crate::{
    text::{self, t},
    ui::flow::{Erased, Show},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use muster_domain::account::Permission;

/// The section of the settings: where its views are.
pub(crate) const SETTINGS: [&str; 7] = [
    "/settings",
    "/settings/apple",
    "/settings/android",
    "/configurations",
    "/message",
    "/accounts",
    "/audit",
];

#[component]
pub(crate) fn Views(
    /// What is chosen between, for a screen reader.
    label: &'static str,
    /// Path, name, and what one must be allowed to see it.
    views: Vec<(&'static str, &'static str, Permission)>,
) -> impl IntoView {
    let path = use_location().pathname;
    let all: Vec<_> = views.iter().map(|(href, ..)| *href).collect();
    let views = views.into_iter().map(|(href, words, permission)| {
        let may = may(permission);
        // One view's path may begin with another's.
        let longer: Vec<_> =
            all.iter().filter(|other| other.len() > href.len() && other.starts_with(href)).copied().collect();
        let here = Memo::new(move |_| {
            look!(path, |p| p.starts_with(href) && !longer.iter().any(|other| p.starts_with(other)))
        });
        view! {
            <Show when=move || may.get()>
                <a href=href aria-current=move || here.get().then_some("page")>{words}</a>
            </Show>
        }
    });
    view! { <nav class="tabs" aria-label=label>{views.collect_view()}</nav> }.erased()
}

/// The views of the settings' section.
#[component]
pub(crate) fn SettingsViews() -> impl IntoView {
    let language = text::language();
    let [settings, apple, android, configurations, message, accounts, audit] = SETTINGS;
    let views = vec![
        (settings, t::set_general(language), Permission::Configure),
        (apple, t::apl(language), Permission::Configure),
        (android, t::and_title(language), Permission::Configure),
        (configurations, t::cfg(language), Permission::Configure),
        (message, t::set_message(language), Permission::Configure),
        (accounts, t::acc_title(language), Permission::Read),
        (audit, t::audit(language), Permission::Audit),
    ];
    view! { <Views label=t::set_views(language) views=views/> }
}
