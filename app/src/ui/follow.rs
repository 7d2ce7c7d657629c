//! After sending: ten seconds to undo, progress that lives, the failures with their reasons. It stands on every page
//! of the console and outlives a reload of the tab.

use super::{announce::Announce, dialog::rescue_focus, live::live, moment, role::may};
use crate::ui::problem::Problem;
use crate::ui::{
    fetch::Asked,
    flow::{Erased, For, Show, boxed, effect, look, spawn},
};
use crate::{
    AppError,
    api::invitations::{invitation_resend, send_progress, send_retry, send_undo},
    text::{self, t},
};
use leptos::prelude::*;
use muster_domain::{
    BatchId, InvitationId, Language, Timestamp, account::Permission, ports::Progress, time::SECOND,
    usecase::send::UNDO,
};
use std::time::Duration;

/// Sends that stand on the page at most: the newest.
const MOST: usize = 4;
/// How often progress is asked for while messages wait, also when the stream of events is down.
const POLL: u32 = 3;

/// The sends that are followed in this tab, the oldest first.
#[derive(Clone, Copy)]
pub(crate) struct Follow(RwSignal<Vec<BatchId>>);

/// Puts [`Follow`] into the context; in the browser it goes on with what this tab followed before.
pub(crate) fn provide() {
    let follow = Follow(RwSignal::new(Vec::new()));
    provide_context(follow);
    Effect::new(move |before: Option<()>| {
        if before.is_none() {
            let kept = storage::read();
            if !kept.is_empty() {
                follow.0.set(kept);
            }
        } else {
            follow.0.with(|batches| storage::write(batches));
        }
        follow.0.track();
    });
}

/// The sends that are followed.
pub(crate) fn follow() -> Follow {
    use_context().unwrap_or_else(|| Follow(RwSignal::new(Vec::new())))
}

impl Follow {
    /// Follows a send from now on.
    pub(crate) fn begin(self, batch: BatchId) {
        self.0.update(|batches| {
            batches.push(batch);
            let over = batches.len().saturating_sub(MOST);
            batches.drain(..over);
        });
    }

    fn end(self, batch: BatchId) {
        self.0.update(|batches| batches.retain(|b| *b != batch));
    }
}

mod storage {
    use leptos::prelude::*;
    use muster_domain::BatchId;

    const KEY: &str = "muster.sent";

    fn storage() -> Option<web_sys::Storage> {
        window().session_storage().ok().flatten()
    }

    pub(super) fn read() -> Vec<BatchId> {
        let text = storage().and_then(|s| s.get_item(KEY).ok().flatten()).unwrap_or_default();
        text.split(',').filter_map(|id| id.parse().ok()).collect()
    }

    pub(super) fn write(batches: &[BatchId]) {
        let text: Vec<String> = batches.iter().map(ToString::to_string).collect();
        if let Some(storage) = storage() {
            let _ = storage.set_item(KEY, &text.join(","));
        }
    }
}

/// How far a send is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It can be undone for so many seconds.
    Undoable(i64),
    /// Messages go out.
    Sending,
    /// Every message was sent or failed.
    Done,
    /// It was taken back.
    Undone,
}

impl Phase {
    fn of(p: &Progress, now: Timestamp) -> Self {
        let left = p.undo_until.since(now);
        if p.undone {
            Self::Undone
        } else if p.queued == p.total && left > 0 {
            // The browser's reading of the server's clock may be a little behind.
            Self::Undoable((left.min(UNDO) + SECOND - 1) / SECOND)
        } else if p.queued > 0 {
            Self::Sending
        } else {
            Self::Done
        }
    }
}

/// What is told of a send in one line.
fn line(language: Language, p: &Progress, phase: Phase) -> String {
    let number = |n| text::number(language, n);
    let told = match phase {
        Phase::Undone => t::undone(language).to_owned(),
        Phase::Undoable(_) => t::sending_soon(language, p.total),
        Phase::Sending => t::sending(language, number(p.sent), number(p.total)),
        Phase::Done => t::all_sent(language, p.sent),
    };
    if p.failed > 0 { format!("{told}, {}", t::some_failed(language, p.failed)) } else { told }
}

/// The corner in which the console says what happens: all sends that are followed, and under them what was done last.
#[component]
pub(crate) fn Following() -> impl IntoView {
    let follow = follow();
    view! {
        <div class="following">
            <For each=move || follow.0.get() key=|batch| *batch let(batch)>
                <Followed batch=batch follow=follow/>
            </For>
            <Announce/>
        </div>
    }
    .erased()
}

