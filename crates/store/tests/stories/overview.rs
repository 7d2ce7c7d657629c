//! The dashboard's figures: each is the number of rows that its list has.

use crate::world::World;
use muster_domain::{
    InvitationId, Timestamp, UserId, WorkspaceId,
    device::{Facts, Platform, Status},
    invitation::{Invitation, Reach, Reached, State},
    ports::*,
    query::*,
    time::{DAY, MINUTE},
    usecase::send::links,
};

/// All figures of a workspace, for a comparison.
#[derive(Debug, PartialEq)]
struct Figures {
    reached: Reached,
    fleet: Fleet,
    days: Vec<u64>,
    waiting: usize,
    ending: u64,
    asking: u64,
    messages_that_wait: u64,
    any: bool,
}

async fn figures(world: &World, workspace: WorkspaceId, since: Timestamp) -> Figures {
    let store = &world.store;
    let days: Vec<_> = (0..=40).map(|day| since.plus_days(day)).collect();
    Figures {
        reached: store.reached(workspace, since).await.unwrap(),
        fleet: store.fleet(workspace).await.unwrap(),
        days: store.connected_between(workspace, &days).await.unwrap(),
        waiting: store.waiting_longest(workspace, 100).await.unwrap().len(),
        ending: store.ending(workspace, world.now().plus_days(3)).await.unwrap(),
        asking: store.asking(workspace).await.unwrap(),
        messages_that_wait: store.messages_that_wait(workspace).await.unwrap(),
        any: store.any_message(workspace).await.unwrap(),
    }
}

async fn invitations(world: &World, query: InvitationQuery) -> Page<Invitation> {
    let window = Window { page: 1, size: 200 };
    let page = world.store.invitations(world.ws, &InvitationQuery { window, ..query }).await.unwrap();
    assert_eq!(page.rows.len() as u64, page.total);
    page
}

async fn devices(world: &World, query: DeviceQuery) -> u64 {
    let window = Window { page: 1, size: 200 };
    let page = world.store.devices(world.ws, &DeviceQuery { window, ..query }).await.unwrap();
    assert_eq!(page.rows.len() as u64, page.total);
    page.total
}

/// One more link for somebody.
async fn another(world: &World, user: UserId) -> InvitationId {
    links(&world.ports, world.ws, &[user], 1).await.unwrap().0[0].1
}

/// Connects a device of this platform that tells these facts.
async fn connect(world: &World, link: InvitationId, name: &str, platform: Platform, facts: Facts) {
    let claim = Claim { platform, facts, ..world.claim(link, name, name) };
    assert!(matches!(world.store.claim(claim).await.unwrap(), Claimed::Connected { .. }));
}

/// Thirty days of a company, in which everything happens that a message and a device can meet.
async fn company(world: &World) {
    let store = &world.store;
    let fine = Facts::default();
    let bad = Facts { protection: Some(false), ..Facts::default() };
    let low = Facts { storage_free_bytes: Some(1), storage_total_bytes: Some(100), ..Facts::default() };
    let kinds = [
        (Platform::Android, &fine),
        (Platform::Ios, &bad),
        (Platform::Ipados, &low),
        (Platform::Android, &low),
        (Platform::Android, &bad),
    ];
    for (round, kind) in kinds.into_iter().enumerate() {
        let name = |what: &str| format!("{what}{round}");
        let (_, opened) = world.link(&name("Opened")).await;
        store.opened(world.ws, opened, Some(Platform::Android), world.now()).await.unwrap();
        let (_, started) = world.link(&name("Started")).await;
        store.enrolling(world.ws, started, world.now().plus(MINUTE)).await.unwrap();
        let (_, revoked) = world.link(&name("Revoked")).await;
        store.revoke(world.ws, revoked, world.now()).await.unwrap();
        world.link(&name("Sent")).await;
        let queued = world.user(&name("Queued"), Some(&format!("q{round}@example.org")), &[]).await;
        world.send(&[queued]).await;
        let failed = world.user(&name("Failed"), Some(&format!("f{round}@example.org")), &[]).await;
        world.send(&[failed]).await;
        world.pass(MINUTE);
        // The one of `queued` is claimed with it, and its lease ends.
        for job in store.claim_mails("worker", world.ws, 10, world.now(), MINUTE).await.unwrap() {
            if job.invitation.user == failed {
                store.mail_failed("worker", &job, "550 no such user", world.now()).await.unwrap();
            }
        }
        let (user, link) = world.link(&name("Connected")).await;
        let (platform, facts) = kind;
        connect(world, link, &name("hardware"), platform, facts.clone()).await;
        let more = another(world, user).await;
        connect(world, more, &name("second"), Platform::Ipados, fine.clone()).await;
        let (_, link) = world.link(&name("Left")).await;
        let device = world.connect(link, &name("left"), &name("l")).await;
        store.leave(world.ws, device, &name("m"), world.now()).await.unwrap();
        let (_, link) = world.link(&name("Deleted")).await;
        let device = world.connect(link, &name("deleted"), &name("d")).await;
        store.delete_device(world.ws, device, world.now()).await.unwrap();
        let (user, link) = world.link(&name("Gone")).await;
        world.connect(link, &name("gone"), &name("g")).await;
        store.delete_user(world.ws, user).await.unwrap();
        world.user(&name("Never"), None, &[]).await;
        let (_, link) = world.link(&name("Asks")).await;
        store.request_link(world.ws, link, world.now()).await.unwrap();
        world.pass(6 * DAY);
        store.expire(world.now()).await.unwrap();
    }
    world.link("Ends").await;
    world.pass(5 * DAY);
    store.expire(world.now()).await.unwrap();
    for n in 0..8 {
        let (_, link) = world.link(&format!("Late{n}")).await;
        world.pass(MINUTE);
        if n % 2 == 0 {
            store.opened(world.ws, link, None, world.now()).await.unwrap();
        }
    }
}

