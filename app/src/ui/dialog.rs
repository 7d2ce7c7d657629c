//! What all modal dialogs share: standing open while a signal says so, and giving the focus back when they close.

use crate::ui::flow::effect;
use leptos::{html, prelude::*};
use std::{cell::RefCell, time::Duration};
use wasm_bindgen::JsCast;

/// Whether a dialog's `close` event still tells the truth. It comes a moment after the dialog has gone, and whoever is
/// quick has opened it again by then. (`cancel`, for Esc, comes before; so dialogs listen to both.)
pub(crate) fn closed(dialog: NodeRef<html::Dialog>) -> bool {
    dialog.get_untracked().is_none_or(|dialog| !dialog.open())
}

/// Lets a dialog stand while `open` says so; `opened` runs before it is shown. Closed, the browser gives the focus
/// back to what opened it, and [`rescue_focus`] helps where that is no more.
pub(crate) fn stand(dialog: NodeRef<html::Dialog>, open: Signal<bool>, opened: impl FnMut() + 'static) {
    fn one(dialog: NodeRef<html::Dialog>, open: Signal<bool>, mut opened: Box<dyn FnMut()>) {
        let mut stood = false;
        effect(move || {
            let Some(dialog) = dialog.get() else { return };
            let before = std::mem::replace(&mut stood, open.get());
            if !stood {
                dialog.close();
                if before {
                    rescue_focus(BESIDE);
                }
            } else if !dialog.open() {
                mark_beside();
                untrack(&mut opened);
                let _ = dialog.show_modal();
            }
        });
    }
    one(dialog, open, Box::new(opened));
}

/// What is pressed in the row beside the one that a dialog was opened from.
const BESIDE: &str = "[data-beside] a, [data-beside] button";

/// Marks the row beside the one that has the focus, which gets the focus if that one goes; for the strip of what is ticked it is
/// the bar above it.
fn mark_beside() {
    const MARK: &str = "data-beside";
    if let Ok(Some(former)) = document().query_selector("[data-beside]") {
        let _ = former.remove_attribute(MARK);
    }
    let row = document().active_element().and_then(|e| e.closest("tbody tr, main li").ok().flatten());
    let beside = row.and_then(|row| row.next_element_sibling().or_else(|| row.previous_element_sibling()));
    let bar = || {
        document().query_selector(".strip:focus-within").ok().flatten()?;
        document().query_selector("main .bar").ok().flatten()
    };
    if let Some(beside) = beside.or_else(bar) {
        let _ = beside.set_attribute(MARK, "");
    }
}

/// Whether a dialog stands open.
pub(crate) fn within_dialog() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

/// How often it is looked after the focus: what takes its place from it may have to be fetched first.
const TRIES: u8 = 25;

/// Looks after the focus for a moment: if what had it goes, as a button that is no longer possible, then what `near`
/// selects gets it, or else the page's heading.
pub(crate) fn rescue_focus(near: impl Into<String>) {
    rescue(near.into(), TRIES, false);
}

fn rescue(near: String, tries: u8, lost_before: bool) {
    let look = move || {
        let lost = document().active_element().is_none_or(|e| e.tag_name() == "BODY");
        // The heading only at the second look: who knows of something nearer may be looking too.
        let found = lost && ((!near.is_empty() && focus(&near)) || (lost_before && focus(HEADING)));
        if !found && tries > 0 {
            rescue(near, tries - 1, lost);
        }
    };
    set_timeout(look, Duration::from_millis(60));
}

thread_local! {
    /// The heading of the page before.
    static SEEN: RefCell<Option<web_sys::Element>> = const { RefCell::new(None) };
}

/// Notes the heading of the first page.
pub(crate) fn see_heading() {
    SEEN.set(heading());
}

/// The heading that is shown.
fn heading() -> Option<web_sys::Element> {
    document().query_selector(HEADING).ok().flatten()
}

/// How often it is looked for the next page's heading, and after how many of these looks it may be the same as before: two
/// people's windows are one page.
const LOOKS: (u8, u8) = (100, 10);
/// How often it is looked whether the heading that was found stays.
const SETTLES: u8 = 20;

/// After another page was opened: its heading gets the focus as soon as it is there, and is read out with it.
pub(crate) fn focus_heading() {
    fn look(left: u8, pressed: Option<web_sys::Element>) {
        let again = move || {
            let active = document().active_element();
            // What was pressed has it until its page goes, which may take a while.
            let free = active
                .as_ref()
                .is_none_or(|e| e.matches("body, .side *, h1").unwrap_or(false) || pressed == active);
            // Whatever has taken the focus meanwhile, as a dialog, keeps it.
            if !free || within_dialog() {
                return;
            }
            let now = heading();
            let new = now.is_some() && now != SEEN.with_borrow(Clone::clone);
            let waited = left < LOOKS.0 - LOOKS.1 && left > SETTLES;
            if new || waited {
                focus(HEADING);
            }
            // What comes a moment later may replace the heading once more.
            let left = if new { SETTLES } else { left.saturating_sub(1) };
            if new {
                SEEN.set(now);
            }
            if left > 0 {
                look(left, pressed);
            }
        };
        set_timeout(again, Duration::from_millis(60));
    }
    // Who typed something goes on typing.
    let typed = |e: &web_sys::Element| e.matches(TYPED).unwrap_or(false);
    look(LOOKS.0, document().active_element().filter(|e| !typed(e)));
}

/// Gives the focus to the first of these that is there, as soon as one is; unless somebody types meanwhile.
pub(crate) fn land(near: Vec<String>) {
    fn look(near: Vec<String>, left: u8) {
        let again = move || {
            let types = document().active_element().is_some_and(|e| e.matches(TYPED).unwrap_or_default());
            if !types && !near.iter().any(|one| focus(one)) && left > 0 {
                look(near, left - 1);
            }
        };
        set_timeout(again, Duration::from_millis(60));
    }
    look(near, TRIES);
}

/// What one types in.
const TYPED: &str = "textarea, input:not([type]), [type=search], [type=text], [type=email]";

/// The heading of a page.
pub(crate) const HEADING: &str = "main h1";

/// Gives the focus to the first element that a selector finds, and moves nothing; whether there is one.
pub(crate) fn focus(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let element = found.and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    let window = window();
    let (x, y) = (window.scroll_x().unwrap_or_default(), window.scroll_y().unwrap_or_default());
    let taken = element.is_some_and(|element| element.focus().is_ok());
    window.scroll_to_with_x_and_y(x, y);
    taken
}
