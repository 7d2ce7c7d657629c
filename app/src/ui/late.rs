//! What stands on a page only once it is wanted, as the question before an act on many rows: no page comes with it. Its code is
//! in a part (`chunks.rs`), which is there by then: all parts are fetched a moment after the page came alive, and this one as
//! soon as it may be wanted.

use super::{
    announce::announcer,
    flow::{effect, spawn},
};
use crate::AppError;
use leptos::{prelude::*, reactive::computed::ScopedFuture, wasm_split::SplitLoaderError};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
};

/// A part on its way, or a view that is made of what is in it.
pub(crate) type Coming<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// The place of it. It is fetched when it is `soon` or first wanted, and made once it is there, if its page still is. Where it does not
/// arrive, as without the server, that is said, and `forgo` takes the wish back, so that the next press tries again.
pub(crate) fn late(
    soon: Signal<bool>,
    wanted: Signal<bool>,
    fetch: fn() -> Coming<()>,
    make: impl Fn() -> Coming<AnyView> + 'static,
    forgo: impl Fn() + 'static,
) -> AnyView {
    effect(move || {
        if soon.get() {
            spawn(async move {
                // What is missing is fetched again when it is wanted.
                let _ = fetch().await;
            });
        }
    });
    placed(wanted, fetch, Arc::new(make), Arc::new(forgo))
}

type Make = Arc<dyn Fn() -> Coming<AnyView>>;

fn placed(wanted: Signal<bool>, fetch: fn() -> Coming<()>, make: Make, forgo: Arc<dyn Fn()>) -> AnyView {
    let (there, owner, say) = (RwSignal::new(false), Owner::current(), announcer());
    // On its way from where it is made to its place.
    let made: Arc<Mutex<Option<AnyView>>> = Arc::default();
    let place = made.clone();
    effect(move || {
        if !wanted.get() || there.get_untracked() {
            return;
        }
        let (make, forgo, made) = (make.clone(), forgo.clone(), made.clone());
        let arrive = async move {
            let fetched = fetch().await;
            // One may have gone to another page meanwhile, or have pressed twice.
            if there.try_get_untracked() != Some(false) {
                return;
            }
            let view = match fetched {
                Ok(()) => make().await,
                Err(error) => Err(error),
            };
            match view {
                Ok(view) => {
                    if let Ok(mut made) = made.lock() {
                        *made = Some(view);
                    }
                    there.set(true);
                }
                Err(_) => {
                    forgo();
                    // As any answer that the server does not give.
                    say.failed(&AppError::Failed { reference: String::new() });
                }
            }
        };
        if let Some(owner) = &owner {
            spawn(owner.with(|| ScopedFuture::new(arrive)));
        }
    });
    let view = move || there.get().then(|| place.lock().ok().and_then(|mut made| made.take())).flatten();
    view.into_any()
}
