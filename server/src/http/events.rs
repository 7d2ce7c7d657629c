//! `/events`: server-sent events that say only what changed; pages fetch again.

use super::{Shared, Site, session};
use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::stream;
use http::{HeaderMap, StatusCode};
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
    let Some(who) = session::who(&site, &headers).await else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let changes = site.changes.subscribe();
    let begin = (site, headers, who, changes, true);
    let events = stream::unfold(begin, |(site, headers, who, mut changes, first)| async move {
        if first {
            let hello = Event::default().event("hello").data("{}");
            return Some((Ok::<_, Infallible>(hello), (site, headers, who, changes, false)));
        }
        let topics = tokio::select! {
            topics = next(&mut changes, who.workspace) => topics?,
            () = site.stop.cancelled() => return None,
        };
        if topics.contains(&Topic::Accounts) && still(&site, &headers).await.as_ref() != Some(&who) {
            return None;
        }
        let names: Vec<&str> = topics.into_iter().map(Topic::name).collect();
        let event = Event::default().event("change").data(serde_json::json!({ "topics": names }).to_string());
        Some((Ok(event), (site, headers, who, changes, false)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response()
}

async fn still(site: &Site, headers: &HeaderMap) -> Option<muster_domain::account::Who> {
    session::who(site, headers).await
}
