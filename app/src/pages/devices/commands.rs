//! What a device was asked to do, and the button that asks it to report.

use crate::{
    AppError,
    api::commands::{Commands as Known, device_ask_report, device_commands},
    text::{self, t},
    ui::{
        list::{Rows, merge},
        live::live,
    },
};
use leptos::{prelude::*, task::spawn_local};
use muster_domain::{
    CommandId, DeviceId, Language, Timestamp,
    command::{Command, CommandKind, CommandState},
};

fn kind(language: Language, kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Report => t::cmd_report(language),
    }
}

fn state(language: Language, state: CommandState) -> &'static str {
    match state {
        CommandState::Queued => t::cmd_queued(language),
        CommandState::Delivered => t::cmd_delivered(language),
        CommandState::Done => t::cmd_done(language),
        CommandState::Failed => t::cmd_failed(language),
    }
}

fn class(state: CommandState) -> &'static str {
    match state {
        CommandState::Queued | CommandState::Delivered => "st none",
        CommandState::Done => "st ok",
        CommandState::Failed => "st crit",
    }
}

/// When it came into its state.
fn at(command: &Command) -> Timestamp {
    command.ended_at.or(command.delivered_at).unwrap_or(command.created_at)
}

/// What the server says of a device's commands; none without a device.
pub(super) type Fetched = Resource<Option<Result<Known, AppError>>>;

/// Fetches the commands of a device, and again whenever something changes.
pub(super) fn fetch(device: Memo<Option<DeviceId>>) -> Fetched {
    let version = live().version;
    Resource::new(
        move || (device.get(), version.get()),
        |(device, _)| async move {
            match device {
                Some(device) => Some(device_commands(device).await),
                None => None,
            }
        },
    )
}

/// The last commands of a device, and the button that gives one. It stands in the page's `Transition`, which waits for `list`.
#[component]
pub(super) fn Commands(device: Memo<Option<DeviceId>>, list: Fetched) -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let rows: Rows<CommandId, Command> = RwSignal::new(Vec::new());
    let now = RwSignal::new(Timestamp::default());
    let (may_ask, asking) = (RwSignal::new(false), RwSignal::new(false));
    let problem = RwSignal::new(None::<String>);
    let take = move || match list.get().flatten() {
        Some(Ok(known)) => {
            now.set(known.now);
            may_ask.set(known.may_ask && !known.left);
            problem.set(None);
            merge(rows, known.rows, |c| c.id);
        }
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    let open = move || rows.with(|r| r.iter().any(|(_, c)| c.with(|c| c.state.is_open())));
    let ask = move |_| {
        let Some(device) = device.get_untracked() else { return };
        asking.set(true);
        spawn_local(async move {
            match device_ask_report(device).await {
                Ok(()) => version.update(|v| *v = v.wrapping_add(1)),
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            asking.set(false);
        });
    };
    view! {
        <section class="commands" aria-labelledby="commands-title">
            {take}
            <div class="commands-head">
                <h2 id="commands-title">{t::cmd_title(language)}</h2>
                <Show when=move || may_ask.get()>
                    <button type="button" class="btn" on:click=ask disabled=move || asking.get() || open()>
                        {t::cmd_ask(language)}
                    </button>
                </Show>
            </div>
            <Show when=move || problem.read().is_some()><p class="note warn" role="alert">{move || problem.get()}</p></Show>
            <p class="muted" aria-live="polite">
                {move || if open() { t::cmd_hint(language) } else if rows.with(Vec::is_empty) { t::cmd_none(language) } else { "" }}
            </p>
            <ul>
                <For each=move || rows.get() key=|(id, _)| *id let((_, row))>
                    {
                        let row = RwSignal::from(row);
                        view! {
                            <li>
                                <span>{move || row.with(|c| kind(language, c.kind))}</span>
                                <span class=move || row.with(|c| class(c.state))>{move || row.with(|c| state(language, c.state))}</span>
                                <span class="muted num">{move || text::ago(language, row.with(at), now.get())}</span>
                                <span class="sub">{move || row.with(|c| c.detail.clone().unwrap_or_default())}</span>
                            </li>
                        }
                    }
                </For>
            </ul>
        </section>
    }
    .into_any()
}
