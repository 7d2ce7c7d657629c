//! Adding, editing and deleting a person.

use crate::{
    api::users::{user_add, user_delete, user_edit},
    text::{self, t},
    ui::live::live,
};
use leptos::{html, prelude::*, task::spawn_local};
use muster_domain::{
    PersonName, UserId,
    user::{UserDetails, UserRow},
};

/// What stands in the form.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Edited {
    id: Option<UserId>,
    name: String,
    email: String,
    groups: String,
}

impl Edited {
    pub(super) fn of(row: &UserRow) -> Self {
        let email = row.email.clone().unwrap_or_default();
        Self { id: Some(row.id), name: row.name.clone(), email, groups: row.groups.join(", ") }
    }

    fn details(&self) -> Result<UserDetails, &'static str> {
        let language = text::language();
        let name: PersonName = self.name.parse().map_err(|_| t::invalid_name(language))?;
        let email = self.email.trim();
        let email = if email.is_empty() {
            None
        } else {
            Some(email.parse().map_err(|_| t::invalid_email(language))?)
        };
        let groups = self.groups.split(',').map(str::trim).filter(|g| !g.is_empty());
        let groups =
            groups.map(|g| g.parse().map_err(|_| t::invalid_name(language))).collect::<Result<_, _>>()?;
        Ok(UserDetails { name, email, language: None, groups })
    }
}

#[component]
pub(super) fn Person(edited: RwSignal<Option<Edited>>) -> impl IntoView {
    let language = text::language();
    let dialog = NodeRef::<html::Dialog>::new();
    let problem = RwSignal::new(None::<String>);
    let version = live().version;
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if edited.read().is_none() {
            dialog.close();
        } else if !dialog.open() {
            problem.set(None);
            let _ = dialog.show_modal();
        }
    });
    let change = move |put: fn(&mut Edited, String)| {
        move |event: web_sys::Event| {
            let text = event_target_value(&event);
            edited.update(|e| {
                if let Some(e) = e {
                    put(e, text);
                }
            });
        }
    };
    let value = move |get: fn(&Edited) -> &String| {
        move || edited.with(|e| e.as_ref().map(|e| get(e).clone()).unwrap_or_default())
    };
    let finish = move |done: Result<(), crate::AppError>| match done {
        Ok(()) => {
            edited.set(None);
            version.update(|v| *v = v.wrapping_add(1));
        }
        Err(error) => problem.set(Some(text::error(language, &error))),
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = edited.get_untracked() else { return };
        match form.details() {
            Err(why) => problem.set(Some(why.to_owned())),
            Ok(details) => spawn_local(async move {
                finish(match form.id {
                    Some(id) => user_edit(id, details).await,
                    None => user_add(details).await.map(|_| ()),
                });
            }),
        }
    };
    let delete = move |_| {
        let Some(form) = edited.get_untracked() else { return };
        let sure = window().confirm_with_message(&t::delete_person(language, &form.name)).unwrap_or(false);
        if let (true, Some(id)) = (sure, form.id) {
            spawn_local(async move { finish(user_delete(id).await) });
        }
    };
    view! {
        <dialog class="dialog small" node_ref=dialog on:close=move |_| edited.set(None) aria-labelledby="person-title">
            <form class="pane" on:submit=save>
                <h2 id="person-title">{move || value(|e| &e.name)()}</h2>
                <Show when=move || problem.read().is_some()><p class="note warn" role="alert">{move || problem.get()}</p></Show>
                <label>{t::name(language)}<input class="input" required autocomplete="off" prop:value=value(|e| &e.name) on:input=change(|e, v| e.name = v)/></label>
                <label>{t::email(language)}<input class="input" type="email" autocomplete="off" prop:value=value(|e| &e.email) on:input=change(|e, v| e.email = v)/></label>
                <label>{t::groups_hint(language)}<input class="input" autocomplete="off" prop:value=value(|e| &e.groups) on:input=change(|e, v| e.groups = v)/></label>
                <div class="end">
                    <Show when=move || edited.with(|e| e.as_ref().is_some_and(|e| e.id.is_some()))>
                        <button type="button" class="btn quiet" on:click=delete>{t::delete(language)}</button>
                    </Show>
                    <button type="button" class="btn" on:click=move |_| edited.set(None)>{t::cancel(language)}</button>
                    <button class="btn primary">{t::save(language)}</button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}
