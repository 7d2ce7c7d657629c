//! What time it is, and where: the server's clock and the browser's time zone, the same on both sides while the page
//! comes alive, and corrected afterwards.

use crate::zone::Zone;
use leptos::prelude::*;
use muster_domain::Timestamp;

/// The clock that texts are told from.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    /// The zone of the browser; what the server knew of it, until the page is alive.
    pub(crate) zone: RwSignal<Zone>,
    /// The server's time; it moves on every half minute.
    pub(crate) now: RwSignal<Timestamp>,
    /// What the browser's clock lacks to the server's, in microseconds.
    behind: StoredValue<Option<i64>>,
}

/// What the document was made with.
fn of_the_document() -> (Zone, Timestamp) {
    #[cfg(feature = "ssr")]
    {
        let now = use_context::<crate::services::Services>().map(|s| s.ports.clock.now());
        (use_context::<Zone>().unwrap_or_default(), now.unwrap_or_default())
    }
    #[cfg(not(feature = "ssr"))]
    {
        let html = document().document_element();
        let read = |name| html.as_ref().and_then(|html| html.get_attribute(name));
        let zone = read("data-zone").and_then(|zone| Zone::parse(&zone)).unwrap_or_default();
        let now = read("data-now").and_then(|now| now.parse().ok()).unwrap_or_default();
        (zone, Timestamp(now))
    }
}

/// Puts the clock into the context; in the browser it begins to tick.
pub(crate) fn provide() {
    let (zone, now) = of_the_document();
    let clock = Clock { zone: RwSignal::new(zone), now: RwSignal::new(now), behind: StoredValue::new(None) };
    provide_context(clock);
    #[cfg(feature = "hydrate")]
    super::flow::effect(move || browser::start(clock));
}

/// The page's clock.
pub(crate) fn clock() -> Option<Clock> {
    use_context()
}

/// The server's time as texts are told from it.
pub(crate) fn now() -> Timestamp {
    clock().map(|clock| clock.now.get()).unwrap_or_default()
}

impl Clock {
    /// The server told its time. Answers take a while to come, so the latest reading is the best.
    pub(crate) fn heard(self, now: Timestamp) {
        let Some(here) = here() else { return };
        let behind = now.since(here);
        if self.behind.get_value().is_none_or(|known| behind > known) {
            self.behind.set_value(Some(behind));
        }
        if now > self.now.get_untracked() {
            self.now.set(now);
        }
    }

    /// The server's time at this very moment, as well as it is known.
    pub(crate) fn exact(self) -> Timestamp {
        match (here(), self.behind.get_value()) {
            (Some(here), Some(behind)) => here.plus(behind),
            _ => self.now.get_untracked(),
        }
    }
}

/// The browser's own clock; the server has no use for it.
fn here() -> Option<Timestamp> {
    #[cfg(feature = "hydrate")]
    {
        Some(Timestamp(js_sys::Date::now() as i64 * 1000))
    }
    #[cfg(not(feature = "hydrate"))]
    {
        None
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Clock;
    use crate::zone::{COOKIE, Zone};
    use js_sys::Date;
    use leptos::prelude::*;
    use std::time::Duration;
    use wasm_bindgen::{JsCast, JsValue};

    /// How far from now changes of the clocks are looked for, in minutes.
    const REACH: i64 = 400 * 24 * 60;
    const TICK: Duration = Duration::from_secs(30);

    pub(super) fn start(clock: Clock) {
        clock.heard(clock.now.get_untracked());
        let zone = zone();
        if clock.zone.with_untracked(|known| *known != zone) {
            keep(&zone);
            clock.zone.set(zone);
        }
        set_interval(move || clock.now.set(clock.exact()), TICK);
    }

    fn zone() -> Zone {
        let now = (Date::now() / 60_000.0) as i64;
        Zone::sample(now - REACH, now + REACH, |minute| {
            -Date::new(&JsValue::from_f64(minute as f64 * 60_000.0)).get_timezone_offset() as i32
        })
    }

    /// So that the server writes the next page in this zone.
    fn keep(zone: &Zone) {
        if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
            let cookie = format!("{COOKIE}={}; Path=/; SameSite=Lax; Max-Age=31536000", zone.text());
            let _ = document.set_cookie(&cookie);
        }
    }
}
