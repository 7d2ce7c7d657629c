//! A long list in parts: the first ones, and a button for more. It stays where it is, and with it the focus.

use crate::{
    text::{self, t},
    ui::flow::{Erased, Show, boxed},
};
use leptos::prelude::*;

/// What is shown at first.
const FIRST: usize = 20;
/// What each press adds.
const STEP: usize = 100;

/// How much of a list is shown.
pub(crate) fn part() -> RwSignal<usize> {
    RwSignal::new(FIRST)
}

#[component]
pub(crate) fn More(
    /// How much is shown, from [`part`].
    part: RwSignal<usize>,
    /// How much there is.
    total: Signal<usize>,
) -> impl IntoView {
    let language = text::language();
    let left = move || total.get().saturating_sub(part.get()) as u64;
    let press = move |_| {
        part.update(|shown| *shown = if total.get_untracked() > *shown { *shown + STEP } else { FIRST })
    };
    let words =
        move || if left() > 0 { t::show_more(language, left()) } else { t::show_fewer(language).to_owned() };
    view! {
        <Show when=move || { total.get() > FIRST }>
            <button type="button" class="btn more" on:click=boxed(press)>{words}</button>
        </Show>
    }
    .erased()
}
