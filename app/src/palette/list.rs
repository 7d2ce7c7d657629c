//! The palette: a field, and below it what it finds, chosen with the arrows (the combobox and listbox of WAI-ARIA).

use super::{
    entry::{self, Entry},
    state::State,
};
use crate::{
    text::{self, t},
    ui::{
        dialog::{closed, stand},
        flow::{Erased, For, Show, boxed, effect, look},
        icon::{self, Icon},
        problem::Problem,
    },
};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;
use wasm_bindgen::JsCast;

/// Where a key leads among so many lines: round at both ends.
fn moved(key: &str, at: usize, lines: usize) -> Option<usize> {
    let last = lines.checked_sub(1)?;
    match key {
        "ArrowDown" => Some(if at >= last { 0 } else { at + 1 }),
        "ArrowUp" => Some(if at == 0 { last } else { at - 1 }),
        "PageDown" => Some((at + 8).min(last)),
        "PageUp" => Some(at.saturating_sub(8)),
        _ => None,
    }
}

fn line_id(at: usize) -> String {
    format!("palette-{at}")
}

/// Scrolls the list, and nothing around it, so that a line of it can be seen.
fn in_sight(at: usize) -> Option<()> {
    let line = document().get_element_by_id(&line_id(at))?.dyn_into::<web_sys::HtmlElement>().ok()?;
    let list = document().get_element_by_id("palette-lines")?;
    let (top, bottom) = (line.offset_top(), line.offset_top() + line.offset_height());
    if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(bottom - list.client_height());
    }
    Some(())
}

#[component]
pub(super) fn Palette(open: RwSignal<bool>, sheet: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let state = State::new(open, sheet);
    let dialog = NodeRef::<html::Dialog>::new();
    stand(dialog, open.into(), move || state.begin());
    let navigate = use_navigate();
    let choose = Callback::new(move |entry: Entry| {
        state.choose(&entry, |path| navigate(path, NavigateOptions::default()));
    });
    let entries = Memo::new(move |_| if open.get() { state.entries() } else { Vec::new() });
    view! {
        <dialog class="dialog palette" node_ref=dialog aria-label=t::pal_title(language) on:cancel=boxed(move |_: web_sys::Event| open.set(false))
            on:close=boxed(move |_| if closed(dialog) { open.set(false) }) on:click=boxed(move |event| beside(&event, dialog, open))>
            <Field state=state entries=entries choose=choose/>
            <Lines state=state entries=entries choose=choose/>
            <p class="palette-keys small muted" aria-hidden="true"><kbd>"↑"</kbd><kbd>"↓"</kbd>{t::pal_move(language)}<kbd>"↵"</kbd>{t::pal_choose(language)}<kbd>"Esc"</kbd>{t::close(language)}</p>
        </dialog>
    }
    .erased()
}

/// A press beside the dialog closes it.
fn beside(event: &leptos::ev::MouseEvent, dialog: NodeRef<html::Dialog>, open: RwSignal<bool>) {
    let on = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
    if on.is_some() && on == dialog.get_untracked() {
        open.set(false);
    }
}

#[component]
fn Field(state: State, entries: Memo<Vec<Entry>>, choose: Callback<Entry>) -> impl IntoView {
    let language = text::language();
    let pressed = move |event: KeyboardEvent| {
        let (key, at, lines) = (event.key(), state.at.get_untracked(), look!(entries, |e| e.len()));
        if event.is_composing() {
            return;
        }
        if let Some(to) = moved(&key, at, lines) {
            event.prevent_default();
            state.at.set(to);
        } else if key == "Enter" {
            event.prevent_default();
            if let Some(entry) = entries.with_untracked(|e| e.get(at).cloned()) {
                choose.run(entry);
            }
        } else if key == "Backspace" && state.sending.get_untracked() && look!(state.typed, |t| t.is_empty())
        {
            state.sending.set(false);
        }
    };
    let label = move || if state.sending.get() { t::pal_whom(language) } else { t::pal_hint(language) };
    let active = move || look!(entries, |e| !e.is_empty()).then(|| line_id(state.at.get()));
    view! {
        <div class="palette-field">
            <Icon path=icon::SEARCH/>
            <input type="text" role="combobox" aria-expanded="true" aria-controls="palette-lines" aria-autocomplete="list" aria-activedescendant=active
                autofocus autocomplete="off" spellcheck="false" enterkeyhint="go" placeholder=label aria-label=label prop:value=state.typed
                on:input=boxed(move |event| state.type_in(event_target_value(&event))) on:keydown=boxed(pressed)/>
            <button type="button" class="btn quiet" on:click=boxed(move |_| state.open.set(false))>{t::close(language)}</button>
        </div>
    }
    .erased()
}

#[component]
fn Lines(state: State, entries: Memo<Vec<Entry>>, choose: Callback<Entry>) -> impl IntoView {
    let language = text::language();
    let count = move || look!(entries, |e| e.len());
    let said = move || match (state.open.get(), count()) {
        (false, _) => String::new(),
        (true, 0) if state.sending.get() && state.typed.read().is_empty() => t::pal_whom(language).to_owned(),
        (true, 0) => t::empty_search(language).to_owned(),
        (true, n) => t::pal_count(language, n as u64),
    };
    // The line that is chosen stays in sight.
    effect(move || {
        let at = state.at.get();
        entries.track();
        set_timeout(
            move || {
                in_sight(at);
            },
            Duration::ZERO,
        );
    });
    let numbered = move || entries.get().into_iter().enumerate().collect::<Vec<_>>();
    let key = |(at, e): &(usize, Entry)| format!("{at} {:?} {} {} {:?}", e.kind, e.words, e.more, e.act);
    view! {
        <p class="unseen" role="status">{said}</p>
        <Problem problem=state.problem/>
        <ul role="listbox" id="palette-lines" aria-label=t::pal_title(language)>
            <For each=numbered key=key let((at, entry))><Line state=state at=at entry=entry choose=choose/></For>
        </ul>
        <Show when=move || count() == 0><p class="palette-none muted" aria-hidden="true">{said}</p></Show>
    }
    .erased()
}

#[component]
fn Line(state: State, at: usize, entry: Entry, choose: Callback<Entry>) -> impl IntoView {
    let here = move || state.at.get() == at;
    let (words, more, icon) = (entry.words.clone(), entry.more.clone(), entry.icon);
    let kind = entry::kind(text::language(), entry.kind);
    // Pressing it leaves the focus in the field.
    let stay = move |event: leptos::ev::MouseEvent| event.prevent_default();
    view! {
        <li role="option" id=line_id(at) aria-selected=move || here().to_string() on:mousedown=boxed(stay)
            on:mousemove=boxed(move |_: leptos::ev::MouseEvent| if state.at.get_untracked() != at { state.at.set(at) })
            on:click=boxed(move |_| choose.run(entry.clone()))>
            <Icon path=icon/><span class="palette-words">{words}" "<span class="muted">{more}</span></span><span class="small muted">{kind}</span>
        </li>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_go_round_and_nothing_leads_nowhere() {
        assert_eq!(moved("ArrowDown", 2, 3), Some(0));
        assert_eq!(moved("ArrowUp", 0, 3), Some(2));
        assert_eq!(moved("PageDown", 1, 3), Some(2));
        assert_eq!(moved("ArrowDown", 0, 0), None);
        assert_eq!(moved("Home", 1, 3), None, "Home is the field's own");
    }
}
