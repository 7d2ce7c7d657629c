//! What a company wants of its Android devices with the Headwind agent: which fields there are, what may stand in them, what differs
//! between two versions, and what a device lacks of what it was told.
//!
//! [`ConfigurationSettings`] is what holds; [`Form`] is the same as texts, as it is typed, stored and compared.

mod cell;
mod check;
mod choices;
mod difference;
mod field;
mod form;
mod json;
mod lacking;
mod list;
mod merge;
mod values;

pub use cell::{Choice, Kind};
pub use difference::{Difference, differences};
pub use field::{ConfigurationSettings, Field, MOST_ROWS, Section};
pub use form::{Entry, Fault, Form, Problem};
pub use json::{Unread, WrittenSettings};
pub use lacking::{Lack, Lacking, MOST_LACKING, Present, apps_lacking, files_lacking};
pub use list::{Action, App, AppSetting, Column, ColumnKind, File, LogRule, Page};
pub use merge::{Clash, Merged, one_of};
pub use values::{
    Address, AppPermissions, Below, Brightness, Colour, Downloads, Hours, IconSize, Line, Locating, LogLevel,
    Md5, Orientation, Package, PasswordQuality, Percent, Position, Seconds, Since, SystemUpdates, TimeZone,
    Words,
};

/// The package of the agent as it is published.
pub const AGENT: &str = "com.hmdm.launcher";

#[cfg(test)]
mod tests;
