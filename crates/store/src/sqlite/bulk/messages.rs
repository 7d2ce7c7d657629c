//! One message of many.

use super::{Became, gone};
use crate::sqlite::{
    invitations::{self, SELECT, acts},
    writer::Tx,
};
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    bulk::{Change, MessageDeed, Refused, Since},
    invitation::{Act, Invitation},
    ports::{StoreError, Stored},
    time::DAY,
};
use sqlx::AssertSqlSafe;

/// How far ahead a link ends at most, as a single act lets it.
const FURTHEST: i64 = 90 * DAY;

async fn get(tx: &mut Tx<'_>, workspace: WorkspaceId, id: InvitationId) -> Stored<Option<Invitation>> {
    let sql = format!("{SELECT} WHERE i.workspace_id = $1 AND i.id = $2");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id.to_string());
    tx.row(query).await?.as_ref().map(invitations::row).transpose()
}

/// Until when its link would work.
fn end(deed: &MessageDeed, since: Since) -> Option<Timestamp> {
    match deed {
        MessageDeed::Extend { days } => Some(since.begun().plus_days(*days)),
        MessageDeed::Resend | MessageDeed::Revoke => None,
    }
}

/// Does it, if the rules of the single act allow it.
pub(super) async fn act(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    deed: MessageDeed,
    since: Since,
    now: Timestamp,
) -> Stored<Became> {
    let Some(message) = get(tx, workspace, id).await? else { return Ok(gone()) };
    let name = message.user_name.clone();
    let single = match deed {
        MessageDeed::Resend => Act::Resend,
        MessageDeed::Revoke => Act::Revoke,
        MessageDeed::Extend { .. } => Act::Extend,
    };
    if let Some(why) = message.refuses(single, now) {
        return Ok((name, Err(why)));
    }
    let set = end(&deed, since);
    if let Some(why) = set.and_then(|set| message.refuses_end(set)) {
        return Ok((name, Err(why)));
    }
    let change = match deed {
        MessageDeed::Resend => acts::resend(tx, workspace, id, now).await.map(|()| None),
        MessageDeed::Revoke => acts::revoke(tx, workspace, id, now).await.map(|()| None),
        MessageDeed::Extend { days } => {
            let set = since.begun().plus_days(days);
            let was = message.expires_at;
            acts::extend(tx, workspace, id, set, now).await.map(|()| Some(Change::End { was, set }))
        }
    };
    match change {
        Ok(change) => Ok((name, Ok(change))),
        // The rules above know of all states but those in which a device connects just now.
        Err(StoreError::State) => Ok((name, Err(Refused::Connecting))),
        Err(error) => Err(error),
    }
}

/// Takes an extension back.
pub(super) async fn put_back(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    change: Change,
    now: Timestamp,
) -> Stored<Became> {
    let Some(message) = get(tx, workspace, id).await? else { return Ok(gone()) };
    let name = message.user_name;
    let Change::End { was, set } = change else { return Ok((name, Err(Refused::Changed))) };
    // It is as it was: the answer of a former attempt was lost.
    if message.expires_at == was {
        return Ok((name, Ok(None)));
    }
    if was > now.plus(FURTHEST) {
        return Ok((name, Err(Refused::Changed)));
    }
    match acts::unextend(tx, workspace, id, &acts::End { was, set }, now).await {
        Ok(()) => Ok((name, Ok(None))),
        Err(StoreError::State) => Ok((name, Err(Refused::Changed))),
        Err(error) => Err(error),
    }
}
