//! Colleagues: invited, taken up, in several workspaces, removed; and always an owner.

use crate::world::World;
use muster_domain::{
    AccountId, EmailAddress, Language, OfferId, Timestamp, WorkspaceId, account::Role, ports::*, time::DAY,
};

async fn member(world: &World, workspace: WorkspaceId, email: &str, role: Role) -> AccountId {
    let account = world.account(email);
    world.store.add_account(workspace, &account, role, Some("h"), world.now()).await.unwrap();
    account.id
}

fn offer(world: &World, email: &str, role: Role, secret: u8) -> NewOffer {
    let now = world.now();
    NewOffer {
        id: OfferId::new(now, &*world.ports.secrets),
        email: email.parse().unwrap(),
        role,
        language: Language::Ru,
        secret: [secret; 32],
        now,
        expires_at: now.plus(7 * DAY),
        delivery: Delivery::Shown,
    }
}

async fn role_in(world: &World, workspace: WorkspaceId, account: AccountId) -> Option<Role> {
    let members = world.store.members(workspace).await.unwrap();
    members.into_iter().find(|m| m.account == account).map(|m| m.role)
}

async fn alive(world: &World, secret: u8) -> Option<SessionRow> {
    world.store.session([secret; 32], world.now(), Timestamp(0)).await.unwrap()
}

pub async fn a27_an_invitation_is_taken_up_once_and_by_the_account_of_its_address_alone(world: World) {
    let store = &world.store;
    let rosa = member(&world, world.ws, "rosa@example.org", Role::Owner).await;
    let eve = member(&world, world.other, "eve@example.org", Role::Owner).await;
    let olga = member(&world, world.other, "olga@example.org", Role::Owner).await;
    store.add_offer(world.ws, Some(rosa), offer(&world, "Olga@example.org", Role::Auditor, 1)).await.unwrap();
    let again = offer(&world, "olga@EXAMPLE.org", Role::Owner, 2);
    assert_eq!(store.add_offer(world.ws, Some(rosa), again).await, Err(StoreError::Exists));
    let known = offer(&world, "ROSA@example.org", Role::Auditor, 2);
    assert_eq!(store.add_offer(world.ws, Some(rosa), known).await, Err(StoreError::Exists));
    let offered = store.offered([1; 32], world.now()).await.unwrap().unwrap();
    assert_eq!(
        (offered.workspace, offered.role, offered.by.as_deref()),
        (world.ws, Role::Auditor, Some("rosa"))
    );
    // Another's account, and a new one of another address.
    let refused = store.take_offer([1; 32], Joining::Known(eve), world.now()).await;
    assert_eq!(refused, Err(StoreError::State));
    let stranger = Joining::New(world.account("mallory@example.org"), "h".into());
    assert_eq!(store.take_offer([1; 32], stranger, world.now()).await, Err(StoreError::State));
    // The address has an account: a new one cannot take its place.
    let twin = Joining::New(world.account("olga@example.org"), "h".into());
    assert_eq!(store.take_offer([1; 32], twin, world.now()).await, Err(StoreError::Exists));
    assert_eq!(
        store.offers(world.ws, world.now()).await.unwrap().len(),
        1,
        "what was refused used nothing up"
    );
    assert_eq!(store.take_offer([1; 32], Joining::Known(olga), world.now()).await, Ok((olga, world.ws)));
    assert_eq!(store.take_offer([1; 32], Joining::Known(olga), world.now()).await, Err(StoreError::State));
    assert_eq!(role_in(&world, world.ws, olga).await, Some(Role::Auditor));
    assert_eq!(role_in(&world, world.other, olga).await, Some(Role::Owner));
    assert_eq!(role_in(&world, world.ws, eve).await, None);
}

