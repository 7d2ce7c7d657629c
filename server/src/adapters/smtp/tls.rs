//! TLS to mail servers: whom to trust, and what went wrong in words that say what to do.
//!
//! Trusted are the machine's own authorities (on Linux also `SSL_CERT_FILE` and `SSL_CERT_DIR`), and nothing else.

use crate::adapters::dialogue::{End, Trouble};
use muster_domain::trial::Fault;
use rustls::{CertificateError, ClientConfig, Error, pki_types::ServerName};
use std::sync::Arc;
use tokio::{net::TcpStream, sync::OnceCell};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// What the verifier says to a certificate that `openssl req -x509` made. It is not among rustls' own errors.
const OWN_AUTHORITY: &str = "CaUsedAsEndEntity";

/// The side of TLS that every connection shares: reading a machine's authorities takes milliseconds.
#[derive(Default)]
pub(in crate::adapters) struct Trust(OnceCell<Arc<ClientConfig>>);

impl Trust {
    async fn config(&self) -> Result<Arc<ClientConfig>, Trouble> {
        let read = || async {
            tokio::task::spawn_blocking(|| {
                let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
                let verifier = rustls_platform_verifier::Verifier::new(provider.clone())?;
                let builder =
                    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
                let config = builder
                    .dangerous()
                    .with_custom_certificate_verifier(Arc::new(verifier))
                    .with_no_client_auth();
                Ok::<_, Error>(Arc::new(config))
            })
            .await
            .map_err(|error| unprepared(&error))?
            .map_err(|error| unprepared(&error))
        };
        self.0.get_or_try_init(read).await.cloned()
    }

    /// Speaks TLS on a connection and checks that it is `host` at the other end.
    pub(super) async fn wrap(&self, host: &str, stream: TcpStream) -> Result<TlsStream<TcpStream>, Trouble> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Trouble::new(End::Impossible, Fault::BadName))?;
        let connector = TlsConnector::from(self.config().await?);
        connector.connect(name, stream).await.map_err(|error| {
            let (why, advice) = words(&error);
            Trouble { advice, ..Trouble::lost(why) }
        })
    }
}

fn unprepared(error: &dyn std::fmt::Display) -> Trouble {
    tracing::error!(%error, "TLS to mail servers");
    let advice = "no trusted certificates can be read on this machine: install the package ca-certificates, or name a \
                  file of authorities in SSL_CERT_FILE, and start Muster again";
    Trouble { advice, ..Trouble::lost(Fault::Tls) }
}

/// Nothing that the other side wrote is repeated (ABUSE A38).
fn words(error: &std::io::Error) -> (Fault, &'static str) {
    match error.get_ref().and_then(|e| e.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(certificate)) => match certificate {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
                Fault::OtherName,
                "the certificate is for another name: enter the server by the name that stands in it",
            ),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                (Fault::Expired, "the certificate has expired: renew it on the mail server")
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                (Fault::Expired, "the certificate is not valid yet: is the clock of this machine right?")
            }
            CertificateError::Revoked => {
                (Fault::Tls, "the certificate was revoked: the mail server needs a new one")
            }
            CertificateError::UnknownIssuer => (
                Fault::UnknownAuthority,
                "the certificate comes from an authority that this machine does not trust: add that authority to \
                 the machine's trusted certificates, or name its file in SSL_CERT_FILE, and start Muster again",
            ),
            CertificateError::Other(other) if other.0.to_string() == OWN_AUTHORITY => (
                Fault::UnknownAuthority,
                "the certificate signs itself, as an authority's own one does: let an authority sign one for the mail \
                 server, and add that authority to the machine's trusted certificates",
            ),
            _ => (
                Fault::Tls,
                "the certificate is not one that a mail server may use: it has to be made for a server, by an \
                 authority, with a key and a signature that are still safe",
            ),
        },
        Some(Error::InvalidMessage(_)) => (
            Fault::Tls,
            "what answers there speaks no TLS: with port 587 or 25 it is STARTTLS, with 465 TLS from the start",
        ),
        Some(Error::AlertReceived(_)) => {
            (Fault::Tls, "the server broke the TLS handshake off: its log says why")
        }
        Some(Error::PeerIncompatible(_)) => (
            Fault::Tls,
            "the server speaks no TLS that is still safe (1.2 or 1.3): it has to be brought up to date",
        ),
        _ => (
            Fault::Tls,
            "the connection broke during the TLS handshake: with port 587 or 25 it is STARTTLS, with 465 TLS from \
             the start",
        ),
    }
}
