//! Acts on many rows: each row by itself, told by an entry, and put back where it can be.

use crate::world::World;
use muster_domain::{
    CommandId, DeviceId, InvitationId, Timestamp, UserId,
    audit::{self, Action, By},
    bulk::{
        Acting, Change, DeviceDeed, MessageDeed, Outcome, Pick, PickDevices, PickMessages, Refused, Since,
    },
    command::{CommandKind, Impossible, Order},
    device::Status,
    invitation::{Act, Acted, State},
    ports::*,
    query::{AuditQuery, DeviceQuery, DeviceSort, InvitationQuery},
    text::InvalidText,
    time::{DAY, MINUTE, SECOND},
    usecase::send,
};
use std::{collections::BTreeSet, sync::Arc};

/// The store in somebody's name, so that what is done is told.
fn acting(world: &World) -> Arc<dyn Store> {
    world.store.acting(audit::Act {
        by: By::CommandLine { user: "rosa".into() },
        from: None,
        at: world.now(),
    })
}

async fn entries(world: &World, action: Action) -> usize {
    let rows = world.store.audit(world.ws, &AuditQuery::default()).await.unwrap().rows;
    rows.iter().filter(|row| row.entry.action == action).count()
}

fn became<I>(outcomes: &[Outcome<I>]) -> Vec<Result<(), Refused>> {
    outcomes.iter().map(|o| o.became.clone().map(|_| ())).collect()
}

fn begun(world: &World) -> Since {
    Since::of(world.now(), world.now())
}

async fn state(world: &World, id: InvitationId) -> State {
    world.store.invitation(world.ws, id).await.unwrap().unwrap().state
}

/// Three people with a device each.
async fn fleet(world: &World) -> Vec<DeviceId> {
    let mut devices = Vec::new();
    for name in ["Anna", "Boris", "Chidi"] {
        let (_, link) = world.link(name).await;
        devices.push(world.connect(link, name, name).await);
    }
    devices
}

fn numbered(ids: &[DeviceId]) -> Vec<(DeviceId, u32)> {
    ids.iter().copied().zip(1..).collect()
}

fn changes<I: Copy>(outcomes: &[Outcome<I>]) -> Vec<(I, Change)> {
    outcomes.iter().filter_map(|o| Some((o.id, o.became.clone().ok()??))).collect()
}

fn doing(world: &World, since: Since) -> Acting {
    let first = CommandId::new(world.now(), &*world.ports.secrets);
    Acting { since, by: None, first, now: world.now() }
}

pub async fn a_pick_is_what_the_list_shows_in_its_order_or_just_what_is_ticked(world: World) {
    let devices = fleet(&world).await;
    let (_, open) = world.link("Dora").await;
    let now = world.now();
    let query = DeviceQuery { sort: DeviceSort::Owner, descending: true, ..DeviceQuery::default() };
    let pick = PickDevices { query: query.clone(), ..Pick::default() };
    let all = world.store.pick_devices(world.ws, &pick, 9, now).await.unwrap();
    assert_eq!(all.ids, [devices[2], devices[1], devices[0]]);
    assert_eq!((all.people, all.begun, all.first.len()), (3, now, 3));
    assert_eq!(all.names, ["Pixel 8 · Chidi", "Pixel 8 · Boris", "Pixel 8 · Anna"]);
    assert_eq!((all.first[0].owner.as_str(), all.first[0].model.as_str()), ("Chidi", "Pixel 8"));
    let but = PickDevices { query: query.clone(), except: vec![devices[1]], ..Pick::default() };
    assert_eq!(world.store.pick_devices(world.ws, &but, 9, now).await.unwrap().ids, [devices[2], devices[0]]);
    let these = PickDevices { query, these: Some(vec![devices[0], devices[1]]), ..Pick::default() };
    assert_eq!(
        world.store.pick_devices(world.ws, &these, 9, now).await.unwrap().ids,
        [devices[1], devices[0]]
    );
    assert_eq!(world.store.pick_devices(world.ws, &pick, 2, now).await.unwrap().ids.len(), 2);
    let none = DeviceQuery { status: Some(Status::Critical), ..DeviceQuery::default() };
    let none = PickDevices { query: none, ..Pick::default() };
    assert_eq!(world.store.pick_devices(world.ws, &none, 9, now).await.unwrap().ids, []);
    let sent = InvitationQuery { state: Some(State::Sent), ..InvitationQuery::default() };
    let sent = PickMessages { query: sent, ..Pick::default() };
    let sent = world.store.pick_messages(world.ws, &sent, Act::Revoke, 9, now).await.unwrap();
    assert_eq!((sent.ids, sent.names), (vec![open], vec!["Dora".to_owned()]));
    let elsewhere = PickDevices { these: Some(devices), ..Pick::default() };
    let elsewhere = world.store.pick_devices(world.other, &elsewhere, 9, now).await.unwrap();
    assert_eq!((elsewhere.ids, elsewhere.people), (vec![], 0));
}

