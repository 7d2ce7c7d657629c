//! Programs that someone else wrote, and packages that someone else made.
//!
//! A machine without them fails these tests, unless `MUSTER_TESTS_WITHOUT` names the program, or `npm` for the packages: a reader
//! that only ever saw its own writer's files has not been tested.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Whether all programs are there; where one is not and need not be, the test ends at once.
pub fn has(programs: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = |program: &&&str| std::env::split_paths(&path).any(|folder| folder.join(program).exists());
    let missing = programs.iter().find(|program| !there(program));
    missing.is_none_or(|program| {
        go_without(program);
        false
    })
}

fn go_without(name: &str) {
    let without = std::env::var("MUSTER_TESTS_WITHOUT").unwrap_or_default();
    assert!(
        without.split(',').any(|n| n == name),
        "{name} is not installed: `cargo xtask test` installs it, MUSTER_TESTS_WITHOUT={name} goes without"
    );
}

/// A package from npm, which `cargo xtask test` installs for the browser tests.
pub fn npm(path: &str) -> Option<PathBuf> {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../end2end/node_modules");
    let file = modules.join(path);
    if file.exists() {
        return Some(file);
    }
    go_without("npm");
    None
}

/// A folder for one test, in which programs run.
pub struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

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

    /// Makes a key in PKCS#8 and a certificate of it: `NAME.pk8` and `NAME.pem`.
    pub fn key(&self, name: &str, how: &str) {
        self.run(&format!("openssl genpkey {how} -outform PEM -out {name}.key"));
        self.run(&format!("openssl pkcs8 -topk8 -nocrypt -in {name}.key -outform DER -out {name}.pk8"));
        self.run(&format!(
            "openssl req -new -x509 -key {name}.key -subj /CN={name} -days 9000 -out {name}.pem"
        ));
    }

    /// SHA-256 of a certificate, as OpenSSL says it.
    pub fn fingerprint(&self, name: &str) -> String {
        self.run(&format!("openssl x509 -in {name}.pem -outform DER -out {name}.der"));
        let said = self.run(&format!("openssl dgst -sha256 -r {name}.der"));
        said.split_whitespace().next().unwrap().to_owned()
    }

    /// Signs `in.apk` by `apksigner`, with its further words.
    pub fn apksigner(&self, words: &str) -> Vec<u8> {
        self.run(&format!("apksigner sign --in in.apk --out out.apk {words}"));
        self.get("out.apk")
    }

    /// Whether `apksigner` takes a package, and what it says.
    pub fn verify(&self, bytes: &[u8], words: &str) -> (bool, String) {
        self.put("verify.apk", bytes);
        self.attempt(&format!("apksigner verify --print-certs {words} verify.apk"))
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
