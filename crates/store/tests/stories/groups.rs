//! Groups: their names, members and counts.

use crate::world::{World, details};
use muster_domain::{UserId, ports::*, query::*};

fn group(name: &str, users: u64, connected: u64) -> GroupRow {
    GroupRow { name: name.into(), users, connected }
}

fn these(ids: &[UserId]) -> Selection {
    Selection::These { ids: ids.to_vec() }
}

/// All groups; their counts are those that the members' rows tell.
async fn groups(world: &World) -> Vec<GroupRow> {
    let groups = world.store.groups(world.ws).await.unwrap();
    let people = world.store.users(world.ws, &UserQuery::default()).await.unwrap().rows;
    for group in &groups {
        let members: Vec<_> = people.iter().filter(|u| u.groups.contains(&group.name)).collect();
        let connected = members.iter().filter(|u| u.devices > 0).count();
        assert_eq!(
            (group.users, group.connected),
            (members.len() as u64, connected as u64),
            "{}",
            group.name
        );
    }
    groups
}

async fn found(world: &World, search: &str) -> Vec<String> {
    let filter = UserFilter { search: search.into(), ..UserFilter::default() };
    let query = UserQuery { filter, ..UserQuery::default() };
    world.store.users(world.ws, &query).await.unwrap().rows.into_iter().map(|u| u.name).collect()
}

async fn joined(world: &World, name: &str, selection: &Selection) -> u64 {
    world.store.join_group(world.ws, &name.parse().unwrap(), selection).await.unwrap()
}

pub async fn groups_know_how_many_are_in_them_and_connected(world: World) {
    let (ada, link) = world.link("Ada").await;
    let (bo, other) = world.link("Bo").await;
    assert_eq!(joined(&world, "Night", &these(&[ada, bo])).await, 2);
    assert_eq!(groups(&world).await, [group("Night", 2, 0)]);
    let first = world.connect(link, "a", "n1").await;
    world.connect(other, "b", "n2").await;
    assert_eq!(groups(&world).await, [group("Night", 2, 2)]);
    // Who joins with a device counts at once.
    joined(&world, "Day", &these(&[ada])).await;
    assert_eq!(groups(&world).await, [group("Day", 1, 1), group("Night", 2, 2)]);
    world.store.leave(world.ws, first, "n3", world.now()).await.unwrap();
    assert_eq!(groups(&world).await, [group("Day", 1, 0), group("Night", 2, 1)]);
    // Other details are other groups.
    world.store.update_user(world.ws, bo, &details("Bo", None, &["Day"]), None).await.unwrap();
    assert_eq!(groups(&world).await, [group("Day", 2, 1), group("Night", 1, 0)]);
    let row = (
        UserId::new(world.now(), &*world.ports.secrets),
        details("Cy", Some("cy@example.org"), &["night", "Day"]),
    );
    world.store.import_users(world.ws, vec![row].into(), world.now()).await.unwrap();
    assert_eq!(groups(&world).await, [group("Day", 3, 1), group("Night", 2, 0)]);
    world.store.delete_user(world.ws, bo).await.unwrap();
    assert_eq!(groups(&world).await, [group("Day", 2, 0), group("Night", 2, 0)]);
    assert!(world.store.groups(world.other).await.unwrap().is_empty());
}

pub async fn a_group_is_made_renamed_and_deleted_and_its_members_stay(world: World) {
    let ada = world.user("Ada", Some("ada@example.org"), &["Ward 1", "Nurses"]).await;
    let bo = world.user("Bo", None, &["Ward 1"]).await;
    let ward = "Station Sieben".parse().unwrap();
    world.store.add_group(world.ws, &"Empty".parse().unwrap()).await.unwrap();
    assert_eq!(world.store.add_group(world.ws, &"nurSES".parse().unwrap()).await, Err(StoreError::Exists));
    world.store.rename_group(world.ws, "ward 1", &ward).await.unwrap();
    assert_eq!(
        groups(&world).await,
        [group("Empty", 0, 0), group("Nurses", 1, 0), group("Station Sieben", 2, 0)]
    );
    // They are found by the new name and by all else, and no longer by the old one.
    assert_eq!(found(&world, "sieben").await, ["Ada", "Bo"]);
    assert_eq!(found(&world, "ada nurses sieben example").await, ["Ada"]);
    assert!(found(&world, "ward").await.is_empty());
    // Another way to write the same name.
    world.store.rename_group(world.ws, "STATION SIEBEN", &"station Sieben".parse().unwrap()).await.unwrap();
    assert_eq!(groups(&world).await.last(), Some(&group("station Sieben", 2, 0)));
    // A name that is taken stays with whom it belongs to, and nothing changes.
    let taken = world.store.rename_group(world.ws, "station sieben", &"Nurses".parse().unwrap()).await;
    assert_eq!(taken, Err(StoreError::Exists));
    assert_eq!(world.store.rename_group(world.ws, "nobody's", &ward).await, Err(StoreError::NotFound));
    assert_eq!(world.store.rename_group(world.other, "Nurses", &ward).await, Err(StoreError::NotFound));
    assert_eq!(groups(&world).await.len(), 3);
    world.store.delete_group(world.ws, "STATION sieben").await.unwrap();
    assert_eq!(world.store.delete_group(world.ws, "station sieben").await, Err(StoreError::NotFound));
    assert_eq!(world.store.delete_group(world.other, "Nurses").await, Err(StoreError::NotFound));
    assert_eq!(groups(&world).await, [group("Empty", 0, 0), group("Nurses", 1, 0)]);
    assert!(found(&world, "sieben").await.is_empty());
    assert_eq!(found(&world, "ada nurses").await, ["Ada"]);
    assert!(world.store.user(world.ws, ada).await.unwrap().is_some_and(|u| u.groups == ["Nurses"]));
    assert!(world.store.user(world.ws, bo).await.unwrap().is_some_and(|u| u.groups.is_empty()));
}

