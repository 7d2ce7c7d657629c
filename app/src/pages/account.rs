//! One's own account: name, language, password, sessions, and the workspaces that it is in.

mod password;
mod sessions;
mod spaces;

use crate::{
    api::account::{Mine, account_get, account_rename},
    text::{self, t},
    ui::{
        announce::announcer,
        fetch::Fetched,
        flow::{Erased, Wait, boxed, look, spawn},
        help::Help,
        live::live,
        problem::Problem,
        skeleton::Bones,
    },
};
use leptos::prelude::*;
use muster_domain::{Language, PersonName};
use password::Password;
use sessions::Sessions;
use spaces::Spaces;

/// The account as it was fetched last.
type Account = RwSignal<Option<Mine>>;

#[component]
pub(crate) fn MyAccount() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let mine = Fetched::new(move || version.get(), |_| account_get());
    let account: Account = RwSignal::new(None);
    let problem = RwSignal::new(None::<String>);
    let take = move || match mine.get() {
        Some(Ok(mine)) => {
            problem.set(None);
            if account.with_untracked(|a| a.as_ref() != Some(&mine)) {
                account.set(Some(mine));
            }
        }
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    view! {
        <main class="main own">
            <div class="head"><h1 tabindex="-1">{t::acc_mine(language)}</h1><Help page="account" about=t::acc_mine(language)/></div>
            <Problem problem=problem/>
            <Wait take=take bones=Bones::Window>
                <div class="panels">
                    <section class="panel"><h2>{t::name(language)}</h2><Name account=account/><Languages/></section>
                    <section class="panel"><h2>{t::acc_password(language)}</h2><Password account=account/></section>
                    <section class="panel" id="workspaces"><h2>{t::acc_spaces(language)}</h2><Spaces account=account/></section>
                    <section class="panel"><h2>{t::acc_sessions(language)}</h2><Sessions account=account/></section>
                </div>
            </Wait>
        </main>
    }
    .erased()
}

#[component]
fn Name(account: Account) -> impl IntoView {
    let language = text::language();
    let (typed, problem) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let known = move || look!(account, |a| a.as_ref().map(|a| a.name.clone()).unwrap_or_default());
    let email = move || look!(account, |a| a.as_ref().map(|a| a.email.clone()).unwrap_or_default());
    let value = move || typed.get().unwrap_or_else(known);
    let (say, version) = (announcer(), live().version);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Ok(name) = untrack(value).parse::<PersonName>() else {
            return problem.set(Some(t::invalid_name(language).to_owned()));
        };
        spawn(async move {
            match account_rename(name).await {
                Ok(()) => {
                    problem.set(None);
                    say.done(t::acc_said_named(language));
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    view! {
        <form class="stack" novalidate on:submit=boxed(save)>
            <p class="muted">{email}" · "{t::acc_name_text(language)}</p>
            <Problem problem=problem/>
            <label>{t::name(language)}
                <input class="input" autocomplete="name" maxlength="120" value=untrack(known) prop:value=value on:input=boxed(move |e| typed.set(Some(event_target_value(&e))))/>
            </label>
            <div><button class="btn">{t::save(language)}</button></div>
        </form>
    }
    .erased()
}

/// The language of the console: plain forms that load the page again, as in the account's menu.
#[component]
fn Languages() -> impl IntoView {
    let language = text::language();
    let words = Language::ALL.map(|l| {
        let word = if l == Language::En { "English" } else { "Русский" };
        view! { <button class="btn" name="language" value=l.tag() lang=l.tag() aria-pressed=(l == language).to_string()>{word}</button> }
    });
    view! {
        <form class="languages" method="post" action="/session/language" aria-label=t::language(language)>
            <input type="hidden" name="back" value="/account"/>
            <span aria-hidden="true">{t::language(language)}</span>
            {words}
        </form>
    }
    .erased()
}
