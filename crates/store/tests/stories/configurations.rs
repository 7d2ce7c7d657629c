//! Configurations: who gets which, who is told of a change, what is kept of former ones; and what devices log.

use super::headwind::{asks, report, sync, tell};
use crate::world::World;
use muster_domain::{
    ConfigurationId, DeviceId, UserId,
    configuration::{ConfigurationSettings, LogLevel},
    ports::*,
    query::Selection,
};
use serde_json::{Value, json};

fn settings(document: &Value) -> ConfigurationSettings {
    ConfigurationSettings::of_document(document).unwrap()
}

fn loud(volume: u8) -> ConfigurationSettings {
    settings(&json!({ "volume": volume }))
}

fn for_all() -> Audience {
    Audience { everybody: true, groups: Vec::new() }
}

fn for_groups(names: &[&str]) -> Audience {
    Audience { everybody: false, groups: names.iter().map(|n| (*n).to_owned()).collect() }
}

fn saving(
    world: &World,
    id: ConfigurationId,
    base: Option<u64>,
    name: &str,
    audience: Audience,
) -> SaveConfiguration {
    SaveConfiguration {
        id,
        base,
        name: name.parse().unwrap(),
        audience,
        settings: loud(10),
        restored: None,
        now: world.now(),
    }
}

async fn save(world: &World, save: SaveConfiguration) -> SavedConfiguration {
    world.store.save_configuration(world.ws, save).await.unwrap()
}

/// A new one.
async fn made(world: &World, name: &str, audience: Audience) -> ConfigurationId {
    let id = ConfigurationId::new(world.now(), &*world.ports.secrets);
    assert_eq!(
        save(world, saving(world, id, None, name, audience)).await,
        SavedConfiguration::Saved { version: 1 }
    );
    id
}

/// A person with a connected device.
async fn connected(world: &World, name: &str) -> (UserId, DeviceId) {
    let (user, link) = world.link(name).await;
    let device = asks(world, link, name).await.unwrap();
    sync(world, device).await;
    tell(world, device, &report(&format!("S-{name}"), "Pixel 8")).await;
    (user, device)
}

async fn joins(world: &World, user: UserId, group: &str) {
    let these = Selection::These { ids: vec![user] };
    world.store.join_group(world.ws, &group.parse().unwrap(), &these).await.unwrap();
}

async fn due(world: &World) -> Vec<DeviceId> {
    let mut due = world.store.agents_due(world.now()).await.unwrap();
    due.sort_unstable();
    due
}

/// What a device is told when it asks.
async fn fetched(world: &World, device: DeviceId) -> Option<ConfigurationSettings> {
    sync(world, device).await.configuration.map(|settings| *settings)
}

async fn names(world: &World, device: DeviceId) -> (Option<String>, Option<String>) {
    let told = world.store.device_configuration(world.ws, device).await.unwrap();
    let words = |named: Option<NamedVersion>| named.map(|n| format!("{} {}", n.name, n.version));
    (words(told.wanted), words(told.fetched))
}

pub async fn a_device_has_the_first_configuration_in_order_that_is_for_a_group_of_its_owner(world: World) {
    let (anna, phone) = connected(&world, "Anna").await;
    let (_, tablet) = connected(&world, "Boris").await;
    assert_eq!(fetched(&world, phone).await, None, "there is none");
    joins(&world, anna, "Tills").await;
    let tills = made(&world, "Kiosk tills", for_groups(&["tills"])).await;
    let all = made(&world, "Everybody", for_all()).await;
    let rows = world.store.configurations(world.ws).await.unwrap();
    let shown: Vec<_> = rows.iter().map(|r| (r.name.as_str(), r.version, r.devices)).collect();
    assert_eq!(shown, [("Kiosk tills", 1, 1), ("Everybody", 1, 1)]);
    assert_eq!(rows[0].audience, for_groups(&["Tills"]), "as it is written");
    assert_eq!(due(&world).await, [phone, tablet]);
    assert_eq!(fetched(&world, phone).await, Some(loud(10)));
    assert_eq!(names(&world, phone).await, (Some("Kiosk tills 1".into()), Some("Kiosk tills 1".into())));
    assert_eq!(due(&world).await, [tablet], "it has asked");
    assert_eq!(names(&world, tablet).await, (Some("Everybody 1".into()), None), "not fetched yet");
    fetched(&world, tablet).await;
    // In another order another one is the first.
    world.store.order_configurations(world.ws, &[all, tills], world.now()).await.unwrap();
    assert_eq!(due(&world).await, [phone]);
    assert_eq!(names(&world, phone).await.0.as_deref(), Some("Everybody 1"));
    for wrong in [vec![all], vec![all, all]] {
        let refused = world.store.order_configurations(world.ws, &wrong, world.now()).await;
        assert_eq!(refused, Err(StoreError::State), "not all of them");
    }
    world.store.delete_configuration(world.ws, all, world.now()).await.unwrap();
    assert_eq!(due(&world).await, [phone, tablet], "each has the next one, or none");
    assert_eq!(fetched(&world, tablet).await, None);
    assert_eq!(names(&world, tablet).await, (None, None));
    assert_eq!(names(&world, phone).await.0.as_deref(), Some("Kiosk tills 1"));
}

