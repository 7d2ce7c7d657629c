//! Puts those who are ticked into a group, or takes them out of one.

use crate::{
    api::groups::{group_join, group_leave, groups_list},
    text::{self, t},
    ui::{
        announce::announcer,
        fetch::Asked,
        flow::{Erased, For, Show, boxed, look, spawn},
        live::live,
        modal::{Modal, about},
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{
    PersonName,
    query::{Selection, UserFilter},
};

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Into a group.
    Join,
    /// Out of one.
    Leave,
}

#[component]
pub(super) fn Change(
    /// Which way, while the dialog is open.
    change: RwSignal<Option<Way>>,
    /// Whom.
    selection: Signal<Selection>,
    /// How many these are.
    count: Signal<u64>,
    /// Whom the list shows: who looks at a group takes people out of that one.
    filter: Memo<UserFilter>,
) -> impl IntoView {
    let language = text::language();
    let (group, problem) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let busy = RwSignal::new(false);
    let open = about(change, move |way| {
        let here = filter.with_untracked(|f| f.groups.first().cloned().filter(|_| f.groups.len() == 1));
        group.set(here.filter(|_| *way == Way::Leave).unwrap_or_default());
        problem.set(None);
    });
    let known = Asked::new(move || {
        let open = open.get();
        async move { if open { groups_list().await.unwrap_or_default() } else { Vec::new() } }
    });
    let names = move || known.get().unwrap_or_default().into_iter().map(|g| g.name).collect::<Vec<_>>();
    let joins = move || look!(change, |c| *c != Some(Way::Leave));
    // It is said before, since a name is easily mistyped.
    let new = Memo::new(move |_| {
        let typed = group.read().trim().to_lowercase();
        let known = known.get();
        joins()
            && !typed.is_empty()
            && known.is_some_and(|known| known.iter().all(|g| g.name.to_lowercase() != typed))
    });
    let (say, version) = (announcer(), live().version);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(way) = change.get_untracked() else { return };
        if busy.get_untracked() {
            return;
        }
        let typed = group.get_untracked();
        // As it is written in the list, however it was typed.
        let known =
            untrack(names).into_iter().find(|name| name.to_lowercase() == typed.trim().to_lowercase());
        let Ok(name) = known.unwrap_or(typed).parse::<PersonName>() else {
            let words = if way == Way::Join { t::users_invalid_group } else { t::users_group_choose };
            return problem.set(Some(words(language).to_owned()));
        };
        let selection = selection.get_untracked();
        spawn(async move {
            busy.set(true);
            let done = match way {
                Way::Join => group_join(name.clone(), selection).await,
                Way::Leave => group_leave(name.as_str().to_owned(), selection).await,
            };
            busy.set(false);
            match done {
                Ok(people) => {
                    open.set(false);
                    say.done(match (way, people) {
                        (Way::Join, 0) => t::users_said_all_in(language, &name),
                        (Way::Join, n) => t::users_said_joined(language, n, &name),
                        (Way::Leave, 0) => t::users_said_none_in(language, &name),
                        (Way::Leave, n) => t::users_said_left(language, n, &name),
                    });
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let title = Signal::derive(move || {
        if joins() {
            t::users_join_title(language, count.get())
        } else {
            t::users_leave_title(language, count.get())
        }
    });
    let button =
        move || if joins() { t::users_join_button(language) } else { t::users_leave_button(language) };
    view! {
        <Modal open=open title=title>
            <form class="stack" novalidate on:submit=boxed(save)>
                <Problem problem=problem/>
                <Show when=joins
                    fallback=move || view! {
                        <label>{t::users_group(language)}
                            <select class="input" autofocus on:change=boxed(move |e| group.set(event_target_value(&e)))>
                                <option value="">{t::users_group_choose(language)}</option>
                                <For each=names key=String::clone let(name)>
                                    {
                                        let chosen = group.with_untracked(|g| g.to_lowercase() == name.to_lowercase());
                                        view! { <option value=name.clone() selected=chosen>{name.clone()}</option> }
                                    }
                                </For>
                            </select>
                        </label>
                    }.erased()>
                    <label>{t::users_group(language)}
                        <input class="input" maxlength="120" autocomplete="off" autofocus list="groups-known" prop:value=group on:input=boxed(move |e| group.set(event_target_value(&e)))/>
                    </label>
                    <datalist id="groups-known">
                        <For each=names key=String::clone let(name)><option value=name></option></For>
                    </datalist>
                </Show>
                <p class="small muted" role="status">{move || new.get().then(|| t::users_group_new(language, group.read().trim()))}</p>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class="btn primary" disabled=move || busy.get()>{button}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}
