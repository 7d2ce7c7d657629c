//! The APNs certificate, its request, and the vendor's certificate.

use crate::world::World;
use muster_domain::{
    account::Role,
    apple::{PushCertificate, PushRequest, VendorCertificate},
    device::{Platform, Reason, Status},
    ports::{Claim, Claimed, Reminder, StoreError},
    time::DAY,
};

const TOPIC: &str = "com.apple.mgmt.External.one";

fn certificate(world: &World, topic: &str, serial: &str) -> PushCertificate {
    PushCertificate {
        chain: vec![vec![0x30, 0xff, 0], vec![0x30, 1]],
        topic: topic.into(),
        serial: serial.into(),
        not_before: world.now(),
        not_after: world.now().plus_days(365),
        account: Some("it@example.org".into()),
        uploaded_at: world.now(),
    }
}

pub async fn a17_a_certificate_for_another_topic_replaces_the_last_only_with_the_number_of_devices_cut_off(
    world: World,
) {
    let (store, ws) = (&world.store, world.ws);
    assert_eq!(store.push_certificate(ws).await, Ok(None));
    assert_eq!(store.push_key(ws).await, Ok(None));
    let first = certificate(&world, TOPIC, "01");
    store.set_push_certificate(ws, &first, b"key", None).await.unwrap();
    assert_eq!(
        store.push_certificate(ws).await,
        Ok(Some(first.clone())),
        "whoever wrote reads what they wrote"
    );
    assert_eq!(store.push_key(ws).await, Ok(Some(b"key".to_vec())));
    let second = certificate(&world, "com.apple.mgmt.External.2", "03");
    let (_, link) = world.link("Anna").await;
    let device = super::apple::connect(&world, link, 1, 1, "UDID-1").await;
    let how = async || {
        store.refresh_statuses(ws, world.now()).await.unwrap();
        let device = store.device(ws, device).await.unwrap().unwrap();
        (device.status, device.reasons)
    };
    assert_eq!(how().await, (Status::Ok, vec![]));
    for cut_off in [None, Some(0), Some(2)] {
        let refused = store.set_push_certificate(ws, &second, b"other", cut_off).await;
        assert_eq!(refused, Err(StoreError::State), "one device is cut off");
    }
    let renewed = certificate(&world, TOPIC, "02");
    store.set_push_certificate(ws, &renewed, b"key", None).await.unwrap();
    assert_eq!(store.push_key(ws).await, Ok(Some(b"key".to_vec())));
    store.set_push_certificate(ws, &second, b"other", Some(1)).await.unwrap();
    assert_eq!(store.push_certificate(ws).await, Ok(Some(second.clone())));
    assert_eq!(how().await, (Status::Critical, vec![Reason::CutOff]), "each one says so");
    // The former certificate brings it back, and cuts nobody off.
    assert_eq!(store.set_push_certificate(ws, &renewed, b"key", Some(1)).await, Err(StoreError::State));
    store.set_push_certificate(ws, &renewed, b"key", Some(0)).await.unwrap();
    assert_eq!(how().await, (Status::Ok, vec![]));
    store.set_push_certificate(ws, &second, b"other", Some(1)).await.unwrap();
    store.set_push_account(ws, None).await.unwrap();
    assert_eq!(store.push_certificate(ws).await, Ok(Some(PushCertificate { account: None, ..second })));
}

pub async fn a_request_waits_until_a_certificate_with_its_key_comes(world: World) {
    let (store, ws) = (&world.store, world.ws);
    let request = |n: u8| PushRequest { csr: vec![0x30, n], made_at: world.now() };
    assert_eq!(store.push_request(ws).await, Ok(None));
    store.set_push_request(ws, Some((request(1), b"one".to_vec()))).await.unwrap();
    store.set_push_request(ws, Some((request(2), b"two".to_vec()))).await.unwrap();
    assert_eq!(store.push_request(ws).await, Ok(Some((request(2), b"two".to_vec()))));
    store.set_push_certificate(ws, &certificate(&world, TOPIC, "01"), b"three", None).await.unwrap();
    assert!(store.push_request(ws).await.unwrap().is_some(), "it was for another key");
    store.set_push_certificate(ws, &certificate(&world, TOPIC, "02"), b"two", None).await.unwrap();
    assert_eq!(store.push_request(ws).await, Ok(None));
    store.set_push_request(ws, Some((request(3), b"three".to_vec()))).await.unwrap();
    store.set_push_request(ws, None).await.unwrap();
    assert_eq!(store.push_request(ws).await, Ok(None));
    assert_eq!(store.push_key(ws).await, Ok(Some(b"two".to_vec())));
}

