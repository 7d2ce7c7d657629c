//! A small dialog: a full sheet on a phone. Closing gives the focus back to what opened it.

use super::dialog::stand;
use crate::ui::flow::{Erased, boxed, effect};
use leptos::{html, prelude::*};

/// Whether a dialog about something stands open: it opens with it, after `begin`, and closing it lets go of it. Each side
/// changes the other only where they differ, or they would answer each other for ever.
pub(crate) fn about<T: Send + Sync + 'static>(
    what: RwSignal<Option<T>>,
    begin: impl Fn(&T) + 'static,
) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    effect(move || {
        let is_there = what.with(|what| {
            what.iter().for_each(&begin);
            what.is_some()
        });
        if open.get_untracked() != is_there {
            open.set(is_there);
        }
    });
    effect(move || {
        if !open.get() && what.with_untracked(Option::is_some) {
            what.set(None);
        }
    });
    open
}

#[component]
pub(crate) fn Modal(
    /// Whether it stands open.
    open: RwSignal<bool>,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    stand(dialog, open.into(), || {});
    view! {
        <dialog class="dialog small modal" node_ref=dialog on:close=boxed(move |_| open.set(false)) aria-label=move || title.get()>
            <div class="pane"><h2>{move || title.get()}</h2>{children()}</div>
        </dialog>
    }
    .erased()
}
