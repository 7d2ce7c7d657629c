//! What a configuration is called, and for whom it is.

use super::Desk;
use crate::{
    text::t,
    ui::flow::{Erased, For, Show, boxed, look},
};
use leptos::prelude::*;

#[component]
pub(super) fn Who(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let name = move || look!(desk.draft, |draft| draft.name.clone());
    let typed = move |event| {
        desk.bad_name.set(None);
        desk.draft.update(|draft| draft.name = event_target_value(&event));
    };
    let everybody = move || look!(desk.draft, |draft| draft.audience.everybody);
    let turn = move |event| {
        let on = event_target_checked(&event);
        desk.draft.update(|draft| draft.audience.everybody = on);
    };
    let off = move || !desk.may.get();
    // Those that it is for come first, also one that is gone meanwhile.
    let groups = move || {
        let mut all = desk.groups.get();
        look!(desk.saved, |saved| {
            let chosen = |name: &String| saved.audience.groups.contains(name);
            all.sort_by_key(|name| !chosen(name));
        });
        all
    };
    let row = move |group: String| {
        let key = group.clone();
        let on = move || look!(desk.draft, |draft| draft.audience.groups.contains(&key));
        let named = group.clone();
        let turn = move |event| {
            let (on, group) = (event_target_checked(&event), named.clone());
            desk.draft.update(|draft| {
                draft.audience.groups.retain(|known| *known != group);
                if on {
                    draft.audience.groups.push(group);
                    draft.audience.groups.sort_by_key(|name| name.to_lowercase());
                }
            });
        };
        view! {
            <label class="ticked-line"><input type="checkbox" disabled=off prop:checked=on.clone() checked=untrack(on) on:change=boxed(turn)/>{group}</label>
        }
    };
    view! {
        <section class="set-part" aria-label=t::cfg_for(language)>
            <div class="set-about"><h2>{t::cfg_for(language)}</h2><p class="muted">{t::cfg_for_help(language)}</p></div>
            <div class="set-fields card">
                <div class="set-field">
                    <label for="cfg-name">{t::cfg_name(language)}</label>
                    <input class="input" id="cfg-name" type="text" autocomplete="off" readonly=off aria-describedby="cfg-name-below"
                        aria-invalid=move || desk.bad_name.get().map(|_| "true") value=untrack(name) prop:value=name on:input=boxed(typed)/>
                    <div id="cfg-name-below">
                        <Show when=move || desk.bad_name.get().is_some()><p class="set-error">{move || desk.bad_name.get()}</p></Show>
                        <p class="set-help">{t::cfg_name_help(language)}</p>
                    </div>
                </div>
                <div class="cfg-groups" role="group" aria-label=t::cfg_for(language)>
                    <label class="ticked-line"><input type="checkbox" disabled=off prop:checked=everybody checked=untrack(everybody) on:change=boxed(turn)/>{t::cfg_everybody(language)}</label>
                    <div class="cfg-of" hidden=everybody>
                        <For each=groups key=Clone::clone children=row/>
                        <p class="set-help" hidden=move || !desk.groups.read().is_empty()>{t::cfg_no_groups(language)}</p>
                    </div>
                </div>
            </div>
        </section>
    }
    .erased()
}
