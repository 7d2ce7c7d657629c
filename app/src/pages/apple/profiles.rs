//! Configuration profiles for devices: dropped here, and installed from a device's window or the list.

use super::{Section, again};
use crate::{
    api::profiles::{profile_delete, profile_upload, profiles_list},
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        fetch::Fetched,
        flow::{Erased, For, Wait, boxed, look, spawn},
        live::live,
        modal::about,
        problem::Problem,
        upload::{all_chosen, all_dropped, base64},
    },
};
use leptos::prelude::*;
use muster_domain::ports::ProfileRow;
use web_sys::File;

/// Bytes of a profile at most, as the server takes them.
const MOST: f64 = 700.0 * 1024.0;

#[component]
pub(super) fn Profiles() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let fetched = Fetched::new(move || version.get(), |_| profiles_list());
    let rows = RwSignal::new(Vec::<ProfileRow>::new());
    let (problem, busy, over) = (RwSignal::new(None::<String>), RwSignal::new(false), RwSignal::new(false));
    let take = move || {
        if let Some(Ok(found)) = fetched.get() {
            rows.set(found);
        }
    };
    let say = announcer();
    let send = move |files: Vec<File>| {
        over.set(false);
        problem.set(None);
        if files.is_empty() {
            return;
        }
        if files.iter().any(|file| file.size() > MOST) {
            return problem.set(Some(t::prf_large(language).to_owned()));
        }
        busy.set(true);
        spawn(async move {
            for file in files {
                let Some(content) = base64(&file).await else {
                    problem.set(Some(t::apl_unread(language).to_owned()));
                    continue;
                };
                match profile_upload(content).await {
                    Ok(row) => say.done(t::prf_said(language, row.name)),
                    Err(error) => {
                        problem.set(Some(format!("{}: {}", file.name(), text::error(language, &error))));
                    }
                }
            }
            busy.set(false);
            again();
        });
    };
    let dropped = move |event: web_sys::DragEvent| {
        event.prevent_default();
        send(all_dropped(&event));
    };
    let over_it = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let deleting = RwSignal::new(None::<ProfileRow>);
    let delete_problem = RwSignal::new(None::<String>);
    let open = about(deleting, move |_| delete_problem.set(None));
    let delete = move || {
        let Some(row) = deleting.get_untracked() else { return };
        spawn(async move {
            match profile_delete(row.id).await {
                Ok(()) => {
                    open.set(false);
                    say.done(t::prf_said_deleted(language, row.name));
                    again();
                }
                Err(error) => delete_problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let title = Signal::derive(move || {
        let name = look!(deleting, |d| d.as_ref().map(|d| d.name.clone()).unwrap_or_default());
        t::prf_delete_title(language, name)
    });
    let row = move |row: ProfileRow| {
        let (name, at, whole) = (row.name.clone(), row.uploaded_at, row.clone());
        view! {
            <li>
                <div><b>{row.name.clone()}</b><div class="sub">{row.identifier.clone()}</div><div class="sub">{row.payloads.join(", ")}</div></div>
                <span class="muted num">{move || text::moment(language, at)}</span>
                <button type="button" class="btn" aria-label=format!("{}: {name}", t::delete(language)) on:click=boxed(move |_| deleting.set(Some(whole.clone())))>{t::delete(language)}</button>
            </li>
        }
    };
    view! {
        <Section title=t::prf_title(language) about=t::prf_about(language)>
            <label class="drop apl-drop" class:over=move || over.get() on:dragover=boxed(over_it) on:dragleave=boxed(move |_: web_sys::DragEvent| over.set(false)) on:drop=boxed(dropped)>
                <input type="file" accept=".mobileconfig" multiple disabled=move || busy.get() on:change=boxed(move |e| send(all_chosen(&e)))/>
                <span>{t::prf_drop(language)}</span>
            </label>
            <Problem problem=problem/>
            <Wait take=take>
                <p class="muted" hidden=move || !rows.read().is_empty()>{t::prf_none(language)}</p>
                <ul class="profiles"><For each=move || rows.get() key=|r| format!("{} {}", r.id, r.uploaded_at.0) children=row/></ul>
            </Wait>
        </Section>
        <Confirm open=open title=title text=Signal::stored(t::prf_delete_text(language).to_owned()) action=t::delete(language) problem=delete_problem confirmed=delete/>
    }
    .erased()
}
