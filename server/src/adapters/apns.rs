//! Pushes through APNs over HTTP/2 (Apple: "Sending notification requests to APNs"), each workspace by its own certificate.
//!
//! A workspace has one line ([`line::Line`]): a connection that all its pushes share. A push is judged by Apple's answer, and
//! one whose connection breaks is sent again on the next; that may be once too often, which does no harm.

mod ask;
mod connect;
mod line;
mod trouble;
mod watched;

use ask::Ask;
use async_trait::async_trait;
use connect::{Endpoint, Trust};
use line::{Answer, Line};
use muster_apple_mdm::{
    ids::{PushMagic, Topic},
    push::same_topic,
    push_answer::{Verdict, judge},
};
use muster_domain::{
    WorkspaceId,
    apple::{PushCertificate, certificate::KEY_CONTEXT},
    ports::{Call, Push, Pushed},
    usecase::Ports,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use trouble::Trouble;
use zeroize::Zeroizing;

pub use connect::InvalidAddress;
pub use trouble::Cause;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connecting, TLS included.
    pub connect: Duration,
    /// The other side's first word after TLS: its settings (RFC 9113, section 3.4), or that it does not take the certificate
    /// (RFC 8446, section 4.4.2.4: with TLS 1.3 that comes after the handshake).
    pub first: Duration,
    /// One answer.
    pub answer: Duration,
    /// A push with all its attempts; less than a call's lease.
    pub push: Duration,
    /// A connection with nothing on it for so long is closed.
    pub idle: Duration,
    /// While something is on a connection, whether the other side is there is asked this often, and it has as long to answer.
    pub ping: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(8),
            first: Duration::from_secs(1),
            answer: Duration::from_secs(15),
            push: Duration::from_secs(20),
            // Apple: keep connections open. Firewalls forget them after half an hour or so.
            idle: Duration::from_secs(20 * 60),
            ping: Duration::from_secs(5),
        }
    }
}

/// What is in the way to APNs.
#[derive(Clone, Debug)]
pub struct Obstacle {
    /// Where it lies.
    pub cause: Cause,
    /// In words.
    pub words: String,
}

/// APNs, for all workspaces.
pub struct Apns {
    ports: Ports,
    endpoint: Arc<Endpoint>,
    trust: Trust,
    limits: Limits,
    lines: Mutex<HashMap<WorkspaceId, Arc<Line>>>,
    /// One line is made at a time, so that pushes that begin together share it.
    making: tokio::sync::Mutex<()>,
}

