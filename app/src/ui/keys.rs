//! Keys that work on the whole console: those for the palette (Ctrl+K, ⌘K), and single ones (`?`, `/`, `g u` …), which can be
//! switched off (WCAG 2.1.4). What they do is in a part of its own (`palette/`), fetched when it is first wanted.

use super::{
    dialog::within_dialog,
    flow::{effect, spawn},
};
use crate::chunks;
use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
    reactive::computed::ScopedFuture,
};
use std::{cell::RefCell, rc::Rc};

/// What a single key does; the part hands it over.
type Press = Rc<dyn Fn(&str, &KeyboardEvent)>;

/// The palette and the sheet of keys, wherever one is.
#[derive(Clone, Copy)]
pub(crate) struct Keys {
    /// Whether the palette stands open.
    pub(crate) palette: RwSignal<bool>,
    /// Whether the sheet of keys does.
    pub(crate) sheet: RwSignal<bool>,
    /// Whether the part is there.
    there: RwSignal<bool>,
}

// In the browser alone, where they live as long as the page. They are no signals: those of the server's pages are dropped
// on whichever thread, and these must not be.
thread_local! {
    /// In whose name the part is made.
    static OWNER: RefCell<Option<Owner>> = const { RefCell::new(None) };
    /// What the part shows, on its way to its place.
    static MADE: RefCell<Option<AnyView>> = const { RefCell::new(None) };
    /// What the part does with a key.
    static PRESS: RefCell<Option<Press>> = const { RefCell::new(None) };
}

/// Puts the [`Keys`] into the context.
pub(crate) fn provide() {
    provide_context(Keys {
        palette: RwSignal::new(false),
        sheet: RwSignal::new(false),
        there: RwSignal::new(false),
    });
}

/// The console's [`Keys`].
pub(crate) fn keys() -> Option<Keys> {
    use_context()
}

impl Keys {
    /// Opens the palette or the sheet, once its part is there.
    pub(crate) fn open(self, which: RwSignal<bool>) {
        self.after(move || which.set(true));
    }

    /// What single keys do from now on.
    pub(crate) fn hand_over(self, press: impl Fn(&str, &KeyboardEvent) + 'static) {
        PRESS.set(Some(Rc::new(press)));
    }

    /// Does something with the part's code.
    fn after(self, act: impl FnOnce() + 'static) {
        fn one(keys: Keys, act: Box<dyn FnOnce()>) {
            if keys.there.get_untracked() {
                return act();
            }
            let arrive = async move {
                // Without it, as without the server, the keys do nothing.
                let Ok(view) = chunks::palette().await else { return };
                if !keys.there.get_untracked() {
                    MADE.set(Some(view));
                    keys.there.set(true);
                }
                act();
            };
            if let Some(owner) = OWNER.with_borrow(Clone::clone) {
                spawn(owner.with(|| ScopedFuture::new(arrive)));
            }
        }
        one(self, Box::new(act));
    }

    fn pressed(self, event: KeyboardEvent) {
        if is_palette(&event) {
            event.prevent_default();
            return self.open(self.palette);
        }
        let Some(key) = single(&event) else { return };
        if key == "/" && are_on() {
            event.prevent_default();
        }
        self.after(move || {
            if let Some(press) = PRESS.with_borrow(Clone::clone) {
                press(&key, &event);
            }
        });
    }
}

/// Where it is kept that single keys are switched off.
const SWITCH: &str = "muster.keys";

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Whether single keys do something.
pub(crate) fn are_on() -> bool {
    storage().and_then(|s| s.get_item(SWITCH).ok().flatten()).is_none()
}

/// Switches single keys on or off, for this browser.
pub(crate) fn switch(on: bool) {
    if let Some(storage) = storage() {
        let _ = if on { storage.remove_item(SWITCH) } else { storage.set_item(SWITCH, "off") };
    }
}

/// Ctrl+K or ⌘K, on whichever keyboard.
fn is_palette(event: &KeyboardEvent) -> bool {
    let key = event.key();
    let k = key.eq_ignore_ascii_case("k") || (!key.is_ascii() && event.code() == "KeyK");
    k && (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key()
}

/// A key that is pressed for itself: without modifiers, and where nothing is typed and no dialog is open.
fn single(event: &KeyboardEvent) -> Option<String> {
    let with = event.ctrl_key() || event.meta_key() || event.alt_key();
    if with || event.is_composing() || event.default_prevented() || is_typing() || within_dialog() {
        return None;
    }
    name(&event.key(), &event.code(), event.shift_key())
}

fn is_typing() -> bool {
    let active = document().active_element();
    active.is_some_and(|e| {
        e.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")
            .unwrap_or(false)
    })
}

/// The key's name: what it types on a Latin keyboard, and on another what stands at its place.
fn name(key: &str, code: &str, shift: bool) -> Option<String> {
    match (key, code, shift) {
        ("?", ..) | (",", "Slash", true) => Some("?".to_owned()),
        ("/", ..) | (".", "Slash", false) => Some("/".to_owned()),
        (.., true) => None,
        ("ArrowDown" | "ArrowUp", ..) => Some(key.to_owned()),
        _ if key.len() == 1 => Some(key.to_owned()),
        _ if key.is_ascii() => None,
        _ => code.strip_prefix("Key").map(str::to_ascii_lowercase),
    }
}

/// Hears the keys, and has the place where what they open stands.
#[component]
pub(crate) fn Heard() -> impl IntoView {
    let keys = keys();
    effect(move || {
        let Some(keys) = keys else { return };
        OWNER.set(Owner::current());
        let listener = window_event_listener(ev::keydown, move |event| keys.pressed(event));
        on_cleanup(move || listener.remove());
    });
    move || keys.filter(|keys| keys.there.get()).and_then(|_| MADE.take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_what_it_types_or_by_its_place_on_another_keyboard() {
        let named = |key, code, shift| name(key, code, shift);
        for (key, code, shift, is) in [
            ("g", "KeyG", false, Some("g")),
            ("п", "KeyG", false, Some("g")),
            ("c", "KeyJ", false, Some("c")),
            ("?", "Slash", true, Some("?")),
            ("?", "Digit7", true, Some("?")),
            (",", "Slash", true, Some("?")),
            (".", "Slash", false, Some("/")),
            ("/", "Backslash", true, Some("/")),
            ("G", "KeyG", true, None),
            ("Escape", "Escape", false, None),
            ("Tab", "Tab", false, None),
            ("ArrowDown", "ArrowDown", false, Some("ArrowDown")),
            ("ж", "Semicolon", false, None),
        ] {
            assert_eq!(named(key, code, shift).as_deref(), is, "{key} {code}");
        }
    }
}
