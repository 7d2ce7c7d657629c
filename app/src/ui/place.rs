//! Back and Forward lead to the place where a page was left: its rows come a moment after it, when the browser has already
//! tried to go there.

use super::flow::effect;
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;
use std::{collections::HashMap, time::Duration};

/// How often it is tried, one after the other: as long as rows may take.
const TRIES: u8 = 80;
const PAUSE: Duration = Duration::from_millis(60);
/// A place is one that stands for so long.
const STANDS: Duration = Duration::from_millis(150);
/// So long after a press the page may be on its way out: it gets shorter, and the browser scrolls up.
const LEAVING: Duration = Duration::from_secs(3);

/// Where each page was left, by its address.
type Places = StoredValue<HashMap<String, f64>>;

/// Notes the places, and goes back to them.
#[component]
pub(crate) fn Kept() -> impl IntoView {
    let places: Places = StoredValue::new(HashMap::new());
    let (returning, here) = (StoredValue::new(false), StoredValue::new(String::new()));
    let leaving = StoredValue::new(false);
    let location = use_location();
    effect(move || {
        // Not in an effect on the address: the router hears of it first, and its effects have run when this is heard.
        let back = window_event_listener(ev::popstate, move |_| {
            let Some(address) = shown() else { return };
            let y = places.with_value(|all| all.get(&address).copied()).unwrap_or_default();
            here.set_value(address.clone());
            returning.set_value(true);
            go(y, TRIES, address, (returning, here));
        });
        // Before what is pressed leads away; and who presses or turns the wheel goes on from where the page is now.
        let leaves = move || {
            returning.set_value(false);
            let y = window().scroll_y().unwrap_or_default();
            places.update_value(|all| _ = all.insert(here.get_value(), y));
            leaving.set_value(true);
            set_timeout(move || leaving.set_value(false), LEAVING);
        };
        let pressed = window_event_listener(ev::pointerdown, move |_| leaves());
        let typed = window_event_listener(ev::keydown, move |_| leaves());
        let turned = window_event_listener(ev::wheel, move |_| returning.set_value(false));
        let moved = window_event_listener(ev::scroll, move |_| {
            if returning.get_value() || leaving.get_value() {
                return;
            }
            let (y, address) = (window().scroll_y().unwrap_or_default(), here.get_value());
            set_timeout(
                move || {
                    if here.get_value() == address && !returning.get_value() {
                        places.update_value(|all| _ = all.insert(address, y));
                    }
                },
                STANDS,
            );
        });
        on_cleanup(move || {
            for listener in [back, pressed, typed, turned, moved] {
                listener.remove();
            }
        });
    });
    // The router says where one goes before the browser does.
    effect(move || {
        here.set_value(address(&location.pathname.get(), &location.search.get()));
        leaving.set_value(false);
    });
}

/// The address in the browser's bar.
fn shown() -> Option<String> {
    let location = window().location();
    Some(address(&location.pathname().ok()?, &location.search().ok()?))
}

fn address(path: &str, search: &str) -> String {
    format!("{path}?{}", search.trim_start_matches('?'))
}

/// Goes there as soon as the page is long enough, unless one has gone on meanwhile.
fn go(y: f64, tries: u8, address: String, state: (StoredValue<bool>, StoredValue<String>)) {
    set_timeout(
        move || {
            let (returning, here) = state;
            if !returning.get_value() || here.get_value() != address {
                return;
            }
            window().scroll_to_with_x_and_y(0.0, y);
            let there = (window().scroll_y().unwrap_or_default() - y).abs() < 2.0;
            if there || tries == 0 {
                returning.set_value(false);
            } else {
                go(y, tries - 1, address, state);
            }
        },
        PAUSE,
    );
}
