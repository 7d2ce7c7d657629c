//! The Leptos app of Muster: compiled for the server and for WebAssembly.

pub mod api;
pub mod error;
#[cfg(feature = "ssr")]
pub mod services;

pub use error::AppError;
