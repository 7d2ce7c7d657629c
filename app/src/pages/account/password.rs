//! Another password: the present one is needed, and all other browsers are signed out.

use super::Account;
use crate::{
    AppError,
    api::account::account_password,
    error::Invalid,
    text::{self, t},
    ui::{
        announce::announcer,
        dialog::focus,
        flow::{Erased, boxed, look, spawn},
        live::live,
        problem::Problem,
    },
};
use leptos::{html, prelude::*};
use muster_domain::usecase::sign_in::SHORTEST_PASSWORD;

const PRESENT: &str = "#password-present";
const NEW: &str = "#password-new";

#[component]
pub(super) fn Password(account: Account) -> impl IntoView {
    let language = text::language();
    // Read from the fields themselves: what password managers fill in is not always told.
    let (present, new) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let (problem, busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    // Which of the two is wrong, by its id.
    let wrong = RwSignal::new("");
    let is_wrong = move |field: &'static str| move || (wrong.get() == field).to_string();
    let refuse = move |field: &'static str, words: String| {
        wrong.set(field);
        problem.set(Some(words));
        if !field.is_empty() {
            focus(field);
        }
    };
    let email = move || look!(account, |a| a.as_ref().map(|a| a.email.clone()).unwrap_or_default());
    let (say, version) = (announcer(), live().version);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(present), Some(new)) = (present.get_untracked(), new.get_untracked()) else { return };
        let length = new.value().chars().count();
        if length < SHORTEST_PASSWORD || new.value().len() > 200 {
            return refuse(NEW, t::acc_password_rule(language).to_owned());
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn(async move {
            match account_password(present.value(), new.value()).await {
                Ok(()) => {
                    problem.set(None);
                    wrong.set("");
                    present.set_value("");
                    new.set_value("");
                    say.done(t::acc_said_password(language));
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => {
                    // A field that is disabled takes no focus.
                    busy.set(false);
                    let field = match &error {
                        AppError::Invalid { code: Invalid::Password, .. } => PRESENT,
                        AppError::Invalid { code: Invalid::NewPassword, .. } => NEW,
                        _ => "",
                    };
                    refuse(field, text::error(language, &error));
                }
            }
            busy.set(false);
        });
    };
    view! {
        <form class="stack" novalidate on:submit=boxed(save)>
            <p class="muted">{t::acc_password_text(language)}</p>
            <Problem problem=problem id="password-wrong"/>
            <input type="email" autocomplete="username" hidden prop:value=email/>
            <label>{t::acc_present(language)}<input class="input" type="password" id="password-present" autocomplete="current-password" maxlength="200" aria-describedby="password-wrong" aria-invalid=is_wrong(PRESENT) node_ref=present/></label>
            <label>{t::acc_new_password(language)}<input class="input" type="password" id="password-new" autocomplete="new-password" maxlength="200" aria-invalid=is_wrong(NEW) aria-describedby="password-wrong password-rule" node_ref=new/></label>
            <p class="muted small" id="password-rule">{t::acc_password_rule(language)}</p>
            <div><button class="btn" disabled=busy>{t::acc_password_change(language)}</button></div>
        </form>
    }
    .erased()
}
