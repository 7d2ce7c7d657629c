//! Sending again what failed, and what the person's row says of it.

use crate::world::World;
use muster_domain::{
    device::Platform,
    invitation::State,
    ports::*,
    time::{DAY, MINUTE, SECOND},
};

pub async fn all_that_failed_of_a_send_goes_out_again_and_nothing_else(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let boris = world.user("Boris", Some("boris@example.org"), &[]).await;
    let chidi = world.user("Chidi", Some("chidi@example.org"), &[]).await;
    let batch = world.send(&[anna, boris, chidi]).await;
    world.pass(10 * SECOND);
    for job in world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap() {
        if job.invitation.user == chidi {
            world.store.mail_sent("w", &job, world.now()).await.unwrap();
        } else {
            world.store.mail_failed("w", &job, "550 full", world.now()).await.unwrap();
        }
    }
    let elsewhere = world.store.resend_failed(world.other, batch, world.now()).await;
    assert_eq!(elsewhere, Err(StoreError::NotFound));
    assert_eq!(world.store.resend_failed(world.ws, batch, world.now()).await, Ok(2));
    assert_eq!(world.store.resend_failed(world.ws, batch, world.now()).await, Ok(0));
    let progress = world.store.progress(world.ws, batch).await.unwrap();
    assert_eq!((progress.queued, progress.sent, progress.failed), (2, 1, 0));
    let message = world.store.user(world.ws, anna).await.unwrap().unwrap().message.unwrap();
    assert_eq!((message.state, message.detail), (State::Queued, None));
    let again = world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap();
    assert_eq!(again.len(), 2);
    let steps = world.store.steps(world.ws, again[0].invitation.id).await.unwrap();
    assert_eq!(
        steps.iter().map(|s| s.state).collect::<Vec<_>>(),
        [State::Queued, State::Failed, State::Queued]
    );
}

pub async fn what_failed_and_has_expired_since_stays_failed(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let batch = world.send(&[anna]).await;
    world.pass(10 * SECOND);
    let job = world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap().pop().unwrap();
    world.store.mail_failed("w", &job, "550 full", world.now()).await.unwrap();
    world.pass(8 * DAY);
    assert_eq!(world.store.resend_failed(world.ws, batch, world.now()).await, Ok(0));
    assert_eq!(world.store.progress(world.ws, batch).await.unwrap().failed, 1);
}

pub async fn the_users_row_tells_on_what_a_link_was_opened_and_which_device_it_connected(world: World) {
    let (user, link) = world.link("Anna").await;
    let detail = async || world.store.user(world.ws, user).await.unwrap().unwrap().message.unwrap().detail;
    assert_eq!(detail().await.as_deref(), Some("by_hand"), "no mail brought it");
    world.store.opened(world.ws, link, Some(Platform::Ipados), world.now()).await.unwrap();
    assert_eq!(detail().await.as_deref(), Some("ipados"));
    world.store.claim(world.claim(link, "hardware-1", "nonce")).await.unwrap();
    assert_eq!(detail().await.as_deref(), Some("Pixel 8"));
}
