//! Open invitations: until when, how they got out, and what is possible with each.

use super::{
    Desk,
    invite::tell,
    words::{delivery, role},
};
use crate::{
    api::accounts::{account_invite_again, account_invite_revoke},
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        flow::{Erased, For, Show, boxed, look, spawn},
        live::live,
        modal::about,
        parts::address,
        problem::Problem,
        role::may,
    },
};
use leptos::prelude::*;
use muster_domain::{
    account::Permission,
    ports::{Delivery, Offer},
};

/// What the rows share.
#[derive(Clone, Copy)]
struct Acts {
    desk: Desk,
    withdrawn: RwSignal<Option<Offer>>,
    problem: RwSignal<Option<String>>,
}

#[component]
pub(super) fn Offers(desk: Desk) -> impl IntoView {
    let language = text::language();
    let may = may(Permission::Accounts);
    let acts = Acts { desk, withdrawn: RwSignal::new(None), problem: RwSignal::new(None) };
    let problem = acts.problem;
    view! {
        <Show when=move || !desk.offers.read().is_empty()>
            <h2 class="invited">{t::acc_invited(language)}</h2>
            <Problem problem=problem/>
            <div class="card">
                <table class="team">
                    <thead><tr>
                        <th scope="col">{t::email(language)}</th>
                        <th scope="col">{t::acc_role(language)}</th>
                        <th scope="col">{t::acc_until(language)}</th>
                        <Show when=move || may.get()><th scope="col"><span class="unseen">{t::inv_acts(language)}</span></th></Show>
                    </tr></thead>
                    <tbody>
                        <For each=move || desk.offers.get() key=|(id, _)| id.clone() let((_, row))>
                            <Row acts=acts row=row/>
                        </For>
                    </tbody>
                </table>
            </div>
        </Show>
        <Withdraw acts=acts/>
    }
    .erased()
}

#[component]
fn Row(acts: Acts, row: ArcRwSignal<Offer>) -> impl IntoView {
    let language = text::language();
    let (may, desk, problem) = (may(Permission::Accounts), acts.desk, acts.problem);
    let row = RwSignal::from(row);
    let busy = RwSignal::new(false);
    let possible = Memo::new(move |_| desk.may_give(look!(row, |o| o.role)));
    let email = move || look!(row, |o| o.email.clone());
    let version = live().version;
    let again = move |mail: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let (id, to) = row.with_untracked(|o| (o.id, o.email.clone()));
        spawn(async move {
            match account_invite_again(id, mail).await {
                Ok(invited) => {
                    tell(desk, to, invited, problem);
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
            version.update(|v| *v = v.wrapping_add(1));
        });
    };
    let below = move || {
        let way = look!(row, |o| delivery(language, &o.delivery));
        let by = look!(row, |o| o.by.as_ref().map(|by| t::acc_by(language, by)));
        [Some(way), by].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    let bad = move || look!(row, |o| matches!(o.delivery, Delivery::Failed(_)));
    view! {
        <tr>
            <td class="who">
                <span class="name">{move || look!(row, |o| address(&o.email))}</span>
                <div class="sub" class:crit=bad>{below}</div>
            </td>
            <td class="role">{move || role(language, look!(row, |o| o.role))}</td>
            <td class="muted num seen"><span class="says">{t::acc_until(language)}": "</span>{move || text::moment(language, look!(row, |o| o.expires_at))}</td>
            <Show when=move || may.get()>
                <td class="acts"><Show when=move || possible.get()>
                    <Show when=move || desk.mails.get()>
                        <button class="btn quiet" disabled=busy aria-label=move || t::acc_again_of(language, email()) on:click=boxed(move |_| again(true))>{t::acc_again(language)}</button>
                    </Show>
                    <button class="btn quiet" disabled=busy aria-label=move || t::acc_new_link_of(language, email()) on:click=boxed(move |_| again(false))>{t::acc_new_link(language)}</button>
                    <button class="btn quiet danger" aria-label=move || t::acc_withdraw_of(language, email()) on:click=boxed(move |_| acts.withdrawn.set(Some(row.get_untracked())))>{t::acc_withdraw(language)}</button>
                </Show></td>
            </Show>
        </tr>
    }
    .erased()
}

/// The question before an invitation ends.
#[component]
fn Withdraw(acts: Acts) -> impl IntoView {
    let language = text::language();
    let (problem, withdrawn) = (RwSignal::new(None::<String>), acts.withdrawn);
    let open = about(withdrawn, move |_| problem.set(None));
    let (say, version) = (announcer(), live().version);
    let withdraw = move |()| {
        let Some(offer) = withdrawn.get_untracked() else { return };
        spawn(async move {
            match account_invite_revoke(offer.id).await {
                Ok(()) => {
                    open.set(false);
                    say.done(t::acc_said_withdrawn(language, &offer.email));
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let title = Signal::derive(move || {
        let email = look!(withdrawn, |o| o.as_ref().map(|o| o.email.clone()).unwrap_or_default());
        t::acc_withdraw_title(language, email)
    });
    view! {
        <Confirm open=open title=title text=t::acc_withdraw_text(language).to_owned() action=t::acc_withdraw(language) problem=problem confirmed=withdraw/>
    }
    .into_any()
}
