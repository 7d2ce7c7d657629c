//! What a device was asked to do, and the buttons that ask it.

use super::{orders::Menu, window::Shown};
use crate::{
    AppError,
    api::commands::{
        device_ask_report, device_asked_again, device_call, device_is_the_same, device_let_move,
        device_order_cancel,
    },
    text::{self, t},
    ui::{
        dialog,
        flow::{Erased, For, Show, boxed, look, spawn},
        live::live,
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{
    CommandId, DeviceId, Language, Timestamp,
    command::{CAME_BACK, Command, CommandKind, CommandState, NO_ADMINISTRATOR, Order},
};

fn state(language: Language, state: CommandState) -> &'static str {
    match state {
        CommandState::Queued => t::cmd_queued(language),
        CommandState::Delivered => t::cmd_delivered(language),
        CommandState::Postponed => t::cmd_postponed(language),
        CommandState::Done => t::cmd_done(language),
        CommandState::Failed => t::cmd_failed(language),
        CommandState::Unanswered => t::cmd_unanswered(language),
        CommandState::Presumed => t::cmd_presumed(language),
        CommandState::Told => t::cmd_told(language),
        CommandState::Cancelled => t::cmd_cancelled(language),
    }
}

fn class(state: CommandState) -> &'static str {
    match state {
        CommandState::Queued
        | CommandState::Delivered
        | CommandState::Postponed
        | CommandState::Told
        | CommandState::Cancelled => "st none",
        CommandState::Done | CommandState::Presumed => "st ok",
        CommandState::Unanswered => "st warn",
        CommandState::Failed => "st crit",
    }
}

/// Why APNs did not take a call, as far as words help: what it said stands with them.
fn why(language: Language, reason: &str) -> String {
    match reason.split(' ').next() {
        Some("429") => t::cmd_why_wait(language, reason),
        Some("500" | "503") => t::cmd_why_theirs(language, reason),
        Some("400" | "403") => t::cmd_why_certificate(language, reason),
        _ => reason.to_owned(),
    }
}

/// When it came into its state.
fn at(command: &Command) -> Timestamp {
    command.ended_at.or(command.delivered_at).unwrap_or(command.created_at)
}

