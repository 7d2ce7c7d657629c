//! The words on the command line.

pub mod apple;

use clap::{Args, Parser, Subcommand, ValueEnum};
use muster_agent_protocol::report::{Platform, Protection, Report};
use std::path::PathBuf;

/// A reference agent for Muster: connects a simulated Android device, or an iPhone, and keeps it connected.
#[derive(Debug, Parser)]
#[command(name = "muster-agent", version, about)]
pub struct Cli {
    /// The state file; with --devices or --links a folder.
    #[arg(long, global = true, env = "MUSTER_AGENT_STATE", default_value = "muster-agent.json")]
    pub state: PathBuf,
    /// One JSON document on stdout, errors as JSON on stderr.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Connects this device with a link; with the same state again to recover.
    Enroll {
        /// The link, as it was pasted.
        #[arg(required_unless_present = "links", conflicts_with = "links")]
        link: Option<String>,
        /// What stays the same when the agent is installed again; random if not given.
        #[arg(long, conflicts_with = "links")]
        hardware_id: Option<String>,
        /// A fleet: a file with links, one a line. The state is a folder then.
        #[arg(long, value_name = "FILE")]
        links: Option<PathBuf>,
        /// A fleet: how many of the links are used; all if not given.
        #[arg(long, value_name = "N", requires = "links")]
        devices: Option<usize>,
        #[command(flatten)]
        device: Device,
    },
    /// Checks in at the server's interval until Ctrl-C, and acknowledges commands.
    Run {
        /// Checks in once.
        #[arg(long)]
        once: bool,
        /// A fleet: the first N devices of the folder.
        #[arg(long, value_name = "N")]
        devices: Option<usize>,
    },
    /// Says how the device is; what is given is kept for later reports.
    Report {
        #[command(flatten)]
        device: Device,
    },
    /// Prints the state. Asks nobody.
    Status,
    /// Ends the management of this device.
    Leave,
    /// Is an iPhone or iPad instead: enrols through the link as iOS does, and answers commands.
    Apple(apple::Apple),
}

/// What a device says about itself.
#[derive(Clone, Debug, Default, Args)]
pub struct Device {
    /// Who made it.
    #[arg(long)]
    manufacturer: Option<String>,
    /// Its model.
    #[arg(long)]
    model: Option<String>,
    /// The version of Android.
    #[arg(long)]
    os_version: Option<String>,
    /// Its serial number.
    #[arg(long)]
    serial: Option<String>,
    /// Who else manages it, such as KNOX; an empty word for nobody.
    #[arg(long)]
    managed_by: Option<String>,
    /// The name that its owner gave to it.
    #[arg(long)]
    name: Option<String>,
    /// Charge of the battery in percent.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    battery: Option<u8>,
    /// Whether the battery is being charged.
    #[arg(long, value_name = "BOOL")]
    charging: Option<bool>,
    /// Storage in all, in bytes.
    #[arg(long, value_name = "BYTES")]
    storage_total: Option<u64>,
    /// Storage that is free, in bytes.
    #[arg(long, value_name = "BYTES")]
    storage_free: Option<u64>,
    /// Whether the protection is on.
    #[arg(long)]
    protection: Option<Switch>,
}

/// On or off.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl Device {
    /// A simulated phone that says this of itself.
    pub fn new_report(&self) -> Report {
        let mut report = Report {
            platform: Platform::Android,
            manufacturer: "Muster".into(),
            model: "Reference agent".into(),
            os_version: "16".into(),
            agent_version: env!("CARGO_PKG_VERSION").into(),
            serial: None,
            battery_percent: None,
            battery_charging: None,
            storage_total_bytes: None,
            storage_free_bytes: None,
            protection: Some(Protection::Enabled),
            managed_by: None,
            name: None,
        };
        self.apply(&mut report);
        report
    }

    /// Puts what was given into a report; the rest stays.
    pub fn apply(&self, report: &mut Report) {
        let set = |target: &mut String, value: &Option<String>| {
            if let Some(value) = value {
                target.clone_from(value);
            }
        };
        set(&mut report.manufacturer, &self.manufacturer);
        set(&mut report.model, &self.model);
        set(&mut report.os_version, &self.os_version);
        let optional = |target: &mut Option<String>, value: &Option<String>| {
            if let Some(value) = value {
                *target = Some(value.clone()).filter(|v| !v.is_empty());
            }
        };
        optional(&mut report.serial, &self.serial);
        optional(&mut report.managed_by, &self.managed_by);
        optional(&mut report.name, &self.name);
        report.battery_percent = self.battery.or(report.battery_percent);
        report.battery_charging = self.charging.or(report.battery_charging);
        report.storage_total_bytes = self.storage_total.or(report.storage_total_bytes);
        report.storage_free_bytes = self.storage_free.or(report.storage_free_bytes);
        report.protection = match self.protection {
            Some(Switch::On) => Some(Protection::Enabled),
            Some(Switch::Off) => Some(Protection::Disabled),
            None => report.protection,
        };
    }
}