pub async fn a_save_that_is_based_on_a_former_version_changes_nothing(world: World) {
    let (_, phone) = connected(&world, "Anna").await;
    let id = made(&world, "All", for_all()).await;
    fetched(&world, phone).await;
    let mut second = saving(&world, id, Some(1), "All", for_all());
    second.settings = loud(20);
    assert_eq!(save(&world, second.clone()).await, SavedConfiguration::Saved { version: 2 });
    assert_eq!(due(&world).await, [phone]);
    for base in [None, Some(1), Some(3)] {
        let stale = SaveConfiguration { base, settings: loud(90), ..second.clone() };
        assert_eq!(save(&world, stale).await, SavedConfiguration::Stale { version: 2 }, "{base:?}");
    }
    assert_eq!(fetched(&world, phone).await, Some(loud(20)));
    assert_eq!(names(&world, phone).await.1.as_deref(), Some("All 2"));
    // Brought back, a former version is a new one.
    let former = world.store.configuration(world.ws, id, Some(1)).await.unwrap().unwrap();
    let back = SaveConfiguration { base: Some(2), settings: former.settings, restored: Some(1), ..second };
    assert_eq!(save(&world, back).await, SavedConfiguration::Saved { version: 3 });
    let versions = world.store.configuration_versions(world.ws, id).await.unwrap();
    let shown: Vec<_> = versions.iter().map(|v| (v.version, v.restored)).collect();
    assert_eq!(shown, [(3, Some(1)), (2, None), (1, None)]);
    let now = world.store.configuration(world.ws, id, None).await.unwrap().unwrap();
    assert_eq!((now.version, now.settings), (3, loud(10)));
    assert_eq!(world.store.configuration(world.ws, id, Some(9)).await, Ok(None));
    let other = ConfigurationId::new(world.now(), &*world.ports.secrets);
    assert_eq!(
        save(&world, saving(&world, other, None, "ALL", for_all())).await,
        SavedConfiguration::NameTaken
    );
    let nowhere = saving(&world, other, None, "Other", for_groups(&["nobody"]));
    assert_eq!(save(&world, nowhere).await, SavedConfiguration::NoSuchGroup);
    let gone = saving(&world, other, Some(1), "Other", for_all());
    assert_eq!(world.store.save_configuration(world.ws, gone).await, Err(StoreError::NotFound));
}

pub async fn who_joins_or_leaves_a_group_or_is_given_a_device_is_told(world: World) {
    let (anna, phone) = connected(&world, "Anna").await;
    let (boris, other) = connected(&world, "Boris").await;
    world.store.add_group(world.ws, &"Tills".parse().unwrap()).await.unwrap();
    made(&world, "Tills", for_groups(&["Tills"])).await;
    assert_eq!(due(&world).await, [], "nobody is in it");
    joins(&world, anna, "tills").await;
    assert_eq!(due(&world).await, [phone]);
    assert_eq!(fetched(&world, phone).await, Some(loud(10)));
    joins(&world, anna, "Others").await;
    assert_eq!(due(&world).await, [], "a group without a configuration");
    world.store.rename_group(world.ws, "Tills", &"Tills north".parse().unwrap()).await.unwrap();
    assert_eq!(fetched(&world, phone).await, Some(loud(10)), "the configuration goes with the group");
    world.store.move_device(world.ws, phone, boris, None, world.now()).await.unwrap();
    assert_eq!(due(&world).await, [phone]);
    assert_eq!(fetched(&world, phone).await, None, "it is not for him");
    joins(&world, boris, "Tills north").await;
    assert_eq!(due(&world).await, [phone, other], "both of his");
    fetched(&world, phone).await;
    fetched(&world, other).await;
    world.store.delete_group(world.ws, "Tills north").await.unwrap();
    assert_eq!(due(&world).await, [phone, other]);
    assert_eq!(fetched(&world, phone).await, None);
}

