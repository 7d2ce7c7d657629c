//! Mail over SMTP (RFC 5321): one message at a time on a connection of our own, without Nagle's delay.
//!
//! lettre's own pool gives a cancelled connection to the next message, which then reads the former one's
//! answer. Here a connection belongs to one send: it is parked only after a complete dialogue and dropped
//! with the future otherwise.

mod connect;
mod tls;

use crate::adapters::mail::lettre_message;
use async_trait::async_trait;
use lettre::{
    Message,
    transport::smtp::{
        client::AsyncSmtpConnection,
        commands::{Data, Mail as MailFrom, Rcpt, Rset},
    },
};
use muster_domain::{
    ports::{Mail, MailError, Mailer},
    settings::{Settings, Smtp, SmtpTls},
};
use std::{
    collections::HashMap,
    error::Error as _,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A connection not used for this long is not used again.
const IDLE: Duration = Duration::from_secs(20);
const PARKED: usize = 8;

type Key = (String, u16, SmtpTls, Option<String>);

#[derive(PartialEq, Eq, Hash)]
struct Slot(String, u16, u8, Option<String>);

impl From<Key> for Slot {
    fn from((host, port, tls, user): Key) -> Self {
        Self(host, port, tls as u8, user)
    }
}

/// Sends mail to the SMTP server of a workspace.
pub struct SmtpMailer {
    limit: Duration,
    trust: tls::Trust,
    parked: Mutex<HashMap<Slot, Vec<(AsyncSmtpConnection, Instant)>>>,
}

impl Default for SmtpMailer {
    fn default() -> Self {
        Self::new(Duration::from_secs(30))
    }
}

/// Why a dialogue did not end with `250`.
enum Fault {
    /// The server refused; the connection is still good unless the code is 421.
    Refused { code: u16, words: String },
    /// The connection is of no use any more. `early`: surely nothing was sent.
    Lost { words: String, early: bool },
    /// It cannot work with these settings.
    Impossible(String),
}

impl Fault {
    fn unready(self) -> Self {
        match self {
            Self::Refused { words, .. } | Self::Lost { words, .. } | Self::Impossible(words) => {
                Self::Lost { words, early: true }
            }
        }
    }
}

impl SmtpMailer {
    /// A mailer that gives every message so much time, connecting included.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self { limit, trust: tls::Trust::default(), parked: Mutex::default() }
    }

    fn take(&self, key: &Key) -> Option<AsyncSmtpConnection> {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        let stack = parked.get_mut(&Slot::from(key.clone()))?;
        stack.retain(|(_, since)| since.elapsed() < IDLE);
        stack.pop().map(|(connection, _)| connection)
    }

    fn park(&self, key: &Key, connection: AsyncSmtpConnection) {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        parked.retain(|_, stack| {
            stack.retain(|(_, since)| since.elapsed() < IDLE);
            !stack.is_empty()
        });
        let stack = parked.entry(Slot::from(key.clone())).or_default();
        if stack.len() < PARKED {
            stack.push((connection, Instant::now()));
        }
    }

    async fn attempt(&self, smtp: &Smtp, password: Option<&str>, message: &Message) -> Result<(), Fault> {
        let key = (smtp.host.clone(), smtp.port, smtp.tls, smtp.user.clone());
        let bytes = message.formatted();
        if let Some(connection) = self.take(&key) {
            match self.deliver(&key, connection, message, &bytes).await {
                // The server closed the parked connection meanwhile.
                Err(Fault::Lost { early: true, .. } | Fault::Refused { code: 421, .. }) => {}
                done => return done,
            }
        }
        let hello = message.envelope().from().map_or("localhost", |from| from.domain());
        // What fails before the message is about the settings: the message waits until they are mended.
        let connection =
            connect::connect(&self.trust, smtp, password, hello).await.map_err(Fault::unready)?;
        self.deliver(&key, connection, message, &bytes).await
    }

    /// One message; afterwards the connection is parked if the dialogue is at a clean start again.
    async fn deliver(
        &self,
        key: &Key,
        mut connection: AsyncSmtpConnection,
        message: &Message,
        bytes: &[u8],
    ) -> Result<(), Fault> {
        let result = dialogue(&mut connection, message, bytes).await;
        let clean = match &result {
            Ok(()) => true,
            Err(Fault::Refused { code: 421, .. } | Fault::Lost { .. } | Fault::Impossible(_)) => false,
            Err(Fault::Refused { .. }) => {
                connection.command(Rset).await.is_ok_and(|answer| answer.has_code(250))
            }
        };
        if clean {
            self.park(key, connection);
        }
        result
    }
}

async fn dialogue(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
    bytes: &[u8],
) -> Result<(), Fault> {
    let envelope = message.envelope();
    // Domains were turned into ASCII, and the border takes no other local part than ASCII ones (no SMTPUTF8).
    connection.command(MailFrom::new(envelope.from().cloned(), vec![])).await.map_err(early)?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), vec![])).await.map_err(early)?;
    }
    let answer = connection.command(Data).await.map_err(early)?;
    if !answer.has_code(354) {
        return Err(Fault::Lost { words: "the mail server answered out of turn".into(), early: false });
    }
    let answer = connection.message(bytes).await.map_err(late)?;
    if !answer.has_code(250) {
        // Any other positive answer belongs to something else.
        return Err(Fault::Lost { words: "the mail server answered out of turn".into(), early: false });
    }
    Ok(())
}

fn early(e: lettre::transport::smtp::Error) -> Fault {
    fault(&e, true)
}

fn late(e: lettre::transport::smtp::Error) -> Fault {
    fault(&e, false)
}

fn fault(e: &lettre::transport::smtp::Error, early: bool) -> Fault {
    match e.status() {
        Some(code) => {
            let words = e.source().map(ToString::to_string).unwrap_or_default();
            Fault::Refused { code: code.into(), words: clean(&format!("{code} {words}")) }
        }
        None => Fault::Lost { words: "the mail server ended the connection".into(), early },
    }
}

/// The server's words, fit for a page: one line of at most 300 characters.
fn clean(words: &str) -> String {
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, settings: &Settings, password: Option<&str>, mail: &Mail) -> Result<(), MailError> {
        let smtp =
            settings.smtp.as_ref().ok_or_else(|| MailError::Transient("no mail server is set".into()))?;
        let message = lettre_message(settings, mail)?;
        // When the time is over, the future is dropped, and its connection with it.
        match tokio::time::timeout(self.limit, self.attempt(smtp, password, &message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Fault::Refused { code, words })) if code >= 500 => Err(MailError::Permanent(words)),
            Ok(Err(Fault::Refused { words, .. } | Fault::Lost { words, .. })) => {
                Err(MailError::Transient(words))
            }
            Ok(Err(Fault::Impossible(words))) => Err(MailError::Permanent(words)),
            Err(_) => Err(MailError::Transient(format!("{}: no answer in time", smtp.host))),
        }
    }
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
mod tests;
