//! `/events`: server-sent events that say only what changed; pages fetch again.

use super::{Shared, session};
use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::stream;
use http::HeaderMap;
use muster_domain::{
    WorkspaceId,
    ports::{Change, Store, Topic},
};
use std::{collections::BTreeSet, convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::{broadcast, watch};

/// What another process wrote is noticed within this time.
const POLL: Duration = Duration::from_millis(300);

/// Publishes changes of all processes: at once after a commit of this one, otherwise by looking.
pub async fn publish(
    store: Arc<dyn Store>,
    mut committed: watch::Receiver<u64>,
    changes: broadcast::Sender<Change>,
) {
    let mut seen = store.last_change().await.unwrap_or(0);
    loop {
        let _ = tokio::time::timeout(POLL, committed.changed()).await;
        match store.changes_since(seen).await {
            Ok(found) => {
                for change in found {
                    seen = seen.max(change.seq);
                    let _ = changes.send(change);
                }
            }
            Err(error) => {
                tracing::error!(%error, "changes");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

/// Without news, a stream looks this often whether its session's time is over.
const LOOK: Duration = Duration::from_secs(30);
/// One stream too many is told to come again in half a minute, so that its page still follows, slowly.
const LATER: Duration = Duration::from_secs(30);

/// The topics that changed in this workspace, gathered; `None` when the stream must end.
async fn next(changes: &mut broadcast::Receiver<Change>, workspace: WorkspaceId) -> Option<BTreeSet<Topic>> {
    let mut topics = BTreeSet::new();
    loop {
        match changes.recv().await {
            Ok(change) if change.workspace == workspace => {
                topics.insert(change.topic);
            }
            Ok(_) => {}
            // Too slow to follow: everything may have changed.
            Err(broadcast::error::RecvError::Lagged(_)) => topics.extend(Topic::ALL),
            Err(broadcast::error::RecvError::Closed) => return None,
        }
        if !topics.is_empty() && changes.is_empty() {
            return Some(topics);
        }
    }
}

/// `GET /events`. The stream ends with the session or a change of role (ABUSE A44).
pub async fn stream(State(site): Shared, headers: HeaderMap) -> Response {
    // Before the look at the session: one that ends in between is told.
    let changes = site.changes.subscribe();
    let who = match session::asks(&site, &headers).await {
        Ok(who) => who,
        Err(answer) => return answer,
    };
    let Some(place) = site.load.streams.open(who.account.id) else {
        let later = Event::default().event("hello").retry(LATER).data("{}");
        return Sse::new(stream::iter([Ok::<_, Infallible>(later)])).into_response();
    };
    let begin = (site, headers, who, changes, place, true);
    let events = stream::unfold(begin, |(site, headers, who, mut changes, place, first)| async move {
        if first {
            let hello = Event::default().event("hello").data("{}");
            return Some((Ok::<_, Infallible>(hello), (site, headers, who, changes, place, false)));
        }
        let topics = loop {
            let topics = tokio::select! {
                topics = next(&mut changes, who.workspace) => topics?,
                () = tokio::time::sleep(LOOK) => BTreeSet::new(),
                () = site.stop.cancelled() => return None,
            };
            let look = topics.is_empty() || topics.contains(&Topic::Accounts);
            if look && !session::still(&site, &headers, &who).await {
                return None;
            }
            if !topics.is_empty() {
                break topics;
            }
        };
        // An entry of the audit log by itself (a sign-in, an export) is news for the log's page alone.
        let name = if topics.iter().eq([&Topic::Audit]) { "log" } else { "change" };
        let names: Vec<&str> = topics.into_iter().map(Topic::name).collect();
        let event = Event::default().event(name).data(serde_json::json!({ "topics": names }).to_string());
        Some((Ok(event), (site, headers, who, changes, place, false)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response()
}
