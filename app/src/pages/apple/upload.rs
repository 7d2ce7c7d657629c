//! Where files are dropped: read in the browser, looked at by the server, and taken or refused with all that is wrong.

use super::{There, again, words};
use crate::{
    AppError,
    api::apple::{Upload, apple_signing_set, apple_upload, apple_vendor_set},
    text::{self, t},
    ui::{
        announce::announcer,
        flow::{Erased, Show, boxed, look, spawn},
        icon::{self, Icon},
        problem::Problem as Line,
        upload::{all_chosen, all_dropped, base64},
    },
};
use leptos::prelude::*;
use muster_domain::apple::{CertificateProblem as Problem, CertificateWarning as Warning};
use web_sys::File;

/// Bytes of a file at most.
const MOST: f64 = 256.0 * 1024.0;
/// Files at most.
const FILES: usize = 8;

/// For what files are dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// The APNs certificate.
    Push,
    /// The vendor certificate.
    Vendor,
    /// The certificate that signs profiles.
    Signing,
}

/// What is worth knowing of what was taken.
pub(super) type Warned = RwSignal<Vec<Warning>>;

/// What was dropped, and what was said to it.
#[derive(Clone, Copy)]
struct Drop {
    to: For,
    /// Name, and content in base64.
    held: RwSignal<Vec<(String, String)>>,
    password: RwSignal<String>,
    /// The account as it was typed; until then it is the one that is noted.
    account: RwSignal<Option<String>>,
    /// How many devices are cut off, as it was typed.
    cut: RwSignal<String>,
    busy: RwSignal<bool>,
    problems: RwSignal<Vec<Problem>>,
    warnings: Warned,
    failed: RwSignal<Option<String>>,
}

impl Drop {
    fn new(to: For, warnings: Warned) -> Self {
        Self {
            to,
            held: RwSignal::default(),
            password: RwSignal::default(),
            account: RwSignal::default(),
            cut: RwSignal::default(),
            busy: RwSignal::default(),
            problems: RwSignal::default(),
            warnings,
            failed: RwSignal::default(),
        }
    }

    /// As if nothing had been dropped.
    fn clear(self) {
        self.held.set(Vec::new());
        self.password.set(String::new());
        self.cut.set(String::new());
        self.problems.set(Vec::new());
        self.failed.set(None);
    }

    /// Reads files and holds them, beside those that are there.
    fn take(self, files: Vec<File>) {
        let language = text::language();
        self.problems.set(Vec::new());
        self.warnings.set(Vec::new());
        self.failed.set(None);
        if files.iter().any(|file| file.size() > MOST) || files.len() > FILES {
            return self.problems.set(vec![Problem::Large]);
        }
        spawn(async move {
            for file in files {
                match base64(&file).await {
                    Some(content) => self.held.update(|held| {
                        let name = file.name();
                        held.retain(|(known, _)| *known != name);
                        held.push((name, content));
                    }),
                    None => self.failed.set(Some(t::apl_unread(language).to_owned())),
                }
            }
        });
    }

    fn upload(self) -> Upload {
        let files =
            self.held.with_untracked(|held| held.iter().map(|(_, content)| content.clone()).collect());
        let password = Some(self.password.get_untracked()).filter(|password| !password.is_empty());
        Upload { files, password }
    }

    async fn answer(
        self,
        account: String,
        cut_off: Option<u64>,
    ) -> Result<Result<Vec<Warning>, Vec<Problem>>, AppError> {
        match self.to {
            For::Push => apple_upload(self.upload(), account, cut_off).await,
            For::Signing => apple_signing_set(self.upload()).await,
            For::Vendor => apple_vendor_set(self.upload()).await,
        }
    }

    /// How many devices a certificate for another topic would cut off, if that is what is wrong.
    fn cuts_off(self) -> Option<u64> {
        look!(self.problems, |problems| problems.iter().find_map(|problem| match problem {
            Problem::OtherTopic { devices, .. } => Some(*devices),
            _ => None,
        }))
    }

    /// Whether another topic is all that is wrong, and it can be confirmed.
    fn can_cut(self) -> bool {
        self.cuts_off().is_some() && look!(self.problems, |problems| problems.len() == 1)
    }
}

