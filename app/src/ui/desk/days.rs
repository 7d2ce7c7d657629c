//! For how many days links work from now: of one message or of many.

use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, boxed, effect, look},
        modal::Modal,
        moment,
        problem::Problem,
    },
};
use leptos::prelude::*;

/// How many days were typed, if a link may work for so many.
pub(crate) fn number(days: &str) -> Option<u32> {
    days.trim().parse().ok().filter(|days| (1..=90).contains(days))
}

/// A number that gives more time to all of which none works for more days than these yet.
fn more(left: i64) -> u32 {
    [7, 14, 30, 60].into_iter().find(|days| i64::from(*days) >= left).unwrap_or(90)
}

#[component]
pub(crate) fn Days(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// What else there is to know; may be empty.
    #[prop(into)]
    hint: Signal<String>,
    /// What went wrong the last time.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// For how many days they work yet, a begun one with them: the one that works longest.
    #[prop(into)]
    left: Signal<i64>,
    /// What is typed.
    #[prop(optional)]
    days: RwSignal<String>,
    /// What the button says, if it says more.
    #[prop(optional, into)]
    action: Option<Signal<String>>,
    /// Whether it cannot be done.
    #[prop(optional, into)]
    off: Signal<bool>,
    /// What to do with a number that is one.
    #[prop(into)]
    chosen: Callback<u32>,
    /// What else can be chosen.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let language = text::language();
    let action = action.unwrap_or_else(|| Signal::stored(t::inv_extend(language).to_owned()));
    effect(move || {
        if open.get() {
            days.set(more(left.get_untracked()).to_string());
        }
    });
    let number = move || look!(days, |d| number(d));
    let end = move || match number() {
        Some(days) => t::inv_extend_until(language, text::moment(language, moment::now().plus_days(days))),
        None => t::users_invalid_days(language).to_owned(),
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(days) = untrack(number).filter(|_| !off.get_untracked()) {
            chosen.run(days);
        }
    };
    view! {
        <Modal open=open title=title>
            <form class="stack" on:submit=boxed(save)>
                <Problem problem=problem/>
                <label>{t::inv_extend_days(language)}
                    <input class="input" type="number" min="1" max="90" required autofocus prop:value=days on:input=boxed(move |e| days.set(event_target_value(&e)))/>
                </label>
                <p class="muted" role="status">{end}</p>
                <p class="muted lines" hidden=move || hint.read().is_empty()>{hint}</p>
                {children.map(|children| children())}
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class="btn primary" disabled=move || number().is_none() || off.get()>{action}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_gives_more_time() {
        let offered = [-3, 0, 7, 8, 14, 15, 61, 90].map(more);
        assert_eq!(offered, [7, 7, 7, 14, 14, 30, 90, 90]);
    }
}
