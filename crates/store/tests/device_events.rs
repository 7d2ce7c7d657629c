//! The history of a device: what is told, what is not, and that it goes with the device.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod world;

use muster_domain::{
    AccountId, DeviceId, InvitationId, UserId,
    account::{Account, Role},
    device::{DeviceEvent, Facts, Reason, Status},
    invitation::{Acted, Refusal, State},
    ports::*,
    time::{DAY, MINUTE},
};
use world::World;

struct Phone {
    owner: UserId,
    link: InvitationId,
    id: DeviceId,
}

async fn phone(world: &World) -> Phone {
    let (owner, link) = world.link("Anna").await;
    let claim = world.claim(link, "hw-1", "n1");
    let Claimed::Connected { device: id, .. } = world.store.claim(claim).await.unwrap() else {
        panic!("refused")
    };
    Phone { owner, link, id }
}

async fn account(world: &World, name: &str) -> AccountId {
    let id = AccountId::new(world.now(), &*world.ports.secrets);
    let account = Account {
        id,
        email: "rosa@example.org".parse().unwrap(),
        name: name.parse().unwrap(),
        language: None,
    };
    world.store.add_account(world.ws, &account, Role::Owner, None, world.now()).await.unwrap();
    id
}

async fn events(world: &World, id: DeviceId) -> Vec<DeviceEvent> {
    let entries = world.store.device_history(world.ws, id).await.unwrap();
    entries.into_iter().rev().map(|e| e.event).collect()
}

fn protection(on: bool) -> Facts {
    Facts { protection: Some(on), ..Facts::default() }
}

#[tokio::test]
async fn a_claim_again_is_told_and_says_whether_the_key_is_another() {
    let world = World::sqlite().await;
    let phone = phone(&world).await;
    let mut again = world.claim(phone.link, "hw-1", "n2");
    world.store.claim(again.clone()).await.unwrap();
    again.nonce = "n3".into();
    again.public_key = vec![5; 65];
    world.store.claim(again.clone()).await.unwrap();
    again.nonce = "n4".into();
    again.hardware_id = "another phone".into();
    assert_eq!(world.store.claim(again).await.unwrap(), Claimed::Refused(Refusal::Used));
    assert_eq!(
        events(&world, phone.id).await,
        [
            DeviceEvent::Connected,
            DeviceEvent::ConnectedAgain { new_key: false },
            DeviceEvent::ConnectedAgain { new_key: true },
        ]
    );
}

#[tokio::test]
async fn leaving_and_coming_back_are_told() {
    let world = World::sqlite().await;
    let phone = phone(&world).await;
    assert!(world.store.leave(world.ws, phone.id, "bye", world.now()).await.unwrap());
    world.store.claim(world.claim(phone.link, "hw-1", "n2")).await.unwrap();
    assert_eq!(
        events(&world, phone.id).await,
        [
            DeviceEvent::Connected,
            DeviceEvent::Left,
            DeviceEvent::ConnectedAgain { new_key: false },
            DeviceEvent::Status { from: Status::Critical, to: Status::Ok, reasons: vec![] },
        ]
    );
}

#[tokio::test]
async fn a_new_name_and_a_new_owner_stand_there_with_who_did_it_and_when() {
    let world = World::sqlite().await;
    let phone = phone(&world).await;
    let rosa = account(&world, "Rosa Klein").await;
    let boris = world.user("Boris", None, &[]).await;
    world.pass(MINUTE);
    let renamed = world.now();
    world
        .store
        .rename_device(world.ws, phone.id, &"Ward phone".parse().unwrap(), Some(rosa), renamed)
        .await
        .unwrap();
    world.pass(MINUTE);
    world.store.move_device(world.ws, phone.id, boris, None, world.now()).await.unwrap();
    let told = world.store.device_history(world.ws, phone.id).await.unwrap();
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let ((a, b), (c, d)) = (pair("Anna", "Boris"), pair("Pixel 8", "Ward phone"));
    assert_eq!((&told[0].event, told[0].by.as_deref()), (&DeviceEvent::Moved { from: a, to: b }, None));
    assert_eq!(told[1].event, DeviceEvent::Renamed { from: c, to: d });
    assert_eq!((told[1].by.as_deref(), told[1].at), (Some("Rosa Klein"), renamed));
    assert_eq!(told[2].event, DeviceEvent::Connected);
}

