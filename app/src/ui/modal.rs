//! A small dialog: a full sheet on a phone. Closing gives the focus back to what opened it.

use crate::ui::flow::{Erased, boxed, effect};
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
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        if !open.get() {
            dialog.close();
        } else if !dialog.open() {
            let _ = dialog.show_modal();
        }
    });
    view! {
        <dialog class="dialog small modal" node_ref=dialog on:close=boxed(move |_| open.set(false)) aria-label=move || title.get()>
            <div class="pane"><h2>{move || title.get()}</h2>{children()}</div>
        </dialog>
    }
    .erased()
}

/// Brings the focus to the page's heading if what had it is gone, as a button that is no longer possible.
pub(crate) fn rescue_focus(heading: NodeRef<html::H1>) {
    set_timeout(
        move || {
            let lost = document().active_element().is_none_or(|e| e.tag_name() == "BODY");
            if let (true, Some(heading)) = (lost, heading.get_untracked()) {
                let _ = heading.focus();
            }
        },
        std::time::Duration::from_millis(50),
    );
}
