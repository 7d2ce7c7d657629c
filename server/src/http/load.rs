//! How much is done at once: what is too much is turned away with a word when to come again, so that the rest is served.

use super::{Site, fault, intake::Intake};
use crate::{
    apple::paths,
    metrics::{TurnedAway, metrics},
};
use axum::{
    body::{Body, HttpBody},
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};
use muster_domain::AccountId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Requests in hand at once, unless the operator says otherwise.
pub const REQUESTS: usize = 512;
/// Sign-ins in hand at once: each takes 20 ms of a core, and must not take all the places of the others.
const SIGN_INS: usize = 32;
/// A request waits so long for a place.
const WAIT: Duration = Duration::from_secs(1);
/// Event streams of one account.
const STREAMS_PER_ACCOUNT: usize = 32;
/// Event streams in all.
const STREAMS: usize = 1000;

/// The places that there are.
pub struct Load {
    requests: Semaphore,
    sign_ins: Semaphore,
    /// The room for what is sent.
    pub intake: Intake,
    /// Event streams; they hold no place of a request.
    pub streams: Arc<Streams>,
}

impl Load {
    /// So many requests at once.
    #[must_use]
    pub fn new(requests: usize) -> Self {
        Self {
            requests: Semaphore::new(requests),
            sign_ins: Semaphore::new(SIGN_INS.min(requests)),
            intake: Intake::default(),
            streams: Arc::default(),
        }
    }

    /// A place for a request; none when all stay taken for a second.
    pub(super) async fn place(&self) -> Option<SemaphorePermit<'_>> {
        tokio::time::timeout(WAIT, self.requests.acquire()).await.ok()?.ok()
    }
}

impl Default for Load {
    fn default() -> Self {
        Self::new(REQUESTS)
    }
}

/// The answer when all places are taken.
pub(super) fn turned_away() -> Response {
    metrics().turned_away(TurnedAway::Requests);
    fault::busy()
}

/// Whether who sends something there is looked at before it is taken in: the handler does that, and takes a place afterwards.
fn takes_it_in_itself(path: &str) -> bool {
    matches!(
        path,
        paths::COMMANDS | paths::CHECK_IN | "/import/file" | "/message/logo" | super::package::UPLOAD
    )
}

/// Whether it is a question that is held: the handler takes a place only as long as it looks.
fn is_held(path: &str) -> bool {
    path.contains("/rest/notification/polling/")
}

/// Turns away what is too much. Whoever watches is let through, to see it. A request has a place once all of it is here.
pub async fn layer<F: Future<Output = Response>>(
    site: &Site,
    request: Request<Body>,
    next: impl FnOnce(Request<Body>) -> F,
) -> Response {
    let path = request.uri().path();
    if matches!(path, "/healthz" | "/readyz" | "/metrics") || takes_it_in_itself(path) || is_held(path) {
        return next(request).await;
    }
    let hashes = path == "/login" || path.starts_with("/join/") || path.starts_with("/setup/");
    let hashes = hashes && *request.method() == Method::POST;
    let (parts, body) = request.into_parts();
    let (body, _room) = if body.is_end_stream() {
        (body, None)
    } else {
        match tokio::time::timeout(super::TIME, site.load.intake.take(body, super::BODY)).await {
            Ok(Ok(taken)) => (Body::from(taken.bytes.clone()), Some(taken)),
            Ok(Err(error)) => return error.into_response(),
            Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
        }
    };
    let _sign_in = if hashes {
        let Ok(place) = site.load.sign_ins.try_acquire() else { return turned_away() };
        Some(place)
    } else {
        None
    };
    let Some(_place) = site.load.place().await else { return turned_away() };
    next(Request::from_parts(parts, body)).await
}

/// Open event streams by account.
#[derive(Default)]
pub struct Streams(Mutex<HashMap<AccountId, usize>>);

/// The place of one event stream, given back when it ends.
pub struct Stream {
    streams: Arc<Streams>,
    account: AccountId,
}

impl Streams {
    fn with<T>(&self, act: impl FnOnce(&mut HashMap<AccountId, usize>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A place for another stream of this account; none if that is one too many (ABUSE A44).
    #[must_use]
    pub fn open(self: &Arc<Self>, account: AccountId) -> Option<Stream> {
        let opened = self.with(|open| {
            let all: usize = open.values().sum();
            let own = open.get(&account).copied().unwrap_or_default();
            let allowed = all < STREAMS && own < STREAMS_PER_ACCOUNT;
            if allowed {
                open.insert(account, own + 1);
            }
            allowed
        });
        if !opened {
            metrics().turned_away(TurnedAway::Streams);
            return None;
        }
        metrics().streams.inc();
        Some(Stream { streams: self.clone(), account })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        metrics().streams.dec();
        self.streams.with(|open| {
            if let Some(own) = open.get_mut(&self.account) {
                *own = own.saturating_sub(1);
                if *own == 0 {
                    open.remove(&self.account);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(n: u128) -> AccountId {
        let hex = format!("{n:032x}");
        format!("{}-{}-7{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
            .parse()
            .unwrap()
    }

    #[test]
    fn a44_streams_are_bounded_for_an_account_and_for_all_together() {
        let streams = Arc::new(Streams::default());
        let mut held: Vec<_> = (0..STREAMS_PER_ACCOUNT).map(|_| streams.open(account(1)).unwrap()).collect();
        assert!(streams.open(account(1)).is_none());
        held.pop();
        held.push(streams.open(account(1)).unwrap());
        for n in 2.. {
            let Some(stream) = streams.open(account(n)) else { break };
            held.push(stream);
        }
        assert_eq!(held.len(), STREAMS);
        drop(held);
        assert!(streams.with(|open| open.is_empty()));
    }
}
