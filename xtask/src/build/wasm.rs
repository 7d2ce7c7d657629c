//! The console as WebAssembly: cargo, its parts, wasm-bindgen as a library.

use super::Mode;
use crate::{
    fresh::Inputs,
    shell::{Outcome, succeed, which},
    workspace::Workspace,
};
use anyhow::{Context, anyhow, bail};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
/// The file of the first part, which wasm-bindgen makes the glue for.
const FIRST: &str = "first.wasm";
/// The part that holds what every page needs.
const MAIN: &str = "muster";
/// The file that says of which files each part that is named consists.
const FILES: &str = "parts.json";
/// The file that fetches the others.
pub const LOADER: &str = "parts.js";

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
    if mode == Mode::Release {
        let (wasm, glue) = (folder.join("muster_bg.wasm"), folder.join("muster.js"));
        let short = super::short::shorten(&fs::read(&wasm)?, &fs::read_to_string(&glue)?)?;
        fs::write(wasm, short.0)?;
        fs::write(glue, short.1)?;
    }
    stamp.set()?;
    Ok(Outcome::Done)
}

/// Cuts out what is never run, and the functions' names.
pub fn snip(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    let folder = workspace.work(mode).join("snipped");
    fs::create_dir_all(&folder)?;
    let mut outcome = Outcome::Unchanged;
    for name in names(workspace, mode)? {
        let input = cut(workspace, mode, &name);
        let output = folder.join(format!("{name}.wasm"));
        if mode == Mode::Debug {
            fs::copy(input, output)?;
            outcome = Outcome::Skipped("a debug build");
            continue;
        }
        let stamp = Inputs::new()?.file(&input)?.stamp(output.with_extension("stamp"));
        if stamp.holds(&[&output]) {
            continue;
        }
        let (wasm, cut) = super::snip::snip(&fs::read(input)?)?;
        if name == MAIN && cut == 0 {
            bail!("no function's name is one that never runs: names are missing, or Leptos has changed");
        }
        fs::write(&output, wasm)?;
        stamp.set()?;
        outcome = Outcome::Done;
    }
    Ok(outcome)
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
    let parts = names(workspace, mode)?.into_iter().map(|name| {
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

/// The names of the parts as they were cut; the first is [`MAIN`].
pub fn names(workspace: &Workspace, mode: Mode) -> anyhow::Result<Vec<String>> {
    let mut names = vec![MAIN.to_owned()];
    for entry in fs::read_dir(parts(workspace, mode))? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if path.extension().is_some_and(|e| e == "wasm") && path.file_name() != Some(FIRST.as_ref()) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// The file of a part as it was cut.
fn cut(workspace: &Workspace, mode: Mode, name: &str) -> PathBuf {
    if name == MAIN {
        bound(workspace, mode).join("muster_bg.wasm")
    } else {
        parts(workspace, mode).join(format!("{name}.wasm"))
    }
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