pub async fn a_vendor_certificate_is_kept_until_it_is_removed(world: World) {
    let (store, ws) = (&world.store, world.ws);
    let vendor = VendorCertificate {
        chain: vec![vec![0x30, 3], vec![0x30, 2], vec![0x30, 1]],
        name: "MDM Vendor: Example".into(),
        not_after: world.now().plus_days(100),
        uploaded_at: world.now(),
    };
    assert_eq!(store.push_vendor(ws).await, Ok(None));
    store.set_push_vendor(ws, Some((vendor.clone(), b"key".to_vec()))).await.unwrap();
    assert_eq!(store.push_vendor(ws).await, Ok(Some((vendor, b"key".to_vec()))));
    store.set_push_vendor(ws, None).await.unwrap();
    assert_eq!(store.push_vendor(ws).await, Ok(None));
}

pub async fn connected_apple_devices_are_counted_and_each_reminder_is_told_once(world: World) {
    let (store, ws) = (&world.store, world.ws);
    for (n, platform) in [Platform::Ios, Platform::Ipados, Platform::Android].into_iter().enumerate() {
        let (_, link) = world.link(&format!("Person{n}")).await;
        let claim = Claim { platform, ..world.claim(link, &format!("h{n}"), &format!("n{n}")) };
        assert!(matches!(store.claim(claim).await.unwrap(), Claimed::Connected { .. }));
    }
    assert_eq!(store.apple_devices(ws).await, Ok(2));
    assert_eq!(store.apple_devices(world.other).await, Ok(0));
    let anna = world.account("anna@example.org");
    let boris = world.account("boris@example.org");
    for account in [&anna, &boris] {
        store.add_account(ws, account, Role::Owner, None, world.now()).await.unwrap();
    }
    let end = world.now().plus(30 * DAY);
    let reminder = Reminder { account: anna.id, not_after: end, days: 30 };
    assert_eq!(store.is_reminded(ws, reminder).await, Ok(false));
    store.set_reminded(ws, reminder).await.unwrap();
    store.set_reminded(ws, reminder).await.unwrap();
    assert_eq!(store.is_reminded(ws, reminder).await, Ok(true));
    for other in [
        Reminder { account: boris.id, ..reminder },
        Reminder { not_after: end.plus(365 * DAY), ..reminder },
        Reminder { days: 14, ..reminder },
    ] {
        assert_eq!(store.is_reminded(ws, other).await, Ok(false), "{other:?}");
    }
    assert_eq!(store.is_reminded(world.other, reminder).await, Ok(false));
}

pub async fn a29_certificates_and_keys_of_another_workspace_are_not_there(world: World) {
    let (store, ws, other) = (&world.store, world.ws, world.other);
    store.set_push_certificate(ws, &certificate(&world, TOPIC, "01"), b"key", None).await.unwrap();
    let request = PushRequest { csr: vec![0x30], made_at: world.now() };
    store.set_push_request(ws, Some((request, b"key".to_vec()))).await.unwrap();
    assert_eq!(store.push_certificate(other).await, Ok(None));
    assert_eq!(store.push_key(other).await, Ok(None));
    assert_eq!(store.push_request(other).await, Ok(None));
    assert_eq!(store.push_vendor(other).await, Ok(None));
    store.set_push_request(other, None).await.unwrap();
    store.set_push_certificate(other, &certificate(&world, TOPIC, "02"), b"key", None).await.unwrap();
    assert!(store.push_request(ws).await.unwrap().is_some());
    assert_eq!(store.push_certificate(ws).await.unwrap().unwrap().serial, "01");
    assert_eq!(store.set_push_account(other, None).await, Ok(()));
    assert!(store.push_certificate(ws).await.unwrap().unwrap().account.is_some());
}
