//! Calls of iPhones and iPads: when they are due, and what becomes of them.

use super::apple::*;
use crate::world::World;
use muster_domain::{
    command::{CommandKind, Order},
    device::{Reason, Status},
    ports::*,
    time::{DAY, MINUTE},
};

pub async fn calls_are_due_until_they_were_made_and_several_are_one(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    let due = async || world.store.due_calls(10, world.now(), world.now().plus(MINUTE)).await.unwrap();
    assert_eq!(world.store.next_call().await, Ok(Some(world.now())), "after connecting");
    order(&world, device, lock()).await;
    order(&world, device, Order::plain(CommandKind::ProfileList)).await;
    let calls = due().await;
    assert_eq!(calls.len(), 1, "one call brings all");
    assert_eq!((calls[0].token.clone(), calls[0].magic.as_str()), (vec![7; 32], "magic"));
    assert_eq!(due().await, [], "somebody is at it");
    world.pass(MINUTE);
    let again = due().await;
    assert_eq!(again.len(), 1, "whoever was at it has died");
    let later = world.now().plus(5 * MINUTE);
    world
        .store
        .called(vec![(again[0].clone(), Called::Again("503".into(), later))], world.now())
        .await
        .unwrap();
    let reachable = async || world.store.reachable(world.ws, device).await.unwrap().unwrap();
    assert_eq!((reachable().await.due_at, reachable().await.reason.as_deref()), (Some(later), Some("503")));
    world.pass(5 * MINUTE);
    let third = due().await;
    assert_eq!(third[0].attempts, 1);
    // A command comes while the call is on its way: it is due again.
    order(&world, device, Order::plain(CommandKind::CertificateList)).await;
    world.store.called(vec![(third[0].clone(), Called::Done)], world.now()).await.unwrap();
    assert_eq!(due().await.len(), 1);
    world.pass(MINUTE);
    let last = due().await;
    world.store.called(vec![(last[0].clone(), Called::Done)], world.now()).await.unwrap();
    assert_eq!((due().await.len(), reachable().await.called_at), (0, Some(world.now())));
}

pub async fn calls_that_wait_or_were_refused_are_due_when_another_certificate_comes(world: World) {
    let (_, first) = world.link("Anna").await;
    let (_, second) = world.link("Boris").await;
    let (_, third) = world.link("Clara").await;
    connect(&world, first, 1, 1, "UDID-A").await;
    connect(&world, second, 1, 2, "UDID-B").await;
    connect(&world, third, 1, 3, "UDID-C").await;
    let due = async || {
        let mut due = world.store.due_calls(9, world.now(), world.now().plus(MINUTE)).await.unwrap();
        due.sort_by_key(|call| call.invitation);
        due
    };
    let calls = due().await;
    let became = [
        Called::Again("no APNs certificate".into(), world.now().plus(DAY)),
        Called::Refused("403 BadCertificate".into()),
        Called::Gone,
    ];
    let outcomes = calls.into_iter().zip(became).collect();
    world.store.called(outcomes, world.now()).await.unwrap();
    world.pass(2 * MINUTE);
    assert_eq!(due().await, []);
    let mut certificate = muster_domain::apple::PushCertificate {
        chain: vec![vec![0x30]],
        topic: "com.apple.mgmt.External.one".into(),
        serial: "01".into(),
        not_before: world.now(),
        not_after: world.now().plus(DAY),
        account: None,
        uploaded_at: world.now(),
    };
    world.store.set_push_certificate(world.other, &certificate, b"key", None).await.unwrap();
    assert_eq!(due().await, [], "another workspace's");
    world.store.set_push_certificate(world.ws, &certificate, b"key", None).await.unwrap();
    let again = due().await;
    assert_eq!(
        again.iter().map(|c| (c.invitation, c.attempts)).collect::<Vec<_>>(),
        [(first, 0), (second, 0)]
    );
    // One that comes while calls are on their way: they are made again by it, whatever the former one does to them.
    certificate.serial = "02".into();
    world.store.set_push_certificate(world.ws, &certificate, b"key", None).await.unwrap();
    let refused =
        again.into_iter().map(|call| (call, Called::Refused("403 BadCertificate".into()))).collect();
    world.store.called(refused, world.now()).await.unwrap();
    assert_eq!(due().await.len(), 2);
}

pub async fn a_phone_that_cannot_be_called_any_more_is_critical_until_it_says_how(world: World) {
    let (_, link) = world.link("Anna").await;
    let device = connect(&world, link, 1, 1, "UDID-A").await;
    let call = world.store.due_calls(1, world.now(), world.now().plus(MINUTE)).await.unwrap().remove(0);
    world.store.called(vec![(call, Called::Gone)], world.now()).await.unwrap();
    let row = async || world.store.device(world.ws, device).await.unwrap().unwrap();
    assert_eq!((row().await.status, row().await.reasons), (Status::Critical, vec![Reason::PushGone]));
    world.store.take_tokens(world.ws, tokens(&world, link)).await.unwrap();
    assert_eq!(row().await.status, Status::Ok);
}
