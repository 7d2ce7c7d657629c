//! Accounts, sessions and one-time links.

use crate::world::World;
use muster_domain::{
    EmailAddress, Timestamp,
    account::{Account, Role},
    ports::*,
    time::DAY,
};

pub async fn a34_the_owner_is_created_once(world: World) {
    let (store, now) = (&world.store, world.now());
    let account = |email: &str| Account {
        id: muster_domain::AccountId::new(now, &*world.ports.secrets),
        email: email.parse().unwrap(),
        name: "Owner".parse().unwrap(),
        language: None,
    };
    // Others may be there before, from the command line.
    let early = account("early@example.org");
    store.add_account(world.ws, &early, Role::Administrator, None, now).await.unwrap();
    assert_eq!(store.has_owner().await, Ok(false));
    store.add_ticket([1; 32], &Ticket::Owner, now.plus(DAY)).await.unwrap();
    assert_eq!(
        store.create_owner([2; 32], world.ws, &account("x@example.org"), "h", now).await,
        Err(StoreError::State)
    );
    store.create_owner([1; 32], world.ws, &account("a@example.org"), "h", now).await.unwrap();
    assert_eq!(store.has_owner().await, Ok(true));
    assert_eq!(
        store.create_owner([1; 32], world.ws, &account("b@example.org"), "h", now).await,
        Err(StoreError::State)
    );
    store.add_ticket([3; 32], &Ticket::Owner, now.plus(DAY)).await.unwrap();
    assert_eq!(
        store.create_owner([3; 32], world.ws, &account("c@example.org"), "h", now).await,
        Err(StoreError::State)
    );
}

pub async fn a33_sessions_end_by_time_by_sign_out_and_by_a_new_password(world: World) {
    let (store, now) = (&world.store, world.now());
    let id = muster_domain::AccountId::new(now, &*world.ports.secrets);
    let account =
        Account { id, email: "a@example.org".parse().unwrap(), name: "A".parse().unwrap(), language: None };
    store.add_account(world.ws, &account, Role::Auditor, Some("h"), now).await.unwrap();
    let email: EmailAddress = "A@example.org".parse().unwrap();
    assert_eq!(store.account_by_email(&email).await.unwrap().unwrap().1.as_deref(), Some("h"));
    let alive = async |secret, now: Timestamp| {
        store.session([secret; 32], now, now.plus(-DAY)).await.unwrap().is_some()
    };
    store.add_session([1; 32], world.session(id, now.plus(3 * DAY))).await.unwrap();
    store.add_session([2; 32], world.session(id, now.plus(3 * DAY))).await.unwrap();
    assert_eq!(store.session([1; 32], now, now).await.unwrap().unwrap().who.role, Role::Auditor);
    assert!(!alive(1, now.plus(DAY + 1)).await, "idle");
    store.touch_session([1; 32], now.plus(DAY)).await.unwrap();
    assert!(alive(1, now.plus(DAY + 1)).await);
    assert!(!alive(1, now.plus(3 * DAY)).await, "absolute");
    store.end_session([1; 32]).await.unwrap();
    assert!(!alive(1, now).await && alive(2, now).await);
    store.set_password(id, "new", now).await.unwrap();
    assert!(!alive(2, now).await);
}
