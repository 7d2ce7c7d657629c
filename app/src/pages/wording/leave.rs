//! Leaving with unsaved changes asks first; who goes back by the browser's own button finds them when they return.

use super::{Form, draft::Draft};
use crate::text::t;
use crate::ui::{announce::Announcer, confirm::Confirm, flow::Erased};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, MouseEvent};

thread_local! {
    /// What was typed on the page when it was left, in this tab.
    static LEFT: RefCell<Option<Draft>> = const { RefCell::new(None) };
}

/// Where somebody wants to go, while it is asked whether to.
#[derive(Clone, Copy)]
struct Going(RwSignal<Option<String>>);

/// What was typed when the page was left the last time.
pub(super) fn left_behind() -> Option<Draft> {
    // The server has one memory for everybody.
    if cfg!(feature = "hydrate") { LEFT.with_borrow_mut(Option::take) } else { None }
}

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

/// Asks before a link is followed or the console left, while there are unsaved changes.
pub(super) fn guard(form: Form, say: Announcer) {
    let going = RwSignal::new(None::<String>);
    provide_context(Going(going));
    if !cfg!(feature = "hydrate") {
        return;
    }
    let dirty = move || untrack(|| form.there.get() && form.changed());
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
    on_cleanup(move || {
        leaving.remove();
        clicked.try_with_value(|(_, listen)| {
            let _ = document().remove_event_listener_with_callback_and_bool("click", listen, true);
        });
        if dirty() {
            LEFT.set(form.draft.try_get_untracked());
            say.done(t::set_kept(form.language));
        }
    });
}

#[component]
pub(super) fn Ask(form: Form) -> impl IntoView {
    let language = form.language;
    let Going(going) = use_context::<Going>().unwrap_or(Going(RwSignal::new(None)));
    let open = crate::ui::modal::about(going, |_| {});
    let navigate = StoredValue::new(use_navigate());
    let leave = move |()| {
        let Some(href) = going.get_untracked() else { return };
        form.discard();
        open.set(false);
        navigate.with_value(|navigate| navigate(&href, NavigateOptions::default()));
    };
    view! {
        <Confirm open=open title=t::own_leave_title(language).to_owned() text=t::own_leave_text(language).to_owned()
            action=t::own_leave(language) problem=Signal::stored(None::<String>) confirmed=Callback::new(leave)/>
    }
    .erased()
}
