//! What is told when TLS to a mail server fails: by `doctor`, by the test mail and on what waits, in words that say what
//! is wrong and what to do.

use crate::program::{Muster, text};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::{Value, json};
use std::{path::Path, process::Command, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// Certificates by OpenSSL, all of one authority in `ca.pem` but those that sign themselves.
struct Certificates<'f>(&'f Path);

impl Certificates<'_> {
    fn openssl(&self, words: &[&str]) {
        let out = Command::new("openssl").args(words).current_dir(self.0).output().unwrap();
        assert!(out.status.success(), "{words:?}: {}", text(&out.stderr));
    }

    fn authority(&self) {
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let words = ["-days", "3650", "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem"];
        self.openssl(&[&["req", "-x509"][..], &curve, &words].concat());
        std::fs::write(self.0.join("index"), "").unwrap();
        std::fs::write(self.0.join("serial"), "01").unwrap();
        let config = "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n";
        std::fs::write(self.0.join("ca.cnf"), config).unwrap();
    }

    /// A certificate for a name, valid from year to year.
    fn signed(&self, file: &str, name: &str, (from, to): (u32, u32)) {
        let (key, request, certificate) =
            (format!("{file}.key"), format!("{file}.csr"), format!("{file}.pem"));
        let new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        self.openssl(&[&new[..], &["-subj", "/CN=x", "-keyout", &key, "-out", &request]].concat());
        std::fs::write(self.0.join("ext"), format!("subjectAltName=DNS:{name}\n")).unwrap();
        let (from, to) = (format!("{from}0101000000Z"), format!("{to}0101000000Z"));
        let ca = ["ca", "-config", "ca.cnf", "-batch", "-notext", "-cert", "ca.pem", "-keyfile", "ca.key"];
        let words = ["-extfile", "ext", "-startdate", &from, "-enddate", &to, "-in", &request, "-out"];
        self.openssl(&[&ca[..], &words, &[&certificate]].concat());
    }

    /// A certificate that signs itself, as `openssl req -x509` makes it.
    fn own(&self, file: &str) {
        let (key, certificate) = (format!("{file}.key"), format!("{file}.pem"));
        let new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
        self.openssl(&[&new[..], &name, &["-keyout", &key, "-out", &certificate]].concat());
    }

    fn acceptor(&self, file: &str) -> TlsAcceptor {
        let pem = self.0.join(file);
        let chain = vec![CertificateDer::from_pem_file(pem.with_extension("pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(pem.with_extension("key")).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = builder.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A conversation up to STARTTLS if `tls` is there, or else to its end.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, greet: bool, tls: bool) -> Option<()> {
    let mut stream = BufReader::new(stream);
    if greet {
        stream.write_all(b"220 test\r\n").await.ok()?;
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let answer: &[u8] = match line.trim_end() {
            "STARTTLS" if tls => {
                stream.write_all(b"220 go\r\n").await.ok()?;
                return Some(());
            }
            line if line.starts_with("EHLO") && tls => b"250-test\r\n250 STARTTLS\r\n",
            "QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await.ok()?;
    }
}

async fn answer(mut tcp: TcpStream, acceptor: TlsAcceptor, implicit: bool) -> Option<()> {
    if !implicit {
        talk(&mut tcp, true, true).await?;
    }
    let mut tls = acceptor.accept(tcp).await.ok()?;
    talk(&mut tls, implicit, false).await
}

/// A mail server with this certificate; its port.
async fn server(acceptor: TlsAcceptor, implicit: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(answer(tcp, acceptor.clone(), implicit));
        }
    });
    port
}

fn sets(muster: &Muster, settings: &[(&str, &str)]) {
    for (key, value) in settings {
        muster.done(&["settings", "set", key, value]);
    }
}

/// What `doctor` says last about mail.
fn doctor(muster: &Muster) -> (String, String) {
    said(muster, "mail")
}

/// What `doctor` says last in a check.
fn said(muster: &Muster, check: &str) -> (String, String) {
    let out = muster.run(&["doctor", "--json"], "");
    let document: Value = serde_json::from_slice(&out.stdout).unwrap();
    let checks = document["checks"].as_array().unwrap();
    let mail = checks.iter().rfind(|c| c["check"] == check).unwrap();
    (mail["state"].as_str().unwrap().to_owned(), mail["message"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_certificate_is_told_in_words_that_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let make = Certificates(folder.path());
    make.authority();
    make.signed("good", "localhost", (2020, 2049));
    make.signed("old", "localhost", (2020, 2021));
    make.signed("early", "localhost", (2048, 2049));
    make.signed("other", "mail.other.example", (2020, 2049));
    make.own("own");
    let authority = folder.path().join("ca.pem").display().to_string();
    let muster = Muster::new().with("SSL_CERT_FILE", authority).with("SSL_CERT_DIR", "/nowhere");
    sets(&muster, &[("smtp.host", "localhost"), ("smtp.from", "it@example.org")]);
    let cases: [(&str, &[&str]); 4] = [
        ("old", &["has expired", "renew it"]),
        ("early", &["not valid yet", "clock of this machine"]),
        ("other", &["is for another name", "enter the server by the name"]),
        ("own", &["signs itself", "authority"]),
    ];
    for (tls, implicit) in [("implicit", true), ("required", false)] {
        let port = server(make.acceptor("good"), implicit).await.to_string();
        sets(&muster, &[("smtp.tls", tls), ("smtp.port", &port)]);
        assert_eq!(doctor(&muster).0, "ok", "{:?}", doctor(&muster));
        for (certificate, expected) in cases {
            let port = server(make.acceptor(certificate), implicit).await.to_string();
            sets(&muster, &[("smtp.port", &port)]);
            let (state, words) = doctor(&muster);
            assert_eq!(state, "failed", "{certificate}: {words}");
            for part in expected {
                assert!(words.contains(part), "{certificate}: {part:?} in {words}");
            }
            for debug in ["Certificate", "Error", "{", "InvalidCert", "UnixTime"] {
                assert!(!words.contains(debug), "{certificate}: {words}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_authority_is_told_by_doctor_by_the_test_mail_and_on_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let make = Certificates(folder.path());
    make.authority();
    make.signed("good", "localhost", (2020, 2049));
    let port = server(make.acceptor("good"), false).await;
    // The machine's own authorities, of which the one above is none.
    let muster = Muster::new();
    muster.people("Ada,ada@example.org,\n");
    let own = [("smtp.host", "localhost"), ("smtp.port", &port.to_string()), ("smtp.from", "it@example.org")];
    sets(&muster, &own);
    let (state, words) = doctor(&muster);
    assert_eq!(state, "failed");
    let expected = ["an authority that this machine does not trust", "SSL_CERT_FILE", "localhost"];
    assert!(expected.iter().all(|part| words.contains(part)), "{words}");

    let server = muster.serve(&[]);
    muster.done(&["invite", "ada@example.org"]);
    let builder = reqwest::Client::builder().cookie_store(true);
    let browser = builder.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = [("name", "Rosa"), ("email", "rosa@example.org"), ("password", "longenough1")];
    browser.post(server.setup.clone().unwrap()).form(&form).send().await.unwrap();
    let call = async |name: &str, body: Value| {
        let answer = browser.post(format!("{}/api/fn/{name}", server.base)).json(&body).send().await.unwrap();
        answer.json::<Value>().await.unwrap()
    };
    let settings = call("settings_get", json!({})).await["settings"].clone();
    let body = json!({ "settings": settings, "password": { "kind": "keep" }, "to": "rosa@example.org" });
    let steps = call("settings_try", body).await;
    let last = steps.as_array().unwrap().last().unwrap();
    assert_eq!(last["outcome"], json!({ "failed": "unknown_authority" }), "{steps}");

    for _ in 0..150 {
        let waiting = call("settings_queue", json!({})).await["waiting"].clone();
        if let Some(reason) = waiting["reason"].as_str() {
            assert!(expected.iter().all(|part| reason.contains(part)), "{reason}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    unreachable!("the message was tried");
}

#[test]
fn a_host_that_nobody_knows_is_told_as_such() {
    let muster = Muster::new();
    sets(&muster, &[("smtp.host", "mail.does-not-exist.invalid"), ("smtp.from", "it@example.org")]);
    let (state, words) = doctor(&muster);
    assert_eq!(state, "failed");
    assert!(words.contains("no server of this name is found"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_public_address_that_phones_would_refuse_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let make = Certificates(folder.path());
    make.authority();
    make.signed("old", "localhost", (2020, 2021));
    make.signed("other", "mail.other.example", (2020, 2049));
    make.own("own");
    let authority = folder.path().join("ca.pem").display().to_string();
    let muster = Muster::new().with("SSL_CERT_FILE", authority).with("SSL_CERT_DIR", "/nowhere");
    let _running = muster.serve(&[]);
    for (certificate, expected) in [
        ("old", "has expired"),
        ("other", "is for another name"),
        ("own", "of an authority that phones do not know"),
    ] {
        let port = server(make.acceptor(certificate), true).await;
        sets(&muster, &[("public_url", &format!("https://localhost:{port}"))]);
        let (state, words) = said(&muster, "address");
        assert!(state == "failed" && words.contains(expected), "{certificate}: {words}");
    }
}
