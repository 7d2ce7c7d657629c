//! A group's name: for a new group, and another one for a group that is there.

use crate::{
    AppError,
    api::groups::{group_add, group_rename},
    text::{self, t},
    ui::{
        announce::announcer,
        dialog::focus,
        flow::{Erased, boxed, spawn},
        live::live,
        modal::{Modal, about},
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{Language, PersonName};

/// What is named.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Named {
    /// A new group.
    New,
    /// The group that is called so.
    Old(String),
}

/// What the server refused. A conflict is the name: nothing else has to be the only one.
fn refused(language: Language, error: &AppError) -> String {
    match error {
        AppError::Conflict => t::groups_taken(language).to_owned(),
        error => text::error(language, error),
    }
}

/// Where the name is typed.
const FIELD: &str = "#group-name";

#[component]
pub(super) fn Name(
    named: RwSignal<Option<Named>>,
    /// Takes the old name and the new one.
    #[prop(into)]
    renamed: Callback<(String, String)>,
) -> impl IntoView {
    let language = text::language();
    let (name, problem) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let open = about(named, move |named| {
        name.set(match named {
            Named::New => String::new(),
            Named::Old(old) => old.clone(),
        });
        problem.set(None);
    });
    let (say, version) = (announcer(), live().version);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(what) = named.get_untracked() else { return };
        let Ok(to) = name.get_untracked().parse::<PersonName>() else {
            focus(FIELD);
            return problem.set(Some(t::users_invalid_group(language).to_owned()));
        };
        spawn(async move {
            let done = match &what {
                Named::New => group_add(to.clone()).await.map(|()| t::groups_said_added(language, &to)),
                Named::Old(old) => group_rename(old.clone(), to.clone())
                    .await
                    .map(|()| t::groups_said_renamed(language, &to)),
            };
            match done {
                Ok(words) => {
                    open.set(false);
                    say.done(words);
                    if let Named::Old(old) = what {
                        renamed.run((old, to.as_str().to_owned()));
                    }
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => {
                    problem.set(Some(refused(language, &error)));
                    focus(FIELD);
                }
            }
        });
    };
    let title = Signal::derive(move || match named.get() {
        Some(Named::Old(old)) => t::groups_rename_title(language, old),
        _ => t::groups_add(language).to_owned(),
    });
    view! {
        <Modal open=open title=title>
            <form class="stack" novalidate on:submit=boxed(save)>
                <Problem problem=problem id="group-wrong"/>
                <label>{t::name(language)}
                    <input class="input" id="group-name" maxlength="120" autocomplete="off" autofocus aria-describedby="group-wrong" aria-invalid=move || problem.read().is_some().to_string() prop:value=name on:input=boxed(move |e| name.set(event_target_value(&e)))/>
                </label>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class="btn primary">{t::save(language)}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}
