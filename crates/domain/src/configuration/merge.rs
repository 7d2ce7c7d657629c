//! What two people changed at the same time, laid over one another: what one of them did not touch is as the other has it.

use super::{
    cell::Kind,
    difference::keys,
    field::Field,
    form::{Entry, Form},
    list::{Column, ColumnKind},
};

/// A place that both changed, to different values. Mine stands in the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Of which field.
    pub field: Field,
    /// Of which row, by what stands in it first; none outside of lists.
    pub item: Option<String>,
    /// Of which column; none where a whole row came or went.
    pub column: Option<Column>,
    /// What I have there; none if nothing.
    pub mine: Option<String>,
    /// What they have; none if nothing.
    pub theirs: Option<String>,
}

/// Both changes as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// What stands there now.
    pub form: Form,
    /// What has to be looked at.
    pub clashes: Vec<Clash>,
}

/// One of three: theirs where I changed nothing, mine else; and whether both changed it.
#[must_use]
pub fn one_of<'a, T: PartialEq + ?Sized>(base: &T, mine: &'a T, theirs: &'a T) -> (&'a T, bool) {
    if mine == base { (theirs, false) } else { (mine, theirs != base && theirs != mine) }
}

fn said(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

impl Form {
    /// What I made of `base`, laid over what they made of it. Rows of lists are the same ones if their keys are; theirs come first, in
    /// their order.
    #[must_use]
    pub fn merged(base: &Self, mine: &Self, theirs: &Self) -> Merged {
        let mut merged = Merged::default();
        for field in Field::ALL.iter().copied() {
            let entry = match field.kind() {
                Kind::Rows(columns) => {
                    let [base, mine, theirs] = [base, mine, theirs].map(|form| keyed(field, form));
                    let mut list = Rows { field, columns, clashes: &mut merged.clashes };
                    Entry { field, text: String::new(), rows: list.merged(&base, &mine, &theirs) }
                }
                _ => {
                    let (mine, theirs) = (mine.text(field), theirs.text(field));
                    let (text, both) = one_of(base.text(field), mine, theirs);
                    if both {
                        let (mine, theirs) = (said(mine), said(theirs));
                        merged.clashes.push(Clash { field, item: None, column: None, mine, theirs });
                    }
                    Entry { field, text: text.to_owned(), rows: Vec::new() }
                }
            };
            if !entry.text.is_empty() || !entry.rows.is_empty() {
                merged.form.entries.push(entry);
            }
        }
        merged
    }
}

/// By what a row is told from others: its first cells, and how many before it have the same (while it is typed, there may be some).
type Key = (Vec<String>, usize);

fn keyed(field: Field, form: &Form) -> Vec<(Key, &Vec<String>)> {
    let mut found: Vec<(Key, &Vec<String>)> = Vec::new();
    for row in form.rows(field) {
        let key = row.get(..keys(field)).unwrap_or(row).to_vec();
        let same = found.iter().filter(|((other, _), _)| *other == key).count();
        found.push(((key, same), row));
    }
    found
}

fn of<'r>(rows: &[(Key, &'r Vec<String>)], key: &Key) -> Option<&'r Vec<String>> {
    rows.iter().find(|(other, _)| other == key).map(|(_, row)| *row)
}

struct Rows<'c> {
    field: Field,
    columns: &'static [ColumnKind],
    clashes: &'c mut Vec<Clash>,
}

impl Rows<'_> {
    fn clash(&mut self, key: &Key, column: Option<Column>, mine: Option<String>, theirs: Option<String>) {
        self.clashes.push(Clash { field: self.field, item: said(&key.0.join(" ")), column, mine, theirs });
    }

    fn merged(
        &mut self,
        base: &[(Key, &Vec<String>)],
        mine: &[(Key, &Vec<String>)],
        theirs: &[(Key, &Vec<String>)],
    ) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        for (key, theirs) in theirs {
            match (of(base, key), of(mine, key)) {
                (was, Some(mine)) => rows.push(self.cells(key, was, mine, theirs)),
                // They added it.
                (None, None) => rows.push((*theirs).clone()),
                // I took it out; that they changed it is said.
                (Some(was), None) if was != *theirs => self.clash(key, None, None, said(&key.0.join(" "))),
                (Some(_), None) => {}
            }
        }
        for (key, mine) in mine.iter().filter(|(key, _)| of(theirs, key).is_none()) {
            match of(base, key) {
                // They took it out, and I changed nothing of it.
                Some(was) if was == *mine => continue,
                Some(_) => self.clash(key, None, said(&key.0.join(" ")), None),
                None => {}
            }
            rows.push((*mine).clone());
        }
        rows
    }

    /// A row that both have, cell by cell. Of one that both added, each cell in which they differ is one that both typed.
    fn cells(
        &mut self,
        key: &Key,
        was: Option<&Vec<String>>,
        mine: &[String],
        theirs: &[String],
    ) -> Vec<String> {
        let cell = |row: &[String], at: usize| row.get(at).cloned().unwrap_or_default();
        let mut cells = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let (mine, theirs) = (cell(mine, at), cell(theirs, at));
            let (text, both) = match was {
                Some(was) => one_of(&cell(was, at), &mine, &theirs),
                None => (&mine, mine != theirs),
            };
            cells.push(text.clone());
            if both && column.kind != Kind::Hidden {
                self.clash(key, Some(column.column), said(&mine), said(&theirs));
            }
        }
        cells
    }
}
