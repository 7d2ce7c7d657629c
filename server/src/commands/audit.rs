//! `muster audit`.

use super::{open::Muster, output};
use anyhow::bail;
use clap::Subcommand;
use muster_domain::{
    WorkspaceId,
    audit::{Area, By, Head},
    ports::AuditRow,
    query::{AuditQuery, Window},
};
use serde_json::{Value, json};
use std::{process::ExitCode, str::FromStr};

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Entries, the newest first. With --json each has its values before and after, and its hash.
    List {
        /// Only about: user, group, invitation, device, settings, account, list.
        #[arg(long, value_parser = area)]
        about: Option<Area>,
        /// Only with these words in the author, the subject or a value.
        #[arg(long, default_value = "")]
        search: String,
        /// Entries at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Checks that no entry was changed, taken out or put in, of each workspace unless --workspace names one. Prints where the log ends: note it elsewhere, and name it at the next
    /// check, which then also finds a log that was cut off or written anew.
    Verify {
        /// The end that an earlier check printed.
        #[arg(long, value_name = "NUMBER:HASH")]
        noted: Option<Noted>,
    },
}

/// The end of a log, as it was printed.
#[derive(Clone)]
pub(super) struct Noted(Head);

impl FromStr for Noted {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words = "the end of a log looks like 12:0f3a\u{2026}, a number and 64 hexadecimal digits";
        let (seq, hash) = text.split_once(':').ok_or(words)?;
        let seq = seq.parse().map_err(|_| words)?;
        if hash.len() != 64 || !hash.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(words);
        }
        Ok(Self(Head { seq, hash: hash.to_ascii_lowercase() }))
    }
}

fn area(text: &str) -> Result<Area, String> {
    let names = Area::ALL.map(Area::name).join(", ");
    Area::from_name(text).ok_or_else(|| format!("one of {names}"))
}

fn author(by: &By) -> String {
    match by {
        By::Account { email, .. } => email.clone(),
        By::CommandLine { user } => format!("{user} (command line)"),
        By::Device => "device".into(),
        By::Visitor => "visitor".into(),
    }
}

fn row(row: AuditRow) -> Value {
    let AuditRow { entry, hash } = row;
    json!({
        "number": entry.seq, "at": entry.at.rfc3339(), "by": author(&entry.by), "from": entry.from,
        "action": entry.action.name(), "subject": entry.subject.name, "subject_id": entry.subject.id,
        "changes": entry.changes, "hash": hash,
    })
}

impl Audit {
    /// `named`: whether a workspace was named.
    pub(super) async fn run(self, muster: &Muster, named: bool, json: bool) -> anyhow::Result<ExitCode> {
        match self {
            Self::List { about, search, limit } => {
                let window = Window { page: 1, size: limit };
                let query = AuditQuery { search, area: about, window, ..AuditQuery::default() };
                let found = muster.ports.store.audit(muster.workspace, &query).await?.rows;
                let rows = found.into_iter().map(row).collect();
                output::table(json, &["number", "at", "by", "from", "action", "subject"], rows)?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Verify { noted } => verify(muster, noted.map(|noted| noted.0), named, json).await,
        }
    }
}

/// Checks the log of the workspace that was named, or of each.
async fn verify(muster: &Muster, noted: Option<Head>, named: bool, json: bool) -> anyhow::Result<ExitCode> {
    let store = &muster.ports.store;
    let all = if named { vec![muster.workspace] } else { store.workspaces().await? };
    if noted.is_some() && all.len() > 1 {
        bail!(
            "there are several workspaces, each with a log of its own: say with --workspace which one was noted"
        );
    }
    let mut logs = Vec::new();
    for id in all {
        let name = store.settings(id).await?.name;
        let verdict = store.verify_audit(id, noted.as_ref()).await?;
        logs.push(Log {
            id,
            name: name.to_string(),
            head: verdict.head,
            fault: verdict.fault.map(|f| f.to_string()),
        });
    }
    let whole = logs.iter().all(|log| log.fault.is_none());
    if json {
        let logs: Vec<_> = logs.iter().map(Log::json).collect();
        output::document(&json!({ "whole": whole, "logs": logs }))?;
    } else {
        logs.iter().try_for_each(Log::print)?;
    }
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a check found of one log.
struct Log {
    id: WorkspaceId,
    name: String,
    head: Head,
    fault: Option<String>,
}

impl Log {
    fn json(&self) -> Value {
        let Head { seq, hash } = &self.head;
        json!({ "workspace": self.id.to_string(), "name": self.name, "entries": seq, "hash": hash,
            "whole": self.fault.is_none(), "fault": self.fault })
    }

    fn print(&self) -> anyhow::Result<()> {
        let Head { seq, hash } = &self.head;
        let name = &self.name;
        if let Some(fault) = &self.fault {
            output::say!("the audit log of {name} is not whole: {fault}");
            output::say!("compare with a backup; up to {seq}:{hash} it is as it was written");
        } else {
            output::say!("the audit log of {name} is whole: {seq} entries, and ends with");
            output::say!("{seq}:{hash}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_read_as_it_is_printed() {
        let hash = "0123456789abcdef".repeat(4);
        let noted: Noted = format!("12:{hash}").parse().ok().unwrap();
        assert_eq!((noted.0.seq, noted.0.hash), (12, hash.clone()));
        for wrong in ["", "12", &format!("x:{hash}"), &format!("12:{}", &hash[1..]), "12:zz"] {
            assert!(wrong.parse::<Noted>().is_err(), "{wrong}");
        }
    }
}
