//! `[log]`: what is logged, and how.

use super::{Key, Kind, Layers};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

const FILTER: Key = Key::new("filter", &["MUSTER_LOG"], Kind::Text);
const FORMAT: Key = Key::new("format", &["MUSTER_LOG_FORMAT"], Kind::Text);

/// The keys of the section.
pub(super) const KEYS: &[Key] = &[FILTER, FORMAT];

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON document a line.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct Log {
    /// As `tracing` reads filters: `info`, or `warn,muster=debug`.
    pub filter: String,
    /// How a line is written.
    pub format: LogFormat,
}

fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|e| e.to_string())
}

impl Log {
    pub(super) fn read(layers: &Layers) -> anyhow::Result<Self> {
        Ok(Self {
            filter: layers.parsed("log", &FILTER, filter)?.unwrap_or_else(|| "info".to_owned()),
            format: layers.get("log", &FORMAT)?.unwrap_or_default(),
        })
    }
}
