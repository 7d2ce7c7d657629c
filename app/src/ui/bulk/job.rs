//! One act on many rows: what is done to which, how far it is, and what became of each row.

use crate::AppError;
use muster_domain::{
    Timestamp,
    bulk::{AT_ONCE, Change, Chosen, DeviceDeed, MessageDeed, Outcome, Refused},
};

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    /// To messages, since that moment.
    Messages(MessageDeed, Timestamp),
    /// To devices, since that moment.
    Devices(DeviceDeed, Timestamp),
    /// What was changed in messages is put back.
    MessagesBack,
    /// What was changed in devices is put back.
    DevicesBack,
}

/// A row to be acted on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// The message's or the device's id.
    pub(crate) id: String,
    /// Its number, from 1.
    pub(crate) n: u32,
    /// What it is called.
    pub(crate) name: String,
    /// What is to be put back.
    pub(crate) change: Option<Change>,
}

impl Item {
    /// The rows that were picked, in their order.
    pub(crate) fn all<I: ToString>(chosen: &Chosen<I>) -> Vec<Self> {
        let rows = chosen.ids.iter().zip(&chosen.names).zip(1..);
        rows.map(|((id, name), n)| Self { id: id.to_string(), n, name: name.clone(), change: None }).collect()
    }
}

/// A row that was left as it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Left {
    pub(super) item: Item,
    pub(super) why: Refused,
}

/// How far an act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It goes on.
    Running,
    /// It ends after the rows that are under way.
    Stopping,
    /// It was stopped.
    Stopped,
    /// An answer did not come, so that nobody knows of so many rows.
    Lost(usize),
    /// All rows were answered.
    Done,
}

/// An act.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Job {
    pub(super) deed: Deed,
    pub(super) total: usize,
    /// How many rows were ticked: to some of them it could not be done, as its question said.
    pub(super) ticked: u64,
    pub(super) done: usize,
    pub(super) phase: Phase,
    /// What was refused.
    pub(super) left: Vec<Left>,
    /// What can be put back.
    pub(super) changed: Vec<Item>,
    /// What has not been answered yet, in order.
    pub(super) ahead: Vec<Item>,
    /// Why an answer did not come.
    pub(super) problem: Option<AppError>,
}

impl Job {
    pub(crate) fn new(deed: Deed, items: Vec<Item>, ticked: u64) -> Self {
        Self {
            deed,
            total: items.len(),
            ticked,
            done: 0,
            phase: Phase::Running,
            left: Vec::new(),
            changed: Vec::new(),
            ahead: items,
            problem: None,
        }
    }