pub async fn an_invitation_ends_by_time_by_withdrawal_and_by_a_newer_link(world: World) {
    let store = &world.store;
    let rosa = member(&world, world.ws, "rosa@example.org", Role::Owner).await;
    let new = offer(&world, "new@example.org", Role::Operator, 1);
    let id = new.id;
    store.add_offer(world.ws, Some(rosa), new).await.unwrap();
    let later = world.now().plus(9 * DAY);
    let elsewhere = store.renew_offer(world.other, None, id, [9; 32], later, Delivery::Shown).await;
    assert_eq!(elsewhere.unwrap_err(), StoreError::NotFound, "a29");
    assert_eq!(store.revoke_offer(world.other, None, id).await, Err(StoreError::NotFound), "a29");
    store.renew_offer(world.ws, Some(rosa), id, [2; 32], later, Delivery::Sending).await.unwrap();
    assert_eq!(store.offered([1; 32], world.now()).await, Ok(None), "replaced");
    // What became of the older link's mail says nothing of the newer one.
    store.offer_delivered(world.ws, [1; 32], Delivery::Failed("550".into())).await.unwrap();
    assert_eq!(store.offers(world.ws, world.now()).await.unwrap()[0].delivery, Delivery::Sending);
    store.offer_delivered(world.ws, [2; 32], Delivery::Sent).await.unwrap();
    assert_eq!(store.offers(world.ws, world.now()).await.unwrap()[0].delivery, Delivery::Sent);
    assert_eq!(store.offered([2; 32], later).await, Ok(None), "its time is over");
    let joining = || Joining::New(world.account("new@example.org"), "h".into());
    assert_eq!(store.take_offer([2; 32], joining(), later).await, Err(StoreError::State));
    store.revoke_offer(world.ws, Some(rosa), id).await.unwrap();
    assert_eq!(store.take_offer([2; 32], joining(), world.now()).await, Err(StoreError::State));
    assert_eq!(store.revoke_offer(world.ws, Some(rosa), id).await, Err(StoreError::NotFound));
}

pub async fn a29_an_administrator_makes_no_owner_and_who_is_no_member_changes_nothing(world: World) {
    let store = &world.store;
    let rosa = member(&world, world.ws, "rosa@example.org", Role::Owner).await;
    let adam = member(&world, world.ws, "adam@example.org", Role::Administrator).await;
    let olga = member(&world, world.ws, "olga@example.org", Role::Operator).await;
    let stranger = member(&world, world.other, "eve@example.org", Role::Owner).await;
    let state = Err(StoreError::State);
    for by in [Some(adam), Some(olga), Some(stranger)] {
        assert_eq!(store.set_role(world.ws, by, olga, Role::Owner).await, state, "{by:?}");
        assert_eq!(store.set_role(world.ws, by, rosa, Role::Auditor).await, state, "{by:?}");
        assert_eq!(store.remove_member(world.ws, by, rosa).await, state, "{by:?}");
        let owner = offer(&world, "new@example.org", Role::Owner, 7);
        assert_eq!(store.add_offer(world.ws, by, owner).await, state, "{by:?}");
    }
    for by in [Some(olga), Some(stranger)] {
        assert_eq!(store.set_role(world.ws, by, adam, Role::Auditor).await, state, "{by:?}");
        assert_eq!(store.remove_member(world.ws, by, olga).await, state, "{by:?}");
        let auditor = offer(&world, "new@example.org", Role::Auditor, 7);
        assert_eq!(store.add_offer(world.ws, by, auditor).await, state, "{by:?}");
    }
    store.add_offer(world.ws, Some(rosa), offer(&world, "boss@example.org", Role::Owner, 8)).await.unwrap();
    let id = store.offers(world.ws, world.now()).await.unwrap()[0].id;
    assert_eq!(store.revoke_offer(world.ws, Some(adam), id).await, state);
    let renewed =
        store.renew_offer(world.ws, Some(adam), id, [9; 32], world.now().plus(DAY), Delivery::Shown).await;
    assert_eq!(renewed.unwrap_err(), StoreError::State);
    assert!(store.offered([8; 32], world.now()).await.unwrap().is_some(), "the owner's link still works");
    store.set_role(world.ws, Some(adam), olga, Role::Administrator).await.unwrap();
    store.remove_member(world.ws, Some(adam), olga).await.unwrap();
    assert_eq!(role_in(&world, world.ws, olga).await, None);
}

