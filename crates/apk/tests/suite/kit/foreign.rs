//! Programs that someone else wrote, and packages that someone else made.
//!
//! A machine without them fails these tests, unless `MUSTER_TESTS_WITHOUT` names the program, or `npm` for the packages: a reader
//! that only ever saw its own writer's files has not been tested.

pub use super::programs::Bench;
use super::programs::{go_without, has as is_there};
use std::path::{Path, PathBuf};

/// Whether all programs are there; where one is not and need not be, the test ends at once.
pub fn has(programs: &[&str]) -> bool {
    programs.iter().all(|program| is_there(program))
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

impl Bench {
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
