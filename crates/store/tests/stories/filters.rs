//! Filters of the Users list: who matches, however they are found.

use crate::world::{World, details};
use muster_domain::{
    device::Status,
    invitation::State,
    query::*,
    usecase::send::{links, send},
    user::UserRow,
};

/// People of every kind: with and without an address, a group, a message, and devices.
async fn company(world: &World) {
    world.user("Never", Some("never@example.org"), &["Ward 1"]).await;
    world.user("Farah", None, &["Ward 1", "Night"]).await;
    let queued = world.user("Queued", Some("queued@example.org"), &["Night"]).await;
    world.send(&[queued]).await;
    let (_, waiting) = world.link("Waiting").await;
    world.store.revoke(world.ws, waiting, world.now()).await.unwrap();
    world.link("Sent").await;
    let (one, link) = world.link("One").await;
    world.connect(link, "hardware-1", "a").await;
    let (two, first) = world.link("Two").await;
    world.connect(first, "hardware-2", "b").await;
    let (made, _) = links(&world.ports, world.ws, &[two], 1).await.unwrap();
    world.connect(made[0].1, "hardware-3", "c").await;
    let (gone, link) = world.link("Gone").await;
    let device = world.connect(link, "hardware-4", "d").await;
    world.store.leave(world.ws, device, "e", world.now()).await.unwrap();
    for (id, name, groups) in
        [(one, "One", &["Ward 1"][..]), (two, "Two", &["ward 2", "Night"]), (gone, "Gone", &["Ward 2"])]
    {
        let details = details(name, Some(&format!("{}@example.org", name.to_lowercase())), groups);
        world.store.update_user(world.ws, id, &details, None).await.unwrap();
    }
    world.user_in(world.other, "Theirs").await;
}

/// What a filter means, said of a row.
fn fits(filter: &UserFilter, row: &UserRow) -> bool {
    let in_groups =
        || row.groups.iter().any(|g| filter.groups.iter().any(|f| f.to_lowercase() == g.to_lowercase()));
    let devices = match filter.devices {
        None => true,
        Some(DeviceCount::None) => row.devices == 0,
        Some(DeviceCount::One) => row.devices == 1,
        Some(DeviceCount::More) => row.devices > 1,
    };
    let message = match filter.message {
        None => true,
        Some(Messaged::Never) => row.message.is_none(),
        Some(Messaged::Ever) => row.message.is_some(),
        Some(Messaged::Open) => row.message.as_ref().is_some_and(|m| State::OPEN.contains(&m.state)),
        Some(Messaged::State(state)) => row.message.as_ref().is_some_and(|m| m.state == state),
    };
    let found_in =
        format!("{} {} {}", row.name, row.email.as_deref().unwrap_or_default(), row.groups.concat());
    (filter.groups.is_empty() || in_groups())
        && filter.address.is_none_or(|has| row.email.is_some() == has)
        && filter.status.is_none_or(|status| row.status == Some(status))
        && found_in.to_lowercase().contains(&filter.search)
        && devices
        && message
}

/// Every way to filter, by the first of so many choices of groups.
fn all_filters(groups: usize) -> Vec<UserFilter> {
    let mut all = vec![UserFilter::default()];
    let mut with = |values: &[&dyn Fn(&mut UserFilter)]| {
        let set = |filter: &UserFilter, set: &&dyn Fn(&mut UserFilter)| {
            let mut filter = filter.clone();
            set(&mut filter);
            filter
        };
        let more: Vec<_> =
            all.iter().flat_map(|filter| values.iter().map(move |value| set(filter, value))).collect();
        all.extend(more);
    };
    with(&[&|f| f.search = "ard".into(), &|f| f.search = "gone".into()]);
    let of_groups: [&dyn Fn(&mut UserFilter); 6] = [
        &|f| f.groups = vec!["ward 1".into()],
        &|f| f.groups = vec!["Night".into(), "WARD 2".into(), "Ward 1".into()],
        &|f| f.groups = vec!["nobody's".into()],
        &|f| f.groups = vec!["Night".into(), "ward 2".into()],
        &|f| f.groups = vec!["everybody".into()],
        &|f| f.groups = vec!["Ward 1".into(), "Everybody".into()],
    ];
    with(&of_groups[..groups - 1]);
    with(&[&|f| f.address = Some(true), &|f| f.address = Some(false)]);
    with(&[&|f| f.devices = Some(DeviceCount::None), &|f| f.devices = Some(DeviceCount::One), &|f| {
        f.devices = Some(DeviceCount::More)
    }]);
    with(&[&|f| f.status = Some(Status::Ok), &|f| f.status = Some(Status::Critical)]);
    with(&[
        &|f| f.message = Some(Messaged::Never),
        &|f| f.message = Some(Messaged::Ever),
        &|f| f.message = Some(Messaged::Open),
        &|f| f.message = Some(Messaged::State(State::Queued)),
        &|f| f.message = Some(Messaged::State(State::Enrolled)),
        &|f| f.message = Some(Messaged::State(State::Revoked)),
    ]);
    all
}

