//! The table of users: two-line rows, check boxes with ranges.

use super::{PATH, Ticked};
use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, For, Show, boxed, look},
        list::{Rows, Sorter, query_value, use_address},
        moment,
        parts::address,
        role::may,
        status::StatusView,
        ticks::{Tick, ticks},
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language, Timestamp, UserId,
    account::Permission,
    device::Platform,
    invitation::State,
    user::{LastMessage, UserRow},
};

#[component]
pub(super) fn Table(
    rows: Rows<UserId, UserRow>,
    picked: RwSignal<Ticked>,
    empty: Signal<bool>,
    /// Whether something is looked for beside words.
    filtered: Signal<bool>,
) -> impl IntoView {
    let language = text::language();
    let invite = may(Permission::Invite);
    let ticks = ticks(rows, picked);
    view! {
        <div class="wide"><table class="users">
            <thead><tr>
                {ticks.head(invite)}
                <Sorter path=PATH column="name" default=true label=t::name(language)/>
                <th scope="col">{t::groups(language)}</th>
                <Sorter path=PATH column="devices" label=t::devices(language)/>
                <Sorter path=PATH column="status" label=t::status(language)/>
                <Sorter path=PATH column="message" label=t::instructions(language)/>
                <Sorter path=PATH column="seen" label=t::last_seen(language)/>
            </tr></thead>
            <tbody>
                <For each=move || rows.get() key=|(id, _)| *id let((id, row))>
                    <Row id=id row=row picked=picked tick=ticks.row/>
                </For>
            </tbody>
        </table></div>
        <Show when=move || empty.get()><Empty filtered=filtered/></Show>
    }
    .erased()
}

/// What comes first, in its order, for who may do all of it.
fn steps(language: Language) -> Vec<AnyView> {
    [
        ("/settings", t::set_open_address(language)),
        ("/settings", t::set_open(language)),
        (super::import::PATH, t::imp_title(language)),
        ("/guide/send", t::send_instructions(language)),
    ]
    .map(|(href, words)| view! { <li><a class="link" href=href rel=href.starts_with("/guide").then_some("external")>{words}</a></li> }.erased())
    .into()
}

/// Nobody is there yet, or nobody is like that.
#[component]
fn Empty(filtered: Signal<bool>) -> impl IntoView {
    let language = text::language();
    let (manage, configure) = (may(Permission::Manage), may(Permission::Configure));
    let searched = query_value("q");
    let no_words = move || searched.with(String::is_empty);
    let none = move || no_words() && !filtered.get();
    let clear = use_address(PATH);
    let clear = StoredValue::new(clear);
    let words = move || match (none(), manage.get()) {
        (true, true) => t::empty_users_text(language).to_owned(),
        (true, false) => t::users_empty_reader(language).to_owned(),
        (false, _) if filtered.get() => t::users_nothing_filtered(language).to_owned(),
        (false, _) => look!(searched, |q| t::users_nothing(language, q)),
    };
    view! {
        <div class="empty">
            <b>{move || if none() { t::empty_users(language) } else { t::empty_search(language) }}</b>
            <span>{words}</span>
            <Show when=move || none() && manage.get() && !configure.get()>
                <a class="btn" href=super::import::PATH>{t::imp_title(language)}</a>
            </Show>
            <Show when=move || none() && configure.get()><ol class="steps">{steps(language)}</ol></Show>
            <Show when=move || filtered.get()>
                <a class="link" href=PATH>{t::users_clear_filter(language)}</a>
            </Show>
            <Show when=move || !no_words()>
                <button class="link" on:click=boxed(move |_| clear.with_value(|set| set(&[("q", String::new())])))>{t::users_clear_search(language)}</button>
            </Show>
        </div>
    }
    .erased()
}

