//! Real packages, packages that `apksigner` signed, and every way of tampering that we know of.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod bounds;
mod kit;
mod manifests;
mod real;
mod rotated;
mod schemes;
mod signed;
mod tampered;
mod zips;
