//! The command queue: stories. `queue_model.rs` has a device on a bad line.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

use muster_domain::{
    CommandId,
    apple::queue::{Ignored, MOST_SENDS, Outcome, Queue, Repeat, State},
};

fn id(n: usize) -> CommandId {
    format!("00000000-0000-7000-8000-{n:012}").parse().unwrap()
}

fn queue(commands: &[Repeat]) -> Queue {
    let mut queue = Queue::default();
    for (n, repeat) in commands.iter().enumerate() {
        queue.push(id(n), *repeat);
    }
    queue
}

fn idle(queue: &mut Queue) -> Option<CommandId> {
    queue.idle().map(|e| e.id)
}

fn answer(queue: &mut Queue, n: usize, outcome: Outcome) -> (Result<(), Ignored>, Option<CommandId>) {
    let (taken, next) = queue.answer(&id(n), outcome);
    (taken, next.map(|e| e.id))
}

fn state(queue: &Queue, n: usize) -> State {
    queue.entries().iter().find(|e| e.id == id(n)).unwrap().state
}

use Outcome::{Acknowledged, Error, FormatError, NotNow};
use Repeat::{Always, Never, WhileEnrolled};

#[test]
fn commands_go_out_in_order_one_at_a_time() {
    let mut q = queue(&[Always, Never, Always]);
    assert_eq!(idle(&mut q), Some(id(0)));
    assert_eq!(answer(&mut q, 0, Acknowledged), (Ok(()), Some(id(1))));
    assert_eq!(answer(&mut q, 1, Error), (Ok(()), Some(id(2))));
    assert_eq!(answer(&mut q, 2, FormatError), (Ok(()), None));
    assert_eq!([0, 1, 2].map(|n| state(&q, n)), [State::Acknowledged, State::Failed, State::FormatError]);
    assert_eq!(idle(&mut q), None);
}

#[test]
fn not_now_is_kept_and_tried_again_in_the_next_session() {
    let mut q = queue(&[Always, Always, Always]);
    assert_eq!(idle(&mut q), Some(id(0)));
    assert_eq!(answer(&mut q, 0, NotNow), (Ok(()), Some(id(1))));
    assert_eq!(answer(&mut q, 1, NotNow), (Ok(()), Some(id(2))));
    assert_eq!(answer(&mut q, 2, Acknowledged), (Ok(()), None), "not again in the same session");
    assert_eq!(idle(&mut q), Some(id(0)));
    assert_eq!(answer(&mut q, 0, Acknowledged), (Ok(()), Some(id(1))), "the second one is not starved");
    assert_eq!(answer(&mut q, 1, Acknowledged), (Ok(()), None));
}

#[test]
fn not_now_for_ever_never_ends_in_a_loop_and_never_gives_up() {
    let mut q = queue(&[Always]);
    for _ in 0..1000 {
        assert_eq!(idle(&mut q), Some(id(0)));
        assert_eq!(answer(&mut q, 0, NotNow), (Ok(()), None));
    }
    assert_eq!(idle(&mut q), Some(id(0)));
}

#[test]
fn a_lost_answer_brings_the_same_command_with_the_same_id() {
    let mut q = queue(&[Always, Always]);
    assert_eq!(idle(&mut q), Some(id(0)));
    assert_eq!(idle(&mut q), Some(id(0)));
    assert_eq!(state(&q, 0), State::Sent { times: 2 });
    assert_eq!(answer(&mut q, 0, Acknowledged), (Ok(()), Some(id(1))));
}

#[test]
fn a_command_that_must_not_happen_twice_is_left_to_a_person_when_its_answer_is_lost() {
    let mut q = queue(&[Never, Always]);
    assert_eq!(idle(&mut q), Some(id(0)));
    assert_eq!(idle(&mut q), Some(id(1)));
    assert_eq!(state(&q, 0), State::Unanswered);
    assert_eq!(answer(&mut q, 0, Acknowledged).0, Ok(()), "a late answer is a fact");
    assert_eq!(state(&q, 0), State::Acknowledged);
}

