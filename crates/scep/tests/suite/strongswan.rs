//! strongSwan's `pki --scepca` and `pki --scep` (Debian's strongswan-pki, with the `curl` plugin of
//! libstrongswan-extra-plugins).

use crate::{
    foreign::{Bench, has},
    server::{CHALLENGE, LATER, Note, Server},
};
use axum::http::Method;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use muster_pki::{
    algorithm::{Cipher, Digest},
    certificate::Certificate,
    name::Attribute,
};
use muster_scep::authority::CAPABILITIES;
use std::process::Command;

struct Client {
    bench: Bench,
    server: std::sync::Arc<Server>,
}

impl Client {
    fn new(capabilities: &str) -> Option<Self> {
        if !has("pki") || !has("openssl") {
            return None;
        }
        let client = Self { bench: Bench::new(), server: Server::start(capabilities) };
        let url = client.server.url.clone();
        client.bench.run(&format!("pki --scepca --url {url} --caout ca.crt --raout ra.crt --outform der"));
        assert_eq!(client.bench.get("ca.crt"), client.server.authority.certificate.as_der());
        assert_eq!(client.bench.get("ra.crt"), client.server.authority.recipient.as_der());
        client.key("key");
        Some(client)
    }

    fn key(&self, name: &str) {
        self.bench.run(&format!("openssl genrsa -traditional -out {name}.pem 2048"));
        self.bench.run(&format!("openssl rsa -in {name}.pem -outform DER -traditional -out {name}.der"));
    }

    /// The certificate, or what the program said.
    fn enrol(&self, arguments: &str) -> Result<Certificate, String> {
        let out = Command::new("pki")
            .args(["--scep", "--url", &self.server.url, "--cacert-enc", "ra.crt", "--cacert-sig", "ca.crt"])
            .args(["--cacert", "ca.crt"])
            .args(arguments.split_whitespace())
            .current_dir(self.bench.folder())
            .output()
            .unwrap();
        if !out.status.success() {
            return Err(String::from_utf8_lossy(&out.stderr).into_owned());
        }
        let certificate = Certificate::from_der(&out.stdout).map_err(|e| e.to_string())?;
        assert!(certificate.issued_by(&self.server.authority.certificate));
        assert!(self.server.has_issued(&certificate));
        // The subject is ours, not the one that was asked for.
        assert_eq!(certificate.subject().values(Attribute::CommonName), ["Ann's phone"]);
        self.bench.put("issued.der", certificate.as_der());
        Ok(certificate)
    }
}

#[test]
fn strongswan_enrols_and_renews_with_every_digest_and_cipher() {
    let Some(client) = Client::new(CAPABILITIES) else { return };
    client.key("new");
    for (name, digest) in [
        ("sha1", Digest::Sha1),
        ("sha256", Digest::Sha256),
        ("sha384", Digest::Sha384),
        ("sha512", Digest::Sha512),
    ] {
        for (cipher_name, cipher) in [("aes", Cipher::Aes128), ("des3", Cipher::TripleDes)] {
            let with = format!("--digest {name} --cipher {cipher_name}");
            let first = client
                .enrol(&format!("--in key.der --dn CN=root,O=Other --password {CHALLENGE} {with}"))
                .unwrap_or_else(|e| panic!("{with}: {e}"));
            let note = |request| Note { method: Method::POST, request, digest, cipher };
            assert_eq!(client.server.notes(), [note("enrol")]);
            let second = client
                .enrol(&format!("--in new.der --dn CN=root --cert issued.der --key key.der {with}"))
                .unwrap_or_else(|e| panic!("renewal, {with}: {e}"));
            assert_eq!(client.server.notes(), [note("renew")]);
            assert_ne!(first.key(), second.key());
        }
    }
}

/// strongSwan 5.9.8 never sends GET, whatever a server says that it takes: its message is sent again here.
#[test]
fn a_message_of_strongswan_is_taken_by_get_and_by_post_with_it_in_the_query() {
    let Some(client) = Client::new(CAPABILITIES) else { return };
    client.enrol(&format!("--in key.der --dn CN=x --password {CHALLENGE}")).unwrap();
    let message = client.server.last_message();
    let escaped = STANDARD.encode(&message).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    for text in [escaped, STANDARD.encode(&message), URL_SAFE_NO_PAD.encode(&message)] {
        for method in [Method::GET, Method::POST] {
            client.server.notes();
            let answer = client.server.ask(&method, &format!("operation=PKIOperation&message={text}"));
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert!(answer.contains("application/x-pki-message"), "{answer}");
            let methods: Vec<_> = client.server.notes().into_iter().map(|n| n.method).collect();
            assert_eq!(methods, [method]);
        }
    }
    let answer = client.server.ask(&Method::GET, "operation=PKIOperation&message=!");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[test]
fn strongswan_is_told_of_a_failure() {
    let Some(client) = Client::new(CAPABILITIES) else { return };
    let said = client.enrol("--in key.der --dn CN=x --password wrong").unwrap_err();
    assert!(said.contains("failure") || said.contains("failInfo") || said.contains("bad"), "{said}");
    assert_eq!(client.server.notes().len(), 1);
}

#[test]
fn strongswan_waits_and_polls() {
    let Some(client) = Client::new(CAPABILITIES) else { return };
    let asked = format!("--in key.der --dn CN=x --password {LATER} --interval 1 --maxpolltime 10");
    client.enrol(&asked).unwrap();
    let requests: Vec<_> = client.server.notes().into_iter().map(|n| n.request).collect();
    assert_eq!(requests, ["enrol", "poll"]);
}
