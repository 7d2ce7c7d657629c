//! A small dialog: a full sheet on a phone. Closing gives the focus back to what opened it.

use super::dialog::stand;
use crate::ui::flow::{Erased, boxed};
use leptos::{html, prelude::*};

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
