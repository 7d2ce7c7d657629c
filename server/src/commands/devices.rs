//! `muster devices`.

use super::{open::Muster, output};
use clap::Subcommand;
use muster_domain::{
    device::{Device, Reason},
    query::{DeviceQuery, Window},
};
use serde_json::{Value, json};

#[derive(Subcommand)]
pub(super) enum Devices {
    /// All devices.
    List,
}

fn row(d: Device) -> Value {
    json!({
        "id": d.id, "name": d.name, "owner_email": d.owner_email, "platform": d.platform, "model": d.facts.model,
        "os_version": d.facts.os_version, "status": d.status, "reasons": d.reasons.iter().map(Reason::code).collect::<Vec<_>>(),
        "last_seen": output::time(Some(d.last_seen)),
    })
}

impl Devices {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let mut rows = Vec::new();
        for page in 1.. {
            let query = DeviceQuery { window: Window { page, size: 200 }, ..DeviceQuery::default() };
            let found = muster.ports.store.devices(muster.workspace, &query).await?.rows;
            if found.is_empty() {
                break;
            }
            rows.extend(found.into_iter().map(row));
        }
        output::table(
            json,
            &[
                "name",
                "owner_email",
                "platform",
                "model",
                "os_version",
                "status",
                "reasons",
                "last_seen",
                "id",
            ],
            rows,
        )
    }
}