#[component]
fn Row(
    id: UserId,
    row: ArcRwSignal<UserRow>,
    picked: RwSignal<Ticked>,
    tick: Callback<(UserId, bool)>,
) -> impl IntoView {
    let language = text::language();
    let invite = may(Permission::Invite);
    let row = RwSignal::from(row);
    let on = Memo::new(move |_| look!(picked, |p| p.has(id)));
    let name = Signal::derive(move || look!(row, |r| r.name.clone()));
    let seen = move || {
        look!(row, |r| r
            .last_seen
            .map_or_else(|| "—".to_owned(), |at| text::ago(language, at, moment::now())))
    };
    let exact = move || look!(row, |r| r.last_seen.map(|at| text::exact(language, at)));
    view! {
        <tr aria-selected=move || on.get().to_string()>
            <Tick may=invite on=on name=name pressed=move |shift| tick.run((id, shift))/>
            <td class="who">
                <a class="name" href=format!("{PATH}/{id}")>{move || look!(row, |r| r.name.clone())}</a>
                <div class="sub">{move || look!(row, |r| match &r.email {
                    Some(email) => view! { <span>{address(email)}</span> }.erased(),
                    None => view! { <i>{t::no_email(language)}</i> }.erased(),
                })}</div>
            </td>
            <td class="muted groups"><div class="clamp">{move || look!(row, |r| r.groups.join(", "))}</div></td>
            <td class="num count">{move || look!(row, |r| text::number(language, u64::from(r.devices)))}</td>
            <td class="state">{move || look!(row, |r| view! { <StatusView status=r.status reasons=r.reasons.clone()/> })}</td>
            <td class="message">{move || look!(row, |r| message(r.message.as_ref()))}</td>
            <td class="muted num seen" title=exact>{seen}</td>
        </tr>
    }
    .erased()
}

fn message(last: Option<&LastMessage>) -> AnyView {
    let language = text::language();
    let Some(last) = last else {
        return view! { <span class="muted">{t::never_invited(language)}</span> }.erased();
    };
    let class = if last.state == State::Failed { "st crit" } else { "" };
    let below = below(language, last, &|at| text::moment(language, at), &|at| text::lately(language, at));
    view! {
        <span class=class>{state(language, last)}</span>
        <div class="sub">{below}</div>
    }
    .erased()
}

/// How far it came. A link that nobody mailed was given out by hand, which the store tells by the detail.
fn state(language: Language, last: &LastMessage) -> &'static str {
    match (last.state, &last.detail) {
        (State::Sent, Some(_)) => t::state_given_out(language),
        (state, _) => text::state(language, state),
    }
}

/// When it was and on what, or why not.
fn below(
    language: Language,
    last: &LastMessage,
    moment: &dyn Fn(Timestamp) -> String,
    lately: &dyn Fn(Timestamp) -> String,
) -> String {
    let device =
        last.detail.as_deref().map(|name| Platform::from_name(name).map_or(name, |p| text::platform(p)));
    match (last.state, device) {
        (State::Failed, Some(why)) => why.to_owned(),
        (State::Enrolled, Some(device)) => format!("{}, {device}", lately(last.at)),
        (State::Opened | State::Enrolling, Some(device)) => {
            t::users_on_platform(language, device, moment(last.at))
        }
        _ => moment(last.at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(state: State, detail: Option<&str>) -> String {
        let invitation = "01900000-0000-7000-8000-000000000001".parse().unwrap();
        let last = LastMessage { invitation, state, at: Timestamp(0), detail: detail.map(str::to_owned) };
        below(Language::En, &last, &|_| "yesterday, 18:04".into(), &|_| "12 Nov".into())
    }

    #[test]
    fn the_line_below_says_when_and_on_what_or_why_not() {
        assert_eq!(told(State::Enrolled, Some("Pixel 8")), "12 Nov, Pixel 8");
        assert_eq!(told(State::Enrolled, Some("android")), "12 Nov, Android");
        assert_eq!(told(State::Opened, Some("ipados")), "yesterday, 18:04 on iPadOS");
        assert_eq!(told(State::Failed, Some("550 mailbox does not exist")), "550 mailbox does not exist");
        assert_eq!(told(State::Sent, None), "yesterday, 18:04");
        assert_eq!(told(State::Sent, Some("by_hand")), "yesterday, 18:04");
    }
}
