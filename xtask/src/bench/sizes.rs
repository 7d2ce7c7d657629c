//! How much a browser loads before the console answers.

use super::table::{Figure, Unit};
use crate::{build, workspace::Workspace};

/// The whole console's WebAssembly on the wire.
const WASM_AIM: f64 = 400_000.0;

/// Reads the sizes of the last release build.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let size = |name: &str, bytes: u64| Figure::new(name, bytes as f64, Unit::Bytes);
    let wasm = build::file_sizes(workspace, "wasm")?;
    let mut figures = vec![size("WebAssembly, raw", wasm.raw)];
    if let Some(br) = wasm.br {
        figures.push(size("WebAssembly, brotli", br).below(WASM_AIM));
    }
    for (name, key) in [("JavaScript glue, brotli", "js"), ("style sheet, brotli", "css")] {
        if let Some(br) = build::file_sizes(workspace, key)?.br {
            figures.push(size(name, br));
        }
    }
    Ok(figures)
}
