//! What happened to a device, the newest first.

use super::{window::Shown, words};
use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, look},
        more::{More, part},
    },
};
use leptos::prelude::*;
use muster_domain::device::HistoryEntry;

#[component]
pub(super) fn History(shown: Shown) -> impl IntoView {
    let entries =
        Memo::new(move |_| look!(shown, |s| s.as_ref().map(|f| f.history.clone()).unwrap_or_default()));
    let part = part();
    let lines = move || look!(entries, |e| e.iter().take(part.get()).map(line).collect_view());
    let total = Signal::derive(move || look!(entries, |e| e.len()));
    view! { <ol class="happened">{lines}</ol><More part=part total=total/> }.erased()
}

fn line(entry: &HistoryEntry) -> impl IntoView + use<> {
    let language = text::language();
    let (what, why) = words::event(language, &entry.event);
    let by = entry.by.as_ref().map(|name| t::dev_by(language, name));
    let below: Vec<String> = [Some(why).filter(|w| !w.is_empty()), by].into_iter().flatten().collect();
    let at = entry.at;
    view! {
        <li>
            <time class="muted num" datetime=at.rfc3339()>{move || text::moment(language, at)}</time>
            <div><span>{what}</span><div class="sub">{below.join(" · ")}</div></div>
        </li>
    }
}