fn again(reason: impl Into<String>, after: i64) -> Pushed {
    Pushed::Again { reason: reason.into(), after }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

impl From<Trouble> for Pushed {
    fn from(trouble: Trouble) -> Self {
        again(trouble.words, micros(trouble.rest))
    }
}

impl Apns {
    /// APNs at `url`, such as `https://api.push.apple.com`. Its certificate is to come from one of `roots` (DER), or, without
    /// any, from an authority that the system trusts.
    ///
    /// # Errors
    /// [`InvalidAddress`].
    pub fn new(ports: Ports, url: &str, roots: Vec<Vec<u8>>, limits: Limits) -> Result<Self, InvalidAddress> {
        Ok(Self {
            ports,
            endpoint: Arc::new(Endpoint::parse(url)?),
            trust: Trust::new(roots),
            limits,
            lines: Mutex::default(),
            making: tokio::sync::Mutex::default(),
        })
    }

    /// Connects by a workspace's certificate and asks what pushes nothing: whether APNs can be reached, and takes the
    /// certificate. The answer is APNs' own, in its words.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn greet(&self, workspace: WorkspaceId) -> Result<String, Obstacle> {
        let line = self.line(workspace).await.map_err(|pushed| match pushed {
            Pushed::Again { reason: words, .. } | Pushed::Refused(words) | Pushed::Gone(words) => {
                Obstacle { cause: Cause::Other, words }
            }
            Pushed::Done => Obstacle { cause: Cause::Other, words: String::new() },
        })?;
        let ask = Ask::nothing(self.ports.clock.now(), &*self.ports.secrets);
        let answer = line.ask(&ask).await.map_err(|t| Obstacle { cause: t.cause, words: t.words })?;
        let (_, words) = judge(answer.status, &answer.body);
        // A request for no device is wrong in itself; who asked is looked at before.
        match answer.status {
            200 | 400 | 404 | 405 => Ok(words),
            403 => Err(Obstacle { cause: Cause::Certificate, words: format!("APNs answered {words}") }),
            _ => Err(Obstacle { cause: Cause::Other, words: format!("APNs answered {words}") }),
        }
    }

    fn kept(&self, workspace: WorkspaceId, certificate: &PushCertificate) -> Option<Arc<Line>> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.get(&workspace).filter(|line| line.is_by(certificate)).cloned()
    }

    /// The line by the certificate that the workspace has now. With another certificate it is another line: pushes that are
    /// under way end on the former one, which then closes.
    async fn line(&self, workspace: WorkspaceId) -> Result<Arc<Line>, Pushed> {
        let Ports { store, clock, secrets, .. } = &self.ports;
        let failed = |error: muster_domain::ports::StoreError| {
            tracing::error!(%error, %workspace, "the APNs certificate");
            again("Muster cannot read the APNs certificate; its log says why", 0)
        };
        let Some(certificate) = store.push_certificate(workspace).await.map_err(failed)? else {
            self.hang_up(workspace);
            return Err(again("there is no APNs certificate", 0));
        };
        let now = clock.now();
        if now < certificate.not_before {
            let reason = format!("the APNs certificate holds from {} only", certificate.not_before);
            return Err(again(reason, certificate.not_before.since(now)));
        }
        if !certificate.holds_at(now) {
            self.hang_up(workspace);
            return Err(again(format!("the APNs certificate ended on {}", certificate.not_after), 0));
        }
        if let Some(line) = self.kept(workspace, &certificate) {
            return Ok(line);
        }
        let _alone = self.making.lock().await;
        if let Some(line) = self.kept(workspace, &certificate) {
            return Ok(line);
        }
        let sealed = store.push_key(workspace).await.map_err(failed)?.unwrap_or_default();
        let Some(key) = secrets.open(KEY_CONTEXT, &sealed).map(Zeroizing::new) else {
            return Err(again("the key of the APNs certificate was sealed with another muster.key", 0));
        };
        let tls = self.trust.client(&certificate, key).await?;
        let topic = Topic::parse(&certificate.topic)
            .map_err(|_| Pushed::Refused("the certificate's topic is none of MDM".into()))?;
        let line = Arc::new(Line::new(&certificate, topic, self.endpoint.clone(), tls, self.limits));
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).insert(workspace, line.clone());
        Ok(line)
    }

    /// No push goes out by the former certificate any more.
    fn hang_up(&self, workspace: WorkspaceId) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).remove(&workspace);
    }

    async fn one(&self, call: &Call) -> Result<Pushed, Pushed> {
        let line = self.line(call.workspace).await?;
        let topic = Topic::parse(&call.topic)
            .map_err(|_| Pushed::Refused("the topic of the device is none of MDM".into()))?;
        // Its pushes would not be heard, and APNs would hold them against the certificate (ABUSE A17).
        same_topic(&topic, line.topic()).map_err(|error| Pushed::Refused(error.to_string()))?;
        let magic = PushMagic::parse(&call.magic)
            .map_err(|_| Pushed::Refused("the PushMagic of the device is none".into()))?;
        let ask = Ask::push(&call.token, &magic, self.ports.clock.now(), &*self.ports.secrets);
        let answer = line.ask(&ask).await?;
        Ok(became(&answer))
    }
}

fn became(answer: &Answer) -> Pushed {
    match judge(answer.status, &answer.body) {
        (Verdict::Taken, _) => Pushed::Done,
        (Verdict::Gone, words) => Pushed::Gone(words),
        (Verdict::Never, words) => Pushed::Refused(words),
        (Verdict::Later(least), words) => again(words, micros(least.max(answer.retry_after))),
    }
}

#[async_trait]
impl Push for Apns {
    async fn push(&self, call: &Call) -> Pushed {
        match tokio::time::timeout(self.limits.push, self.one(call)).await {
            Ok(Ok(pushed) | Err(pushed)) => pushed,
            Err(_) => again("APNs has not answered in time", 0),
        }
    }
}
