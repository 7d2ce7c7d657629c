//! Acts on many rows in words.

use super::job::{Deed, Job, Phase};
use crate::text::{self, t};
use muster_domain::{
    Language,
    bulk::{DeviceDeed, MessageDeed, Refused},
    text::InvalidText,
};

/// What is done.
pub(super) fn title(language: Language, deed: &Deed) -> &'static str {
    match deed {
        Deed::Messages(MessageDeed::Resend, _) => t::bulk_resend(language),
        Deed::Messages(MessageDeed::Revoke, _) => t::bulk_revoke(language),
        Deed::Messages(MessageDeed::Extend { .. }, _) => t::bulk_extend(language),
        Deed::Devices(DeviceDeed::Rename { .. }) => t::bulk_rename(language),
        Deed::Devices(DeviceDeed::Move { .. }) => t::bulk_move(language),
        Deed::Devices(DeviceDeed::Delete) => t::bulk_delete(language),
        Deed::MessagesBack | Deed::DevicesBack => t::bulk_back(language),
    }
}

/// What it was, and what became of it.
pub(super) fn told(language: Language, job: &Job) -> String {
    format!("{}: {}", title(language, &job.deed), line(language, job))
}

/// How far it is, in one line.
pub(super) fn line(language: Language, job: &Job) -> String {
    let number = |n: usize| text::number(language, n as u64);
    if job.phase == Phase::Running {
        return t::bulk_progress(language, number(job.answered()), number(job.total));
    }
    if job.phase == Phase::Stopping {
        return t::bulk_stopping(language).to_owned();
    }
    let unsure = if let Phase::Lost(unsure) = job.phase { unsure } else { 0 };
    let parts = [
        (job.left.len(), t::bulk_told_left as fn(Language, String) -> String),
        (unsure, t::bulk_told_unsure),
        (job.ahead.len() - unsure, t::bulk_told_ahead),
    ];
    let mut told = vec![t::bulk_told_done(language, number(job.done))];
    told.extend(parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, words)| words(language, number(n))));
    told.join(", ")
}

/// Why a row was left as it is.
pub(crate) fn why(language: Language, why: Refused) -> &'static str {
    match why {
        Refused::Gone => t::bulk_why_gone(language),
        Refused::Revoked => t::bulk_why_revoked(language),
        Refused::Connected => t::bulk_why_connected(language),
        Refused::Expired => t::bulk_why_expired(language),
        Refused::NoAddress => t::bulk_why_no_address(language),
        Refused::Underway => t::bulk_why_underway(language),
        Refused::NoOwner => t::bulk_why_no_owner(language),
        Refused::Name(InvalidText::Empty) => t::bulk_why_name_empty(language),
        Refused::Name(InvalidText::TooLong) => t::bulk_why_name_long(language),
        Refused::Name(_) => t::bulk_why_name_sign(language),
        Refused::Changed => t::bulk_why_changed(language),
        Refused::Failed => t::bulk_why_failed(language),
    }
}

#[cfg(test)]
mod tests {
    use super::super::job::Item;
    use super::*;
    use crate::AppError;

    #[test]
    fn the_line_tells_what_is_done_what_is_not_and_what_nobody_knows() {
        let ids: Vec<_> = (0..1450).collect();
        let mut job = Job::new(Deed::Devices(DeviceDeed::Delete), Item::all(&ids));
        assert_eq!(line(Language::En, &job), "0 of 1,450");
        job.take(200, Err(AppError::SignedOut));
        assert_eq!(line(Language::En, &job), "0 done, 200 not confirmed, 1,250 untouched");
        job.phase = Phase::Done;
        job.ahead.clear();
        job.done = 1450;
        assert_eq!(line(Language::Ru, &job), "готово: 1\u{a0}450");
        assert_eq!(told(Language::En, &job), "Deleting devices: 1,450 done");
    }
}
