//! A question before something that cannot be taken back.

use super::dialog::{closed, stand};
use crate::text::{self, t};
use crate::ui::flow::{Erased, boxed};
use crate::ui::problem::Problem;
use leptos::{html, prelude::*};

#[component]
pub(crate) fn Confirm(
    /// Whether it is asked.
    open: RwSignal<bool>,
    /// What happens, as a question.
    #[prop(into)]
    title: Signal<String>,
    /// What is lost.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says.
    #[prop(into)]
    action: Signal<String>,
    /// Whether it cannot be done.
    #[prop(optional, into)]
    off: Signal<bool>,
    /// What went wrong the last time.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// What to do. Closing the dialog is up to it.
    #[prop(into)]
    confirmed: Callback<()>,
) -> impl IntoView {
    let language = text::language();
    let dialog = NodeRef::<html::Dialog>::new();
    stand(dialog, open.into(), || {});
    let shown = move |words: Signal<String>| move || if open.get() { words.get() } else { String::new() };
    view! {
        <dialog class="dialog small confirm" node_ref=dialog on:cancel=boxed(move |_: web_sys::Event| open.set(false)) on:close=boxed(move |_| if closed(dialog) { open.set(false) }) role="alertdialog" aria-label=shown(title)>
            <div class="pane">
                <h2>{shown(title)}</h2>
                <p class="muted lines">{shown(text)}</p>
                <Problem problem=problem grave=true/>
                <div class="end">
                    <button class="btn" autofocus on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class="btn danger" disabled=off on:click=boxed(move |_| confirmed.run(()))>{action}</button>
                </div>
            </div>
        </dialog>
    }
    .erased()
}
