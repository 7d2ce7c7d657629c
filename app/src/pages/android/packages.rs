//! Android packages: dropped here, verified by the server, and fetched by phones.

use crate::{
    api::android::{Android, Shelved, package_delete},
    pages::apple::{Section, again},
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        dialog::land,
        flow::{Erased, For, Show, boxed, effect, look, spawn},
        modal::about,
        problem::Problem,
        upload::{self, Sending},
    },
};
use leptos::prelude::*;
use muster_domain::Language;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;
use web_sys::File;

/// Where a package is sent.
const TO: &str = "/settings/android/package";
/// Bytes of a package at most, as the server takes them.
const MOST: f64 = 300.0 * 1024.0 * 1024.0;

thread_local! {
    /// A file of another signer, until somebody says whether that is meant. No signal: the server drops those on any thread.
    static OTHER: Cell<Option<(File, Meant)>> = const { Cell::new(None) };
    /// The file that is on its way.
    static SENDING: RefCell<Option<Sending>> = const { RefCell::new(None) };
}

/// Why a package was not taken: the server's name for it, and its words.
#[derive(Default)]
struct Refused {
    kind: String,
    message: String,
}

/// In English the server's words, which are exact; else those for their kind.
fn why(language: Language, refused: &Refused) -> String {
    let kind = match refused.kind.as_str() {
        "no_package" => t::and_no_package(language),
        "damaged" => t::and_damaged(language),
        "large" => t::and_large(language),
        "bomb" => t::and_bomb(language),
        "bundle" => t::and_bundle(language),
        "built" => t::and_built(language),
        "unsigned" => t::and_unsigned(language),
        "signer" => t::and_signer(language),
        "changed" => t::and_changed(language),
        "surplus" => t::and_surplus(language),
        "no_receiver" => t::and_no_receiver(language),
        "full" => t::and_full(language),
        "no_room" => t::and_no_room(language),
        "elsewhere" => t::acc_elsewhere(language),
        "busy" => t::and_busy(language),
        _ => t::and_failed(language),
    };
    if language == Language::En && !refused.message.is_empty() {
        let mut letters = refused.message.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        return format!("{first}{}.", letters.as_str());
    }
    kind.to_owned()
}

/// What phones refuse as the next version of what is here, and somebody says is meant.
#[derive(Clone, Copy, Default)]
struct Meant {
    signer: bool,
    older: bool,
}

impl Meant {
    fn path(self) -> String {
        let signer = if self.signer { "other" } else { "" };
        let version = if self.older { "older" } else { "" };
        format!("{TO}?signer={signer}&version={version}")
    }
}

/// What the server answered: the name of what it took, or why it did not.
fn told(answer: Option<(u16, String)>) -> Result<String, Refused> {
    let refused = |kind: &str| Refused { kind: kind.into(), message: String::new() };
    let (status, body) = answer.ok_or_else(Refused::default)?;
    match status {
        409 => return Err(refused("elsewhere")),
        503 => return Err(refused("busy")),
        _ => {}
    }
    let told = js_sys::JSON::parse(&body).map_err(|_| Refused::default())?;
    let field = |name: &str| js_sys::Reflect::get(&told, &JsValue::from_str(name)).ok()?.as_string();
    if (200..300).contains(&status) {
        return Ok(field("name").unwrap_or_default());
    }
    Err(Refused { kind: field("refused").unwrap_or_default(), message: field("message").unwrap_or_default() })
}

/// Megabytes, as people write them.
fn megabytes(language: Language, bytes: u64) -> String {
    let tenths = (bytes.saturating_mul(10) + (1 << 19)) >> 20;
    let point = if language == Language::Ru { ',' } else { '.' };
    format!("{}{point}{}", tenths / 10, tenths % 10)
}

/// One package: what it is, where phones fetch it, who brought it.
fn row(language: Language, shelved: Shelved, deleting: RwSignal<Option<Shelved>>) -> AnyView {
    let (package, whole) = (shelved.package.clone(), shelved.clone());
    let (name, at) = (package.name.clone(), package.uploaded_at);
    let size = megabytes(language, package.size);
    let facts = t::and_facts(language, package.version_code, size, package.version());
    let receiver = package
        .receiver
        .clone()
        .map(|receiver| view! { <dt>{t::and_receiver(language)}</dt><dd><code>{receiver}</code></dd> });
    let by = package.uploaded_by.clone().map(|by| format!(" · {by}"));
    view! {
        <li>
            <div>
                <b>{package.name.clone()}</b>
                <div class="sub">{facts}</div>
                <details class="sub">
                    <summary>{t::and_details(language)}</summary>
                    <dl class="apl-facts">
                        <dt>{t::and_address(language)}</dt><dd><code>{shelved.address.clone()}</code></dd>
                        <dt>"SHA-256"</dt><dd><code>{package.sha256.clone()}</code></dd>
                        <dt>{t::and_checksum(language)}</dt><dd><code>{package.checksum.clone()}</code></dd>
                        {receiver}
                    </dl>
                </details>
            </div>
            <span class="muted num">{move || text::moment(language, at)}{by}</span>
            <button type="button" class="btn" aria-label=format!("{}: {name}", t::delete(language)) on:click=boxed(move |_| deleting.set(Some(whole.clone())))>{t::delete(language)}</button>
        </li>
    }
    .into_any()
}

