//! The line to APNs by one certificate: one HTTP/2 connection that all pushes share, made anew when it breaks.
//!
//! RFC 9113, section 6.8: what the other side accepted before its GOAWAY is finished there, everything else goes over the next
//! connection. How many pushes are on a connection at once is the other side's to say (section 5.1.2); the others wait.

use super::{
    Limits,
    ask::{Ask, fixed, retry_after},
    connect::Endpoint,
    trouble::Trouble,
    watched::{Fault, Watched},
};
use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    body::Incoming,
    client::conn::http2::{Builder, Connection, SendRequest},
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use muster_apple_mdm::ids::Topic;
use muster_domain::apple::PushCertificate;
use std::{
    error::Error,
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

/// Until the other side has said how many pushes it takes at once.
const AT_FIRST: usize = 1;
/// The longest answer that is read: Apple's are a line.
const LONGEST: usize = 4096;
/// A push whose connection broke so often comes back.
const TRIES: u32 = 3;
/// After a connection that came to nothing nobody connects for so long; it doubles up to [`LONGEST_REST`].
const FIRST_REST: Duration = Duration::from_millis(500);
const LONGEST_REST: Duration = Duration::from_secs(60);

type Sender = SendRequest<Full<Bytes>>;
type Driver = Connection<TokioIo<Watched>, Full<Bytes>, TokioExecutor>;

/// What APNs answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Empty for a push that was taken.
    pub(super) body: Bytes,
    pub(super) retry_after: Duration,
}

/// A connection, as whoever sends on it has it.
struct Open {
    sender: Sender,
    fault: Fault,
    /// Something was answered on it.
    answered: AtomicBool,
    /// That nothing ever was is told once, not by each whose push was on it.
    told: AtomicBool,
    /// When it was last used, in milliseconds since `began`.
    used: AtomicU64,
    began: Instant,
}

