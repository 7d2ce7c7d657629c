//! Settings, Android: the packages that phones fetch from here, and the set-up of phones fresh from their box.

mod agent;
mod packages;
mod set_up;

use crate::{
    AppError,
    api::android::{Android as There, android_get},
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

#[component]
pub(crate) fn Android() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let fetched = Fetched::new(move || version.get(), |_| android_get());
    let there = RwSignal::new(None::<There>);
    let problem = RwSignal::new(None::<String>);
    let forbidden = RwSignal::new(false);
    let take = move || match fetched.get() {
        Some(Ok(found)) => {
            forbidden.set(false);
            problem.set(None);
            there.set(Some(found));
        }
        Some(Err(AppError::Forbidden)) => forbidden.set(true),
        // What was found last stays; the reason stands above it.
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    view! {
        <main class="main set apl">
            <div class="head"><h1 tabindex="-1">{t::and_title(language)}</h1><Help page="android" about=t::and_title(language)/><SettingsViews/></div>
            <Wait take=take bones=Bones::Window>
                <Problem problem=problem/>
                <Show when=move || !forbidden.get() fallback=move || view! { <p class="muted">{t::set_forbidden(language)}</p> }>
                    <Show when=move || look!(there, |there| there.is_some())>
                        <p class="muted set-intro">{t::and_intro(language)}</p>
                        <packages::Packages there=there/>
                        <set_up::SetUp there=there/>
                        <agent::Agent there=there/>
                    </Show>
                </Show>
            </Wait>
        </main>
    }
    .erased()
}
