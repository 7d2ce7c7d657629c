//! `muster devices`.

use super::{open::Muster, output};
use anyhow::bail;
use clap::Subcommand;
use muster_domain::{
    DeviceId,
    device::{Device, Reason},
    ports::{StoreError, Stored},
    query::{DeviceQuery, Window},
};
use serde_json::{Value, json};

#[derive(Subcommand)]
pub(super) enum Devices {
    /// All devices.
    List,
    /// Decides what the console asks of a device with the Headwind agent.
    Decide {
        /// Which device, by its id.
        device: DeviceId,
        /// What.
        decision: Decision,
    },
}

/// What can be decided.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Decision {
    /// Of a possible copy: what spoke last at its address is this device.
    Same,
    /// Of a link that was used again: it may connect by it again, for a day.
    Again,
    /// Of a link that was used again: it was not this device.
    NotThis,
}

impl Decision {
    async fn taken(self, muster: &Muster, device: DeviceId) -> Stored<()> {
        let (store, workspace, now) = (&muster.ports.store, muster.workspace, muster.ports.clock.now());
        match self {
            Self::Same => store.agent_is_the_same(workspace, device, now).await,
            Self::Again => store.agent_asked_again(workspace, device, true, now).await,
            Self::NotThis => store.agent_asked_again(workspace, device, false, now).await,
        }
    }
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
        if let Self::Decide { device, decision } = self {
            return match decision.taken(muster, device).await {
                Ok(()) if json => output::document(&json!({ "decided": device })),
                Err(StoreError::State) => bail!("there is nothing of that kind to decide"),
                Err(StoreError::NotFound) => bail!("there is no such device: `muster devices list` has all"),
                done => Ok(done?),
            };
        }
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
