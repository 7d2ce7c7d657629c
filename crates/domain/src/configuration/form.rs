//! A configuration as it is typed: texts by field, rows of texts by list. And what is wrong with it.

use super::{
    field::{ConfigurationSettings, Field, MOST_ROWS},
    list::Column,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What stands in one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which.
    pub field: Field,
    /// Its text; empty for a list.
    pub text: String,
    /// Its rows, cell by cell in the order of the list's columns.
    pub rows: Vec<Vec<String>>,
}

/// What stands in all fields. What is empty need not be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Field by field.
    pub entries: Vec<Entry>,
}

/// What is wrong with one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which field.
    pub field: Field,
    /// Which row of it, from 0.
    pub row: Option<usize>,
    /// Which column of it.
    pub column: Option<Column>,
    /// What.
    pub fault: Fault,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing stands where something must.
    #[error("fill this in")]
    Missing,
    /// No such name.
    #[error("choose one of the names that there are")]
    Choice,
    /// No number, or one out of its range.
    #[error("type a whole number from {least} to {most}")]
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// No package.
    #[error("type the name of a package, such as com.example.app")]
    Package,
    /// Too long, or more than a line.
    #[error("type one line of at most {most} characters")]
    Line {
        /// Characters at most.
        most: u32,
    },
    /// No address.
    #[error("type an address that begins with https://, without a password in it")]
    Address,
    /// No colour.
    #[error("type a colour such as #1a73e8")]
    Colour,
    /// A path that leads elsewhere.
    #[error("type a path below the phone's storage, such as Download/plan.pdf, without .. in it")]
    Path,
    /// No MD5.
    #[error("type an MD5 of 32 hexadecimal digits in lower case")]
    Checksum,
    /// No time zone.
    #[error("type the name of a time zone such as Europe/Berlin, or auto{}", meant(.near.as_deref()))]
    TimeZone {
        /// The one that was most likely meant.
        near: Option<String>,
    },
    /// Android can forbid no such thing.
    #[error("Android knows no restriction {name:?}{}", meant(.near.as_deref()))]
    Restriction {
        /// What stands there.
        name: String,
        /// The one that was most likely meant.
        near: Option<String>,
    },
    /// No list of names.
    #[error("type names with commas between them, 100 at most")]
    Words,
    /// No brightness.
    #[error("type auto, or a whole number from 0 to 100")]
    Brightness,
    /// No hours.
    #[error("type two different times such as 22:00-05:00")]
    Hours,
    /// No system updates.
    #[error("type default, instant, manual, or hours such as 22:00-05:00")]
    SystemUpdates,
    /// It is in the list already.
    #[error("this is in the list already: keep one of the two rows")]
    Twice,
    /// It is about kiosk mode, which is off.
    #[error("this needs kiosk mode: name the app that fills the screen, or leave this as it is")]
    NeedsKiosk,
    /// Kiosk mode is on, where the agent has to be the home screen.
    #[error("kiosk mode needs the agent as the home screen: say yes, or leave this as it is")]
    KioskNeedsHome,
    /// The app of kiosk mode is to be removed.
    #[error("this app fills the screen in kiosk mode: do not remove it")]
    KioskRemoved,
    /// The agent is to be removed.
    #[error("this is the agent itself: without it the device is not managed any more")]
    AgentRemoved,
    /// There is no address to fetch it from.
    #[error("type the address from which it is fetched, or say that it is removed")]
    NeedsAddress,
    /// Hosts without schemes mean nothing.
    #[error("hosts count with schemes alone: type schemes such as https")]
    NeedsSchemes,
    /// More rows than there can be.
    #[error("at most {most} rows: take some out")]
    Many {
        /// How many.
        most: u32,
    },
    /// What belongs to volume, without one.
    #[error("a volume that is locked needs a volume: type it, or leave this as it is")]
    NeedsVolume,
}

fn meant(near: Option<&str>) -> String {
    near.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default()
}

impl fmt::Display for Problem {
    /// In English, for the command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.name())?;
        if let Some(row) = self.row {
            write!(f, "[{row}]")?;
        }
        if let Some(column) = self.column {
            write!(f, ".{}", column.name())?;
        }
        write!(f, ": {}", self.fault)
    }
}

impl std::error::Error for Problem {}

impl Form {
    /// What stands in a field.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        self.entries.iter().find(|entry| entry.field == field).map_or("", |entry| &entry.text)
    }

    /// The rows of a list.
    #[must_use]
    pub fn rows(&self, field: Field) -> &[Vec<String>] {
        self.entries.iter().find(|entry| entry.field == field).map_or(&[], |entry| &entry.rows)
    }

    /// The entry of a field, for writing.
    pub fn entry(&mut self, field: Field) -> &mut Entry {
        let place = self.entries.iter().position(|entry| entry.field == field);
        let place = place.unwrap_or_else(|| {
            self.entries.push(Entry { field, text: String::new(), rows: Vec::new() });
            self.entries.len() - 1
        });
        &mut self.entries[place]
    }

    /// The configuration that it means.
    ///
    /// # Errors
    /// All that is wrong, in the order of the fields.
    pub fn settings(&self) -> Result<ConfigurationSettings, Vec<Problem>> {
        let settings = self.kept()?;
        let problems = settings.check_names();
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    /// The same of what was checked when it was saved: names that others decide on may be other ones since.
    pub(super) fn kept(&self) -> Result<ConfigurationSettings, Vec<Problem>> {
        let mut problems = Vec::new();
        for entry in &self.entries {
            if entry.rows.len() > MOST_ROWS {
                let fault = Fault::Many { most: MOST_ROWS as u32 };
                return Err(vec![Problem { field: entry.field, row: None, column: None, fault }]);
            }
        }
        let settings = ConfigurationSettings::read(self, |problem| problems.push(problem));
        if problems.is_empty() {
            problems = settings.check();
        }
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }
}
