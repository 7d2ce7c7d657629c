//! The console as WebAssembly: cargo, wasm-bindgen as a library, wasm-opt from npm.

use super::Mode;
use crate::{
    fresh::Inputs,
    npm,
    shell::{Outcome, succeed, which},
    workspace::Workspace,
};
use anyhow::{Context, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// What rustc's WebAssembly uses by default: wasm-opt has to be told, for wasm-bindgen drops the
/// section that says so.
const OPTIONS: &[&str] = &[
    "-Oz",
    "--converge",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Makes sure that rustc can compile for the browser.
pub fn target(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if which("rustup").is_none() {
        return Ok(Outcome::Skipped("no rustup: the toolchain has to bring the target itself"));
    }
    let installed = Command::new("rustup")
        .args(["target", "list", "--installed"])
        .current_dir(&workspace.root)
        .output()
        .context("cannot start rustup")?;
    if String::from_utf8_lossy(&installed.stdout).lines().any(|line| line == TARGET) {
        return Ok(Outcome::Unchanged);
    }
    succeed(Command::new("rustup").args(["target", "add", TARGET]).current_dir(&workspace.root))?;
    Ok(Outcome::Done)
}

/// `cargo build` of the frontend; cargo knows itself what is unchanged.
pub fn compile(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    let profile = mode.wasm_profile();
    succeed(&mut workspace.cargo(&[
        "build",
        "-p",
        "frontend",
        "--lib",
        "--target",
        TARGET,
        "--profile",
        profile,
    ]))?;
    Ok(Outcome::Done)
}

/// Makes the JavaScript glue, with the very version of wasm-bindgen that Cargo.lock names.
pub fn bind(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    let input = workspace.target.join(TARGET).join(mode.wasm_profile()).join("frontend.wasm");
    let folder = bound(workspace, mode);
    let stamp = Inputs::new()?.file(&input)?.stamp(workspace.work(mode).join("bound.stamp"));
    if stamp.holds(&[&folder.join("muster.js"), &folder.join("muster_bg.wasm")]) {
        return Ok(Outcome::Unchanged);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Bindgen::new()
        .input_path(&input)
        .out_name("muster")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .generate(&folder)?;
    if folder.join("snippets").exists() {
        bail!("a crate brings JavaScript files of its own (snippets): they have no hashed names yet");
    }
    stamp.set()?;
    Ok(Outcome::Done)
}

/// Cuts out what is never run, and the functions' names.
pub fn snip(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    let (input, output) = (bound(workspace, mode).join("muster_bg.wasm"), snipped(workspace, mode));
    if mode == Mode::Debug {
        fs::copy(&input, &output)?;
        return Ok(Outcome::Skipped("a debug build"));
    }
    let stamp = Inputs::new()?.file(&input)?.stamp(workspace.work(mode).join("snipped.stamp"));
    if stamp.holds(&[&output]) {
        return Ok(Outcome::Unchanged);
    }
    fs::write(&output, super::snip::snip(&fs::read(&input)?)?)?;
    stamp.set()?;
    Ok(Outcome::Done)
}

/// Makes the WebAssembly smaller.
pub fn optimise(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    let input = snipped(workspace, mode);
    let output = result(workspace, mode);
    if mode == Mode::Debug {
        fs::copy(&input, &output)?;
        return Ok(Outcome::Skipped("a debug build"));
    }
    let stamp_file = workspace.work(mode).join("optimised.stamp");
    if !npm::present() {
        fs::copy(&input, &output)?;
        // Otherwise this copy would count as optimised once npm is back.
        if stamp_file.exists() {
            fs::remove_file(&stamp_file)?;
        }
        return Ok(Outcome::Skipped(
            "npm is missing, and so is its package binaryen: the console loads slower",
        ));
    }
    let stamp = Inputs::default()
        .file(&input)?
        .file(&workspace.root.join("xtask/npm/package-lock.json"))?
        .bytes(OPTIONS.join(" ").as_bytes())
        .stamp(stamp_file);
    if stamp.holds(&[&output]) {
        return Ok(Outcome::Unchanged);
    }
    let program = npm::modules(workspace).join(".bin").join("wasm-opt");
    succeed(Command::new(program).args(OPTIONS).arg(&input).arg("-o").arg(&output))?;
    stamp.set()?;
    Ok(Outcome::Done)
}

/// The glue and the WebAssembly that go into the site.
pub fn results(workspace: &Workspace, mode: Mode) -> (PathBuf, PathBuf) {
    (bound(workspace, mode).join("muster.js"), result(workspace, mode))
}

fn bound(workspace: &Workspace, mode: Mode) -> PathBuf {
    workspace.work(mode).join("bound")
}

fn snipped(workspace: &Workspace, mode: Mode) -> PathBuf {
    workspace.work(mode).join("snipped.wasm")
}

fn result(workspace: &Workspace, mode: Mode) -> PathBuf {
    Path::new(&workspace.work(mode)).join("muster.wasm")
}
