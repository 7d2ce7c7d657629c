//! The table of users: two-line rows, check boxes with ranges.

use super::{PATH, Picked, person::Edited};
use crate::{
    text::{self, t},
    ui::{
        list::{Rows, Sorter},
        status::StatusView,
    },
};
use leptos::prelude::*;
use muster_domain::{
    Timestamp, UserId,
    invitation::State,
    user::{LastMessage, UserRow},
};

#[component]
pub(super) fn Table(
    rows: Rows<UserId, UserRow>,
    picked: RwSignal<Picked>,
    now: RwSignal<Timestamp>,
    person: RwSignal<Option<Edited>>,
) -> impl IntoView {
    let language = text::language();
    let last = StoredValue::new(None::<UserId>);
    let on_page = move || rows.with(|r| r.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    let all = Memo::new(move |_| {
        let ids = on_page();
        !ids.is_empty() && ids.iter().all(|id| picked.with(|p| p.has(*id)))
    });
    let some = Memo::new(move |_| !all.get() && on_page().iter().any(|id| picked.with(|p| p.has(*id))));
    let page = move |_| {
        let on = !all.get_untracked();
        picked.update(|p| on_page().into_iter().for_each(|id| p.put(id, on)));
    };
    // With Shift all rows from the last one ticked to this one follow it.
    let tick = move |id: UserId, shift: bool| {
        let on = !picked.with_untracked(|p| p.has(id));
        let ids = rows.with_untracked(|r| r.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        let place = |id: UserId| ids.iter().position(|i| *i == id);
        let range = match (shift, last.get_value().and_then(place), place(id)) {
            (true, Some(a), Some(b)) => ids[a.min(b)..=a.max(b)].to_vec(),
            _ => vec![id],
        };
        picked.update(|p| range.into_iter().for_each(|id| p.put(id, on)));
        last.set_value(Some(id));
    };
    view! {
        <table class="users">
            <thead><tr>
                <th class="tick"><input type="checkbox" class="check" aria-label=t::select_page(language) prop:checked=all prop:indeterminate=some on:change=page/></th>
                <Sorter path=PATH column="name" default=true label=t::name(language)/>
                <th scope="col">{t::groups(language)}</th>
                <Sorter path=PATH column="devices" label=t::devices(language)/>
                <Sorter path=PATH column="status" label=t::status(language)/>
                <Sorter path=PATH column="message" label=t::instructions(language)/>
                <Sorter path=PATH column="seen" label=t::last_seen(language)/>
            </tr></thead>
            <tbody>
                <For each=move || rows.get() key=|(id, _)| *id let((id, row))>
                    <Row id=id row=row picked=picked now=now person=person tick=tick/>
                </For>
            </tbody>
        </table>
        <Show when=move || rows.with(Vec::is_empty)>
            <div class="empty"><b>{t::empty_users(language)}</b><span>{t::empty_users_text(language)}</span></div>
        </Show>
    }
    .into_any()
}

#[component]
fn Row(
    id: UserId,
    row: ArcRwSignal<UserRow>,
    picked: RwSignal<Picked>,
    now: RwSignal<Timestamp>,
    person: RwSignal<Option<Edited>>,
    tick: impl Fn(UserId, bool) + Copy + 'static,
) -> impl IntoView {
    let language = text::language();
    let row = RwSignal::from(row);
    let on = Memo::new(move |_| picked.with(|p| p.has(id)));
    let seen = move || {
        row.with(|r| r.last_seen.map_or_else(|| "—".to_owned(), |at| text::ago(language, at, now.get())))
    };
    view! {
        <tr aria-selected=move || on.get().to_string()>
            <td class="tick">
                <input type="checkbox" class="check" aria-label=move || row.with(|r| t::select_row(language, &r.name)) prop:checked=on
                    on:click=move |event| tick(id, event.shift_key())/>
            </td>
            <td>
                <button class="name" on:click=move |_| person.set(Some(Edited::of(&row.get_untracked())))>{move || row.with(|r| r.name.clone())}</button>
                <div class="sub">{move || row.with(|r| match &r.email {
                    Some(email) => view! { <span>{email.clone()}</span> }.into_any(),
                    None => view! { <i>{t::no_email(language)}</i> }.into_any(),
                })}</div>
            </td>
            <td class="muted">{move || row.with(|r| r.groups.join(", "))}</td>
            <td class="num">{move || row.with(|r| text::number(language, u64::from(r.devices)))}</td>
            <td>{move || row.with(|r| view! { <StatusView status=r.status reasons=r.reasons.clone()/> })}</td>
            <td>{move || row.with(|r| message(r.message.as_ref()))}</td>
            <td class="muted num">{seen}</td>
        </tr>
    }
    .into_any()
}

fn message(last: Option<&LastMessage>) -> AnyView {
    let language = text::language();
    let Some(last) = last else {
        return view! { <span class="muted">{t::never_invited(language)}</span> }.into_any();
    };
    let class = if last.state == State::Failed { "st crit" } else { "" };
    let detail = last.detail.clone().map(|d| format!(", {d}")).unwrap_or_default();
    view! {
        <span class=class>{text::state(language, last.state)}</span>
        <div class="sub">{format!("{}{detail}", text::moment(language, last.at))}</div>
    }
    .into_any()
}
