//! The public address: set, protected, found by its name, and leading to the very server on this data folder.

use super::{Finding, State};
use crate::{config::Server, http::instance};
use muster_domain::settings::Settings;
use muster_pki::certificate::{Certificate, ExtendedUsage};
use reqwest::{Client, Url, redirect, tls::TlsInfo};
use rustls::CertificateError;
use std::{error::Error, net::IpAddr, path::Path, time::Duration};

pub(super) const CHECK: &str = "address";
const LIMIT: Duration = Duration::from_secs(10);
const SET: &str = "muster settings set public_url https://muster.example.org";
const PROXY: &str = "see docs/operating.md, behind a reverse proxy";

fn internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => a.is_loopback() || a.is_unspecified() || a.is_link_local(),
        IpAddr::V6(a) => a.is_loopback() || a.is_unspecified(),
    }
}

/// Follows the way that a phone would take.
pub(super) async fn look(
    data: &Path,
    server: &Server,
    trust: &[Vec<u8>],
    settings: Option<&Settings>,
    running: bool,
) -> Vec<Finding> {
    let set = settings.and_then(|s| s.public_url.clone()).or_else(|| server.public_url.clone());
    let Some(base) = set else {
        return vec![Finding::warning(
            CHECK,
            "no public address is set: phones cannot reach this server",
            SET,
        )];
    };
    let Ok(url) = base.parse::<Url>() else {
        return vec![Finding::failed(CHECK, format!("{base} is no address"), SET)];
    };
    let mut found = Vec::new();
    if url.scheme() != "https" {
        let words = format!(
            "{base} is not protected: whoever sees the traffic can take a link, and iPhones and iPads cannot be connected by it"
        );
        found.push(Finding::warning(CHECK, words, PROXY));
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses: Vec<IpAddr> = match tokio::net::lookup_host((host.as_str(), port)).await {
        Ok(all) => all.map(|a| a.ip()).collect(),
        Err(_) => {
            let mend = format!("add a record for {host} in the DNS, or mend the address: {SET}");
            found.push(Finding::failed(CHECK, format!("{host} is not found in the DNS"), mend));
            return found;
        }
    };
    if addresses.iter().all(|a| internal(*a)) {
        found.push(Finding::warning(
            CHECK,
            format!("{host} means this machine alone: phones cannot reach it"),
            SET,
        ));
    }
    if !running {
        let words = format!("{base} was not tried: no server runs on {}", data.display());
        found.push(Finding::warning(CHECK, words, "start the server, then run doctor again"));
        return found;
    }
    found.push(reach(&base, instance::read(data).as_deref(), trust).await);
    found
}

/// The roots that phones bring with them: Mozilla's list, which is close to Apple's.
fn roots_of_phones() -> Vec<Vec<u8>> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| der.to_vec()).collect()
}

/// Asks whoever answers at the address which server it is, as a phone does, which brings its own roots; where they do not lead to
/// it, once more as a phone that has the profile, and with it `[apple] trust`.
async fn reach(base: &str, own: Option<&str>, trust: &[Vec<u8>]) -> Finding {
    if let Ok(finding) = ask(base, own, Some(&roots_of_phones())).await {
        return finding;
    }
    if trust.is_empty() {
        // What this machine was told of (`update-ca-certificates`, `SSL_CERT_FILE`) hides it from everybody but phones.
        match ask(base, own, None).await {
            Ok(finding) if finding.state == State::Ok => {}
            Ok(finding) | Err(finding) => return finding,
        }
        let words = format!(
            "{base} leads to this server, but its certificate is of an authority that this machine alone was told of: phones do not know it, and \
             stop without a word"
        );
        let mend = format!(
            "a certificate by a public authority, such as Let's Encrypt ({PROXY}); or name the authority's root in apple.trust, so that iPhones \
             get it with the profile"
        );
        return Finding::failed(CHECK, words, mend);
    }
    let mend = format!(
        "a certificate by a public authority, such as Let's Encrypt, needs none of this ({PROXY}); or have the phones trust the \
         authority beforehand"
    );
    match ask(base, own, Some(trust)).await {
        Ok(finding) if finding.state == State::Ok => {
            let words = format!(
                "{base} leads to this server; a phone trusts its certificate once it has the profile, by apple.trust. Before that \
                 the page with the download is not trusted: Safari warns, and the profile cannot be fetched without a tap on \"visit this website\""
            );
            Finding::warning(CHECK, words, mend)
        }
        Ok(finding) => finding,
        Err(finding) => {
            let words = format!(
                "{}; nor by apple.trust, so phones with the profile are cut off, too",
                finding.message
            );
            Finding { message: words, ..finding }
        }
    }
}

