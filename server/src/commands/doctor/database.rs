//! The database: it opens, is whole, of a version that this program knows, and not mostly empty.

use super::{Finding, files::bytes, open};
use crate::system::{keys, lock::Lock};
use muster_store::{InspectError, Inspection};
use std::path::Path;

pub(super) const CHECK: &str = "database";
/// Less free space inside the file is not worth a word.
const MUCH: u64 = 64 << 20;

/// Looks into it; nothing if there is none.
pub(super) async fn look(data: &Path, found: &mut Vec<Finding>) -> Option<Inspection> {
    let file = open::database(data);
    let name = file.display();
    if !std::fs::metadata(&file).is_ok_and(|m| m.len() > 0) {
        let mend = "the first `muster serve` makes it; if there should be one: `muster restore FILE`";
        found.push(Finding::warning(CHECK, format!("{name} is not there"), mend));
        return None;
    }
    if Lock::restoring(data) {
        let mend = "wait until `muster restore` is done, then run doctor again";
        found.push(Finding::failed(CHECK, format!("{name} is being restored"), mend));
        return None;
    }
    let back =
        "stop the server and put the last backup back: `muster restore FILE --force` keeps this one aside";
    let inspection = match muster_store::inspect(&file, keys::CHECK).await {
        Ok(inspection) => inspection,
        Err(error) => {
            let mend = match &error {
                InspectError::Locked => {
                    "find the program (`fuser -v` names it) and end it, then run doctor again: the file itself may be whole"
                }
                InspectError::Newer { .. } => {
                    "install that version, or put back a backup made before the upgrade"
                }
                _ => back,
            };
            found.push(Finding::failed(CHECK, format!("{name}: {error}"), mend));
            return None;
        }
    };
    if !inspection.damage.is_empty() {
        found.push(Finding::failed(
            CHECK,
            format!("{name} is damaged: {}", inspection.damage.join("; ")),
            back,
        ));
    } else if inspection.version < inspection.known {
        let words = format!("{name} is whole, of version {} of {}", inspection.version, inspection.known);
        found.push(Finding::warning(
            CHECK,
            words,
            "make a backup; the next start of this program brings it up to date",
        ));
    } else {
        found.push(Finding::ok(CHECK, format!("{name} is whole, of version {}", inspection.version)));
    }
    if inspection.free_bytes > MUCH && inspection.free_bytes > inspection.bytes / 2 {
        let words = format!(
            "{} of {} in {name} are free pages",
            bytes(inspection.free_bytes),
            bytes(inspection.bytes)
        );
        let mend = "`muster backup FILE`, stop the server, `muster restore FILE --force`: a backup has no free pages";
        found.push(Finding::warning(CHECK, words, mend));
    }
    Some(inspection)
}
