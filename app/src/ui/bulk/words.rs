//! Acts on many rows in words.

use super::job::{Deed, Item, Job, Phase};
use crate::text::{self, t};
use muster_domain::{
    InvitationId, Language,
    bulk::{Chosen, DeviceDeed, FIRST, MessageDeed, Refused},
    invitation::Act,
    text::InvalidText,
};

/// What is done.
pub(super) fn title(language: Language, deed: &Deed) -> &'static str {
    match deed {
        Deed::Messages(MessageDeed::Resend, _) => t::bulk_resend(language),
        Deed::Messages(MessageDeed::Revoke, _) => t::bulk_revoke(language),
        Deed::Messages(MessageDeed::Extend { .. }, _) => t::bulk_extend(language),
        Deed::Devices(DeviceDeed::Rename { .. }, _) => t::bulk_rename(language),
        Deed::Devices(DeviceDeed::Move { .. }, _) => t::bulk_move(language),
        Deed::Devices(DeviceDeed::Delete, _) => t::bulk_delete(language),
        Deed::Devices(DeviceDeed::Order { order, .. }, _) => text::command(language, order.kind()),
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
    let ahead = job.ahead.len() - unsure;
    let done = match job.ticked {
        // To the others it could not be done.
        ticked if ticked > job.total as u64 => {
            t::bulk_told_of(language, text::number(language, ticked), number(job.done))
        }
        _ => t::bulk_told_done(language, number(job.done)),
    };
    let parts = [
        Some(done),
        (!job.left.is_empty()).then(|| t::bulk_told_left(language, job.left.len() as u64)),
        (unsure > 0).then(|| t::bulk_told_unsure(language, number(unsure))),
        (ahead > 0).then(|| t::bulk_told_ahead(language, number(ahead))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What a row is called. A person may have several messages: each is told by when it was made, too.
pub(super) fn name(language: Language, deed: &Deed, item: &Item) -> String {
    match deed {
        Deed::Messages(..) | Deed::MessagesBack => message(language, &item.name, item.id.parse().ok()),
        Deed::Devices(..) | Deed::DevicesBack => item.name.clone(),
    }
}

fn message(language: Language, person: &str, id: Option<InvitationId>) -> String {
    match id {
        Some(id) => format!("{person} · {}", text::moment(language, id.made())),
        None => person.to_owned(),
    }
}

/// The first messages of a question, one a line, above what it says.
pub(crate) fn messages(language: Language, chosen: &Chosen<InvitationId>, says: &str) -> String {
    let named = |(name, id): (&String, &InvitationId)| message(language, name, Some(*id));
    let able = usize::try_from(chosen.able).unwrap_or(usize::MAX);
    let first = chosen.names.iter().zip(&chosen.ids).take(able.min(FIRST));
    whom(language, first.map(named).collect(), able, says)
}

/// What stays as it is, by why.
fn stay(language: Language, (why, n): (Refused, u64)) -> String {
    match why {
        Refused::Connected => t::bulk_stay_connected(language, n),
        Refused::Expired => t::bulk_stay_expired(language, n),
        Refused::Revoked => t::bulk_stay_revoked(language, n),
        Refused::NoAddress => t::bulk_stay_no_address(language, n),
        Refused::Underway => t::bulk_stay_underway(language, n),
        Refused::Connecting => t::bulk_stay_connecting(language, n),
        Refused::Longer(_) => t::bulk_stay_longer(language, n),
        why => format!("{n}: {}", self::why(language, why)),
    }
}

/// To how many of the messages that were ticked an act can be done, and why the others stay as they are; empty where it can be
/// done to all.
pub(crate) fn of_all(language: Language, act: Act, able: u64, why: &[(Refused, u64)]) -> String {
    if why.is_empty() {
        return String::new();
    }
    let all = able + why.iter().map(|(_, n)| n).sum::<u64>();
    let (all, able) = (text::number(language, all), text::number(language, able));
    let can = match act {
        Act::Extend => t::bulk_can_extend(language, able, all),
        Act::Revoke => t::bulk_can_revoke(language, able, all),
        _ => t::bulk_can_resend(language, able, all),
    };
    let why: Vec<_> = why.iter().map(|why| stay(language, *why)).collect();
    format!("{can}: {}.", why.join(", "))
}

/// The first devices of a question, one a line, above what it says.
pub(crate) fn devices<I>(language: Language, chosen: &Chosen<I>, says: &str) -> String {
    whom(language, chosen.names.iter().take(FIRST).cloned().collect(), chosen.ids.len(), says)
}

fn whom(language: Language, mut lines: Vec<String>, all: usize, says: &str) -> String {
    let more = all.saturating_sub(lines.len()) as u64;
    if more > 0 {
        lines.push(t::users_and_more(language, more));
    }
    if lines.is_empty() {
        return says.to_owned();
    }
    format!("{}\n\n{says}", lines.join("\n"))
}

/// Why a row was left as it is.
pub(crate) fn why(language: Language, why: Refused) -> String {
    let why = match why {
        Refused::Longer(until) => return t::bulk_why_longer(language, text::moment(language, until)),
        Refused::Gone => t::bulk_why_gone(language),
        Refused::Revoked => t::bulk_why_revoked(language),
        Refused::Connected => t::bulk_why_connected(language),
        Refused::Expired => t::bulk_why_expired(language),
        Refused::NoAddress => t::bulk_why_no_address(language),
        Refused::Underway => t::bulk_why_underway(language),
        Refused::Connecting => t::bulk_why_connecting(language),
        Refused::NoOwner => t::bulk_why_no_owner(language),
        Refused::Unable(why) => text::impossible(language, why),
        Refused::Name(InvalidText::Empty) => t::bulk_why_name_empty(language),
        Refused::Name(InvalidText::TooLong) => t::bulk_why_name_long(language),
        Refused::Name(_) => t::bulk_why_name_sign(language),
        Refused::Changed => t::bulk_why_changed(language),
        Refused::Failed => t::bulk_why_failed(language),
    };
    why.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::job::{Left, tests::picked};
    use super::*;
    use crate::AppError;
    use muster_domain::Timestamp;

    #[test]
    fn the_line_tells_what_is_done_what_is_not_and_what_nobody_knows() {
        let deed = Deed::Devices(DeviceDeed::Delete, Timestamp(0));
        let mut job = Job::new(deed, Item::all(&picked(1450)), 1450);
        assert_eq!(line(Language::En, &job), "0 of 1,450");
        job.take(200, Err(AppError::SignedOut));
        assert_eq!(line(Language::En, &job), "0 done, 200 not confirmed, 1,250 untouched");
        job.phase = Phase::Done;
        job.ahead.clear();
        job.done = 1450;
        assert_eq!(line(Language::Ru, &job), "готово: 1\u{a0}450");
        assert_eq!(told(Language::En, &job), "Deleting devices: 1,450 done");
        let left = Item::all(&picked(2)).into_iter().map(|item| Left { item, why: Refused::Gone });
        (job.done, job.left, job.ticked) = (13, left.collect(), 1663);
        assert_eq!(line(Language::En, &job), "13 of 1,663 done, 2 left as they are");
        (job.done, job.ticked) = (0, 1450);
        assert_eq!(line(Language::En, &job), "0 done, 2 left as they are");
        job.left.pop();
        assert_eq!(line(Language::En, &job), "0 done, 1 left as it is");
        assert_eq!(line(Language::Ru, &job), "готово: 0, без изменений: 1");
    }

    #[test]
    fn a_question_says_how_many_it_can_be_done_to_and_why_the_others_stay() {
        assert_eq!(of_all(Language::En, Act::Resend, 13, &[]), "");
        let why = [(Refused::Connected, 183), (Refused::Expired, 1)];
        assert_eq!(
            of_all(Language::En, Act::Resend, 13, &why),
            "13 of 197 can be sent again: 183 are connected, 1 has ended."
        );
        let told = of_all(Language::Ru, Act::Revoke, 0, &[(Refused::Revoked, 1200)]);
        assert_eq!(told, "Отозвать можно 0 из 1\u{a0}200: уже отозваны — 1\u{a0}200.");
    }

    #[test]
    fn a_question_names_the_first_five_and_counts_the_others() {
        let told = devices(Language::En, &picked(7), "Gone for good.");
        assert_eq!(told, "row 1\nrow 2\nrow 3\nrow 4\nrow 5\nand 2 more\n\nGone for good.");
        assert_eq!(devices(Language::En, &picked(1), "Gone."), "row 1\n\nGone.");
    }
}
