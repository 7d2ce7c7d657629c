//! The WebAssembly made smaller by binaryen from npm, as many files at a time as there are cores.

use super::{Mode, wasm};
use crate::{
    fresh::{Inputs, Stamp},
    npm,
    shell::{Outcome, succeed},
    workspace::Workspace,
};
use anyhow::anyhow;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

/// A file that is not yet what its input makes of it.
struct Job {
    input: PathBuf,
    output: PathBuf,
    stamp: Stamp,
    /// Of the input, in bytes.
    size: u64,
}

/// Makes each part smaller.
pub fn optimise(workspace: &Workspace, mode: Mode) -> anyhow::Result<Outcome> {
    let (from, to) = (workspace.work(mode).join("snipped"), workspace.work(mode).join("optimised"));
    fs::create_dir_all(&to)?;
    let (script, lock) = (script(workspace), workspace.root.join("xtask/npm/package-lock.json"));
    let mut jobs = Vec::new();
    for name in wasm::names(workspace, mode)? {
        let file = format!("{name}.wasm");
        let (input, output) = (from.join(&file), to.join(&file));
        let stamp_file = output.with_extension("stamp");
        if mode == Mode::Debug || !npm::present() {
            copy(&input, &output, &stamp_file)?;
            continue;
        }
        let stamp = Inputs::default().file(&input)?.file(&lock)?.file(&script)?.stamp(stamp_file);
        if !stamp.holds(&[&output]) {
            jobs.push(Job { size: fs::metadata(&input)?.len(), input, output, stamp });
        }
    }
    if mode == Mode::Debug {
        return Ok(Outcome::Skipped("a debug build"));
    }
    if !npm::present() {
        return Ok(Outcome::Skipped(
            "npm is missing, and so is its package binaryen: the console loads slower",
        ));
    }
    if jobs.is_empty() {
        return Ok(Outcome::Unchanged);
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let running: Vec<_> =
            shares(jobs, cores).into_iter().map(|jobs| scope.spawn(|| run(workspace, jobs))).collect();
        running.into_iter().try_for_each(|share| {
            share.join().map_err(|_| anyhow!("a thread that waited for binaryen ended with a panic"))?
        })
    })?;
    Ok(Outcome::Done)
}

/// An unchanged copy, which never counts as optimised later.
fn copy(input: &Path, output: &Path, stamp: &Path) -> anyhow::Result<()> {
    fs::copy(input, output)?;
    if stamp.exists() {
        fs::remove_file(stamp)?;
    }
    Ok(())
}

/// One process of node for all of these.
fn run(workspace: &Workspace, jobs: Vec<Job>) -> anyhow::Result<()> {
    let mut command = Command::new("node");
    command.arg(script(workspace));
    for job in &jobs {
        command.arg(&job.input).arg(&job.output);
    }
    succeed(&mut command)?;
    jobs.iter().try_for_each(|job| job.stamp.set())
}

/// The jobs in so many shares of about the same size, the largest first.
fn shares(mut jobs: Vec<Job>, count: usize) -> Vec<Vec<Job>> {
    jobs.sort_by_key(|job| std::cmp::Reverse(job.size));
    let mut shares: Vec<(u64, Vec<Job>)> = (0..count.max(1)).map(|_| (0, Vec::new())).collect();
    for job in jobs {
        if let Some((size, share)) = shares.iter_mut().min_by_key(|(size, _)| *size) {
            *size += job.size;
            share.push(job);
        }
    }
    shares.into_iter().map(|(_, share)| share).filter(|share| !share.is_empty()).collect()
}

/// Beside the packages: node finds them from there.
fn script(workspace: &Workspace) -> PathBuf {
    workspace.target.join("npm").join("optimise.mjs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_file_has_a_core_for_itself_when_the_others_together_are_no_larger() {
        let job = |size: u64| Job {
            input: PathBuf::new(),
            output: PathBuf::new(),
            stamp: Inputs::default().stamp(PathBuf::new()),
            size,
        };
        let shares = shares([10, 3, 50, 20, 5].map(job).into(), 2);
        let sizes: Vec<Vec<u64>> =
            shares.iter().map(|share| share.iter().map(|job| job.size).collect()).collect();
        assert_eq!(sizes, [vec![50], vec![20, 10, 5, 3]]);
    }
}
