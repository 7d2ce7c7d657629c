//! `muster apple`: what iPhones and iPads need.

mod cert;

use super::open::Muster;
use clap::Subcommand;

#[derive(Subcommand)]
pub(super) enum Apple {
    /// The APNs certificate, without which no iPhone or iPad can be managed.
    #[command(subcommand)]
    Cert(cert::Cert),
}

impl Apple {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        match self {
            Self::Cert(command) => command.run(muster, json).await,
        }
    }
}
