//! `muster apple cert csr`, `sign-request`, `upload`, `status` and `export`.

use super::super::{open::Muster, output, passphrase};
use crate::apple::certificates::{self, Checked, Files, MOST_BYTES};
use anyhow::{Context, anyhow, bail};
use clap::Subcommand;
use muster_domain::{
    Timestamp,
    apple::{CertificateProblem, PushCertificate, PushRequest},
    ports::StoreError,
    text::line,
};
use serde_json::{Value, json};
use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

#[derive(Subcommand)]
pub(in crate::commands) enum Cert {
    /// Prints the request that Apple is to answer; makes the key, which stays here, and the request if there is none.
    Csr {
        /// Writes it to this file instead.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Makes another key and request: an answer to the one before can then not be used any more.
        #[arg(long)]
        new: bool,
    },
    /// Signs the request with the MDM vendor certificate, for identity.apple.com/pushcert.
    SignRequest {
        /// The vendor certificate with its key and the chain to Apple's root, in one file or several; without it the one
        /// of the settings is taken.
        #[arg(long, value_name = "FILE")]
        vendor: Vec<PathBuf>,
        /// A file with the password of a .p12 file.
        #[arg(long, value_name = "FILE", requires = "vendor")]
        password_file: Option<PathBuf>,
        /// Writes it to this file instead.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Takes Apple's answer to the request, or a certificate with its key.
    Upload {
        /// A .pem, .cer or .p12 file.
        file: PathBuf,
        /// The key, where it is in a file of its own.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// A file with the password of a .p12 file.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// The Apple account that it was made with: it must be renewed with the same.
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
        /// Takes a certificate for another topic, which cuts off so many connected Apple devices.
        #[arg(long, value_name = "N")]
        cut_off: Option<u64>,
    },
    /// Says where one stands: the certificate, the request, the vendor certificate, and who waits.
    Status,
    /// Writes certificate and key as a .p12 file behind a password, which is read from stdin.
    Export {
        /// The file to write; it must not be there yet.
        file: PathBuf,
        /// Reads the password from this file instead.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("cannot read {}", file.display());
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES)? + 1;
    File::open(file).with_context(cannot)?.take(most).read_to_end(&mut bytes).with_context(cannot)?;
    Ok(bytes)
}

pub(super) fn files(paths: &[PathBuf], password_file: Option<&Path>) -> anyhow::Result<Files> {
    let password = password_file.map(|file| passphrase::read(Some(file), false)).transpose()?;
    Ok(Files { files: paths.iter().map(|path| read(path)).collect::<Result<_, _>>()?, password })
}

/// Writes a new file that nobody else can read.
fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}: name a new file", file.display());
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut opened = opened.with_context(cannot)?;
    opened.write_all(bytes).and_then(|()| opened.sync_all()).with_context(cannot)
}

/// What was taken; or all that is wrong, each on a line of its own.
pub(super) fn taken<T>(checked: Checked<T>) -> anyhow::Result<T> {
    checked.map_err(|problems| {
        let words: Vec<String> = problems.iter().map(told).collect();
        anyhow!("{}", words.join("\n"))
    })
}

fn told(problem: &CertificateProblem) -> String {
    match problem {
        CertificateProblem::OtherTopic { devices, .. } => {
            format!("{problem}. If that is what you want: --cut-off {devices}")
        }
        _ => problem.to_string(),
    }
}

async fn request(muster: &Muster, new: bool) -> anyhow::Result<PushRequest> {
    match muster.ports.store.push_request(muster.workspace).await? {
        Some((request, _)) if !new => Ok(request),
        _ => Ok(certificates::make_request(&muster.ports, muster.workspace).await?),
    }
}

/// Prints a text, or writes it to a file.
fn give(name: &str, text: &str, out: Option<&Path>, json: bool) -> anyhow::Result<()> {
    if let Some(out) = out {
        write(out, text.as_bytes())?;
    }
    match (json, out) {
        (true, _) => output::document(&json!({ name: text, "file": out })),
        (false, Some(out)) => {
            output::say!("{} written", out.display());
            Ok(())
        }
        (false, None) => Ok(output::print(format_args!("{}\n", text.trim_end()))?),
    }
}

fn certificate_json(certificate: &PushCertificate, now: Timestamp) -> Value {
    json!({
        "topic": certificate.topic,
        "serial": certificate.serial,
        "not_before": certificate.not_before.rfc3339(),
        "not_after": certificate.not_after.rfc3339(),
        "days_left": certificate.days_left(now),
        "valid": certificate.holds_at(now),
        "account": certificate.account,
        "uploaded_at": certificate.uploaded_at.rfc3339(),
    })
}

