//! Starting other programs, and saying what is done and how long it took.

use anyhow::{Context, bail};
use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
    time::Instant,
};

/// How a step of the build ended.
pub enum Outcome {
    /// It did its work.
    Done,
    /// Its inputs are those of the last time.
    Unchanged,
    /// It could not be done here, and need not be.
    Skipped(&'static str),
}

/// Runs one step of a build under its name, and prints the time it took.
pub fn step(name: &str, work: impl FnOnce() -> anyhow::Result<Outcome>) -> anyhow::Result<()> {
    println!("-> {name}");
    let begin = Instant::now();
    let outcome = work().with_context(|| name.to_owned())?;
    let seconds = begin.elapsed().as_secs_f64();
    match outcome {
        Outcome::Done => println!("   {seconds:.1} s"),
        Outcome::Unchanged => println!("   unchanged, {seconds:.1} s"),
        Outcome::Skipped(why) => println!("   skipped: {why}"),
    }
    Ok(())
}

/// Runs a program to its end; fails unless it succeeds.
pub fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let name = describe(command);
    let status = command.status().with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        bail!("{name}: {status}");
    }
    Ok(())
}

/// Like [`succeed`], with what the program writes to stderr on stdout: some runners print their
/// closing lines there.
pub fn succeed_on_stdout(command: &mut Command) -> anyhow::Result<()> {
    succeed(command.stderr(std::io::stdout()))
}

/// Whether a program starts and succeeds; its output is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// The full path of a program on `PATH`.
pub fn which(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(format!("{program}{}", env::consts::EXE_SUFFIX)))
        .find(|candidate| candidate.is_file())
}

fn describe(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    command.get_args().fold(name, |line, argument| line + " " + &argument.to_string_lossy())
}
