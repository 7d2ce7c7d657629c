//! Copying a link: to the clipboard where the browser allows it, otherwise shown and selected.

use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, boxed, effect},
        modal::Modal,
    },
};
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Copies; then calls one of the two. Without HTTPS there is no clipboard at all, and asking it would be an error.
pub(crate) fn copy(link: &str, copied: impl FnMut() + 'static, refused: impl FnMut() + Clone + 'static) {
    let mut no = refused.clone();
    let there = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard"));
    let Some(clipboard) = there.ok().and_then(|c| c.dyn_into::<web_sys::Clipboard>().ok()) else {
        no();
        return;
    };
    let (mut yes, mut no) = (copied, refused);
    let copied = Closure::<dyn FnMut(JsValue)>::new(move |_| yes());
    let refused = Closure::<dyn FnMut(JsValue)>::new(move |_| no());
    let _ = clipboard.write_text(link).then2(&copied, &refused);
    // The promise calls one of them later; both are small and this is a press of a button.
    copied.forget();
    refused.forget();
}

#[component]
pub(super) fn LinkShown(link: RwSignal<Option<String>>) -> impl IntoView {
    let language = text::language();
    let open = RwSignal::new(false);
    let field = NodeRef::<html::Input>::new();
    // Each sets the other only when it differs: two that always answer each other never end.
    effect(move || {
        if link.read().is_some() {
            open.set(true);
        }
    });
    effect(move || {
        if !open.get() {
            if link.with_untracked(Option::is_some) {
                link.set(None);
            }
        } else if let Some(field) = field.get() {
            // After the dialog stands open: before, its field cannot have the focus.
            request_animation_frame(move || {
                let _ = field.focus();
                field.select();
            });
        }
    });
    let title = Signal::derive(move || t::inv_link_title(language).to_owned());
    view! {
        <Modal open=open title=title>
            <p class="muted">{t::inv_link_text(language)}</p>
            <label>{t::inv_link(language)}
                <input class="input" readonly node_ref=field prop:value=move || link.get().unwrap_or_default() on:focus=boxed(move |_| {
                    if let Some(field) = field.get_untracked() { field.select() }
                })/>
            </label>
            <div class="end"><button class="btn" on:click=boxed(move |_| open.set(false))>{t::close(language)}</button></div>
        </Modal>
    }
    .erased()
}
