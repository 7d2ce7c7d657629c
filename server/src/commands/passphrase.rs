//! A passphrase from a file, from stdin, or typed without being shown; never from the command line.

use anyhow::{Context, bail, ensure};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::{
    io::{BufRead, IsTerminal, Read, Stdin, stdin},
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// The exit code after Ctrl-C, as shells have it: 128 and the number of SIGINT.
const INTERRUPTED: i32 = 130;
/// Bytes at most.
const MOST: u64 = 4096;

/// Reads the passphrase; a person types a new one twice.
pub(super) fn read(file: Option<&Path>, new: bool) -> anyhow::Result<String> {
    let text = match file {
        Some(file) => from_file(file)?,
        None if stdin().is_terminal() => typed("Passphrase", new)?,
        None => {
            let mut text = String::new();
            stdin().take(MOST).read_to_string(&mut text).context("cannot read the passphrase from stdin")?;
            text
        }
    };
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    ensure!(
        !text.is_empty(),
        "there is no passphrase or password: give it on stdin, or in a file (see --help)"
    );
    Ok(text)
}

fn from_file(file: &Path) -> anyhow::Result<String> {
    let cannot = || format!("cannot read the passphrase from {}", file.display());
    let opened = std::fs::File::open(file).with_context(cannot)?;
    if opened.metadata().is_ok_and(|m| m.permissions().mode() & 0o044 != 0) {
        eprintln!("muster: others can read {}: chmod 600 {0}", file.display());
    }
    let mut text = String::new();
    opened.take(MOST).read_to_string(&mut text).with_context(cannot)?;
    Ok(text)
}

/// Shows what is typed again when it is dropped.
struct Hidden(Stdin, Termios);

impl Hidden {
    fn begin() -> anyhow::Result<Self> {
        let input = stdin();
        let before = tcgetattr(&input)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        // Whoever gives up with Ctrl-C would be left with a terminal that shows nothing.
        let shown = before.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _ = tcsetattr(stdin(), OptionalActions::Flush, &shown);
                eprintln!();
                std::process::exit(INTERRUPTED);
            }
        });
        tcsetattr(&input, OptionalActions::Flush, &silent)?;
        Ok(Self(input, before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.0, OptionalActions::Flush, &self.1);
    }
}

/// What a person types without its being shown, a new one twice.
pub(super) fn typed(what: &str, new: bool) -> anyhow::Result<String> {
    let hidden = Hidden::begin().context("cannot hide what is typed: give it on stdin")?;
    let ask = |what: &str| -> anyhow::Result<String> {
        eprint!("{what}: ");
        let mut line = String::new();
        hidden.0.lock().read_line(&mut line)?;
        eprintln!();
        Ok(line)
    };
    let first = ask(what)?;
    if new && ask("The same again")? != first {
        bail!("the two are not the same");
    }
    Ok(first)
}
