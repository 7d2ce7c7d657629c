//! How much a browser loads before the console answers.

use super::table::{Figure, bytes};
use crate::{
    build::{self, Mode},
    workspace::Workspace,
};
use anyhow::bail;

/// The whole console's WebAssembly on the wire.
const WASM_AIM: u64 = 400_000;

/// Reads the sizes of the last release build.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    if build::built_mode(workspace) != Some(Mode::Release) {
        bail!("these are figures of a release build: cargo xtask build");
    }
    let wasm = build::file_sizes(workspace, "wasm")?;
    let mut figures = vec![Figure::plain("WebAssembly, raw", bytes(wasm.raw))];
    if let Some(br) = wasm.br {
        figures.push(Figure::at_most("WebAssembly, brotli", br, WASM_AIM, bytes));
    }
    for (name, key) in [("JavaScript glue, brotli", "js"), ("style sheet, brotli", "css")] {
        if let Some(br) = build::file_sizes(workspace, key)?.br {
            figures.push(Figure::plain(name, bytes(br)));
        }
    }
    Ok(figures)
}
