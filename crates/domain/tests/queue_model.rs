//! The command queue against a model device on a bad line: nothing destructive happens twice, nothing is lost.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

use Outcome::{Acknowledged, Error, FormatError, NotNow};
use Repeat::{Always, Never, WhileEnrolled};
use muster_domain::{
    CommandId,
    apple::queue::{MOST_SENDS, Outcome, Queue, Repeat, State},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn id(n: usize) -> CommandId {
    format!("00000000-0000-7000-8000-{n:012}").parse().unwrap()
}

/// What happens to one request of the device and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Good,
    RequestLost,
    AnswerLost,
    /// The server gets the request twice; the first answer reaches nobody.
    Doubled,
}

#[derive(Clone, Debug)]
enum Step {
    Enqueue(Repeat),
    /// A session: how the line is for each exchange, what the device makes of each command, and whether a device that
    /// got no answer says its last word again in place of ending the session.
    Session(Vec<(Line, Outcome)>, bool),
    /// Something that the device has said arrives once more.
    Replay(usize),
    Cancel(usize),
    Authenticate,
}

fn step() -> impl Strategy<Value = Step> {
    let line = prop_oneof![
        6 => Just(Line::Good), 2 => Just(Line::RequestLost), 2 => Just(Line::AnswerLost), 1 => Just(Line::Doubled)
    ];
    let outcome =
        prop_oneof![5 => Just(Acknowledged), 1 => Just(Error), 1 => Just(FormatError), 2 => Just(NotNow)];
    let session = proptest::collection::vec((line, outcome), 1..8);
    prop_oneof![
        4 => prop_oneof![Just(Always), Just(WhileEnrolled), Just(Never)].prop_map(Step::Enqueue),
        6 => (session, any::<bool>()).prop_map(|(lines, again)| Step::Session(lines, again)),
        2 => (0..12usize).prop_map(Step::Replay),
        1 => (0..12usize).prop_map(Step::Cancel),
        1 => Just(Step::Authenticate),
    ]
}

/// A device and the server's queue.
#[derive(Default)]
struct World {
    queue: Queue,
    repeats: Vec<Repeat>,
    /// How often the device has really done each command.
    done: BTreeMap<usize, usize>,
    /// How often the server has given each.
    given: BTreeMap<usize, u8>,
    /// All that the device has said of commands, whether it arrived or not.
    said: Vec<(usize, Outcome)>,
    /// Nothing is left on the device that could speak: it was erased, or its management removed.
    gone: bool,
}

impl World {
    fn number(command: &CommandId) -> usize {
        command.to_string()[24..].parse().unwrap()
    }

    /// The device says something; what reaches it in answer. `None` if the line broke.
    fn say(&mut self, word: Option<(usize, Outcome)>, line: Line) -> Option<Option<usize>> {
        self.said.extend(word);
        if line == Line::RequestLost {
            return None;
        }
        let mut server = || {
            let next = match word {
                None => self.queue.idle(),
                Some((n, outcome)) => self.queue.answer(&id(n), outcome).1,
            };
            let next = next.map(|e| Self::number(&e.id));
            next.inspect(|n| *self.given.entry(*n).or_default() += 1)
        };
        let mut heard = server();
        if line == Line::Doubled {
            heard = server();
        }
        self.at_most_one_is_on_its_way();
        (line != Line::AnswerLost).then_some(heard)
    }

    fn at_most_one_is_on_its_way(&self) {
        let sent = self.queue.entries().iter().filter(|e| matches!(e.state, State::Sent { .. })).count();
        assert!(sent <= 1, "{sent} commands on their way");
    }

    fn session(&mut self, lines: &[(Line, Outcome)], again: bool) {
        let mut word = None;
        for (line, would) in lines {
            match self.say(word, *line) {
                None if again && !self.gone => {}
                None | Some(None) => return,
                _ if self.gone => return,
                Some(Some(n)) => {
                    word = Some((n, *would));
                    if *would == Acknowledged {
                        *self.done.entry(n).or_default() += 1;
                        // An erased device still says so, once.
                        self.gone = self.repeats[n] == WhileEnrolled;
                    }
                }
            }
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Enqueue(repeat) => {
                self.queue.push(id(self.repeats.len()), *repeat);
                self.repeats.push(*repeat);
            }
            Step::Session(lines, again) if !self.gone => self.session(lines, *again),
            Step::Session(..) => {}
            Step::Replay(n) => {
                if let Some((n, outcome)) = self.said.iter().rev().cycle().nth(*n).copied() {
                    let _ = self.queue.answer(&id(n), outcome);
                }
            }
            Step::Cancel(n) => self.queue.cancel(&id(*n)),
            Step::Authenticate => {
                self.queue.enrolment_ended();
                self.gone = false;
            }
        }
        self.at_most_one_is_on_its_way();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn no_destructive_command_happens_twice_whatever_the_line_does(steps in proptest::collection::vec(step(), 1..40)) {
        let mut world = World::default();
        for step in &steps {
            world.step(step);
        }
        for (n, times) in &world.done {
            prop_assert!(*times <= 1 || world.repeats[*n] == Always, "{n} ({:?}) was done {times} times", world.repeats[*n]);
        }
    }

    #[test]
    fn no_command_is_lost_once_the_line_is_good(steps in proptest::collection::vec(step(), 1..40)) {
        let steps: Vec<Step> = steps.into_iter().filter(|s| !matches!(s, Step::Replay(..))).collect();
        let mut world = World::default();
        for step in &steps {
            world.step(step);
        }
        let good = vec![(Line::Good, Acknowledged); 100];
        for _ in 0..=MOST_SENDS {
            if world.gone {
                world.step(&Step::Authenticate);
            }
            world.session(&good, false);
        }
        let ended = steps.iter().any(|s| matches!(s, Step::Authenticate)) || world.repeats.contains(&WhileEnrolled);
        for entry in world.queue.entries() {
            prop_assert!(entry.state.is_final(), "{entry:?}");
            let n = World::number(&entry.id);
            if entry.state == State::Acknowledged {
                prop_assert!(world.done.contains_key(&n), "{n} is acknowledged and was never done");
            }
            if entry.state == State::Unanswered && entry.repeat == Always && !ended {
                prop_assert!(world.given[&n] >= MOST_SENDS, "{entry:?} was given up early");
            }
        }
    }
}
