//! Sending: who gets a message, and taking it back.

use crate::world::World;
use muster_domain::{
    invitation::State,
    ports::*,
    query::*,
    time::{MINUTE, SECOND},
    usecase::send,
};

pub async fn instructions_go_to_those_with_an_address_and_the_others_are_counted(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    world.user("Farah", None, &[]).await;
    let everyone = Selection::Matching { filter: UserFilter::default(), except: vec![] };
    assert_eq!(world.store.count_recipients(world.ws, &everyone, LeaveOut::default()).await, Ok((2, 1)));
    let sent = send::send(&world.ports, world.ws, None, &world.choices(everyone, 3)).await.unwrap();
    assert_eq!((sent.messages, sent.without_address), (3, 1));
    let progress = world.store.progress(world.ws, sent.batch).await.unwrap();
    assert_eq!((progress.total, progress.queued, progress.sent), (3, 3, 0));
    let row = world.store.user(world.ws, anna).await.unwrap().unwrap();
    assert_eq!(row.message.unwrap().state, State::Queued);
    let nobody = Selection::Matching { filter: UserFilter::default(), except: vec![anna] };
    let refused = send::send(&world.ports, world.ws, None, &world.choices(nobody, 1)).await;
    assert_eq!(refused, Err(send::SendError::Nobody));
}

pub async fn a_send_can_be_undone_for_ten_seconds_and_not_later(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let first = world.send(&[anna]).await;
    assert!(
        world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap().is_empty(),
        "nothing is due within ten seconds"
    );
    world.store.undo_batch(world.ws, first, world.now()).await.unwrap();
    assert_eq!(world.store.user(world.ws, anna).await.unwrap().unwrap().message, None);
    assert!(world.store.progress(world.ws, first).await.unwrap().undone);
    let second = world.send(&[anna]).await;
    world.pass(10 * SECOND);
    assert_eq!(world.store.undo_batch(world.ws, second, world.now()).await, Err(StoreError::State));
    assert_eq!(world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap().len(), 1);
}

pub async fn those_without_an_address_are_named_within_the_selection(world: World) {
    world.user("Anna", Some("anna@example.org"), &[]).await;
    let farah = world.user("Farah", None, &[]).await;
    world.user("Zoe", None, &[]).await;
    let all = Selection::Matching { filter: UserFilter::default(), except: vec![] };
    let names = async |selection: &Selection, limit| {
        let found =
            world.store.without_address(world.ws, selection, LeaveOut::default(), limit).await.unwrap();
        found.into_iter().map(|p| p.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&all, 20).await, ["Farah", "Zoe"]);
    assert_eq!(names(&all, 1).await, ["Farah"]);
    let but = Selection::Matching { filter: UserFilter::default(), except: vec![farah] };
    assert_eq!(names(&but, 20).await, ["Zoe"]);
}

pub async fn after_an_undo_the_row_shows_the_message_from_before(world: World) {
    let anna = world.user("Anna", Some("anna@example.org"), &[]).await;
    let ben = world.user("Ben", Some("ben@example.org"), &[]).await;
    world.send(&[anna]).await;
    let message = async |user| world.store.user(world.ws, user).await.unwrap().unwrap().message;
    let before = message(anna).await;
    assert!(before.is_some());
    world.pass(SECOND);
    let second = world.send(&[anna, ben]).await;
    assert_ne!(message(anna).await, before);
    world.store.undo_batch(world.ws, second, world.now()).await.unwrap();
    assert_eq!((message(anna).await, message(ben).await), (before, None));
}

pub async fn all_messages_are_walked_through_in_steps_newest_first(world: World) {
    let mut people = Vec::new();
    for n in 0..300 {
        people.push(world.user(&format!("P{n}"), Some(&format!("p{n}@example.org")), &[]).await);
    }
    let choices = world.choices(Selection::These { ids: people }, 4);
    send::send(&world.ports, world.ws, None, &choices).await.unwrap();
    let (mut seen, mut last, mut steps) = (Vec::new(), None, 0);
    loop {
        let found = world.store.invitations_before(world.ws, last).await.unwrap();
        let Some(oldest) = found.last() else { break };
        last = Some(oldest.id);
        seen.extend(found.into_iter().map(|i| i.id));
        steps += 1;
    }
    assert_eq!((seen.len(), steps), (1200, 2));
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]));
    assert!(world.store.invitations_before(world.other, None).await.unwrap().is_empty());
}

pub async fn who_is_connected_or_has_an_open_message_is_counted_and_left_out_where_that_is_asked(
    world: World,
) {
    let store = &world.store;
    let (connected, link) = world.link("Anna").await;
    world.connect(link, "hardware-1", "a").await;
    let (open, _) = world.link("Ben").await;
    // Connected, with another message that waits.
    let (both, link) = world.link("Chidi").await;
    world.connect(link, "hardware-2", "b").await;
    send::links(&world.ports, world.ws, &[both], 1).await.unwrap();
    // The last message is withdrawn, but not the one before.
    let (older, _) = world.link("Dora").await;
    let (made, _) = send::links(&world.ports, world.ws, &[older], 1).await.unwrap();
    store.revoke(world.ws, made[0].1, world.now()).await.unwrap();
    let (ended, link) = world.link("Eve").await;
    store.revoke(world.ws, link, world.now()).await.unwrap();
    let new = world.user("Farah", Some("farah@example.org"), &[]).await;
    let nowhere = world.user("Gus", None, &[]).await;
    send::links(&world.ports, world.ws, &[nowhere], 1).await.unwrap();
    let all = Selection::Matching { filter: UserFilter::default(), except: vec![] };
    let these = Selection::These { ids: vec![connected, open, both, older, ended, new, nowhere] };
    for selection in [all, these] {
        assert_eq!(store.already(world.ws, &selection).await, Ok(Already { connected: 2, open: 3 }));
        let left = [
            (LeaveOut::default(), vec![connected, open, both, older, ended, new], 1),
            (LeaveOut { connected: true, open: false }, vec![open, older, ended, new], 1),
            (LeaveOut { connected: false, open: true }, vec![connected, ended, new], 0),
            (LeaveOut { connected: true, open: true }, vec![ended, new], 0),
        ];
        for (leave_out, expected, without) in left {
            let n = expected.len() as u64;
            assert_eq!(store.count_recipients(world.ws, &selection, leave_out).await, Ok((n + without, n)));
            let named = store.recipients(world.ws, &selection, leave_out, 99).await.unwrap();
            assert_eq!(named.len() as u64, n + without, "the preview is made for one of them");
            let without_address = store.without_address(world.ws, &selection, leave_out, 99).await.unwrap();
            assert_eq!(without_address.len() as u64, without);
            let choices = send::Choices { leave_out, ..world.choices(selection.clone(), 1) };
            let sent = send::send(&world.ports, world.ws, None, &choices).await.unwrap();
            assert_eq!((sent.messages, sent.without_address), (n, without));
            let list = InvitationQuery { state: Some(State::Queued), ..InvitationQuery::default() };
            let queued = store.invitations(world.ws, &list).await.unwrap().rows;
            let mut people: Vec<_> = queued.into_iter().map(|message| message.user).collect();
            people.sort_unstable();
            assert_eq!(people, expected, "in the order in which they were added");
            store.undo_batch(world.ws, sent.batch, world.now()).await.unwrap();
        }
    }
}