pub async fn each_figure_is_the_number_of_rows_that_it_leads_to(world: World) {
    let begin = world.now();
    company(&world).await;
    let store = &world.store;
    let mut some = 0;
    for since in [begin, begin.plus_days(7), begin.plus_days(19), world.now()] {
        let reached = store.reached(world.ws, since).await.unwrap();
        for reach in Reach::ALL {
            let query =
                InvitationQuery { since: Some(since), reached: Some(reach), ..InvitationQuery::default() };
            let page = invitations(&world, query.clone()).await;
            assert_eq!(page.total, reached.of(reach), "{reach:?} since {since}");
            assert!(page.rows.iter().all(|i| i.created_at >= since));
            some += page.total;
            // Tabs above that list say how many are in each state, asked of the list alone.
            let counts = store.invitation_counts(world.ws, Some(since), Some(reach)).await.unwrap();
            assert_eq!(counts.all(), page.total, "{reach:?}");
            for state in State::ALL {
                let query = InvitationQuery { state: Some(state), ..query.clone() };
                assert_eq!(invitations(&world, query).await.total, counts.of(state), "{reach:?} {state:?}");
            }
        }
        let counts = store.invitation_counts(world.ws, Some(since), None).await.unwrap();
        for state in State::ALL {
            let query =
                InvitationQuery { since: Some(since), state: Some(state), ..InvitationQuery::default() };
            assert_eq!(invitations(&world, query).await.total, counts.of(state), "{state:?} since {since}");
        }
    }
    assert!(some > 100, "{some}");
    let asking = InvitationQuery { asking: true, ..InvitationQuery::default() };
    assert_eq!(store.asking(world.ws).await, Ok(invitations(&world, asking).await.total));
    assert_eq!(store.asking(world.ws).await, Ok(5));
    let fleet = store.fleet(world.ws).await.unwrap();
    let of = |query: DeviceQuery| devices(&world, query);
    let connected = DeviceQuery { connected: Some(true), ..DeviceQuery::default() };
    assert_eq!((fleet.all(), fleet.left), (10, 5));
    assert_eq!(of(connected.clone()).await, fleet.all());
    assert_eq!(of(DeviceQuery { connected: Some(false), ..DeviceQuery::default() }).await, fleet.left);
    for status in [Status::Ok, Status::Warning, Status::Critical] {
        assert!(fleet.with(status) > 0);
        assert_eq!(of(DeviceQuery { status: Some(status), ..connected.clone() }).await, fleet.with(status));
    }
    for platform in [Platform::Android, Platform::Ios, Platform::Ipados] {
        assert!(fleet.on(platform) > 0);
        let query = DeviceQuery { platform: Some(platform), ..connected.clone() };
        assert_eq!(of(query).await, fleet.on(platform));
    }
    assert_eq!(store.counts(world.ws).await.unwrap().devices, fleet.all());
    let days: Vec<_> = (0..=40).map(|day| begin.plus_days(day)).collect();
    let counted = store.connected_between(world.ws, &days).await.unwrap();
    assert_eq!(counted.iter().sum::<u64>(), fleet.all() + fleet.left);
    for (day, n) in days.windows(2).zip(counted) {
        let query = DeviceQuery { since: Some(day[0]), until: Some(day[1]), ..DeviceQuery::default() };
        assert_eq!(of(query).await, n, "{:?}", day[0]);
    }
    let waiting = InvitationQuery { waiting: true, ..InvitationQuery::default() };
    let wait = invitations(&world, waiting).await;
    assert_eq!(store.messages_that_wait(world.ws).await, Ok(wait.total));
    assert_eq!(wait.total, 9, "that of Ends and the late ones: those before have ended");
    for message in wait.rows {
        let person = store.user(world.ws, message.user).await.unwrap().unwrap();
        assert!(State::OPEN.contains(&message.state) && person.devices == 0);
    }
    let longest = store.waiting_longest(world.ws, 100).await.unwrap();
    assert!(longest.is_sorted_by_key(|one| one.since));
    assert!(longest.iter().all(|one| one.user.devices == 0));
    assert_eq!(store.waiting_longest(world.ws, 5).await.unwrap(), longest[..5]);
    assert_eq!(longest.iter().filter(|one| one.asks).count(), 5);
    for ends in [begin, world.now(), world.now().plus_days(3), world.now().plus_days(30)] {
        let query = InvitationQuery { ends: Some(ends), ..InvitationQuery::default() };
        assert_eq!(store.ending(world.ws, ends).await.unwrap(), invitations(&world, query).await.total);
    }
    assert_eq!(store.ending(world.ws, world.now().plus_days(3)).await.unwrap(), 1, "the one of Ends");
}