pub async fn people_join_and_leave_as_a_selection_says_each_once(world: World) {
    for (name, groups) in
        [("Ada", &["Ward 1"][..]), ("Bo", &["Ward 1", "Night"]), ("Cy", &[]), ("Di", &["Ward 1"])]
    {
        world.user(name, None, groups).await;
    }
    let stranger = world.user_in(world.other, "Eve").await;
    let in_ward = UserFilter { groups: vec!["ward 1".into()], ..UserFilter::default() };
    let found_by_word = UserFilter { search: "ward".into(), ..UserFilter::default() };
    let all = Selection::Matching { filter: in_ward, except: vec![] };
    // Bo is there already, and is there once.
    assert_eq!(joined(&world, "night", &all).await, 2);
    assert_eq!(joined(&world, "night", &all).await, 0);
    assert_eq!(groups(&world).await, [group("Night", 3, 0), group("Ward 1", 3, 0)]);
    assert_eq!(found(&world, "night").await, ["Ada", "Bo", "Di"]);
    assert_eq!(joined(&world, "Night", &these(&[stranger])).await, 0, "of another workspace");
    // A selection by what the group's own name finds.
    let words = Selection::Matching { filter: found_by_word, except: vec![] };
    assert_eq!(world.store.leave_group(world.ws, "WARD 1", &words).await, Ok(3));
    assert_eq!(groups(&world).await, [group("Night", 3, 0), group("Ward 1", 0, 0)]);
    assert!(found(&world, "ward").await.is_empty());
    assert_eq!(found(&world, "ada night").await, ["Ada"]);
    assert_eq!(world.store.leave_group(world.ws, "Day", &words).await, Err(StoreError::NotFound));
}

pub async fn groups_are_searched_sorted_and_paged(world: World) {
    let (ada, link) = world.link("Ada").await;
    world.connect(link, "a", "n1").await;
    let bo = world.user("Bo", None, &[]).await;
    for (name, people) in
        [("Ärzte", &[ada, bo][..]), ("Ward 2", &[ada]), ("ward 10", &[bo]), ("Zentrale", &[])]
    {
        world.store.add_group(world.ws, &name.parse().unwrap()).await.unwrap();
        joined(&world, name, &these(people)).await;
    }
    let store = world.store.clone();
    let ws = world.ws;
    let ask = async |search: &str, sort, descending, page| {
        let query = GroupQuery { search: search.into(), sort, descending, window: Window { page, size: 3 } };
        let page = store.group_page(ws, &query).await.unwrap();
        (page.total, page.rows.into_iter().map(|g| g.name).collect::<Vec<_>>().join(", "))
    };
    assert_eq!(ask("", GroupSort::Name, false, 1).await, (4, "Ärzte, ward 10, Ward 2".into()));
    assert_eq!(ask("", GroupSort::Name, false, 2).await, (4, "Zentrale".into()));
    assert_eq!(ask("2 WARD", GroupSort::Name, false, 1).await, (1, "Ward 2".into()));
    assert_eq!(ask("arz", GroupSort::Name, false, 1).await, (1, "Ärzte".into()));
    assert_eq!(ask("", GroupSort::Users, true, 1).await, (4, "Ärzte, Ward 2, ward 10".into()));
    assert_eq!(ask("", GroupSort::Connected, true, 1).await, (4, "Ward 2, Ärzte, ward 10".into()));
}