impl Cert {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let (ports, workspace) = (&muster.ports, muster.workspace);
        match self {
            Self::Csr { out, new } => {
                let request = request(muster, new).await?;
                give("csr", &certificates::csr_pem(&request), out.as_deref(), json)
            }
            Self::SignRequest { vendor, password_file, out } => {
                let signed = if vendor.is_empty() {
                    match certificates::signed_request(ports, workspace).await {
                        Err(StoreError::NotFound) => bail!("there is no request yet: muster apple cert csr"),
                        Err(StoreError::State) => bail!(
                            "no vendor certificate that holds now is set: give it with --vendor FILE, or upload it in the settings"
                        ),
                        signed => signed?,
                    }
                } else {
                    let files = files(&vendor, password_file.as_deref())?;
                    let request = request(muster, false).await?;
                    let signed = certificates::sign_with(ports, workspace, &request.csr, files).await?;
                    let (signed, warnings) = taken(signed)?;
                    for warning in warnings {
                        eprintln!("muster: {}", output::plain(&warning.to_string()));
                    }
                    signed
                };
                give("request", &signed, out.as_deref(), json)
            }
            Self::Upload { file, key, password_file, account, cut_off } => {
                if let Some(Err(error)) = account.as_deref().map(|account| line(account, 200)) {
                    bail!("--account: {error}");
                }
                let paths: Vec<PathBuf> = std::iter::once(file).chain(key).collect();
                let files = files(&paths, password_file.as_deref())?;
                let warnings = taken(certificates::upload(ports, workspace, files, account, cut_off).await?)?;
                let now = ports.clock.now();
                let there = ports.store.push_certificate(workspace).await?.context("it is gone again")?;
                let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
                if json {
                    let mut document = certificate_json(&there, now);
                    document["warnings"] = warnings.into();
                    return output::document(&document);
                }
                warnings.iter().for_each(|warning| eprintln!("muster: {}", output::plain(warning)));
                output::say!("taken: {}, until {}", there.topic, there.not_after);
                let waiting = ports.store.apple_waiting(workspace).await?;
                if waiting > 0 {
                    let they = if waiting == 1 { "person waits" } else { "people wait" };
                    output::say!("{waiting} {they} with an iPhone or iPad: the dashboard tells them");
                }
                Ok(())
            }
            Self::Status => status(muster, json).await,
            Self::Export { file, password_file } => {
                let password = passphrase::read(password_file.as_deref(), true)?;
                let exported = match certificates::export(ports, workspace, &password).await {
                    Err(StoreError::NotFound) => bail!("there is no certificate"),
                    Err(StoreError::State) => {
                        bail!("the password must have at least {} characters", certificates::SHORTEST)
                    }
                    exported => exported?,
                };
                write(&file, &exported)?;
                if json {
                    return output::document(&json!({ "file": file }));
                }
                output::say!("{} written: it holds the key, keep it safe", file.display());
                Ok(())
            }
        }
    }
}

async fn status(muster: &Muster, json: bool) -> anyhow::Result<()> {
    let (store, workspace, now) = (&muster.ports.store, muster.workspace, muster.ports.clock.now());
    let certificate = store.push_certificate(workspace).await?;
    let request = store.push_request(workspace).await?.map(|(request, _)| request);
    let vendor = store.push_vendor(workspace).await?.map(|(vendor, _)| vendor);
    let (waiting, devices) = (store.apple_waiting(workspace).await?, store.apple_devices(workspace).await?);
    let topics = store.topics(workspace).await?;
    let cut_off = certificate.as_ref().map_or(0, |certificate| certificate.cuts_off(&topics));
    if json {
        return output::document(&json!({
            "certificate": certificate.map(|certificate| certificate_json(&certificate, now)),
            "request": request.map(|request| json!({ "made_at": request.made_at.rfc3339() })),
            "vendor": vendor.map(|v| json!({ "name": v.name, "not_after": v.not_after.rfc3339() })),
            "devices": devices,
            "cut_off": cut_off,
            "waiting": waiting,
        }));
    }
    match certificate {
        Some(certificate) => {
            let days = certificate.days_left(now);
            let left = if days < 0 { "ended".to_owned() } else { format!("{days} days left") };
            output::say!("certificate  until {} ({left})", certificate.not_after);
            output::say!("             topic {}, serial number {}", certificate.topic, certificate.serial);
            if let Some(account) = &certificate.account {
                output::say!("             Apple account {}", output::plain(account));
            }
        }
        None => output::say!("certificate  none: iPhones and iPads cannot be connected"),
    }
    match request {
        Some(request) => output::say!("request      of {}, waits for Apple's answer", request.made_at),
        None => output::say!("request      none"),
    }
    match vendor {
        Some(vendor) => {
            let ended = if vendor.not_after < now { " (ended)" } else { "" };
            output::say!("vendor       {}, until {}{ended}", output::plain(&vendor.name), vendor.not_after)
        }
        None => output::say!("vendor       none"),
    }
    let they = if waiting == 1 { "person waits" } else { "people wait" };
    output::say!("devices      {devices} connected, {waiting} {they}");
    if cut_off > 0 {
        output::say!("             {cut_off} of them cut off: connected by a certificate for another topic");
    }
    Ok(())
}
