//! A configuration as a JSON document: one member for each field, numbers as numbers, yes and no as `true` and `false`, lists as
//! arrays of objects. So it is kept, and so the command line takes and prints it.

use super::{
    cell::Kind,
    field::{ConfigurationSettings, Field},
    form::{Form, Problem},
    list::ColumnKind,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Map, Value};

/// Why a document is no configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// There is no such field.
    #[error("{0}: there is no such field")]
    Unknown(String),
    /// It is of another kind than the field.
    #[error("{0}: this is not what belongs there")]
    Kind(String),
    /// A value cannot be taken.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Problems(Vec<Problem>),
}

/// A configuration as its document is written.
pub type WrittenSettings = Map<String, Value>;

fn value(kind: Kind, text: &str) -> Value {
    match (kind, text.parse::<u64>()) {
        (Kind::Flag, _) => Value::Bool(text == "yes"),
        (Kind::Number { .. } | Kind::Hidden, Ok(number)) => number.into(),
        _ => text.into(),
    }
}

fn text(value: &Value, place: &str) -> Result<String, Unread> {
    let names = |list: &Vec<Value>| {
        list.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|names| names.join(", "))
    };
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => names(list),
        Value::Object(_) => None,
    }
    .ok_or_else(|| Unread::Kind(place.to_owned()))
}

fn row(columns: &[ColumnKind], cells: &[String]) -> Value {
    let says_nothing = |kind, cell: &str| cell.is_empty() || (kind == Kind::Flag && cell == "no");
    let filled = columns.iter().zip(cells).filter(|(column, cell)| !says_nothing(column.kind, cell));
    filled
        .map(|(column, cell)| (column.column.name().to_owned(), value(column.kind, cell)))
        .collect::<Map<_, _>>()
        .into()
}

fn cells(columns: &[ColumnKind], object: &Value, place: &str) -> Result<Vec<String>, Unread> {
    let members = object.as_object().ok_or_else(|| Unread::Kind(place.to_owned()))?;
    if let Some(other) = members.keys().find(|name| !columns.iter().any(|c| c.column.name() == *name)) {
        return Err(Unread::Unknown(format!("{place}.{other}")));
    }
    let cell = |column: &ColumnKind| {
        let name = column.column.name();
        members.get(name).map_or(Ok(String::new()), |value| text(value, &format!("{place}.{name}")))
    };
    columns.iter().map(cell).collect()
}

impl Form {
    /// From a document.
    ///
    /// # Errors
    /// [`Unread`] names the place.
    pub fn of_document(document: &Value) -> Result<Self, Unread> {
        let members = document.as_object().ok_or_else(|| Unread::Kind("the document".to_owned()))?;
        let mut form = Self::default();
        for (name, value) in members {
            let field = Field::named(name).ok_or_else(|| Unread::Unknown(name.clone()))?;
            let entry = form.entry(field);
            match field.kind() {
                Kind::Rows(columns) => {
                    let rows = value.as_array().ok_or_else(|| Unread::Kind(name.clone()))?;
                    let rows =
                        rows.iter().enumerate().map(|(n, row)| cells(columns, row, &format!("{name}[{n}]")));
                    entry.rows = rows.collect::<Result<_, _>>()?;
                }
                _ => entry.text = text(value, name)?,
            }
        }
        Ok(form)
    }
}

impl ConfigurationSettings {
    /// As a document.
    #[must_use]
    pub fn document(&self) -> WrittenSettings {
        let written = |entry: super::form::Entry| {
            let value = match entry.field.kind() {
                Kind::Rows(columns) => entry.rows.iter().map(|cells| row(columns, cells)).collect(),
                kind => value(kind, &entry.text),
            };
            (entry.field.name().to_owned(), value)
        };
        self.form().entries.into_iter().map(written).collect()
    }

    /// From a document.
    ///
    /// # Errors
    /// [`Unread`] names the place and says what to do.
    pub fn of_document(document: &Value) -> Result<Self, Unread> {
        Form::of_document(document)?.settings().map_err(Unread::Problems)
    }
}

impl Serialize for ConfigurationSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ConfigurationSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = Form::of_document(&Value::deserialize(deserializer)?).map_err(D::Error::custom)?;
        form.kept().map_err(|problems| D::Error::custom(Unread::Problems(problems)))
    }
}
