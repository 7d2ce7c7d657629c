//! The programs that the tests need: what is missing is installed.

use crate::{
    npm,
    shell::{succeed, succeeds, which},
    workspace::Workspace,
};
use anyhow::bail;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The names under which Chromium is found.
const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// Installs Debian packages that are missing, and the packages of the browser tests.
pub fn install(workspace: &Workspace) -> anyhow::Result<()> {
    let missing = missing_packages();
    if missing.is_empty() {
        println!(
            "Chromium, zbar, smtp-sink, libfaketime, openssl, strongSwan's pki, scepclient, a JDK, Jackson, OkHttp, apksigner, Python's venv and npm are there"
        );
    } else {
        println!("missing: {}", missing.join(", "));
        apt(&missing)?;
    }
    npm::install(workspace, &workspace.root.join("end2end"), "npm-end2end")?;
    Ok(())
}

/// The browser of the tests.
pub fn chromium() -> Option<PathBuf> {
    CHROMIUM.iter().find_map(|name| which(name))
}

fn missing_packages() -> Vec<&'static str> {
    let venv = succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]));
    [
        (chromium().is_some(), "chromium"),
        (which("zbarimg").is_some(), "zbar-tools"),
        // Debian has it outside the path of ordinary accounts.
        (which("smtp-sink").is_some() || Path::new("/usr/sbin/smtp-sink").exists(), "postfix"),
        (venv, "python3-venv"),
        (which("npm").is_some(), "npm"),
        // Pictures that are compared are taken while the programs' clock stands still.
        (faketime(), "libfaketime"),
        // On the other side of CMS, PKCS#12 and SCEP.
        (which("openssl").is_some(), "openssl"),
        (which("pki").is_some(), "strongswan-pki"),
        (Path::new("/usr/lib/ipsec/plugins/libstrongswan-curl.so").exists(), "libstrongswan-extra-plugins"),
        (which("scepclient").is_some(), "scep"),
        // What the Headwind client is made of.
        (which("javac").is_some(), "default-jdk-headless"),
        (Path::new("/usr/share/java/jackson-databind.jar").exists(), "libjackson2-databind-java"),
        (Path::new("/usr/share/java/okhttp.jar").exists(), "libokhttp-java"),
        // On the other side of Android packages.
        (which("apksigner").is_some(), "apksigner"),
    ]
    .into_iter()
    .filter_map(|(there, package)| (!there).then_some(package))
    .collect()
}

fn faketime() -> bool {
    ["x86_64", "aarch64"]
        .iter()
        .any(|machine| Path::new(&format!("/usr/lib/{machine}-linux-gnu/faketime")).exists())
}

fn apt(packages: &[&str]) -> anyhow::Result<()> {
    if which("apt-get").is_none() {
        bail!("there is no apt-get here: install {} by hand", packages.join(", "));
    }
    succeed(&mut as_root(&["apt-get", "update", "-qq"]))?;
    succeed(as_root(&["apt-get", "install", "-y", "-qq", "--no-install-recommends"]).args(packages))
}

/// A command line with root's rights: by sudo unless they are there already.
fn as_root(line: &[&str]) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    let mut command = if root { Command::new("env") } else { Command::new("sudo") };
    command.arg("DEBIAN_FRONTEND=noninteractive").args(line);
    command
}
