//! What a list is filtered by, above it: each with the way to leave it out.

use crate::{
    text::{self, t},
    ui::{
        dialog::rescue_focus,
        flow::{Erased, For, Show, boxed, look},
        list::use_address,
    },
};
use leptos::prelude::*;

/// Something that a list is filtered by.
#[derive(Clone, PartialEq)]
pub(crate) struct Chip {
    /// What it says.
    pub(crate) words: String,
    /// The changes of the address that leave it out.
    pub(crate) leave: Vec<(&'static str, String)>,
}

impl Chip {
    /// One that stands under these names in the address.
    pub(crate) fn of(words: String, names: &[&'static str]) -> Self {
        Self { words, leave: names.iter().map(|name| (*name, String::new())).collect() }
    }
}

/// What gets the focus when the last chip has gone.
const SEARCH: &str = "main input[type=search]";

/// The chips; nothing where all rows are shown.
#[component]
pub(crate) fn Chips(
    /// The list's path.
    path: &'static str,
    /// What it is filtered by.
    chips: Signal<Vec<Chip>>,
) -> impl IntoView {
    let language = text::language();
    let set = StoredValue::new(use_address(path));
    let clear = move |_| {
        let all = chips.with_untracked(|chips| {
            let names = chips.iter().flat_map(|chip| &chip.leave);
            names.map(|(name, _)| (*name, String::new())).collect::<Vec<_>>()
        });
        set.with_value(|set| set(&all));
        rescue_focus(SEARCH);
    };
    // The focus goes on to the chip that takes its place, or to the last one.
    let leave = move |chip: &Chip| {
        let place =
            chips.with_untracked(|chips| chips.iter().position(|other| other == chip)).unwrap_or_default();
        let others = chips.with_untracked(|chips| chips.len() > 1);
        set.with_value(|set| set(&chip.leave));
        let next = format!(".chips > :nth-child({}) button, .chips > :nth-last-child(2) button", place + 1);
        rescue_focus(if others { next } else { SEARCH.to_owned() });
    };
    view! {
        <Show when=move || look!(chips, |c| !c.is_empty())>
            <div class="chips">
                <For each=move || chips.get() key=|chip| format!("{:?} {}", chip.leave, chip.words) let(chip)>
                    <span class="chip"><span>{chip.words.clone()}</span>
                        <button class="plain" aria-label=t::users_leave_out(language, &chip.words) on:click=boxed(move |_| leave(&chip))>"×"</button>
                    </span>
                </For>
                <button class="link" on:click=boxed(clear)>{t::users_clear_filter(language)}</button>
            </div>
        </Show>
    }
    .erased()
}
