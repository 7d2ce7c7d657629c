//! One device of many.

use super::{Became, gone};
use crate::sqlite::{
    commands,
    devices::{acts, get},
    writer::Tx,
};
use muster_domain::{
    AccountId, CommandId, DeviceId, PersonName, Timestamp, UserId, WorkspaceId,
    bulk::{Change, DeviceDeed, Refused, device_name, pattern::Values},
    command::{Abilities, Order, possible},
    device::Device,
    ports::{StoreError, Stored},
};

/// Which device, who asks, and when.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) workspace: WorkspaceId,
    pub(super) id: DeviceId,
    pub(super) by: Option<AccountId>,
    pub(super) now: Timestamp,
    /// The id for a command.
    pub(super) command: CommandId,
}

async fn find(tx: &mut Tx<'_>, asked: Asked) -> Stored<Option<Device>> {
    match get(tx, asked.workspace, asked.id).await {
        Ok(device) => Ok(Some(device)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Does it. What is so already is left alone, without an entry.
pub(super) async fn act(tx: &mut Tx<'_>, asked: Asked, n: u32, deed: DeviceDeed) -> Stored<Became> {
    let Some(device) = find(tx, asked).await? else { return Ok(gone()) };
    let became = match deed {
        DeviceDeed::Rename { pattern } => match pattern.render(&Values::from(&device), n) {
            Ok(name) => rename(tx, asked, &device, &name).await?,
            Err(why) => Err(Refused::Name(why)),
        },
        DeviceDeed::Move { owner } => give(tx, asked, &device, owner).await?,
        DeviceDeed::Delete => {
            acts::delete(tx, asked.workspace, asked.id, asked.now).await.map(|()| Ok(None))?
        }
        DeviceDeed::Order { order, .. } => tell(tx, asked, &device, &order).await?,
    };
    Ok((named(&device), became))
}

fn named(device: &Device) -> String {
    device_name(&device.name, &device.owner_name)
}

/// Tells it to do something, if it can.
async fn tell(
    tx: &mut Tx<'_>,
    asked: Asked,
    device: &Device,
    order: &Order,
) -> Stored<Result<Option<Change>, Refused>> {
    let left = device.left_at.is_some();
    let abilities = Abilities { platform: device.platform, left, facts: &device.facts };
    if let Err(why) = possible(order.kind(), abilities) {
        return Ok(Err(Refused::Unable(why)));
    }
    commands::add(tx, asked.workspace, asked.id, asked.command, order, asked.now).await?;
    Ok(Ok(None))
}

async fn rename(
    tx: &mut Tx<'_>,
    asked: Asked,
    device: &Device,
    name: &PersonName,
) -> Stored<Result<Option<Change>, Refused>> {
    if name.as_str() == device.name {
        return Ok(Ok(None));
    }
    acts::rename(tx, asked.workspace, asked.id, name, asked.by, asked.now).await?;
    Ok(Ok(Some(Change::Name { was: device.name.clone(), set: name.to_string() })))
}

async fn give(
    tx: &mut Tx<'_>,
    asked: Asked,
    device: &Device,
    owner: UserId,
) -> Stored<Result<Option<Change>, Refused>> {
    if device.owner == owner {
        return Ok(Ok(None));
    }
    match acts::give(tx, asked.workspace, asked.id, owner, asked.by, asked.now).await {
        Ok(()) => Ok(Ok(Some(Change::Owner { was: device.owner, set: owner }))),
        // The device is there: it is the person who is not.
        Err(StoreError::NotFound) => Ok(Err(Refused::NoOwner)),
        Err(error) => Err(error),
    }
}

/// Puts back what it was, where it is still as the act left it; or is as it was already, since an answer was lost.
pub(super) async fn put_back(tx: &mut Tx<'_>, asked: Asked, change: Change) -> Stored<Became> {
    let Some(device) = find(tx, asked).await? else { return Ok(gone()) };
    let became = match change {
        Change::Name { was, set } if device.name == set || device.name == was => match was.parse() {
            Ok(was) => rename(tx, asked, &device, &was).await?.map(|_| None),
            Err(why) => Err(Refused::Name(why)),
        },
        Change::Owner { was, set } if device.owner == set || device.owner == was => {
            give(tx, asked, &device, was).await?.map(|_| None)
        }
        _ => Err(Refused::Changed),
    };
    Ok((named(&device), became))
}
