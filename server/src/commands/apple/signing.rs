//! `muster apple signing upload`, `status` and `remove`.

use super::{
    super::{open::Muster, output},
    cert::{files, taken},
};
use crate::apple::signing;
use anyhow::Context;
use clap::Subcommand;
use muster_domain::{Timestamp, apple::SigningCertificate};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(in crate::commands) enum Signing {
    /// Takes a certificate with its key and the chain that issued it, such as that of the server's TLS; or the renewed one.
    Upload {
        /// Certificate, chain and key, in one file or several: PEM, DER or .p12.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// A file with the password of a .p12 file.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Says by whom profiles are signed, and until when.
    Status,
    /// Removes certificate and key: Muster's own authority signs again.
    Remove,
}

fn document(certificate: &SigningCertificate, now: Timestamp) -> Value {
    json!({
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "not_before": certificate.not_before.rfc3339(),
        "not_after": certificate.not_after.rfc3339(),
        "days_left": certificate.days_left(now),
        "valid": certificate.holds_at(now),
        "uploaded_at": certificate.uploaded_at.rfc3339(),
    })
}

impl Signing {
    pub(super) async fn run(self, muster: &Muster, trust: Vec<Vec<u8>>, json: bool) -> anyhow::Result<()> {
        let (ports, workspace, now) = (&muster.ports, muster.workspace, muster.ports.clock.now());
        let there = async || ports.store.signing_certificate(workspace).await;
        match self {
            Self::Upload { files: paths, password_file } => {
                let files = files(&paths, password_file.as_deref())?;
                let warnings = taken(signing::upload(ports, workspace, files, trust).await?)?;
                let (certificate, _) = there().await?.context("it is gone again")?;
                let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
                if json {
                    let mut document = document(&certificate, now);
                    document["warnings"] = warnings.into();
                    return output::document(&document);
                }
                warnings.iter().for_each(|warning| eprintln!("muster: {}", output::plain(warning)));
                let subject = output::plain(&certificate.subject);
                output::say!("taken: {subject}, until {}", certificate.not_after);
            }
            Self::Status => {
                let certificate = there().await?.map(|(certificate, _)| certificate);
                if json {
                    let certificate = certificate.map(|certificate| document(&certificate, now));
                    return output::document(&json!({ "certificate": certificate }));
                }
                let Some(certificate) = certificate else {
                    output::say!(
                        "profiles are signed by Muster's own authority: Settings says \"Not Verified\""
                    );
                    return Ok(());
                };
                let by = if certificate.holds_at(now) { "it" } else { "Muster's own authority in its place" };
                let [subject, issuer] =
                    [&certificate.subject, &certificate.issuer].map(|name| output::plain(name));
                output::say!("certificate  {subject}, issued by {issuer}");
                output::say!("             from {} until {}", certificate.not_before, certificate.not_after);
                output::say!("             profiles are signed by {by}");
            }
            Self::Remove => {
                let was = there().await?.is_some();
                ports.store.set_signing_certificate(workspace, None).await?;
                if json {
                    return output::document(&json!({ "removed": was }));
                }
                output::say!(
                    "{}",
                    if was { "removed: Muster's own authority signs again" } else { "there is none" }
                );
            }
        }
        Ok(())
    }
}
