//! TLS to mail servers: whom to trust, and what went wrong in words that say what to do.
//!
//! Trusted are the machine's own authorities (on Linux also `SSL_CERT_FILE` and `SSL_CERT_DIR`), and nothing else.

use super::Fault;
use rustls::{CertificateError, ClientConfig, Error, pki_types::ServerName};
use std::sync::Arc;
use tokio::{net::TcpStream, sync::OnceCell};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// The side of TLS that every connection shares: reading a machine's authorities takes milliseconds.
#[derive(Default)]
pub(super) struct Trust(OnceCell<Arc<ClientConfig>>);

impl Trust {
    async fn config(&self) -> Result<Arc<ClientConfig>, Fault> {
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
            .map_err(|e| Fault::Impossible(format!("TLS could not be prepared: {e}")))?
            .map_err(|e| Fault::Impossible(format!("this machine's trusted authorities cannot be read: {e}")))
        };
        self.0.get_or_try_init(read).await.cloned()
    }

    /// Speaks TLS on a connection and checks that it is `host` at the other end.
    pub(super) async fn wrap(&self, host: &str, stream: TcpStream) -> Result<TlsStream<TcpStream>, Fault> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Fault::Impossible("the mail server's name cannot be used for TLS".into()))?;
        let connector = TlsConnector::from(self.config().await?);
        connector
            .connect(name, stream)
            .await
            .map_err(|error| Fault::Lost { words: format!("{host}: {}", words(&error)), early: true })
    }
}

/// Nothing that the other side wrote is repeated (ABUSE A38).
fn words(error: &std::io::Error) -> &'static str {
    match error.get_ref().and_then(|e| e.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(certificate)) => match certificate {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the certificate is for another name: enter the server by the name that stands in it"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the certificate has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the certificate is not valid yet: is the clock of this machine right?"
            }
            CertificateError::Revoked => "the certificate was revoked",
            CertificateError::UnknownIssuer => {
                "the certificate comes from an authority that this machine does not trust: add that authority to \
                 the machine's trusted certificates, or name its file in SSL_CERT_FILE, and start Muster again"
            }
            _ => "the certificate is not one that a mail server may use",
        },
        Some(Error::InvalidMessage(_)) => {
            "what answers there speaks no TLS: with port 587 or 25 it is STARTTLS, with 465 TLS from the start"
        }
        Some(Error::AlertReceived(_)) => "the server broke the TLS handshake off",
        Some(Error::PeerIncompatible(_)) => "the server speaks no TLS that is still safe (1.2 or 1.3)",
        _ => "the connection broke during the TLS handshake",
    }
}
