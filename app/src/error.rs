//! Why a server function did not do it, as the browser gets to know it.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a server function did not do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// The session is over.
    #[error("signed out")]
    SignedOut,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// The page was made for another workspace than the session looks at by now.
    #[error("this page shows another workspace")]
    Elsewhere,
    /// It is not there, or not in this workspace.
    #[error("not found")]
    NotFound,
    /// It exists already, or is not in a state for that.
    #[error("not possible now")]
    Conflict,
    /// What was typed cannot be taken.
    #[error("{message}")]
    Invalid {
        /// Why, to be put into words by the browser.
        #[serde(default)]
        code: Invalid,
        /// Why, in English, for logs and for what has no words of its own.
        message: String,
    },
    /// A setting cannot be taken; it names its field.
    #[error("{problem}")]
    Setting {
        /// Which, and why.
        problem: muster_domain::settings::InvalidSetting,
    },
    /// What was typed for a command cannot be told to a device.
    #[error("{problem}")]
    Order {
        /// Why.
        problem: muster_domain::command::InvalidOrder,
    },
    /// The device cannot do it.
    #[error("{why}")]
    Unable {
        /// Why not.
        why: muster_domain::command::Impossible,
    },
    /// Too much is going on at once.
    #[error("busy")]
    Busy,
    /// Muster failed, or could not be reached; the log has more.
    #[error("failed ({reference})")]
    Failed {
        /// To be found in the log; empty if the browser could not reach the server.
        reference: String,
    },
}

/// Why something typed cannot be taken: a stable name, worded by the browser in its language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invalid {
    /// The request itself could not be read.
    Request,
    /// Nobody in the selection has an address.
    Nobody,
    /// More people than one send reaches.
    Many,
    /// The number of devices for each person.
    Devices,
    /// The days that a link works.
    LinkDays,
    /// The link works for longer already.
    LinkLonger,
    /// The note in the message.
    Note,
    /// The present password.
    Password,
    /// The new password.
    NewPassword,
    /// Too many attempts.
    Often,
    /// More rows than can be acted on.
    Rows,
    /// The name that was typed is not the device's.
    DeviceName,
    /// How many devices it is for was not said, or is another number.
    DeviceCount,
    /// Something else: the message says what.
    #[default]
    #[serde(other)]
    Other,
}

impl Invalid {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Request,
        Self::Nobody,
        Self::Many,
        Self::Devices,
        Self::LinkDays,
        Self::LinkLonger,
        Self::Note,
        Self::Password,
        Self::NewPassword,
        Self::Often,
        Self::Rows,
        Self::DeviceName,
        Self::DeviceCount,
        Self::Other,
    ];
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Args(why)
            | ServerFnErrorErr::MissingArg(why)
            | ServerFnErrorErr::Deserialization(why) => {
                // Such as "contains a line break or another control character at line 1 column 30".
                let message = format!("the request could not be read: {why}");
                Self::Invalid { code: Invalid::Request, message }.told()
            }
            #[cfg(feature = "ssr")]
            other => Self::failed(&other),
            #[cfg(not(feature = "ssr"))]
            _ => Self::Failed { reference: String::new() },
        }
    }
}

#[cfg(not(feature = "ssr"))]
impl AppError {
    /// In the browser there is no response whose status could be set.
    #[must_use]
    pub fn told(self) -> Self {
        self
    }
}

#[cfg(feature = "ssr")]
impl AppError {
    /// Sets the status of the response to this error's.
    #[must_use]
    pub fn told(self) -> Self {
        use http::StatusCode;
        let status = match &self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Elsewhere | Self::Conflict | Self::Unable { .. } => StatusCode::CONFLICT,
            Self::Invalid { .. } | Self::Setting { .. } | Self::Order { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
            response.set_status(status);
        }
        self
    }

    /// What cannot be taken, and has no code of its own.
    #[must_use]
    pub fn invalid(why: impl std::fmt::Display) -> Self {
        Self::refused(Invalid::Other, why)
    }

    /// What cannot be taken.
    pub(crate) fn refused(code: Invalid, why: impl std::fmt::Display) -> Self {
        Self::Invalid { code, message: why.to_string() }.told()
    }

    /// Logs what happened under a reference that the browser gets to know: the request's id, which stands in every
    /// line of its log.
    pub(crate) fn failed(why: impl std::fmt::Display) -> Self {
        let id = leptos::prelude::use_context::<crate::services::RequestId>();
        let reference = id.map(|id| id.0.to_string()).unwrap_or_default();
        tracing::error!(%reference, "{why}");
        Self::Failed { reference }.told()
    }
}

#[cfg(feature = "ssr")]
impl From<muster_domain::ports::StoreError> for AppError {
    fn from(error: muster_domain::ports::StoreError) -> Self {
        use muster_domain::ports::StoreError;
        match error {
            StoreError::NotFound => Self::NotFound.told(),
            StoreError::Exists | StoreError::State => Self::Conflict.told(),
            StoreError::Failed(why) => Self::failed(why),
        }
    }
}

#[cfg(feature = "ssr")]
impl From<muster_domain::settings::InvalidSetting> for AppError {
    fn from(problem: muster_domain::settings::InvalidSetting) -> Self {
        Self::Setting { problem }.told()
    }
}

#[cfg(feature = "ssr")]
impl From<muster_domain::usecase::send::SendError> for AppError {
    fn from(error: muster_domain::usecase::send::SendError) -> Self {
        use muster_domain::usecase::send::SendError;
        match error {
            SendError::Store(error) => error.into(),
            SendError::Nobody => Self::refused(Invalid::Nobody, error),
            SendError::Many => Self::refused(Invalid::Many, error),
            SendError::Devices => Self::refused(Invalid::Devices, error),
            SendError::Days | SendError::Lifetime(_) => Self::refused(Invalid::LinkDays, error),
            SendError::Note => Self::refused(Invalid::Note, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_refusal_travels_and_an_unknown_one_keeps_its_words() {
        for code in Invalid::ALL {
            let error = AppError::Invalid { code, message: "why".into() };
            let json = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<AppError>(&json).unwrap(), error, "{json}");
        }
        let newer = r#"{"invalid":{"code":"of_tomorrow","message":"why"}}"#;
        let older = r#"{"invalid":{"message":"why"}}"#;
        for json in [newer, older] {
            let error = AppError::Invalid { code: Invalid::Other, message: "why".into() };
            assert_eq!(serde_json::from_str::<AppError>(json).unwrap(), error);
        }
    }
}
