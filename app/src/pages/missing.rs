//! The page for an address that leads nowhere.

use crate::text::{self, t};
use crate::ui::flow::Erased;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub(crate) fn Missing() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    let language = text::language();
    view! {
        <Title text=t::users_missing(language)/>
        <main class="main missing">
            <h1 tabindex="-1">{t::users_missing(language)}</h1>
            <p class="muted">{t::users_missing_text(language)}</p>
            <a class="btn primary" href="/users">{t::users_back(language)}</a>
        </main>
    }
    .erased()
}