/// What was asked for, with its words.
fn words(language: Language, command: &Command) -> String {
    let with = match &command.order {
        Order::Rename { name } | Order::InstallProfile { name, .. } | Order::RemoveProfile { name, .. } => {
            Some(name)
        }
        Order::Lock { message, .. } | Order::LostMode { message, .. } => message.as_ref(),
        Order::RunApp { package } => Some(package),
        Order::Plain { .. } | Order::Erase { .. } | Order::ResetPassword { .. } => None,
    };
    let detail = command.detail.as_deref().map(|detail| match detail {
        NO_ADMINISTRATOR => t::cmd_no_administrator(language).to_owned(),
        CAME_BACK => t::cmd_came_back(language).to_owned(),
        theirs => theirs.to_owned(),
    });
    let both = [with.cloned(), detail];
    both.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The last commands of the device that is shown, and the buttons that give one.
#[component]
pub(super) fn Commands(shown: Shown, chosen: RwSignal<Option<CommandKind>>) -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let known = Memo::new(move |_| look!(shown, |s| s.as_ref().map(|f| f.commands.clone())));
    let rows = move || look!(known, |k| k.as_ref().map(|k| k.rows.clone()).unwrap_or_default());
    let now = move || look!(known, |k| k.as_ref().map(|k| k.now)).unwrap_or_default();
    let may_ask = move || look!(known, |k| k.as_ref().is_some_and(|k| k.may_ask && !k.left));
    let asked = move || {
        look!(known, |k| k
            .as_ref()
            .is_some_and(|k| k.rows.iter().any(|c| c.state.is_open() && c.order.kind().asks())))
    };
    let open = move || look!(known, |k| k.as_ref().is_some_and(|k| k.rows.iter().any(|c| c.state.is_open())));
    let able =
        Signal::derive(move || look!(known, |k| k.as_ref().map(|k| k.able.clone()).unwrap_or_default()));
    let reach = Memo::new(move |_| look!(known, |k| k.as_ref().and_then(|k| k.reach.clone())));
    let asking = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let device = move || shown.with_untracked(|s| s.as_ref().map(|f| f.device.id));
    let does = move |act: Act| {
        let Some(device) = device() else { return };
        asking.set(true);
        // The button that was pressed is not possible for a while.
        dialog::rescue_focus(".orders summary");
        spawn(async move {
            match act.does(device).await {
                Ok(()) => {
                    problem.set(None);
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            asking.set(false);
        });
    };
    let seen = move || look!(shown, |s| s.as_ref().map(|f| f.device.last_seen));
    let left = move || look!(known, |k| k.as_ref().is_some_and(|k| k.left));
    let hint = move || match (reach.get(), open(), rows().is_empty()) {
        _ if left() => String::new(),
        (Some(reach), ..) if !reach.has_token => t::cmd_no_token(language).to_owned(),
        (Some(reach), ..) if reach.gone => t::cmd_gone(language).to_owned(),
        (Some(reach), ..) => match (reach.reason, reach.due_at, reach.called_at) {
            (Some(reason), Some(at), _) => {
                t::cmd_call_next(language, why(language, &reason), text::moment(language, at))
            }
            (Some(reason), None, _) => t::cmd_call_fails(language, why(language, &reason)),
            (None, Some(_), _) => t::cmd_calling(language).to_owned(),
            (None, None, Some(at)) if seen().is_some_and(|seen| seen >= at) => {
                t::cmd_came(language, text::ago(language, at, now()))
            }
            (None, None, Some(at)) => t::cmd_called(language, text::ago(language, at, now())),
            (None, None, None) => String::new(),
        },
        (None, true, _) => t::cmd_hint(language).to_owned(),
        (None, false, true) => t::cmd_none(language).to_owned(),
        (None, false, false) => String::new(),
    };
    let moves =
        move || look!(reach, |r| r.as_ref().is_some_and(|r| r.wants_to_move_at.is_some() && !r.may_move));
    let copy = Memo::new(move |_| look!(known, |k| k.as_ref().and_then(|k| k.copy.clone())));
    let may_decide = move || look!(known, |k| k.as_ref().is_some_and(|k| k.may_ask));
    let asked_again = move || look!(known, |k| k.as_ref().is_some_and(|k| k.asked_again));
    let called = move || look!(able, |a| !a.is_empty());
    let cannot_be_called = move || look!(reach, |r| r.as_ref().is_some_and(|r| r.gone || !r.has_token));
    view! {
        <section class="commands" aria-labelledby="commands-title">
            <div class="commands-head">
                <h2 id="commands-title">{t::cmd_title(language)}</h2>
                <Show when=move || may_ask()>
                    <div class="end">
                        <button type="button" class="btn" on:click=boxed(move |_| does(Act::Report)) disabled=move || asking.get() || asked()>
                            {t::cmd_ask(language)}
                        </button>
                        <Show when=called>
                            <button type="button" class="btn" on:click=boxed(move |_| does(Act::Call)) disabled=move || asking.get() || cannot_be_called()>{t::cmd_call(language)}</button>
                            <Menu able=able chosen=chosen/>
                        </Show>
                    </div>
                </Show>
            </div>
            <Problem problem=problem/>
            <Show when=move || moves() && may_ask()>
                <div class="note">
                    <p>{t::cmd_wants_to_move(language)}</p>
                    <button type="button" class="btn" on:click=boxed(move |_| does(Act::LetMove)) disabled=move || asking.get()>{t::cmd_let_move(language)}</button>
                </div>
            </Show>
            <Show when=move || copy.read().is_some()>
                <div class="note">
                    <p>{move || t::cmd_copy(language, copy.get().unwrap_or_default())}</p>
                    <Show when=move || may_ask()>
                        <button type="button" class="btn" on:click=boxed(move |_| does(Act::IsTheSame)) disabled=move || asking.get()>{t::cmd_is_the_same(language)}</button>
                    </Show>
                </div>
            </Show>
            <Show when=asked_again>
                <div class="note">
                    <p>{t::cmd_asked_again(language)}</p>
                    // Also of one that has left: it was erased, and is set up anew.
                    <Show when=may_decide>
                        <button type="button" class="btn" on:click=boxed(move |_| does(Act::AskedAgain(true))) disabled=move || asking.get()>{t::cmd_let_again(language)}</button>
                        <button type="button" class="btn" on:click=boxed(move |_| does(Act::AskedAgain(false))) disabled=move || asking.get()>{t::cmd_not_this(language)}</button>
                    </Show>
                </div>
            </Show>
            <p class="muted" aria-live="polite">{hint}</p>
            <ul>
                <For each=rows key=|c| format!("{} {}", c.id, c.state.name()) let(command)>
                    {
                        let (at, id, what) = (at(&command), command.id, command.order.kind());
                        let may_cancel = command.state.is_open();
                        view! {
                            <li>
                                <span>{text::command(language, what)}</span>
                                <span class=class(command.state)>{state(language, command.state)}</span>
                                <span class="muted num">{move || text::ago(language, at, now())}</span>
                                <Show when=move || may_cancel && may_ask() && called()>
                                    <button type="button" class="btn small" aria-label=format!("{}: {}", t::cmd_take_back(language), text::command(language, what)) on:click=boxed(move |_| does(Act::Cancel(id)))>{t::cmd_take_back(language)}</button>
                                </Show>
                                <span class="sub">{words(language, &command)}</span>
                            </li>
                        }
                    }
                </For>
            </ul>
        </section>
    }
    .erased()
}

/// What a button does at once.
#[derive(Clone, Copy)]
enum Act {
    Report,
    Call,
    LetMove,
    IsTheSame,
    AskedAgain(bool),
    Cancel(CommandId),
}

impl Act {
    async fn does(self, device: DeviceId) -> Result<(), AppError> {
        match self {
            Self::Report => device_ask_report(device).await,
            Self::Call => device_call(device).await,
            Self::LetMove => device_let_move(device).await,
            Self::IsTheSame => device_is_the_same(device).await,
            Self::AskedAgain(yes) => device_asked_again(device, yes).await,
            Self::Cancel(command) => device_order_cancel(device, command).await,
        }
    }
}
