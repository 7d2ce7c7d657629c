//! `cargo xtask test`: each step under its heading; the first that fails ends it and is named.

use anyhow::{Context, bail};
use std::{process::Command, time::Instant};

/// Heading, program, arguments.
const STEPS: &[(&str, &str, &[&str])] = &[
    ("Rust: the pinned toolchain with its components and targets", "rustup", &["toolchain", "install"]),
    ("Formatting", "cargo", &["fmt", "--all", "--check"]),
    ("Clippy, warnings denied", "cargo", &["clippy", "--locked", "--all-targets", "--", "-D", "warnings"]),
    (
        "The domain builds for WebAssembly",
        "cargo",
        &["check", "--locked", "-p", "muster-domain", "--target", "wasm32-unknown-unknown"],
    ),
    ("Tests", "cargo", &["test", "--locked"]),
];

/// Runs all steps.
pub fn run() -> anyhow::Result<()> {
    let begin = Instant::now();
    for (heading, program, arguments) in STEPS {
        println!("\n== {heading}: {program} {}", arguments.join(" "));
        let at = Instant::now();
        let status = Command::new(program)
            .args(*arguments)
            .status()
            .with_context(|| format!("cannot start {program}"))?;
        if !status.success() {
            bail!("failed: {heading} ({program} {})", arguments.join(" "));
        }
        println!("== done in {:.0} s", at.elapsed().as_secs_f64());
    }
    println!("\n== everything holds, {:.0} s in all", begin.elapsed().as_secs_f64());
    Ok(())
}
