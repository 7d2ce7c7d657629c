//! Why a server function did not do it, as the browser gets to know it.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a server function did not do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AppError {
    /// The session is over.
    #[error("signed out")]
    SignedOut,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// It is not there, or not in this workspace.
    #[error("not found")]
    NotFound,
    /// It exists already, or is not in a state for that.
    #[error("not possible now")]
    Conflict,
    /// What was typed cannot be taken.
    #[error("{message}")]
    Invalid {
        /// Why.
        message: String,
    },
    /// A setting cannot be taken; it names its field.
    #[error("{problem}")]
    Setting {
        /// Which, and why.
        problem: muster_domain::settings::InvalidSetting,
    },
    /// Muster failed, or could not be reached; the log has more.
    #[error("failed ({reference})")]
    Failed {
        /// To be found in the log; empty if the browser could not reach the server.
        reference: String,
    },
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => {
                Self::Invalid { message: "the request could not be read".into() }.told()
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
    fn told(self) -> Self {
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
            Self::Conflict => StatusCode::CONFLICT,
            Self::Invalid { .. } | Self::Setting { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Failed { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
            response.set_status(status);
        }
        self
    }

    /// What cannot be taken.
    pub(crate) fn invalid(why: impl std::fmt::Display) -> Self {
        Self::Invalid { message: why.to_string() }.told()
    }

    /// Logs what happened under a reference that the browser gets to know.
    pub(crate) fn failed(why: impl std::fmt::Display) -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let reference = format!("E{}", NEXT.fetch_add(1, Ordering::Relaxed));
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
            other => Self::invalid(other),
        }
    }
}