#[component]
pub(super) fn Packages(there: RwSignal<Option<Android>>) -> impl IntoView {
    let language = text::language();
    let (problem, busy, over) = (RwSignal::new(None::<String>), RwSignal::new(false), RwSignal::new(false));
    // It is asked whether that is meant, of the first thing or of the second.
    let (asks, older) = (RwSignal::new(false), RwSignal::new(false));
    // How much of a hundred has gone.
    let far = RwSignal::new(0_u8);
    // What comes of it stands on the page.
    let unsaid = RwSignal::new(None::<String>);
    let say = announcer();
    let ended = move |file: File, meant: Meant, answer| {
        SENDING.set(None);
        // Who has left the page is told by the list when they come back.
        let Some(stopped) = busy.try_get_untracked().map(|busy| !busy) else { return };
        busy.set(false);
        match told(answer) {
            Ok(name) => {
                say.done(t::and_said(language, name));
                again();
            }
            Err(refused) if matches!(refused.kind.as_str(), "other_signer" | "older") => {
                older.set(refused.kind == "older");
                let signer = meant.signer || refused.kind == "other_signer";
                OTHER.set(Some((file, Meant { signer, older: meant.older || refused.kind == "older" })));
                asks.set(true);
            }
            Err(_) if stopped => land(vec![".apl-drop input".to_owned()]),
            Err(refused) => problem.set(Some(why(language, &refused))),
        }
    };
    let send = move |file: File, meant: Meant| {
        over.set(false);
        problem.set(None);
        if file.size() > MOST {
            return problem.set(Some(t::and_large(language).to_owned()));
        }
        far.set(0);
        busy.set(true);
        let its = file.clone();
        let begun = Sending::begin(
            &meant.path(),
            &file,
            move |now| {
                let _ = far.try_set(now);
            },
            move |answer| ended(its, meant, answer),
        );
        if begun.is_none() {
            busy.set(false);
            problem.set(Some(t::and_failed(language).to_owned()));
        }
        SENDING.set(begun);
    };
    let stop = move |_| {
        busy.set(false);
        SENDING.with_borrow(|sending| sending.iter().for_each(Sending::stop));
    };
    let dropped = move |event: web_sys::DragEvent| {
        event.prevent_default();
        if let Some(file) = upload::dropped(&event) {
            send(file, Meant::default());
        }
    };
    let over_it = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let chosen = move |event: web_sys::Event| {
        if let Some(file) = upload::chosen(&event) {
            send(file, Meant::default());
        }
    };
    let meant = move || {
        asks.set(false);
        if let Some((file, meant)) = OTHER.take() {
            send(file, meant);
        }
    };
    // The field had the focus, and was off while the file was on its way: with a no it has it again.
    let mut was_asked = false;
    effect(move || {
        let now = asks.get();
        if was_asked && !now {
            land(vec![".apl-drop input".to_owned()]);
        }
        was_asked = now;
    });
    let deleting = RwSignal::new(None::<Shelved>);
    let delete_problem = RwSignal::new(None::<String>);
    let open = about(deleting, move |_| delete_problem.set(None));
    let delete = move || {
        let Some(row) = deleting.get_untracked() else { return };
        spawn(async move {
            match package_delete(row.package.id).await {
                Ok(()) => {
                    open.set(false);
                    say.done(t::and_said_deleted(language, row.package.name));
                    again();
                }
                Err(error) => delete_problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let title = Signal::derive(move || {
        let name = look!(deleting, |d| d.as_ref().map(|d| d.package.name.clone()).unwrap_or_default());
        t::and_delete_title(language, name)
    });
    let rows =
        Memo::new(move |_| look!(there, |t| t.as_ref().map(|t| t.packages.clone()).unwrap_or_default()));
    view! {
        <Section title=t::and_packages(language) about=t::and_packages_about(language)>
            <label class="drop apl-drop" class:over=move || over.get() on:dragover=boxed(over_it) on:dragleave=boxed(move |_: web_sys::DragEvent| over.set(false)) on:drop=boxed(dropped)>
                <input type="file" accept=".apk,application/vnd.android.package-archive" disabled=move || busy.get() on:change=boxed(chosen)/>
                <span>{move || if busy.get() { t::and_sending(language) } else { t::and_drop(language) }}</span>
            </label>
            <Show when=move || busy.get()>
                <div class="apl-sending">
                    <progress max="100" value=move || far.get().to_string() aria-label=t::and_sent_label(language)></progress>
                    <span class="muted num">{move || if far.get() < 100 { t::and_sent(language, far.get()) } else { t::and_verifying(language).to_owned() }}</span>
                    <button type="button" class="btn" on:click=boxed(stop)>{t::cancel(language)}</button>
                </div>
            </Show>
            <Problem problem=problem/>
            <p class="muted" hidden=move || !rows.read().is_empty()>{t::and_none(language)}</p>
            <ul class="profiles"><For each=move || rows.get() key=|r| format!("{} {}", r.address, r.package.uploaded_at.0) children=move |r| row(language, r, deleting)/></ul>
        </Section>
        <Confirm open=asks title=Signal::derive(move || if older.get() { t::and_older_title(language) } else { t::and_other_title(language) }.to_owned())
            text=Signal::derive(move || if older.get() { t::and_older_text(language) } else { t::and_other_text(language) }.to_owned()) action=t::and_other_do(language) problem=unsaid confirmed=meant/>
        <Confirm open=open title=title text=Signal::stored(t::and_delete_text(language).to_owned()) action=t::delete(language) problem=delete_problem confirmed=delete/>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_exact_in_english_and_worded_by_its_kind_elsewhere() {
        let refused =
            Refused { kind: "unsigned".into(), message: "the package is not signed: sign it".into() };
        assert_eq!(why(Language::En, &refused), "The package is not signed: sign it.");
        assert_eq!(why(Language::Ru, &refused), t::and_unsigned(Language::Ru));
        assert_eq!(why(Language::En, &Refused::default()), t::and_failed(Language::En));
        assert_eq!(megabytes(Language::Ru, 4_404_019), "4,2");
    }
}