pub async fn a_pick_of_messages_tells_to_how_many_it_can_be_done_and_why_not_to_the_others(world: World) {
    let links = async |names: &[&str]| {
        let mut links = Vec::new();
        for name in names {
            links.push(world.link(name).await.1);
        }
        links
    };
    let over = links(&["Anna", "Ben"]).await;
    world.pass(8 * DAY);
    world.store.expire(world.now()).await.unwrap();
    let used = links(&["Chidi", "Dora", "Eve"]).await;
    for (n, link) in used.iter().enumerate() {
        world.connect(*link, &format!("hw{n}"), &format!("n{n}")).await;
    }
    let ended = links(&["Farah"]).await[0];
    world.store.revoke(world.ws, ended, world.now()).await.unwrap();
    let nowhere = world.user("Gus", None, &[]).await;
    links_for(&world, nowhere).await;
    let longer = links(&["Hugo"]).await[0];
    world.store.extend(world.ws, longer, world.now().plus_days(30), world.now()).await.unwrap();
    let open = links(&["Ida"]).await[0];
    let pick = async |act| {
        let all = PickMessages::default();
        world.store.pick_messages(world.ws, &all, act, 999, world.now()).await.unwrap()
    };
    let again = pick(Act::Resend).await;
    assert_eq!((again.able, again.all()), (2, 9));
    assert_eq!(again.ids[..2], [open, longer]);
    assert_eq!(again.names, ["Ida", "Hugo", "Gus", "Ben", "Anna"], "then those that may pass");
    let why = [(Refused::Connected, 3), (Refused::Expired, 2)];
    assert_eq!(again.refused[..2], why);
    let why = BTreeSet::from(["NoAddress 1".to_owned(), "Revoked 1".to_owned()]);
    assert_eq!(again.refused[2..].iter().map(|(w, n)| format!("{w:?} {n}")).collect::<BTreeSet<_>>(), why);
    let more = pick(Act::Extend).await;
    assert_eq!((more.ids.len(), more.able, more.all()), (5, 5, 9));
    assert_eq!(
        [6, 7, 29, 30].map(|days| more.longer(days)),
        [3, 1, 1, 0],
        "links work for 7 days, one for 30"
    );
    let ended = pick(Act::Revoke).await;
    assert_eq!((ended.ids.len(), ended.refused), (8, vec![(Refused::Revoked, 1)]));
    assert!(ended.ids.contains(&over[0]));
    // What is told is what comes of it.
    let (since, now) = (begun(&world), world.now());
    let told = world
        .store
        .act_on_messages(world.ws, again.ids[..2].to_vec(), MessageDeed::Resend, since, now)
        .await
        .unwrap();
    assert_eq!(became(&told), [Ok(()); 2]);
}

async fn links_for(world: &World, user: UserId) {
    send::links(&world.ports, world.ws, &[user], 1).await.unwrap();
}

pub async fn each_message_of_many_is_done_or_refused_by_itself_and_told_by_an_entry(world: World) {
    let (_, open) = world.link("Anna").await;
    let (_, used) = world.link("Boris").await;
    world.connect(used, "hw", "n").await;
    let (_, ended) = world.link("Chidi").await;
    world.store.revoke(world.ws, ended, world.now()).await.unwrap();
    world.pass(SECOND);
    let nobody = InvitationId::new(world.now(), &*world.ports.secrets);
    let all = vec![used, nobody, open, ended];
    let store = acting(&world);
    let act = async |deed| {
        let now = world.now();
        store.act_on_messages(world.ws, all.clone(), deed, begun(&world), now).await.unwrap()
    };
    let refused = [Err(Refused::Connected), Err(Refused::Gone), Ok(()), Err(Refused::Revoked)];
    let resent = act(MessageDeed::Resend).await;
    assert_eq!(became(&resent), refused);
    assert_eq!((resent[0].name.as_str(), resent[1].name.as_str()), ("Boris", ""));
    assert_eq!(entries(&world, Action::InvitationResent).await, 1);
    assert_eq!(state(&world, open).await, State::Queued);
    assert_eq!(became(&act(MessageDeed::Extend { days: 30 }).await), refused);
    assert_eq!(entries(&world, Action::InvitationExtended).await, 1);
    let revoked = act(MessageDeed::Revoke).await;
    assert_eq!(became(&revoked), [Ok(()), Err(Refused::Gone), Ok(()), Err(Refused::Revoked)]);
    assert_eq!(entries(&world, Action::InvitationRevoked).await, 2);
    assert_eq!((state(&world, open).await, state(&world, used).await), (State::Revoked, State::Revoked));
    let verdict = world.store.verify_audit(world.ws, None).await.unwrap();
    assert_eq!((verdict.head.seq, verdict.fault), (4, None));
}

