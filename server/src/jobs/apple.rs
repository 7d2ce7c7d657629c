//! What Apple's devices are asked by itself: how they are, each day; and to get another identity before theirs ends.

use muster_domain::{
    CommandId, DeviceId, WorkspaceId,
    command::{CommandKind, Order},
    ports::{StoreError, Stored},
    time::DAY,
    usecase::Ports,
};

/// A device is asked how it is once in so long.
const ASKED: i64 = DAY;
/// An identity is renewed in its last so many days: a device may be switched off for weeks.
const RENEWED: i64 = 30 * DAY;
/// So many devices at a look, so that other writers get their turn; the others come with the next look.
const AT_ONCE: usize = 200;

async fn order(ports: &Ports, workspace: WorkspaceId, devices: &[DeviceId], kind: CommandKind) -> Stored<()> {
    for device in devices.iter().take(AT_ONCE) {
        let now = ports.clock.now();
        let id = CommandId::new(now, &*ports.secrets);
        match ports.store.add_command(workspace, *device, id, &Order::plain(kind), now).await {
            // It cannot do it, or has left meanwhile.
            Ok(_) | Err(StoreError::State | StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// One look at a workspace's devices.
///
/// # Errors
/// When the store fails.
pub async fn look(ports: &Ports, workspace: WorkspaceId) -> Stored<()> {
    let (store, now) = (&ports.store, ports.clock.now());
    let asked = store.devices_to_ask(workspace, now.plus(-ASKED)).await?;
    order(ports, workspace, &asked, CommandKind::Report).await?;
    // The new profile names the topic: without a certificate there is none to make.
    if store.push_certificate(workspace).await?.is_some_and(|c| c.holds_at(now)) {
        let ending = store.identities_ending(workspace, now.plus(RENEWED), now.plus(-ASKED)).await?;
        order(ports, workspace, &ending, CommandKind::RenewIdentity).await?;
    }
    Ok(())
}
