//! The way to APNs: its address, whom to trust there, and a TLS connection by a workspace's certificate.

use super::{Limits, trouble::Trouble};
use http::uri::Authority;
use muster_domain::apple::PushCertificate;
use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName},
};
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::AsyncBufReadExt,
    net::{TcpStream, lookup_host},
    sync::OnceCell,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use zeroize::Zeroizing;

/// RFC 9113, section 3.2.
const HTTP2: &[u8] = b"h2";

/// It is not an address of the form `https://host` or `https://host:port`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}: not an address such as https://api.push.apple.com")]
pub struct InvalidAddress(String);

/// Where APNs is.
pub(super) struct Endpoint {
    pub(super) authority: Authority,
    name: ServerName<'static>,
}

impl Endpoint {
    pub(super) fn parse(url: &str) -> Result<Self, InvalidAddress> {
        let read = || {
            let authority: Authority = url.strip_prefix("https://")?.parse().ok()?;
            // The crate takes a port apart only when it is asked for it.
            if authority.port_u16().is_none() && authority.as_str() != authority.host() {
                return None;
            }
            let host = authority.host().trim_matches(['[', ']']).to_owned();
            Some(Self { name: ServerName::try_from(host).ok()?, authority })
        };
        read().ok_or_else(|| InvalidAddress(url.to_owned()))
    }

    /// Connects, to whichever of its addresses answers, and speaks TLS.
    pub(super) async fn connect(
        &self,
        tls: &TlsConnector,
        limits: Limits,
    ) -> Result<TlsStream<TcpStream>, Trouble> {
        let connecting = async {
            let stream = self.tcp(limits).await?;
            // Small frames that belong together are written together anyway.
            let _ = stream.set_nodelay(true);
            let handshake = tls.connect(self.name.clone(), stream).await;
            let mut stream = handshake.map_err(|error| Trouble::of(&error))?;
            if stream.get_ref().1.alpn_protocol() != Some(HTTP2) {
                return Err(Trouble::new("what answers in APNs' place speaks no HTTP/2"));
            }
            // The first word is heard before anything is said: to a connection that is closed already the other side's
            // system answers with a reset, and that throws away the alert which says why.
            match timeout(limits.first, stream.fill_buf()).await {
                Ok(Err(error)) => Err(Trouble::of(&error)),
                Ok(Ok([])) => Err(Trouble::new("APNs has closed the connection")),
                // Whoever waits for the client's word first is asked without having said anything.
                Ok(Ok(_)) | Err(_) => Ok(stream),
            }
        };
        let late = |_| Trouble::unreachable(format_args!("no answer from {}", self.authority));
        timeout(limits.connect, connecting).await.map_err(late)?
    }

    async fn tcp(&self, limits: Limits) -> Result<TcpStream, Trouble> {
        let (host, port) = (self.authority.host().trim_matches(['[', ']']), self.authority.port_u16());
        let found = lookup_host((host, port.unwrap_or(443))).await;
        let unknown = |_| Trouble::unreachable(format_args!("the name {host} is not known here"));
        let addresses: Vec<SocketAddr> = found.map_err(unknown)?.collect();
        let mut trouble = Trouble::unreachable(format_args!("{host} has no address"));
        for address in &addresses {
            // One address that is silent leaves time for the next: a network may know of IPv6 and have none.
            let share = limits.connect / 2 / u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
            let most = if addresses.len() == 1 { limits.connect } else { share.max(limits.connect / 8) };
            match timeout(most, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => trouble = Trouble::of(&error),
                Err(_) => trouble = Trouble::unreachable(format_args!("no answer from {address}")),
            }
        }
        Err(trouble)
    }
}

/// By whom APNs' own certificate has to be issued.
pub(super) struct Trust {
    roots: Vec<Vec<u8>>,
    /// Reading a system's authorities takes milliseconds.
    read: OnceCell<Arc<dyn ServerCertVerifier>>,
}

fn verifier(
    roots: Vec<Vec<u8>>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, String> {
    if roots.is_empty() {
        let system = rustls_platform_verifier::Verifier::new(provider).map_err(|e| e.to_string())?;
        return Ok(Arc::new(system));
    }
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(CertificateDer::from(root)).map_err(|e| e.to_string())?;
    }
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider);
    Ok(builder.build().map_err(|e| e.to_string())?)
}

/// Away from the threads that serve.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?
}

impl Trust {
    pub(super) fn new(roots: Vec<Vec<u8>>) -> Self {
        Self { roots, read: OnceCell::new() }
    }

    /// What speaks TLS by this certificate. Sessions are resumed by it alone.
    pub(super) async fn client(
        &self,
        certificate: &PushCertificate,
        key: Zeroizing<Vec<u8>>,
    ) -> Result<TlsConnector, Trouble> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let read = || {
            aside({
                let (roots, provider) = (self.roots.clone(), provider.clone());
                move || verifier(roots, provider)
            })
        };
        let verifier = self.read.get_or_try_init(read).await.map_err(|error| {
            tracing::error!(error, "whom to trust as APNs");
            Trouble::new(
                "no trusted certificates can be read on this machine: install the package ca-certificates",
            )
        })?;
        let (verifier, chain) = (verifier.clone(), certificate.chain.clone());
        let made = aside(move || {
            let chain = chain.into_iter().map(CertificateDer::from).collect();
            let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.as_slice())).clone_key();
            let builder = ClientConfig::builder_with_provider(provider);
            let builder = builder.with_safe_default_protocol_versions().map_err(|e| e.to_string())?;
            let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
            let mut config = builder.with_client_auth_cert(chain, key).map_err(|e| e.to_string())?;
            config.alpn_protocols = vec![HTTP2.to_vec()];
            Ok(config)
        });
        let config = made.await.map_err(|error| {
            tracing::error!(error, serial = certificate.serial, "the APNs certificate");
            Trouble::new("the APNs certificate cannot be used with its key; Muster's log says why")
        })?;
        Ok(TlsConnector::from(Arc::new(config)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        for (url, host, port) in [
            ("https://api.push.apple.com", "api.push.apple.com", None),
            ("https://api.push.apple.com:2197", "api.push.apple.com", Some(2197)),
            ("https://127.0.0.1:8443", "127.0.0.1", Some(8443)),
            ("https://[::1]:8443", "[::1]", Some(8443)),
        ] {
            let endpoint = Endpoint::parse(url).unwrap();
            assert_eq!((endpoint.authority.host(), endpoint.authority.port_u16()), (host, port));
        }
        for url in ["http://api.push.apple.com", "https://", "https://a b", "https://a/b", "https://a_b:x"] {
            assert!(Endpoint::parse(url).is_err(), "{url}");
        }
    }
}
