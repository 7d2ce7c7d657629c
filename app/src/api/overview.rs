//! The dashboard's figures.

use crate::{AppError, wire::Wire};
#[cfg(feature = "ssr")]
use crate::{error::Invalid, services::allowed, zone::Zone};
use leptos::prelude::*;
use muster_domain::{
    Timestamp,
    invitation::{Reached, StateCounts},
    ports::{Fleet, Waits},
    query::Period,
};
#[cfg(feature = "ssr")]
use muster_domain::{
    account::Permission,
    host::{is_for_apple, is_only_here},
    time::MINUTE,
};
use serde::{Deserialize, Serialize};

/// A day and how many devices connected on it for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// When it begins.
    pub begin: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// The devices.
    pub connected: u64,
}

/// What is set up, and what somebody should look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    /// Whether phones can reach the address before links.
    pub address: bool,
    /// Whether a mail server is set.
    pub mail: bool,
    /// Whether there is somebody.
    pub people: bool,
    /// Whether something was sent.
    pub sent: bool,
    /// Messages that failed.
    pub failed: u64,
    /// Messages whose person asks for a new link.
    pub asking: u64,
    /// Open links that end soon; counted as far as [`muster_domain::ports::ENDING`].
    pub ending: u64,
    /// Until when they end.
    pub ends: Timestamp,
    /// Why messages wait that were tried, in the mail server's words.
    pub delayed: Option<String>,
}

/// Whether iPhones and iPads can be managed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apple {
    /// When the APNs certificate ends, if there is one.
    pub ends: Option<Timestamp>,
    /// Whether it holds now.
    pub holds: bool,
    /// Whether the address under which phones reach this server is one that they take.
    pub reached: bool,
    /// Messages whose people wait with an iPhone or iPad.
    pub waiting: u64,
    /// When the certificate ends that signs profiles, if the workspace has one.
    pub signing_ends: Option<Timestamp>,
    /// Whether it holds now.
    pub signing_holds: bool,
}

impl Apple {
    /// Whether they can be connected now.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.holds && self.reached
    }
}

/// The dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The server's time.
    pub now: Timestamp,
    /// When the period began.
    pub since: Timestamp,
    /// How far the period's messages came.
    pub reached: Reached,
    /// In which states they are.
    pub states: StateCounts,
    /// Messages with an open link whose people have no connected device.
    pub waiting: u64,
    /// The devices.
    pub fleet: Fleet,
    /// The period's days, the oldest first.
    pub days: Vec<Day>,
    /// Who has waited longest.
    pub longest: Vec<Waits>,
    /// What is to be done.
    pub todo: Todo,
    /// The APNs certificate, and who waits for it.
    pub apple: Apple,
}

/// How many people of those who have waited longest are told.
#[cfg(feature = "ssr")]
const LONGEST: u32 = 5;
/// Links that end within so many days end soon.
#[cfg(feature = "ssr")]
const SOON: u32 = 3;

/// The dashboard's figures for a period, whose days are those of a time zone as [`crate::zone::Zone`] writes it.
///
/// # Errors
/// [`AppError`].
#[server(name = GetOverview, endpoint = "overview", prefix = "/api/fn", protocol = Wire)]
pub async fn overview(
    /// Which period.
    period: Period,
    /// The time zone.
    zone: String,
) -> Result<Overview, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let zone = Zone::parse(&zone).ok_or_else(|| AppError::refused(Invalid::Request, "no such time zone"))?;
    let (store, workspace, now) = (&s.ports.store, who.workspace, s.ports.clock.now());
    let moments = zone.days(now, period.days());
    let since = moments.first().copied().unwrap_or(now);
    // To the minute, since it stands in an address.
    let ends = Timestamp(now.plus_days(SOON).0.div_euclid(MINUTE) * MINUTE);
    // Each is one reader of the database.
    let (reached, states, waiting, longest, connected) = futures::try_join!(
        store.reached(workspace, since),
        store.invitation_counts(workspace, Some(since), None),
        store.messages_that_wait(workspace),
        store.waiting_longest(workspace, LONGEST),
        store.connected_between(workspace, &moments),
    )?;
    let (fleet, counts, settings, outbox) = futures::try_join!(
        store.fleet(workspace),
        store.counts(workspace),
        store.settings(workspace),
        store.waiting(workspace),
    )?;
    let address = settings.public_url.as_ref().unwrap_or(&s.public_url);
    let todo = Todo {
        address: !is_only_here(address),
        mail: settings.smtp.is_some(),
        people: counts.users > 0,
        sent: store.any_message(workspace).await?,
        failed: counts.failed,
        asking: store.asking(workspace).await?,
        ending: store.ending(workspace, ends).await?,
        ends,
        delayed: outbox.reason,
    };
    let certificate = store.push_certificate(workspace).await?;
    let signing = store.signing_certificate(workspace).await?.map(|(certificate, _)| certificate);
    let apple = Apple {
        signing_ends: signing.as_ref().map(|c| c.not_after),
        signing_holds: signing.is_some_and(|c| c.holds_at(now)),
        ends: certificate.as_ref().map(|c| c.not_after),
        holds: certificate.is_some_and(|c| c.holds_at(now)),
        reached: is_for_apple(address),
        waiting: store.apple_waiting(workspace).await?,
    };
    let days = moments.windows(2).zip(connected);
    let days = days.map(|(pair, connected)| Day { begin: pair[0], end: pair[1], connected }).collect();
    Ok(Overview { now, since, reached, states, waiting, fleet, days, longest, todo, apple })
}
