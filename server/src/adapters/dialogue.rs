//! The conversation with a mail server (RFC 5321): signing in, then one message; each step is heard.

use super::dial::{dial, tls_fault};
use lettre::{
    Message,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail as MailFrom, Rcpt},
        extension::{ClientId, Extension, MailParameter},
        response::Response,
    },
};
use muster_domain::{
    settings::{Smtp, SmtpTls},
    trial::{Fault, Heard, Step},
};
use std::error::Error as _;

/// How a conversation ended that did not end with `250`.
pub(super) enum End {
    /// The server refused, with its code; the connection is still good unless that is 421.
    Refused(u16),
    /// The connection is of no use any more. `early`: surely nothing was sent.
    Lost { early: bool },
    /// It cannot work with these settings.
    Impossible,
}

/// Why a message did not go out.
pub(super) struct Trouble {
    pub(super) end: End,
    pub(super) why: Fault,
    /// The server's words; empty if it has none, or none that may be shown.
    pub(super) words: String,
}

impl Trouble {
    fn new(end: End, why: Fault) -> Self {
        Self { end, why, words: String::new() }
    }

    /// For the invitation: the server's words, or else ours.
    pub(super) fn text(&self) -> String {
        if self.words.is_empty() { self.why.to_string() } else { self.words.clone() }
    }
}

/// One message on a connection that is ready.
pub(super) async fn deliver(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
    bytes: &[u8],
    heard: &mut Heard,
) -> Result<(), Trouble> {
    let envelope = message.envelope();
    let mut parameters = Vec::new();
    let ascii = |address: &lettre::Address| <lettre::Address as AsRef<str>>::as_ref(address).is_ascii();
    heard.begin(Step::Sender);
    if !envelope.from().is_none_or(ascii) || !envelope.to().iter().all(ascii) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Trouble::new(End::Impossible, Fault::AsciiOnly));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let from = MailFrom::new(envelope.from().cloned(), parameters);
    heard.done(words(&connection.command(from).await.map_err(early)?));
    for to in envelope.to() {
        heard.begin(Step::Recipient);
        heard.done(words(&connection.command(Rcpt::new(to.clone(), vec![])).await.map_err(early)?));
    }
    heard.begin(Step::Message);
    let out_of_turn = || Trouble::new(End::Lost { early: false }, Fault::OutOfTurn);
    let answer = connection.command(Data).await.map_err(early)?;
    if !answer.has_code(354) {
        return Err(out_of_turn());
    }
    let answer = connection.message(bytes).await.map_err(late)?;
    if !answer.has_code(250) {
        // Any other positive answer belongs to something else.
        return Err(out_of_turn());
    }
    heard.done(words(&answer));
    Ok(())
}

/// Connects, protects the connection and signs in, as the settings say.
pub(super) async fn connect(
    smtp: &Smtp,
    password: Option<&str>,
    hello: &str,
    heard: &mut Heard,
) -> Result<AsyncSmtpConnection, Trouble> {
    let hello = ClientId::Domain(if hello.is_ascii() { hello.to_owned() } else { "localhost".into() });
    let lost = |why| Trouble::new(End::Lost { early: true }, why);
    let (stream, greeting) = dial(smtp, heard).await.map_err(lost)?;
    let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &hello).await.map_err(early)?;
    heard.done(greeting);
    let offered = connection.can_starttls();
    match smtp.tls {
        SmtpTls::Implicit => {}
        SmtpTls::Required if !offered => {
            heard.begin(Step::Tls);
            return Err(Trouble::new(End::Impossible, Fault::NoStarttls));
        }
        SmtpTls::Required | SmtpTls::Offered if offered => {
            heard.begin(Step::Tls);
            let tls = TlsParameters::new(smtp.host.clone())
                .map_err(|_| Trouble::new(End::Impossible, Fault::BadName))?;
            connection.starttls(tls, &hello).await.map_err(|e| match (e.status(), e.source()) {
                (None, Some(source)) => lost(tls_fault(source)),
                _ => early(e),
            })?;
            heard.done(String::new());
        }
        _ => heard.skipped(Step::Tls),
    }
    let (Some(user), Some(password)) = (&smtp.user, password) else {
        heard.skipped(Step::SignIn);
        return Ok(connection);
    };
    heard.begin(Step::SignIn);
    let known = [Mechanism::Plain, Mechanism::Login];
    if connection.server_info().get_auth_mechanism(&known).is_none() {
        return Err(Trouble::new(End::Impossible, Fault::NoMechanism));
    }
    let answer = connection.auth(&known, &Credentials::new(user.clone(), password.to_owned())).await;
    heard.done(words(&answer.map_err(early)?));
    Ok(connection)
}

fn early(e: lettre::transport::smtp::Error) -> Trouble {
    trouble(&e, true)
}

fn late(e: lettre::transport::smtp::Error) -> Trouble {
    trouble(&e, false)
}

fn trouble(e: &lettre::transport::smtp::Error, early: bool) -> Trouble {
    match e.status() {
        Some(code) => {
            let said = e.source().map(ToString::to_string).unwrap_or_default();
            let words = clean(&format!("{code} {said}"));
            Trouble { end: End::Refused(code.into()), why: Fault::Refused, words }
        }
        None => Trouble::new(End::Lost { early }, Fault::Ended),
    }
}

fn words(answer: &Response) -> String {
    clean(&format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" ")))
}

/// The server's words, fit for a page: one line of at most 300 characters.
pub(super) fn clean(words: &str) -> String {
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}