#[tokio::test]
async fn statuses_are_told_when_a_report_or_time_changes_them() {
    let world = World::sqlite().await;
    let phone = phone(&world).await;
    let report = async |nonce: &str, facts: &Facts| {
        assert!(world.store.check_in(world.ws, phone.id, nonce, Some(facts), world.now()).await.unwrap());
    };
    report("r1", &protection(false)).await;
    report("r2", &protection(false)).await;
    report("r3", &protection(true)).await;
    for _ in 0..9 {
        world.pass(DAY);
        world.store.refresh_statuses(world.ws, world.now()).await.unwrap();
    }
    let status = |from, to, reasons| DeviceEvent::Status { from, to, reasons };
    assert_eq!(
        events(&world, phone.id).await,
        [
            DeviceEvent::Connected,
            status(Status::Ok, Status::Critical, vec![Reason::ProtectionOff]),
            status(Status::Critical, Status::Ok, vec![]),
            status(Status::Ok, Status::Warning, vec![Reason::NotConnected { days: 7 }]),
        ]
    );
}

#[tokio::test]
async fn what_failed_is_not_told() {
    let world = World::sqlite().await;
    let phone = phone(&world).await;
    let theirs = world.user_in(world.other, "Stranger").await;
    let moved = world.store.move_device(world.ws, phone.id, theirs, None, world.now()).await;
    assert_eq!(moved, Err(StoreError::NotFound));
    assert!(world.store.leave(world.ws, phone.id, "n", world.now()).await.unwrap());
    assert!(!world.store.leave(world.ws, phone.id, "n", world.now()).await.unwrap(), "a replay");
    assert_eq!(events(&world, phone.id).await, [DeviceEvent::Connected, DeviceEvent::Left]);
}

#[tokio::test]
async fn a29_a_history_is_read_in_its_own_workspace_alone() {
    let world = World::sqlite().await;
    let phone = phone(&world).await;
    assert!(world.store.device_history(world.other, phone.id).await.unwrap().is_empty());
    assert_eq!(world.store.device_history(world.ws, phone.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_agent_that_reports_back_and_forth_keeps_a_history_of_bounded_length() {
    let world = World::sqlite().await;
    let phone = phone(&world).await;
    for n in 0..520 {
        let facts = protection(n % 2 == 1);
        world.store.check_in(world.ws, phone.id, &format!("r{n}"), Some(&facts), world.now()).await.unwrap();
    }
    let told = world.store.device_history(world.ws, phone.id).await.unwrap();
    assert_eq!(told.len(), 500);
    assert_eq!(
        told[0].event,
        DeviceEvent::Status { from: Status::Critical, to: Status::Ok, reasons: vec![] },
        "the newest stay"
    );
}

#[tokio::test]
async fn a_deleted_device_takes_its_history_along_and_its_message_says_so() {
    let world = World::sqlite().await;
    let phone = phone(&world).await;
    world.store.delete_device(world.ws, phone.id, world.now()).await.unwrap();
    assert!(events(&world, phone.id).await.is_empty());
    let steps = world.store.steps(world.ws, phone.link).await.unwrap();
    let last = steps.last().unwrap();
    assert_eq!(
        (last.state, last.acted, last.detail.as_deref()),
        (State::Revoked, Some(Acted::DeviceDeleted), Some("Pixel 8"))
    );
    assert_eq!(world.store.user(world.ws, phone.owner).await.unwrap().unwrap().devices, 0);
}