pub async fn an_act_on_messages_that_is_repeated_does_nothing_twice(world: World) {
    let (_, one) = world.link("Anna").await;
    let (_, two) = world.link("Boris").await;
    let since = begun(&world);
    let store = acting(&world);
    let act = async |deed: &MessageDeed| {
        let (now, deed) = (world.now(), deed.clone());
        became(&store.act_on_messages(world.ws, vec![one, two], deed, since, now).await.unwrap())
    };
    let resend = MessageDeed::Resend;
    assert_eq!(act(&resend).await, [Ok(()), Ok(())]);
    // The mails have gone out by the time the browser asks again, since the answer did not reach it.
    world.pass(SECOND);
    for job in world.store.claim_mails("w", world.ws, 10, world.now(), MINUTE).await.unwrap() {
        world.store.mail_sent("w", &job, world.now()).await.unwrap();
    }
    assert_eq!(act(&resend).await, [Ok(()), Ok(())]);
    assert_eq!((state(&world, one).await, entries(&world, Action::InvitationResent).await), (State::Sent, 2));
    let extend = MessageDeed::Extend { days: 30 };
    assert_eq!(act(&extend).await, [Ok(()), Ok(())]);
    world.pass(SECOND);
    assert_eq!(act(&extend).await, [Ok(()), Ok(())]);
    assert_eq!(entries(&world, Action::InvitationExtended).await, 2);
    assert_eq!(act(&MessageDeed::Revoke).await, [Ok(()), Ok(())]);
    world.pass(SECOND);
    assert_eq!(act(&MessageDeed::Revoke).await, [Ok(()), Ok(())]);
    assert_eq!(entries(&world, Action::InvitationRevoked).await, 2);
    let later =
        store.act_on_messages(world.ws, vec![one, two], extend, begun(&world), world.now()).await.unwrap();
    assert_eq!(became(&later), [Err(Refused::Revoked); 2], "another act finds them withdrawn");
}

pub async fn no_act_ends_a_link_earlier_than_it_would_have_ended(world: World) {
    let (_, long) = world.link("Anna").await;
    let (_, short) = world.link("Boris").await;
    let now = world.now();
    let ends = async |id| world.store.invitation(world.ws, id).await.unwrap().unwrap().expires_at;
    let until = now.plus(40 * DAY);
    world.store.extend(world.ws, long, until, now).await.unwrap();
    let store = acting(&world);
    let deed = MessageDeed::Extend { days: 30 };
    let told = store.act_on_messages(world.ws, vec![long, short], deed, begun(&world), now).await.unwrap();
    assert_eq!(became(&told), [Err(Refused::Longer(until)), Ok(())]);
    assert_eq!((ends(long).await, ends(short).await), (until, now.plus(30 * DAY)));
    assert_eq!(entries(&world, Action::InvitationExtended).await, 1);
    // Nor does the single act.
    assert_eq!(store.extend(world.ws, long, now.plus(39 * DAY), now).await, Err(StoreError::State));
    assert_eq!(ends(long).await, until);
}

