//! The workspace's accounts: who is in it, who is invited, and what each may do.

mod change;
mod invite;
mod offers;
pub(super) mod words;

pub(crate) use words::role;

use crate::{
    api::accounts::{Team, accounts_list},
    text::{self, t},
    ui::{
        announce::{Announcer, announcer},
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, boxed, look},
        help::Help,
        icon::{self, Icon},
        list::{Export, Rows, merge},
        live::live,
        once::once,
        parts::address,
        problem::Problem,
        role::may,
        skeleton::Bones,
        views::SettingsViews,
    },
};
use change::{Change, Remove};
use invite::{Handed, Invite};
use leptos::prelude::*;
use muster_domain::{
    AccountId, Language,
    account::{Permission, Role},
    ports::{Member, Offer},
};
use offers::Offers;

/// What the page's parts share.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    /// The language of the page.
    language: Language,
    /// Says results.
    say: Announcer,
    /// Who is in the workspace.
    members: Rows<String, Member>,
    /// Who is invited.
    offers: Rows<String, Offer>,
    /// Who looks, and as what.
    me: RwSignal<Option<(AccountId, Role)>>,
    /// Whether invitations can be sent by mail.
    mails: RwSignal<bool>,
    /// A link that is to be handed over: whose, and the link.
    handed: RwSignal<Option<Handed>>,
    /// Whose role is changed.
    changed: RwSignal<Option<Member>>,
    /// Who is removed.
    removed: RwSignal<Option<Member>>,
}

impl Desk {
    fn new() -> Self {
        Self {
            language: text::language(),
            say: announcer(),
            members: RwSignal::new(Vec::new()),
            offers: RwSignal::new(Vec::new()),
            me: RwSignal::new(None),
            mails: RwSignal::new(false),
            handed: RwSignal::new(None),
            changed: RwSignal::new(None),
            removed: RwSignal::new(None),
        }
    }

    fn take(self, team: Team) {
        let mine = team.members.iter().find(|m| m.account == team.me).map(|m| (m.account, m.role));
        if self.me.get_untracked() != mine {
            self.me.set(mine);
        }
        if self.mails.get_untracked() != team.mails {
            self.mails.set(team.mails);
        }
        merge(self.members, team.members, |m| m.account.to_string());
        merge(self.offers, team.offers, |o| o.id.to_string());
    }

    /// Whether who looks may give that role, and take it.
    fn may_give(self, role: Role) -> bool {
        self.me.get().is_some_and(|(_, mine)| mine.may_give(role))
    }

    /// The roles that who looks may give.
    fn roles(self) -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| self.may_give(*role)).collect()
    }
}

#[component]
pub(crate) fn Accounts() -> impl IntoView {
    let language = text::language();
    let may = may(Permission::Accounts);
    let version = live().version;
    let team = Fetched::new(move || version.get(), |_| accounts_list());
    let desk = Desk::new();
    let problem = RwSignal::new(None::<String>);
    let inviting = RwSignal::new(false);
    once("invite", Signal::stored(true), move || inviting.set(true));
    let take = move || match team.get() {
        Some(Ok(team)) => {
            problem.set(None);
            desk.take(team);
        }
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    view! {
        <main class="main accounts">
            <div class="head">
                <h1 tabindex="-1">{t::acc_title(language)}</h1><Help page="accounts" about=t::acc_title(language)/>
                <SettingsViews/>
                <Show when=move || may.get()>
                    <div class="end">
                        <button class="btn primary" id="invite" on:click=boxed(move |_| inviting.set(true))>
                            <Icon path=icon::PLUS/>{t::acc_invite(language)}
                        </button>
                    </div>
                </Show>
            </div>
            <p class="muted set-intro">{t::acc_intro(language)}</p>
            <Show when=move || may.get()>
                <Invite desk=desk open=inviting/>
                <Change desk=desk/>
                <Remove desk=desk/>
            </Show>
            <Problem problem=problem/>
            <Wait take=take bones=Bones::Rows>
                <div class="card"><Members desk=desk/><div class="foot"><span class="end"><Export path="/accounts"/></span></div></div>
                <Offers desk=desk/>
            </Wait>
        </main>
    }
    .erased()
}

#[component]
fn Members(desk: Desk) -> impl IntoView {
    let language = text::language();
    let may = may(Permission::Accounts);
    view! {
        <table class="team">
            <thead><tr>
                <th scope="col">{t::name(language)}</th>
                <th scope="col">{t::acc_role(language)}</th>
                <th scope="col">{t::acc_signed_in(language)}</th>
                <Show when=move || may.get()><th scope="col"><span class="unseen">{t::inv_acts(language)}</span></th></Show>
            </tr></thead>
            <tbody>
                <For each=move || desk.members.get() key=|(id, _)| id.clone() let((_, row))>
                    <Row desk=desk row=row/>
                </For>
            </tbody>
        </table>
    }
    .erased()
}

#[component]
fn Row(desk: Desk, row: ArcRwSignal<Member>) -> impl IntoView {
    let language = text::language();
    let may = may(Permission::Accounts);
    let row = RwSignal::from(row);
    let is_me = Memo::new(move |_| {
        let me = desk.me.get().map(|(me, _)| me);
        look!(row, |m| me == Some(m.account))
    });
    let acts = Memo::new(move |_| !is_me.get() && desk.may_give(look!(row, |m| m.role)));
    let name = move || look!(row, |m| m.name.clone());
    let seen = move || {
        let at = look!(row, |m| m.signed_in_at);
        at.map_or_else(|| t::acc_never(language).to_owned(), |at| text::moment(language, at))
    };
    view! {
        <tr>
            <td class="who">
                <span class="name">{name}</span>
                <Show when=move || is_me.get()>" "<span class="tag">{t::acc_you(language)}</span></Show>
                <div class="sub">{move || look!(row, |m| address(&m.email))}</div>
            </td>
            <td class="role">{move || role(language, look!(row, |m| m.role))}</td>
            <td class="muted num seen"><span class="says">{t::acc_signed_in(language)}": "</span>{seen}</td>
            <Show when=move || may.get()>
                <td class="acts">
                    <Show when=move || is_me.get()><a class="btn quiet" href="/account">{t::acc_mine(language)}</a></Show>
                    <Show when=move || acts.get()>
                        <button class="btn quiet" aria-label=move || t::acc_change_of(language, name()) on:click=boxed(move |_| desk.changed.set(Some(row.get_untracked())))>{t::acc_change(language)}</button>
                        <button class="btn quiet danger" aria-label=move || t::acc_remove_of(language, name()) on:click=boxed(move |_| desk.removed.set(Some(row.get_untracked())))>{t::acc_remove(language)}</button>
                    </Show>
                </td>
            </Show>
        </tr>
    }
    .erased()
}
