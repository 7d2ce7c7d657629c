//! Lists: what may be asked for. Sort columns and filters are enums, never text from outside (ABUSE A31).

use crate::{
    InvitationId, Timestamp, UserId,
    audit::Area,
    device::{Platform, Status},
    invitation::{Reach, State},
};
use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many rows match in all.
    pub total: u64,
}

/// Which page, and how long pages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// From 1.
    pub page: u32,
    /// Rows a page: 1 to [`Window::LARGE`]; a browser gets [`Window::MOST`] at most.
    pub size: u32,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), total: 0 }
    }
}

impl Default for Window {
    fn default() -> Self {
        Self { page: 1, size: 50 }
    }
}

impl Window {
    /// Rows a page at most, for a browser.
    pub const MOST: u32 = 200;
    /// Rows a page at most, for what reads whole lists.
    pub const LARGE: u32 = 5000;

    /// The same page with no more rows than a browser gets.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self { size: self.size.min(Self::MOST), ..self }
    }

    /// Rows to return, kept within bounds.
    #[must_use]
    pub fn limit(self) -> i64 {
        i64::from(self.size.clamp(1, Self::LARGE))
    }

    /// Rows to pass over.
    #[must_use]
    pub fn offset(self) -> i64 {
        i64::from(self.page.clamp(1, 1_000_000) - 1) * self.limit()
    }
}

/// By what the Users list is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserSort {
    /// By name.
    #[default]
    Name,
    /// By address.
    Email,
    /// By number of devices.
    Devices,
    /// By status.
    Status,
    /// By the time of the last message's state.
    Message,
    /// By when a device was last heard of.
    LastSeen,
}

/// How many connected devices a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceCount {
    /// None.
    None,
    /// Just one.
    One,
    /// Two and more.
    More,
}

/// What became of the last message to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Messaged {
    /// There was none.
    Never,
    /// There was one, whatever became of it.
    Ever,
    /// The last one is in one of [`State::OPEN`]: its link waits for a device.
    Open,
    /// The last one is in this state.
    State(State),
}

/// Which users. Who is meant fits all that is set; unset, a field leaves everybody in. So one that is not known is refused:
/// left out, it would mean more people than were meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserFilter {
    /// Found in name, address or a group's name; any case.
    pub search: String,
    /// Members of at least one of the groups of these names; any case.
    pub groups: Vec<String>,
    /// With an address, or without.
    pub address: Option<bool>,
    /// With so many connected devices.
    pub devices: Option<DeviceCount>,
    /// With this status.
    pub status: Option<Status>,
    /// By the last message.
    pub message: Option<Messaged>,
}

impl UserFilter {
    /// Were never sent a message.
    #[must_use]
    pub fn never_invited() -> Self {
        Self { message: Some(Messaged::Never), ..Self::default() }
    }

    /// Were sent a message, and have no connected device.
    #[must_use]
    pub fn not_connected() -> Self {
        Self { message: Some(Messaged::Ever), ..Self::without_device() }
    }

    /// Have an open message, and no connected device.
    #[must_use]
    pub fn waiting() -> Self {
        Self { message: Some(Messaged::Open), ..Self::without_device() }
    }

    /// Have no connected device.
    #[must_use]
    pub fn without_device() -> Self {
        Self { devices: Some(DeviceCount::None), ..Self::default() }
    }
}

/// A page of users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserQuery {
    /// Which.
    pub filter: UserFilter,
    /// In which order.
    pub sort: UserSort,
    /// The other way round.
    pub descending: bool,
    /// Which page.
    pub window: Window,
}

/// Users picked in the list: a description, not a list of ids, when all that match are meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Selection {
    /// Just these.
    These {
        /// Their ids.
        ids: Vec<UserId>,
    },
    /// All that match, but for a few.
    Matching {
        /// Which.
        filter: UserFilter,
        /// Unticked afterwards.
        except: Vec<UserId>,
    },
}

/// Who of a selection is left out of a send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeaveOut {
    /// Who has a connected device.
    pub connected: bool,
    /// Who has a message whose link is open.
    pub open: bool,
}

/// By what the list of groups is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupSort {
    /// By name.
    #[default]
    Name,
    /// By number of members.
    Users,
    /// By the part of the members that have a connected device.
    Connected,
}

/// A page of groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupQuery {
    /// Found in the name; any case.
    pub search: String,
    /// In which order.
    pub sort: GroupSort,
    /// The other way round.
    pub descending: bool,
    /// Which page.
    pub window: Window,
}

/// Which entries of the audit log; the newest come first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Words that the author's, the subject's or a value's text has.
    #[serde(default)]
    pub search: String,
    /// About this alone.
    pub area: Option<Area>,
    /// By this author alone ([`crate::audit::By::key`]).
    pub author: Option<String>,
    /// From this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Which part.
    #[serde(default)]
    pub window: Window,
}

/// By what the Devices list is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceSort {
    /// By name.
    #[default]
    Name,
    /// By the owner's name.
    Owner,
    /// By platform and version.
    Platform,
    /// By model.
    Model,
    /// By status.
    Status,
    /// By when it was last heard of.
    LastSeen,
}

/// A page of devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceQuery {
    /// Found in name, model, owner; any case.
    pub search: String,
    /// Of this user alone.
    pub owner: Option<UserId>,
    /// With this status alone.
    pub status: Option<Status>,
    /// On this platform alone.
    pub platform: Option<Platform>,
    /// Those that are connected alone, or those that left.
    pub connected: Option<bool>,
    /// Connected for the first time at this moment or later.
    pub since: Option<Timestamp>,
    /// Connected for the first time before this moment.
    pub until: Option<Timestamp>,
    /// In which order.
    pub sort: DeviceSort,
    /// The other way round.
    pub descending: bool,
    /// Which page.
    pub window: Window,
}

/// A page of invitations, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InvitationQuery {
    /// Found in the person's name or address; any case.
    pub search: String,
    /// For this user alone.
    pub user: Option<UserId>,
    /// In this state alone.
    pub state: Option<State>,
    /// Whose person asks for a new link alone.
    pub asking: bool,
    /// Made at this moment or later (to the millisecond).
    pub since: Option<Timestamp>,
    /// That came at least so far.
    pub reached: Option<Reach>,
    /// Whose link is open ([`State::OPEN`]) and ends at this moment or before.
    pub ends: Option<Timestamp>,
    /// Whose link is open, and whose person has no connected device, alone.
    pub waiting: bool,
    /// That were opened on an iPhone or iPad while the workspace had no APNs certificate, and wait for it, alone.
    pub apple: bool,
    /// Just this one.
    pub id: Option<InvitationId>,
    /// Which page.
    pub window: Window,
}

/// How far back figures look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 7 days.
    Week,
    /// 14 days.
    #[default]
    Fortnight,
    /// 30 days.
    Month,
    /// 90 days.
    Quarter,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Week, Self::Fortnight, Self::Month, Self::Quarter];

    /// Its days, today with them.
    #[must_use]
    pub fn days(self) -> u32 {
        match self {
            Self::Week => 7,
            Self::Fortnight => 14,
            Self::Month => 30,
            Self::Quarter => 90,
        }
    }

    /// The one of so many days.
    #[must_use]
    pub fn of(days: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.days() == days)
    }
}
