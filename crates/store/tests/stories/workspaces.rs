//! Workspaces keep apart, and changes are told.

use crate::world::{World, details, tokens};
use muster_domain::{
    BatchId, CommandId, InvitationId, UserId,
    command::{CommandKind, Order},
    ports::*,
    query::*,
    time::{DAY, MINUTE, SECOND},
};

pub async fn a29_no_id_of_another_workspace_reaches_anything(world: World) {
    let (user, link) = world.link("Anna").await;
    let device = world.connect(link, "hardware-1", "a").await;
    let batch = world.send(&[user]).await;
    let (other, now, store) = (world.other, world.now(), &world.store);
    let gone = Err(StoreError::NotFound);
    assert_eq!(store.user(other, user).await, Ok(None));
    assert_eq!(store.update_user(other, user, &details("X", None, &[]), None).await, gone);
    assert_eq!(store.delete_user(other, user).await, gone);
    assert_eq!(store.invitation(other, link).await, Ok(None));
    assert_eq!(store.steps(other, link).await, Ok(vec![]));
    assert!(store.resend(other, link, now).await.is_err());
    assert!(store.revoke(other, link, now).await.is_err());
    assert!(store.extend(other, link, now, now).await.is_err());
    assert!(store.undo_batch(other, batch, now).await.is_err());
    assert!(store.progress(other, batch).await.is_err());
    assert_eq!(store.device(other, device).await, Ok(None));
    assert_eq!(store.rename_device(other, device, &"X".parse().unwrap(), None, now).await, gone);
    assert_eq!(store.move_device(other, device, user, None, now).await, gone);
    assert_eq!(store.delete_device(other, device, now).await, gone);
    assert_eq!(store.check_in(other, device, "n", None, now).await, Err(StoreError::NotFound));
    assert_eq!(store.fetch_commands(other, device, "m", None, now).await, Err(StoreError::NotFound));
    let command = CommandId::new(now, &*world.ports.secrets);
    let asked = store.add_command(other, device, command, &Order::plain(CommandKind::Report), now).await;
    assert_eq!(asked, Err(StoreError::NotFound));
    store.add_command(world.ws, device, command, &Order::plain(CommandKind::Report), now).await.unwrap();
    assert_eq!(store.commands(other, device, 9).await, Ok(vec![]));
    let answer = Answer { device, command, done: true, detail: None, nonce: "k".into(), now };
    assert_eq!(store.answer_command(other, answer).await, Err(StoreError::NotFound));
    let these = Selection::These { ids: vec![user] };
    assert_eq!(store.count_recipients(other, &these, LeaveOut::default()).await, Ok((0, 0)));
    let foreign = NewInvitation {
        id: InvitationId::new(now, &*world.ports.secrets),
        user,
        token: tokens(link, 9),
        language: Default::default(),
    };
    let id = BatchId::new(now, &*world.ports.secrets);
    let batch = NewBatch {
        id,
        account: None,
        note: None,
        expires_at: now,
        not_before: now,
        invitations: vec![foreign],
        mail: true,
    };
    assert_eq!(store.queue_batch(other, batch, now).await, gone, "the database itself refuses the reference");
    let theirs = world.user_in(other, "Theirs").await;
    assert_eq!(
        store.move_device(world.ws, device, theirs, None, world.now()).await,
        gone,
        "a move checks its target too"
    );
    assert!(store.user(world.ws, user).await.unwrap().is_some());
}

pub async fn each_change_is_told_once_a_commit_with_its_workspace(world: World) {
    let before = world.store.last_change().await.unwrap();
    world.user("Anna", None, &[]).await;
    let changes = world.store.changes_since(before).await.unwrap();
    assert_eq!(
        changes.iter().map(|c| (c.workspace, c.topic)).collect::<Vec<_>>(),
        [(world.ws, Topic::Users)]
    );
    let before = world.store.last_change().await.unwrap();
    let _ = world.store.delete_user(world.other, UserId::new(world.now(), &*world.ports.secrets)).await;
    assert!(world.store.changes_since(before).await.unwrap().is_empty(), "a refused operation tells nothing");
}

pub async fn other_mail_settings_make_due_what_waits_after_a_failure(world: World) {
    let (anna, store) = (world.user("Anna", Some("anna@example.org"), &[]).await, &world.store);
    world.send(&[anna]).await;
    let claim = async || store.claim_mails("w", world.ws, 9, world.now(), MINUTE).await.unwrap().pop();
    assert!(claim().await.is_none(), "the ten seconds of undo");
    let mut settings = store.settings(world.ws).await.unwrap();
    settings.sender = Some("it@example.org".parse().unwrap());
    store.set_settings(world.ws, &settings).await.unwrap();
    assert!(claim().await.is_none(), "which other settings do not cut short");
    world.pass(10 * SECOND);
    for change in ["", "sender", "password"] {
        let job = claim().await.unwrap();
        store.mail_delayed("w", &job, "451 later", world.now().plus(DAY)).await.unwrap();
        settings.name = format!("Northwind {change}").parse().unwrap();
        store.set_settings(world.ws, &settings).await.unwrap();
        assert!(claim().await.is_none(), "another name mends nothing");
        if change == "sender" {
            settings.sender = Some("desk@example.org".parse().unwrap());
            store.set_settings(world.ws, &settings).await.unwrap();
        } else {
            store.set_sealed(world.ws, "smtp.password", Some(vec![1])).await.unwrap();
        }
    }
    assert!(claim().await.is_some());
}

pub async fn the_addresses_that_a_workspace_had_are_remembered_newest_first(world: World) {
    let store = &world.store;
    let set = async |address: Option<&str>| {
        let mut settings = store.settings(world.ws).await.unwrap();
        settings.public_url = address.map(str::to_owned);
        store.set_settings(world.ws, &settings).await.unwrap();
    };
    assert!(store.addresses(world.ws).await.unwrap().is_empty());
    store.remember_address("http://localhost:8080").await.unwrap();
    set(Some("https://a.example")).await;
    set(Some("https://b.example")).await;
    set(None).await;
    set(Some("https://a.example")).await;
    let known = ["https://a.example", "https://b.example", "http://localhost:8080"];
    assert_eq!(store.addresses(world.ws).await.unwrap(), known);
    assert_eq!(store.addresses(world.other).await.unwrap(), ["http://localhost:8080"]);
    for n in 0..ADDRESSES {
        set(Some(&format!("https://{n}.example"))).await;
    }
    let known = store.addresses(world.ws).await.unwrap();
    assert_eq!((known.len(), known[0].as_str()), (ADDRESSES, "https://7.example"));
}
