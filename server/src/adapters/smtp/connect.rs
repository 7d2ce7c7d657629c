//! A connection up to its first message: greeting, STARTTLS (RFC 3207), TLS, sign-in.
//!
//! lettre keeps what it has read across STARTTLS, so that an answer which somebody on the way writes in clear text
//! behind the `220` is taken for one from inside TLS. So all up to TLS is read here, and lettre only meets a
//! connection whose protection is settled.

use super::{Fault, early, tls::Trust};
use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, AsyncTokioStream},
    extension::ClientId,
};
use muster_domain::settings::{Smtp, SmtpTls};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf},
    net::TcpStream,
};

/// Bytes of an answer before TLS at most.
const ANSWER: usize = 16 * 1024;
const KNOWN: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// Connects, protects and signs in as the settings say.
pub(super) async fn connect(
    trust: &Trust,
    smtp: &Smtp,
    password: Option<&str>,
    hello: &str,
) -> Result<AsyncSmtpConnection, Fault> {
    let lost = |why: &str| Fault::Lost { words: format!("{}:{}: {why}", smtp.host, smtp.port), early: true };
    // Nothing that is said before a 220 is shown: the address may be any service inside (ABUSE A38).
    let no_greeting = || lost("no mail server answered there as it should");
    let tcp = TcpStream::connect((smtp.host.as_str(), smtp.port))
        .await
        .map_err(|e| lost(&format!("no connection: {}", e.kind())))?;
    // Without it, a message's last line waits for an acknowledgement of what came before.
    tcp.set_nodelay(true).map_err(|e| lost(&e.kind().to_string()))?;
    let peer = tcp.peer_addr().map_err(|e| lost(&e.kind().to_string()))?;
    let mut safe = smtp.tls == SmtpTls::Implicit;
    let stream: Box<dyn AsyncTokioStream> = match smtp.tls {
        SmtpTls::None => Box::new(tcp),
        SmtpTls::Implicit => {
            Box::new(Settled { said: b"", stream: trust.wrap(&smtp.host, tcp).await?, peer })
        }
        SmtpTls::Required | SmtpTls::Offered => {
            let mut tcp = tcp;
            safe = start_tls(&mut tcp, hello).await.map_err(|why| lost(why.words()))?;
            match safe {
                true => {
                    Box::new(Settled { said: GREETING, stream: trust.wrap(&smtp.host, tcp).await?, peer })
                }
                false if smtp.tls == SmtpTls::Required => {
                    return Err(Fault::Impossible(
                        "the mail server offers no STARTTLS, and the settings require it".into(),
                    ));
                }
                false => Box::new(Settled { said: GREETING, stream: tcp, peer }),
            }
        }
    };
    let client = ClientId::Domain(hello.to_owned());
    let mut connection =
        AsyncSmtpConnection::connect_with_transport(stream, &client).await.map_err(|_| no_greeting())?;
    let (Some(user), Some(password)) = (&smtp.user, password) else { return Ok(connection) };
    if smtp.tls == SmtpTls::Offered && !safe {
        // Whoever strips STARTTLS from the answer would be told the password.
        return Err(Fault::Impossible(
            "the mail server offers no STARTTLS now, and the password is not sent in clear text".into(),
        ));
    }
    if connection.server_info().get_auth_mechanism(&KNOWN).is_none() {
        return Err(Fault::Impossible("the mail server offers no way to sign in that Muster knows".into()));
    }
    connection.auth(&KNOWN, &Credentials::new(user.clone(), password.to_owned())).await.map_err(early)?;
    Ok(connection)
}

/// What lettre, which waits for a greeting, is told where the real one was read here.
const GREETING: &[u8] = b"220 ready\r\n";

enum Unprotected {
    Closed,
    NoServer,
    Refused,
    Injected,
}

impl Unprotected {
    fn words(&self) -> &'static str {
        match self {
            Self::Closed | Self::NoServer => "no mail server answered there as it should",
            Self::Refused => "the mail server offers STARTTLS and then refuses it",
            Self::Injected => {
                "something was said in clear text behind the answer to STARTTLS: somebody on the way may be writing there"
            }
        }
    }
}

impl From<io::Error> for Unprotected {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// Greeting, EHLO and, if it is offered, STARTTLS. `true`: the next byte belongs to TLS.
async fn start_tls(tcp: &mut TcpStream, hello: &str) -> Result<bool, Unprotected> {
    let mut stream = BufReader::new(tcp);
    if answer(&mut stream).await?.0 != 220 {
        return Err(Unprotected::NoServer);
    }
    stream.write_all(format!("EHLO {hello}\r\n").as_bytes()).await?;
    let (code, text) = answer(&mut stream).await?;
    let offered = code == 250
        && text.lines().any(|line| line.get(4..).is_some_and(|l| l.trim().eq_ignore_ascii_case("STARTTLS")));
    if offered {
        stream.write_all(b"STARTTLS\r\n").await?;
        if answer(&mut stream).await?.0 != 220 {
            return Err(Unprotected::Refused);
        }
    }
    if stream.buffer().is_empty() { Ok(offered) } else { Err(Unprotected::Injected) }
}

/// An answer of one or more lines (RFC 5321, section 4.2.1): its code and its text.
async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(u16, String)> {
    let (mut text, mut begin) = (Vec::new(), 0);
    loop {
        let byte = stream.read_u8().await?;
        text.push(byte);
        if text.len() > ANSWER {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if byte != b'\n' {
            continue;
        }
        let line = &text[begin..];
        let code = line.get(..3).and_then(|c| std::str::from_utf8(c).ok()).and_then(|c| c.parse().ok());
        let code = code.ok_or(io::ErrorKind::InvalidData)?;
        if line.get(3) != Some(&b'-') {
            return Ok((code, String::from_utf8_lossy(&text).into_owned()));
        }
        begin = text.len();
    }
}

/// A stream whose protection is settled; what is `said` is read before what comes over the wire.
#[derive(Debug)]
struct Settled<S> {
    said: &'static [u8],
    stream: S,
    peer: SocketAddr,
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> AsyncTokioStream for Settled<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Settled<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.said.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, into);
        }
        let (now, later) = self.said.split_at(self.said.len().min(into.remaining()));
        into.put_slice(now);
        self.said = later;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Settled<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
