//! Who waits for a device since when, what a request for a new link is answered by, and what an extension leaves as it was.

use crate::world::World;
use muster_domain::{
    InvitationId, UserId,
    device::Platform,
    invitation::{Acted, State},
    time::{DAY, MINUTE, SECOND},
    usecase::send,
};

/// Since how many days somebody waits, and whether they ask for a new link.
async fn waits(world: &World, user: UserId) -> Option<(i64, bool)> {
    let all = world.store.waiting_longest(world.ws, 100).await.unwrap();
    let one = all.iter().find(|one| one.user.id == user)?;
    Some((world.now().since(one.since) / DAY, one.asks))
}

async fn asks(world: &World, link: InvitationId) -> bool {
    world.store.invitation(world.ws, link).await.unwrap().unwrap().requested_at.is_some()
}

/// Somebody whose link has ended, and who asks for a new one.
async fn asking(world: &World, name: &str) -> (UserId, InvitationId) {
    let (user, link) = world.link(name).await;
    world.pass(8 * DAY);
    world.store.expire(world.now()).await.unwrap();
    world.store.request_link(world.ws, link, world.now()).await.unwrap();
    assert!(asks(world, link).await);
    (user, link)
}

pub async fn somebody_waits_since_their_first_message_after_the_last_connection(world: World) {
    let store = &world.store;
    let (user, link) = world.link("Anna").await;
    world.pass(2 * DAY);
    store.opened(world.ws, link, None, world.now()).await.unwrap();
    store.resend(world.ws, link, world.now()).await.unwrap();
    world.send(&[user]).await;
    assert_eq!(waits(&world, user).await, Some((2, false)), "neither a look nor another message begins anew");
    world.pass(6 * DAY);
    store.expire(world.now()).await.unwrap();
    assert_eq!(waits(&world, user).await, Some((8, false)), "nor does the end of the link");
    store.request_link(world.ws, link, world.now()).await.unwrap();
    assert_eq!(waits(&world, user).await, Some((8, true)));
    store.revoke(world.ws, link, world.now()).await.unwrap();
    assert_eq!(waits(&world, user).await, Some((6, false)), "what was withdrawn is waited for no more");
    let (made, _) = send::links(&world.ports, world.ws, &[user], 1).await.unwrap();
    let device = world.connect(made[0].1, "hardware-1", "a").await;
    assert_eq!(waits(&world, user).await, None);
    store.leave(world.ws, device, "bye", world.now()).await.unwrap();
    assert_eq!(waits(&world, user).await, None, "there was no message since");
    world.pass(DAY);
    let batch = world.send(&[user]).await;
    world.pass(SECOND);
    assert_eq!(waits(&world, user).await, Some((0, false)));
    store.undo_batch(world.ws, batch, world.now()).await.unwrap();
    assert_eq!(waits(&world, user).await, None);
}

pub async fn a_device_that_is_given_away_takes_the_waiting_of_its_new_owner(world: World) {
    let (anna, link) = world.link("Anna").await;
    let (ben, _) = world.link("Ben").await;
    let device = world.connect(link, "hardware-1", "a").await;
    assert_eq!((waits(&world, anna).await, waits(&world, ben).await), (None, Some((0, false))));
    world.store.move_device(world.ws, device, ben, None, world.now()).await.unwrap();
    assert_eq!((waits(&world, anna).await, waits(&world, ben).await), (None, None));
    world.store.delete_device(world.ws, device, world.now()).await.unwrap();
    assert_eq!(world.store.messages_that_wait(world.ws).await, Ok(1), "that to Ben");
}

