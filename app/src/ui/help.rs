//! The way from a page of the console to its page of the guide.

use super::flow::Erased;
use crate::text::{self, t};
use leptos::prelude::*;

/// Stands beside a page's heading. The guide is a document of its own, in a tab of its own: what is typed here stays.
#[component]
pub(crate) fn Help(
    /// The guide's page, by its name in `docs/guide`.
    page: &'static str,
    /// What the page here is called.
    about: &'static str,
) -> impl IntoView {
    let told = t::help_about(text::language(), about);
    view! {
        <a class="help" href=format!("/guide/{page}") rel="external" target="_blank" aria-label=told.clone() title=told>"?"</a>
    }
    .erased()
}
