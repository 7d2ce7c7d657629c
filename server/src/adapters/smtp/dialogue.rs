//! One message on a connection that is ready (RFC 5321, section 3.3), and how a conversation may end.

use lettre::{
    Message,
    transport::smtp::{
        client::AsyncSmtpConnection,
        commands::{Data, Mail as MailFrom, Rcpt},
        response::Response,
    },
};
use muster_domain::trial::{Fault, Heard, Step};
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
    /// Where it was, for faults of the connection: `host:port: ` or nothing.
    pub(super) place: String,
}

impl Trouble {
    pub(super) fn new(end: End, why: Fault) -> Self {
        Self { end, why, words: String::new(), place: String::new() }
    }

    /// For the invitation: the server's words, or else ours.
    pub(super) fn text(&self) -> String {
        if self.words.is_empty() { format!("{}{}", self.place, self.why) } else { self.words.clone() }
    }
}

/// One message, each step of it heard.
pub(super) async fn deliver(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
    bytes: &[u8],
    heard: &mut Heard,
) -> Result<(), Trouble> {
    let envelope = message.envelope();
    // Domains were turned into ASCII, and the border takes no other local part than ASCII ones (no SMTPUTF8).
    heard.begin(Step::Sender);
    let from = MailFrom::new(envelope.from().cloned(), vec![]);
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

pub(super) fn early(e: lettre::transport::smtp::Error) -> Trouble {
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
            Trouble { words, ..Trouble::new(End::Refused(code.into()), Fault::Refused) }
        }
        None => Trouble::new(End::Lost { early }, Fault::Ended),
    }
}

/// An answer's code and text.
pub(super) fn words(answer: &Response) -> String {
    clean(&format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" ")))
}

/// The server's words, fit for a page: one line of at most 300 characters.
pub(super) fn clean(words: &str) -> String {
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}
