//! Where a request comes from: the peer, or what a trusted proxy says (ABUSE A32).

use super::Site;
use axum::extract::{ConnectInfo, FromRequestParts};
use http::{Extensions, HeaderMap, request::Parts};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

/// The client's address: the peer's, unless that is a trusted proxy; then the rightmost address of
/// `X-Forwarded-For`, which is the one that the proxy itself added.
#[must_use]
pub fn address(headers: &HeaderMap, extensions: &Extensions, proxies: &[IpAddr]) -> IpAddr {
    let peer =
        extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |c| c.0.ip());
    let peer = peer.to_canonical();
    if !proxies.contains(&peer) {
        return peer;
    }
    let last = headers.get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
    let last = last.and_then(|v| v.rsplit(',').next()).and_then(|v| v.trim().parse::<IpAddr>().ok());
    last.map_or(peer, |a| a.to_canonical())
}

/// [`address`] as the audit log writes it.
pub struct Peer(pub String);

impl FromRequestParts<Arc<Site>> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        Ok(Self(address(&parts.headers, &parts.extensions, &site.proxies).to_string()))
    }
}

/// Whether a trusted proxy brought the request.
#[must_use]
pub fn through_proxy(extensions: &Extensions, proxies: &[IpAddr]) -> bool {
    extensions.get::<ConnectInfo<SocketAddr>>().is_some_and(|c| proxies.contains(&c.0.ip().to_canonical()))
}

/// What limits are counted by: an IPv6 customer has a whole /64.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let proxies: Vec<IpAddr> = proxies.iter().map(|p| p.parse().unwrap()).collect();
        address(&headers, &extensions, &proxies).to_string()
    }

    #[test]
    fn a32_a_forwarding_header_is_believed_from_a_trusted_proxy_alone_and_only_its_last_address() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &["10.0.0.1"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 198.51.100.1"], &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "198.51.100.1"], &["10.0.0.1"]), "198.51.100.1");
        assert_eq!(seen("::ffff:10.0.0.1", &["nonsense"], &["10.0.0.1"]), "10.0.0.1");
    }

    #[test]
    fn a32_addresses_of_one_ipv6_network_count_as_one() {
        let network = |a: &str| network(a.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}
