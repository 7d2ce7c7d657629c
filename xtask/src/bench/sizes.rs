//! How much a browser loads before the console answers.

use super::table::{Figure, Unit};
use crate::{build, workspace::Workspace};

/// The WebAssembly on the wire that the largest page comes alive with.
const WASM_AIM: f64 = 400_000.0;

/// Reads the sizes of the last release build.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let size = |name: &str, bytes: u64| Figure::new(name, bytes as f64, Unit::Bytes);
    let wasm = build::file_sizes(workspace, "wasm")?;
    let mut figures = vec![size("WebAssembly, raw", wasm.raw)];
    if let Some(br) = wasm.br {
        figures.push(size("WebAssembly that all pages share, brotli", br));
        let parts = build::part_sizes(workspace)?;
        for (name, more) in &parts {
            figures.push(size(&format!("with the part {name}, brotli"), br + more));
        }
        let most = parts.values().max().copied().unwrap_or_default();
        figures.push(size("WebAssembly of the largest page, brotli", br + most).below(WASM_AIM));
    }
    for (tag, texts) in build::text_sizes(workspace)? {
        figures.extend(texts.br.map(|br| size(&format!("texts in {tag}, brotli"), br)));
    }
    for (name, key) in [("JavaScript glue, brotli", "js"), ("style sheet, brotli", "css")] {
        if let Some(br) = build::file_sizes(workspace, key)?.br {
            figures.push(size(name, br));
        }
    }
    Ok(figures)
}
