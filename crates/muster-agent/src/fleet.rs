//! Many simulated devices in one process.

use crate::error::AgentError;
use futures::{StreamExt, stream};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Calls at the same time at most.
pub const PARALLEL: usize = 64;

/// How it went, all devices together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Devices that succeeded.
    pub done: usize,
    /// Devices that did not, by reason.
    pub failed: BTreeMap<String, usize>,
}

/// The state file of the device with this number, from 0.
#[must_use]
pub fn state_file(directory: &Path, number: usize) -> PathBuf {
    directory.join(format!("device-{:06}.json", number + 1))
}

/// Does something for each device, at most [`PARALLEL`] at once; also gives the first error.
pub async fn each<F, T>(count: usize, mut one: impl FnMut(usize) -> F) -> (Summary, Option<AgentError>)
where
    F: Future<Output = Result<T, AgentError>>,
{
    let mut summary = Summary::default();
    let mut first = None;
    let mut results = stream::iter((0..count).map(&mut one)).buffer_unordered(PARALLEL);
    while let Some(result) = results.next().await {
        match result {
            Ok(_) => summary.done += 1,
            Err(error) => {
                *summary.failed.entry(error.code()).or_default() += 1;
                first.get_or_insert(error);
            }
        }
    }
    drop(results);
    (summary, first)
}