pub async fn a33_who_is_removed_or_has_another_role_is_signed_out_there_and_what_they_invited_ends(
    world: World,
) {
    let store = &world.store;
    let rosa = member(&world, world.ws, "rosa@example.org", Role::Owner).await;
    let adam = member(&world, world.ws, "adam@example.org", Role::Administrator).await;
    store.add_offer(world.other, None, offer(&world, "adam@example.org", Role::Owner, 40)).await.unwrap();
    store.take_offer([40; 32], Joining::Known(adam), world.now()).await.unwrap();
    for (secret, workspace) in [(1, world.ws), (2, world.other)] {
        let session = NewSession { workspace: Some(workspace), ..world.session(adam, world.now().plus(DAY)) };
        store.add_session([secret; 32], session).await.unwrap();
    }
    for (secret, role) in [(10, Role::Administrator), (11, Role::Auditor)] {
        let new = offer(&world, &format!("n{secret}@example.org"), role, secret);
        store.add_offer(world.ws, Some(adam), new).await.unwrap();
    }
    store.set_role(world.ws, Some(rosa), adam, Role::Operator).await.unwrap();
    assert!(alive(&world, 1).await.is_none(), "the role there changed");
    assert_eq!(alive(&world, 2).await.unwrap().who.role, Role::Owner, "and not here");
    assert!(
        store.offers(world.ws, world.now()).await.unwrap().is_empty(),
        "an operator invites no colleagues"
    );
    let session = NewSession { workspace: Some(world.ws), ..world.session(adam, world.now().plus(DAY)) };
    store.add_session([3; 32], session).await.unwrap();
    store.remove_member(world.ws, Some(rosa), adam).await.unwrap();
    assert!(alive(&world, 3).await.is_none() && alive(&world, 2).await.is_some());
    assert_eq!(store.switch_session([2; 32], world.ws, world.now()).await, Err(StoreError::NotFound));
    assert_eq!(store.remove_member(world.ws, Some(rosa), adam).await, Err(StoreError::NotFound));
    assert_eq!(store.spaces(adam).await.unwrap().len(), 1);
}

pub async fn the_last_owner_cannot_leave_nor_be_removed_nor_become_something_else(world: World) {
    let store = &world.store;
    let rosa = member(&world, world.ws, "rosa@example.org", Role::Owner).await;
    member(&world, world.ws, "adam@example.org", Role::Administrator).await;
    assert!(store.spaces(rosa).await.unwrap()[0].only_owner);
    assert_eq!(store.leave_workspace(world.ws, rosa).await, Err(StoreError::State));
    for by in [None, Some(rosa)] {
        assert_eq!(store.remove_member(world.ws, by, rosa).await, Err(StoreError::State));
        for role in [Role::Administrator, Role::Operator, Role::Auditor] {
            assert_eq!(store.set_role(world.ws, by, rosa, role).await, Err(StoreError::State));
        }
    }
    assert_eq!(role_in(&world, world.ws, rosa).await, Some(Role::Owner));
    let olga = member(&world, world.ws, "olga@example.org", Role::Owner).await;
    store.leave_workspace(world.ws, rosa).await.unwrap();
    assert_eq!(role_in(&world, world.ws, rosa).await, None);
    assert_eq!(store.leave_workspace(world.ws, olga).await, Err(StoreError::State));
}

pub async fn of_many_owners_who_leave_at_once_exactly_one_stays(world: World) {
    let mut owners = Vec::new();
    for n in 0..16 {
        owners.push(member(&world, world.ws, &format!("n{n}@example.org"), Role::Owner).await);
    }
    let ways = owners.iter().enumerate().map(|(n, owner)| {
        let (store, ws, owner, other) =
            (world.store.clone(), world.ws, *owner, owners[(n + 1) % owners.len()]);
        tokio::spawn(async move {
            match n % 3 {
                0 => store.leave_workspace(ws, owner).await,
                1 => store.set_role(ws, None, owner, Role::Auditor).await,
                _ => store.remove_member(ws, Some(other), owner).await,
            }
        })
    });
    futures::future::join_all(ways).await;
    let left = world.store.members(world.ws).await.unwrap();
    let owners = left.iter().filter(|m| m.role == Role::Owner).count();
    assert!(owners >= 1, "{left:?}");
    // All that leave, one after the other: the last one cannot.
    let left = left.into_iter().filter(|m| m.role == Role::Owner).map(|m| m.account);
    let mut refused = 0;
    for result in
        futures::future::join_all(left.map(|owner| world.store.leave_workspace(world.ws, owner))).await
    {
        refused += usize::from(result == Err(StoreError::State));
    }
    assert_eq!(refused, 1);
}

