//! Somebody else's programs and ours understand each other: PyPI's and npm's `http-message-signatures`.
//!
//! They are installed into `target/foreign` on first use. A machine that cannot install them fails these tests: a
//! verifier that only ever saw its own signatures has not been tested.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

use muster_agent_protocol::{
    key::{PublicKey, SigningKey},
    sign::sign,
    verify::{Request, SignatureError, parse},
};
use serde_json::{Value, json};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

const NOW: i64 = 1_795_000_000;
const NONCE: &str = "c29tZS1ub25jZS0xMjM0";

fn run(command: &mut Command) -> String {
    let out = command.output().unwrap_or_else(|e| panic!("{command:?} cannot be started: {e}"));
    assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign")
}

fn installed() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("foreign")
}

/// Whether this very list of packages was installed; `done` writes it down.
fn stamp(name: &str, list: &str) -> (PathBuf, String, bool) {
    let wanted = std::fs::read_to_string(scripts().join(list)).unwrap();
    let path = installed().join(name);
    let there = std::fs::read_to_string(&path).is_ok_and(|have| have == wanted);
    (path, wanted, there)
}

/// One installation at a time: each test may be a process of its own. Ends with the file.
fn alone() -> File {
    std::fs::create_dir_all(installed()).unwrap();
    let file = File::create(installed().join("lock")).unwrap();
    file.lock().unwrap();
    file
}

/// Python with its package.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let _alone = alone();
    let venv = installed().join("venv");
    let python = venv.join("bin/python");
    let (stamp, wanted, there) = stamp("venv.installed", "requirements.txt");
    if !there || !python.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
        let requirements = scripts().join("requirements.txt");
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements));
        std::fs::write(stamp, wanted).unwrap();
    }
    python
});

/// The folder with npm's package; scripts find it by `NODE_PATH`.
static NODE_MODULES: LazyLock<PathBuf> = LazyLock::new(|| {
    let _alone = alone();
    let modules = installed().join("node_modules");
    let (stamp, wanted, there) = stamp("node_modules.installed", "package.json");
    if !there || !modules.exists() {
        std::fs::copy(scripts().join("package.json"), installed().join("package.json")).unwrap();
        run(Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
            .arg(installed()));
        std::fs::write(stamp, wanted).unwrap();
    }
    modules
});

fn python(script: &str, argument: &str) -> String {
    run(Command::new(&*PYTHON).arg(scripts().join(script)).arg(argument))
}

fn node(script: &str, argument: &str) -> String {
    run(Command::new("node").env("NODE_PATH", &*NODE_MODULES).arg(scripts().join(script)).arg(argument))
}

/// Accepted as it is; refused with one covered field or the body altered.
fn is_accepted_and_altered_is_not(printed: &str) {
    let signed: Value = serde_json::from_str(printed).unwrap();
    let text = |name: &str| signed[name].as_str().unwrap();
    let headers: Vec<(&str, &str)> = signed["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let key = PublicKey::from_base64url(text("point")).unwrap();
    let request = Request {
        method: text("method"),
        target_uri: text("url"),
        headers: &headers,
        body: text("body").as_bytes(),
    };
    let check = |request: &Request<'_>| parse(request).unwrap().verify(&key, request, NOW + 5);
    let verified = check(&request).unwrap();
    assert_eq!((verified.keyid.as_str(), verified.nonce.as_str()), ("device-1", NONCE));
    let altered: Vec<(&str, &str)> =
        headers.iter().map(|(n, v)| (*n, if *n == "content-type" { "text/plain" } else { v })).collect();
    assert_eq!(check(&Request { headers: &altered, ..request }), Err(SignatureError::Invalid));
    assert_eq!(check(&Request { body: b"{}", ..request }), Err(SignatureError::Digest));
}

/// Our own request, made now since those packages read the clock, and the same with another target.
fn ours() -> [String; 2] {
    #[expect(
        clippy::disallowed_methods,
        reason = "the other programs read the clock and cannot be told the time"
    )]
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let key = SigningKey::generate().unwrap();
    let (method, url, body) = ("POST", "https://muster.example.org/agent/v1/devices/1/check-in", "{}");
    let signed =
        sign(&key, method, url, body.as_bytes(), now.try_into().unwrap(), NONCE, "device-1").unwrap();
    let headers = json!({
        "Content-Digest": signed.content_digest, "Signature-Input": signed.signature_input, "Signature": signed.signature
    });
    let point = key.public().unwrap().to_base64url();
    [url, "https://muster.example.org/agent/v1/devices/2/check-in"].map(|url| {
        json!({"point": point, "method": method, "url": url, "body": body, "headers": headers}).to_string()
    })
}

#[test]
fn a_request_signed_by_the_python_package_is_accepted_and_an_altered_one_is_not() {
    is_accepted_and_altered_is_not(&python("sign.py", &NOW.to_string()));
}

#[test]
fn a_request_signed_by_the_npm_package_is_accepted_and_an_altered_one_is_not() {
    is_accepted_and_altered_is_not(&node("sign.js", &NOW.to_string()));
}

#[test]
fn our_signature_is_accepted_by_the_python_package_but_not_for_another_target() {
    let [good, bad] = ours();
    assert_eq!(python("verify.py", &good).trim(), "true");
    assert!(python("verify.py", &bad).starts_with("false"));
}

#[test]
fn our_signature_is_accepted_by_the_npm_package_but_not_for_another_target() {
    let [good, bad] = ours();
    assert_eq!(node("verify.js", &good).trim(), "true");
    assert!(node("verify.js", &bad).starts_with("false"));
}