#[component]
fn Followed(batch: BatchId, follow: Follow) -> impl IntoView {
    let language = text::language();
    let (version, clock, invite) = (live().version, moment::clock(), may(Permission::Invite));
    let progress = RwSignal::new(None::<Progress>);
    let (late, problem) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let (second, poll) = (RwSignal::new(0_u32), RwSignal::new(0_u32));
    let now = move || {
        second.track();
        clock.map(moment::Clock::exact).unwrap_or_default()
    };
    let phase = Memo::new(move |_| look!(progress, |p| p.as_ref().map(|p| Phase::of(p, now()))));
    let waits = move || !matches!(phase.get_untracked(), Some(Phase::Done | Phase::Undone));
    let tick = move || {
        if waits() {
            second.update(|s| *s = s.wrapping_add(1));
            if second.get_untracked().is_multiple_of(POLL) {
                poll.update(|p| *p = p.wrapping_add(1));
            }
        }
    };
    if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        on_cleanup(move || timer.clear());
    }
    let asked = Asked::new(move || {
        let _ = (version.get(), poll.get());
        send_progress(batch)
    });
    effect(move || match asked.get() {
        Some(Ok(p)) => progress.set(Some(p)),
        // It is not of this workspace, or from before a restore.
        Some(Err(AppError::NotFound)) => follow.end(batch),
        // The last good figures stay.
        Some(Err(_)) | None => {}
    });
    // The button that was pressed goes; the way to close this stays.
    let again = move || {
        rescue_focus(".followed .quiet");
        version.update(|v| *v = v.wrapping_add(1));
    };
    let undo = move |_| {
        spawn(async move {
            late.set(send_undo(batch).await.is_err());
            again();
        });
    };
    let told = move |result: Result<(), AppError>| {
        problem.set(result.err().map(|e| text::error(language, &e)));
        again();
    };
    let retry = move |id: InvitationId| spawn(async move { told(invitation_resend(id).await) });
    let retry_all = move |_| spawn(async move { told(send_retry(batch).await.map(|_| ())) });
    let failures = move || look!(progress, |p| p.as_ref().map(|p| p.failures.clone()).unwrap_or_default());
    let words = move || match (phase.get(), progress.get()) {
        (Some(phase), Some(p)) => line(language, &p, phase),
        _ => String::new(),
    };
    let share = move || look!(progress, |p| p.as_ref().map_or((0, 0), |p| (p.sent + p.failed, p.total)));
    let delayed = move || look!(progress, |p| p.as_ref().and_then(|p| p.delayed.clone()));
    let kept = move || look!(progress, |p| p.as_ref().is_some_and(|p| p.kept && p.sent > 0));
    let through = move || look!(progress, |p| p.as_ref().and_then(|p| p.through));
    let seconds = move || match phase.get() {
        Some(Phase::Undoable(seconds)) => Some(seconds),
        _ => None,
    };
    view! {
        <section class="followed" aria-label=t::instructions(language)>
            <div class="row">
                <span role="status">{words}</span>
                <Show when=move || seconds().is_some() && !late.get()>
                    <button class="btn" on:click=boxed(undo)>{t::undo(language)}<span class="count" aria-hidden="true">{move || seconds().map(|s| s.to_string())}</span></button>
                </Show>
                <button class="btn quiet" aria-label=t::close(language) title=t::close(language) on:click=boxed(move |_| { follow.end(batch); rescue_focus(""); })>"×"</button>
            </div>
            <Show when=move || phase.get() == Some(Phase::Sending)>
                <progress max=move || share().1.to_string() prop:value=move || share().0 as f64 aria-label=t::instructions(language)></progress>
            </Show>
            <Show when=move || delayed().is_some()><p class="small">{move || delayed().map(|why| t::delayed(language, text::delay(language, &why)))}</p></Show>
            <Show when=move || through().is_some()><p class="small">{move || through().map(|at| text::through(language, at))}</p></Show>
            <Show when=kept><p class="small">{t::set_unset(language)}" "<a class="link" href="/mails">{t::set_read_kept(language)}</a></p></Show>
            <Show when=move || late.get()><p class="small">{t::undo_late(language)}</p></Show>
            <Problem problem=problem grave=true/>
            <Show when=move || !failures().is_empty()>
                <ul class="failures">
                    <For each=failures key=|(id, _, why)| format!("{id} {why}") let((id, name, why))>
                        {
                            let again = t::users_try_again_for(language, &name);
                            view! {
                                <li><span><b>{name}</b>": "{why}</span>
                                    <Show when=move || invite.get()>
                                        <button class="link" aria-label=again.clone() on:click=boxed(move |_| retry(id))>{t::try_again(language)}</button>
                                    </Show></li>
                            }
                        }
                    </For>
                </ul>
            </Show>
            <Show when=move || invite.get() && { failures().len() > 1 }>
                <button class="btn" on:click=boxed(retry_all)>{move || t::users_try_all_again(language, look!(progress, |p| p.as_ref().map_or(0, |p| p.failed)))}</button>
            </Show>
        </section>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(queued: u64, sent: u64, failed: u64) -> Progress {
        let undo_until = Timestamp(10 * SECOND);
        Progress { total: queued + sent + failed, queued, sent, failed, undo_until, ..Progress::default() }
    }

    #[test]
    fn undo_counts_down_until_the_last_second_and_only_while_nothing_went_out() {
        let at = |p: &Progress, micros| Phase::of(p, Timestamp(micros));
        let waiting = progress(2, 0, 0);
        assert_eq!(at(&waiting, 0), Phase::Undoable(10));
        assert_eq!(at(&waiting, -SECOND), Phase::Undoable(10), "never more than there were");
        assert_eq!(at(&waiting, 10 * SECOND - 1), Phase::Undoable(1));
        assert_eq!(at(&waiting, 10 * SECOND), Phase::Sending);
        assert_eq!(at(&progress(1, 1, 0), 0), Phase::Sending);
        assert_eq!(at(&progress(0, 1, 1), 0), Phase::Done);
        assert_eq!(at(&Progress { undone: true, ..progress(0, 0, 0) }, 0), Phase::Undone);
    }

    #[test]
    fn failures_are_counted_in_the_line() {
        assert_eq!(line(Language::En, &progress(0, 1, 1), Phase::Done), "1 message sent, 1 failed");
        assert_eq!(line(Language::En, &progress(1, 2, 0), Phase::Sending), "2 of 3 sent");
        assert_eq!(
            line(Language::Ru, &progress(0, 5, 2), Phase::Done),
            "Отправлено 5 сообщений, с ошибкой: 2"
        );
    }
}
