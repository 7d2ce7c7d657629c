//! APNs as far as Muster sees it: TLS with the client's certificate, HTTP/2, and an answer to each push. It can be killed,
//! and started again at the same address.

use crate::fake_apple::{FakeApple, TOPIC};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use muster_pki::certificate::Certificate;
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use std::{
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle, task::JoinSet};
use tokio_rustls::TlsAcceptor;

/// A push as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
    /// Of the client's certificate.
    pub topic: String,
    pub serial: String,
}

/// What is answered.
#[derive(Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub body: &'static str,
    pub retry_after: Option<&'static str>,
    pub delay: Duration,
}

impl Reply {
    pub fn of(status: u16, body: &'static str) -> Self {
        Self { status, body, ..Self::default() }
    }
}

type Answers = Box<dyn Fn(&Received, usize) -> Reply + Send + Sync>;

/// What it does and has seen.
#[derive(Default)]
pub struct Seen {
    received: Mutex<Vec<Received>>,
    answers: Mutex<Option<Answers>>,
    /// Connections that finished their handshake, and those that are open.
    pub connections: AtomicU32,
    pub open: AtomicU32,
    /// Connections that were accepted, with TLS or without.
    pub accepted: AtomicU32,
    /// The most pushes that were on one connection at the same time.
    pub most: AtomicU32,
}

/// How a server is.
#[derive(Clone, Copy, Default)]
pub struct Manner {
    /// `SETTINGS_MAX_CONCURRENT_STREAMS`.
    pub streams: Option<u32>,
    /// After so many pushes on a connection comes GOAWAY.
    pub leaves_after: Option<usize>,
}

/// The server.
pub struct FakeApns {
    pub seen: Arc<Seen>,
    pub address: SocketAddr,
    manner: Manner,
    tls: TlsAcceptor,
    running: Option<JoinHandle<()>>,
}

impl Drop for FakeApns {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.abort();
        }
    }
}

fn tls(apple: &FakeApple) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&apple.bytes("authority.pem")).unwrap()).unwrap();
    let clients =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
    let chain = vec![CertificateDer::from_pem_slice(&apple.bytes("server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(&apple.bytes("server.key")).unwrap();
    let builder = ServerConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_client_cert_verifier(clients).with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

impl FakeApns {
    /// At a port of its own, with certificates of `apple`, which has a `server.pem`.
    pub async fn start(apple: &FakeApple, manner: Manner) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let mut fake = Self { seen: Arc::default(), address, manner, tls: tls(apple), running: None };
        fake.run().await;
        fake
    }

    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Begins to listen again.
    pub async fn run(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let (seen, manner, tls) = (self.seen.clone(), self.manner, self.tls.clone());
        self.running = Some(tokio::spawn(async move {
            // Dropped with the task: whatever is open then is cut off.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                seen.accepted.fetch_add(1, Ordering::SeqCst);
                let (seen, tls) = (seen.clone(), tls.clone());
                connections.spawn(async move {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, seen, manner).await;
                    }
                });
            }
        }));
    }

    /// Cuts all connections off and listens no more.
    pub async fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _ = running.await;
        }
        self.seen.open.store(0, Ordering::SeqCst);
    }

    /// What to answer from now on: to which push, and how many came before.
    pub fn answer(&self, with: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static) {
        *self.seen.answers.lock().unwrap() = Some(Box::new(with));
    }

    pub fn received(&self) -> Vec<Received> {
        self.seen.received.lock().unwrap().clone()
    }

    /// The tokens that were pushed to, each once.
    pub fn tokens(&self) -> std::collections::BTreeSet<String> {
        self.received().iter().map(|r| r.path.rsplit('/').next().unwrap().to_owned()).collect()
    }

    pub fn connections(&self) -> u32 {
        self.seen.connections.load(Ordering::SeqCst)
    }
}

/// The UID in a certificate, as bytes of it.
fn topic(der: &[u8]) -> String {
    let begin = der.windows(15).position(|w| w == b"com.apple.mgmt.").unwrap();
    String::from_utf8(der[begin..begin + TOPIC.len()].to_vec()).unwrap()
}

async fn serve(
    stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    seen: Arc<Seen>,
    manner: Manner,
) {
    seen.connections.fetch_add(1, Ordering::SeqCst);
    seen.open.fetch_add(1, Ordering::SeqCst);
    let leaf = stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
    let certificate = Certificate::from_der(&leaf).unwrap();
    let serial = certificate.serial().iter().map(|b| format!("{b:02x}")).collect::<String>();
    let (topic, leaving) = (topic(&leaf), Arc::new(Notify::new()));
    let (count, at_once) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let service = service_fn(|request: Request<Incoming>| {
        let (seen, topic, serial) = (seen.clone(), topic.clone(), serial.clone());
        let (leaving, count, at_once) = (leaving.clone(), count.clone(), at_once.clone());
        async move {
            let now = at_once.fetch_add(1, Ordering::SeqCst) + 1;
            seen.most.fetch_max(now, Ordering::SeqCst);
            let (head, body) = request.into_parts();
            // A client that is cut off, or cuts off, has not pushed.
            let body = body.collect().await?.to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert_eq!(head.method, http::Method::POST);
            let path = head.uri.path().to_owned();
            let received = Received { path, headers: head.headers, body, topic, serial };
            let reply = {
                let mut all = seen.received.lock().unwrap();
                let before = all.len();
                all.push(received.clone());
                seen.answers.lock().unwrap().as_ref().map_or(Reply::of(200, ""), |a| a(&received, before))
            };
            let nth = count.fetch_add(1, Ordering::SeqCst) as usize + 1;
            if manner.leaves_after == Some(nth) {
                leaving.notify_one();
            }
            if !reply.delay.is_zero() {
                tokio::time::sleep(reply.delay).await;
            }
            at_once.fetch_sub(1, Ordering::SeqCst);
            let mut answer = Response::builder().status(reply.status);
            if let Some(seconds) = reply.retry_after {
                answer = answer.header("retry-after", seconds);
            }
            let body = Full::new(Bytes::from_static(reply.body.as_bytes()));
            Ok::<_, hyper::Error>(answer.body(body).unwrap())
        }
    });
    let mut builder = http2::Builder::new(TokioExecutor::new());
    if let Some(streams) = manner.streams {
        builder.max_concurrent_streams(streams);
    }
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut left = false;
    loop {
        tokio::select! {
            _ = &mut serving => break,
            () = leaving.notified(), if !left => {
                left = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
    let _ = seen.open.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |open| open.checked_sub(1));
}
