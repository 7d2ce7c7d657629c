//! The lists of a configuration: what a row of each has, column by column.

use super::{
    cell::{Cell, Kind},
    field::Field,
    form::{Fault, Problem},
    values::{Address, Below, Line, LogLevel, Md5, Package, Position, Since, Words},
};
use serde::{Deserialize, Serialize};

/// What is known of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnKind {
    /// Which.
    pub column: Column,
    /// How it is filled in.
    pub kind: Kind,
    /// Whether something has to stand there.
    pub required: bool,
}

/// A row of a list, from its cells and back.
pub(super) trait Row: Sized {
    const COLUMNS: &'static [ColumnKind];
    fn read(cells: &[String], problem: impl FnMut(Problem), place: (Field, usize)) -> Option<Self>;
    fn cells(&self) -> Vec<String>;
}

macro_rules! rows {
    ($($(#[$doc:meta])* $row:ident { $($(#[$cdoc:meta])* $column:ident $name:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $row { $($(#[$cdoc])* pub $name: $type),+ }

        impl Row for $row {
            const COLUMNS: &'static [ColumnKind] = &[$(ColumnKind {
                column: Column::$column,
                kind: <$type as Cell>::KIND,
                required: <$type as Cell>::REQUIRED,
            }),+];

            fn read(cells: &[String], mut problem: impl FnMut(Problem), (field, row): (Field, usize)) -> Option<Self> {
                let mut cells = cells.iter();
                $(let text = cells.next().map_or("", |cell| cell.trim());
                let is_missing = text.is_empty() && <$type as Cell>::REQUIRED;
                let $name = match if is_missing { Err(Fault::Missing) } else { <$type as Cell>::read(text) } {
                    Ok(value) => Some(value),
                    Err(fault) => {
                        problem(Problem { field, row: Some(row), column: Some(Column::$column), fault });
                        None
                    }
                };)+
                Some(Self { $($name: $name?),+ })
            }

            fn cells(&self) -> Vec<String> {
                vec![$(self.$name.written()),+]
            }
        }
    )+};
}

macro_rules! columns {
    ($($(#[$doc:meta])* $column:ident = $name:literal),+ $(,)?) => {
        /// A column of a list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Column { $($(#[$doc])* $column),+ }

        impl Column {
            /// Its name in documents.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$column => $name),+ }
            }
        }
    };
}

columns! {
    /// Whose.
    Package = "package",
    /// What it is called.
    Name = "name",
    /// Which version.
    Version = "version",
    /// Where it is fetched.
    Address = "address",
    /// Whether it has an icon.
    Icon = "icon",
    /// Where its picture is.
    Picture = "picture",
    /// Its place among the icons.
    Order = "order",
    /// Whether it stands in the row at the bottom.
    Bottom = "bottom",
    /// Whether it is taken off.
    Remove = "remove",
    /// Whether it is started once it is there.
    StartInstalled = "start_installed",
    /// Whether it is started with the phone.
    StartAtBoot = "start_at_boot",
    /// Whether any version that is there is left alone.
    AnyVersion = "any_version",
    /// Whether it opens in Headwind's own browser.
    OwnBrowser = "own_browser",
    /// A value.
    Value = "value",
    /// Whether the app may not change it.
    ReadOnly = "read_only",
    /// Whether names of what the agent knows are filled in.
    Filled = "filled",
    /// Where it goes.
    Path = "path",
    /// Its MD5.
    Checksum = "checksum",
    /// What is done.
    Does = "does",
    /// Which activity does it.
    Activity = "activity",
    /// Categories.
    Categories = "categories",
    /// Schemes of links.
    Schemes = "schemes",
    /// Hosts of links.
    Hosts = "hosts",
    /// Kinds of data.
    Types = "types",
    /// How much it matters at least.
    Level = "level",
    /// What has to be in it.
    Containing = "containing",
    /// Since when it is so.
    Since = "since",
}

rows! {
    /// An app.
    App {
        /// Which.
        Package package: Package,
        /// Its name.
        Name name: Option<Line>,
        /// Which version; any without it.
        Version version: Option<Line>,
        /// Where its package is; without it nothing is installed.
        Address address: Option<Address>,
        /// Whether it has an icon on the agent's screen.
        Icon icon: bool,
        /// Its place among the icons.
        Order order: Option<Position>,
        /// Whether its icon stands in the row at the bottom.
        Bottom bottom: bool,
        /// Whether any version that is there is left alone.
        AnyVersion any_version: bool,
        /// Whether it is started once it is there.
        StartInstalled start_installed: bool,
        /// Whether it is started with the phone.
        StartAtBoot start_at_boot: bool,
        /// Whether it is taken off the phone.
        Remove remove: bool,
    }
    /// A web page with an icon on the agent's screen.
    Page {
        /// What stands below the icon.
        Name name: Line,
        /// Which page.
        Address address: Address,
        /// Where the icon's picture is.
        Picture picture: Option<Address>,
        /// Its place among the icons.
        Order order: Option<Position>,
        /// Whether its icon stands in the row at the bottom.
        Bottom bottom: bool,
        /// Whether it opens in Headwind's own browser.
        OwnBrowser own_browser: bool,
    }
    /// A setting of an app.
    AppSetting {
        /// Whose.
        Package package: Package,
        /// Its name.
        Name name: Line,
        /// Its value: `true` and `false` go out as a switch, whole numbers as a number, all else as text.
        Value value: Line,
        /// Whether the app may not change it.
        ReadOnly read_only: bool,
        /// Whether the agent fills in `DEVICE_NUMBER`, `IMEI`, `CUSTOM1` …
        Filled filled: bool,
        /// Since when it is so.
        Since since: Since,
    }
    /// A file below the phone's shared storage.
    File {
        /// Where it goes.
        Path path: Below,
        /// Where it is fetched.
        Address address: Option<Address>,
        /// Its MD5.
        Checksum checksum: Option<Md5>,
        /// Whether the agent fills in `DEVICE_NUMBER`, `IMEI`, `CUSTOM1` …
        Filled filled: bool,
        /// Whether it is taken away.
        Remove remove: bool,
        /// Since when it is so: the agent fetches it again if that is later than what it has.
        Since since: Since,
    }
    /// Which app opens something by itself.
    Action {
        /// What is done, such as `VIEW`.
        Does does: Line,
        /// The app.
        Package package: Package,
        /// Its activity, by its full name.
        Activity activity: Line,
        /// Categories such as `BROWSABLE`.
        Categories categories: Option<Words>,
        /// Schemes of links such as `https`.
        Schemes schemes: Option<Words>,
        /// Hosts of links.
        Hosts hosts: Option<Words>,
        /// Kinds of data such as `text/plain`.
        Types types: Option<Words>,
    }
    /// Which entries of an app's log are wanted.
    LogRule {
        /// Which app; the agent is one too.
        Package package: Package,
        /// Those that matter as much or more.
        Level level: LogLevel,
        /// Those alone that have this in them.
        Containing containing: Option<Line>,
    }
}
