//! What is done with many devices: named by a pattern, given to a person, deleted.

mod order;
mod rename;

use super::{Ticked, owner::Give};
use crate::{
    api::bulk::devices_pick,
    chunks,
    text::{self, t},
    ui::{
        announce::announcer,
        bulk::{self, Deed, bulk},
        confirm::Confirm,
        flow::{Erased, boxed, effect, look, spawn},
        late::late,
        modal::about,
        picked::Picked,
        strip::Strip,
    },
};
use leptos::prelude::*;
use muster_domain::{
    DeviceId, Language,
    bulk::{Chosen, DeviceDeed, PickDevices},
    query::DeviceQuery,
};
use order::Tell;
use rename::Rename;
use std::collections::BTreeSet;

/// What was picked for an act, while it is asked for.
type Picking = RwSignal<Option<Chosen<DeviceId>>>;

/// What is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Rename,
    Move,
    Tell,
    Delete,
}

/// What the questions are about.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    /// What is ticked.
    picked: RwSignal<Ticked>,
    /// What the list shows.
    list: Memo<DeviceQuery>,
    /// What is wanted, until its question is on its way.
    wish: RwSignal<Option<Wish>>,
}

/// What is ticked, in the order of the list, as the server takes it.
fn pick(picked: &Ticked, list: &DeviceQuery) -> PickDevices {
    let order = DeviceQuery { sort: list.sort, descending: list.descending, ..DeviceQuery::default() };
    match picked {
        Picked::Nothing => PickDevices { these: Some(Vec::new()), ..PickDevices::default() },
        Picked::These(ids) => {
            PickDevices { query: order, these: Some(ids.iter().copied().collect()), except: Vec::new() }
        }
        Picked::All(query, except) => PickDevices {
            query: DeviceQuery { sort: list.sort, descending: list.descending, ..query.clone() },
            these: None,
            except: except.iter().copied().collect(),
        },
    }
}

/// The strip above the list, with the place of the acts' questions: they come with the first that is asked.
#[component]
pub(super) fn Many(
    picked: RwSignal<Ticked>,
    /// What the list is filtered by.
    filter: Memo<DeviceQuery>,
    /// What the list shows.
    list: Memo<DeviceQuery>,
    /// How many match.
    total: RwSignal<u64>,
) -> impl IntoView {
    let language = text::language();
    let count = Signal::derive(move || look!(picked, |p| p.count(total.get())));
    let words = Signal::derive(move || match count.get() {
        0 => t::bulk_strip_devices(language).to_owned(),
        n => t::bulk_selected(language, text::number(language, n)),
    });
    let all_words = Signal::derive(move || t::bulk_select_all(language, text::number(language, total.get())));
    let (busy, wish) = (bulk().busy(), RwSignal::new(None::<Wish>));
    let begin = move |what: Wish| boxed(move |_: leptos::ev::MouseEvent| wish.set(Some(what)));
    let ticked = Signal::derive(move || !matches!(*picked.read(), Picked::Nothing));
    let wanted = Signal::derive(move || wish.read().is_some());
    let make = move || chunks::device_questions(Asked { picked, list, wish });
    view! {
        <Strip words=words count=count total=Signal::from(total) all_words=all_words
            all=Callback::new(move |()| picked.set(Picked::All(filter.get_untracked(), BTreeSet::new())))
            none=Callback::new(move |()| picked.set(Picked::Nothing))>
            <button class="link" disabled=busy on:click=begin(Wish::Rename)>{t::dev_rename(language)}</button>
            <button class="link" disabled=busy on:click=begin(Wish::Move)>{t::dev_move(language)}</button>
            <button class="link" disabled=busy on:click=begin(Wish::Tell)>{t::ord_menu(language)}</button>
            <button class="link crit" disabled=busy on:click=begin(Wish::Delete)>{t::delete(language)}</button>
        </Strip>
        {late(ticked, wanted, chunks::device_questions_there, make, move || wish.set(None))}
    }
    .erased()
}

/// The questions before the acts.
#[component]
pub(crate) fn Questions(asked: Asked) -> impl IntoView {
    let language = text::language();
    let Asked { picked, list, wish } = asked;
    let (bulk, say) = (bulk(), announcer());
    let [renaming, moving, telling, deleting]: [Picking; 4] = std::array::from_fn(|_| RwSignal::new(None));
    effect(move || {
        let Some(what) = wish.get() else { return };
        wish.set(None);
        let into = match what {
            Wish::Rename => renaming,
            Wish::Move => moving,
            Wish::Tell => telling,
            Wish::Delete => deleting,
        };
        let pick = picked.with_untracked(|p| list.with_untracked(|list| pick(p, list)));
        spawn(async move {
            match devices_pick(pick).await {
                Ok(chosen) => into.set(Some(chosen)),
                Err(error) => say.failed(&error),
            }
        });
    });
    let act = move |picking: Picking, deed: DeviceDeed| {
        if let Some(chosen) = picking.get_untracked() {
            picking.set(None);
            picked.set(Picked::Nothing);
            bulk.begin(Deed::Devices(deed, chosen.begun), &chosen);
        }
    };
    let title = move |picking: Picking, words: fn(Language, u64) -> String| {
        Signal::derive(move || {
            words(language, look!(picking, |p| p.as_ref().map_or(0, |p| p.ids.len() as u64)))
        })
    };
    let text = move |picking: Picking, words: fn(Language, &Chosen<DeviceId>) -> String| {
        Signal::derive(move || {
            let text = |chosen: &Chosen<DeviceId>| bulk::devices(language, chosen, &words(language, chosen));
            look!(picking, |p| p.as_ref().map(text)).unwrap_or_default()
        })
    };
    let (rename, give) = (about(renaming, |_| ()), about(moving, |_| ()));
    let (tell, delete) = (about(telling, |_| ()), about(deleting, |_| ()));
    let none = Signal::stored(None::<String>);
    view! {
        <Rename open=rename picking=renaming title=title(renaming, t::bulk_rename_title)
            chosen=move |pattern| act(renaming, DeviceDeed::Rename { pattern })/>
        <Give open=give title=title(moving, t::bulk_move_title) text=text(moving, move_text) has=Signal::stored(None) problem=none
            given=move |(owner, _)| act(moving, DeviceDeed::Move { owner })/>
        <Tell open=tell picking=telling title=title(telling, t::ord_title) text=text(telling, |_, _| String::new())
            chosen=move |(order, named)| act(telling, DeviceDeed::Order { order, named })/>
        <Confirm open=delete title=title(deleting, t::bulk_delete_title) text=text(deleting, delete_text)
            action=t::delete(language) problem=none confirmed=move || act(deleting, DeviceDeed::Delete)/>
    }
    .erased()
}

/// What comes of giving them away: one device has the words of one.
fn move_text(language: Language, chosen: &Chosen<DeviceId>) -> String {
    let words = if chosen.ids.len() == 1 { t::bulk_move_one(language) } else { t::bulk_move_text(language) };
    words.to_owned()
}

/// What is lost with them, and whose they are.
fn delete_text(language: Language, chosen: &Chosen<DeviceId>) -> String {
    if chosen.ids.len() == 1 {
        return t::bulk_delete_one(language).to_owned();
    }
    let whose = match chosen.people {
        1 => t::bulk_delete_same(language).to_owned(),
        n => t::bulk_delete_people(language, n),
    };
    format!("{whose} {}", t::bulk_delete_text(language))
}
