//! A page is rendered within its own signals, from the first part to the last.

use futures::FutureExt;
use leptos::prelude::Owner;
use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

/// The owner of a page's signals: known as soon as the rendering has begun.
pub type Known = Arc<OnceLock<Owner>>;

/// Polls the rendering of a page within the page's own owner.
///
/// Signals live in an arena for each request. `leptos_integration_utils` 0.8.9 enters it for the views but not for
/// what stands in `<head>`: there a title that reads a signal would find whatever lies at the same place in the arena
/// of another request that this thread has just worked on, which is another page's title, or nothing and a panic.
pub struct Within<F> {
    owner: Known,
    render: F,
}

impl<F: Future + Unpin> Within<F> {
    /// `owner` is filled in by the rendering itself.
    pub fn new(owner: Known, render: F) -> Self {
        Self { owner, render }
    }
}

impl<F: Future + Unpin> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        match self.owner.get().cloned() {
            Some(owner) => owner.with(|| self.render.poll_unpin(context)),
            None => self.render.poll_unpin(context),
        }
    }
}
