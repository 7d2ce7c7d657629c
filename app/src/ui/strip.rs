//! The strip above a list: how many rows are ticked, all that match, none, and what can be done with them.

use crate::{
    text::{self, t},
    ui::{
        dialog::focus,
        flow::{Erased, Show, boxed},
    },
};
use leptos::prelude::*;

/// Where it says how many are ticked.
const TOLD: &str = ".strip > [role=status]";

/// It stands there also when nothing is ticked, so that ticking the first row moves none.
#[component]
pub(crate) fn Strip(
    /// What it says: how many, or what ticking is for.
    words: Signal<String>,
    /// How many are ticked.
    count: Signal<u64>,
    /// How many match.
    total: Signal<u64>,
    /// The button that ticks all that match.
    all_words: Signal<String>,
    /// Ticks all that match.
    all: Callback<()>,
    /// Unticks all.
    none: Callback<()>,
    /// What can be done with what is ticked.
    children: ChildrenFn,
) -> impl IntoView {
    let language = text::language();
    let some = move || count.get() > 0;
    // The button that was pressed goes; what it changed is said here.
    let told = move |act: Callback<()>| {
        boxed(move |_: leptos::ev::MouseEvent| {
            focus(TOLD);
            act.run(());
        })
    };
    view! {
        <div class="strip" class:none=move || !some()>
            <span role="status" tabindex="-1">{words}</span>
            <Show when=move || some() && count.get() < total.get()>
                <button class="link" on:click=told(all)>{all_words}</button>
            </Show>
            <Show when=some><div class="deeds">{children()}</div></Show>
            <Show when=some>
                <button class="link last" on:click=told(none)>{t::clear(language)}</button>
            </Show>
        </div>
    }
    .erased()
}
