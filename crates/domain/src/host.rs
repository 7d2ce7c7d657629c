//! What can be a host, and what can stand before a link.

use std::net::{IpAddr, Ipv6Addr};

/// A name (RFC 1123, section 2.1, with the underscore of some internal ones) or an address; nothing around it.
#[must_use]
pub fn is_host(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok() || is_name(host)
}

/// Labels of letters, digits and hyphens. What ends with a number is an address or a slip of the pen.
fn is_name(name: &str) -> bool {
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    name.len() <= 253 && name.split('.').all(label_ok) && !name.rsplit('.').next().is_some_and(number)
}

/// A scheme and a host, perhaps with a port, and nothing else.
#[must_use]
pub fn is_origin(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else {
        return false;
    };
    // Behind the brackets of an IPv6 address, or behind the last colon of anything else, stands a port.
    let (host, port) = match rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
        Some((address, port)) => (address.parse::<Ipv6Addr>().is_ok(), port),
        None => {
            let at = rest.find(':').unwrap_or(rest.len());
            (!rest.contains('[') && is_host(&rest[..at]), &rest[at..])
        }
    };
    host && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

/// Whether an address before links leads to the very machine alone, so that no phone gets anywhere by it.
#[must_use]
pub fn is_only_here(origin: &str) -> bool {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let host = match rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
        Some((address, _)) => address,
        None => rest.split(':').next().unwrap_or_default(),
    };
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || address.is_unspecified(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// Whether what lies below this address is fetched by HTTPS.
#[must_use]
pub fn is_https(origin: &str) -> bool {
    origin.starts_with("https://")
}

/// Whether iPhones and iPads take a profile that leads to this address: by HTTPS alone. Simulated ones on the very machine need none.
#[must_use]
pub fn is_for_apple(origin: &str) -> bool {
    is_https(origin) || is_only_here(origin)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iphone_takes_https_and_a_simulated_one_its_own_machine() {
        for good in ["https://muster.example.org", "http://127.0.0.1:8080", "http://localhost:8080"] {
            assert!(is_for_apple(good), "{good}");
        }
        for bad in ["http://muster.example.org", "http://10.0.0.7", "ftp://x"] {
            assert!(!is_for_apple(bad), "{bad}");
        }
    }

    #[test]
    fn an_address_that_only_this_machine_reaches_is_known_as_one() {
        for here in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:80",
            "http://0.0.0.0:21",
            "http://[::]:21",
        ] {
            assert!(is_only_here(here), "{here}");
        }
        for there in [
            "https://muster.example.org",
            "http://192.0.2.7:8080",
            "https://[2001:db8::7]",
            "http://localhost.example",
        ] {
            assert!(!is_only_here(there), "{there}");
        }
    }

    #[test]
    fn names_and_addresses_are_hosts() {
        for host in [
            "mail.example.org",
            "MAIL.example.org",
            "localhost",
            "mail",
            "mail_relay",
            "xn--80a1acny.xn--p1ai",
            "192.0.2.7",
            "2001:db8::7",
            "::1",
            "3com.example",
        ] {
            assert!(is_host(host), "{host}");
        }
    }

    #[test]
    fn what_stands_around_a_host_or_cannot_be_one_is_refused() {
        let long = format!("{}.example.org", "a".repeat(64));
        for host in [
            "",
            " ",
            "mail.example.org ",
            "mail example.org",
            "smtp://mail.example.org",
            "https://mail.example.org",
            "mail.example.org:587",
            "192.0.2.7:25",
            "[2001:db8::7]",
            "mail.example.org.",
            ".example.org",
            "mail..example.org",
            "mail.example.org/",
            "mail.example.org/smtp",
            "it@mail.example.org",
            "-mail.example.org",
            "mail-.example.org",
            "192.0.2.999",
            "192.0.2",
            "587",
            "почта.рф",
            "mail\n.example.org",
            "mail\0",
            "mail,backup",
            &long,
        ] {
            assert!(!is_host(host), "{host:?}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_a_host_and_perhaps_a_port() {
        for url in [
            "https://muster.example.org",
            "https://muster.example.org:8443",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "https://[2001:db8::7]",
            "http://localhost",
        ] {
            assert!(is_origin(url), "{url}");
        }
        for url in [
            "",
            "muster.example.org",
            "https://",
            "https:///",
            "https://muster.example.org/",
            "https://muster.example.org/path",
            "https://muster.example.org?x",
            "https://muster.example.org#x",
            "https://muster.example.org.",
            "https://muster..example.org",
            "https://muster example.org",
            "https://muster.example.org:",
            "https://muster.example.org:0",
            "https://muster.example.org:+8",
            "https://muster.example.org:65536",
            "https://muster.example.org:8443:8443",
            "https://user@muster.example.org",
            "https://::1",
            "https://[::1",
            "https://[127.0.0.1]",
            "https://[::1]x",
            "https://https://muster.example.org",
            "ftp://muster.example.org",
            "https:/muster.example.org",
            "https://-",
            "https://.",
            "https://мустер.рф",
            "javascript:alert(1)",
        ] {
            assert!(!is_origin(url), "{url:?}");
        }
    }
}