pub async fn an_account_makes_workspaces_switches_between_them_and_leaves(world: World) {
    let store = &world.store;
    let rosa = member(&world, world.ws, "rosa@example.org", Role::Owner).await;
    member(&world, world.ws, "olga@example.org", Role::Owner).await;
    let settings = muster_domain::settings::Settings {
        public_url: Some("https://muster.example.org".into()),
        help_contact: Some("it@example.org".into()),
        ..Default::default()
    };
    store.set_settings(world.ws, &settings).await.unwrap();
    store.add_session([1; 32], world.session(rosa, world.now().plus(DAY))).await.unwrap();
    let new = WorkspaceId::new(world.now(), &*world.ports.secrets);
    store.found_workspace(new, world.ws, rosa, &"Second".parse().unwrap(), world.now()).await.unwrap();
    let made = store.settings(new).await.unwrap();
    assert_eq!(
        (made.name.as_str(), &made.public_url, made.help_contact),
        ("Second", &settings.public_url, None)
    );
    assert_eq!(store.addresses(new).await.unwrap(), ["https://muster.example.org"]);
    let spaces = store.spaces(rosa).await.unwrap();
    assert_eq!(spaces.iter().map(|s| s.only_owner).collect::<Vec<_>>().iter().filter(|o| **o).count(), 1);
    assert_eq!(
        store.switch_session([1; 32], world.other, world.now()).await,
        Err(StoreError::NotFound),
        "a29"
    );
    assert_eq!(alive(&world, 1).await.unwrap().who.workspace, world.ws);
    store.switch_session([1; 32], new, world.now()).await.unwrap();
    assert_eq!(alive(&world, 1).await.unwrap().who.workspace, new);
    store.switch_session([1; 32], world.ws, world.now()).await.unwrap();
    store.leave_workspace(world.ws, rosa).await.unwrap();
    let there = alive(&world, 1).await.unwrap().who;
    assert_eq!((there.workspace, there.role), (new, Role::Owner), "the session goes on in the other one");
    assert_eq!(store.leave_workspace(world.ws, rosa).await, Err(StoreError::NotFound));
}

pub async fn an_account_sees_its_sessions_and_ends_one_or_all_others(world: World) {
    let store = &world.store;
    let rosa = member(&world, world.ws, "rosa@example.org", Role::Owner).await;
    let olga = member(&world, world.ws, "olga@example.org", Role::Owner).await;
    let mut ids = Vec::new();
    for (secret, account) in [(1, rosa), (2, rosa), (3, rosa), (4, olga)] {
        let session = world.session(account, world.now().plus(DAY));
        ids.push(session.id);
        store.add_session([secret; 32], session).await.unwrap();
    }
    let seen = store.sessions(rosa, world.now(), Timestamp(0)).await.unwrap();
    assert_eq!(seen.len(), 3);
    assert_eq!((seen[0].agent.as_str(), seen[0].address.as_str()), ("Firefox/131.0", "192.0.2.7"));
    assert_eq!(alive(&world, 1).await.unwrap().id, ids[0]);
    assert_eq!(store.end_session_of(rosa, ids[3]).await, Err(StoreError::NotFound), "a29: another's");
    store.end_session_of(rosa, ids[1]).await.unwrap();
    assert!(alive(&world, 2).await.is_none());
    assert_eq!(store.end_other_sessions(rosa, ids[0]).await, Ok(1));
    assert!(
        alive(&world, 3).await.is_none()
            && alive(&world, 1).await.is_some()
            && alive(&world, 4).await.is_some()
    );
    let member = store.members(world.ws).await.unwrap().into_iter().find(|m| m.account == rosa).unwrap();
    assert_eq!(member.signed_in_at, Some(world.now()));
}

pub async fn a33_a_changed_password_ends_the_other_sessions_and_links_and_needs_the_present_one(
    world: World,
) {
    let store = &world.store;
    let rosa = member(&world, world.ws, "rosa@example.org", Role::Owner).await;
    let session = world.session(rosa, world.now().plus(DAY));
    let mine = session.id;
    store.add_session([1; 32], session).await.unwrap();
    store.add_session([2; 32], world.session(rosa, world.now().plus(DAY))).await.unwrap();
    store.add_ticket([9; 32], &Ticket::Password(rosa), world.now().plus(DAY)).await.unwrap();
    assert_eq!(store.change_password(rosa, mine, "another", "new").await, Err(StoreError::State));
    assert!(alive(&world, 2).await.is_some());
    store.change_password(rosa, mine, "h", "new").await.unwrap();
    assert!(alive(&world, 1).await.is_some() && alive(&world, 2).await.is_none());
    assert_eq!(store.ticket([9; 32], world.now()).await, Ok(None));
    let email: EmailAddress = "rosa@example.org".parse().unwrap();
    assert_eq!(store.account_by_email(&email).await.unwrap().unwrap().1.as_deref(), Some("new"));
}
