//! Results told aloud: one region for the whole console, so that what was done is seen and read out by a screen
//! reader also when the page changed with it.

use crate::ui::flow::{Erased, boxed, look};
use crate::ui::problem::Reference;
use crate::{
    AppError,
    text::{self, t},
};
use leptos::prelude::*;
use std::time::Duration;

/// How long a result stands; what went wrong stands until it is closed.
const STANDS: Duration = Duration::from_secs(8);

/// What is said.
#[derive(Clone, PartialEq)]
enum Said {
    Done(String),
    /// Some of it was not done.
    Partly(String),
    Failed(String),
}

impl Said {
    /// Where it is not bad news that has to be heard at once.
    fn calmly(&self) -> &str {
        match self {
            Self::Done(text) | Self::Partly(text) => text,
            Self::Failed(_) => "",
        }
    }
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
        self.stand(Said::Done(text.into()));
    }

    /// Some of it was done, and some was not.
    pub(crate) fn partly(self, text: impl Into<String>) {
        self.stand(Said::Partly(text.into()));
    }

    /// What was said does not hold any more.
    pub(crate) fn hush(self) {
        self.latest.update_value(|n| *n = n.wrapping_add(1));
        self.said.set(None);
    }

    fn stand(self, said: Said) {
        let mine = self.latest.get_value().wrapping_add(1);
        self.latest.set_value(mine);
        self.said.set(Some(said));
        set_timeout(
            move || {
                if self.latest.try_get_value() == Some(mine) {
                    self.said.set(None);
                }
            },
            STANDS,
        );
    }

    /// Something went wrong.
    pub(crate) fn failed(self, error: &AppError) {
        self.latest.update_value(|n| *n = n.wrapping_add(1));
        self.said.set(Some(Said::Failed(text::error(text::language(), error))));
    }
}

#[component]
pub(crate) fn Announce() -> impl IntoView {
    let language = text::language();
    let said = announcer().said;
    let done = move || look!(said, |s| s.as_ref().map(|s| s.calmly().to_owned()).unwrap_or_default());
    let partly = move || matches!(*said.read(), Some(Said::Partly(_)));
    let failed =
        move || look!(said, |s| if let Some(Said::Failed(text)) = s { text.clone() } else { String::new() });
    view! {
        <div class="announce" class:shown=move || said.read().is_some() class:warn=partly class:crit=move || matches!(*said.read(), Some(Said::Failed(_)))>
            <span role="status">{done}</span>
            <span role="alert">{failed}</span><Reference words=Signal::derive(failed)/>
            <button class="btn quiet" hidden=move || said.read().is_none() on:click=boxed(move |_| said.set(None))>{t::close(language)}</button>
        </div>
    }
    .erased()
}
