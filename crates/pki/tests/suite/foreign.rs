//! Programs that someone else wrote.
//!
//! A machine without them fails these tests, unless `MUSTER_TESTS_WITHOUT` names the program: a reader that only ever saw
//! its own writer's messages has not been tested.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// A folder for one test, in which programs run.
pub struct Bench {
    folder: tempfile::TempDir,
}

/// Whether the program is there; where it is not and need not be, the test ends at once.
pub fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&path).any(|folder| folder.join(program).exists());
    if !there {
        go_without(program);
    }
    there
}

/// Fails unless the machine may do without it.
pub fn go_without(name: &str) {
    let without = std::env::var("MUSTER_TESTS_WITHOUT").unwrap_or_default();
    assert!(
        without.split(',').any(|n| n == name),
        "{name} is not installed: `cargo xtask test` installs it, MUSTER_TESTS_WITHOUT={name} goes without"
    );
}

impl Bench {
    /// A new folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A file's path.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Reads a file.
    pub fn get(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Runs a program with the words of a line: whether it succeeded, and all that it wrote.
    pub fn attempt(&self, line: &str) -> (bool, String) {
        let mut words = line.split_whitespace();
        let mut command = Command::new(words.next().unwrap());
        command.args(words).current_dir(self.folder.path());
        let out = command.output().unwrap_or_else(|e| panic!("{line}: {e}"));
        let text = [out.stdout, out.stderr].concat();
        (out.status.success(), String::from_utf8_lossy(&text).into_owned())
    }

    /// Runs a program that must succeed.
    pub fn run(&self, line: &str) -> String {
        let (success, text) = self.attempt(line);
        assert!(success, "{line}: {text}");
        text
    }

    /// The folder.
    #[allow(dead_code, reason = "not all crates that share this file need it")]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