pub async fn every_filter_finds_just_who_fits_it_in_lists_and_in_selections(world: World) {
    company(&world).await;
    let (with_nobody, found) = each_filter(&world, 5).await;
    assert!(with_nobody == 3 * 5 * 3 * 4 * 3 * 7 && found > 100, "{found} of {with_nobody}");
    // A group that everybody is in asks nothing, alone and beside others.
    let all = Selection::Matching { filter: UserFilter::default(), except: vec![] };
    world.store.join_group(world.ws, &"Everybody".parse().unwrap(), &all).await.unwrap();
    let (asked, found) = each_filter(&world, 7).await;
    assert!(asked == 3 * 7 * 3 * 4 * 3 * 7 && found > 250, "{found} of {asked}");
}

/// Asks by each filter, and compares with what it says of the rows; how many there were, and how many found somebody.
async fn each_filter(world: &World, groups: usize) -> (usize, usize) {
    let everyone = world.store.users(world.ws, &UserQuery::default()).await.unwrap().rows;
    assert_eq!(everyone.len(), 8);
    let (mut found_somebody, mut asked) = (0, 0);
    for filter in all_filters(groups) {
        let expected: Vec<_> = everyone.iter().filter(|row| fits(&filter, row)).collect();
        let query = UserQuery { filter: filter.clone(), ..UserQuery::default() };
        let page = world.store.users(world.ws, &query).await.unwrap();
        assert_eq!(page.rows.iter().collect::<Vec<_>>(), expected, "{filter:?}");
        assert_eq!(page.total, expected.len() as u64, "{filter:?}");
        // Pages of one row are found by another way.
        let query = UserQuery { descending: true, window: Window { page: 1, size: 1 }, ..query };
        let last = world.store.users(world.ws, &query).await.unwrap().rows;
        assert_eq!(last.first(), expected.last().copied(), "{filter:?}");
        let selection = Selection::Matching { filter, except: vec![] };
        let (people, with_address) =
            world.store.count_recipients(world.ws, &selection, LeaveOut::default()).await.unwrap();
        let addresses = expected.iter().filter(|row| row.email.is_some()).count();
        assert_eq!((people, with_address), (expected.len() as u64, addresses as u64), "{selection:?}");
        let Selection::Matching { filter, .. } = selection else { unreachable!() };
        assert_eq!(world.store.count_users(world.ws, &[filter]).await, Ok(vec![people]));
        found_somebody += usize::from(people > 0);
        asked += 1;
    }
    (asked, found_somebody)
}

pub async fn instructions_to_several_groups_reach_each_member_once(world: World) {
    company(&world).await;
    let filter = UserFilter { groups: vec!["Ward 1".into(), "night".into()], ..UserFilter::default() };
    let selection = Selection::Matching { filter, except: vec![] };
    let sent = send(&world.ports, world.ws, None, &world.choices(selection, 1)).await.unwrap();
    // Never, Queued, One and Two; Two and Farah are in two of them, and Farah has no address.
    assert_eq!((sent.messages, sent.without_address), (4, 1));
}
