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

/// Puts [`Live`] into the context; in the browser it begins to listen.
pub(crate) fn provide() {
    let live = Live { version: RwSignal::new(0), connected: RwSignal::new(true) };
    provide_context(live);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::listen(live));
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

    /// Changes within this time become one refetch.
    const GATHER: Duration = Duration::from_millis(300);

    pub(super) fn listen(live: Live) {
        let Ok(source) = EventSource::new("/events") else { return };
        let waiting = StoredValue::new(false);
        let bump = move || {
            if waiting.get_value() {
                return;
            }
            waiting.set_value(true);
            set_timeout(
                move || {
                    waiting.set_value(false);
                    live.version.update(|v| *v = v.wrapping_add(1));
                },
                GATHER,
            );
        };
        let changed = Closure::<dyn FnMut()>::new(bump);
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
        on("open", &opened);
        on("error", &lost);
        // They live as long as the page.
        changed.forget();
        opened.forget();
        lost.forget();
        std::mem::forget(source);
    }
}
