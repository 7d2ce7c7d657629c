//! How far an iPhone or iPad came, and what most likely stopped it.

use crate::{
    api::invitations::Story,
    text::{self, t},
    ui::flow::{Erased, For, Show, look},
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    apple::{Progress, Step, Stopped},
};

fn step(language: Language, step: Step) -> &'static str {
    match step {
        Step::Profile => t::way_profile(language),
        Step::Scep => t::way_scep(language),
        Step::Identity => t::way_identity(language),
        Step::Authenticate => t::way_authenticate(language),
        Step::Connected => t::way_connected(language),
        Step::Refused => t::way_refused(language),
    }
}

fn cause(language: Language, stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::NotInstalled => t::way_not_installed(language),
        Stopped::NoIdentity => t::way_no_identity(language),
        Stopped::NotBegun => t::way_not_begun(language),
        Stopped::NoToken => t::way_no_token(language),
        Stopped::Refused => t::way_stopped_refused(language),
    }
}

/// The steps of the phone; nothing while it made none.
#[component]
pub(super) fn Way(shown: RwSignal<Option<Story>>) -> impl IntoView {
    let language = text::language();
    let way = Memo::new(move |_| look!(shown, |s| s.as_ref().map(|s| s.way.clone()).unwrap_or_default()));
    let stopped = Memo::new(move |_| look!(shown, |s| s.as_ref().and_then(|s| s.stopped)));
    let row = move |made: Progress| {
        let at = made.at;
        let class = if made.step == Step::Refused { "crit" } else { "" };
        view! {
            <li>
                <time class="muted num" datetime=at.rfc3339()>{move || text::moment(language, at)}</time>
                <div><span class=class>{step(language, made.step)}</span><div class="sub">{made.detail.clone()}</div></div>
            </li>
        }
    };
    view! {
        <Show when=move || look!(way, |w| !w.is_empty())>
            <section class="panel" aria-label=t::way_title(language)>
                <h2>{t::way_title(language)}</h2>
                <p class="note warn" hidden=move || stopped.get().is_none()>{move || stopped.get().map(|s| cause(language, s))}</p>
                <ol class="happened"><For each=move || way.get() key=|p| format!("{} {}", p.step.name(), p.at.0) children=row/></ol>
            </section>
        </Show>
    }
    .erased()
}
