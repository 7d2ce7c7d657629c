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
        let back = window_event_listener(ev::popstate, move |_| returning.set_value(true));
        // Before what is pressed leads away.
        let leaves = move || {
            if !returning.get_value() {
                let y = window().scroll_y().unwrap_or_default();
                places.update_value(|all| _ = all.insert(here.get_value(), y));
                leaving.set_value(true);
                set_timeout(move || leaving.set_value(false), LEAVING);
            }
        };
        let pressed = window_event_listener(ev::pointerdown, move |_| leaves());
        let typed = window_event_listener(ev::keydown, move |_| leaves());
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
            back.remove();
            pressed.remove();
            typed.remove();
            moved.remove();
        });
    });
    effect(move || {
        let address = format!("{}{}", location.pathname.get(), location.search.get());
        here.set_value(address.clone());
        leaving.set_value(false);
        if returning.get_value() {
            let y = places.with_value(|all| all.get(&address).copied()).unwrap_or_default();
            go(y, TRIES, returning);
        }
    });
}

/// Goes there as soon as the page is long enough.
fn go(y: f64, tries: u8, returning: StoredValue<bool>) {
    set_timeout(
        move || {
            window().scroll_to_with_x_and_y(0.0, y);
            let there = (window().scroll_y().unwrap_or_default() - y).abs() < 2.0;
            if there || tries == 0 {
                returning.set_value(false);
            } else {
                go(y, tries - 1, returning);
            }
        },
        PAUSE,
    );
}