pub async fn an_act_that_asks_again_is_answered_as_the_first_time_so_that_all_of_it_can_be_put_back(
    world: World,
) {
    let devices = fleet(&world).await;
    let (_, link) = world.link("Dora").await;
    let ward = world.user("Ward", None, &[]).await;
    let store = acting(&world);
    let name = async |id| world.store.device(world.ws, id).await.unwrap().unwrap().name;
    let since = begun(&world);
    let act = async |deed: DeviceDeed| {
        let rows = numbered(&devices);
        store.act_on_devices(world.ws, rows, deed, doing(&world, since)).await.unwrap()
    };
    let twice = async |deed: DeviceDeed| {
        let first = act(deed.clone()).await;
        world.pass(SECOND);
        assert_eq!(became(&first), [Ok(()); 3]);
        let again = act(deed).await;
        assert_eq!((became(&again), changes(&again)), (became(&first), changes(&first)));
        first
    };
    let renamed = twice(DeviceDeed::Rename { pattern: "{owner} {name}".parse().unwrap() }).await;
    assert_eq!(name(devices[0]).await, "Anna Pixel 8", "not Anna Anna Pixel 8");
    let moved = twice(DeviceDeed::Move { owner: ward }).await;
    assert_eq!((changes(&renamed).len(), changes(&moved).len()), (3, 3));
    let extend = async || {
        let (now, deed) = (world.now(), MessageDeed::Extend { days: 30 });
        store.act_on_messages(world.ws, vec![link], deed, since, now).await.unwrap()
    };
    let extended = extend().await;
    world.pass(SECOND);
    assert_eq!((changes(&extend().await), changes(&extended).len()), (changes(&extended), 1));
    let now = world.now();
    let back = store.put_devices_back(world.ws, changes(&moved), None, now).await.unwrap();
    assert_eq!(became(&back), [Ok(()); 3]);
    // What this act has deleted is not told as gone, also to who asks again; to another act it is.
    twice(DeviceDeed::Delete).await;
    let (rows, other) = (numbered(&devices), begun(&world));
    let told = store.act_on_devices(world.ws, rows, DeviceDeed::Delete, doing(&world, other)).await.unwrap();
    assert_eq!(became(&told), [Err(Refused::Gone); 3]);
    let told = [Action::DeviceRenamed, Action::DeviceMoved, Action::DeviceDeleted];
    let mut counts = Vec::new();
    for action in told {
        counts.push(entries(&world, action).await);
    }
    assert_eq!(counts, [3, 6, 3], "moved there and back");
    // It is kept for a day.
    world.pass(2 * DAY);
    world.store.clean(world.now()).await.unwrap();
    let rows = numbered(&devices);
    let told = store.act_on_devices(world.ws, rows, DeviceDeed::Delete, doing(&world, since)).await.unwrap();
    assert_eq!(became(&told), [Err(Refused::Gone); 3]);
}

pub async fn what_was_extended_is_put_back_where_nobody_has_touched_it(world: World) {
    let (_, open) = world.link("Anna").await;
    let (_, over) = world.link("Boris").await;
    let (_, touched) = world.link("Chidi").await;
    let (_, used) = world.link("Dora").await;
    let ends = async |id| world.store.invitation(world.ws, id).await.unwrap().unwrap().expires_at;
    let before = ends(open).await;
    world.pass(8 * DAY);
    world.store.expire(world.now()).await.unwrap();
    world.store.request_link(world.ws, over, world.now()).await.unwrap();
    let all = vec![open, over, touched, used];
    let (store, now) = (acting(&world), world.now());
    let deed = MessageDeed::Extend { days: 30 };
    let done = store.act_on_messages(world.ws, all, deed, begun(&world), now).await.unwrap();
    assert_eq!(ends(open).await, now.plus(30 * DAY));
    assert_eq!(state(&world, over).await, State::Sent);
    store.extend(world.ws, touched, now.plus(40 * DAY), now).await.unwrap();
    world.connect(used, "hw", "n").await;
    let back = changes(&done);
    assert_eq!(back.len(), 4);
    let kept = [Ok(()), Ok(()), Err(Refused::Changed), Err(Refused::Changed)];
    let put = store.put_messages_back(world.ws, back.clone(), world.now()).await.unwrap();
    assert_eq!(became(&put), kept);
    assert_eq!((ends(open).await, ends(touched).await), (before, now.plus(40 * DAY)));
    let boris = world.store.invitation(world.ws, over).await.unwrap().unwrap();
    assert_eq!(
        (boris.state, boris.requested_at),
        (State::Expired, Some(now)),
        "the request stands, whatever was done to the link's end"
    );
    let steps = world.store.steps(world.ws, over).await.unwrap();
    assert_eq!(steps.last().and_then(|s| s.acted), Some(Acted::Unextended));
    let told = entries(&world, Action::InvitationExtended).await;
    assert_eq!(told, 4 + 1 + 2);
    let again = store.put_messages_back(world.ws, back, world.now()).await.unwrap();
    assert_eq!(became(&again), kept);
    assert_eq!(entries(&world, Action::InvitationExtended).await, told);
    let far = Change::End { was: now.plus(91 * DAY), set: before };
    let far = store.put_messages_back(world.ws, vec![(open, far)], world.now()).await.unwrap();
    assert_eq!(became(&far), [Err(Refused::Changed)], "no further than a single act");
}

