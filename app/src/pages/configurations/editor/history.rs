//! The versions of a configuration: who saved which, when; each can be looked at and brought back.

use super::{Desk, PATH, save};
use crate::{
    text::{self, t},
    ui::flow::{Erased, For, Show, boxed, look},
};
use leptos::prelude::*;
use muster_domain::ports::VersionRow;

#[component]
pub(super) fn History(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let row = move |row: VersionRow| {
        let VersionRow { version, saved_at, saved_by, restored } = row;
        let said = move || t::cfg_by(language, text::moment(language, saved_at), saved_by.clone());
        let href = move || {
            let id = look!(desk.row, |row| row.as_ref().map(|row| row.id.to_string()).unwrap_or_default());
            format!("{PATH}/{id}?version={version}")
        };
        let holds = move || look!(desk.row, |row| row.as_ref().is_some_and(|row| row.version == version));
        let back = t::cfg_bring_back(language, version);
        view! {
            <li>
                <div>
                    <a class="link" href=href>{t::cfg_version(language, version)}</a>
                    <div class="sub">{said}{restored.map(|former| format!(" · {}", t::cfg_restored(language, former)))}</div>
                </div>
                <button type="button" class="btn" hidden=move || holds() || !desk.may.get() on:click=boxed(move |_| save::bring_back(desk, version))>{back}</button>
            </li>
        }
    };
    view! {
        <Show when=move || !desk.versions.read().is_empty()>
            <section class="set-part" aria-label=t::cfg_history(language)>
                <div class="set-about"><h2>{t::cfg_history(language)}</h2></div>
                <ol class="profiles card cfg-history">
                    <For each=move || desk.versions.get() key=|row| row.version children=row/>
                </ol>
            </section>
        </Show>
    }
    .erased()
}
