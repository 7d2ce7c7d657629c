//! From when until when a certificate holds, both included (RFC 5280, section 4.1.2.5).

use crate::{Timestamp, time::DAY};

/// Whether a certificate of that time holds.
#[must_use]
pub fn holds(not_before: Timestamp, not_after: Timestamp, now: Timestamp) -> bool {
    not_before <= now && now <= not_after
}

/// Whole days until it ends; negative once it has ended.
#[must_use]
pub fn days_left(not_after: Timestamp, now: Timestamp) -> i64 {
    not_after.since(now).div_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_holds_from_its_beginning_to_its_end_both_included() {
        let (from, until) = (Timestamp(10), Timestamp(10 + 3 * DAY));
        assert!(!holds(from, until, Timestamp(9)));
        assert!(holds(from, until, from));
        assert!(holds(from, until, until));
        assert!(!holds(from, until, until.plus(1)));
        assert_eq!(days_left(until, Timestamp(10)), 3);
        assert_eq!(days_left(until, Timestamp(11)), 2);
        assert_eq!(days_left(until, until), 0);
        assert_eq!(days_left(until, until.plus(1)), -1);
    }
}
