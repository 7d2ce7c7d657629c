//! micromdm's `scepclient` (Debian's `scep`): SHA-1, single DES, encrypted content in pieces, base64url.

use crate::{
    foreign::{Bench, has},
    server::{CHALLENGE, Note, Server},
};
use axum::http::Method;
use muster_pki::{
    algorithm::{Cipher, Digest},
    certificate::Certificate,
    key::pem_blocks,
};
use muster_scep::authority::CAPABILITIES;

fn enrolled(bench: &Bench, server: &Server) -> Certificate {
    let text = String::from_utf8(bench.get("client.pem")).unwrap();
    let certificate = Certificate::from_der(&pem_blocks(&text).unwrap()[0].1).unwrap();
    assert!(server.has_issued(&certificate) && certificate.issued_by(&server.authority.certificate));
    certificate
}

#[test]
fn scepclient_enrols_and_renews_by_post_and_by_get() {
    if !has("scepclient") {
        return;
    }
    for (capabilities, method) in [(CAPABILITIES, Method::POST), ("Renewal\nSHA-1\nDES3\n", Method::GET)] {
        let (server, bench) = (Server::start(capabilities), Bench::new());
        let line = format!(
            "scepclient -server-url {} -private-key client.key -certificate client.pem -cn root -challenge {CHALLENGE}",
            server.url
        );
        bench.run(&line);
        let first = enrolled(&bench, &server);
        bench.run(&line);
        let second = enrolled(&bench, &server);
        assert_ne!(first, second);
        let note =
            |request| Note { method: method.clone(), request, digest: Digest::Sha1, cipher: Cipher::Des };
        assert_eq!(server.notes(), [note("enrol"), note("renew")]);
    }
}

#[test]
fn scepclient_is_told_of_a_failure() {
    if !has("scepclient") {
        return;
    }
    let (server, bench) = (Server::start(CAPABILITIES), Bench::new());
    let (success, said) = bench.attempt(&format!(
        "scepclient -server-url {} -private-key client.key -certificate client.pem -challenge wrong",
        server.url
    ));
    assert!(!success && said.contains("badRequest"), "{said}");
}