pub async fn devices_are_named_by_pattern_and_put_back(world: World) {
    let devices = fleet(&world).await;
    let (store, now) = (acting(&world), world.now());
    let nobody = DeviceId::new(now, &*world.ports.secrets);
    let name = async |id| world.store.device(world.ws, id).await.unwrap().unwrap().name;
    let rename = async |pattern: &str, rows| {
        let deed = DeviceDeed::Rename { pattern: pattern.parse().unwrap() };
        store.act_on_devices(world.ws, rows, deed, doing(&world, begun(&world))).await.unwrap()
    };
    let mut rows = numbered(&devices);
    rows.insert(1, (nobody, 9));
    let done = rename("{owner} {model} {n}", rows.clone()).await;
    assert_eq!(became(&done), [Ok(()), Err(Refused::Gone), Ok(()), Ok(())]);
    assert_eq!(done[0].name, "Pixel 8 · Anna");
    assert_eq!(name(devices[1]).await, "Boris Pixel 8 2");
    assert_eq!(entries(&world, Action::DeviceRenamed).await, 3);
    // The same again says the same, and tells nothing.
    world.pass(SECOND);
    assert_eq!(changes(&rename("{owner} {model} {n}", rows.clone()).await), []);
    assert_eq!(entries(&world, Action::DeviceRenamed).await, 3);
    world.pass(SECOND);
    let refused = rename("{serial}", rows).await;
    assert_eq!(refused[0].became, Err(Refused::Name(InvalidText::Empty)));
    store.rename_device(world.ws, devices[2], &"Ward".parse().unwrap(), None, now).await.unwrap();
    let back = changes(&done);
    let kept = [Ok(()), Ok(()), Err(Refused::Changed)];
    let put = store.put_devices_back(world.ws, back.clone(), None, now).await.unwrap();
    assert_eq!(became(&put), kept);
    assert_eq!((name(devices[0]).await, name(devices[2]).await), ("Pixel 8".into(), "Ward".into()));
    assert_eq!(entries(&world, Action::DeviceRenamed).await, 3 + 1 + 2);
    let log = world.store.audit(world.ws, &AuditQuery::default()).await.unwrap().rows;
    let undone = log.iter().filter(|row| row.entry.changes.iter().any(|change| change.field == "undo"));
    assert_eq!(undone.count(), 2, "the log tells what was taken back from what was done");
    let again = store.put_devices_back(world.ws, back, None, now).await.unwrap();
    assert_eq!(became(&again), kept);
    assert_eq!(entries(&world, Action::DeviceRenamed).await, 6);
}

pub async fn devices_go_to_another_person_and_back_and_are_deleted(world: World) {
    let devices = fleet(&world).await;
    let ward = world.user("Ward", None, &[]).await;
    let gone = world.user("Gone", None, &[]).await;
    world.store.delete_user(world.ws, gone).await.unwrap();
    let (store, now) = (acting(&world), world.now());
    let act = async |deed| {
        let since = begun(&world);
        // Each act is another one.
        world.pass(SECOND);
        store.act_on_devices(world.ws, numbered(&devices), deed, doing(&world, since)).await.unwrap()
    };
    let owner = async |id| world.store.device(world.ws, id).await.unwrap().unwrap().owner;
    let anna = owner(devices[0]).await;
    assert_eq!(became(&act(DeviceDeed::Move { owner: gone }).await), [Err(Refused::NoOwner); 3]);
    let moved = act(DeviceDeed::Move { owner: ward }).await;
    assert_eq!(became(&moved), [Ok(()); 3]);
    assert_eq!(world.store.user(world.ws, ward).await.unwrap().unwrap().devices, 3);
    assert_eq!(changes(&act(DeviceDeed::Move { owner: ward }).await), [], "they are there already");
    assert_eq!(entries(&world, Action::DeviceMoved).await, 3);
    // One was given on since.
    store.move_device(world.ws, devices[1], anna, None, now).await.unwrap();
    let put = store.put_devices_back(world.ws, changes(&moved), None, now).await.unwrap();
    assert_eq!(became(&put), [Ok(()), Err(Refused::Changed), Ok(())]);
    assert_eq!((owner(devices[0]).await, owner(devices[1]).await), (anna, anna));
    let links = async || {
        let list = world.store.invitations(world.ws, &InvitationQuery::default()).await.unwrap();
        list.rows.iter().filter(|i| i.state == State::Revoked).count()
    };
    assert_eq!((became(&act(DeviceDeed::Delete).await), links().await), (vec![Ok(()); 3], 3));
    assert_eq!(became(&act(DeviceDeed::Delete).await), [Err(Refused::Gone); 3]);
    assert_eq!(entries(&world, Action::DeviceDeleted).await, 3);
}

