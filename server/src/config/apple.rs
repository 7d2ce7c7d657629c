//! `[apple]`: what iPhones and iPads need beside the settings.

use super::{Key, Kind, Layers};
use anyhow::{Context, ensure};
use http::HeaderName;
use muster_apple_mdm::profile::TrustCertificate;
use muster_pki::{certificate::Certificate, key::pem_blocks};
use std::fmt;

const TRUST: Key = Key::new("trust", &["MUSTER_APPLE_TRUST"], Kind::Text);
const PIN: Key = Key::new("pin", &["MUSTER_APPLE_PIN"], Kind::Flag);
const HEADER: Key = Key::new("certificate_header", &["MUSTER_APPLE_CERTIFICATE_HEADER"], Kind::Text);
const PUSH_URL: Key = Key::new("push_url", &["MUSTER_APPLE_PUSH_URL"], Kind::Text);
const PUSH_TRUST: Key = Key::new("push_trust", &["MUSTER_APPLE_PUSH_TRUST"], Kind::Text);

/// Apple's own service (Apple: "Sending notification requests to APNs").
pub const APNS: &str = "https://api.push.apple.com";

/// The keys of the section.
pub(super) const KEYS: &[Key] = &[TRUST, PIN, HEADER, PUSH_URL, PUSH_TRUST];

/// What iPhones and iPads need.
#[derive(Clone)]
pub struct Apple {
    /// Certificates that phones are to trust, for a server whose certificate no public authority issued.
    pub trust: Vec<TrustCertificate>,
    /// Whether phones are to trust these alone for this server, and no public authority.
    pub pin: bool,
    /// The header in which trusted proxies pass a device's certificate on.
    pub certificate_header: Option<HeaderName>,
    /// Where APNs is.
    pub push_url: String,
    /// The certificates, in DER, that APNs' own is trusted by in place of the system's; none are the system's.
    pub push_trust: Vec<Vec<u8>>,
}

impl fmt::Debug for Apple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apple")
            .field("trust", &self.trust.len())
            .field("pin", &self.pin)
            .field("certificate_header", &self.certificate_header)
            .field("push_url", &self.push_url)
            .field("push_trust", &self.push_trust.len())
            .finish()
    }
}

/// The certificates of a PEM file; one that issued itself is a root.
fn certificates(text: &str) -> anyhow::Result<Vec<TrustCertificate>> {
    let blocks = pem_blocks(text).map_err(|e| anyhow::anyhow!("{e}"))?;
    let mut found = Vec::new();
    for (label, der) in blocks {
        ensure!(label == "CERTIFICATE", "there is a {label} in it: only certificates may be");
        let read = Certificate::from_der(&der).map_err(|e| anyhow::anyhow!("{e}"))?;
        let root = read.subject() == read.issuer();
        let der = der.to_vec();
        found.push(if root { TrustCertificate::Root(der) } else { TrustCertificate::Intermediate(der) });
    }
    ensure!(!found.is_empty(), "there is no certificate in it");
    Ok(found)
}

/// The certificates of the file that a key names.
fn trusted(layers: &Layers, key: &Key) -> anyhow::Result<Vec<TrustCertificate>> {
    let Some(file) = layers.path("apple", key)? else { return Ok(Vec::new()) };
    let shown = file.display();
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("cannot read apple.{} {shown}", key.name))?;
    certificates(&text).with_context(|| format!("apple.{} {shown}", key.name))
}

fn url(text: &str) -> Result<String, String> {
    let url = text.trim().trim_end_matches('/');
    let host = url.strip_prefix("https://").unwrap_or_default();
    if host.is_empty() || host.contains(['/', '?', '#', '@']) {
        return Err("must look like https://api.push.apple.com".to_owned());
    }
    Ok(url.to_owned())
}

fn header(text: &str) -> Result<HeaderName, String> {
    let name = text.trim().parse::<HeaderName>().map_err(|_| "must be the name of a header".to_owned())?;
    if name.as_str().starts_with("x-") || name.as_str().contains("cert") {
        Ok(name)
    } else {
        Err("must be a header that begins with X-, or has \"cert\" in its name".to_owned())
    }
}

impl Apple {
    pub(super) fn read(layers: &Layers) -> anyhow::Result<Self> {
        let (trust, pin) = (trusted(layers, &TRUST)?, layers.get::<bool>("apple", &PIN)?.unwrap_or_default());
        ensure!(
            !pin || !trust.is_empty(),
            "apple.pin is true and apple.trust names no file: phones would be pinned to nothing. Name the authority of this \
             server's certificate in apple.trust, or leave apple.pin out"
        );
        Ok(Self {
            trust,
            pin,
            certificate_header: layers.parsed("apple", &HEADER, header)?,
            push_url: layers.parsed("apple", &PUSH_URL, url)?.unwrap_or_else(|| APNS.to_owned()),
            push_trust: crate::apple::trusted(&trusted(layers, &PUSH_TRUST)?),
        })
    }
}
