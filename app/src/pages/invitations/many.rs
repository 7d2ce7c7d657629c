//! What is done with many messages: sent again, given more time, withdrawn.

use super::Ticked;
use crate::{
    api::bulk::invitations_pick,
    chunks,
    text::{self, t},
    ui::{
        announce::announcer,
        bulk::{self, Deed, Item, bulk},
        confirm::Confirm,
        desk::{Days, days::number},
        flow::{Erased, boxed, effect, look, spawn},
        late::late,
        modal::about,
        picked::Picked,
        strip::Strip,
    },
};
use leptos::prelude::*;
use muster_domain::{
    InvitationId, Language,
    bulk::{Chosen, MessageDeed, PickMessages, Refused},
    invitation::Act,
    query::InvitationQuery,
};
use std::collections::BTreeSet;

/// What was picked for an act, while it is asked for.
type Picking = RwSignal<Option<Chosen<InvitationId>>>;

/// What the questions are about.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    /// What is ticked.
    picked: RwSignal<Ticked>,
    /// What is wanted, until its question is on its way.
    wish: RwSignal<Option<Act>>,
}

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

/// The strip above the list, with the place of the acts' questions: they come with the first that is asked.
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
    let (busy, wish) = (bulk().busy(), RwSignal::new(None::<Act>));
    let begin = move |act: Act| boxed(move |_: leptos::ev::MouseEvent| wish.set(Some(act)));
    let ticked = Signal::derive(move || !matches!(*picked.read(), Picked::Nothing));
    let wanted = Signal::derive(move || wish.read().is_some());
    let make = move || chunks::message_questions(Asked { picked, wish });
    view! {
        <Strip words=words count=count total=Signal::from(total) all_words=all_words
            all=Callback::new(move |()| picked.set(Picked::All(filter.get_untracked(), BTreeSet::new())))
            none=Callback::new(move |()| picked.set(Picked::Nothing))>
            <button class="link" disabled=busy on:click=begin(Act::Resend)>{t::resend(language)}</button>
            <button class="link" disabled=busy on:click=begin(Act::Extend)>{t::inv_extend(language)}</button>
            <button class="link crit" disabled=busy on:click=begin(Act::Revoke)>{t::revoke(language)}</button>
        </Strip>
        {late(ticked, wanted, chunks::message_questions_there, make, move || wish.set(None))}
    }
    .erased()
}

/// The questions before the acts.
#[component]
pub(crate) fn Questions(asked: Asked) -> impl IntoView {
    let language = text::language();
    let Asked { picked, wish } = asked;
    let (bulk, say) = (bulk(), announcer());
    let [resending, revoking, extending]: [Picking; 3] = std::array::from_fn(|_| RwSignal::new(None));
    effect(move || {
        let Some(act) = wish.get() else { return };
        wish.set(None);
        let into = match act {
            Act::Resend => resending,
            Act::Revoke => revoking,
            _ => extending,
        };
        spawn(async move {
            match invitations_pick(picked.with_untracked(pick), act).await {
                Ok(chosen) => into.set(Some(chosen)),
                Err(error) => say.failed(&error),
            }
        });
    });
    let act = move |picking: Picking, deed: MessageDeed| {
        if let Some(chosen) = picking.get_untracked() {
            picking.set(None);
            picked.set(Picked::Nothing);
            bulk.begin(Deed::Messages(deed, chosen.begun), Item::all(&chosen));
        }
    };
    let days = RwSignal::new(String::new());
    // How many links work for longer already than is typed.
    let longer = move |chosen: &Chosen<InvitationId>| {
        look!(days, |typed| number(typed)).map_or(0, |days| chosen.longer(days))
    };
    // To how many it is done.
    let able = move |picking: Picking| {
        look!(picking, |p| p.as_ref().map_or(0, |chosen| chosen.able - longer(chosen)))
    };
    let of = move |picking: Picking, words: fn(Language, u64) -> String| {
        Signal::derive(move || words(language, able(picking)))
    };
    let button = move |picking: Picking, words: fn(Language, String) -> String| {
        Signal::derive(move || words(language, text::number(language, able(picking))))
    };
    let off = move |picking: Picking| Signal::derive(move || able(picking) == 0);
    let none = Signal::stored(None::<String>);
    let (resend, revoke, extend) =
        (about(resending, |_| ()), about(revoking, |_| ()), about(extending, |_| ()));
    // One message has the words of one, none has none.
    let text = move |picking: Picking, act: Act, one: &'static str, many: &'static str| {
        Signal::derive(move || {
            let words = |chosen: &Chosen<InvitationId>| {
                let (mut why, longer) = (chosen.refused.clone(), longer(chosen));
                if longer > 0 {
                    why.push((Refused::Longer(chosen.begun), longer));
                }
                let able = chosen.able - longer;
                let told = bulk::of_all(language, act, able, &why);
                let says = match able {
                    0 => return told,
                    1 => one,
                    _ => many,
                };
                let says = if told.is_empty() { says.to_owned() } else { format!("{told}\n\n{says}") };
                // Which of them work for longer is not known here.
                if longer > 0 {
                    return says;
                }
                bulk::messages(language, chosen, &says)
            };
            look!(picking, |p| p.as_ref().map(words)).unwrap_or_default()
        })
    };
    let (again, ended) = (t::bulk_resend_text(language), t::bulk_revoke_text(language));
    let more = t::bulk_extend_text(language);
    view! {
        <Confirm open=resend title=of(resending, t::bulk_resend_title) text=text(resending, Act::Resend, t::bulk_resend_one(language), again)
            action=button(resending, t::bulk_do_resend) off=off(resending) problem=none confirmed=move || act(resending, MessageDeed::Resend)/>
        <Confirm open=revoke title=of(revoking, t::bulk_revoke_title) text=text(revoking, Act::Revoke, t::bulk_revoke_one(language), ended)
            action=button(revoking, t::bulk_do_revoke) off=off(revoking) problem=none confirmed=move || act(revoking, MessageDeed::Revoke)/>
        <Days open=extend title=of(extending, t::bulk_extend_title) hint=text(extending, Act::Extend, more, more) days=days
            action=button(extending, t::bulk_do_extend) off=off(extending) problem=none chosen=move |days| act(extending, MessageDeed::Extend { days })/>
    }
    .erased()
}
