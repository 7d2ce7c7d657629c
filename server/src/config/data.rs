//! `[data]`: what is kept where.

use super::{Key, Kind, Layers};
use std::path::PathBuf;

const DIR: Key = Key::new("dir", &["MUSTER_DATA"], Kind::Text);

/// The keys of the section.
pub(super) const KEYS: &[Key] = &[DIR];

/// What is kept where.
#[derive(Clone, Debug)]
pub struct Data {
    /// The folder with the database, the key and the mails that are kept as files.
    pub dir: PathBuf,
}

impl Data {
    pub(super) fn read(layers: &Layers) -> anyhow::Result<Self> {
        Ok(Self { dir: layers.path("data", &DIR)?.unwrap_or_else(|| PathBuf::from("data")) })
    }
}
