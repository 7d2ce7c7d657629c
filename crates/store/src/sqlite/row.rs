//! From columns to the domain's types. What does not parse is a damaged database and said so.

use muster_domain::{
    Language, Timestamp,
    ports::{StoreError, Stored},
};
use serde::de::DeserializeOwned;
use sqlx::{ColumnIndex, Decode, Row, Sqlite, Type, sqlite::SqliteRow};
use std::str::FromStr;

pub(super) fn damaged(column: &str) -> StoreError {
    StoreError::Failed(format!("column {column} does not hold what it should"))
}

/// Reading of one row.
pub(crate) trait Read {
    fn val<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(&'r self, column: &str) -> Stored<T>;
    fn text(&self, column: &str) -> Stored<String> {
        self.val(column)
    }
    fn maybe(&self, column: &str) -> Stored<Option<String>> {
        self.val(column)
    }
    fn parsed<T: FromStr>(&self, column: &str) -> Stored<T> {
        self.text(column)?.parse().map_err(|_| damaged(column))
    }
    fn parsed_or_none<T: FromStr>(&self, column: &str) -> Stored<Option<T>> {
        self.maybe(column)?.map(|t| t.parse().map_err(|_| damaged(column))).transpose()
    }
    fn named<T>(&self, column: &str, from: fn(&str) -> Option<T>) -> Stored<T> {
        from(&self.text(column)?).ok_or_else(|| damaged(column))
    }
    fn json<T: DeserializeOwned>(&self, column: &str) -> Stored<T> {
        serde_json::from_str(&self.text(column)?).map_err(|_| damaged(column))
    }
    fn time(&self, column: &str) -> Stored<Timestamp> {
        self.val(column).map(Timestamp)
    }
    fn time_or_none(&self, column: &str) -> Stored<Option<Timestamp>> {
        Ok(self.val::<Option<i64>>(column)?.map(Timestamp))
    }
    fn count(&self, column: &str) -> Stored<u64> {
        Ok(u64::try_from(self.val::<i64>(column)?).unwrap_or(0))
    }
    fn language_or_none(&self, column: &str) -> Stored<Option<Language>> {
        Ok(self.maybe(column)?.as_deref().and_then(Language::from_tag))
    }
}

impl Read for SqliteRow
where
    for<'a> &'a str: ColumnIndex<SqliteRow>,
{
    fn val<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(&'r self, column: &str) -> Stored<T> {
        self.try_get(column).map_err(super::failed)
    }
}

/// JSON of a value that always has one.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Stored<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Failed(e.to_string()))
}

/// Hexadecimal digits of bytes, as `unhex` takes them.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Bytes from hexadecimal digits.
pub(super) fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
