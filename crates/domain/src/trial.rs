//! A test mail: the conversation with the mail server step by step, with the server's own words.

use serde::{Deserialize, Serialize};

/// A step of the conversation, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The connection, and the server's greeting.
    Connect,
    /// TLS, at once or by STARTTLS.
    Tls,
    /// User and password.
    SignIn,
    /// The sender's address.
    Sender,
    /// The recipient's address.
    Recipient,
    /// The message itself.
    Message,
}

/// Why a step failed where the server has no words for it, or may not be quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nobody took the connection; the operating system's word for it.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// Somebody did, and did not greet as a mail server does. What was said is not shown (ABUSE A38).
    #[error("no mail server answered there as it should")]
    NotMail,
    /// The host's name is none for TLS.
    #[error("the mail server's name cannot be used for TLS: enter the name that stands in its certificate")]
    BadName,
    /// STARTTLS is required, and not offered.
    #[error(
        "the mail server offers no STARTTLS, and the settings require it: choose another protection or port"
    )]
    NoStarttls,
    /// The certificate is of an authority that this machine does not know.
    #[error("TLS failed: the certificate is of an authority that is not known here")]
    UnknownAuthority,
    /// The certificate is for another name.
    #[error("TLS failed: the certificate is for another name")]
    OtherName,
    /// The certificate's time is over, or has not come.
    #[error("TLS failed: the certificate has expired or is not valid yet")]
    Expired,
    /// TLS failed in another way.
    #[error("TLS failed: is this the right port, and the certificate valid for this name?")]
    Tls,
    /// No common way to sign in.
    #[error(
        "the mail server offers no way to sign in that Muster knows (PLAIN, LOGIN): leave the user empty, or choose another protection"
    )]
    NoMechanism,
    /// STARTTLS is offered and then refused.
    #[error("the mail server offers STARTTLS and then refuses it")]
    StarttlsRefused,
    /// Something stood in clear text behind the answer to STARTTLS.
    #[error(
        "something was said in clear text behind the answer to STARTTLS: somebody on the way may be writing there"
    )]
    Injected,
    /// No TLS, and a password would go over the wire as it is.
    #[error("the mail server offers no STARTTLS now, and the password is not sent in clear text")]
    ClearPassword,
    /// The server said no: its words stand beside.
    #[error("the mail server refused")]
    Refused,
    /// An answer that belongs to something else.
    #[error("the mail server answered out of turn")]
    OutOfTurn,
    /// The connection ended.
    #[error("the mail server ended the connection")]
    Ended,
    /// No answer in time.
    #[error("no answer in time")]
    Slow,
    /// The message could not be put together.
    #[error("{0}")]
    Message(String),
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It went well.
    Done,
    /// There was nothing to do, by the settings.
    Skipped,
    /// It ended the conversation.
    Failed(Fault),
}

/// One step and what was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stepped {
    /// Which.
    pub step: Step,
    /// What became of it.
    pub outcome: Outcome,
    /// The server's words, one line; empty if it said nothing, or nothing that may be shown.
    pub words: String,
}

/// The conversation so far.
#[derive(Clone, Debug)]
pub struct Heard {
    /// What is being done.
    at: Step,
    /// What was done.
    pub steps: Vec<Stepped>,
}

impl Default for Heard {
    fn default() -> Self {
        Self { at: Step::Connect, steps: Vec::new() }
    }
}

impl Heard {
    /// Begins a step.
    pub fn begin(&mut self, step: Step) {
        self.at = step;
    }

    /// The step that was begun went well.
    pub fn done(&mut self, words: String) {
        self.steps.push(Stepped { step: self.at, outcome: Outcome::Done, words });
    }

    /// There was nothing to do in this step.
    pub fn skipped(&mut self, step: Step) {
        self.steps.push(Stepped { step, outcome: Outcome::Skipped, words: String::new() });
    }

    /// The step that was begun failed. If it had gone well so far, it did not after all.
    pub fn failed(&mut self, fault: Fault, words: String) {
        let failed = Stepped { step: self.at, outcome: Outcome::Failed(fault), words };
        match self.steps.iter_mut().find(|told| told.step == self.at) {
            Some(told) => *told = failed,
            None => self.steps.push(failed),
        }
    }
}
