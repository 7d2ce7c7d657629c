//! The address that an agent is pointed at, taken apart as the agent takes it apart.

use serde::Serialize;
use std::{fmt, net::Ipv6Addr, str::FromStr};

/// Characters of an address at most: it is typed by hand, or stands in a QR code.
pub const MAX_LINK: usize = 255;

/// A server's address as the agent keeps it: a base (`https://host[:port]`) and a project (the path without slashes at
/// its ends). Query and fragment are refused, since the agent drops them; so are names and passwords before the host.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Link {
    base: String,
    project: String,
}

/// It is no address that an agent can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no address of the form https://host[:port]/project")]
pub struct InvalidLink;

impl Link {
    /// Scheme, host and port.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The path without slashes at its ends; empty if there is none.
    #[must_use]
    pub fn project(&self) -> &str {
        &self.project
    }
}

impl FromStr for Link {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        if text.len() > MAX_LINK {
            return Err(InvalidLink);
        }
        let (scheme, rest) = text.split_once("://").ok_or(InvalidLink)?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let project = path.strip_suffix('/').unwrap_or(path);
        if !matches!(scheme, "http" | "https") || !is_host(host) || !is_project(project) {
            return Err(InvalidLink);
        }
        Ok(Self { base: format!("{scheme}://{host}"), project: project.to_owned() })
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.project.as_str() {
            "" => f.write_str(&self.base),
            project => write!(f, "{}/{project}", self.base),
        }
    }
}

/// Without the project, which is as good as a password: with it one is the device.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({}/..)", self.base)
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.to_string()
    }
}

/// A name or an IP address (version 6 in brackets), with a port or without.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let named = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
    let numbered = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let number = |p: &str| p.bytes().all(|b| b.is_ascii_digit()) && p.parse::<u16>().is_ok();
    (named || numbered.is_some_and(|ip| ip.parse::<Ipv6Addr>().is_ok())) && port.is_none_or(number)
}

/// Whether a text can be a project: nothing at all, or segments of unreserved characters (RFC 3986, section 2.3), none
/// of which leads elsewhere.
pub(crate) fn is_project(text: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let segment = |s: &str| !s.is_empty() && s != "." && s != ".." && s.bytes().all(unreserved);
    text.is_empty() || (text.len() <= MAX_LINK && text.split('/').all(segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_as_the_agent_does_it() {
        for (text, base, project) in [
            ("https://m.example/0j3xk-8m2qv", "https://m.example", "0j3xk-8m2qv"),
            ("https://m.example:8443/d/secret/", "https://m.example:8443", "d/secret"),
            ("http://[::1]:8080", "http://[::1]:8080", ""),
            ("https://m.example/", "https://m.example", ""),
        ] {
            let link: Link = text.parse().unwrap();
            assert_eq!((link.base(), link.project()), (base, project));
            assert_eq!(link.to_string(), text.trim_end_matches('/'));
        }
    }

    #[test]
    fn a26_the_secret_in_an_address_is_in_no_log() {
        let link: Link = "https://m.example/0j3xk".parse().unwrap();
        assert_eq!(format!("{link:?}"), "Link(https://m.example/..)");
    }

    #[test]
    fn an_address_that_the_agent_would_read_otherwise_is_refused() {
        for bad in [
            "",
            "m.example/x",
            "ftp://m.example/x",
            "https:///x",
            "https://:8080/x",
            "https://m.example:/x",
            "https://m.example:99999/x",
            "https://m.example:+80/x",
            "https://[m.example]/x",
            "https://::1/x",
            "https://a@m.example/x",
            "https://m.example/x?y",
            "https://m.example/x#y",
            "https://m.example//x",
            "https://m.example/../x",
            "https://m.example/a%2Fb",
            "https://m.example/a b",
            "https://m.example/\u{e9}",
            &format!("https://m.example/{}", "x".repeat(255)),
        ] {
            assert_eq!(bad.parse::<Link>(), Err(InvalidLink), "{bad:?}");
        }
    }
}
