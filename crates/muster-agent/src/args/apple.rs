//! The words after `muster-agent apple`.

use clap::{Args, Subcommand, ValueEnum};
use muster_agent::apple::{commands::Locked, device::Options, key::Digest, state::Passcode};
use std::path::PathBuf;

/// A simulated iPhone or iPad.
#[derive(Debug, Args)]
pub struct Apple {
    /// What the signature of each request is made over.
    #[arg(long, global = true, default_value = "sha256")]
    signature: Signature,
    /// The signature has no signed attributes.
    #[arg(long, global = true)]
    no_signed_attributes: bool,
    /// SCEP messages by GET, even if the server takes POST.
    #[arg(long, global = true)]
    scep_get: bool,
    /// Takes addresses with http:// too, which no device does: for tests.
    #[arg(long, global = true)]
    pub allow_http: bool,
    /// Certificates in PEM that are trusted besides the system's.
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

/// SHA-1 or SHA-256.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Signature {
    /// SHA-1, as old devices have it.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Installs the profile of a link; with the same state again an interrupted enrolment goes on.
    Enroll {
        /// The link, as it was pasted.
        #[arg(required_unless_present = "links", conflicts_with = "links")]
        link: Option<String>,
        /// A fleet: a file with links, one a line. The state is a folder then.
        #[arg(long, value_name = "FILE")]
        links: Option<PathBuf>,
        /// A fleet: how many of the links are used; all if not given.
        #[arg(long, value_name = "N", requires = "links")]
        devices: Option<usize>,
        /// A fleet: so many keys for all devices, made once and kept; without it each device makes its own.
        #[arg(long, value_name = "K", requires = "links", value_parser = clap::value_parser!(u16).range(1..=4096))]
        key_pool: Option<u16>,
        #[command(flatten)]
        kind: Kind,
        #[command(flatten)]
        look: Look,
    },
    /// Asks for commands and answers them until Ctrl-C.
    Run {
        /// Until the server has nothing more.
        #[arg(long)]
        once: bool,
        /// A fleet: the first N devices of the folder.
        #[arg(long, value_name = "N")]
        devices: Option<usize>,
        /// Seconds between two times, since no push arrives here.
        #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
        interval: u64,
        /// The screen is locked: answers NotNow to what a locked device does not do.
        #[arg(long)]
        locked: bool,
        /// It was started and never unlocked since: NotNow to the lists too.
        #[arg(long, conflicts_with = "locked")]
        locked_since_start: bool,
        /// Does the first N commands of its life, and dies each time before it answers.
        #[arg(long, value_name = "N", default_value_t = 0)]
        lose_answers: u32,
        #[command(flatten)]
        look: Look,
    },
    /// Gets a new certificate for its identity.
    Renew {
        /// A fleet: the first N devices of the folder.
        #[arg(long, value_name = "N")]
        devices: Option<usize>,
    },
    /// Its owner removes the profile in Settings.
    RemoveProfile {
        /// Without a network: the server is not told.
        #[arg(long)]
        offline: bool,
    },
    /// Prints the state. Asks nobody.
    Status,
}

/// What a new device is; one that is there already stays what it is.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Kind {
    /// An iPad instead of an iPhone.
    #[arg(long)]
    pub ipad: bool,
    /// A supervised device.
    #[arg(long)]
    pub supervised: bool,
}

/// How a device is set up; what is given is kept.
#[derive(Clone, Debug, Default, Args)]
pub struct Look {
    /// What its owner calls it.
    #[arg(long)]
    pub name: Option<String>,
    /// The version of its system.
    #[arg(long)]
    pub os_version: Option<String>,
    /// Its serial number.
    #[arg(long)]
    pub serial: Option<String>,
    /// It has no passcode.
    #[arg(long, group = "passcode")]
    no_passcode: bool,
    /// It has a passcode that the requirements do not allow.
    #[arg(long, group = "passcode")]
    passcode_not_compliant: bool,
    /// It has a passcode that is in order.
    #[arg(long, group = "passcode")]
    passcode_compliant: bool,
}

impl Look {
    /// The passcode, if something is said about it.
    pub fn passcode(&self) -> Option<Passcode> {
        match (self.no_passcode, self.passcode_not_compliant, self.passcode_compliant) {
            (true, ..) => Some(Passcode::Absent),
            (_, true, _) => Some(Passcode::NotCompliant),
            (.., true) => Some(Passcode::Compliant),
            _ => None,
        }
    }
}

impl Apple {
    /// How a device goes about it.
    pub fn options(&self) -> Options {
        let (locked, lose_answers) = match &self.command {
            Command::Run { locked: true, lose_answers, .. } => (Locked::Yes, *lose_answers),
            Command::Run { locked_since_start: true, lose_answers, .. } => {
                (Locked::SinceStart, *lose_answers)
            }
            Command::Run { lose_answers, .. } => (Locked::No, *lose_answers),
            _ => (Locked::No, 0),
        };
        Options {
            digest: match self.signature {
                Signature::Sha1 => Digest::Sha1,
                Signature::Sha256 => Digest::Sha256,
            },
            signed_attributes: !self.no_signed_attributes,
            scep_get: self.scep_get,
            locked,
            lose_answers,
        }
    }
}
