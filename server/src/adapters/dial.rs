//! The first steps to a mail server: the connection, TLS from the first byte where it is set, and the greeting.
//!
//! An SMTP host may be any machine inside, so nothing that it says before a `220` is shown (ABUSE A38). lettre takes
//! any positive code for a greeting; here it is read and checked before lettre sees it.

use lettre::transport::smtp::client::AsyncTokioStream;
use muster_domain::{
    settings::{Smtp, SmtpTls},
    trial::{Fault, Heard, Step},
};
use rustls::{CertificateError, ClientConfig, pki_types::ServerName};
use rustls_platform_verifier::BuilderVerifierExt;
use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// A greeting that is longer is none.
const LONGEST: usize = 4096;

/// Connects; the stream that comes back says the greeting again, for who reads the dialogue from its beginning.
pub(super) async fn dial(
    smtp: &Smtp,
    heard: &mut Heard,
) -> Result<(Box<dyn AsyncTokioStream>, String), Fault> {
    heard.begin(Step::Connect);
    let no = |e: io::Error| Fault::NoConnection(e.kind().to_string());
    let tcp = TcpStream::connect((smtp.host.as_str(), smtp.port)).await.map_err(no)?;
    tcp.set_nodelay(true).map_err(no)?;
    let peer = tcp.peer_addr().map_err(no)?;
    if smtp.tls != SmtpTls::Implicit {
        return greeted(tcp, peer).await;
    }
    heard.done(String::new());
    heard.begin(Step::Tls);
    let name = ServerName::try_from(smtp.host.clone()).map_err(|_| Fault::BadName)?;
    let connector = tokio_rustls::TlsConnector::from(config().ok_or(Fault::Tls)?);
    greeted(connector.connect(name, tcp).await.map_err(|e| tls_fault(&e))?, peer).await
}

/// TLS with the authorities that the machine knows; read once, since that takes a while.
fn config() -> Option<Arc<ClientConfig>> {
    static CONFIG: OnceLock<Option<Arc<ClientConfig>>> = OnceLock::new();
    let make = || {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
        Some(Arc::new(builder.with_platform_verifier().ok()?.with_no_client_auth()))
    };
    CONFIG.get_or_init(make).clone()
}

/// What is wrong with TLS, in our words: a certificate's own words come before the `220`.
pub(super) fn tls_fault(error: &(dyn std::error::Error + 'static)) -> Fault {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match inner.and_then(|e| e.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(why)) => match why {
            CertificateError::UnknownIssuer => Fault::UnknownAuthority,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Fault::OtherName
            }
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Fault::Expired,
            _ => Fault::Tls,
        },
        _ => Fault::Tls,
    }
}

async fn greeted<S>(mut stream: S, peer: SocketAddr) -> Result<(Box<dyn AsyncTokioStream>, String), Fault>
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + 'static,
{
    let mut said = Vec::new();
    let mut chunk = [0; 512];
    while !is_whole(&said)? {
        match stream.read(&mut chunk).await {
            Ok(n) if n > 0 && said.len() < LONGEST => said.extend_from_slice(&chunk[..n]),
            _ => return Err(Fault::NotMail),
        }
    }
    let words = super::dialogue::clean(&String::from_utf8_lossy(&said));
    Ok((Box::new(Replay { stream, peer, said, at: 0 }), words))
}

/// Whether a greeting is complete (RFC 5321, section 4.2: `220-` for each line but the last, `220 ` for that).
fn is_whole(said: &[u8]) -> Result<bool, Fault> {
    for line in said.split_inclusive(|b| *b == b'\n') {
        let code = &line[..line.len().min(3)];
        if !b"220".starts_with(code) || !matches!(line.get(3), None | Some(b' ' | b'-' | b'\r')) {
            return Err(Fault::NotMail);
        }
        if line.ends_with(b"\n") && line.get(3) != Some(&b'-') {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A stream that first says again what was read from it.
struct Replay<S> {
    stream: S,
    peer: SocketAddr,
    said: Vec<u8>,
    at: usize,
}

impl<S> fmt::Debug for Replay<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Replay<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.at < self.said.len() {
            let end = self.said.len().min(self.at + buf.remaining());
            buf.put_slice(&self.said[self.at..end]);
            self.at = end;
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Replay<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Replay<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_may_have_several_lines_and_come_in_pieces() {
        for piece in ["", "2", "220", "220-mail", "220-mail\r\n", "220-mail\r\n220 rea"] {
            assert_eq!(is_whole(piece.as_bytes()), Ok(false), "{piece:?}");
        }
        for whole in ["220\r\n", "220 mail\r\n", "220-mail\r\n220 ready\r\n"] {
            assert_eq!(is_whole(whole.as_bytes()), Ok(true), "{whole:?}");
        }
    }

    #[test]
    fn a38_only_a_220_is_a_greeting() {
        for other in [
            "HTTP/1.1 400",
            "250 hello\r\n",
            "200 news\r\n",
            "2201 x",
            "554 no\r\n",
            "22x",
            "220-a\r\n250 b\r\n",
        ] {
            assert_eq!(is_whole(other.as_bytes()), Err(Fault::NotMail), "{other:?}");
        }
    }
}
