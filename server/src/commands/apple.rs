//! `muster apple`: what iPhones and iPads need.

mod cert;
mod signing;

use super::open::Muster;
use crate::apple::trusted;
use clap::Subcommand;
use muster_apple_mdm::profile::TrustCertificate;

#[derive(Subcommand)]
pub(super) enum Apple {
    /// The APNs certificate, without which no iPhone or iPad can be managed.
    #[command(subcommand)]
    Cert(cert::Cert),
    /// The certificate that signs enrolment profiles, so that Settings says "Verified".
    #[command(subcommand)]
    Signing(signing::Signing),
}

impl Apple {
    pub(super) async fn run(
        self,
        muster: &Muster,
        trust: &[TrustCertificate],
        json: bool,
    ) -> anyhow::Result<()> {
        match self {
            Self::Cert(command) => command.run(muster, json).await,
            Self::Signing(command) => command.run(muster, trusted(trust), json).await,
        }
    }
}
