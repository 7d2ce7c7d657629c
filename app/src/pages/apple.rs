//! Settings, Apple: where the APNs certificate stands, and the three steps to it.

mod now;
mod profiles;
mod rights;
mod signing;
mod steps;
mod upload;
mod words;

use crate::{
    AppError,
    api::apple::{Progress, apple_get},
    text::{self, t},
    ui::{
        fetch::Fetched,
        flow::{Erased, Show, Wait, look},
        help::Help,
        live::live,
        problem::Problem,
        skeleton::Bones,
        views::SettingsViews,
    },
};
use leptos::prelude::*;

/// How far one is, as the parts of the page share it.
type There = RwSignal<Option<Progress>>;

/// Fetches anew, after something was done.
pub(in crate::pages) fn again() {
    live().version.update(|version| *version = version.wrapping_add(1));
}

/// A section, with what it is about beside it.
#[component]
pub(in crate::pages) fn Section(
    title: &'static str,
    #[prop(into)] about: Signal<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="set-part">
            <div class="set-about"><h2>{title}</h2><p class="muted">{move || about.get()}</p></div>
            <div class="set-fields card">{children()}</div>
        </section>
    }
    .erased()
}

#[component]
pub(crate) fn Apple() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let fetched = Fetched::new(move || version.get(), |_| apple_get());
    let there: There = RwSignal::new(None);
    let problem = RwSignal::new(None::<String>);
    let forbidden = RwSignal::new(false);
    let take = move || match fetched.get() {
        Some(Ok(progress)) => {
            forbidden.set(false);
            problem.set(None);
            there.set(Some(progress));
        }
        Some(Err(AppError::Forbidden)) => forbidden.set(true),
        // What was found last stays; the reason stands above it.
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    view! {
        <main class="main set apl">
            <div class="head"><h1 tabindex="-1">{t::apl_title(language)}</h1><Help page="apple" about=t::apl_title(language)/><SettingsViews/></div>
            <Wait take=take bones=Bones::Window>
                <Problem problem=problem/>
                <Show when=move || !forbidden.get() fallback=move || view! { <p class="muted">{t::set_forbidden(language)}</p> }>
                    <Show when=move || look!(there, |there| there.is_some())>
                        <p class="muted set-intro">{t::apl_intro(language)}</p>
                        <now::Now there=there/>
                        <steps::Steps there=there/>
                        <steps::Elsewhere there=there/>
                        <Show when=move || look!(there, |there| there.as_ref().is_some_and(|p| p.certificate.is_some()))><now::Copy/></Show>
                        <signing::Signing there=there/>
                        <profiles::Profiles/>
                        <rights::Rights/>
                    </Show>
                </Show>
            </Wait>
        </main>
    }
    .erased()
}
