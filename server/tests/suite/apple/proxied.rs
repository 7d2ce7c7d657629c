//! What stands between a device and the server: a relay that makes SCEP's clients use GET, and proxies that saw a device's
//! certificate in the TLS handshake (ABUSE A9).

use super::kit::{COMMANDS, Company};
use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use muster_agent::apple::{certificate, key::Digest};
use std::sync::{Arc, Mutex};

/// Passes SCEP on and notes the methods of PKIOperation. By GET it hides that the server takes POST, and turns one that comes all
/// the same (strongSwan sends no other) into a GET.
pub struct Relay {
    base: String,
    server: String,
    by_get: bool,
    methods: Mutex<Vec<String>>,
}

impl Relay {
    pub async fn start(server: &str, by_get: bool) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let relay = Arc::new(Self { base, server: server.to_owned(), by_get, methods: Mutex::default() });
        let router = Router::new().fallback(pass).with_state(relay.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        relay
    }

    /// The address at the relay of one at the server.
    pub fn instead(&self, url: &str) -> String {
        url.replace(&self.server, &self.base)
    }

    /// How PKIOperation came to the server since the last time.
    pub fn methods(&self) -> Vec<String> {
        std::mem::take(&mut self.methods.lock().unwrap())
    }
}

async fn pass(State(relay): State<Arc<Relay>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut sent = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let (mut address, mut method) = (format!("{}{}", relay.server, parts.uri), parts.method);
    if relay.by_get && method == "POST" {
        address.push_str(&format!("&message={}", escaped(&STANDARD.encode(&sent))));
        (method, sent) = (http::Method::GET, Bytes::new());
    }
    if address.contains("PKIOperation") {
        relay.methods.lock().unwrap().push(method.to_string());
    }
    let answer = reqwest::Client::new().request(method, &address).body(sent).send().await.unwrap();
    let (status, kind) = (answer.status(), [("content-type", answer.headers()["content-type"].clone())]);
    let body = answer.bytes().await.unwrap();
    if relay.by_get && address.contains("GetCACaps") {
        let words = String::from_utf8_lossy(&body);
        let fewer = words.lines().filter(|w| !["POSTPKIOperation", "SCEPStandard"].contains(w));
        return (status, kind, fewer.collect::<Vec<_>>().join("\n")).into_response();
    }
    (status, kind, body).into_response()
}

fn escaped(text: &str) -> String {
    [("+", "%2B"), ("/", "%2F"), ("=", "%3D"), ("\n", "%0A"), (" ", "%20")]
        .iter()
        .fold(text.to_owned(), |text, (plain, escaped)| text.replace(plain, escaped))
}

/// The ways in which proxies pass a certificate on: nginx; Traefik, HAProxy and others; DER alone; RFC 9440.
fn forms(der: &[u8]) -> [String; 4] {
    let bare = STANDARD.encode(der);
    let lines: Vec<_> = bare.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
    [escaped(&pem), pem.trim().replace('\n', " "), bare.clone(), format!(":{bare}:")]
}

const HEADER: &str = "x-client-cert";
const NAMED: (&str, &str) = ("MUSTER_APPLE_CERTIFICATE_HEADER", "X-Client-Cert");

#[tokio::test]
async fn a9_a_certificate_that_a_trusted_proxy_saw_is_taken_in_each_form_and_speaks_for_its_own_device() {
    let company = Company::with(&["--trust-proxy", "127.0.0.1"], &[NAMED]).await;
    let a = company.connected(&company.link("Anna")).await;
    let b = company.connected(&company.link("Boris")).await;
    let says = async |body: Vec<u8>, headers: &[(&'static str, String)]| {
        company.put(COMMANDS, body, headers).await.status
    };
    for form in forms(a.certificate.der()) {
        assert_eq!(says(a.idle(), &[(HEADER, form.clone())]).await, 200, "{form}");
        assert_eq!(says(b.idle(), &[(HEADER, form.clone())]).await, 403, "A10: {form}");
        assert_eq!(says(a.idle(), &[(HEADER, form.clone()), (HEADER, form)]).await, 400, "twice");
    }
    let [_, _, mine, _] = forms(a.certificate.der());
    for bad in ["", "x", "-----BEGIN CERTIFICATE-----", &mine[4..], "%", "::"] {
        assert_eq!(says(a.idle(), &[(HEADER, bad.to_owned())]).await, 400, "{bad:?}");
    }
    assert_eq!(says(a.idle(), &[]).await, 400, "absent is not trusted");
    // A signature is the stronger proof: one that does not hold is not made good by the header.
    let wrong = ("mdm-signature", a.signature(b"another body"));
    assert_eq!(says(a.idle(), &[wrong, (HEADER, mine.clone())]).await, 400);
    let theirs = ("mdm-signature", b.signature(&a.idle()));
    assert_eq!(says(a.idle(), &[theirs, (HEADER, mine)]).await, 403);
    let (name, now) = (a.certificate.subject().unwrap(), muster_agent::clock::system());
    let foreign = certificate::self_signed(&a.key, name, Digest::Sha256, now).unwrap();
    let [_, _, foreign, _] = forms(foreign.der());
    assert_eq!(says(a.idle(), &[(HEADER, foreign)]).await, 403, "the same name and key, not issued here");
}

#[tokio::test]
async fn a9_a_certificate_header_from_anybody_else_is_nothing() {
    for (words, environment) in [
        (&[][..], &[NAMED][..]),
        (&["--trust-proxy", "203.0.113.7"], &[NAMED]),
        (&["--trust-proxy", "127.0.0.1"], &[]),
    ] {
        let company = Company::with(words, environment).await;
        let a = company.connected(&company.link("Anna")).await;
        for form in forms(a.certificate.der()) {
            let forwarded = ("x-forwarded-for", "203.0.113.7".to_owned());
            let answer = company.put(COMMANDS, a.idle(), &[forwarded, (HEADER, form)]).await;
            assert_eq!(answer.status, 400, "{words:?}");
        }
        assert_eq!(a.idles(&company).await, 200);
    }
}