pub async fn how_many_a_change_reaches_is_known_before_it_is_saved(world: World) {
    let (anna, _) = connected(&world, "Anna").await;
    connected(&world, "Boris").await;
    world.link("Carla").await;
    joins(&world, anna, "Tills").await;
    let reach = async |id: Option<ConfigurationId>, audience: Audience| {
        world.store.configuration_reach(world.ws, id, &audience).await.unwrap()
    };
    let just = |devices| Reach { devices, elsewhere: Vec::new() };
    assert_eq!(reach(None, for_all()).await, just(2));
    assert_eq!(reach(None, for_groups(&["TILLS"])).await, just(1));
    assert_eq!(reach(None, for_groups(&[])).await, just(0));
    let tills = made(&world, "Tills", for_groups(&["Tills"])).await;
    let one_before = Reach { devices: 1, elsewhere: vec![("Tills".into(), 1)] };
    assert_eq!(reach(None, for_all()).await, one_before, "the others have one before it");
    assert_eq!(reach(Some(tills), for_all()).await, just(2), "itself is not in its way");
    let all_before = Reach { devices: 0, elsewhere: vec![("Tills".into(), 1)] };
    assert_eq!(reach(None, for_groups(&["Tills"])).await, all_before);
}

pub async fn a29_configurations_of_another_workspace_are_not_there(world: World) {
    let (_, phone) = connected(&world, "Anna").await;
    let id = made(&world, "All", for_all()).await;
    fetched(&world, phone).await;
    let (store, other) = (&world.store, world.other);
    assert_eq!(store.configurations(other).await, Ok(vec![]));
    assert_eq!(store.configuration(other, id, None).await, Ok(None));
    assert_eq!(store.configuration_versions(other, id).await, Ok(vec![]));
    assert_eq!(store.delete_configuration(other, id, world.now()).await, Err(StoreError::NotFound));
    assert_eq!(store.order_configurations(other, &[id], world.now()).await, Err(StoreError::NotFound));
    let save = saving(&world, id, Some(1), "Mine", for_all());
    assert_eq!(store.save_configuration(other, save).await, Err(StoreError::NotFound));
    assert_eq!(store.device_configuration(other, phone).await, Ok(DeviceConfiguration::default()));
    assert_eq!(store.fetched_configuration(other, phone).await, Ok(None));
    assert_eq!(store.configuration_reach(other, None, &for_all()).await, Ok(Reach::default()));
    assert_eq!(store.device_log(other, phone, None, 10).await, Ok(vec![]));
    assert_eq!(store.fetched_configuration(world.ws, phone).await, Ok(Some(loud(10))));
}

