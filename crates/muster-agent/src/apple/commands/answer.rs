//! How a command went: status, result, error chain.

use crate::apple::{plists::dict, state::Afterwards};
use plist::{Dictionary, Value};

/// The domain of most errors.
pub const MDM: &str = "MCMDMErrorDomain";

/// How a command went.
#[derive(Debug)]
pub struct Answer {
    /// `Status`.
    pub status: &'static str,
    /// What goes along.
    pub result: Dictionary,
    /// Whether anything was done.
    pub executed: bool,
    /// What follows once the answer is delivered.
    pub afterwards: Afterwards,
}

impl Answer {
    /// `Acknowledged` without a result.
    #[must_use]
    pub fn done() -> Self {
        Self::with(Dictionary::new())
    }

    /// `Acknowledged`.
    #[must_use]
    pub fn with(result: Dictionary) -> Self {
        Self { status: "Acknowledged", result, executed: true, afterwards: Afterwards::Nothing }
    }

    /// `NotNow`.
    #[must_use]
    pub fn not_now() -> Self {
        Self { status: "NotNow", executed: false, ..Self::done() }
    }

    /// `Error` with one error.
    #[must_use]
    pub fn error(domain: &str, code: u32, text: &str) -> Self {
        Self::errors(&[(domain, code, text)])
    }

    /// `Error` with the first error and those that led to it.
    #[must_use]
    pub fn errors(chain: &[(&str, u32, &str)]) -> Self {
        let result = dict([("ErrorChain", error_chain(chain))]);
        Self { status: "Error", executed: false, ..Self::with(result) }
    }

    /// `CommandFormatError`.
    #[must_use]
    pub fn as_format_error(self) -> Self {
        Self { status: "CommandFormatError", ..self }
    }

    /// A command that lacks what it needs.
    #[must_use]
    pub fn malformed(what: &str) -> Self {
        Self::error(MDM, 12008, &format!("The request is malformed: {what} is missing.")).as_format_error()
    }
}

/// `ErrorChain`.
#[must_use]
pub fn error_chain(chain: &[(&str, u32, &str)]) -> Value {
    let item = |(domain, code, text): &(&str, u32, &str)| {
        Value::Dictionary(dict([
            ("ErrorDomain", (*domain).into()),
            ("ErrorCode", (*code).into()),
            ("LocalizedDescription", (*text).into()),
            ("USEnglishDescription", (*text).into()),
        ]))
    };
    Value::Array(chain.iter().map(item).collect())
}

/// What iOS says to what it does not know, and to what it does only when it is supervised.
#[must_use]
pub fn invalid_request(request_type: &str) -> Answer {
    Answer::error(MDM, 12021, &format!("“{request_type}” is not a valid request type."))
}
