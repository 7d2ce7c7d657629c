//! Real packages of other people (npm), other people's programs that sign and read them, and HTTPS in front of the server.

use crate::world::{Server, browser};
use reqwest::{Client, Response};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Has an example of a device administrator; signed by v1 and v2.
pub const API_DEMOS: &str = "android-apidemos/apks/ApiDemos-debug.apk";
/// The name of that.
pub const DEMOS: &str = "io.appium.android.apis";
/// Has none; signed by v2.
pub const SETTINGS: &str = "io.appium.settings/apks/settings_apk-debug.apk";

/// A package from npm; `cargo xtask test` installs them with what the browser tests need.
pub fn npm(path: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/node_modules").join(path);
    assert!(file.exists(), "{path}: `cd end2end && npm ci` brings it");
    file
}

pub fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(npm(path)).unwrap()
}

/// Runs somebody else's program, which succeeds.
pub fn run(folder: &Path, line: &str) -> String {
    let mut words = line.split_whitespace();
    let out = Command::new(words.next().unwrap()).args(words).current_dir(folder).output();
    let out = out.unwrap_or_else(|e| panic!("{line}: {e}"));
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{line}: {text}{}", String::from_utf8_lossy(&out.stderr));
    text
}

/// The package signed anew with a key of this name, which is made with the first.
pub fn signed(folder: &Path, path: &str, key: &str, words: &str) -> Vec<u8> {
    if !folder.join(format!("{key}.pk8")).exists() {
        run(folder, &format!("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out {key}.key"));
        run(folder, &format!("openssl pkcs8 -topk8 -nocrypt -in {key}.key -outform DER -out {key}.pk8"));
        run(
            folder,
            &format!("openssl req -new -x509 -key {key}.key -subj /CN={key} -days 9000 -out {key}.pem"),
        );
    }
    let from = npm(path);
    run(
        folder,
        &format!(
            "apksigner sign --key {key}.pk8 --cert {key}.pem {words} --in {} --out signed.apk",
            from.display()
        ),
    );
    std::fs::read(folder.join("signed.apk")).unwrap()
}

/// Sends a package as the console does.
pub async fn upload(server: &Server, who: &Client, content: Vec<u8>, query: &str) -> Response {
    let to = format!("{}/settings/android/package{query}", server.base);
    who.post(to).body(content).send().await.unwrap()
}

/// The same for one that is taken; what the server says of it, with its address.
pub async fn taken(server: &Server, who: &Client, content: Vec<u8>) -> Value {
    let answer = upload(server, who, content, "").await;
    let status = answer.status();
    let told: Value = answer.json().await.unwrap();
    assert!(status.is_success(), "{status}: {told}");
    let (_, there) = server.function(who, "android_get", serde_json::json!({})).await;
    let all = there["packages"].as_array().unwrap().clone();
    all.into_iter().find(|p| p["package"]["name"] == told["name"]).unwrap()
}

/// The path of a package on the server, whatever stands before it in its address.
pub fn path(shelved: &Value) -> String {
    let address = shelved["address"].as_str().unwrap();
    address[address.find("/apk/").unwrap()..].to_owned()
}

/// What lies in the folder of packages, but for its lock.
pub fn files(server: &Server) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![server.folder.path().join("data/packages")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "lock" {
                found.push(path);
            }
        }
    }
    found
}

/// What a QR code says, read by another program.
pub fn scanned(folder: &Path, png: &[u8]) -> String {
    std::fs::write(folder.join("code.png"), png).unwrap();
    run(folder, "zbarimg --raw -q code.png").trim_end().to_owned()
}

/// Gets a picture of the page behind a link.
pub async fn picture(link: &str, name: &str) -> Option<Vec<u8>> {
    let answer = browser().get(format!("{link}/{name}")).send().await.unwrap();
    if !answer.status().is_success() {
        return None;
    }
    assert_eq!(answer.headers()["content-type"], "image/png");
    Some(answer.bytes().await.unwrap().to_vec())
}

/// HTTPS in front of the server, by a certificate for `localhost` of the authority in `ca.pem`.
pub async fn https(server: &Server) -> String {
    let folder = server.folder.path();
    std::fs::write(folder.join("ext"), "subjectAltName=DNS:localhost\n").unwrap();
    for line in [
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=Authority -keyout ca.key -out ca.pem",
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout s.key -out s.csr",
        "openssl x509 -req -in s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 9 -extfile ext -out s.pem",
    ] {
        run(folder, line);
    }
    let chain = vec![CertificateDer::from_pem_file(folder.join("s.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(folder.join("s.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = builder.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let to = server.base.strip_prefix("http://").unwrap().to_owned();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (acceptor, to) = (acceptor.clone(), to.clone());
            tokio::spawn(async move {
                let mut tls = acceptor.accept(tcp).await.ok()?;
                let mut inner = TcpStream::connect(to).await.ok()?;
                tokio::io::copy_bidirectional(&mut tls, &mut inner).await.ok()
            });
        }
    });
    server.cli(&["settings", "set", "public_url", &address]);
    // The server notices what another process wrote.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    address
}
