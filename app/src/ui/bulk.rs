//! Acts on many rows, as the browser does them: two hundred at a time, with progress, a way to stop, what was refused row
//! by row, and a way back. The act is the console's, not the page's: it goes on while one looks at another page.

mod card;
mod job;
mod run;
mod stand;
mod words;

pub(crate) use card::JobCard;
pub(crate) use job::Deed;
pub(crate) use stand::JobStand;
pub(crate) use words::{devices, messages, of_all, why};

use crate::{
    text,
    ui::{
        announce::{Announcer, announcer},
        dialog::focus,
        flow::{look, spawn},
        live::live,
    },
};
use job::{Item, Job, Phase};
use leptos::{ev, prelude::*};
use muster_domain::{Language, bulk::Chosen};
use std::time::Duration;

/// What the keyboard comes to when an act begins.
const CARD: &str = ".job";
/// How often it is looked for the card, whose code may have to be fetched first.
const TRIES: u8 = 60;

/// The act that goes on, or the last one until it is closed.
#[derive(Clone, Copy)]
struct Kept(RwSignal<Option<Job>>);

/// Puts the console's act on many rows into the context.
pub(crate) fn provide() {
    provide_context(Kept(RwSignal::new(None)));
}

/// The console's act on many rows, with all that it takes to go on with it.
#[derive(Clone, Copy)]
pub(crate) struct Bulk {
    job: RwSignal<Option<Job>>,
    say: Announcer,
    version: RwSignal<u32>,
    language: Language,
}

/// The console's act on many rows.
pub(crate) fn bulk() -> Bulk {
    let Kept(job) = use_context().unwrap_or_else(|| Kept(RwSignal::new(None)));
    Bulk { job, say: announcer(), version: live().version, language: text::language() }
}

/// Gives the card the focus, unless somebody has gone on to something else.
fn focus_card(left: u8) {
    let look = move || {
        let free = document().active_element().is_none_or(|e| e.matches("body, h1").unwrap_or(false));
        let found = (free || left == TRIES) && focus(CARD);
        if !found && left > 0 {
            focus_card(left - 1);
        }
    };
    set_timeout(look, Duration::from_millis(80));
}

impl Bulk {
    /// Whether one goes on: the next has to wait.
    pub(crate) fn busy(self) -> Signal<bool> {
        Signal::derive(move || look!(self.job, |job| job.as_ref().is_some_and(Job::runs)))
    }

    /// Begins an act on what was picked, unless one goes on.
    pub(crate) fn begin<I: ToString>(self, deed: Deed, chosen: &Chosen<I>) {
        self.start(deed, Item::all(chosen), chosen.all());
    }

    fn start(self, deed: Deed, items: Vec<Item>, ticked: u64) {
        if self.job.with_untracked(|job| job.as_ref().is_some_and(Job::runs)) {
            return;
        }
        self.job.set(Some(Job::new(deed, items, ticked)));
        // The buttons that began it are gone with the ticks, and the dialog is closed a moment later.
        focus_card(TRIES);
        spawn(self.work());
    }

    /// Part by part until its end, which is told on whichever page that is.
    async fn work(self) {
        // What was told of the act before, or of the first half of this one, is over.
        self.say.hush();
        // Rows that were not sent off would be left out without a word, were the tab closed.
        let closing = window_event_listener(ev::beforeunload, |event| event.prevent_default());
        while let Some((deed, batch)) = self.next() {
            let told = run::act(&deed, &batch).await;
            self.change(|job| job.take(batch.len(), told));
        }
        closing.remove();
        let told = |job: &Job| (words::told(self.language, job), job.is_whole());
        match self.job.with_untracked(|job| job.as_ref().map(told)) {
            Some((words, true)) => self.say.done(words),
            Some((words, false)) => self.say.partly(words),
            None => {}
        }
        self.version.update(|v| *v = v.wrapping_add(1));
    }

    /// The next rows, unless it was stopped, or there are none.
    fn next(self) -> Option<(Deed, Vec<Item>)> {
        let next = |job: &mut Job| Some((job.deed.clone(), job.next()?));
        self.job.try_update(|job| job.as_mut().and_then(next)).flatten()
    }

    fn change(self, change: impl FnOnce(&mut Job)) {
        self.job.update(|job| {
            if let Some(job) = job {
                change(job);
            }
        });
    }

    /// Ends it after the rows that are under way.
    fn stop(self) {
        self.change(|job| job.phase = Phase::Stopping);
    }

    /// Does again what was refused, or goes on with what is left.
    fn again(self) {
        self.change(Job::again);
        spawn(self.work());
    }

    /// Puts back what can be.
    fn undo(self) {
        let back = self.job.try_update(|job| job.as_mut().and_then(Job::back)).flatten();
        if let Some((deed, items)) = back {
            let ticked = items.len() as u64;
            self.start(deed, items, ticked);
        }
    }
}
