//! What a file would do, before it is written: each of its rows with what becomes of it.

use app::api::imports::{Changes, Fate, How, LONG, Look, Part, Refusal, Shown, Which};
use muster_domain::{
    PersonName,
    import::{Change, There},
    ports::{StoreError, Stored},
};
use muster_roster::{
    columns, encoding,
    people::{self, Bad, Person, Read},
    table::{self, Row, Table},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Rows of a page at the first look.
const SHORT: usize = 10;
/// Rows to be mended that are shown.
const SHOWN: usize = 200;
/// Groups that are named.
const GROUPS: usize = 50;

/// A file as it is read.
pub(super) struct Opened {
    encoding: encoding::Encoding,
    table: Table,
    columns: Vec<columns::Column>,
    pub(super) read: Read,
}

fn open(bytes: &[u8], how: &How) -> Result<Opened, Refusal> {
    let (text, encoding) = encoding::decode(bytes, how.encoding).map_err(Refusal::Unreadable)?;
    let mut table = table::read(&text, how.delimiter).map_err(Refusal::Table)?;
    if let Some(header) = how.header {
        table.header = header;
    }
    let guessed = columns::guess(table.head(), table.body());
    let mut columns = how.columns.clone().unwrap_or_else(|| guessed.clone());
    // As many as the file has, whatever was chosen for another way to read it.
    columns.resize(guessed.len(), columns::Column::Nothing);
    let mut read = people::read(table.body(), &columns, &how.left_out);
    for person in read.people.iter_mut().filter(|person| person.invented) {
        if let Some(name) = how.named.get(&person.line) {
            person.details.name = name.clone();
        }
    }
    if how.without_bad {
        read.left_out += u32::try_from(read.bad.len()).unwrap_or(u32::MAX);
        read.bad.clear();
    }
    Ok(Opened { encoding, table, columns, read })
}

/// [`open`] beside the threads that answer requests: a large file takes a while.
pub(super) async fn opened(bytes: Arc<[u8]>, how: How) -> Stored<Result<Opened, Refusal>> {
    let task = tokio::task::spawn_blocking(move || open(&bytes, &how));
    task.await.map_err(|error| StoreError::Failed(error.to_string()))
}

/// [`preview`] beside the threads that answer requests.
pub(super) async fn previewed(
    opened: Opened,
    how: How,
    there: There,
    groups: BTreeSet<String>,
) -> Stored<Preview> {
    let task = tokio::task::spawn_blocking(move || preview(opened, &how, there, &groups));
    task.await.map_err(|error| StoreError::Failed(error.to_string()))
}

/// A file with what becomes of each of its rows.
pub(super) struct Preview {
    table: Table,
    /// As many as the table has in its body.
    fates: Vec<Fate>,
    /// All but the rows.
    whole: Look,
}

fn cut(row: &Row) -> Row {
    let short = |cell: &String| cell.chars().take(muster_roster::SHOWN).collect();
    Row { line: row.line, cells: row.cells.iter().map(short).collect() }
}

/// The names of groups, each once however it is written, without those of `but`.
fn named<'a>(groups: impl Iterator<Item = &'a PersonName>, but: &BTreeSet<String>) -> Vec<String> {
    let mut named: BTreeMap<String, &str> = BTreeMap::new();
    for group in groups {
        let key = group.as_str().to_lowercase();
        if !but.contains(&key) {
            named.entry(key).or_insert(group.as_str());
        }
    }
    named.into_values().take(GROUPS).map(str::to_owned).collect()
}

fn fate(person: &Person, how: &How, there: &mut There) -> Fate {
    let row = &person.details;
    match there.find(row) {
        None => Fate::New { made: person.invented.then(|| row.name.clone()) },
        Some(known) => {
            let after = known.details.imported(row, person.invented, how.groups);
            Fate::There { change: Change::between(&known.details, &after), name: known.details.name }
        }
    }
}

fn preview(opened: Opened, how: &How, mut there: There, groups: &BTreeSet<String>) -> Preview {
    let Opened { encoding, table, columns, read } = opened;
    let (mut people, mut bad) = (read.people.iter().peekable(), read.bad.iter().peekable());
    let fates: Vec<_> = table
        .body()
        .iter()
        .map(|row| {
            if let Some(person) = people.next_if(|person| person.line == row.line) {
                return fate(person, how, &mut there);
            }
            match bad.next_if(|bad| bad.line == row.line) {
                Some(bad) => Fate::Bad { why: bad.why.clone() },
                None => Fate::LeftOut { alone: how.left_out.contains(&row.line) },
            }
        })
        .collect();
    let changes = || {
        fates.iter().filter_map(|fate| match fate {
            Fate::There { change, .. } => Some(change),
            _ => None,
        })
    };
    let counted = |is: fn(&Change) -> bool| changes().filter(|change| is(change)).count() as u64;
    let there = changes().count() as u64;
    let count = |n: usize| n as u64;
    let whole = Look {
        encoding,
        delimiter: table.delimiter,
        header: table.header,
        names: table.head().map(|head| cut(head).cells).unwrap_or_default(),
        columns,
        rows: count(read.people.len() + read.bad.len()),
        new: count(read.people.len()) - there,
        there,
        changes: Changes {
            people: counted(|change| !change.is_none()),
            renamed: counted(|change| change.name.is_some()),
            joining: counted(|change| !change.joins.is_empty()),
            leaving: counted(|change| !change.leaves.is_empty()),
            language: counted(|change| change.language.is_some()),
        },
        bad: read.bad.iter().take(SHOWN).cloned().collect::<Vec<Bad>>(),
        bad_total: count(read.bad.len()),
        left_out: u64::from(read.left_out),
        groups: named(read.people.iter().flat_map(|person| &person.details.groups), groups),
        left: named(changes().flat_map(|change| &change.leaves), &BTreeSet::new()),
        kinds: Which::ALL.map(|which| count(fates.iter().filter(|fate| is(which, fate)).count())),
        shown: Vec::new(),
        before: 0,
    };
    Preview { table, fates, whole }
}

/// Whether a row is one of these.
fn is(which: Which, fate: &Fate) -> bool {
    match (which, fate) {
        (Which::All, _) => true,
        (Which::Updates, Fate::There { change, .. }) => !change.is_none(),
        (Which::Made, Fate::New { made }) => made.is_some(),
        (Which::Bad, Fate::Bad { .. }) | (Which::LeftOut, Fate::LeftOut { .. }) => true,
        _ => false,
    }
}

impl Preview {
    /// It with a part of its rows; the last page, if there are not as many.
    pub(super) fn look(&self, part: Part) -> Look {
        let size = if part.long { LONG as usize } else { SHORT };
        let rows = self.table.body().iter().zip(&self.fates).filter(|(_, fate)| is(part.which, fate));
        let last = rows.clone().count().saturating_sub(1) / size;
        let before = last.min(part.page as usize) * size;
        let shown = rows.skip(before).take(size);
        let shown = shown.map(|(row, fate)| Shown { row: cut(row), fate: fate.clone() }).collect();
        Look { shown, before: before as u64, ..self.whole.clone() }
    }
}
