//! What went wrong, where it went wrong: in plain words, and with the reference under which the server's log has the cause.

use super::{
    announce::announcer,
    desk::link::copy,
    flow::{Erased, Show, boxed, look},
};
use crate::text::{self, t};
use leptos::prelude::*;

/// A line that says what went wrong, while something has.
#[component]
pub(crate) fn Problem(
    /// The words.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// Whether nothing was done, and not only nothing new is shown.
    #[prop(optional)]
    grave: bool,
    /// By which a field that it is about names it as its description.
    #[prop(optional, into)]
    id: Option<&'static str>,
) -> impl IntoView {
    let class = if grave { "note crit" } else { "note warn" };
    let words = Signal::derive(move || problem.get().unwrap_or_default());
    view! {
        <Show when=move || problem.read().is_some()>
            <p class=class role="alert" id=id><span>{words}</span><Reference words=words/></p>
        </Show>
    }
    .erased()
}

/// The way to copy the reference that words have, if they have one.
#[component]
pub(crate) fn Reference(
    /// The words.
    words: Signal<String>,
) -> impl IntoView {
    let language = text::language();
    let say = announcer();
    let copied = move |_| {
        let Some(reference) = words.with_untracked(|words| text::reference(words).map(str::to_owned)) else {
            return;
        };
        // Where a browser does not let pages copy, it can still be selected.
        copy(&reference, move || say.done(t::reference_copied(language)), || {});
    };
    view! {
        <Show when=move || look!(words, |words| text::reference(words).is_some())>
            <button type="button" class="link" on:click=boxed(copied)>{t::reference_copy(language)}</button>
        </Show>
    }
    .erased()
}
