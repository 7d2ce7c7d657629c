//! TLS to mail servers: whom to trust, and what went wrong in words that say what to do.
//!
//! Trusted are the machine's own authorities (on Linux also `SSL_CERT_FILE` and `SSL_CERT_DIR`), and nothing else.

use muster_domain::trial::Fault;
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
            .map_err(|e| Fault::NoTls(e.to_string()))?
            .map_err(|e| Fault::NoTls(e.to_string()))
        };
        self.0.get_or_try_init(read).await.cloned()
    }

    /// Speaks TLS on a connection and checks that it is `host` at the other end.
    pub(super) async fn wrap(&self, host: &str, stream: TcpStream) -> Result<TlsStream<TcpStream>, Fault> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Fault::BadName)?;
        let connector = TlsConnector::from(self.config().await?);
        connector.connect(name, stream).await.map_err(|error| fault(&error))
    }
}

/// What went wrong. Nothing that the other side wrote is repeated (ABUSE A38).
fn fault(error: &std::io::Error) -> Fault {
    match error.get_ref().and_then(|e| e.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(certificate)) => match certificate {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Fault::OtherName
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Fault::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Fault::NotYet,
            CertificateError::Revoked => Fault::Revoked,
            CertificateError::UnknownIssuer => Fault::UnknownAuthority,
            _ => Fault::Certificate,
        },
        Some(Error::InvalidMessage(_)) => Fault::NotTls,
        Some(Error::AlertReceived(_)) => Fault::BrokenOff,
        Some(Error::PeerIncompatible(_)) => Fault::OldTls,
        _ => Fault::Tls,
    }
}
