//! What is done with many messages: sent again, given more time, withdrawn.

use super::Ticked;
use crate::{
    api::bulk::invitations_pick,
    text::{self, t},
    ui::{
        announce::announcer,
        bulk::{self, Deed, Item, bulk},
        confirm::Confirm,
        desk::Days,
        flow::{Erased, boxed, look, spawn},
        modal::about,
        picked::Picked,
        strip::Strip,
    },
};
use leptos::prelude::*;
use muster_domain::{
    InvitationId,
    bulk::{Chosen, MessageDeed, PickMessages},
    query::InvitationQuery,
};
use std::collections::BTreeSet;

/// What was picked for an act, while it is asked for.
type Picking = RwSignal<Option<Chosen<InvitationId>>>;

/// What is ticked, as the server takes it.
fn pick(picked: &Ticked) -> PickMessages {
    match picked {
        Picked::Nothing => PickMessages { these: Some(Vec::new()), ..PickMessages::default() },
        Picked::These(ids) => {
            PickMessages { these: Some(ids.iter().copied().collect()), ..PickMessages::default() }
        }
        Picked::All(query, except) => {
            PickMessages { query: query.clone(), these: None, except: except.iter().copied().collect() }
        }
    }
}

/// The strip above the list, with the acts' questions.
#[component]
pub(super) fn Many(
    picked: RwSignal<Ticked>,
    /// What the list is filtered by.
    filter: Memo<InvitationQuery>,
    /// How many match.
    total: RwSignal<u64>,
) -> impl IntoView {
    let language = text::language();
    let count = Signal::derive(move || look!(picked, |p| p.count(total.get())));
    let words = Signal::derive(move || match count.get() {
        0 => t::bulk_strip_messages(language).to_owned(),
        n => t::bulk_selected(language, text::number(language, n)),
    });
    let all_words = Signal::derive(move || t::bulk_select_all(language, text::number(language, total.get())));
    let [resending, revoking, extending]: [Picking; 3] = std::array::from_fn(|_| RwSignal::new(None));
    let (busy, say) = (bulk().busy(), announcer());
    let begin = move |into: Picking| {
        boxed(move |_: leptos::ev::MouseEvent| {
            spawn(async move {
                match invitations_pick(picked.with_untracked(pick)).await {
                    Ok(chosen) => into.set(Some(chosen)),
                    Err(error) => say.failed(&error),
                }
            });
        })
    };
    view! {
        <Strip words=words count=count total=Signal::from(total) all_words=all_words
            all=Callback::new(move |()| picked.set(Picked::All(filter.get_untracked(), BTreeSet::new())))
            none=Callback::new(move |()| picked.set(Picked::Nothing))>
            <button class="link" disabled=busy on:click=begin(resending)>{t::resend(language)}</button>
            <button class="link" disabled=busy on:click=begin(extending)>{t::inv_extend(language)}</button>
            <button class="link crit" disabled=busy on:click=begin(revoking)>{t::revoke(language)}</button>
        </Strip>
        <Questions picked=picked resending=resending revoking=revoking extending=extending/>
    }
    .erased()
}

#[component]
fn Questions(
    picked: RwSignal<Ticked>,
    resending: Picking,
    revoking: Picking,
    extending: Picking,
) -> impl IntoView {
    let language = text::language();
    let bulk = bulk();
    let act = move |picking: Picking, deed: MessageDeed| {
        if let Some(chosen) = picking.get_untracked() {
            picking.set(None);
            picked.set(Picked::Nothing);
            bulk.begin(Deed::Messages(deed, chosen.begun), Item::all(&chosen));
        }
    };
    let of = move |picking: Picking, words: fn(muster_domain::Language, u64) -> String| {
        Signal::derive(move || {
            words(language, look!(picking, |p| p.as_ref().map_or(0, |p| p.ids.len() as u64)))
        })
    };
    let none = Signal::stored(None::<String>);
    let (resend, revoke, extend) =
        (about(resending, |_| ()), about(revoking, |_| ()), about(extending, |_| ()));
    // One message has the words of one.
    let text = move |picking: Picking, one: &'static str, many: &'static str| {
        Signal::derive(move || {
            look!(picking, |p| p.as_ref().map(|chosen| {
                bulk::messages(language, chosen, if chosen.ids.len() == 1 { one } else { many })
            }))
            .unwrap_or_default()
        })
    };
    let (again, ended) = (t::bulk_resend_text(language), t::bulk_revoke_text(language));
    let longer = t::bulk_extend_text(language);
    view! {
        <Confirm open=resend title=of(resending, t::bulk_resend_title) text=text(resending, t::bulk_resend_one(language), again) action=t::resend(language) problem=none
            confirmed=move || act(resending, MessageDeed::Resend)/>
        <Confirm open=revoke title=of(revoking, t::bulk_revoke_title) text=text(revoking, t::bulk_revoke_one(language), ended) action=t::revoke(language) problem=none
            confirmed=move || act(revoking, MessageDeed::Revoke)/>
        <Days open=extend title=of(extending, t::bulk_extend_title) hint=text(extending, longer, longer) problem=none
            chosen=move |days| act(extending, MessageDeed::Extend { days })/>
    }
    .erased()
}
