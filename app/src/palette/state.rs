//! What the palette holds while it stands open, and how it gets it.

use super::{
    entry::{self, Act, Entry, Kind},
    recent, run,
};
use crate::{
    AppError,
    api::{
        find::{Hit, find},
        session::{Me, me},
    },
    text,
    ui::{
        flow::{look, spawn},
        role,
    },
};
use leptos::prelude::*;
use std::time::Duration;

/// The server is asked when nothing was typed for so long.
const PAUSE: Duration = Duration::from_millis(150);

/// What the palette holds.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) open: RwSignal<bool>,
    pub(super) sheet: RwSignal<bool>,
    pub(super) typed: RwSignal<String>,
    /// Whether one looks for whom to send instructions to.
    pub(super) sending: RwSignal<bool>,
    /// What the server found, and for which words.
    pub(super) found: RwSignal<(String, Vec<Hit>)>,
    pub(super) problem: RwSignal<Option<String>>,
    pub(super) me: RwSignal<Option<Me>>,
    /// The line that Enter chooses.
    pub(super) at: RwSignal<usize>,
    pub(super) latest: StoredValue<u32>,
}

impl State {
    pub(super) fn new(open: RwSignal<bool>, sheet: RwSignal<bool>) -> Self {
        Self {
            open,
            sheet,
            typed: RwSignal::new(String::new()),
            sending: RwSignal::new(false),
            found: RwSignal::default(),
            problem: RwSignal::new(None),
            me: RwSignal::new(None),
            at: RwSignal::new(0),
            latest: StoredValue::new(0),
        }
    }

    /// As it stands when it opens.
    pub(super) fn begin(self) {
        self.sending.set(false);
        self.clear();
        spawn(async move {
            if let Ok(me) = me().await {
                self.me.set(Some(me));
            }
        });
    }

    pub(super) fn clear(self) {
        self.typed.set(String::new());
        self.found.set(Default::default());
        self.problem.set(None);
        self.at.set(0);
    }

    /// Something was typed: what is there is looked through at once, the server asked a moment later.
    pub(super) fn type_in(self, text: String) {
        self.at.set(0);
        self.typed.set(text);
        self.latest.update_value(|n| *n = n.wrapping_add(1));
        let mine = self.latest.get_value();
        set_timeout(
            move || {
                if self.latest.try_get_value() == Some(mine) {
                    self.ask(mine);
                }
            },
            PAUSE,
        );
    }

    pub(super) fn ask(self, mine: u32) {
        let text = self.typed.get_untracked().trim().to_owned();
        if text.is_empty() {
            return self.found.set(Default::default());
        }
        spawn(async move {
            let answer = find(text.clone()).await;
            if self.latest.try_get_value() == Some(mine) {
                self.take(text, answer);
            }
        });
    }

    pub(super) fn take(self, text: String, answer: Result<Vec<Hit>, AppError>) {
        match answer {
            Ok(hits) => {
                self.problem.set(None);
                self.found.set((text, hits));
            }
            Err(error) => self.problem.set(Some(text::error(text::language(), &error))),
        }
    }

    /// The lines as they stand.
    pub(super) fn entries(self) -> Vec<Entry> {
        let language = text::language();
        let words = look!(self.typed, |text| entry::typed(text));
        let (of, hits) = self.found.get();
        let fresh = look!(self.typed, |text| text.trim() == of);
        // What was found for other words stays only where it fits these as well: Enter must not choose somebody else.
        let hits = hits.into_iter().map(|hit| Entry::found(language, hit));
        let hits: Vec<_> = hits.filter(|entry| fresh || entry.fits(&words)).collect();
        if self.sending.get() {
            return hits
                .into_iter()
                .filter(|entry| entry.kind == Kind::Person)
                .map(Entry::for_sending)
                .collect();
        }
        let mut all = look!(self.me, |me| entry::all(language, role::role(), me.as_ref()));
        recent::first(&mut all);
        all.retain(|entry| entry.fits(&words));
        all.sort_by_key(|entry| !entry.is_meant(&words));
        all.extend(hits);
        all
    }

    pub(super) fn choose(self, entry: &Entry, go: impl Fn(&str)) {
        recent::remember(entry);
        if entry.act == Act::SendTo {
            self.sending.set(true);
            return self.clear();
        }
        self.open.set(false);
        if entry.act == Act::Sheet {
            return self.sheet.set(true);
        }
        run::run(&entry.act, go);
    }
}
