//! Stamps: a step whose inputs have the hash of the last time, and whose results are still there, is skipped.

use anyhow::Context;
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The hash of all inputs of one step.
#[derive(Default)]
pub struct Inputs(Sha256);

impl Inputs {
    /// Starts with xtask itself: another xtask may do the step otherwise.
    pub fn new() -> anyhow::Result<Self> {
        let program = env::current_exe()?.metadata()?;
        let age = program.modified()?.duration_since(std::time::UNIX_EPOCH)?;
        Ok(Self::default().bytes(&program.len().to_le_bytes()).bytes(&age.as_nanos().to_le_bytes()))
    }

    /// Adds a value; its length goes first, so that two values never read as one.
    pub fn bytes(mut self, value: &[u8]) -> Self {
        self.0.update((value.len() as u64).to_le_bytes());
        self.0.update(value);
        self
    }

    /// Adds a file's content.
    pub fn file(self, path: &Path) -> anyhow::Result<Self> {
        let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(self.bytes(&content))
    }

    /// Binds the inputs to the stamp file of their step.
    pub fn stamp(self, path: PathBuf) -> Stamp {
        Stamp { path, hash: hex(&self.0.finalize()) }
    }
}

/// Says whether a step was done with these inputs before.
pub struct Stamp {
    path: PathBuf,
    hash: String,
}

impl Stamp {
    /// Whether the step was done with these inputs and all its results exist.
    pub fn holds(&self, results: &[&Path]) -> bool {
        results.iter().all(|path| path.exists())
            && fs::read_to_string(&self.path).is_ok_and(|h| h == self.hash)
    }

    /// Records that the step is done.
    pub fn set(&self) -> anyhow::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.path, &self.hash).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::Inputs;
    use std::path::PathBuf;

    fn hash(inputs: Inputs) -> String {
        inputs.stamp(PathBuf::new()).hash
    }

    #[test]
    fn two_values_differ_from_their_concatenation() {
        let apart = Inputs::default().bytes(b"ab").bytes(b"c");
        let shifted = Inputs::default().bytes(b"a").bytes(b"bc");
        assert_ne!(hash(apart), hash(shifted));
    }
}
