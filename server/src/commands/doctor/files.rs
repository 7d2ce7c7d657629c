//! The data folder, the key file and the disk.

use super::{Finding, open};
use crate::system::keys::Keys;
use muster_store::Inspection;
use rustix::fs::{Access, access, statvfs};
use std::{fs, io::ErrorKind, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

/// Less free space than this is worth a look.
const LITTLE: u64 = 1 << 30;
/// With less than this the next write may fail.
const NOTHING: u64 = 100 << 20;

/// Whether others may do something with a file.
fn others(mode: u32) -> bool {
    mode & 0o077 != 0
}

/// The folder: there, a folder, writable, closed to others.
pub(super) fn folder(data: &Path) -> Vec<Finding> {
    let (check, name) = ("data folder", data.display());
    let about = match fs::metadata(data) {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let mend = "the first `muster serve` makes it; if it should be there already, name it with --data or data.dir";
            return vec![Finding::warning(check, format!("{name} is not there"), mend)];
        }
        Err(e) => {
            return vec![Finding::failed(
                check,
                format!("{name}: {e}"),
                "give Muster's user the right to use it",
            )];
        }
        Ok(about) => about,
    };
    if !about.is_dir() {
        return vec![Finding::failed(check, format!("{name} is not a folder"), "name another with --data")];
    }
    if access(data, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).is_err() {
        let mend = format!("run doctor as Muster's user, or: chown -R USER {name}");
        return vec![Finding::failed(check, format!("{name} cannot be written"), mend)];
    }
    if others(about.permissions().mode()) {
        let mend = format!("chmod 700 {name}");
        return vec![Finding::warning(
            check,
            format!("other users of this machine can look into {name}"),
            mend,
        )];
    }
    vec![Finding::ok(check, format!("{name} can be written, and by nobody else"))]
}

/// The key: there, closed to others, readable, and the one of the database.
pub(super) fn key(data: &Path, database: Option<&Inspection>, found: &mut Vec<Finding>) -> Option<Arc<Keys>> {
    let (check, file) = ("key", open::key(data));
    let name = file.display();
    let restore =
        "put muster.key back from a backup: `muster restore FILE` of one made with --with-keys, or by hand";
    let text = match fs::read_to_string(&file) {
        Err(e) if e.kind() == ErrorKind::NotFound && database.is_none() => return None,
        Err(e) => {
            found.push(Finding::failed(check, format!("{name}: {e}"), restore));
            return None;
        }
        Ok(text) => text,
    };
    let Ok(keys) = Keys::from_content(&text) else {
        found.push(Finding::failed(check, format!("{name} is damaged"), restore));
        return None;
    };
    if fs::metadata(&file).is_ok_and(|m| others(m.permissions().mode())) {
        let mend = format!("chmod 600 {name}");
        found.push(Finding::failed(check, format!("other users of this machine can read {name}"), mend));
    }
    match database.and_then(|d| d.key_check.as_ref()) {
        Some(value) if !keys.matches(value) => {
            found.push(Finding::failed(check, format!("{name} is not the key of this database"), restore));
            return None;
        }
        Some(_) => found.push(Finding::ok(check, format!("{name} is there and is the one of the database"))),
        None => found.push(Finding::ok(check, format!("{name} is there"))),
    }
    Some(Arc::new(keys))
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |m| m.len())
}

/// Bytes for people.
pub(super) fn bytes(n: u64) -> String {
    match n {
        n if n >= 10 << 30 => format!("{} GiB", n >> 30),
        n if n >= 10 << 20 => format!("{} MiB", n >> 20),
        n => format!("{} KiB", n.div_ceil(1 << 10)),
    }
}

/// The space that is left, and what is used.
pub(super) fn disk(data: &Path) -> Vec<Finding> {
    let Ok(about) = statvfs(data) else { return Vec::new() };
    let database = open::database(data);
    let log = size(&database.with_extension("db-wal"));
    let used = format!("the database has {}, its log {}", bytes(size(&database)), bytes(log));
    vec![room(about.f_bavail.saturating_mul(about.f_frsize), &used)]
}

fn room(free: u64, used: &str) -> Finding {
    let (check, words) = ("disk", format!("{} free; {used}", bytes(free)));
    let mend = "make room, or move the data folder to a larger disk (docs/operating.md)";
    if free < NOTHING {
        Finding::failed(check, words, mend)
    } else if free < LITTLE {
        Finding::warning(check, words, mend)
    } else {
        Finding::ok(check, words)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn little_room_is_told_and_none_fails() {
        for (free, state) in [
            (0, State::Failed),
            (NOTHING - 1, State::Failed),
            (NOTHING, State::Warning),
            (LITTLE - 1, State::Warning),
            (LITTLE, State::Ok),
        ] {
            let found = room(free, "");
            assert_eq!((found.state, found.mend.is_some()), (state, state != State::Ok), "{free}");
        }
    }
}