pub async fn a_request_for_a_new_link_stays_until_a_message_is_queued_for_its_person(world: World) {
    let store = &world.store;
    let (_, link) = asking(&world, "Extended").await;
    store.extend(world.ws, link, world.now().plus_days(7), world.now()).await.unwrap();
    assert!(asks(&world, link).await, "nobody was told");
    assert_eq!(store.asking(world.ws).await, Ok(1));
    store.resend(world.ws, link, world.now()).await.unwrap();
    assert!(!asks(&world, link).await);
    let (_, link) = asking(&world, "Renewed").await;
    send::renew(&world.ports, world.ws, link).await.unwrap();
    assert!(!asks(&world, link).await);
    let (_, link) = asking(&world, "Connected").await;
    store.extend(world.ws, link, world.now().plus_days(7), world.now()).await.unwrap();
    world.connect(link, "hardware-1", "a").await;
    assert!(!asks(&world, link).await);
    let (_, link) = asking(&world, "Withdrawn").await;
    store.revoke(world.ws, link, world.now()).await.unwrap();
    assert_eq!(store.asking(world.ws).await, Ok(0));
}

pub async fn a_newer_message_answers_the_request_and_undone_it_stands_again(world: World) {
    let store = &world.store;
    let (anna, link) = asking(&world, "Anna").await;
    let (ben, other) = asking(&world, "Ben").await;
    let batch = world.send(&[anna]).await;
    assert_eq!((asks(&world, link).await, asks(&world, other).await), (false, true));
    store.undo_batch(world.ws, batch, world.now()).await.unwrap();
    assert_eq!((asks(&world, link).await, asks(&world, other).await), (true, true));
    let batch = world.send(&[anna, ben]).await;
    world.pass(MINUTE);
    for job in store.claim_mails("worker", world.ws, 10, world.now(), MINUTE).await.unwrap() {
        store.mail_failed("worker", &job, "550 no such user", world.now()).await.unwrap();
    }
    assert_eq!(store.asking(world.ws).await, Ok(0));
    // Who asks again, since nothing came, is answered by the next try.
    store.request_link(world.ws, link, world.now()).await.unwrap();
    assert_eq!(store.resend_failed(world.ws, batch, world.now()).await, Ok(2));
    assert_eq!(store.asking(world.ws).await, Ok(0));
}

pub async fn an_extended_link_is_what_it_was_before_it_expired(world: World) {
    let store = &world.store;
    let (user, link) = world.link("Anna").await;
    world.pass(DAY);
    store.opened(world.ws, link, Some(Platform::Android), world.now()).await.unwrap();
    let opened = world.now();
    // Given more time twice, before and after it ended, and once more.
    store.extend(world.ws, link, world.now().plus_days(9), world.now()).await.unwrap();
    let before = store.user(world.ws, user).await.unwrap().unwrap();
    for _ in 0..2 {
        world.pass(10 * DAY);
        assert_eq!(store.expire(world.now()).await, Ok(1));
        store.extend(world.ws, link, world.now().plus_days(9), world.now()).await.unwrap();
        let message = store.invitation(world.ws, link).await.unwrap().unwrap();
        assert_eq!((message.state, message.state_at), (State::Opened, opened));
        assert_eq!(store.user(world.ws, user).await, Ok(Some(before.clone())), "nothing was sent");
        let steps = store.steps(world.ws, link).await.unwrap();
        let last = steps.last().unwrap();
        assert_eq!((last.state, last.acted, last.at), (State::Opened, Some(Acted::Extended), world.now()));
    }
    assert_eq!(store.next_mail().await, Ok(None));
}

pub async fn a_message_that_never_went_out_goes_out_when_its_link_is_extended(world: World) {
    let store = &world.store;
    let user = world.user("Anna", Some("anna@example.org"), &[]).await;
    world.send(&[user]).await;
    let link = store.user(world.ws, user).await.unwrap().unwrap().message.unwrap().invitation;
    world.pass(8 * DAY);
    assert_eq!(store.expire(world.now()).await, Ok(1));
    assert_eq!(store.next_mail().await, Ok(None));
    store.extend(world.ws, link, world.now().plus_days(7), world.now()).await.unwrap();
    let message = store.invitation(world.ws, link).await.unwrap().unwrap();
    assert_eq!((message.state, message.sending), (State::Queued, 1));
    assert_eq!(store.next_mail().await, Ok(Some(world.now())));
}
