//! The log: lines on stderr, for people or as JSON, and nothing in it that is secret (ABUSE A26).

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Begins the log. `MUSTER_LOG` says what is logged (`info` if unset), `MUSTER_LOG_FORMAT` how: `text` or `json`.
///
/// # Errors
/// When one of the two says something else.
pub fn begin() -> anyhow::Result<()> {
    let wanted = std::env::var("MUSTER_LOG").unwrap_or_else(|_| "info".into());
    let filter = EnvFilter::try_new(&wanted)
        .map_err(|e| anyhow::anyhow!("MUSTER_LOG={wanted} is not understood: {e}"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match std::env::var("MUSTER_LOG_FORMAT").as_deref() {
        Ok("json") => log.json().flatten_event(true).with_span_list(false).init(),
        Ok("text" | "") | Err(_) => log.with_ansi(std::io::stderr().is_terminal()).init(),
        Ok(other) => anyhow::bail!("MUSTER_LOG_FORMAT={other} is not understood: text or json"),
    }
    // A panic is a line like any other, with the id of the request that it broke.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(%at, "panic: {message}");
    }));
    Ok(())
}
