//! Mail over SMTP (RFC 5321): one message at a time on a connection of our own, without Nagle's delay.
//!
//! lettre's own pool gives a cancelled connection to the next message, which then reads the former one's
//! answer. Here a connection belongs to one send: it is parked only after a complete dialogue and dropped
//! with the future otherwise.

mod connect;
mod tls;

pub(super) use connect::connect;
pub(super) use tls::Trust;

use super::dialogue::{End, Trouble, clean, deliver};
use crate::adapters::mail::lettre_message;
use async_trait::async_trait;
use lettre::{
    Message,
    transport::smtp::{client::AsyncSmtpConnection, commands::Rset},
};
use muster_domain::{
    ports::{Mail, MailError, Mailer},
    settings::{Settings, Smtp, SmtpTls},
    trial::{Fault, Heard},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A connection not used for this long is not used again.
const IDLE: Duration = Duration::from_secs(20);
const PARKED: usize = 8;
/// Answers that ask for a sign-in, or another one (RFC 4954, section 6); some servers give them to the sender or recipient.
const SIGN_IN: [u16; 4] = [530, 534, 535, 538];
/// Statuses (RFC 3463) that providers give with a 5xx when the day's quota is used up: Google's congestion (section 3.5),
/// and Exchange Online's own.
const QUOTA: [&str; 2] = ["5.4.5", "5.1.90"];

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
    trust: Trust,
    parked: Mutex<HashMap<Slot, Vec<(AsyncSmtpConnection, Instant)>>>,
}

impl Default for SmtpMailer {
    fn default() -> Self {
        Self::new(Duration::from_secs(30))
    }
}

impl SmtpMailer {
    /// A mailer that gives every message so much time, connecting included.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self { limit, trust: Trust::default(), parked: Mutex::default() }
    }

    /// Connects, greets, protects and signs in as for a message, and says good-bye: what the server says of itself.
    ///
    /// # Errors
    /// What went wrong, with the server's words where it had some.
    pub async fn greet(&self, settings: &Settings, password: Option<&str>) -> Result<String, String> {
        let smtp = settings.smtp.as_ref().ok_or("no mail server is set")?;
        let hello = settings.sender.as_ref().map_or("localhost", |sender| sender.domain());
        let talk = async {
            let mut heard = Heard::default();
            let mut connection = connect(&self.trust, smtp, password, hello, &mut heard).await?;
            // The name alone: what it can do is told in lettre's words, and in any order.
            let said = connection.server_info().to_string();
            let words = clean(said.split(" with ").next().unwrap_or_default());
            let _ = connection.quit().await;
            Ok::<_, Trouble>(words)
        };
        match tokio::time::timeout(self.limit, talk).await {
            Ok(done) => done.map_err(|trouble| trouble.text()),
            Err(_) => Err("no answer in time".to_owned()),
        }
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

    async fn attempt(&self, smtp: &Smtp, password: Option<&str>, message: &Message) -> Result<(), Trouble> {
        let key = (smtp.host.clone(), smtp.port, smtp.tls, smtp.user.clone());
        let bytes = message.formatted();
        if let Some(connection) = self.take(&key) {
            match self.one(&key, connection, message, &bytes).await {
                // The server closed the parked connection meanwhile.
                Err(Trouble { end: End::Lost { early: true } | End::Refused(421), .. }) => {}
                done => return done,
            }
        }
        let connection = connect(&self.trust, smtp, password, hello(message), &mut Heard::default())
            .await
            .map_err(|t| {
                // What fails before the message is about the settings: the message waits until they are mended.
                let place = match t.why {
                    Fault::NoConnection(_)
                    | Fault::NotMail
                    | Fault::UnknownAuthority
                    | Fault::OtherName
                    | Fault::Expired
                    | Fault::Tls => format!("{}:{}: ", smtp.host, smtp.port),
                    _ => String::new(),
                };
                let words = format!("{place}{}", t.text());
                Trouble { end: End::Lost { early: true }, words, ..t }
            })?;
        self.one(&key, connection, message, &bytes).await
    }

    /// One message; afterwards the connection is parked if the dialogue is at a clean start again.
    async fn one(
        &self,
        key: &Key,
        mut connection: AsyncSmtpConnection,
        message: &Message,
        bytes: &[u8],
    ) -> Result<(), Trouble> {
        let result = deliver(&mut connection, message, bytes, &mut Heard::default()).await;
        let clean = match &result {
            Ok(()) => true,
            Err(Trouble { end: End::Refused(421) | End::Lost { .. } | End::Impossible, .. }) => false,
            Err(Trouble { end: End::Refused(_), .. }) => {
                connection.command(Rset).await.is_ok_and(|answer| answer.has_code(250))
            }
        };
        if clean {
            self.park(key, connection);
        }
        result
    }
}

/// How Muster calls itself: the domain of the sender.
pub(super) fn hello(message: &Message) -> &str {
    message.envelope().from().map_or("localhost", |from| from.domain())
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
            Ok(Err(trouble)) => Err(match trouble.end {
                End::Impossible => MailError::Permanent(trouble.text()),
                // It is about the settings, not about the person: the message waits until they are mended.
                End::Refused(code) if SIGN_IN.contains(&code) => MailError::Transient(trouble.text()),
                // Nor is this; tomorrow it goes out.
                End::Refused(_)
                    if trouble.words.split(' ').nth(1).is_some_and(|status| QUOTA.contains(&status)) =>
                {
                    MailError::Transient(trouble.text())
                }
                End::Refused(code) if code >= 500 => MailError::Permanent(trouble.text()),
                End::Refused(_) | End::Lost { .. } => MailError::Transient(trouble.text()),
            }),
            Err(_) => Err(MailError::Transient(format!("{}: no answer in time", smtp.host))),
        }
    }
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
pub(crate) mod tests;
