//! Results told aloud: one region for the whole console, so that what was done is seen and read out by a screen
//! reader also when the page changed with it.

use crate::ui::flow::{Erased, Show, boxed, effect, look};
use crate::ui::live::live;
use crate::ui::problem::Reference;
use crate::{
    AppError,
    text::{self, t},
};
use leptos::prelude::*;
use std::time::Duration;

/// How long a result stands; what went wrong stands until it is closed, or its cause is over.
const STANDS: Duration = Duration::from_secs(8);
/// One with a link stands longer.
const STANDS_WITH_LINK: Duration = Duration::from_secs(15);
/// What is being read or pressed does not go away under the hand.
const HELD: &str = ".announce:hover, .announce :focus";

/// What is said.
#[derive(Clone, PartialEq)]
enum Said {
    /// What was done, and where it is to be seen if that is not plain.
    Done(String, Option<String>),
    /// What went wrong, and whether it is that the server was away.
    Failed(String, bool),
}

/// Says results.
#[derive(Clone, Copy)]
pub(crate) struct Announcer {
    said: RwSignal<Option<Said>>,
    latest: StoredValue<u32>,
}

/// Puts the [`Announcer`] into the context.
pub(crate) fn provide() {
    provide_context(Announcer { said: RwSignal::new(None), latest: StoredValue::new(0) });
}

/// The page's [`Announcer`].
pub(crate) fn announcer() -> Announcer {
    use_context().unwrap_or_else(|| Announcer { said: RwSignal::new(None), latest: StoredValue::new(0) })
}

impl Announcer {
    /// Something was done.
    pub(crate) fn done(self, text: impl Into<String>) {
        self.told(Said::Done(text.into(), None), STANDS);
    }

    /// Something was done, and this is the way to it.
    pub(crate) fn done_at(self, text: String, href: String) {
        self.told(Said::Done(text, Some(href)), STANDS_WITH_LINK);
    }

    fn told(self, said: Said, stands: Duration) {
        let mine = self.latest.get_value().wrapping_add(1);
        self.latest.set_value(mine);
        self.said.set(Some(said));
        self.fade(mine, stands);
    }

    fn fade(self, mine: u32, stands: Duration) {
        let over = move || {
            if self.latest.try_get_value() != Some(mine) {
                return;
            }
            if document().query_selector(HELD).ok().flatten().is_some() {
                self.fade(mine, STANDS);
            } else {
                self.said.set(None);
            }
        };
        set_timeout(over, stands);
    }

    /// Something went wrong.
    pub(crate) fn failed(self, error: &AppError) {
        self.latest.update_value(|n| *n = n.wrapping_add(1));
        let away = matches!(error, AppError::Failed { reference } if reference.is_empty());
        self.said.set(Some(Said::Failed(text::error(text::language(), error), away)));
    }

    /// The server answers again: that it did not is over.
    fn answers(self) {
        if self.said.with_untracked(|said| matches!(said, Some(Said::Failed(_, true)))) {
            self.said.set(None);
        }
    }
}

#[component]
pub(crate) fn Announce() -> impl IntoView {
    let language = text::language();
    let announcer = announcer();
    let said = announcer.said;
    let (version, connected) = (live().version, live().connected);
    // The stream is back, or something was done or has changed.
    effect(move || {
        version.track();
        if connected.get() {
            announcer.answers();
        }
    });
    let done =
        move || look!(said, |s| if let Some(Said::Done(text, _)) = s { text.clone() } else { String::new() });
    let failed = move || {
        look!(said, |s| if let Some(Said::Failed(text, _)) = s { text.clone() } else { String::new() })
    };
    let way = move || look!(said, |s| if let Some(Said::Done(_, way)) = s { way.clone() } else { None });
    view! {
        <div class="announce" class:shown=move || said.read().is_some() class:crit=move || matches!(*said.read(), Some(Said::Failed(..)))>
            <span role="status">{done}</span>
            <Show when=move || way().is_some()><a class="link" href=way on:click=boxed(move |_| said.set(None))>{t::said_show(language)}</a></Show>
            <span role="alert">{failed}</span><Reference words=Signal::derive(failed)/>
            <button class="btn quiet" hidden=move || said.read().is_none() on:click=boxed(move |_| said.set(None))>{t::close(language)}</button>
        </div>
    }
    .erased()
}
