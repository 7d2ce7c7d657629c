//! Apple as far as certificates go, made by OpenSSL: a root, an authority below it, and what that issues.

#![allow(dead_code, reason = "two programs of tests share it, and each uses a part")]

use muster_domain::Timestamp;
use std::{path::PathBuf, process::Command};

/// The topic of most certificates.
pub const TOPIC: &str = "com.apple.mgmt.External.5f4dcc3b-5aa7-65d6-1d83-27deb882cf99";
/// Another one.
pub const OTHER: &str = "com.apple.mgmt.External.00000000-1111-2222-3333-444444444444";

const CONFIG: &str = "[ca]
default_ca = fake
[fake]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
x509_extensions = leaf
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
UID = optional
[leaf]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
[server]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1,DNS:localhost
[any_use]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
subjectAltName = IP:127.0.0.1,DNS:localhost
[encryption]
basicConstraints = critical,CA:false
keyUsage = critical,keyEncipherment
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[req]
distinguished_name = none
[none]
";

/// A folder with keys and certificates; `root.pem`, `authority.pem` and `chain.pem` (both) are there from the beginning.
pub struct FakeApple {
    folder: tempfile::TempDir,
}

fn asn1(at: Timestamp) -> String {
    at.rfc3339().replace(['-', ':', 'T'], "")
}

impl FakeApple {
    /// As if it were Apple's, for certificates that hold around `now`.
    pub fn new(now: Timestamp) -> Self {
        Self::called("Apple Inc.", now)
    }

    /// Of another organization.
    pub fn called(organization: &str, now: Timestamp) -> Self {
        let fake = Self { folder: tempfile::tempdir().unwrap() };
        fake.put("ca.cnf", CONFIG);
        fake.put("index.txt", "");
        let root = format!("/C=US/O={organization}/CN=Fake Root CA");
        fake.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "root.key",
            "-out",
            "root.pem",
            "-days",
            "7300",
            "-subj",
            &root,
            "-config",
            "ca.cnf",
            "-extensions",
            "authority",
        ]);
        fake.key("authority.key");
        let subject = format!("/CN=Fake Application Integration/O={organization}/C=US");
        fake.issue(
            "authority",
            &subject,
            (now.plus_days(0).plus(-1), now.plus_days(7000)),
            "authority",
            "root",
        );
        let chain = [fake.text("authority.pem"), fake.text("root.pem")].concat();
        fake.put("chain.pem", chain);
        fake
    }

    /// A file's path.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Reads a file.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Reads a file of text.
    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// Writes a file.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Runs OpenSSL in the folder; what it says.
    pub fn openssl(&self, words: &[&str]) -> String {
        let out = Command::new("openssl").args(words).current_dir(self.folder.path()).output().unwrap();
        assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// A new RSA key.
    pub fn key(&self, file: &str) {
        self.openssl(&["genrsa", "-out", file, "2048"]);
    }

    fn issue(
        &self,
        name: &str,
        subject: &str,
        (from, to): (Timestamp, Timestamp),
        extensions: &str,
        by: &str,
    ) {
        let (key, csr, out) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        if !self.path(&csr).exists() {
            self.openssl(&[
                "req",
                "-new",
                "-key",
                &key,
                "-subj",
                "/CN=asked",
                "-out",
                &csr,
                "-config",
                "ca.cnf",
            ]);
        }
        let (certificate, signer) = (format!("{by}.pem"), format!("{by}.key"));
        self.openssl(&[
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            "-cert",
            &certificate,
            "-keyfile",
            &signer,
            "-in",
            &csr,
            "-subj",
            subject,
            "-preserveDN",
            "-startdate",
            &asn1(from),
            "-enddate",
            &asn1(to),
            "-extensions",
            extensions,
            "-out",
            &out,
        ]);
    }

    /// A push certificate for `{name}.csr`, or else for `{name}.key`, which is made where it is missing: `{name}.pem`.
    pub fn push(&self, name: &str, topic: &str, holds: (Timestamp, Timestamp)) {
        self.certificate(name, &format!("/UID={topic}/CN=APSP:{name}/C=US"), holds);
    }

    /// A certificate for something else, in the same way.
    pub fn certificate(&self, name: &str, subject: &str, holds: (Timestamp, Timestamp)) {
        if !self.path(&format!("{name}.csr")).exists() && !self.path(&format!("{name}.key")).exists() {
            self.key(&format!("{name}.key"));
        }
        self.issue(name, subject, holds, "leaf", "authority");
    }

    /// The same with other extensions: a section of the configuration.
    pub fn extended(&self, name: &str, subject: &str, holds: (Timestamp, Timestamp), extensions: &str) {
        self.key(&format!("{name}.key"));
        self.issue(name, subject, holds, extensions, "authority");
    }

    /// The certificate of a server on this machine, with its key.
    pub fn server(&self, name: &str) {
        self.key(&format!("{name}.key"));
        let far = Timestamp(4_102_444_800_000_000);
        self.issue(
            name,
            "/CN=api.push.example",
            (Timestamp(1_700_000_000_000_000), far),
            "server",
            "authority",
        );
    }

    /// A certificate in DER.
    pub fn der(&self, name: &str) -> Vec<u8> {
        let (pem, der) = (format!("{name}.pem"), format!("{name}.der"));
        self.openssl(&["x509", "-in", &pem, "-outform", "DER", "-out", &der]);
        self.bytes(&der)
    }

    /// A vendor's certificate with its key: `{name}.pem`, `{name}.key`, and with the whole chain `{name}-chain.pem`.
    pub fn vendor(&self, name: &str, holds: (Timestamp, Timestamp)) {
        self.certificate(name, "/CN=MDM Vendor: Example/O=Example/C=DE", holds);
        let chain = [self.text(&format!("{name}.pem")), self.text("chain.pem")].concat();
        self.put(&format!("{name}-chain.pem"), chain);
    }

    /// `{name}.p12` of `{name}.pem` and `{name}.key`; `legacy` as programs wrote it for twenty years, with RC2 and 3DES.
    pub fn pkcs12(&self, name: &str, password: &str, legacy: bool) {
        let (pem, key, out) = (format!("{name}.pem"), format!("{name}.key"), format!("{name}.p12"));
        let password = format!("pass:{password}");
        let mut words =
            vec!["pkcs12", "-export", "-in", &pem, "-inkey", &key, "-out", &out, "-passout", &password];
        if legacy {
            words.extend([
                "-legacy",
                "-certpbe",
                "PBE-SHA1-RC2-40",
                "-keypbe",
                "PBE-SHA1-3DES",
                "-macalg",
                "SHA1",
            ]);
        }
        self.openssl(&words);
    }
}
