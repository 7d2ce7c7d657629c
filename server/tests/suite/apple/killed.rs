//! ABUSE A46 for Apple's devices: SIGKILL again and again while a fleet enrols and answers. No command is lost, none is done
//! twice, and each device is one row. A device counts what it does by `CommandUUID`, whatever the server remembers.

use crate::served::Served;
use muster::system::{SystemClock, keys::Keys};
use muster_agent::{
    apple::{
        device::{Device, Options},
        hardware::Hardware,
        http::Client,
        key::Key,
        keys::Pool,
        session::Step,
        state::Phase,
    },
    error::AgentError,
    link::Link,
};
use muster_domain::{
    CommandId, DeviceId, WorkspaceId,
    command::{CommandKind, Order},
    ports::*,
};
use muster_store::Sqlite;
use sqlx::SqlitePool;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// Devices that speak at the same time.
const AT_ONCE: usize = 24;
/// Kills while they enrol, and as many while they answer.
const KILLS: u64 = 4;

/// What all devices share.
struct World {
    client: Client,
    places: Semaphore,
    /// Between two sessions of a device: so many of them would ask for nothing all the time.
    pause: Duration,
    enough: AtomicBool,
}

impl World {
    /// Waits for the server to be there again; whatever else goes wrong is a failure.
    async fn again(&self, error: AgentError) {
        assert!(error.is_transient(), "{error}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    async fn enrols(&self, device: &mut Device, link: &Link) {
        loop {
            let place = self.places.acquire().await.unwrap();
            let Err(error) = device.enrol(&self.client, link).await else { return };
            drop(place);
            self.again(error).await;
        }
    }

    async fn answers(&self, device: &mut Device) -> Vec<Step> {
        loop {
            let place = self.places.acquire().await.unwrap();
            let error = match device.session(&self.client).await {
                Ok(steps) => return steps,
                Err(error) => error,
            };
            drop(place);
            self.again(error).await;
        }
    }
}

/// Enrols, and answers whatever it is asked until it is enough.
async fn lives(world: Arc<World>, mut device: Device, link: Link) -> Device {
    world.enrols(&mut device, &link).await;
    loop {
        // Read before: what is asked until it is enough is answered.
        let last = world.enough.load(Ordering::SeqCst);
        let steps = world.answers(&mut device).await;
        if matches!(steps.last(), Some(Step::Ended { phase: Phase::Erased })) {
            // Its owner sets it up again; the server may not have heard that it is erased.
            world.enrols(&mut device, &link).await;
        }
        if last {
            return device;
        }
        tokio::time::sleep(world.pause).await;
    }
}

struct Fleet {
    served: Served,
    database: SqlitePool,
    store: Sqlite,
    keys: Keys,
    workspace: WorkspaceId,
}

impl Fleet {
    async fn start() -> Self {
        let served = Served::start();
        let (pem, key) = (served.path("a.pem"), served.path("a.key"));
        let (pem, key) = (pem.to_str().unwrap(), key.to_str().unwrap());
        let subject = format!("/UID={}/CN=APSP:test", crate::fake_apple::TOPIC);
        let made = std::process::Command::new("openssl")
            .args([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-out", pem, "-keyout", key,
            ])
            .args(["-subj", &subject])
            .output()
            .unwrap();
        assert!(made.status.success());
        served.cli(&["apple", "cert", "upload", pem, "--key", key]);
        let file = served.path("data/muster.db");
        let database = SqlitePool::connect(file.to_str().unwrap()).await.unwrap();
        let store = Sqlite::open(&file).await.unwrap();
        let keys = Keys::open(&served.path("data/muster.key"), true).unwrap();
        let id: String = sqlx::query_scalar("SELECT id FROM workspace").fetch_one(&database).await.unwrap();
        Self { served, database, store, keys, workspace: id.parse().unwrap() }
    }

    async fn count(&self, sql: &'static str) -> u64 {
        let found: i64 = sqlx::query_scalar(sql).fetch_one(&self.database).await.unwrap();
        u64::try_from(found).unwrap()
    }

