//! `cargo xtask pictures`: takes the pictures of the guide and the README, and what pages are compared with.

use crate::{
    build::{self, Mode},
    npm,
    shell::{succeed, succeed_on_stdout, which},
    test::tools,
    workspace::Workspace,
};
use anyhow::{Context, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Colours of a picture: the console has few.
const COLOURS: &str = "128";

/// Takes all of them with the programs of this build.
pub fn take(workspace: &Workspace, mode: Mode) -> anyhow::Result<()> {
    if which("pngquant").is_none() {
        bail!("pictures are made small by pngquant: apt-get install pngquant libfaketime");
    }
    build::everything(workspace, mode)?;
    let end2end = workspace.root.join("end2end");
    npm::install(workspace, &end2end, "npm-end2end")?;
    let folders = ["docs/guide/pictures", "docs/pictures", "end2end/looks"].map(|f| workspace.root.join(f));
    for folder in &folders {
        fs::create_dir_all(folder)?;
        // One whose page is gone would stay for ever.
        for old in pngs(folder)? {
            fs::remove_file(old)?;
        }
    }
    playwright(workspace, mode, &["-c", "pictures.config.ts"])?;
    playwright(workspace, mode, &["tests/looks.spec.ts", "--update-snapshots=all"])?;
    for folder in &folders {
        let before = sum(folder)?;
        small(folder)?;
        println!("{}: {} kB, before {} kB", folder.display(), sum(folder)? / 1000, before / 1000);
    }
    Ok(())
}

fn playwright(workspace: &Workspace, mode: Mode, words: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test", "--retries=0"])
        .args(words)
        .current_dir(workspace.root.join("end2end"))
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("MUSTER_CHROMIUM", tools::chromium().context("there is no Chromium")?)
        .env("MUSTER_BIN", workspace.program(mode, "muster"))
        .env("MUSTER_AGENT_BIN", workspace.program(mode, "muster-agent"));
    succeed_on_stdout(&mut command)
}

fn pngs(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "png") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn sum(folder: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for png in pngs(folder)? {
        sum += fs::metadata(png)?.len();
    }
    Ok(sum)
}

/// A palette instead of all colours, without dithering: what is one colour stays one.
fn small(folder: &Path) -> anyhow::Result<()> {
    let mut command = Command::new("pngquant");
    command.args(["--force", "--nofs", "--strip", "--speed=1", "--ext=.png", COLOURS]);
    succeed(command.arg("--").args(pngs(folder)?))
}
