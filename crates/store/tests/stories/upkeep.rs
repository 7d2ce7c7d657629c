//! Upkeep: what is over goes, what is not stays.

use crate::world::World;
use muster_domain::{
    AccountId, CommandId,
    account::{Account, Role},
    command::{CommandKind, Order},
    ports::*,
    time::{DAY, MINUTE, SECOND},
};

pub async fn what_is_over_is_taken_away_and_nothing_else(world: World) {
    let (store, begin) = (&world.store, world.now());
    let id = AccountId::new(begin, &*world.ports.secrets);
    let account =
        Account { id, email: "a@example.org".parse().unwrap(), name: "A".parse().unwrap(), language: None };
    store.add_account(world.ws, &account, Role::Owner, Some("h"), begin).await.unwrap();
    store.add_session([1; 32], world.session(id, begin.plus(DAY))).await.unwrap();
    store.add_session([2; 32], world.session(id, begin.plus(100 * DAY))).await.unwrap();
    store.add_ticket([3; 32], &Ticket::Password(id), begin.plus(DAY)).await.unwrap();
    let (anna, link) = world.link("Anna").await;
    world.send(&[anna]).await;
    let device = world.connect(link, "hardware-1", "a").await;
    world.pass(10 * SECOND);
    let job = store.claim_mails("w", world.ws, 9, world.now(), MINUTE).await.unwrap().pop().unwrap();
    store.mail_sent("w", &job, world.now()).await.unwrap();
    let command = CommandId::new(begin, &*world.ports.secrets);
    store.add_command(world.ws, device, command, &Order::plain(CommandKind::Report), begin).await.unwrap();
    store.fetch_commands(world.ws, device, "b", None, begin).await.unwrap();
    let answer = Answer { device, command, done: true, detail: None, nonce: "c".into(), now: begin };
    store.answer_command(world.ws, answer).await.unwrap();

    let young = store.clean(begin.plus(6 * MINUTE)).await.unwrap();
    assert_eq!(young, Cleaned::default(), "a nonce outlives its signature's 330 seconds");
    assert_eq!(store.check_in(world.ws, device, "b", None, begin.plus(6 * MINUTE)).await, Ok(false));
    let later = store.clean(begin.plus(DAY)).await.unwrap();
    assert_eq!((later.nonces, later.sessions, later.tickets, later.mails, later.commands), (3, 1, 1, 0, 0));
    assert_eq!(store.mails_since(world.ws, begin).await, Ok(1), "the limit of a day still counts it");
    assert!(store.session([2; 32], begin.plus(DAY), begin).await.unwrap().is_some());
    let much_later = store.clean(begin.plus(99 * DAY)).await.unwrap();
    assert_eq!((much_later.mails, much_later.commands, much_later.more), (1, 1, false));
}
