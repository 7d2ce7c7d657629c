//! For `cargo xtask bench pushes`: how many pushes a second go through the adapter, and how many calls through the whole job with
//! its store, to an HTTP/2 server in this process that asks for the client's certificate. Prints JSON.
//!
//! `pushes adapter COUNT` or `pushes job COUNT`, in a folder with `a.pem`, `a.key`, `server.pem`, `server.key`, `root.pem`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that panics ends, as it should"
)]

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use muster::{
    adapters::apns::{Apns, Limits},
    jobs::calls::{self, Calls},
    system::{SystemClock, keys::Keys, passwords::Argon2id},
};
use muster_domain::{
    DeviceId, InvitationId, Timestamp, UserId, WorkspaceId,
    apple::{Fingerprint, Identity, Purpose, PushCertificate, certificate::KEY_CONTEXT},
    device::{Facts, Platform},
    ports::*,
    time::DAY,
    usecase::{Ports, send},
    user::UserDetails,
};
use muster_store::Sqlite;
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use std::{
    convert::Infallible,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

const TOPIC: &str = "com.apple.mgmt.External.bench";
/// Pushes under way at once, as the job has them.
const AT_ONCE: usize = 1000;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn now() -> Timestamp {
    SystemClock.now()
}

fn der(file: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(file).unwrap()
}

/// Takes each push after reading it; answers where it listens.
async fn server(taken: Arc<AtomicU64>) -> String {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(der("root.pem")).unwrap();
    let clients =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::from_pem_file("server.key").unwrap();
    let mut config =
        builder.with_client_cert_verifier(clients).with_single_cert(vec![der("server.pem")], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let (tls, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, taken) = (tls.clone(), taken.clone());
            stream.set_nodelay(true).unwrap();
            tokio::spawn(async move {
                let stream = tls.accept(stream).await.unwrap();
                let service = service_fn(move |request: Request<Incoming>| {
                    let taken = taken.clone();
                    async move {
                        assert!(request.headers().contains_key("apns-expiration"));
                        let body = request.into_body().collect().await.unwrap().to_bytes();
                        assert!(body.starts_with(b"{\"mdm\":"));
                        taken.fetch_add(1, Ordering::Relaxed);
                        Ok::<_, Infallible>(Response::new(Full::new(Bytes::new())))
                    }
                });
                // As many at once as Apple's servers take.
                let mut builder = http2::Builder::new(TokioExecutor::new());
                builder.max_concurrent_streams(1000);
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    url
}

async fn opened(folder: &Path) -> (Ports, Arc<Sqlite>, WorkspaceId) {
    let sqlite = Arc::new(Sqlite::open(&folder.join("muster.db")).await.unwrap());
    let ports = Ports {
        store: sqlite.clone(),
        clock: Arc::new(SystemClock),
        secrets: Arc::new(Keys::open(&folder.join("muster.key"), false).unwrap()),
        passwords: Arc::new(Argon2id::new()),
    };
    let ws = ports.store.first_workspace(WorkspaceId::new(now(), &*ports.secrets), now()).await.unwrap();
    let certificate = PushCertificate {
        chain: vec![der("a.pem").to_vec()],
        topic: TOPIC.into(),
        serial: "01".into(),
        not_before: now().plus(-DAY),
        not_after: now().plus(DAY),
        account: None,
        uploaded_at: now(),
    };
    let key = PrivateKeyDer::from_pem_file("a.key").unwrap();
    let sealed = ports.secrets.seal(KEY_CONTEXT, key.secret_der());
    ports.store.set_push_certificate(ws, &certificate, &sealed, None).await.unwrap();
    (ports, sqlite, ws)
}

fn token(n: u32) -> Vec<u8> {
    let mut token = vec![0xA5; 28];
    token.extend(n.to_be_bytes());
    token
}

async fn adapter(count: u32, push: Arc<Apns>, ports: &Ports, ws: WorkspaceId) -> f64 {
    let call = |n| Call {
        workspace: ws,
        invitation: InvitationId::new(now(), &*ports.secrets),
        token: token(n),
        magic: "1B1F5A4E-4C5D-4A3B-9E8F-0123456789AB".into(),
        topic: TOPIC.into(),
        due_at: now(),
        attempts: 0,
    };
    assert_eq!(push.push(&call(0)).await, Pushed::Done);
    let calls: Vec<Call> = (0..count).map(call).collect();
    let begin = Instant::now();
    let done = stream::iter(calls)
        .map(|call| {
            let push = push.clone();
            tokio::spawn(async move { push.push(&call).await })
        })
        .buffer_unordered(AT_ONCE)
        .filter(|pushed| std::future::ready(matches!(pushed, Ok(Pushed::Done))))
        .count()
        .await;
    assert_eq!(done, count as usize);
    begin.elapsed().as_secs_f64()
}

/// A device, enrolled, of which a call is due.
async fn device(ports: &Ports, ws: WorkspaceId, n: u32, link: InvitationId) {
    let mut random = [0; 32];
    ports.secrets.fill(&mut random);
    let identity = Identity {
        fingerprint: Fingerprint(random),
        serial: random[..16].to_vec(),
        certificate: vec![0x30],
        key: random,
        renews: None,
        issued_at: now(),
        not_after: now().plus(365 * DAY),
    };
    let (generation, number, purpose) = (Some(1), Some(1), Purpose::Connect);
    let issue = Issue { invitation: link, generation, number, purpose, identity, now: now() };
    ports.store.issue(ws, issue).await.unwrap();
    let begin = Begin {
        invitation: link,
        identity: Fingerprint(random),
        udid: format!("UDID-{n}"),
        platform: Platform::Ios,
        facts: Facts::default(),
        topic: TOPIC.into(),
        now: now(),
    };
    assert_eq!(ports.store.begin(ws, begin).await.unwrap(), Begun::Bound);
    let tokens = Tokens {
        invitation: link,
        device: DeviceId::new(now(), &*ports.secrets),
        token: token(n),
        magic: "1B1F5A4E-4C5D-4A3B-9E8F-0123456789AB".into(),
        topic: TOPIC.into(),
        unlock: None,
        questions: Vec::new(),
        now: now(),
    };
    assert!(matches!(ports.store.take_tokens(ws, tokens).await.unwrap(), Taken::Connected(_)));
}

async fn job(
    count: u32,
    push: Arc<Apns>,
    ports: &Ports,
    sqlite: &Sqlite,
    ws: WorkspaceId,
    taken: &AtomicU64,
) -> f64 {
    let people = stream::iter(0..count.div_ceil(10)).map(async |n| {
        let id = UserId::new(now(), &*ports.secrets);
        let name = format!("Person {n}").parse().unwrap();
        let details = UserDetails { name, email: None, language: None, groups: Vec::new() };
        ports.store.add_user(ws, id, &details, now()).await.unwrap();
        let (made, _) = send::links(ports, ws, &[id], 10).await.unwrap();
        for (at, (_, link)) in made.into_iter().enumerate() {
            device(ports, ws, n * 10 + at as u32, link).await;
        }
    });
    people.buffer_unordered(64).for_each(|()| std::future::ready(())).await;
    let (stop, begin) = (CancellationToken::new(), Instant::now());
    let calls = Arc::new(Calls { ports: ports.clone(), push });
    let running = tokio::spawn(calls::run(calls, sqlite.committed(), stop.clone()));
    while ports.store.next_call().await.unwrap().is_some() {
        assert!(begin.elapsed() < Duration::from_secs(120), "{} were taken", taken.load(Ordering::Relaxed));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let seconds = begin.elapsed().as_secs_f64();
    stop.cancel();
    running.await.unwrap();
    seconds
}

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1);
    let (what, count) = (words.next().unwrap(), words.next().unwrap().parse().unwrap());
    let taken = Arc::new(AtomicU64::new(0));
    let url = server(taken.clone()).await;
    let folder = tempfile::tempdir_in(".").unwrap();
    let (ports, sqlite, ws) = opened(folder.path()).await;
    let push =
        Arc::new(Apns::new(ports.clone(), &url, vec![der("root.pem").to_vec()], Limits::default()).unwrap());
    let seconds = match what.as_str() {
        "adapter" => adapter(count, push, &ports, ws).await,
        "job" => job(count, push, &ports, &sqlite, ws, &taken).await,
        other => panic!("{other}"),
    };
    assert!(taken.load(Ordering::Relaxed) >= u64::from(count));
    println!("{}", serde_json::json!({ "count": count, "seconds": seconds }));
}