impl Open {
    fn touch(&self) {
        self.used
            .store(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn used(&self) -> Instant {
        self.began + Duration::from_millis(self.used.load(Ordering::Relaxed))
    }
}

/// Connections that came to nothing, one after the other.
#[derive(Default)]
struct Failed {
    rest: Duration,
    until: Option<Instant>,
    trouble: Option<Trouble>,
}

type Slot = Mutex<Option<Arc<Open>>>;

/// The line.
pub(super) struct Line {
    certificate: Vec<u8>,
    topic: Topic,
    headers: HeaderMap,
    endpoint: Arc<Endpoint>,
    tls: TlsConnector,
    limits: Limits,
    open: Arc<Slot>,
    /// Held while somebody connects: all others wait for what comes of it.
    failed: tokio::sync::Mutex<Failed>,
}

fn locked(slot: &Slot) -> std::sync::MutexGuard<'_, Option<Arc<Open>>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a connection away, unless another one has its place.
fn close(slot: &Slot, open: &Arc<Open>) {
    let mut place = locked(slot);
    if place.as_ref().is_some_and(|there| Arc::ptr_eq(there, open)) {
        *place = None;
    }
}

/// Whether the other side has said that it did nothing with a request: it may be sent again as if it never was.
fn untouched(error: &hyper::Error) -> bool {
    let h2 = error.source().and_then(|source| source.downcast_ref::<h2::Error>());
    error.is_canceled()
        || h2.is_some_and(|h2| h2.is_go_away() || h2.reason() == Some(h2::Reason::REFUSED_STREAM))
}

impl Line {
    pub(super) fn new(
        certificate: &PushCertificate,
        topic: Topic,
        endpoint: Arc<Endpoint>,
        tls: TlsConnector,
        limits: Limits,
    ) -> Self {
        Self {
            certificate: certificate.chain.first().cloned().unwrap_or_default(),
            headers: fixed(&topic),
            topic,
            endpoint,
            tls,
            limits,
            open: Arc::default(),
            failed: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn is_by(&self, certificate: &PushCertificate) -> bool {
        certificate.chain.first() == Some(&self.certificate)
    }

    pub(super) fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Asks, on further connections if one breaks.
    pub(super) async fn ask(&self, ask: &Ask) -> Result<Answer, Trouble> {
        let mut broken = 0;
        loop {
            let open = self.open().await?;
            open.touch();
            let request = ask.request(&self.endpoint.authority, &self.headers);
            let mut sender = open.sender.clone();
            let error = match tokio::time::timeout(self.limits.answer, sender.send_request(request)).await {
                Ok(Ok(response)) => {
                    self.answered(&open).await;
                    return self.read(response).await;
                }
                Ok(Err(error)) => error,
                Err(_) => {
                    // Whoever comes next has a connection that may do better.
                    close(&self.open, &open);
                    return Err(Trouble::new("APNs has not answered in time"));
                }
            };
            if untouched(&error) && open.answered.load(Ordering::Relaxed) {
                // Refused for now, or the other side is leaving.
                if sender.is_closed() {
                    close(&self.open, &open);
                }
                tokio::task::yield_now().await;
                continue;
            }
            close(&self.open, &open);
            let trouble = open.fault.get().cloned().unwrap_or_else(|| Trouble::of(&error));
            if !open.answered.load(Ordering::Relaxed) {
                // It never worked: that is what a certificate looks like which the other side does not take.
                self.came_to_nothing(&open, &trouble).await;
            }
            broken += 1;
            if broken == TRIES {
                return Err(trouble);
            }
        }
    }

    async fn read(&self, response: Response<Incoming>) -> Result<Answer, Trouble> {
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        if status == 200 {
            return Ok(Answer { status, body: Bytes::new(), retry_after });
        }
        // The status counts in any case; the body only says more.
        let body = Limited::new(response.into_body(), LONGEST).collect();
        let body = match tokio::time::timeout(self.limits.answer, body).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(_)) | Err(_) => Bytes::new(),
        };
        Ok(Answer { status, body, retry_after })
    }

    async fn answered(&self, open: &Open) {
        open.touch();
        if !open.answered.swap(true, Ordering::Relaxed) {
            *self.failed.lock().await = Failed::default();
        }
    }

    /// The next one who wants to connect waits a little longer than the last.
    async fn came_to_nothing(&self, open: &Open, trouble: &Trouble) {
        if !open.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(topic = %self.topic, "{}", trouble.words);
            self.failed.lock().await.note(trouble);
        }
    }

    fn usable(&self) -> Option<Arc<Open>> {
        locked(&self.open).as_ref().filter(|open| !open.sender.is_closed()).cloned()
    }

    /// The connection, or a new one.
    async fn open(&self) -> Result<Arc<Open>, Trouble> {
        if let Some(open) = self.usable() {
            return Ok(open);
        }
        let mut failed = self.failed.lock().await;
        if let Some(open) = self.usable() {
            return Ok(open);
        }
        if let (Some(until), Some(trouble)) = (failed.until, &failed.trouble) {
            let rest = until.saturating_duration_since(Instant::now());
            if !rest.is_zero() {
                return Err(Trouble { rest, ..trouble.clone() });
            }
        }
        match self.connect().await {
            Ok(open) => {
                *locked(&self.open) = Some(open.clone());
                Ok(open)
            }
            Err(trouble) => {
                tracing::warn!(topic = %self.topic, "{}", trouble.words);
                failed.note(&trouble);
                Err(Trouble { rest: failed.rest, ..trouble })
            }
        }
    }

    async fn connect(&self) -> Result<Arc<Open>, Trouble> {
        let (stream, fault) = Watched::new(self.endpoint.connect(&self.tls, self.limits).await?);
        let (sender, driver) = Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .initial_max_send_streams(AT_FIRST)
            .keep_alive_interval(self.limits.ping)
            .keep_alive_timeout(self.limits.ping)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Trouble::of(&error))?;
        let open = Arc::new(Open {
            sender,
            fault,
            answered: AtomicBool::new(false),
            told: AtomicBool::new(false),
            used: AtomicU64::new(0),
            began: Instant::now(),
        });
        tracing::debug!(topic = %self.topic, "connected to APNs");
        tokio::spawn(drive(driver, Arc::downgrade(&self.open), Arc::downgrade(&open), self.limits.idle));
        Ok(open)
    }
}

impl Failed {
    fn note(&mut self, trouble: &Trouble) {
        self.rest = (self.rest * 2).clamp(FIRST_REST, LONGEST_REST);
        self.until = Some(Instant::now() + self.rest);
        self.trouble = Some(trouble.clone());
    }
}

/// Moves a connection's bytes until it ends. One that nobody has used for a while is let go of: it closes when nothing is on
/// it any more.
async fn drive(driver: Driver, slot: Weak<Slot>, open: Weak<Open>, idle: Duration) {
    let mut driver = pin!(driver);
    while let Some(until) = open.upgrade().map(|open| open.used() + idle) {
        tokio::select! {
            ended = &mut driver => return tell(ended),
            () = tokio::time::sleep_until(until) => {}
        }
        if let (Some(slot), Some(open)) = (slot.upgrade(), open.upgrade())
            && open.used() + idle <= Instant::now()
        {
            close(&slot, &open);
            break;
        }
    }
    tell(driver.await);
}

fn tell(ended: Result<(), hyper::Error>) {
    match ended {
        Ok(()) => tracing::debug!("a connection to APNs is closed"),
        Err(error) => tracing::debug!(%error, "a connection to APNs broke"),
    }
}
