//! Acts on many rows: one transaction for each two hundred, a savepoint for each row.

mod devices;
mod done;
mod messages;
mod pick;

use super::{
    Sqlite,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    AccountId, CommandId, DeviceId, InvitationId, Timestamp, WorkspaceId,
    bulk::{
        Acting, Change, Chosen, DeviceDeed, DeviceOutcome, MessageDeed, MessageOutcome, Numbered, Outcome,
        PickDevices, PickMessages, Refused, Since,
    },
    invitation::Act,
    ports::{BulkStore, StoreError, Stored},
};

/// What an act answers for one row: its name, and what was changed or why not.
type Became = (String, Result<Option<Change>, Refused>);

/// The name that a row is told by while nothing is known of it.
fn gone() -> Became {
    (String::new(), Err(Refused::Gone))
}

/// Keeps what was done to a row, for when the same act asks again.
async fn remembered(tx: &mut Tx<'_>, act: done::One, row: &str, became: Stored<Became>) -> Stored<Became> {
    if let Ok((_, Ok(change))) = &became {
        done::remember(tx, act, row, change.as_ref()).await?;
    }
    became
}

/// Begins a row, behind a savepoint of its own.
async fn begin(tx: &mut Tx<'_>) -> Stored<()> {
    tx.run(sqlx::query("SAVEPOINT row")).await.map(|_| ())
}

/// Ends it: what was refused, or failed, takes back only itself.
async fn end<I: ToString>(tx: &mut Tx<'_>, id: I, became: Stored<Became>) -> Stored<Outcome<I>> {
    let (name, became) = match became {
        Ok(became) => became,
        Err(StoreError::NotFound) => gone(),
        Err(StoreError::State | StoreError::Exists) => (String::new(), Err(Refused::Changed)),
        Err(StoreError::Failed(why)) => {
            tracing::error!(row = id.to_string(), why, "one row of many was taken back");
            (String::new(), Err(Refused::Failed))
        }
    };
    if became.is_err() {
        tx.run(sqlx::query("ROLLBACK TO row")).await?;
    }
    tx.run(sqlx::query("RELEASE row")).await?;
    Ok(Outcome { id, name, became })
}

/// A device is given so many commands by one order at most: a report is one for each question.
const COMMANDS: usize = 8;

#[async_trait]
impl BulkStore for Sqlite {
    async fn pick_messages(
        &self,
        workspace: WorkspaceId,
        pick: &PickMessages,
        act: Act,
        limit: u32,
        now: Timestamp,
    ) -> Stored<Chosen<InvitationId>> {
        self.picked_messages(workspace, pick, act, limit, now).await
    }

    async fn pick_devices(
        &self,
        workspace: WorkspaceId,
        pick: &PickDevices,
        limit: u32,
        now: Timestamp,
    ) -> Stored<Chosen<DeviceId>> {
        self.picked_devices(workspace, pick, limit, now).await
    }

    async fn act_on_messages(
        &self,
        workspace: WorkspaceId,
        ids: Vec<InvitationId>,
        deed: MessageDeed,
        since: Since,
        now: Timestamp,
    ) -> Stored<Vec<MessageOutcome>> {
        commit!(self, |tx| {
            let mut outcomes = Vec::with_capacity(ids.len());
            let one = done::One { workspace, since, deed: deed.name() };
            for id in ids {
                let deed = deed.clone();
                begin(tx).await?;
                let became = match done::before(tx, one, &id.to_string()).await? {
                    Some(change) => Ok((String::new(), Ok(change))),
                    None => {
                        let became = messages::act(tx, workspace, id, deed, since, now).await;
                        remembered(tx, one, &id.to_string(), became).await
                    }
                };
                outcomes.push(end(tx, id, became).await?);
            }
            Ok(outcomes)
        })
    }

    async fn act_on_devices(
        &self,
        workspace: WorkspaceId,
        rows: Vec<Numbered>,
        deed: DeviceDeed,
        acting: Acting,
    ) -> Stored<Vec<DeviceOutcome>> {
        commit!(self, |tx| {
            let Acting { since, by, first, now } = acting;
            let mut outcomes = Vec::with_capacity(rows.len());
            let one = done::One { workspace, since, deed: deed.name() };
            for (place, (id, n)) in rows.into_iter().enumerate() {
                let deed = deed.clone();
                let command = first.nth(place * COMMANDS);
                let asked = devices::Asked { workspace, id, by, now, command };
                begin(tx).await?;
                let became = match done::before(tx, one, &id.to_string()).await? {
                    Some(change) => Ok((String::new(), Ok(change))),
                    None => {
                        let became = devices::act(tx, asked, n, deed).await;
                        remembered(tx, one, &id.to_string(), became).await
                    }
                };
                outcomes.push(end(tx, id, became).await?);
            }
            Ok(outcomes)
        })
    }

    async fn put_messages_back(
        &self,
        workspace: WorkspaceId,
        rows: Vec<(InvitationId, Change)>,
        now: Timestamp,
    ) -> Stored<Vec<MessageOutcome>> {
        commit!(self, |tx| {
            tx.undo();
            let mut outcomes = Vec::with_capacity(rows.len());
            for (id, change) in rows {
                begin(tx).await?;
                let became = messages::put_back(tx, workspace, id, change, now).await;
                outcomes.push(end(tx, id, became).await?);
            }
            Ok(outcomes)
        })
    }

    async fn put_devices_back(
        &self,
        workspace: WorkspaceId,
        rows: Vec<(DeviceId, Change)>,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Stored<Vec<DeviceOutcome>> {
        commit!(self, |tx| {
            tx.undo();
            let mut outcomes = Vec::with_capacity(rows.len());
            for (id, change) in rows {
                let asked =
                    devices::Asked { workspace, id, by, now, command: CommandId::from_bytes([0; 16]) };
                begin(tx).await?;
                let became = devices::put_back(tx, asked, change).await;
                outcomes.push(end(tx, id, became).await?);
            }
            Ok(outcomes)
        })
    }
}