#[test]
fn not_now_that_arrives_once_more_does_not_have_it_done_twice() {
    let mut q = queue(&[Repeat::Never, Repeat::Always]);
    assert_eq!(idle(&mut q), Some(id(0)));
    assert_eq!(answer(&mut q, 0, NotNow), (Ok(()), Some(id(1))));
    assert_eq!(answer(&mut q, 1, Acknowledged), (Ok(()), None));
    assert_eq!(idle(&mut q), Some(id(0)));
    // The device does it, and the line breaks; what it said first arrives again.
    assert_eq!(answer(&mut q, 0, NotNow), (Ok(()), None));
    assert_eq!(state(&q, 0), State::Unanswered);
    assert_eq!(idle(&mut q), None);
    assert_eq!(answer(&mut q, 0, Acknowledged).0, Ok(()), "a late answer is still taken");
}

#[test]
fn an_erase_is_sent_again_while_the_device_is_enrolled_and_never_to_a_new_enrolment() {
    let mut q = queue(&[WhileEnrolled, Always, Never]);
    assert_eq!(idle(&mut q), Some(id(0)));
    assert_eq!(idle(&mut q), Some(id(0)), "it still speaks, so it is not erased");
    q.enrolment_ended();
    assert_eq!(state(&q, 0), State::Presumed);
    assert_eq!(state(&q, 1), State::Cancelled { sent: false });
    assert_eq!(idle(&mut q), None);
}

#[test]
fn a12_an_answer_for_another_devices_command_changes_nothing() {
    let mut q = queue(&[Always]);
    assert_eq!(answer(&mut q, 7, Acknowledged), (Err(Ignored::Unknown), Some(id(0))));
    assert_eq!(state(&q, 0), State::Sent { times: 1 });
}

#[test]
fn a12_an_answer_twice_or_before_its_command_changes_nothing() {
    let mut q = queue(&[Always, Always]);
    assert_eq!(answer(&mut q, 1, Acknowledged), (Err(Ignored::NotSent), Some(id(0))));
    assert_eq!(answer(&mut q, 0, Acknowledged).0, Ok(()));
    for outcome in [Acknowledged, Error, FormatError, NotNow] {
        assert_eq!(answer(&mut q, 0, outcome).0, Err(Ignored::Repeated));
        assert_eq!(state(&q, 0), State::Acknowledged);
    }
}

#[test]
fn a_command_that_is_never_answered_does_not_hold_up_the_others() {
    let mut q = queue(&[Always, Always]);
    for _ in 0..MOST_SENDS {
        assert_eq!(idle(&mut q), Some(id(0)));
    }
    assert_eq!(idle(&mut q), Some(id(1)));
    assert_eq!(state(&q, 0), State::Unanswered);
}

#[test]
fn a_command_that_is_taken_back_is_not_sent_any_more() {
    let mut q = queue(&[Always, Always]);
    assert_eq!(idle(&mut q), Some(id(0)));
    q.cancel(&id(0));
    q.cancel(&id(1));
    assert_eq!(idle(&mut q), None);
    assert_eq!(answer(&mut q, 0, Acknowledged).0, Ok(()), "the device had it already");
    assert_eq!(answer(&mut q, 1, Acknowledged).0, Err(Ignored::NotSent));
    q.cancel(&id(0));
    assert_eq!(state(&q, 0), State::Acknowledged);
}

#[test]
fn a_queue_that_was_stored_goes_on_where_it_was() {
    let mut q = queue(&[Always, Always]);
    assert_eq!(idle(&mut q), Some(id(0)));
    assert_eq!(answer(&mut q, 0, NotNow), (Ok(()), Some(id(1))));
    let mut again = Queue::restore(q.entries().to_vec(), q.session());
    assert_eq!(again, q);
    assert_eq!(answer(&mut again, 1, Acknowledged), (Ok(()), None), "the same session still");
    assert_eq!(idle(&mut again), Some(id(0)));
}

#[test]
fn the_same_id_twice_is_one_command() {
    let mut q = queue(&[Always]);
    q.push(id(0), Never);
    assert_eq!(q.entries().len(), 1);
}
