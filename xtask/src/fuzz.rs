//! `cargo xtask fuzz`: builds the fuzzers of `fuzz/` and runs them one after the other, on the stable toolchain.
//!
//! libFuzzer comes with the crate libfuzzer-sys and the coverage with rustc, which hides its switches from who has not said
//! `RUSTC_BOOTSTRAP`. Address sanitizer finds what C and assembly in aws-lc do to memory that Rust gave them.

mod pack;

use crate::{shell::succeed, workspace::Workspace};
use anyhow::{Context, bail};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// All targets, in the order in which they run.
const TARGETS: &[&str] =
    &["scep", "scep_transport", "cms", "csr", "certificate", "pkcs12", "plist", "mobileconfig"];

/// What cargo-fuzz passes to rustc, and address sanitizer.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Zsanitizer=address -Ccodegen-units=1";

/// Seconds that one input may take, and the longest input in bytes.
const LIMITS: [&str; 2] = ["-timeout=10", "-max_len=16384"];

/// Runs every target, or those named, for so many minutes each; then keeps the smallest corpus that covers the same.
pub fn run(workspace: &Workspace, minutes: f64, names: &[String]) -> anyhow::Result<()> {
    if let Some(unknown) = names.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        bail!("there is no target {unknown}; there are {}", TARGETS.join(", "));
    }
    let folder = build(workspace)?;
    let chosen = TARGETS.iter().filter(|target| names.is_empty() || names.iter().any(|name| name == *target));
    let mut found = Vec::new();
    for target in chosen {
        if !Fuzzer::new(workspace, &folder, target)?.run(minutes)? {
            found.push(*target);
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    bail!("something was found by {}: see fuzz/found", found.join(", "))
}

/// Builds all, into a folder of their own; says where they are.
fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let target = host()?;
    let folder = workspace.target.join("fuzz");
    succeed(
        workspace
            .cargo(&[
                "build",
                "--release",
                "--locked",
                "--manifest-path",
                "fuzz/Cargo.toml",
                "--target",
                &target,
            ])
            .env("CARGO_TARGET_DIR", &folder)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", FLAGS),
    )?;
    Ok(folder.join(target).join("release"))
}

/// The triple of this machine: with it named, build scripts and macros are compiled without the sanitizer.
fn host() -> anyhow::Result<String> {
    let out = Command::new("rustc").arg("-vV").output().context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    text.lines().find_map(|l| l.strip_prefix("host: ")).map(ToOwned::to_owned).context("rustc names no host")
}

/// One target.
struct Fuzzer {
    name: &'static str,
    program: PathBuf,
    /// The corpus as files, as libFuzzer wants it.
    files: PathBuf,
    /// The corpus as it is kept.
    kept: PathBuf,
    /// What makes it fail.
    found: PathBuf,
}

impl Fuzzer {
    fn new(workspace: &Workspace, folder: &Path, name: &'static str) -> anyhow::Result<Self> {
        let fuzz = workspace.root.join("fuzz");
        let new = Self {
            name,
            program: folder.join(name),
            files: workspace.target.join("fuzz/corpus").join(name),
            kept: fuzz.join("corpus").join(format!("{name}.pack")),
            found: fuzz.join("found").join(name),
        };
        for folder in [&new.files, &new.found, &fuzz.join("corpus")] {
            fs::create_dir_all(folder)?;
        }
        let kept = pack::unpack(&fs::read(&new.kept).unwrap_or_default());
        for (i, input) in kept.context("the corpus is damaged")?.iter().enumerate() {
            fs::write(new.files.join(format!("kept-{i}")), input)?;
        }
        Ok(new)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // Leaks are not looked for: what is made once stays.
        command.args(LIMITS).env("ASAN_OPTIONS", "detect_leaks=0:allocator_may_return_null=1");
        command.arg(format!("-artifact_prefix={}/", self.found.display()));
        command
    }

    /// Whether nothing was found.
    fn run(&self, minutes: f64) -> anyhow::Result<bool> {
        println!("\n== {}: {minutes} minutes", self.name);
        let mut command = self.command();
        command
            .arg(format!("-max_total_time={:.0}", minutes * 60.0))
            .arg("-print_final_stats=1")
            .arg(&self.files);
        let mut child = command.stderr(Stdio::piped()).spawn().with_context(|| self.name)?;
        let (mut last, mut executions) = (String::new(), String::new());
        for line in BufReader::new(child.stderr.take().context("no output")?).lines() {
            let line = line?;
            if line.contains(" cov: ") {
                last = line;
            } else if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
                executions = number.trim().to_owned();
            } else if !line.starts_with("stat::") && !line.starts_with("INFO:") && !line.starts_with('\t') {
                println!("{line}");
            }
        }
        let good = child.wait()?.success();
        self.keep()?;
        let edges =
            last.split_once(" cov: ").and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or("?");
        let bytes = fs::metadata(&self.kept)?.len();
        let inputs = fs::read_dir(&self.files)?.count();
        let name = self.name;
        println!("== {name}: {executions} executions, {edges} edges, {inputs} inputs kept in {bytes} bytes");
        Ok(good)
    }

    /// The smallest corpus that covers the same takes the place of the one that was.
    fn keep(&self) -> anyhow::Result<()> {
        let smaller = self.files.with_extension("smaller");
        if smaller.exists() {
            fs::remove_dir_all(&smaller)?;
        }
        fs::create_dir_all(&smaller)?;
        let mut merge = self.command();
        merge.arg("-merge=1").args([&smaller, &self.files]).stderr(Stdio::null());
        succeed(&mut merge)?;
        fs::remove_dir_all(&self.files)?;
        fs::rename(&smaller, &self.files)?;
        let files = fs::read_dir(&self.files)?.map(|file| fs::read(file?.path()));
        fs::write(&self.kept, pack::pack(files.collect::<Result<_, _>>()?))?;
        Ok(())
    }
}
