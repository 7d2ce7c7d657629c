//! Where one is signed in, and the ways to end it.

use super::Account;
use crate::{
    api::account::{Seen, account_session_end, account_sessions_end},
    text::{self, t},
    ui::{
        announce::{Announcer, announcer},
        flow::{Erased, For, Show, boxed, look, spawn},
        live::live,
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{Language, SessionId};

/// What the rows share.
#[derive(Clone, Copy)]
struct Acts {
    language: Language,
    say: Announcer,
    version: RwSignal<u32>,
    problem: RwSignal<Option<String>>,
}

impl Acts {
    /// Ends one session, or all but this one.
    fn end(self, which: Option<SessionId>) {
        let language = self.language;
        spawn(async move {
            let done = match which {
                Some(id) => account_session_end(id).await,
                None => account_sessions_end().await.map(|_| ()),
            };
            match done {
                Ok(()) => {
                    self.problem.set(None);
                    self.say.done(t::acc_said_ended(language));
                    self.version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => self.problem.set(Some(text::error(language, &error))),
            }
        });
    }
}

#[component]
pub(super) fn Sessions(account: Account) -> impl IntoView {
    let language = text::language();
    let problem = RwSignal::new(None::<String>);
    let acts = Acts { language, say: announcer(), version: live().version, problem };
    let all = move || look!(account, |a| a.as_ref().map(|a| a.sessions.clone()).unwrap_or_default());
    let several = Memo::new(move |_| look!(account, |a| a.as_ref().is_some_and(|a| a.sessions.len() > 1)));
    // A session that was used since is another row: the times in it are told anew.
    let key = |seen: &Seen| format!("{} {}", seen.id, seen.last_used.0);
    view! {
        <p class="muted">{t::acc_sessions_text(language)}</p>
        <Problem problem=problem/>
        <ul class="lines">
            <For each=all key=key let(seen)>{line(acts, seen)}</For>
        </ul>
        <Show when=move || several.get()>
            <button class="btn" id="end-others" on:click=boxed(move |_| acts.end(None))>{t::acc_end_others(language)}</button>
        </Show>
    }
    .erased()
}

fn line(acts: Acts, seen: Seen) -> AnyView {
    let language = acts.language;
    let Seen { id, browser, address, began_at, last_used, this } = seen;
    let browser = browser.unwrap_or_else(|| t::acc_unknown_browser(language).to_owned());
    let times = move || {
        let since = t::acc_since(language, text::moment(language, began_at));
        let used = t::acc_used(language, text::moment(language, last_used));
        if this { since } else { format!("{since} · {used}") }
    };
    let label = t::acc_end_of(language, &browser);
    view! {
        <li>
            <div>
                <b>{browser}</b>
                {this.then(|| view! { " "<span class="tag">{t::acc_this(language)}</span> })}
                <div class="sub num">{address}" · "{times}</div>
            </div>
            {(!this).then(|| view! {
                <button class="btn quiet" aria-label=label on:click=boxed(move |_| acts.end(Some(id)))>{t::acc_end(language)}</button>
            })}
        </li>
    }
    .erased()
}
