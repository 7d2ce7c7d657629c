//! By which way those who match a filter are found: the cheapest, told from what is kept of how many there are.

use super::{filter::asks_of_row, kinds::Kinds};
use crate::sqlite::Sqlite;
use muster_domain::{
    WorkspaceId,
    invitation::State,
    ports::Stored,
    query::{DeviceCount, Messaged, UserFilter, Window},
};

/// Looking somebody up by an index costs as much as so many entries of an index that are read in a row.
const LOOK_UP: u64 = 20;
/// So many times as far a list may have to be walked through as if those who match lay evenly in it: all who have no address may
/// have names with the same letter.
const UNEVEN: u64 = 8;

/// The way to those who match: it costs too much to look up nearly everybody one by one, or to walk
/// through everybody for a few.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sqlite) enum Found {
    /// They are looked up one by one, and sorted.
    Few,
    /// An index leads to who fits one thing that is asked; of these, who fits the rest is sorted.
    Led(By),
    /// The index of what can be filtered by is walked through, and who matches is sorted.
    Filtered,
    /// The index that has what is searched in is walked through, and who matches is sorted.
    Many,
    /// Everybody is walked through in the order of the list, until there are enough for a page.
    Most,
}

impl Found {
    /// The table, and which of its indexes is walked through where that is not for SQLite to choose.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Led(By::Address) => "user u INDEXED BY user_email",
            Self::Led(By::Devices) => "user u INDEXED BY user_by_devices",
            Self::Led(By::Status) => "user u INDEXED BY user_by_status",
            Self::Led(By::Message) | Self::Filtered => "user u INDEXED BY user_by_message",
            Self::Many => "user u INDEXED BY user_by_name",
            Self::Led(By::State) | Self::Few | Self::Most => "user u",
        }
    }
}

/// What is asked, and an index has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sqlite) enum By {
    /// Who has no address.
    Address,
    Devices,
    Status,
    /// Who was never, or was ever, sent a message.
    Message,
    /// In which state the last message is: by the messages that are in it.
    State,
}

/// The states that are asked for, of those that a message can be in.
pub(super) fn states(message: Option<Messaged>) -> Option<Vec<State>> {
    match message? {
        Messaged::Never | Messaged::Ever => None,
        Messaged::Open => Some(State::OPEN.to_vec()),
        Messaged::State(state) => Some(vec![state]),
    }
}

/// What it costs to find who fits what is asked of the row itself by each of the indexes that have some of it, in rows that are looked up.
/// `messages`: how many messages are in one of the states that are asked for.
fn by_row(filter: &UserFilter, kinds: &Kinds, messages: u64) -> Vec<(u64, Found)> {
    let UserFilter { search: _, groups: _, address, devices, status, message } = filter;
    let mut ways = Vec::new();
    let mut led = |by: By, alone: UserFilter| ways.push((kinds.count(&alone), Found::Led(by)));
    if *address == Some(false) {
        led(By::Address, UserFilter { address: *address, ..UserFilter::default() });
    }
    if devices.is_some() {
        led(By::Devices, UserFilter { devices: *devices, ..UserFilter::default() });
    }
    if status.is_some() {
        led(By::Status, UserFilter { status: *status, ..UserFilter::default() });
    }
    if let Some(Messaged::Never | Messaged::Ever) = message {
        led(By::Message, UserFilter { message: *message, ..UserFilter::default() });
    }
    if states(*message).is_some() {
        // Each message is looked up, and then its person.
        ways.push((messages.saturating_mul(2), Found::Led(By::State)));
    }
    if asks_of_row(filter) {
        let walked = kinds.count(&UserFilter::default()) / LOOK_UP;
        ways.push((kinds.count(filter).saturating_add(walked), Found::Filtered));
    }
    ways
}

/// Whether nothing but that is asked of the row itself, which a group has a count of.
fn only_without_device(filter: &UserFilter) -> bool {
    let UserFilter { search: _, groups: _, address, devices, status, message } = filter;
    *devices == Some(DeviceCount::None) && address.is_none() && status.is_none() && message.is_none()
}

impl Sqlite {
    /// How many match, and the way to those of a page, where no words are looked for.
    pub(super) async fn without_words(
        &self,
        workspace: WorkspaceId,
        filter: &UserFilter,
        window: Window,
    ) -> Stored<(u64, Found)> {
        let kinds = self.kinds(workspace).await?;
        let everyone = kinds.count(&UserFilter::default());
        let sizes = self.sizes(workspace, &filter.groups).await?;
        // Whoever is asked for is in a group that has everybody.
        let of_groups = !filter.groups.is_empty() && sizes.iter().all(|size| size.people < everyone);
        let messages = match states(filter.message) {
            Some(states) => self.in_states(workspace, &states).await?,
            None => 0,
        };
        let mut ways = by_row(filter, &kinds, messages);
        // Whether somebody is in a group is another look.
        let looks = if of_groups { 2 } else { 1 };
        for (cost, _) in &mut ways {
            *cost = cost.saturating_mul(looks);
        }
        let total = if of_groups {
            ways.push((sizes.iter().map(|size| size.people).sum(), Found::Few));
            match (sizes.as_slice(), only_without_device(filter)) {
                ([group], true) => group.people - group.connected,
                _ => self.count(workspace, filter, cheapest(&ways)).await?,
            }
        } else {
            kinds.count(filter)
        };
        // So many are walked past until the page is full.
        let rows = u64::try_from(window.offset() + window.limit()).unwrap_or(u64::MAX);
        let walked = everyone.min(rows.saturating_mul(everyone).saturating_mul(UNEVEN) / total.max(1));
        ways.push((walked.saturating_mul(looks), Found::Most));
        Ok((total, cheapest(&ways)))
    }
}

fn cheapest(ways: &[(u64, Found)]) -> Found {
    ways.iter().min_by_key(|(cost, _)| *cost).map_or(Found::Most, |(_, way)| *way)
}
