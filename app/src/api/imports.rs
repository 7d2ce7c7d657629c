//! People in: what is pasted, and files in two steps.

#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::{EmailAddress, UserId, account::Permission, ports::Import};
use muster_domain::{
    PersonName,
    import::{Change, Grouping},
    ports::Imported,
    user::UserDetails,
};
use muster_roster::{
    columns::Column,
    encoding::{Encoding, Unreadable},
    limits::TooMuch,
    pasted::Pasted,
    people::{Bad, Why},
    table::{self, Delimiter, Row},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a file is read; what is unset is guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct How {
    /// How its text is written in bytes.
    pub encoding: Option<Encoding>,
    /// What stands between its cells.
    pub delimiter: Option<Delimiter>,
    /// Whether its first row names the columns.
    pub header: Option<bool>,
    /// What its columns mean.
    pub columns: Option<Vec<Column>>,
    /// The lines of rows that are left out.
    pub left_out: BTreeSet<u32>,
    /// Whether all rows that would have to be mended are left out.
    pub without_bad: bool,
    /// Names that were typed instead of those made of addresses, by the lines of their rows.
    pub named: BTreeMap<u32, PersonName>,
    /// What its groups are to who is there already.
    pub groups: Grouping,
}

/// Which of a file's rows are looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// All of them.
    #[default]
    All,
    /// Those that change who is there already.
    Updates,
    /// Those whose name was made of the address, whether it was corrected or not.
    Made,
    /// Those that have to be mended.
    Bad,
    /// Those that are left out.
    LeftOut,
}

impl Which {
    /// All of them, in the order of their buttons.
    pub const ALL: [Self; 5] = [Self::All, Self::Updates, Self::Made, Self::Bad, Self::LeftOut];
}

/// Rows of a long page, for who looks through them.
pub const LONG: u64 = 50;

/// The part of a file's rows that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Part {
    /// Which rows.
    pub which: Which,
    /// How many pages of them come before.
    pub page: u32,
    /// Whether a page is a long one.
    pub long: bool,
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Somebody is added.
    New {
        /// Their name, if it was made of the address, or typed instead of that.
        made: Option<PersonName>,
    },
    /// Somebody is there already.
    There {
        /// Who.
        name: PersonName,
        /// What is changed of them.
        change: Change,
    },
    /// It has to be mended.
    Bad {
        /// All that is wrong with it.
        why: Vec<Why>,
    },
    /// It is left out: by itself, or with all that would have to be mended.
    LeftOut {
        /// Whether by itself.
        alone: bool,
    },
}

/// A row, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// It.
    pub row: Row,
    /// What becomes of it.
    pub fate: Fate,
}

/// How many people an import changes, and in what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// People who are changed in anything.
    pub people: u64,
    /// People who get another name.
    pub renamed: u64,
    /// People who join a group.
    pub joining: u64,
    /// People who leave a group.
    pub leaving: u64,
    /// People who get another language.
    pub language: u64,
}

/// Why a file has no rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It is no text.
    Unreadable(Unreadable),
    /// Its text is no table.
    Table(table::Refused),
}

/// What a file says, before anything is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// How its text is written.
    pub encoding: Encoding,
    /// What stands between its cells.
    pub delimiter: Delimiter,
    /// Whether its first row names the columns.
    pub header: bool,
    /// What the columns mean.
    pub columns: Vec<Column>,
    /// The names of the columns; empty without a header.
    pub names: Vec<String>,
    /// The part of the rows that is shown.
    pub shown: Vec<Shown>,
    /// How many rows of it come before.
    pub before: u64,
    /// How many rows there are of each kind ([`Which::ALL`]).
    pub kinds: [u64; 5],
    /// Rows in all, without those that are left out.
    pub rows: u64,
    /// People who would be added.
    pub new: u64,
    /// People who are there already.
    pub there: u64,
    /// What would be changed of them.
    pub changes: Changes,
    /// The first rows that have to be mended or left out.
    pub bad: Vec<Bad>,
    /// How many these are in all.
    pub bad_total: u64,
    /// Rows that are left out.
    pub left_out: u64,
    /// Groups that would be made.
    pub groups: Vec<String>,
    /// Groups that somebody would leave.
    pub left: Vec<String>,
}

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writing {
    /// It was not begun.
    NotBegun,
    /// It is being written, and nothing of it is there before all is.
    Going {
        /// People written so far.
        written: u64,
        /// People in all.
        total: u64,
    },
    /// All are written.
    Done(Imported),
    /// Nothing is written.
    Failed,
}

/// What a file says, read like this.
///
/// # Errors
/// [`AppError`]; [`AppError::NotFound`] when the file is not here (any more).
#[server(endpoint = "import_look", prefix = "/api/fn", protocol = Wire)]
pub async fn import_look(
    /// Which file.
    upload: String,
    /// How it is read.
    how: How,
    /// Which of its rows are shown.
    part: Part,
) -> Result<Result<Look, Refusal>, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.imports.look(&who, &upload, how, part).await?)
}

/// Begins to write a file's people: all or none.
///
/// # Errors
/// [`AppError`]; [`AppError::NotFound`] when the file is not here, [`AppError::Conflict`] when rows of it have to be
/// mended first or it is being written already.
#[server(endpoint = "import_write", prefix = "/api/fn", protocol = Wire)]
pub async fn import_write(
    /// Which file.
    upload: String,
    /// How it is read.
    how: How,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.imports.write(&who, s.ports.store.clone(), &upload, how).await?)
}

/// How far it is.
///
/// # Errors
/// [`AppError`]; [`AppError::NotFound`] when the file is not here (any more).
#[server(endpoint = "import_state", prefix = "/api/fn", protocol = Wire)]
pub async fn import_state(
    /// Which file.
    upload: String,
) -> Result<Writing, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.imports.state(&who, &upload)?)
}

/// What a pasted text says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastedPeople {
    /// The people, and what is none.
    pub pasted: Pasted,
    /// The names of those who are there already, by the address's key.
    pub there: BTreeMap<String, String>,
}

/// What a pasted text says.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "pasted_look", prefix = "/api/fn", protocol = Wire)]
pub async fn pasted_look(
    /// What was pasted.
    text: String,
) -> Result<Result<PastedPeople, TooMuch>, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    let pasted = match muster_roster::pasted::read(&text) {
        Ok(pasted) => pasted,
        Err(why) => return Ok(Err(why)),
    };
    let addresses: Vec<EmailAddress> = pasted.people.iter().filter_map(|p| p.details.email.clone()).collect();
    let there = s.ports.store.names_of(who.workspace, &addresses).await?;
    Ok(Ok(PastedPeople { pasted, there }))
}

/// Adds people. Who has their address already stays as they are, but for the groups, which all of them join.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "people_add", prefix = "/api/fn", protocol = Wire)]
pub async fn people_add(
    /// They, with their names as corrected; the same groups for all.
    people: Vec<UserDetails>,
    /// The groups.
    groups: Vec<PersonName>,
) -> Result<Imported, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    let (store, now) = (&s.ports.store, s.ports.clock.now());
    let mut there = store.there(who.workspace, &people).await?;
    let mut import = Import::default();
    for person in people {
        let id = UserId::new(now, &*s.ports.secrets);
        let known = there.find(&person).map(|known| known.details);
        if known.is_some() {
            import.invented.insert(id);
        }
        let details = known.unwrap_or(person);
        import.users.push((id, UserDetails { groups: groups.clone(), ..details }));
    }
    Ok(store.import_users(who.workspace, import, now).await?)
}