    /// Kills the server each time that so much more is done, until all is.
    async fn kill(&mut self, what: &str, all: u64, sql: &'static str, patience: Duration) {
        let begin = Instant::now();
        let mut kills = 0;
        loop {
            let done = self.count(sql).await;
            if done >= all {
                assert_eq!(kills, KILLS, "{what}: too fast to be killed in between");
                return;
            }
            if kills < KILLS && done > all * (kills + 1) / (KILLS + 2) {
                kills += 1;
                self.served.kill();
                self.served.run();
            }
            if begin.elapsed() > patience {
                panic!("{what}: {done} of {all}; {}", self.open().await);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// What is still to be done, for who looks for the reason.
    async fn open(&self) -> String {
        let sql = "SELECT json_group_array(json_array(kind, state, sends, detail, device_id)) FROM device_command WHERE state <> 'done'";
        sqlx::query_scalar(sql).fetch_one(&self.database).await.unwrap()
    }

    async fn devices(&self) -> Vec<DeviceId> {
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id FROM device ORDER BY id").fetch_all(&self.database).await.unwrap();
        ids.iter().map(|id| id.parse().unwrap()).collect()
    }

    async fn orders(&self, device: DeviceId, order: &Order) {
        let now = SystemClock.now();
        let id = CommandId::new(now, &self.keys);
        self.store.add_command(self.workspace, device, id, order, now).await.unwrap();
    }
}

const OPEN: &str = "SELECT count(*) FROM device_command WHERE state IN ('queued', 'delivered', 'postponed')";
const CONNECTED: &str = "SELECT count(*) FROM device";
const LOCKED: &str = "SELECT count(*) FROM device_command WHERE kind = 'lock' AND state = 'done'";

async fn story(count: usize, patience: Duration) {
    let begin = Instant::now();
    let mut fleet = Fleet::start().await;
    fleet.served.people("all", count);
    let links = fleet.served.json(&["invite", "--group", "all", "--print-link"]);
    let links: Vec<Link> =
        links.as_array().unwrap().iter().map(|l| l["link"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(links.len(), count);
    let pool = Pool::of((0..4).map(|_| Arc::new(Key::generate(2048).unwrap())).collect());
    let world = Arc::new(World {
        client: Client::new(muster_agent::clock::system, true, None).unwrap(),
        places: Semaphore::new(AT_ONCE),
        pause: Duration::from_millis(count.max(300) as u64),
        enough: AtomicBool::new(false),
    });
    let living: Vec<_> = links
        .into_iter()
        .map(|link| {
            let device = Device::new(pool.clone(), Hardware::iphone().unwrap(), Options::default());
            tokio::spawn(lives(world.clone(), device, link))
        })
        .collect();
    let all = count as u64;
    fleet.kill("enrolling", all, CONNECTED, patience).await;
    let enrolled = begin.elapsed();

    let devices = fleet.devices().await;
    for (number, device) in devices.iter().enumerate() {
        for message in ["one", "two", "three"] {
            let lock = Order::Lock { message: Some(message.into()), phone: None };
            fleet.orders(*device, &lock).await;
        }
        fleet.orders(*device, &Order::plain(CommandKind::ClearPasscode)).await;
        if number % 5 == 0 {
            fleet.orders(*device, &Order::Erase { keep_data_plan: false }).await;
        }
    }
    fleet.kill("answering", all * 3, LOCKED, patience).await;
    while fleet.count(OPEN).await > 0 {
        assert!(begin.elapsed() < patience, "{} are open", fleet.count(OPEN).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    world.enough.store(true, Ordering::SeqCst);
    let mut done = HashMap::new();
    let mut udids = HashMap::new();
    for device in living {
        let device = device.await.unwrap();
        assert_eq!(device.state.phase, Phase::Enrolled);
        for (id, what) in &device.state.executed {
            assert_eq!(what.times, 1, "{id}: {}", what.request_type);
            assert!(done.insert(id.clone(), what.request_type.clone()).is_none(), "{id} on two devices");
        }
        udids.insert(device.state.hardware.udid.clone(), device.certificate().unwrap().clone());
    }
    assert_eq!(fleet.count(CONNECTED).await, all, "one row each");
    assert_eq!(
        fleet.count("SELECT count(DISTINCT udid) FROM apple_enrolment WHERE ended_at IS NULL").await,
        all
    );
    assert_eq!(fleet.count("SELECT count(*) FROM invitation WHERE state = 'enrolled'").await, all);
    assert_eq!(udids.len(), count);

    let rows: Vec<(String, String, String)> =
        sqlx::query_as("SELECT upper(id), kind, state FROM device_command")
            .fetch_all(&fleet.database)
            .await
            .unwrap();
    let mut ends: HashMap<(String, String), u64> = HashMap::new();
    let known: HashMap<_, _> = rows.iter().map(|(id, ..)| (id.clone(), ())).collect();
    assert!(done.keys().all(|id| known.contains_key(id)), "nothing was done that nobody asked for");
    for (id, kind, state) in rows {
        let was_done = done.contains_key(&id);
        match (kind.as_str(), state.as_str()) {
            (_, "done") => assert!(was_done, "{kind} {id} is marked as done"),
            // What was told once, and never again: a person sees that nobody knows.
            ("clear_passcode", "unanswered") => {}
            // A device that was erased before it could be told so.
            ("erase", "presumed") => assert!(was_done, "{id}"),
            // What was to be done before it was erased, on a device that is new now.
            (_, "cancelled") => assert!(!was_done, "{kind} {id}"),
            (_, other) => panic!("{kind} {id} ended as {other}"),
        }
        *ends.entry((kind, state)).or_default() += 1;
    }
    let erased = ends.iter().filter(|((kind, _), _)| kind == "erase").map(|(_, n)| n).sum::<u64>();
    assert_eq!(erased, all.div_ceil(5));
    let locks = ends.get(&("lock".to_owned(), "done".to_owned())).copied();
    assert_eq!(locks, Some(all * 3), "no lock is lost: {ends:?}");
    let mut ends: Vec<_> = ends.into_iter().collect();
    ends.sort();
    println!(
        "{count} devices, {} kills: enrolled in {:.1} s, all done in {:.1} s; {ends:?}",
        2 * KILLS,
        enrolled.as_secs_f64(),
        begin.elapsed().as_secs_f64()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a46_kills_while_300_devices_enrol_and_answer_lose_no_command_and_double_none() {
    story(300, Duration::from_secs(900)).await;
}

/// `MUSTER_TEST_PROGRAM=$PWD/target/release/muster MUSTER_TEST_DEVICES=10000 cargo nextest run -p muster --run-ignored only a46_kills_while_many`;
/// without the first it is the debug build, which takes half an hour.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a quarter of an hour with 10,000"]
async fn a46_kills_while_many_devices_enrol_and_answer_lose_no_command_and_double_none() {
    let count = std::env::var("MUSTER_TEST_DEVICES").ok().and_then(|n| n.parse().ok());
    story(count.unwrap_or(10_000), Duration::from_secs(3_600)).await;
}
