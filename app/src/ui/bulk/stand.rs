//! The place of the card of an act on many rows, above every page. Its code is a part of its own (`chunks.rs`), which is
//! fetched when there is an act: no page comes with it.

use super::bulk;
use crate::{
    chunks,
    ui::flow::{effect, spawn},
};
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use std::cell::Cell;

thread_local! {
    /// The card, until it stands on the page.
    static MADE: Cell<Option<AnyView>> = const { Cell::new(None) };
}

#[component]
pub(crate) fn JobStand() -> impl IntoView {
    let job = bulk().job;
    let (there, owner) = (RwSignal::new(false), Owner::current());
    effect(move || {
        if job.read().is_none() || there.get_untracked() {
            return;
        }
        let arrive = async move {
            // Without it, as without the server, it is tried again as the act goes on.
            let Ok(card) = chunks::job_card().await else { return };
            if !there.get_untracked() {
                MADE.set(Some(card));
                there.set(true);
            }
        };
        if let Some(owner) = &owner {
            spawn(owner.with(|| ScopedFuture::new(arrive)));
        }
    });
    move || there.get().then(|| MADE.take()).flatten()
}
