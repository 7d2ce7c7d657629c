//! Links: who may claim one, and when it is dead.

use crate::world::{World, tokens};
use muster_domain::{
    DeviceId,
    device::{Platform, Status},
    invitation::{Refusal, State},
    ports::*,
    query::*,
    time::DAY,
    usecase::send,
};

pub async fn a22_of_thirty_two_devices_that_race_for_one_link_exactly_one_wins(world: World) {
    let (_, link) = world.link("Anna").await;
    let claims =
        (0..32).map(|n| world.store.claim(world.claim(link, &format!("hardware-{n}"), &format!("n{n}"))));
    let mut won = 0;
    for outcome in futures::future::join_all(claims).await {
        match outcome.unwrap() {
            Claimed::Connected { .. } => won += 1,
            other => assert_eq!(other, Claimed::Refused(Refusal::Used)),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(world.store.devices(world.ws, &DeviceQuery::default()).await.unwrap().total, 1);
}

pub async fn the_same_hardware_may_come_back_even_after_expiry_and_another_may_not(world: World) {
    let (user, link) = world.link("Anna").await;
    let device = world.connect(link, "hardware-1", "a").await;
    let row = world.store.user(world.ws, user).await.unwrap().unwrap();
    assert_eq!((row.devices, row.status), (1, Some(Status::Ok)));
    world.pass(100 * DAY);
    world.store.expire(world.now()).await.unwrap();
    let again = world.store.claim(world.claim(link, "hardware-1", "b")).await.unwrap();
    assert!(matches!(again, Claimed::Connected { device: same, .. } if same == device));
    assert_eq!(
        world.store.claim(world.claim(link, "hardware-2", "c")).await,
        Ok(Claimed::Refused(Refusal::Used))
    );
    assert_eq!(world.store.devices(world.ws, &DeviceQuery::default()).await.unwrap().total, 1);
}

pub async fn a18_a_claim_or_check_in_that_is_repeated_is_refused(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = world.connect(link, "hardware-1", "a").await;
    assert_eq!(world.store.claim(world.claim(link, "hardware-1", "a")).await, Ok(Claimed::Replayed));
    assert_eq!(world.store.check_in(world.ws, device, "x", None, world.now()).await, Ok(true));
    assert_eq!(world.store.check_in(world.ws, device, "x", None, world.now()).await, Ok(false));
}

pub async fn a23_a_link_is_dead_after_revocation_expiry_deletion_and_renewal(world: World) {
    let dead = async |link, expected| {
        let claimed = world.store.claim(world.claim(link, "hardware-9", "z")).await.unwrap();
        assert_eq!(claimed, Claimed::Refused(expected));
    };
    let (_, link) = world.link("Revoked").await;
    world.store.claim(world.claim(link, "hardware-9", "y")).await.unwrap();
    world.store.revoke(world.ws, link, world.now()).await.unwrap();
    dead(link, Refusal::Revoked).await;
    let (user, link) = world.link("Deleted").await;
    world.store.delete_user(world.ws, user).await.unwrap();
    dead(link, Refusal::Unknown).await;
    let (_, link) = world.link("Renewed").await;
    send::renew(&world.ports, world.ws, link).await.unwrap();
    dead(link, Refusal::Unknown).await;
    let newer = Claim { token: tokens(link, 2), ..world.claim(link, "hardware-9", "z") };
    assert!(matches!(world.store.claim(newer).await.unwrap(), Claimed::Connected { .. }));
    let (_, link) = world.link("Expired").await;
    world.pass(8 * DAY);
    dead(link, Refusal::Expired).await;
    assert!(world.store.expire(world.now()).await.unwrap() > 0);
    assert_eq!(world.store.invitation(world.ws, link).await.unwrap().unwrap().state, State::Expired);
    dead(link, Refusal::Expired).await;
    world.store.extend(world.ws, link, world.now().plus(DAY), world.now()).await.unwrap();
    assert!(matches!(
        world.store.claim(world.claim(link, "hardware-9", "z")).await.unwrap(),
        Claimed::Connected { .. }
    ));
}

pub async fn a_device_under_another_management_is_refused_and_binds_nothing(world: World) {
    let (_, link) = world.link("Anna").await;
    let mut claim = world.claim(link, "hardware-1", "a");
    claim.facts.managed_by = Some("KNOX".into());
    assert_eq!(world.store.claim(claim).await, Ok(Claimed::Refused(Refusal::OtherManagement)));
    assert!(matches!(
        world.store.claim(world.claim(link, "hardware-2", "b")).await.unwrap(),
        Claimed::Connected { .. }
    ));
}

pub async fn a_look_at_the_page_is_a_hint_and_never_ends_a_link(world: World) {
    let (_, link) = world.link("Anna").await;
    let opened_on = async |platform| {
        world.store.opened(world.ws, link, platform, world.now()).await.unwrap();
        let seen = world.store.invitation(world.ws, link).await.unwrap().unwrap();
        assert_eq!(seen.state, State::Opened);
        seen.platform
    };
    // First on a computer, then on the phone: the phone counts, and another look on the computer takes nothing back.
    assert_eq!(opened_on(None).await, None);
    assert_eq!(opened_on(Some(Platform::Android)).await, Some(Platform::Android));
    assert_eq!(opened_on(Some(Platform::Ios)).await, Some(Platform::Ios));
    assert_eq!(opened_on(None).await, Some(Platform::Ios));
    assert!(matches!(
        world.store.claim(world.claim(link, "hardware-1", "a")).await.unwrap(),
        Claimed::Connected { .. }
    ));
    world.store.opened(world.ws, link, None, world.now()).await.unwrap();
    assert_eq!(world.store.invitation(world.ws, link).await.unwrap().unwrap().state, State::Enrolled);
}

pub async fn look_ups_that_wait_together_find_each_its_own(world: World) {
    let (_, first) = world.link("Anna").await;
    let (_, second) = world.link("Ben").await;
    let found = [tokens(first, 1), tokens(second, 2), tokens(second, 1), tokens(first, 1)]
        .map(|token| world.store.find_invitation(token));
    let found: Vec<_> =
        futures::future::join_all(found).await.into_iter().map(|f| f.unwrap().map(|i| i.id)).collect();
    assert_eq!(found, [Some(first), None, Some(second), Some(first)]);
    let stays = world.connect(first, "hardware-1", "a").await;
    let leaves = world.connect(second, "hardware-2", "b").await;
    world.store.leave(world.ws, leaves, "bye", world.now()).await.unwrap();
    let nobody = DeviceId::new(world.now(), &*world.ports.secrets);
    let found = [leaves, stays, nobody].map(|device| world.store.find_device_key(device));
    let found: Vec<_> = futures::future::join_all(found).await.into_iter().map(Result::unwrap).collect();
    let key = |left| Some(DeviceKey { workspace: world.ws, point: vec![4; 65], left });
    assert_eq!(found, [key(true), key(false), None]);
}
