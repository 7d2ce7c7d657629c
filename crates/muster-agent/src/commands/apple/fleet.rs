//! A folder of devices: each in a task of its own, so that all cores sign.

use super::{Manner, apply, enroll, open};
use crate::{
    args::apple::{Kind, Look},
    commands::{Output, finish, words},
};
use muster_agent::{
    apple::{device::Options, http::Client, keys::Pool},
    error::AgentError,
    fleet::{self, Summary},
};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// How a round went, and the first error.
type Round = (Summary, Option<AgentError>);

/// What the devices share.
pub struct Fleet {
    client: Client,
    folder: PathBuf,
    options: Options,
    keys: Pool,
}

/// Does something for each device, at most [`fleet::PARALLEL`] at once.
async fn each<F>(count: usize, one: impl Fn(usize) -> F) -> Round
where
    F: Future<Output = Result<(), AgentError>> + Send + 'static,
{
    let spawned = |n| {
        let task = tokio::spawn(one(n));
        async move { task.await.unwrap_or_else(|e| Err(AgentError::Local(e.to_string()))) }
    };
    fleet::each(count, spawned).await
}

impl Fleet {
    /// With the folder's pool of keys, in which there are `keys` at least.
    pub async fn open(
        client: Client,
        folder: &Path,
        options: Options,
        keys: Option<usize>,
    ) -> Result<Arc<Self>, AgentError> {
        let keys = Pool::open(folder, keys).await?;
        Ok(Arc::new(Self { client, folder: folder.to_owned(), options, keys }))
    }

    fn file(&self, number: usize) -> PathBuf {
        fleet::state_file(&self.folder, number)
    }

    /// Enrols each through a link of its own.
    pub async fn enroll(self: Arc<Self>, count: usize, links: Vec<String>, kind: Kind, look: &Look) -> Round {
        let shared = Arc::new((links, look.clone()));
        each(count, |n| {
            let (fleet, shared) = (Arc::clone(&self), Arc::clone(&shared));
            async move {
                let (keys, how) = (fleet.keys.clone(), (shared.0[n].as_str(), kind, &shared.1));
                enroll(&fleet.client, &fleet.file(n), keys, fleet.options, how).await.map(drop)
            }
        })
        .await
    }

    /// A new certificate for each.
    pub async fn renew(self: Arc<Self>, count: usize) -> Round {
        each(count, |n| {
            let fleet = Arc::clone(&self);
            async move { open(&fleet.file(n), fleet.keys.clone(), fleet.options)?.renew(&fleet.client).await }
        })
        .await
    }

    /// A session for each, once or at an interval.
    pub async fn run(
        self: Arc<Self>,
        count: usize,
        (once, every, json, look): Manner<'_>,
    ) -> Result<Output, AgentError> {
        loop {
            let round = each(count, |n| {
                let (fleet, look) = (Arc::clone(&self), look.clone());
                async move {
                    let mut device = open(&fleet.file(n), fleet.keys.clone(), fleet.options)?;
                    apply(&look, &mut device.state);
                    device.session(&fleet.client).await.map(drop)
                }
            })
            .await;
            if once {
                return finish(round);
            }
            println!("{}", if json { json!(round.0).to_string() } else { words(&round.0) });
            if let Some(error) = round.1.filter(|_| round.0.done == 0).filter(|e| !e.is_transient()) {
                return Err(error);
            }
            tokio::time::sleep(every).await;
        }
    }
}
