//! `/healthz/instance`: which running server this is, so that `muster doctor` can tell whether the public address
//! leads to it. The name is random, new at each start, and opens nothing.

use super::Shared;
use axum::extract::State;
use muster_domain::ports::Secrets;
use std::path::Path;

/// The path.
pub const PATH: &str = "/healthz/instance";
/// The file in the data folder with the name of the server that started last.
const FILE: &str = "instance";

/// A new name, kept in the data folder.
///
/// # Errors
/// When the file cannot be written.
pub fn make(data: &Path, secrets: &dyn Secrets) -> std::io::Result<String> {
    let mut random = [0; 16];
    secrets.fill(&mut random);
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::write(data.join(FILE), &name)?;
    Ok(name)
}

/// The name of the server that started last on a data folder.
#[must_use]
pub fn read(data: &Path) -> Option<String> {
    std::fs::read_to_string(data.join(FILE)).ok()
}

/// `GET /healthz/instance`.
pub async fn show(State(site): Shared) -> String {
    site.instance.clone()
}
