//! The workspace's own certificate for signing profiles.

use crate::world::World;
use muster_domain::{
    AccountId,
    account::{Account, Role, Who},
    apple::SigningCertificate,
    audit::{Act, Action},
    query::AuditQuery,
};

fn certificate(world: &World, subject: &str) -> SigningCertificate {
    SigningCertificate {
        chain: vec![vec![0x30, 0xff, 0], vec![0x30, 1]],
        subject: subject.into(),
        issuer: "Example CA".into(),
        not_before: world.now(),
        not_after: world.now().plus_days(90),
        uploaded_at: world.now(),
    }
}

pub async fn a_signing_certificate_is_kept_replaced_and_removed_and_the_log_says_so(world: World) {
    let id = AccountId::new(world.now(), &*world.ports.secrets);
    let (email, name) = ("rosa@example.org".parse().unwrap(), "Rosa".parse().unwrap());
    let account = Account { id, email, name, language: None };
    let who = Who { account, workspace: world.ws, role: Role::Owner };
    let (store, ws) = (world.store.acting(Act::of(&who, None, world.now())), world.ws);
    assert_eq!(store.signing_certificate(ws).await, Ok(None));
    store.set_signing_certificate(ws, None).await.unwrap();
    let first = (certificate(&world, "one.example.org"), b"key".to_vec());
    store.set_signing_certificate(ws, Some(first.clone())).await.unwrap();
    assert_eq!(store.signing_certificate(ws).await, Ok(Some(first)));
    let second = (certificate(&world, "two.example.org"), b"other".to_vec());
    store.set_signing_certificate(ws, Some(second.clone())).await.unwrap();
    assert_eq!(store.signing_certificate(ws).await, Ok(Some(second)));
    store.set_signing_certificate(ws, None).await.unwrap();
    assert_eq!(store.signing_certificate(ws).await, Ok(None));
    let log = world.store.audit(ws, &AuditQuery::default()).await.unwrap().rows;
    let told = log.iter().filter(|row| row.entry.action == Action::SigningChanged).count();
    assert_eq!(told, 3, "nothing to remove is nothing done");
}

pub async fn a29_a_signing_certificate_of_another_workspace_is_not_there(world: World) {
    let (store, ws, other) = (&world.store, world.ws, world.other);
    let kept = (certificate(&world, "one.example.org"), b"key".to_vec());
    store.set_signing_certificate(ws, Some(kept.clone())).await.unwrap();
    assert_eq!(store.signing_certificate(other).await, Ok(None));
    store.set_signing_certificate(other, None).await.unwrap();
    let theirs = (certificate(&world, "two.example.org"), b"theirs".to_vec());
    store.set_signing_certificate(other, Some(theirs)).await.unwrap();
    assert_eq!(store.signing_certificate(ws).await, Ok(Some(kept)));
}
