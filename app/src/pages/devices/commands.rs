//! What a device was asked to do, and the button that asks it to report.

use super::window::Shown;
use crate::{
    api::commands::device_ask_report,
    text::{self, t},
    ui::{
        flow::{Erased, For, Show, boxed, look, spawn},
        live::live,
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language, Timestamp,
    command::{Command, CommandKind, CommandState},
};

fn kind(language: Language, kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Report => t::cmd_report(language),
        CommandKind::DeviceInformation => t::cmd_device_information(language),
        CommandKind::SecurityInfo => t::cmd_security_info(language),
        CommandKind::ProfileList => t::cmd_profile_list(language),
        CommandKind::ApplicationList => t::cmd_application_list(language),
        CommandKind::CertificateList => t::cmd_certificate_list(language),
        CommandKind::Declarations => t::cmd_declarations(language),
        CommandKind::Lock => t::cmd_lock(language),
        CommandKind::ClearPasscode => t::cmd_clear_passcode(language),
        CommandKind::Restart => t::cmd_restart(language),
        CommandKind::ShutDown => t::cmd_shut_down(language),
        CommandKind::Rename => t::cmd_rename(language),
        CommandKind::Erase => t::cmd_erase(language),
        CommandKind::LostMode => t::cmd_lost_mode(language),
        CommandKind::EndLostMode => t::cmd_end_lost_mode(language),
        CommandKind::Locate => t::cmd_locate(language),
        CommandKind::PlaySound => t::cmd_play_sound(language),
        CommandKind::InstallProfile => t::cmd_install_profile(language),
        CommandKind::RemoveProfile => t::cmd_remove_profile(language),
        CommandKind::RenewIdentity => t::cmd_renew_identity(language),
        CommandKind::RemoveManagement => t::cmd_remove_management(language),
    }
}

fn state(language: Language, state: CommandState) -> &'static str {
    match state {
        CommandState::Queued => t::cmd_queued(language),
        CommandState::Delivered => t::cmd_delivered(language),
        CommandState::Postponed => t::cmd_postponed(language),
        CommandState::Done => t::cmd_done(language),
        CommandState::Failed => t::cmd_failed(language),
        CommandState::Unanswered => t::cmd_unanswered(language),
        CommandState::Presumed => t::cmd_presumed(language),
        CommandState::Cancelled => t::cmd_cancelled(language),
    }
}

fn class(state: CommandState) -> &'static str {
    match state {
        CommandState::Queued | CommandState::Delivered | CommandState::Postponed => "st none",
        CommandState::Cancelled => "st none",
        CommandState::Done | CommandState::Presumed => "st ok",
        CommandState::Unanswered => "st warn",
        CommandState::Failed => "st crit",
    }
}

/// When it came into its state.
fn at(command: &Command) -> Timestamp {
    command.ended_at.or(command.delivered_at).unwrap_or(command.created_at)
}

/// The last commands of the device that is shown, and the button that gives one.
#[component]
pub(super) fn Commands(shown: Shown) -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let known = Memo::new(move |_| look!(shown, |s| s.as_ref().map(|f| f.commands.clone())));
    let rows = move || look!(known, |k| k.as_ref().map(|k| k.rows.clone()).unwrap_or_default());
    let now = move || look!(known, |k| k.as_ref().map(|k| k.now)).unwrap_or_default();
    let may_ask = move || look!(known, |k| k.as_ref().is_some_and(|k| k.may_ask && !k.left));
    let open = move || look!(known, |k| k.as_ref().is_some_and(|k| k.rows.iter().any(|c| c.state.is_open())));
    let asking = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let ask = move |_| {
        let Some(device) = shown.with_untracked(|s| s.as_ref().map(|f| f.device.id)) else { return };
        asking.set(true);
        spawn(async move {
            match device_ask_report(device).await {
                Ok(()) => {
                    problem.set(None);
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            asking.set(false);
        });
    };
    let hint = move || match (open(), rows().is_empty()) {
        (true, _) => t::cmd_hint(language),
        (false, true) => t::cmd_none(language),
        (false, false) => "",
    };
    view! {
        <section class="commands" aria-labelledby="commands-title">
            <div class="commands-head">
                <h2 id="commands-title">{t::cmd_title(language)}</h2>
                <Show when=move || may_ask()>
                    <button type="button" class="btn" on:click=boxed(ask) disabled=move || asking.get() || open()>
                        {t::cmd_ask(language)}
                    </button>
                </Show>
            </div>
            <Problem problem=problem/>
            <p class="muted" aria-live="polite">{hint}</p>
            <ul>
                <For each=rows key=|c| format!("{} {}", c.id, c.state.name()) let(command)>
                    {
                        let at = at(&command);
                        view! {
                            <li>
                                <span>{kind(language, command.order.kind())}</span>
                                <span class=class(command.state)>{state(language, command.state)}</span>
                                <span class="muted num">{move || text::ago(language, at, now())}</span>
                                <span class="sub">{command.detail.clone()}</span>
                            </li>
                        }
                    }
                </For>
            </ul>
        </section>
    }
    .erased()
}