pub async fn of_a_devices_log_the_newest_entries_are_kept(world: World) {
    let (_, phone) = connected(&world, "Anna").await;
    let (_, other) = connected(&world, "Boris").await;
    let entry = |n: u32| NewLogEntry {
        at: world.now(),
        level: LogLevel::Warning,
        package: "a.b".into(),
        message: format!("line {n}"),
    };
    let keep = async |device: DeviceId, from: u32, to: u32| {
        let entries: Vec<_> = (from..to).map(entry).collect();
        world.store.keep_log(world.ws, device, &entries, world.now()).await.unwrap();
    };
    keep(other, 0, 5).await;
    keep(phone, 0, 600).await;
    keep(phone, 600, MOST_LOGGED + 7).await;
    let all = world.store.device_log(world.ws, phone, None, MOST_LOGGED).await.unwrap();
    assert_eq!(all.len(), MOST_LOGGED as usize);
    assert_eq!(all.first().map(|e| e.message.as_str()), Some("line 1006"), "the newest first");
    assert_eq!(all.last().map(|e| (e.message.as_str(), e.level)), Some(("line 7", 2)));
    let oldest = all.last().map(|e| e.number);
    assert_eq!(world.store.device_log(world.ws, phone, oldest, 10).await, Ok(vec![]), "older ones are gone");
    let more = world.store.device_log(world.ws, phone, Some(all[0].number), 1).await.unwrap();
    assert_eq!(more[0].message, "line 1005");
    assert_eq!(world.store.device_log(world.ws, other, None, 10).await.unwrap().len(), 5, "another's stay");
    world.store.keep_log(world.ws, phone, &[], world.now()).await.unwrap();
}

pub async fn what_a_device_lacked_ends_with_its_configuration(world: World) {
    use muster_domain::{
        configuration::{Lack, Lacking},
        device::{HeadwindFacts, Place, Status},
    };
    let (_, phone) = connected(&world, "Anna").await;
    let id = made(&world, "All", for_all()).await;
    let mut located = saving(&world, id, Some(1), "All", for_all());
    located.settings = settings(&json!({ "location": "gps" }));
    save(&world, located).await;
    fetched(&world, phone).await;
    let mut told = report("S-Anna", "Pixel 8");
    let lacking = vec![Lacking { what: "a.b".into(), how: Lack::Missing }];
    let place = Place { latitude: 1, longitude: 2, at: world.now() };
    told.headwind =
        Some(Box::new(HeadwindFacts { apps: Some(lacking), place: Some(place), ..HeadwindFacts::default() }));
    tell(&world, phone, &told).await;
    let device = world.store.device(world.ws, phone).await.unwrap().unwrap();
    assert_eq!((device.status, device.reasons[0].code()), (Status::Warning, "apps_not_as_configured"));
    fetched(&world, phone).await;
    let known = world.store.device(world.ws, phone).await.unwrap().unwrap().facts.headwind.unwrap();
    assert_eq!(known.place, Some(place), "it is asked for still");
    world.store.delete_configuration(world.ws, id, world.now()).await.unwrap();
    fetched(&world, phone).await;
    let device = world.store.device(world.ws, phone).await.unwrap().unwrap();
    assert_eq!((device.status, device.facts.headwind.unwrap().place), (Status::Ok, None));
}

pub async fn each_change_of_a_configuration_stands_in_the_log_without_secrets(mut world: World) {
    use muster_domain::{
        audit::{Act, By},
        query::AuditQuery,
    };
    let act = Act { by: By::CommandLine { user: "root".into() }, from: None, at: world.now() };
    world.store = world.store.acting(act);
    let id = made(&world, "All", for_all()).await;
    let mut second = saving(&world, id, Some(1), "All", for_all());
    second.settings = settings(&json!({
        "volume": 20, "app_settings": [{ "package": "a.b", "name": "key", "value": "hunter22" }]
    }));
    save(&world, second.clone()).await;
    let mut third = SaveConfiguration { base: Some(2), restored: Some(1), ..second };
    third.settings = loud(10);
    save(&world, third).await;
    world.store.order_configurations(world.ws, &[id], world.now()).await.unwrap();
    world.store.delete_configuration(world.ws, id, world.now()).await.unwrap();
    let log = world.store.audit(world.ws, &AuditQuery::default()).await.unwrap().rows;
    let told: Vec<_> = log.iter().rev().map(|row| row.entry.action.name()).collect();
    let wanted = ["added", "changed", "restored", "ordered", "deleted"].map(|what| match what {
        "ordered" => "settings.configurations_ordered".to_owned(),
        what => format!("settings.configuration_{what}"),
    });
    assert_eq!(told, wanted);
    let words = serde_json::to_string(&log.iter().map(|row| &row.entry).collect::<Vec<_>>()).unwrap();
    assert!(!words.contains("hunter22") && words.contains("app_settings"), "a30: {words}");
    assert_eq!(world.store.configuration_versions(world.ws, id).await, Ok(vec![]));
}
