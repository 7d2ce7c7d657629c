//! `[server]`: where the server listens, how it is reached, and whom it believes.

use super::{Key, Kind, Layers};
use anyhow::{Context, ensure};
use muster_domain::settings::Settings;
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

const LISTEN: Key = Key::new("listen", &["MUSTER_LISTEN"], Kind::Text);
const PUBLIC_URL: Key = Key::new("public_url", &["MUSTER_PUBLIC_URL"], Kind::Text);
const PROXIES: Key =
    Key::new("trusted_proxies", &["MUSTER_TRUSTED_PROXIES", "MUSTER_TRUST_PROXY"], Kind::List);
const TOKEN: Key = Key::new("metrics_token", &["MUSTER_METRICS_TOKEN"], Kind::Text);
const TOKEN_FILE: Key = Key::new("metrics_token_file", &["MUSTER_METRICS_TOKEN_FILE"], Kind::Text);
const REQUESTS: Key = Key::new("max_requests", &["MUSTER_MAX_REQUESTS"], Kind::Number);
const HOLD: Key = Key::new("hold_seconds", &["MUSTER_HOLD_SECONDS"], Kind::Number);

/// The shortest metrics token.
const SHORTEST: usize = 16;

/// The keys of the section.
pub(super) const KEYS: &[Key] = &[LISTEN, PUBLIC_URL, PROXIES, TOKEN, TOKEN_FILE, REQUESTS, HOLD];

/// Where the server listens, how it is reached, and whom it believes.
#[derive(Clone)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address under which phones reach Muster while the settings name none; without a slash at the end.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// What whoever reads `/metrics` has to show.
    pub metrics_token: Option<String>,
    /// Requests that are worked on at once; what is too much is asked to come again.
    pub max_requests: u32,
    /// How long a question of a Headwind agent is held until there is news.
    pub hold: Duration,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("metrics_token", &self.metrics_token.as_ref().map(|_| "set"))
            .field("max_requests", &self.max_requests)
            .field("hold", &self.hold)
            .finish()
    }
}

/// A public address without a slash at the end.
pub(crate) fn address(text: &str) -> Result<String, String> {
    let url = text.trim().trim_end_matches('/').to_owned();
    Settings { public_url: Some(url.clone()), ..Settings::default() }.check().map_err(|e| e.to_string())?;
    Ok(url)
}

fn token(layers: &Layers) -> anyhow::Result<Option<String>> {
    let file = layers.path("server", &TOKEN_FILE)?;
    let token: Option<String> = layers.get("server", &TOKEN)?;
    ensure!(
        file.is_none() || token.is_none(),
        "server.metrics_token and server.metrics_token_file are both set: set one of the two"
    );
    let token = match file {
        Some(file) => Some(
            std::fs::read_to_string(&file)
                .with_context(|| format!("cannot read the metrics token {}", file.display()))?,
        ),
        None => token,
    };
    let token = token.map(|t| t.trim().to_owned());
    ensure!(
        token.as_ref().is_none_or(|t| t.len() >= SHORTEST),
        "the metrics token has to have at least {SHORTEST} characters: `openssl rand -hex 32` makes one"
    );
    Ok(token)
}

fn requests(layers: &Layers) -> anyhow::Result<u32> {
    let requests = layers.get("server", &REQUESTS)?.unwrap_or(crate::http::load::REQUESTS as u32);
    ensure!(requests > 0, "server.max_requests must be at least 1");
    Ok(requests)
}

fn hold(layers: &Layers) -> anyhow::Result<Duration> {
    let Some(seconds) = layers.get("server", &HOLD)? else { return Ok(crate::headwind::HOLD) };
    // The agent itself gives up after 300.
    ensure!(seconds <= 240, "server.hold_seconds must be at most 240");
    Ok(Duration::from_secs(seconds))
}

impl Server {
    pub(super) fn read(layers: &Layers) -> anyhow::Result<Self> {
        let proxies: Vec<IpAddr> = layers.get("server", &PROXIES)?.unwrap_or_default();
        Ok(Self {
            listen: layers
                .get("server", &LISTEN)?
                .unwrap_or(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 8080)),
            public_url: layers.parsed("server", &PUBLIC_URL, address)?,
            trusted_proxies: proxies.into_iter().map(|p| p.to_canonical()).collect(),
            metrics_token: token(layers)?,
            max_requests: requests(layers)?,
            hold: hold(layers)?,
        })
    }
}
