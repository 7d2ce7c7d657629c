//! Requests as a phone's programs make them. One [`Client`] serves any number of devices.

use crate::error::AgentError;
use reqwest::{Certificate, Method, Url, redirect};
use std::time::Duration;

/// Bytes of an answer at most.
const MAX_ANSWER: usize = 16 << 20;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Safari on an iPhone.
    SafariPhone,
    /// Safari on an iPad. It can call itself a Mac's as well; a page sees its touch screen only by script.
    SafariPad,
    /// What installs profiles.
    Profiles,
    /// What speaks to the MDM server.
    Mdm,
}

impl Program {
    fn agent(self) -> &'static str {
        match self {
            Self::SafariPhone => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.1.1 Mobile/15E148 Safari/604.1"
            }
            Self::SafariPad => {
                "Mozilla/5.0 (iPad; CPU OS 18_1_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.1.1 Mobile/15E148 Safari/604.1"
            }
            Self::Profiles => "profiled/1.0 CFNetwork/1568.200.51 Darwin/24.1.0",
            Self::Mdm => "MDM-iOS/1.0 MDM/1.0",
        }
    }
}

/// A request that is ready to be sent, by this client or by a load generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// GET, POST or PUT.
    pub method: &'static str,
    /// Where to.
    pub url: String,
    /// Headers; names in small letters.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// Without a body.
    #[must_use]
    pub fn get(url: impl Into<String>, program: Program) -> Self {
        Self::with("GET", url, program, Vec::new())
    }

    /// With one.
    #[must_use]
    pub fn with(method: &'static str, url: impl Into<String>, program: Program, body: Vec<u8>) -> Self {
        let headers = vec![("user-agent", program.agent().to_owned())];
        Self { method, url: url.into(), headers, body }
    }

    /// With another header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Content-Type without parameters, in small letters.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body of an answer with 200.
    ///
    /// # Errors
    /// [`AgentError::Apple`] with the status and what the server says.
    pub fn ok(self, step: &'static str) -> Result<Self, AgentError> {
        match self.status {
            200 => Ok(self),
            _ => Err(super::error::AppleError::http(step, &self).into()),
        }
    }
}

/// Sends requests.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    now: fn() -> i64,
    allow_http: bool,
}

impl Client {
    /// With a clock in seconds since the Unix epoch. `roots`: certificates in PEM that are trusted besides the system's.
    /// `allow_http`: takes addresses with `http://` where iOS takes `https://` alone.
    ///
    /// # Errors
    /// [`AgentError::Local`] when TLS cannot be set up, [`AgentError::Usage`] if the roots cannot be read.
    pub fn new(now: fn() -> i64, allow_http: bool, roots: Option<&[u8]>) -> Result<Self, AgentError> {
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::limited(5))
            // Servers close a connection that is idle for half a minute, perhaps in the moment in which it is used again.
            .pool_idle_timeout(Duration::from_secs(20))
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(60));
        if let Some(pem) = roots {
            let roots = Certificate::from_pem_bundle(pem)
                .map_err(|e| AgentError::Usage(format!("the certificates of --ca-file: {e}")))?;
            builder = builder.tls_certs_merge(roots);
        }
        let http = builder.build().map_err(|e| AgentError::Local(chain(&e)))?;
        Ok(Self { http, now, allow_http })
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> i64 {
        (self.now)()
    }

    /// Whether a device takes an address with this scheme.
    #[must_use]
    pub fn takes(&self, url: &str) -> bool {
        match Url::parse(url) {
            Ok(url) => url.scheme() == "https" || (self.allow_http && url.scheme() == "http"),
            Err(_) => false,
        }
    }

    /// Sends one.
    ///
    /// # Errors
    /// [`AgentError::Unreachable`], [`AgentError::Answer`].
    pub async fn send(&self, request: Request) -> Result<Answer, AgentError> {
        let url = Url::parse(&request.url).map_err(|e| AgentError::Answer(e.to_string()))?;
        let method = Method::from_bytes(request.method.as_bytes()).unwrap_or(Method::GET);
        let mut sending = self.http.request(method, url);
        for (name, value) in request.headers {
            sending = sending.header(name, value);
        }
        if !request.body.is_empty() {
            sending = sending.body(request.body);
        }
        let mut response = sending.send().await.map_err(unreachable)?;
        let content_type = response.headers().get("content-type").and_then(|v| v.to_str().ok());
        let content_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
        let content_type = content_type.trim().to_ascii_lowercase();
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(AgentError::Answer("it is longer than 16 MiB".into()));
            }
            body.extend_from_slice(&chunk);
        }
        // A proxy that answers for a server that is down.
        if matches!(status, 502..=504) {
            return Err(AgentError::Unreachable(format!("HTTP {status}")));
        }
        Ok(Answer { status, content_type, body })
    }
}

/// The error with its causes, without the address, which may have the link's secret in it.
fn unreachable(error: reqwest::Error) -> AgentError {
    AgentError::Unreachable(chain(&error.without_url()))
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |e| e.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
