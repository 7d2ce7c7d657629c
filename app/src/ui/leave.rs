//! Leaving with unsaved changes asks first; who goes back by the browser's own button finds them when they return, where the page keeps
//! them.

use super::{confirm::Confirm, flow::Erased, modal::about};
use crate::text::{self, t};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, MouseEvent};

/// Where somebody wants to go, while it is asked whether to.
#[derive(Clone, Copy)]
pub(crate) struct Going(RwSignal<Option<String>>);

/// The link of the console that a click follows, if it does so in this tab.
fn followed(event: &MouseEvent) -> Option<String> {
    if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
        return None;
    }
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let href = link.get_attribute("href")?;
    let here = href.starts_with('/') && !link.has_attribute("target") && !link.has_attribute("download");
    here.then_some(href)
}

/// Asks before a link is followed or the console left, while `dirty`; `left` is called when the page goes away all the same.
pub(crate) fn guard(
    dirty: impl Fn() -> bool + Copy + Send + Sync + 'static,
    left: impl Fn() + 'static,
) -> Going {
    let going = RwSignal::new(None::<String>);
    if !cfg!(feature = "hydrate") {
        return Going(going);
    }
    let dirty = move || untrack(dirty);
    let leaving = window_event_listener(leptos::ev::beforeunload, move |event| {
        if dirty() {
            event.prevent_default();
        }
    });
    let clicked = Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| {
        if let Some(href) = followed(&event).filter(|_| dirty()) {
            // Before the router hears of it.
            event.prevent_default();
            event.stop_propagation();
            going.set(Some(href));
        }
    });
    let listen = clicked.as_ref().unchecked_ref::<js_sys::Function>().clone();
    let _ = document().add_event_listener_with_callback_and_bool("click", &listen, true);
    let clicked = StoredValue::new_local((clicked, listen));
    let left = StoredValue::new_local(left);
    on_cleanup(move || {
        leaving.remove();
        clicked.try_with_value(|(_, listen)| {
            let _ = document().remove_event_listener_with_callback_and_bool("click", listen, true);
        });
        if dirty() {
            left.try_with_value(|left| left());
        }
    });
    Going(going)
}

/// The question; with a yes what was typed is discarded.
#[component]
pub(crate) fn Ask(
    /// Of [`guard`].
    going: Going,
    /// Puts what is saved in the place of what was typed.
    discard: Callback<()>,
) -> impl IntoView {
    let language = text::language();
    let Going(going) = going;
    let open = about(going, |_| {});
    let navigate = StoredValue::new(use_navigate());
    let leave = move |()| {
        let Some(href) = going.get_untracked() else { return };
        discard.run(());
        open.set(false);
        navigate.with_value(|navigate| navigate(&href, NavigateOptions::default()));
    };
    view! {
        <Confirm open=open title=t::own_leave_title(language).to_owned() text=t::own_leave_text(language).to_owned()
            action=t::own_leave(language) problem=Signal::stored(None::<String>) confirmed=Callback::new(leave)/>
    }
    .erased()
}
