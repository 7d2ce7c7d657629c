//! The console as WebAssembly: cargo, wasm-bindgen as a library, wasm-opt from npm.

use super::Mode;
use crate::{
    fresh::Inputs,
    npm,
    shell::{Outcome, succeed, which},
    workspace::Workspace,
};
use anyhow::{Context, anyhow, bail};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
/// The file of the first part, which wasm-bindgen makes the glue for.
const FIRST: &str = "first.wasm";
/// The file that says of which files each part that is named consists.
const FILES: &str = "parts.json";
/// The file that fetches the others.
pub const LOADER: &str = "parts.js";

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

/// Cuts it into the parts that `app/src/chunks.rs` names, and what several of them share.
pub fn split(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    let input = workspace.target.join(TARGET).join(mode.wasm_profile()).join("frontend.wasm");
    let folder = parts(workspace, mode);
    let stamp = Inputs::new()?.file(&input)?.stamp(workspace.work(mode).join("parts.stamp"));
    if stamp.holds(&[&folder.join(FIRST), &folder.join(LOADER)]) {
        return Ok(Outcome::Unchanged);
    }
    anew(&folder)?;
    let (input, first) = (fs::read(&input)?, folder.join(FIRST));
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = &folder;
    options.main_out_path = &first;
    options.main_module = "./muster.js";
    let loader = format!("./{LOADER}");
    options.link_name = &loader;
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:#}"))?;
    fs::write(folder.join(FILES), serde_json::to_vec(&split.prefetch_map)?)?;
    stamp.set()?;
    Ok(Outcome::Done)
}

/// Makes the JavaScript glue, with the very version of wasm-bindgen that Cargo.lock names.
pub fn bind(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    let input = parts(workspace, mode).join(FIRST);
    let folder = bound(workspace, mode);
    let stamp = Inputs::new()?.file(&input)?.stamp(workspace.work(mode).join("bound.stamp"));
    if stamp.holds(&[&folder.join("muster.js"), &folder.join("muster_bg.wasm")]) {
        return Ok(Outcome::Unchanged);
    }
    anew(&folder)?;
    Bindgen::new()
        .input_path(&input)
        .out_name("muster")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        // What the other parts use of the first.
        .keep_lld_exports(true)
        .generate(&folder)?;
    if folder.join("snippets").exists() {
        bail!("a crate brings JavaScript files of its own (snippets): they have no hashed names yet");
    }
    stamp.set()?;
    Ok(Outcome::Done)
}

/// Cuts out what is never run, and the functions' names.
pub fn snip(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    each(workspace, mode, "snipped", |input, output| {
        if mode == Mode::Debug {
            fs::copy(input, output)?;
            return Ok(Outcome::Skipped("a debug build"));
        }
        let name = output.file_name().unwrap_or_default().to_owned();
        let stamp = Inputs::new()?.file(input)?.stamp(output.with_extension("stamp"));
        if stamp.holds(&[output]) {
            return Ok(Outcome::Unchanged);
        }
        let (wasm, cut) = super::snip::snip(&fs::read(input)?)?;
        if name == "muster.wasm" && cut == 0 {
            bail!("no function's name is one that never runs: names are missing, or Leptos has changed");
        }
        fs::write(output, wasm)?;
        stamp.set()?;
        Ok(Outcome::Done)
    })
}

/// Makes the WebAssembly smaller.
pub fn optimise(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    let program = npm::modules(workspace).join(".bin").join("wasm-opt");
    let lock = workspace.root.join("xtask/npm/package-lock.json");
    each(workspace, mode, "optimised", |input, output| {
        if mode == Mode::Debug {
            fs::copy(input, output)?;
            return Ok(Outcome::Skipped("a debug build"));
        }
        let stamp_file = output.with_extension("stamp");
        if !npm::present() {
            fs::copy(input, output)?;
            // Otherwise this copy would count as optimised once npm is back.
            if stamp_file.exists() {
                fs::remove_file(&stamp_file)?;
            }
            return Ok(Outcome::Skipped(
                "npm is missing, and so is its package binaryen: the console loads slower",
            ));
        }
        let inputs = Inputs::default().file(input)?.file(&lock)?.bytes(OPTIONS.join(" ").as_bytes());
        let stamp = inputs.stamp(stamp_file);
        if stamp.holds(&[output]) {
            return Ok(Outcome::Unchanged);
        }
        succeed(Command::new(&program).args(OPTIONS).arg(input).arg("-o").arg(output))?;
        stamp.set()?;
        Ok(Outcome::Done)
    })
}

/// What goes into the site: the glue, what fetches the parts, and the parts by their names, the first as `muster`.
pub struct Results {
    /// The glue.
    pub glue: PathBuf,
    /// What fetches the parts.
    pub loader: PathBuf,
    /// The parts.
    pub parts: BTreeMap<String, PathBuf>,
    /// Of which of them each that the app names consists.
    pub files: BTreeMap<String, Vec<String>>,
}

/// What was built.
pub fn results(workspace: &Workspace, mode: Mode) -> anyhow::Result<Results> {
    let folder = workspace.work(mode).join("optimised");
    let parts = names(workspace, mode)?.into_iter().map(|(name, _)| {
        let path = folder.join(format!("{name}.wasm"));
        (name, path)
    });
    Ok(Results {
        glue: bound(workspace, mode).join("muster.js"),
        loader: self::parts(workspace, mode).join(LOADER),
        files: serde_json::from_slice(&fs::read(self::parts(workspace, mode).join(FILES))?)?,
        parts: parts.collect(),
    })
}

/// Brings each part one step on: from the folder of the step before into that of this one. As many at a time as there are
/// cores: what a step runs for a small part is mostly its own start.
fn each(
    workspace: &Workspace,
    mode: Mode,
    step: &str,
    work: impl Fn(&Path, &Path) -> anyhow::Result<Outcome> + Sync,
) -> anyhow::Result<Outcome> {
    let folder = workspace.work(mode).join(step);
    fs::create_dir_all(&folder)?;
    let (parts, next) = (names(workspace, mode)?, AtomicUsize::new(0));
    let some = || {
        let mut outcome = Outcome::Unchanged;
        while let Some((name, bound)) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let file = format!("{name}.wasm");
            let before = workspace.work(mode).join("snipped").join(&file);
            let input = if step == "snipped" { bound } else { &before };
            match work(input, &folder.join(&file))? {
                Outcome::Unchanged => {}
                other => outcome = other,
            }
        }
        anyhow::Ok(outcome)
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let outcomes = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(some)).collect();
        let ended =
            threads.into_iter().map(|t| t.join().map_err(|_| anyhow!("a step ended with a panic")).flatten());
        ended.collect::<anyhow::Result<Vec<_>>>()
    })?;
    let done = outcomes.into_iter().find(|outcome| !matches!(outcome, Outcome::Unchanged));
    Ok(done.unwrap_or(Outcome::Unchanged))
}

/// The parts as they were cut: their names and files.
fn names(workspace: &Workspace, mode: Mode) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut names = vec![("muster".to_owned(), bound(workspace, mode).join("muster_bg.wasm"))];
    for entry in fs::read_dir(parts(workspace, mode))? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if path.extension().is_some_and(|e| e == "wasm") && path.file_name() != Some(FIRST.as_ref()) {
            names.push((name.to_owned(), path.clone()));
        }
    }
    Ok(names)
}

fn anew(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}

fn parts(workspace: &Workspace, mode: Mode) -> PathBuf {
    workspace.work(mode).join("parts")
}

fn bound(workspace: &Workspace, mode: Mode) -> PathBuf {
    workspace.work(mode).join("bound")
}