/// Asks once, trusting the machine's list or these certificates alone. An error is a certificate that is not trusted.
async fn ask(base: &str, own: Option<&str>, trust: Option<&[Vec<u8>]>) -> Result<Finding, Finding> {
    let asked = async {
        // Phones have no proxy of this machine's environment, and a link must not need a redirect.
        let mut builder =
            Client::builder().timeout(LIMIT).no_proxy().redirect(redirect::Policy::none()).tls_info(true);
        if let Some(trust) = trust {
            let roots = trust.iter().map(|der| reqwest::Certificate::from_der(der));
            builder = builder.tls_certs_only(roots.collect::<Result<Vec<_>, _>>()?);
        }
        let client = builder.build()?;
        let answer = client.get(format!("{base}{}", instance::PATH)).send().await?;
        let certificate = answer.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
        let refused = certificate.and_then(|der| refused_by_ios(&Certificate::from_der(der).ok()?));
        let status = answer.status();
        let to = answer.headers().get("location").and_then(|l| l.to_str().ok()).map(str::to_owned);
        Ok::<_, reqwest::Error>((status, to, answer.text().await?, refused))
    };
    Ok(match asked.await {
        Ok((_, _, _, Some(words))) => {
            let mend = format!(
                "have it issued anew, for {LONGEST_DAYS} days at most and for servers (serverAuth): {PROXY}"
            );
            Finding::failed(CHECK, format!("{base} is not taken by iPhones: its certificate {words}"), mend)
        }
        Err(error) => {
            if let Some(words) = certificate(&error) {
                let mend = format!(
                    "give the proxy a certificate for this name by a public authority, such as Let's Encrypt: {PROXY}"
                );
                return Err(Finding::failed(
                    CHECK,
                    format!("{base} cannot be trusted: its certificate {words}"),
                    mend,
                ));
            }
            let words = causes(&error).last().map(ToString::to_string).unwrap_or_default();
            let mend = format!("is the port open, the certificate valid, the proxy running? {PROXY}");
            Finding::failed(CHECK, format!("{base} cannot be reached: {words}"), mend)
        }
        Ok((status, Some(to), ..)) if status.is_redirection() => {
            let to = to.chars().take(200).collect::<String>();
            Finding::failed(CHECK, format!("{base} sends on to {to}"), SET)
        }
        Ok((status, _, text, _)) if status.is_success() && own == Some(text.trim()) => {
            Finding::ok(CHECK, format!("{base} leads to this server"))
        }
        Ok((status, ..)) => {
            let words = format!("something else than this server answers at {base} ({status})");
            Finding::failed(CHECK, words, PROXY)
        }
    })
}

/// The longest that a certificate of a server may hold for iOS 13 and later, whoever issued it (Apple: "Requirements for trusted
/// certificates in iOS 13 and macOS 10.15").
const LONGEST_DAYS: i64 = 825;

/// What iOS wants of a server's certificate beyond what all browsers want, if this one does not have it.
fn refused_by_ios(certificate: &Certificate) -> Option<String> {
    let days = (certificate.not_after() - certificate.not_before()) / 86_400;
    if days > LONGEST_DAYS {
        return Some(format!("holds for {days} days, and iOS takes {LONGEST_DAYS} at most"));
    }
    let says = certificate.says_it_is_for(ExtendedUsage::ServerAuth);
    (!says).then(|| {
        "does not say that it is for servers (extendedKeyUsage serverAuth), which iOS wants".to_owned()
    })
}

/// An error and what is behind it.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |e| (*e).source())
}

/// An error of TLS, however often it is wrapped: what an I/O error holds is not among its causes.
fn tls<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    match error.downcast_ref::<std::io::Error>() {
        Some(io) => tls(io.get_ref()?),
        None => error.downcast_ref(),
    }
}

/// What is wrong with the certificate, if that is why.
fn certificate(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let Some(rustls::Error::InvalidCertificate(why)) = causes(error).find_map(tls) else { return None };
    Some(match why {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another name"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet: is this machine's clock right?"
        }
        CertificateError::Revoked => "was revoked",
        _ => "is of an authority that phones do not know",
    })
}