#[component]
pub(super) fn Files(
    /// For what.
    to: For,
    /// Before the ids of its fields: there are several of them on the page.
    id: &'static str,
    there: There,
    /// Where the warnings are kept if the form goes away with what it takes.
    #[prop(optional)]
    warned: Option<Warned>,
) -> impl IntoView {
    let language = text::language();
    let drop = Drop::new(to, warned.unwrap_or_default());
    let Drop { held, password, busy, failed, .. } = drop;
    let say = announcer();
    let noted = move || {
        look!(there, |there| {
            let certificate = there.as_ref().and_then(|progress| progress.certificate.as_ref());
            certificate.and_then(|certificate| certificate.account.clone()).unwrap_or_default()
        })
    };
    let account = move || drop.account.get().unwrap_or_else(noted);
    let send = Callback::new(move |cut_off: Option<u64>| {
        busy.set(true);
        failed.set(None);
        let account = untrack(account);
        spawn(async move {
            match drop.answer(account, cut_off).await {
                Ok(Ok(warnings)) => {
                    drop.clear();
                    drop.warnings.set(warnings);
                    say.done(match to {
                        For::Push => t::apl_taken(language),
                        For::Vendor => t::apl_own_done(language),
                        For::Signing => t::apl_sign_done(language),
                    });
                    again();
                }
                Ok(Err(problems)) => drop.problems.set(problems),
                Err(error) => failed.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send.run(None);
    };
    let some = move || look!(held, |held| !held.is_empty());
    // A file may be one that its name does not tell.
    let asks = |p: &Problem| matches!(p, Problem::PasswordMissing | Problem::PasswordWrong);
    let locked = move || {
        look!(drop.problems, |problems| problems.iter().any(asks))
            || look!(held, |held| held.iter().any(|(name, _)| {
                let name = name.to_lowercase();
                name.ends_with(".p12") || name.ends_with(".pfx")
            }))
    };
    let names = move || {
        look!(held, |held| {
            let names: Vec<&str> = held.iter().map(|(name, _)| name.as_str()).collect();
            t::apl_chosen(language, names.join(", "))
        })
    };
    view! {
        <form class="apl-upload" on:submit=boxed(submit)>
            <Zone drop=drop id=id/>
            <Show when=some>
                <p class="apl-held"><span>{names}</span><button type="button" class="link" on:click=boxed(move |_| drop.clear())>{t::apl_clear(language)}</button></p>
            </Show>
            <Show when=locked>
                <div class="set-field">
                    <label for=format!("{id}-password")>{t::apl_password(language)}</label>
                    <input class="input" id=format!("{id}-password") type="password" autocomplete="off" prop:value=move || password.get() on:input=boxed(move |e| password.set(event_target_value(&e)))/>
                </div>
            </Show>
            <Show when=move || some() && to == For::Push>
                <div class="set-field">
                    <label for=format!("{id}-account")>{t::apl_account(language)}</label>
                    <input class="input" id=format!("{id}-account") type="text" inputmode="email" autocomplete="off" spellcheck="false" maxlength="200" aria-describedby=format!("{id}-account-help")
                        prop:value=account on:input=boxed(move |e| drop.account.set(Some(event_target_value(&e))))/>
                    <p class="set-help" id=format!("{id}-account-help")>{t::apl_account_help(language)}</p>
                </div>
            </Show>
            <Told drop=drop/>
            <Line problem=failed grave=true/>
            <Cut drop=drop id=id send=send/>
            <Show when=move || some() && !drop.can_cut()>
                <div><button class="btn primary" disabled=move || busy.get()>{move || if busy.get() { t::apl_checking(language) } else { t::apl_upload(language) }}</button></div>
            </Show>
        </form>
    }
    .erased()
}

/// Where they are dropped, or chosen.
#[component]
fn Zone(drop: Drop, id: &'static str) -> impl IntoView {
    let language = text::language();
    let over = RwSignal::new(false);
    let dropped = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(false);
        drop.take(all_dropped(&event));
    };
    let drag = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    view! {
        <label class="drop apl-drop" class:over=move || over.get() on:dragover=boxed(drag) on:dragleave=boxed(move |_: web_sys::DragEvent| over.set(false)) on:drop=boxed(dropped)>
            <Icon path=icon::PLUS/>
            <b>{t::apl_drop(language)}</b>
            <span class="muted small">{t::apl_drop_vendor(language)}</span>
            <input type="file" id=format!("{id}-files") multiple accept=".pem,.cer,.crt,.p12,.pfx,.key" on:change=boxed(move |event| drop.take(all_chosen(&event)))/>
        </label>
    }
    .erased()
}

/// What is worth knowing of what was taken.
#[component]
pub(super) fn Warnings(of: Warned) -> impl IntoView {
    let language = text::language();
    let warnings = move || {
        let lines =
            look!(of, |warnings| warnings.iter().map(|w| words::warning(language, w)).collect::<Vec<_>>());
        lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()
    };
    view! {
        <Show when=move || look!(of, |warnings| !warnings.is_empty())><ul class="note warn apl-told" role="status">{warnings}</ul></Show>
    }
    .erased()
}

/// All that is wrong; or what is worth knowing of what was taken.
#[component]
fn Told(drop: Drop) -> impl IntoView {
    let language = text::language();
    let problems = move || {
        let lines = look!(drop.problems, |problems| problems
            .iter()
            .map(|p| words::problem(language, p))
            .collect::<Vec<_>>());
        lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()
    };
    view! {
        <Show when=move || look!(drop.problems, |problems| !problems.is_empty())><ul class="note crit apl-told" role="alert">{problems}</ul></Show>
        <Warnings of=drop.warnings/>
    }
    .erased()
}

/// The confirmation that names how many devices are cut off.
#[component]
fn Cut(drop: Drop, id: &'static str, send: Callback<Option<u64>>) -> impl IntoView {
    let language = text::language();
    let typed = move || look!(drop.cut, |cut| cut.trim().parse::<u64>().ok());
    // As when the former certificate is put back.
    let none = move || drop.cuts_off() == Some(0);
    let help = move || match drop.cuts_off().unwrap_or_default() {
        0 => t::apl_cut_none_help(language).to_owned(),
        devices => t::apl_cut_help(language, devices),
    };
    let right = move || typed().is_some() && typed() == drop.cuts_off();
    let confirm = move |_| {
        if untrack(right) {
            send.run(untrack(typed));
        }
    };
    view! {
        <Show when=move || drop.can_cut()>
            <div class="set-field">
                <label for=format!("{id}-cut")>{t::apl_cut(language)}</label>
                <span class="set-line">
                    <input class="input" id=format!("{id}-cut") type="text" inputmode="numeric" autocomplete="off" aria-describedby=format!("{id}-cut-help")
                        prop:value=move || drop.cut.get() on:input=boxed(move |e| drop.cut.set(event_target_value(&e)))/>
                    <button type="button" class="btn danger" disabled=move || drop.busy.get() || !right() on:click=boxed(confirm)>{move || if none() { t::apl_cut_none_do(language) } else { t::apl_cut_do(language) }}</button>
                </span>
                <p class="set-help" id=format!("{id}-cut-help")>{help}</p>
            </div>
        </Show>
    }
    .erased()
}
