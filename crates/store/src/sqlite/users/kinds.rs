//! How many people there are of each kind, as triggers keep it (migration 0070), and what it costs to find some of them.

use crate::sqlite::{
    Sqlite, failed,
    row::{Read, damaged},
};
use muster_domain::{
    WorkspaceId,
    device::Status,
    invitation::State,
    ports::Stored,
    query::{DeviceCount, Messaged, UserFilter},
};

/// All of whose rows answer alike to what can be asked of a row.
struct Kind {
    has_address: bool,
    devices: DeviceCount,
    status: Option<Status>,
    message: Option<State>,
    people: u64,
}

impl Kind {
    /// Whether its people are meant, by what is asked of the row itself.
    fn fits(&self, filter: &UserFilter) -> bool {
        let UserFilter { search: _, groups: _, address, devices, status, message } = filter;
        address.is_none_or(|has| has == self.has_address)
            && devices.is_none_or(|devices| devices == self.devices)
            && status.is_none_or(|status| Some(status) == self.status)
            && message.is_none_or(|message| match message {
                Messaged::Never => self.message.is_none(),
                Messaged::Ever => self.message.is_some(),
                Messaged::Open => self.message.is_some_and(|state| State::OPEN.contains(&state)),
                Messaged::State(state) => self.message == Some(state),
            })
    }
}

/// The kinds of a workspace's people.
pub(super) struct Kinds(Vec<Kind>);

impl Kinds {
    /// How many fit what is asked of the row itself.
    pub(super) fn count(&self, filter: &UserFilter) -> u64 {
        self.0.iter().filter(|kind| kind.fits(filter)).map(|kind| kind.people).sum()
    }
}

impl Sqlite {
    /// As one row, since each is a message between threads.
    pub(super) async fn kinds(&self, workspace: WorkspaceId) -> Stored<Kinds> {
        let sql = "SELECT coalesce(json_group_array(json_array(has_address, devices, status, message_state, user_count)), '[]') AS kinds
            FROM user_kind WHERE workspace_id = $1 AND user_count > 0";
        let query = sqlx::query(sql).bind(workspace.to_string());
        let kinds: Vec<(i64, i64, i64, String, u64)> =
            query.fetch_one(&self.readers).await.map_err(failed)?.json("kinds")?;
        let kind = |(has_address, devices, status, message, people): (i64, i64, i64, String, u64)| {
            Ok(Kind {
                has_address: has_address != 0,
                devices: match devices {
                    0 => DeviceCount::None,
                    1 => DeviceCount::One,
                    _ => DeviceCount::More,
                },
                status: Status::from_rank(status),
                message: match message.as_str() {
                    "" => None,
                    name => Some(State::from_name(name).ok_or_else(|| damaged("message_state"))?),
                },
                people,
            })
        };
        kinds.into_iter().map(kind).collect::<Stored<_>>().map(Kinds)
    }
}
