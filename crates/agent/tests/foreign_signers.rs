//! Signatures that somebody else's program made are accepted: PyPI's `http-message-signatures`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

use muster_agent_protocol::{
    key::PublicKey,
    verify::{Request, SignatureError, parse},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const NOW: i64 = 1_795_000_000;

fn run(program: &Path, arguments: &[&str]) -> String {
    let out = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("{}: {e}", program.display()));
    assert!(
        out.status.success(),
        "{} {arguments:?}: {}",
        program.display(),
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

/// Python with the package, installed on first use into the target folder.
fn python(foreign: &Path) -> PathBuf {
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign-python");
    let python = venv.join("bin/python");
    if !venv.join("installed").exists() {
        run(Path::new("python3"), &["-m", "venv", "--clear", venv.to_str().unwrap()]);
        let requirements = foreign.join("requirements.txt");
        run(&python, &["-m", "pip", "install", "--quiet", "-r", requirements.to_str().unwrap()]);
        std::fs::write(venv.join("installed"), "").unwrap();
    }
    python
}

#[test]
fn a_request_signed_by_the_python_package_is_accepted_and_an_altered_one_is_not() {
    let foreign = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign");
    let script = foreign.join("sign.py");
    let printed = run(&python(&foreign), &[script.to_str().unwrap(), &NOW.to_string()]);
    let signed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let headers: Vec<(String, String)> = signed["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let (method, url, body) = (text(&signed["method"]), text(&signed["url"]), text(&signed["body"]));
    let key = PublicKey::from_base64url(signed["point"].as_str().unwrap()).unwrap();
    let request = Request { method: &method, target_uri: &url, headers: &headers, body: body.as_bytes() };
    let verified = parse(&request).unwrap().verify(&key, &request, NOW + 5).unwrap();
    assert_eq!((verified.keyid.as_str(), verified.nonce.as_str()), ("device-1", "c29tZS1ub25jZS0xMjM0"));
    let altered: Vec<(&str, &str)> = headers
        .iter()
        .map(|(n, v)| if *n == "content-type" { (*n, "text/plain") } else { (*n, *v) })
        .collect();
    let request = Request { headers: &altered, ..request };
    assert_eq!(parse(&request).unwrap().verify(&key, &request, NOW + 5), Err(SignatureError::Invalid));
}
