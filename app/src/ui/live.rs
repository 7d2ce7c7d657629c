//! Live changes: one event stream for the page; each list fetches again when its topic changed.

use leptos::prelude::*;

/// Counts changes; lists take it as a source of their resource.
#[derive(Clone, Copy)]
pub(crate) struct Live {
    /// Users, invitations and devices touch each other's lists: one count for all.
    pub(crate) version: RwSignal<u32>,
    /// Whether the stream is open.
    pub(crate) connected: RwSignal<bool>,
}

impl Live {
    /// The count, which stands still while `held`: what is about to be deleted is not fetched once more when it is gone.
    pub(crate) fn version_unless(self, held: RwSignal<bool>) -> Memo<u32> {
        Memo::new(move |before: Option<&u32>| match before {
            Some(before) if held.get() => *before,
            _ => self.version.get(),
        })
    }
}

/// Puts [`Live`] into the context; in the browser it begins to listen.
pub(crate) fn provide() {
    let live = Live { version: RwSignal::new(0), connected: RwSignal::new(true) };
    provide_context(live);
    #[cfg(feature = "hydrate")]
    super::flow::effect(move || browser::listen(live));
}

/// The page's [`Live`].
pub(crate) fn live() -> Live {
    use_context().unwrap_or_else(|| Live { version: RwSignal::new(0), connected: RwSignal::new(false) })
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Live;
    use leptos::prelude::*;
    use std::time::Duration;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::EventSource;

    /// After a refetch, changes within this time become one more.
    const GATHER: Duration = Duration::from_millis(300);

    /// What happened since the last refetch, within [`GATHER`].
    #[derive(Clone, Copy, PartialEq)]
    enum Since {
        LongAgo,
        Nothing,
        Changes,
    }

    /// Refetches: at once after a quiet while, and otherwise when the time of the last one is over.
    fn bump(live: Live, since: StoredValue<Since>) {
        if since.get_value() != Since::LongAgo {
            since.set_value(Since::Changes);
            return;
        }
        since.set_value(Since::Nothing);
        live.version.update(|v| *v = v.wrapping_add(1));
        set_timeout(
            move || {
                let more = since.get_value() == Since::Changes;
                since.set_value(Since::LongAgo);
                if more {
                    bump(live, since);
                }
            },
            GATHER,
        );
    }

    pub(super) fn listen(live: Live) {
        let Ok(source) = EventSource::new(&crate::wire::ours("/events")) else { return };
        let since = StoredValue::new(Since::LongAgo);
        let bump = move || bump(live, since);
        let changed = Closure::<dyn FnMut()>::new(bump);
        let logged = Closure::<dyn FnMut()>::new(move || {
            if window().location().pathname().is_ok_and(|path| path == crate::pages::audit::PATH) {
                bump();
            }
        });
        let opened = Closure::<dyn FnMut()>::new(move || {
            // After a lost connection everything may have changed.
            if !live.connected.get_untracked() {
                live.connected.set(true);
                bump();
            }
        });
        let lost = Closure::<dyn FnMut()>::new(move || live.connected.set(false));
        let on = |name: &str, closure: &Closure<dyn FnMut()>| {
            let _ = source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        };
        on("change", &changed);
        on("log", &logged);
        on("open", &opened);
        on("error", &lost);
        // They live as long as the page.
        changed.forget();
        logged.forget();
        opened.forget();
        lost.forget();
        std::mem::forget(source);
    }
}
