//! What was chosen last, first: for this tab, this workspace and this account, and forgotten with the tab.

use super::entry::{Act, Entry};
use leptos::prelude::window;

/// So many are kept.
const MOST: usize = 5;
const KEY: &str = "muster.recent";

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// What an entry is remembered by: where it leads. Names of people are not kept, nor what is done with the rows of a list: it
/// leads to the list as the page itself does.
fn mark(entry: &Entry) -> Option<String> {
    match &entry.act {
        Act::Go(_) if !entry.more.is_empty() => None,
        Act::Go(path) if path.split('/').count() == 2 => Some(path.clone()),
        Act::Form("/session/theme", _, value) => Some(format!("theme {value}")),
        Act::SendTo => Some("send".to_owned()),
        Act::Sheet => Some("keys".to_owned()),
        _ => None,
    }
}

fn read() -> Vec<String> {
    let text = storage().and_then(|s| s.get_item(KEY).ok().flatten()).unwrap_or_default();
    text.split('\n').filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Remembers that it was chosen.
pub(super) fn remember(entry: &Entry) {
    let Some(mark) = mark(entry) else { return };
    let lines = newest(mark, read());
    if let Some(storage) = storage() {
        let _ = storage.set_item(KEY, &lines.join("\n"));
    }
}

fn newest(mark: String, mut before: Vec<String>) -> Vec<String> {
    before.retain(|line| *line != mark);
    before.insert(0, mark);
    before.truncate(MOST);
    before
}

/// Puts what was chosen lately first; how many these are.
pub(super) fn first(entries: &mut [Entry]) -> usize {
    sort(entries, &read())
}

fn sort(entries: &mut [Entry], lately: &[String]) -> usize {
    let place = |entry: &Entry| mark(entry).and_then(|mark| lately.iter().position(|line| *line == mark));
    entries.sort_by_key(|entry| place(entry).unwrap_or(MOST));
    entries.iter().filter(|entry| place(entry).is_some()).count()
}

#[cfg(test)]
mod tests {
    use super::super::entry::{Kind, all};
    use super::*;
    use muster_domain::{Language, account::Role};

    #[test]
    fn what_was_chosen_last_stands_first_and_names_are_not_kept() {
        let mut entries = all(Language::En, Role::Owner, None);
        let lately = newest("/devices".to_owned(), newest("send".to_owned(), vec!["/devices".to_owned()]));
        assert_eq!(lately, ["/devices", "send"]);
        assert_eq!(sort(&mut entries, &lately), 2);
        assert_eq!(entries[0].words, "Devices");
        assert_eq!(entries[1].act, Act::SendTo);
        let person = Entry { kind: Kind::Person, act: Act::Go("/users/1".into()), ..entries[0].clone() };
        assert_eq!(mark(&person), None);
    }
}
