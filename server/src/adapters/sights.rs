//! Who has read which kept message lately: its page asks for it in pieces, and the audit log tells of it once.

use muster_domain::{AccountId, Timestamp, time::MINUTE};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Later the same message is read anew.
const FOR: i64 = 10 * MINUTE;

/// The readings of the last ten minutes.
#[derive(Default)]
pub struct Sights(Mutex<HashMap<(AccountId, String), Timestamp>>);

impl Sights {
    /// Whether this account begins to read this message now.
    pub fn begins(&self, account: AccountId, mail: &str, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, since| now.0 - since.0 < FOR);
        match seen.entry((account, mail.to_owned())) {
            std::collections::hash_map::Entry::Occupied(_) => false,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(now);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_once_in_ten_minutes_by_each_who_reads_it() {
        let sights = Sights::default();
        let anna = "01935c3e-0000-7000-8000-000000000001".parse().unwrap();
        let boris = "01935c3e-0000-7000-8000-000000000002".parse().unwrap();
        assert!(sights.begins(anna, "one", Timestamp(0)));
        assert!(!sights.begins(anna, "one", Timestamp(FOR - 1)));
        assert!(sights.begins(anna, "two", Timestamp(1)));
        assert!(sights.begins(boris, "one", Timestamp(1)));
        assert!(sights.begins(anna, "one", Timestamp(FOR)));
    }
}
