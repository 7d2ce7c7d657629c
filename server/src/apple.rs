//! Apple: the APNs certificate, from its key to its renewal.

pub mod certificates;
mod check;
mod files;
#[cfg(test)]
mod tests;
