//! Connections: how many, how slow they may be, and how they end when the server does.
//!
//! `axum::serve` would do, but for three things that it does not let one set: the time for a request's head, the
//! size of that head, and the number of connections.

use super::client;
use crate::metrics::{TurnedAway, metrics};
use axum::{Router, body::Body, extract::ConnectInfo, response::IntoResponse};
use http::{HeaderValue, Request, Response, StatusCode, Version, header};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

/// The head of a request has to be there in this time, also on a connection that is kept open.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// Bytes of a request's head: method, path and header fields.
const HEAD_SIZE: usize = 32 << 10;
/// Bytes that are read ahead of a connection: of thousands that send at once, nothing else counts these.
const BUFFER: usize = HEAD_SIZE;
/// After an error of `accept`, such as no more files: a moment, so that it does not spin.
const PAUSE: Duration = Duration::from_millis(200);
/// Connections that the process wants at most: phones with Headwind's agent keep one each.
const CONNECTIONS: usize = 16_384;
/// Those of one network at most: a house may have thousands of phones behind one address.
const ONE: usize = 8_192;
/// Files that are kept for the database, mails and the like.
const OTHER_FILES: usize = 128;

/// How many connections may be open, in all and from one network.
pub struct Limits {
    /// In all; what comes then waits in the system's queue.
    pub all: usize,
    /// From one network, so that it cannot take every place; a trusted proxy may take all.
    pub one: usize,
    /// How long the head of a request may take.
    pub head_time: Duration,
}

impl Limits {
    /// As many as the system lets the process have files: as many of those as it may ask for.
    #[must_use]
    pub fn of_system() -> Self {
        let most = getrlimit(Resource::Nofile).maximum;
        if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most }) {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
        Self::within(files(&limits).unwrap_or(1024))
    }

    fn within(files: usize) -> Self {
        let all = files.saturating_sub(OTHER_FILES).clamp(64, CONNECTIONS);
        Self { all, one: ONE.min(all / 2), head_time: HEAD_TIME }
    }
}

/// The soft limit of open files in `/proc/self/limits`.
fn files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|l| l.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    Some(soft.parse().unwrap_or(usize::MAX))
}

/// Open connections by network.
#[derive(Default)]
struct Open(Mutex<HashMap<IpAddr, usize>>);

struct Held {
    open: Arc<Open>,
    network: IpAddr,
}

impl Open {
    fn take(self: &Arc<Self>, network: IpAddr, most: usize) -> Option<Held> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.entry(network).or_default();
        if *own >= most {
            return None;
        }
        *own += 1;
        metrics().connections.inc();
        Some(Held { open: self.clone(), network })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        metrics().connections.dec();
        let mut open = self.open.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.network) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                open.remove(&self.network);
            }
        }
    }
}

/// HTTP/1.1 wants exactly one `Host` (RFC 9112, section 3.2; ABUSE A24).
fn one_host(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if request.version() == Version::HTTP_11 { hosts == 1 } else { hosts <= 1 }
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    if !one_host(&request) {
        let mut refused = (StatusCode::BAD_REQUEST, "One Host header is needed.\n").into_response();
        refused.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return Ok(refused);
    }
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request.map(Body::new)).await
}

async fn connection(
    tcp: TcpStream,
    peer: SocketAddr,
    router: Router,
    head_time: Duration,
    stop: CancellationToken,
) {
    // Without it, small answers in several writes wait 40 ms for an acknowledgement.
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let service = service_fn(move |request| answer(router.clone(), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .max_header_size(HEAD_SIZE)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(tcp), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection");
    }
}

/// Serves until `stop`; then takes no more connections, and returns when what is in hand is answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    proxies: &[IpAddr],
    limits: Limits,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.all));
    let open = Arc::new(Open::default());
    let connections = TaskTracker::new();
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = stop.cancelled() => break,
        };
        let (tcp, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "accept");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let address = peer.ip().to_canonical();
        let most = if proxies.contains(&address) { limits.all } else { limits.one };
        let Some(held) = open.take(client::network(address), most) else {
            metrics().turned_away(TurnedAway::Connections);
            continue;
        };
        let (router, stop) = (router.clone(), stop.clone());
        connections.spawn(async move {
            let _held = (held, place);
            connection(tcp, peer, router, limits.head_time, stop).await;
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_connections_than_files() {
        let proc = "Limit   Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n";
        assert_eq!(files(proc), Some(1024));
        assert_eq!(files("Max open files  unlimited unlimited files"), Some(usize::MAX));
        let limits = Limits::within(1024);
        assert_eq!((limits.all, limits.one), (896, 448));
        assert_eq!(Limits::within(usize::MAX).all, CONNECTIONS);
    }

    #[test]
    fn one_network_cannot_take_every_place_and_gives_back_what_it_took() {
        let open = Arc::new(Open::default());
        let (a, b) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let held: Vec<_> = (0..3).map_while(|_| open.take(a, 2)).collect();
        assert_eq!(held.len(), 2);
        assert!(open.take(b, 2).is_some());
        drop(held);
        assert!(open.take(a, 2).is_some());
        assert!(open.0.lock().unwrap().is_empty());
    }

    async fn served(limits: Limits) -> (SocketAddr, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", axum::routing::get(|| async { "here" }));
        let stop = CancellationToken::new();
        let end = stop.clone();
        tokio::spawn(async move { serve(listener, router, &[], limits, end).await });
        (address, stop)
    }

    /// What comes back for these bytes until the server closes, or `None` if it does not.
    async fn said(address: SocketAddr, bytes: &[u8], within: Duration) -> Option<String> {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut tcp = TcpStream::connect(address).await.unwrap();
        let _ = tcp.write_all(bytes).await;
        let mut answer = Vec::new();
        tokio::time::timeout(within, tcp.read_to_end(&mut answer)).await.ok()?.ok();
        Some(String::from_utf8_lossy(&answer).into_owned())
    }

    #[tokio::test]
    async fn a_head_that_trickles_and_a_connection_that_says_nothing_are_ended() {
        let head_time = Duration::from_millis(300);
        let (address, _stop) = served(Limits { all: 8, one: 8, head_time }).await;
        for bytes in [b"".as_slice(), b"GET / HTTP/1.1\r\nHost: a\r\nX: "] {
            assert!(said(address, bytes, Duration::from_secs(5)).await.is_some(), "it was closed");
        }
        let good = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let kept = said(address, good, Duration::from_secs(5)).await.unwrap();
        assert!(kept.ends_with("here"), "answered, and closed when nothing more came: {kept}");
    }

    #[tokio::test]
    async fn a_network_with_too_many_connections_is_turned_away_and_served_again_when_they_end() {
        let head_time = Duration::from_secs(30);
        let (address, _stop) = served(Limits { all: 8, one: 2, head_time }).await;
        let held = [TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap()];
        tokio::time::sleep(Duration::from_millis(100)).await;
        let good = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        assert_eq!(said(address, good, Duration::from_secs(5)).await.as_deref(), Some(""));
        drop(held);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(said(address, good, Duration::from_secs(5)).await.unwrap().ends_with("here"));
    }

    #[tokio::test]
    async fn connections_without_a_request_do_not_hold_up_the_end() {
        let (address, stop) = served(Limits::within(1024)).await;
        let idle = TcpStream::connect(address).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.cancel();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(TcpStream::connect(address).await.is_err(), "nothing new");
        let mut one = [0];
        idle.readable().await.unwrap();
        assert_eq!(idle.try_read(&mut one).unwrap(), 0, "closed");
    }
}