pub async fn a29_ids_of_another_workspace_are_not_there_and_nothing_of_it_changes(world: World) {
    let mut devices = Vec::new();
    for n in 0..200 {
        let (_, link) = world.link(&format!("Person{n}")).await;
        devices.push(world.connect(link, &format!("hw{n}"), &format!("n{n}")).await);
    }
    let stranger = world.user_in(world.other, "Stranger").await;
    let messages: Vec<_> = {
        let pick = PickMessages::default();
        world.store.pick_messages(world.ws, &pick, Act::Revoke, 999, world.now()).await.unwrap().ids
    };
    let picture = async || {
        let query =
            DeviceQuery { window: muster_domain::query::Window { page: 1, size: 200 }, ..Default::default() };
        let window = query.window;
        let list = InvitationQuery { window, ..InvitationQuery::default() };
        let (devices, messages) = (
            world.store.devices(world.ws, &query).await.unwrap(),
            world.store.invitations(world.ws, &list).await.unwrap(),
        );
        (devices, messages, world.store.audit(world.ws, &AuditQuery::default()).await.unwrap().total)
    };
    let before = picture().await;
    let (store, now) = (acting(&world), Timestamp(world.now().0 + SECOND));
    let pattern = "{owner}".parse().unwrap();
    for deed in [DeviceDeed::Rename { pattern }, DeviceDeed::Move { owner: stranger }, DeviceDeed::Delete] {
        let told = store
            .act_on_devices(world.other, numbered(&devices), deed, doing(&world, Since::of(now, now)))
            .await
            .unwrap();
        assert!(told.iter().all(|o| o.became == Err(Refused::Gone) && o.name.is_empty()));
    }
    for deed in [MessageDeed::Resend, MessageDeed::Revoke, MessageDeed::Extend { days: 9 }] {
        let since = Since::of(now, now);
        let told = store.act_on_messages(world.other, messages.clone(), deed, since, now).await.unwrap();
        assert!(told.iter().all(|o| o.became == Err(Refused::Gone) && o.name.is_empty()));
    }
    let name = Change::Name { was: "Mine".into(), set: "Pixel 8".into() };
    let back = devices.iter().map(|id| (*id, name.clone())).collect();
    let told = store.put_devices_back(world.other, back, None, now).await.unwrap();
    assert!(told.iter().all(|o| o.became == Err(Refused::Gone)));
    // Nor does a device go to somebody else's person.
    let deed = DeviceDeed::Move { owner: stranger };
    let told = store
        .act_on_devices(world.ws, numbered(&devices), deed, doing(&world, Since::of(now, now)))
        .await
        .unwrap();
    assert!(told.iter().all(|o| o.became == Err(Refused::NoOwner)));
    assert!(picture().await == before);
}

pub async fn many_devices_are_told_at_once_and_those_that_cannot_do_it_say_why(world: World) {
    let devices = fleet(&world).await;
    let store = acting(&world);
    let act = async |kind: CommandKind, since: Since| {
        let deed = DeviceDeed::Order { order: Order::plain(kind), named: None };
        store.act_on_devices(world.ws, numbered(&devices), deed, doing(&world, since)).await.unwrap()
    };
    let since = begun(&world);
    assert_eq!(became(&act(CommandKind::Report, since).await), [Ok(()); 3]);
    let given = async || {
        let mut all = Vec::new();
        for device in &devices {
            all.extend(world.store.commands(world.ws, *device, 9).await.unwrap());
        }
        all
    };
    let first = given().await;
    assert_eq!(first.len(), 3);
    let ids: std::collections::BTreeSet<_> = first.iter().map(|c| c.id).collect();
    assert_eq!(ids.len(), 3, "each has an id of its own");
    assert_eq!(became(&act(CommandKind::Report, since).await), [Ok(()); 3]);
    assert_eq!(given().await, first, "an answer that was lost is given again");
    let unable = [Err(Refused::Unable(Impossible::Platform)); 3];
    assert_eq!(became(&act(CommandKind::Erase, begun(&world)).await), unable, "they are Androids");
}