pub async fn how_far_a_message_came_stays_known_whatever_becomes_of_it(world: World) {
    let begin = world.now();
    let store = &world.store;
    let is = async |sent, opened, started, connected| {
        let reached = store.reached(world.ws, begin).await.unwrap();
        assert_eq!(reached, Reached { sent, opened, started, connected });
    };
    let user = world.user("Anna", Some("anna@example.org"), &[]).await;
    world.send(&[user]).await;
    let link = store.user(world.ws, user).await.unwrap().unwrap().message.unwrap().invitation;
    is(0, 0, 0, 0).await;
    let send = async || {
        world.pass(MINUTE);
        for job in store.claim_mails("worker", world.ws, 10, world.now(), MINUTE).await.unwrap() {
            store.mail_sent("worker", &job, world.now()).await.unwrap();
        }
    };
    send().await;
    is(1, 0, 0, 0).await;
    store.opened(world.ws, link, None, world.now()).await.unwrap();
    is(1, 1, 0, 0).await;
    // Sent again it is in the queue, and was opened all the same.
    store.resend(world.ws, link, world.now()).await.unwrap();
    is(1, 1, 0, 0).await;
    send().await;
    store.enrolling(world.ws, link, world.now()).await.unwrap();
    is(1, 1, 1, 0).await;
    world.pass(8 * DAY);
    assert_eq!(store.expire(world.now()).await, Ok(1));
    is(1, 1, 1, 0).await;
    store.extend(world.ws, link, world.now().plus_days(3), world.now()).await.unwrap();
    // A claim needs no look at the page.
    let device = world.connect(link, "hardware-1", "a").await;
    is(1, 1, 1, 1).await;
    store.delete_device(world.ws, device, world.now()).await.unwrap();
    is(1, 1, 1, 1).await;
    let (_, direct) = world.link("Boris").await;
    is(2, 1, 1, 1).await;
    world.connect(direct, "hardware-2", "b").await;
    is(2, 2, 2, 2).await;
    store.delete_user(world.ws, user).await.unwrap();
    is(1, 1, 1, 1).await;
}

pub async fn a29_figures_count_nothing_of_another_workspace(world: World) {
    let begin = world.now();
    company(&world).await;
    let before = figures(&world, world.ws, begin).await;
    assert!(before.any && before.waiting > 5 && before.days.iter().sum::<u64>() > 0);
    let nothing = Figures {
        reached: Reached::default(),
        fleet: Fleet::default(),
        days: vec![0; 40],
        waiting: 0,
        ending: 0,
        asking: 0,
        messages_that_wait: 0,
        any: false,
    };
    assert_eq!(figures(&world, world.other, begin).await, nothing);
    let theirs = world.user_in(world.other, "Theirs").await;
    let (made, _) = links(&world.ports, world.other, &[theirs], 2).await.unwrap();
    world.connect(made[0].1, "hardware-x", "x").await;
    assert_eq!(figures(&world, world.ws, begin).await, before);
    let there = figures(&world, world.other, begin).await;
    assert_eq!((there.reached.sent, there.reached.connected, there.fleet.all()), (2, 1, 1));
}
