//! A connection up to its first message: greeting, STARTTLS (RFC 3207), TLS, sign-in.
//!
//! lettre keeps what it has read across STARTTLS, so that an answer which somebody on the way writes in clear text
//! behind the `220` is taken for one from inside TLS. So all up to TLS is read here, and lettre only meets a
//! connection whose protection is settled.

use super::tls::Trust;
use crate::adapters::dialogue::{End, Trouble, clean, early, words};
use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, AsyncTokioStream},
    extension::ClientId,
};
use muster_domain::{
    settings::{Smtp, SmtpTls},
    trial::{Fault, Heard, Step},
};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf},
    net::{TcpStream, lookup_host},
};

/// Bytes of an answer before TLS at most.
const ANSWER: usize = 16 * 1024;
const KNOWN: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// Connects, protects and signs in as the settings say.
///
/// Nothing that is said before a `220` is shown: the address may be any service inside (ABUSE A38). lettre takes any
/// positive code for a greeting, so that it is read here.
pub(in crate::adapters) async fn connect(
    trust: &Trust,
    smtp: &Smtp,
    password: Option<&str>,
    hello: &str,
    heard: &mut Heard,
) -> Result<AsyncSmtpConnection, Trouble> {
    let (stream, safe) = protected(trust, smtp, hello, heard).await?;
    let client = ClientId::Domain(hello.to_owned());
    // Who greets, and then refuses our name, is not connected to.
    heard.begin(Step::Connect);
    let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &client).await.map_err(early)?;
    let (Some(user), Some(password)) = (&smtp.user, password) else {
        heard.skipped(Step::SignIn);
        return Ok(connection);
    };
    heard.begin(Step::SignIn);
    if smtp.tls == SmtpTls::Offered && !safe {
        // Whoever strips STARTTLS from the answer would be told the password.
        return Err(Trouble::new(End::Impossible, Fault::ClearPassword));
    }
    if connection.server_info().get_auth_mechanism(&KNOWN).is_none() {
        return Err(Trouble::new(End::Impossible, Fault::NoMechanism));
    }
    let answer = connection.auth(&KNOWN, &Credentials::new(user.clone(), password.to_owned())).await;
    heard.done(words(&answer.map_err(early)?));
    Ok(connection)
}

/// A connection that has greeted and whose protection is settled, and whether TLS protects it.
async fn protected(
    trust: &Trust,
    smtp: &Smtp,
    hello: &str,
    heard: &mut Heard,
) -> Result<(Box<dyn AsyncTokioStream>, bool), Trouble> {
    heard.begin(Step::Connect);
    let no = |e: io::Error| Trouble::lost(Fault::NoConnection(e.kind().to_string()));
    let nobody = |_| Trouble::lost(Fault::NoConnection("no server of this name is found".into()));
    let addresses: Vec<_> = lookup_host((smtp.host.as_str(), smtp.port)).await.map_err(nobody)?.collect();
    let mut tcp = TcpStream::connect(&*addresses).await.map_err(no)?;
    // Without it, a message's last line waits for an acknowledgement of what came before.
    tcp.set_nodelay(true).map_err(no)?;
    let peer = tcp.peer_addr().map_err(no)?;
    match smtp.tls {
        SmtpTls::None => {
            heard.done(greeting(&mut tcp).await?);
            heard.skipped(Step::Tls);
            Ok((Box::new(Settled { said: GREETING, stream: tcp, peer }), false))
        }
        SmtpTls::Implicit => {
            heard.done(String::new());
            heard.begin(Step::Tls);
            let mut stream = trust.wrap(&smtp.host, tcp).await?;
            heard.done(greeting(&mut stream).await?);
            Ok((Box::new(Settled { said: GREETING, stream, peer }), true))
        }
        SmtpTls::Required | SmtpTls::Offered => {
            let offered = start_tls(&mut tcp, hello, heard).await?;
            if !offered && smtp.tls == SmtpTls::Required {
                heard.begin(Step::Tls);
                return Err(Trouble::new(End::Impossible, Fault::NoStarttls));
            }
            if !offered {
                heard.skipped(Step::Tls);
                return Ok((Box::new(Settled { said: GREETING, stream: tcp, peer }), false));
            }
            heard.begin(Step::Tls);
            let stream = trust.wrap(&smtp.host, tcp).await?;
            heard.done(String::new());
            Ok((Box::new(Settled { said: GREETING, stream, peer }), true))
        }
    }
}

/// What lettre, which waits for a greeting, is told where the real one was read here.
const GREETING: &[u8] = b"220 ready\r\n";

/// The greeting, as it may be shown.
async fn greeting(stream: &mut (impl AsyncRead + Unpin)) -> Result<String, Trouble> {
    match answer(stream).await {
        Ok((220, text)) => Ok(clean(&text)),
        _ => Err(Trouble::lost(Fault::NotMail)),
    }
}

/// Greeting, EHLO and, if it is offered, STARTTLS. `true`: the next byte belongs to TLS.
async fn start_tls(tcp: &mut TcpStream, hello: &str, heard: &mut Heard) -> Result<bool, Trouble> {
    let ended = |_: io::Error| Trouble::lost(Fault::NotMail);
    let mut stream = BufReader::new(tcp);
    let words = greeting(&mut stream).await?;
    stream.write_all(format!("EHLO {hello}\r\n").as_bytes()).await.map_err(ended)?;
    let (code, text) = answer(&mut stream).await.map_err(ended)?;
    heard.done(words);
    let offered = code == 250
        && text.lines().any(|line| line.get(4..).is_some_and(|l| l.trim().eq_ignore_ascii_case("STARTTLS")));
    if offered {
        heard.begin(Step::Tls);
        stream.write_all(b"STARTTLS\r\n").await.map_err(ended)?;
        if answer(&mut stream).await.map_err(ended)?.0 != 220 {
            return Err(Trouble::lost(Fault::StarttlsRefused));
        }
    }
    if stream.buffer().is_empty() { Ok(offered) } else { Err(Trouble::lost(Fault::Injected)) }
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