    /// Whether it goes on.
    pub(super) fn runs(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Stopping)
    }

    /// How many rows were answered.
    pub(super) fn answered(&self) -> usize {
        self.total - self.ahead.len()
    }

    /// Whether all of it was done.
    pub(super) fn is_whole(&self) -> bool {
        self.phase == Phase::Done && self.left.is_empty()
    }

    /// How many quarters of it were answered.
    pub(super) fn quarter(&self) -> usize {
        self.answered() * 4 / self.total.max(1)
    }

    /// The next rows; none when it ends, which is remembered.
    pub(super) fn next(&mut self) -> Option<Vec<Item>> {
        match self.phase {
            Phase::Running | Phase::Stopping if self.ahead.is_empty() => self.phase = Phase::Done,
            Phase::Running => return Some(self.ahead.iter().take(AT_ONCE).cloned().collect()),
            Phase::Stopping => self.phase = Phase::Stopped,
            _ => {}
        }
        None
    }

    /// Takes the answer for the first `sent` rows that are ahead.
    pub(super) fn take(&mut self, sent: usize, told: Result<Vec<Outcome<String>>, AppError>) {
        let told = match told {
            Ok(told) => told,
            Err(error) => {
                self.phase = Phase::Lost(sent);
                self.problem = Some(error);
                return;
            }
        };
        for (item, outcome) in self.ahead.drain(..sent.min(self.ahead.len())).zip(told) {
            match outcome.became {
                Ok(change) => {
                    self.done += 1;
                    if change.is_some() {
                        self.changed.push(Item { change, ..item });
                    }
                }
                Err(why) => {
                    // As it is called by now, unless it is gone.
                    let name = if outcome.name.is_empty() { item.name } else { outcome.name };
                    self.left.push(Left { item: Item { name, ..item }, why });
                }
            }
        }
    }

    /// Whether trying again may help what was refused.
    pub(super) fn may_pass(&self) -> bool {
        self.left.iter().any(|left| left.why.may_pass())
    }

    /// Goes on with what is ahead; if nothing is, with what was refused and may pass.
    pub(super) fn again(&mut self) {
        if self.ahead.is_empty() {
            let (again, left): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.left).into_iter().partition(|left| left.why.may_pass());
            self.left = left;
            self.ahead = again.into_iter().map(|left| left.item).collect();
        }
        self.phase = Phase::Running;
        self.problem = None;
    }

    /// The act that puts back what was changed; once.
    pub(super) fn back(&mut self) -> Option<(Deed, Vec<Item>)> {
        let deed = match self.deed {
            Deed::Messages(..) => Deed::MessagesBack,
            Deed::Devices(..) => Deed::DevicesBack,
            Deed::MessagesBack | Deed::DevicesBack => return None,
        };
        if self.runs() || self.changed.is_empty() {
            return None;
        }
        Some((deed, std::mem::take(&mut self.changed)))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn job(rows: usize) -> Job {
        Job::new(Deed::Devices(DeviceDeed::Delete, Timestamp(0)), Item::all(&picked(rows)), rows as u64)
    }

    /// Rows that are called by their numbers.
    pub(in crate::ui::bulk) fn picked(rows: usize) -> Chosen<usize> {
        let names = (1..=rows).map(|n| format!("row {n}")).collect();
        Chosen {
            ids: (0..rows).collect(),
            able: rows as u64,
            names,
            people: 1,
            first: Vec::new(),
            refused: Vec::new(),
            days: Vec::new(),
            begun: Timestamp(0),
        }
    }

    fn told(batch: &[Item], became: fn(u32) -> Result<Option<Change>, Refused>) -> Vec<Outcome<String>> {
        let outcome =
            |item: &Item| Outcome { id: item.id.clone(), name: String::new(), became: became(item.n) };
        batch.iter().map(outcome).collect()
    }

    fn name() -> Change {
        Change::Name { was: "a".into(), set: "b".into() }
    }

    #[test]
    fn rows_go_two_hundred_at_a_time_and_what_is_refused_is_kept_with_its_reason() {
        let mut job = job(450);
        let mut sizes = Vec::new();
        while let Some(batch) = job.next() {
            sizes.push(batch.len());
            let even = |n: u32| if n.is_multiple_of(100) { Err(Refused::Gone) } else { Ok(None) };
            job.take(batch.len(), Ok(told(&batch, even)));
        }
        assert_eq!(sizes, [200, 200, 50]);
        assert_eq!((job.phase, job.done, job.answered()), (Phase::Done, 446, 450));
        assert_eq!(job.left.iter().map(|l| l.item.n).collect::<Vec<_>>(), [100, 200, 300, 400]);
        assert!(!job.may_pass() && !job.is_whole());
        assert_eq!(job.left[0].item.name, "row 100", "what is gone is called as it was picked");
    }

    #[test]
    fn stopped_it_ends_after_the_rows_under_way_and_goes_on_where_it_was() {
        let mut job = job(450);
        let batch = job.next().unwrap();
        job.phase = Phase::Stopping;
        job.take(batch.len(), Ok(told(&batch, |_| Ok(None))));
        assert_eq!((job.next(), job.phase, job.done, job.ahead.len()), (None, Phase::Stopped, 200, 250));
        assert_eq!((job.quarter(), job.is_whole()), (1, false));
        job.again();
        assert_eq!(job.next().unwrap()[0].n, 201);
    }

    #[test]
    fn an_answer_that_was_lost_leaves_its_rows_ahead_and_they_are_asked_for_again() {
        let mut job = job(250);
        let batch = job.next().unwrap();
        job.take(batch.len(), Err(AppError::Failed { reference: String::new() }));
        assert_eq!((job.next(), job.phase, job.done, job.ahead.len()), (None, Phase::Lost(200), 0, 250));
        job.again();
        assert_eq!((job.next().unwrap(), job.problem), (batch, None));
    }

    #[test]
    fn what_may_pass_is_tried_again_and_nothing_else() {
        let mut job = job(3);
        let batch = job.next().unwrap();
        let mixed = |n| match n {
            1 => Ok(None),
            2 => Err(Refused::NoAddress),
            _ => Err(Refused::Revoked),
        };
        job.take(3, Ok(told(&batch, mixed)));
        assert!(job.next().is_none() && job.may_pass());
        job.again();
        assert_eq!(job.next().unwrap().iter().map(|i| i.n).collect::<Vec<_>>(), [2]);
        job.take(1, Ok(told(&batch[1..2], |_| Ok(None))));
        assert_eq!((job.next(), job.phase, job.done, job.left.len()), (None, Phase::Done, 2, 1));
    }

    #[test]
    fn what_was_changed_is_put_back_once_and_that_itself_is_not() {
        let mut job = job(2);
        let batch = job.next().unwrap();
        assert_eq!(job.back(), None, "not while it runs");
        job.take(2, Ok(told(&batch, |n| Ok((n == 2).then(name)))));
        job.next();
        let (deed, items) = job.back().unwrap();
        assert_eq!((deed, items.len(), items[0].change.clone()), (Deed::DevicesBack, 1, Some(name())));
        assert_eq!(job.back(), None);
        let mut back = Job::new(Deed::DevicesBack, items, 1);
        back.phase = Phase::Done;
        assert_eq!(back.back(), None);
    }
}
