//! Figures and roles, on any store.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod world;

use muster_domain::{
    AccountId,
    account::{Account, Role},
    ports::StoreError,
    time::{DAY, MINUTE, SECOND},
};
use world::World;

#[tokio::test]
async fn jobs_are_counted_by_what_they_wait_for() {
    let world = World::sqlite().await;
    let mut users = Vec::new();
    for name in ["A", "B", "C", "D"] {
        users.push(world.user(name, Some(&format!("{name}@example.org")), &[]).await);
    }
    world.send(&users).await;
    let states = async || {
        let figures = world.store.figures(world.now()).await.unwrap();
        assert!(figures.database_bytes > 100_000, "{}", figures.database_bytes);
        figures
            .jobs
            .into_iter()
            .filter(|j| j.count > 0)
            .map(|j| (j.kind, j.state, j.count))
            .collect::<Vec<_>>()
    };
    assert_eq!(states().await, [("mail", "waiting", 4)]);
    world.pass(10 * SECOND);
    assert_eq!(states().await, [("mail", "due", 4)]);
    let mut jobs = world.store.claim_mails("w", world.ws, 3, world.now(), MINUTE).await.unwrap();
    assert_eq!(states().await, [("mail", "running", 3), ("mail", "due", 1)]);
    world.store.mail_sent("w", &jobs.pop().unwrap(), world.now()).await.unwrap();
    world.store.mail_failed("w", &jobs.pop().unwrap(), "550", world.now()).await.unwrap();
    let later = world.now().plus(5 * MINUTE);
    world.store.mail_delayed("w", &jobs.pop().unwrap(), "451", later).await.unwrap();
    assert_eq!(states().await, [("mail", "due", 1), ("mail", "delayed", 1), ("mail", "failed", 1)]);
}

#[tokio::test]
async fn a33_another_role_ends_the_sessions_and_the_last_owner_stays_one() {
    let world = World::sqlite().await;
    let mut accounts = Vec::new();
    for (name, role) in [("rosa", Role::Owner), ("olga", Role::Administrator)] {
        let account = Account {
            id: AccountId::new(world.now(), &*world.ports.secrets),
            email: format!("{name}@example.org").parse().unwrap(),
            name: name.parse().unwrap(),
            language: None,
        };
        world.store.add_account(world.ws, &account, role, None, world.now()).await.unwrap();
        accounts.push(account.id);
    }
    let (rosa, olga) = (accounts[0], accounts[1]);
    let now = world.now();
    for (secret, account) in [([1; 32], rosa), ([2; 32], olga), ([3; 32], olga)] {
        world.store.add_session(secret, world.session(account, now.plus(DAY))).await.unwrap();
    }
    let alive = async |secret: u8| world.store.session([secret; 32], now, now).await.unwrap().is_some();
    assert_eq!(world.store.set_role(world.ws, None, rosa, Role::Auditor).await, Err(StoreError::State));
    assert!(alive(1).await, "what was refused changed nothing");
    assert_eq!(world.store.set_role(world.other, None, olga, Role::Owner).await, Err(StoreError::NotFound));
    assert!(alive(2).await);
    world.store.set_role(world.ws, None, olga, Role::Auditor).await.unwrap();
    assert!(!alive(2).await && !alive(3).await && alive(1).await);
    world.store.add_session([4; 32], world.session(olga, now.plus(DAY))).await.unwrap();
    let session = world.store.session([4; 32], now, now).await.unwrap().unwrap();
    assert_eq!(session.who.role, Role::Auditor);
}
