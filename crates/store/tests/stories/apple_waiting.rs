//! Who waits with an iPhone or iPad for the certificate.

use crate::world::{World, tokens};
use muster_domain::{
    InvitationId,
    device::Platform,
    invitation::State,
    ports::{AppleTold, Claim, Claimed},
    query::InvitationQuery,
    time::DAY,
};

async fn state(world: &World, id: InvitationId) -> State {
    world.store.invitation(world.ws, id).await.unwrap().unwrap().state
}

/// The list has just those who are counted.
async fn waiting(world: &World) -> Vec<InvitationId> {
    let query = InvitationQuery { apple: true, ..InvitationQuery::default() };
    let page = world.store.invitations(world.ws, &query).await.unwrap();
    assert_eq!(page.total, world.store.apple_waiting(world.ws).await.unwrap());
    page.rows.iter().map(|row| row.id).collect()
}

pub async fn whoever_waits_for_the_certificate_is_told_once_by_the_same_link(world: World) {
    let (store, ws) = (&world.store, world.ws);
    let (_, open) = world.link("Anna").await;
    let (_, late) = world.link("Boris").await;
    let (_, calm) = world.link("Clara").await;
    for id in [open, late, calm] {
        store.opened(ws, id, Some(Platform::Ios), world.now()).await.unwrap();
    }
    for id in [open, late, open] {
        store.apple_waits(ws, id, world.now()).await.unwrap();
    }
    assert_eq!(waiting(&world).await, [late, open]);
    let waits = async |id| store.invitation(ws, id).await.unwrap().unwrap().apple_waits;
    assert!(waits(open).await && !waits(calm).await);
    world.pass(6 * DAY);
    store.extend(ws, open, world.now().plus_days(90), world.now()).await.unwrap();
    world.pass(2 * DAY);
    while store.expire(world.now()).await.unwrap() > 0 {}
    assert_eq!(state(&world, late).await, State::Expired);
    let end = world.now().plus_days(7);
    let told = store.tell_apple_waiting(ws, end, world.now()).await.unwrap();
    assert_eq!(told, AppleTold { told: 2, without_address: 0 });
    for id in [open, late] {
        let message = store.invitation(ws, id).await.unwrap().unwrap();
        assert_eq!((message.state, message.generation), (State::Queued, 1), "the same link");
        assert_eq!(store.find_invitation(tokens(id, 1)).await.unwrap().unwrap().id, id);
    }
    let ends = async |id| store.invitation(ws, id).await.unwrap().unwrap().expires_at;
    assert_eq!(ends(late).await, end);
    assert!(ends(open).await > end, "no link ends earlier than it would have");
    assert_eq!(state(&world, calm).await, State::Expired, "nobody else is written to");
    assert_eq!(waiting(&world).await, []);
    assert!(!waits(open).await);
    let again = store.tell_apple_waiting(ws, end, world.now()).await.unwrap();
    assert_eq!(again, AppleTold::default());
}

pub async fn who_connected_or_whose_link_was_revoked_waits_no_more(world: World) {
    let (store, ws) = (&world.store, world.ws);
    let (_, connected) = world.link("Anna").await;
    let (_, revoked) = world.link("Boris").await;
    let (user, deleted) = world.link("Clara").await;
    let (_, connecting) = world.link("Dora").await;
    for id in [connected, revoked, deleted, connecting] {
        store.apple_waits(ws, id, world.now()).await.unwrap();
    }
    let claim = Claim { platform: Platform::Android, ..world.claim(connected, "h", "n") };
    assert!(matches!(store.claim(claim).await.unwrap(), Claimed::Connected { .. }));
    store.revoke(ws, revoked, world.now()).await.unwrap();
    store.delete_user(ws, user).await.unwrap();
    store.enrolling(ws, connecting, world.now()).await.unwrap();
    store.apple_waits(ws, connected, world.now()).await.unwrap();
    assert_eq!(waiting(&world).await, [connecting]);
    let nobody = world.user("Without", None, &[]).await;
    let (made, _) = muster_domain::usecase::send::links(&world.ports, ws, &[nobody], 1).await.unwrap();
    store.apple_waits(ws, made[0].1, world.now()).await.unwrap();
    let told = store.tell_apple_waiting(ws, world.now().plus_days(7), world.now()).await.unwrap();
    assert_eq!(
        told,
        AppleTold { told: 0, without_address: 1 },
        "a device that connects just now needs no mail"
    );
    assert_eq!(waiting(&world).await, []);
    assert_eq!(state(&world, connecting).await, State::Enrolling);
    assert_eq!(state(&world, revoked).await, State::Revoked);
}

pub async fn a29_nobody_of_another_workspace_is_counted_or_told(world: World) {
    let (store, ws, other) = (&world.store, world.ws, world.other);
    let (_, link) = world.link("Anna").await;
    store.apple_waits(other, link, world.now()).await.unwrap();
    assert_eq!(store.apple_waiting(ws).await, Ok(0), "no invitation of that workspace");
    store.apple_waits(ws, link, world.now()).await.unwrap();
    assert_eq!(store.apple_waiting(other).await, Ok(0));
    let told = store.tell_apple_waiting(other, world.now().plus_days(7), world.now()).await.unwrap();
    assert_eq!(told, AppleTold::default());
    assert_eq!(waiting(&world).await, [link]);
}
