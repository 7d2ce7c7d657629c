//! A command of `cargo xtask` that runs beside the steps of the test: a compiler's long stretches on one core leave the
//! other to somebody else. What it prints is kept until it is waited for, so that no two outputs are mixed.

use anyhow::{Context, bail};
use std::{
    env, fs,
    fs::File,
    os::unix::process::CommandExt,
    process::{Child, Command},
    time::Instant,
};
use tempfile::NamedTempFile;

/// A command on its way. Dropped before its end, it is stopped with all that it started.
pub struct Beside {
    name: &'static str,
    child: Option<Child>,
    log: NamedTempFile,
    begin: Instant,
}

impl Beside {
    /// Starts `cargo xtask` with these arguments.
    pub fn begin(name: &'static str, arguments: &[&str]) -> anyhow::Result<Self> {
        let log = NamedTempFile::new()?;
        let out: File = log.reopen()?;
        let mut command = Command::new(env::current_exe()?);
        command.args(arguments).stdout(out.try_clone()?).stderr(out).process_group(0);
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        println!("\n== {name}: begun, goes on beside what follows");
        Ok(Self { name, child: Some(child), log, begin: Instant::now() })
    }

    /// Waits for it, prints what it printed, and fails if it did.
    pub fn end(mut self) -> anyhow::Result<()> {
        let status = match self.child.as_mut() {
            Some(child) => child.wait()?,
            None => bail!("{} was stopped", self.name),
        };
        self.child = None;
        println!("\n== {}", self.name);
        println!("{}", fs::read_to_string(self.log.path())?.trim_end());
        if !status.success() {
            println!("\n== failed: {}", self.name);
            bail!("failed: {}: {status}", self.name);
        }
        println!("== done {:.0} s after its begin", self.begin.elapsed().as_secs_f64());
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Its group: cargo and the compilers that it started.
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
            let _ = child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Beside {
        let log = NamedTempFile::new().unwrap();
        let out = log.reopen().unwrap();
        let child = Command::new("sh").args(["-c", line]).stdout(out).process_group(0).spawn().unwrap();
        Beside { name: "a step", child: Some(child), log, begin: Instant::now() }
    }

    #[test]
    fn a_step_that_fails_says_so_and_one_that_is_dropped_is_stopped_with_its_children() {
        of("true").end().unwrap();
        assert!(of("exit 3").end().unwrap_err().to_string().contains("a step"));
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let begun = folder.path().join("begun");
        let line = format!("(sleep 1; touch {}) & touch {}; wait", mark.display(), begun.display());
        let step = of(&line);
        while !begun.exists() {
            std::thread::yield_now();
        }
        drop(step);
        std::thread::sleep(std::time::Duration::from_millis(1300));
        assert!(!mark.exists());
    }
}
