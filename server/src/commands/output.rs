//! Output: one JSON document for scripts, or a table for people.

use muster_domain::Timestamp;
use serde_json::Value;
use std::io::Write;

/// A moment as scripts get it: RFC 3339, or null.
pub(super) fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| Value::String(at.rfc3339()))
}

/// Prints. Where nobody reads any more, as behind `| head`, `println!` would panic; this goes on in silence, so that the
/// command is done and its exit code true.
pub(super) fn print(words: std::fmt::Arguments<'_>) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_fmt(words).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// A line for people, in place of `println!`, where the result can be given back.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::commands::output::print(format_args!("{}\n", format_args!($($words)*)))?
    };
}
pub(super) use say;

/// Prints one document.
pub(super) fn document(value: &Value) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Control characters would act on a terminal: a device's name is somebody else's text.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Prints objects as a table of the named fields, or as they are with `json`.
pub(super) fn table(json: bool, fields: &[&str], rows: Vec<Value>) -> anyhow::Result<()> {
    if json {
        return document(&Value::Array(rows));
    }
    let text = |row: &Value, field: &str| match &row[field] {
        Value::Null => "-".to_owned(),
        Value::String(text) => plain(text),
        Value::Array(items) => items
            .iter()
            .map(|i| i.as_str().map_or_else(|| i.to_string(), plain))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    let cells: Vec<Vec<String>> = std::iter::once(fields.iter().map(|f| f.to_uppercase()).collect())
        .chain(rows.iter().map(|row| fields.iter().map(|f| text(row, f)).collect()))
        .collect();
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..fields.len()).map(width).collect();
    let line = |row: Vec<String>| {
        let line: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", line.join("  ").trim_end())
    };
    let lines: String = cells.into_iter().map(line).collect();
    Ok(print(format_args!("{lines}"))?)
}
