//! People: lists, search, import.

use crate::world::{World, details};
use muster_domain::{Language, UserId, import::Grouping, ports::*, query::*, user::UserDetails};

fn names(page: &Page<muster_domain::user::UserRow>) -> Vec<&str> {
    page.rows.iter().map(|u| u.name.as_str()).collect()
}

async fn find(world: &World, search: &str) -> Vec<String> {
    let query = UserQuery {
        filter: UserFilter { search: search.into(), ..UserFilter::default() },
        ..UserQuery::default()
    };
    names(&world.store.users(world.ws, &query).await.unwrap()).into_iter().map(str::to_owned).collect()
}

pub async fn those_who_are_still_there_are_told_and_nobody_of_another_workspace(world: World) {
    let anna = world.user("Anna", None, &[]).await;
    let boris = world.user("Boris", None, &[]).await;
    let theirs = world.user_in(world.other, "Cleo").await;
    world.store.delete_user(world.ws, anna).await.unwrap();
    assert_eq!(world.store.still_there(world.ws, &[anna, boris, theirs]).await, Ok(vec![boris]));
    assert_eq!(world.store.still_there(world.ws, &[]).await, Ok(Vec::new()));
}

pub async fn people_are_listed_sorted_and_found_in_both_alphabets(world: World) {
    world.user("Борис Ахмедов", Some("b.ahmed@example.org"), &["Ward 3"]).await;
    world.user("Anna Petrova", Some("Anna.P@example.org"), &["Ward 3", "Nurses"]).await;
    world.user("100% \"Quoted\"_", None, &[]).await;
    let all = world.store.users(world.ws, &UserQuery::default()).await.unwrap();
    assert_eq!((all.total, names(&all)), (3, vec!["100% \"Quoted\"_", "Anna Petrova", "Борис Ахмедов"]));
    assert_eq!(all.rows[1].groups, ["Nurses", "Ward 3"]);
    for (term, expected) in [
        ("АХМЕ", "Борис Ахмедов"),
        ("бо", "Борис Ахмедов"),
        ("PETROVA", "Anna Petrova"),
        ("anna.p@", "Anna Petrova"),
        ("nurses", "Anna Petrova"),
        ("0%", "100% \"Quoted\"_"),
        ("\"quoted\"", "100% \"Quoted\"_"),
        ("_", "100% \"Quoted\"_"),
    ] {
        assert_eq!(find(&world, term).await, [expected], "{term}");
    }
    assert!(find(&world, "no such person").await.is_empty());
    let query = UserQuery {
        filter: UserFilter { groups: vec!["ward 3".into()], ..UserFilter::default() },
        descending: true,
        ..UserQuery::default()
    };
    assert_eq!(names(&world.store.users(world.ws, &query).await.unwrap()), ["Борис Ахмедов", "Anna Petrova"]);
    let second = UserQuery { window: Window { page: 2, size: 2 }, ..UserQuery::default() };
    assert_eq!(names(&world.store.users(world.ws, &second).await.unwrap()), ["Борис Ахмедов"]);
}

pub async fn words_are_found_in_any_order_and_yo_as_ye(world: World) {
    world.user("Ivan Petrov", Some("ivan.petrov@example.org"), &["Ward 3"]).await;
    world.user("Алёна Королёва", Some("a.k@example.org"), &[]).await;
    world.user("Ёлкин Жорж", None, &[]).await;
    world.user("Яна", None, &[]).await;
    // As a file from another system may have it: the marks apart.
    world.user("Андреи\u{306} Семе\u{308}нов", None, &[]).await;
    for (typed, expected) in [
        ("petrov ivan", "Ivan Petrov"),
        ("  PETROV   iv ", "Ivan Petrov"),
        ("rov@exam an", "Ivan Petrov"),
        ("3 petr", "Ivan Petrov"),
        ("алена", "Алёна Королёва"),
        ("АЛЁНА", "Алёна Королёва"),
        ("королева алёна", "Алёна Королёва"),
        ("елк", "Ёлкин Жорж"),
        ("андрей семенов", "Андреи\u{306} Семе\u{308}нов"),
        ("Семёнов", "Андреи\u{306} Семе\u{308}нов"),
        ("petrov\0ivan", "Ivan Petrov"),
        ("\"petrov\u{7}", ""),
    ] {
        let expected: Vec<&str> = Some(expected).filter(|e| !e.is_empty()).into_iter().collect();
        assert_eq!(find(&world, typed).await, expected, "{typed:?}");
    }
    assert!(find(&world, "ivan королева").await.is_empty());
    for nothing in ["\0", " \n\0 "] {
        assert_eq!(find(&world, nothing).await.len(), 5, "{nothing:?}");
    }
    let sorted = world.store.users(world.ws, &UserQuery::default()).await.unwrap();
    let third = names(&sorted)[3];
    assert_eq!(third, "Ёлкин Жорж", "ё does not come behind я");
}

pub async fn an_import_leaves_languages_and_devices_are_found_by_their_owners_new_name(world: World) {
    let (user, link) = world.link("Anna").await;
    world.connect(link, "hardware-1", "a").await;
    let spoken = UserDetails {
        language: Some(Language::Ru),
        ..details("Anna", Some("anna@example.org"), &["Ward 3"])
    };
    world.store.update_user(world.ws, user, &spoken, None).await.unwrap();
    let id = UserId::new(world.now(), &*world.ports.secrets);
    let row = (id, details("Anna Petrova", Some("ANNA@example.org"), &["Ward 4"]));
    world.store.import_users(world.ws, vec![row].into(), world.now()).await.unwrap();
    let row = world.store.user(world.ws, user).await.unwrap().unwrap();
    assert_eq!(
        (row.name.as_str(), row.language, row.groups),
        ("Anna Petrova", Some(Language::Ru), vec!["Ward 3".to_owned(), "Ward 4".to_owned()])
    );
    for (search, found) in [("petrova", 1), ("pixel PETROVA", 1), ("anna@", 1), ("ivanova", 0)] {
        let query = DeviceQuery { search: search.into(), ..DeviceQuery::default() };
        assert_eq!(world.store.devices(world.ws, &query).await.unwrap().total, found, "{search}");
    }
}

pub async fn a_file_that_is_imported_again_adds_nobody_also_without_addresses(world: World) {
    let rows = || {
        let row = |name, email, group| {
            (UserId::new(world.now(), &*world.ports.secrets), details(name, email, &[group]))
        };
        vec![
            row("Farah", None, "Ward 3"),
            row("Иван", None, "A"),
            row("Иван", None, "B"),
            row("Ada", Some("ada@example.org"), "A"),
        ]
    };
    world.user("Farah", Some("farah@example.org"), &[]).await;
    let first = world.store.import_users(world.ws, rows().into(), world.now()).await.unwrap();
    assert_eq!(
        first,
        Imported { added: 4, ..Imported::default() },
        "who has an address is not the one without"
    );
    let again = world.store.import_users(world.ws, rows().into(), world.now()).await.unwrap();
    assert_eq!(again, Imported { same: 4, ..Imported::default() });
    let all = world.store.users(world.ws, &UserQuery::default()).await.unwrap();
    assert_eq!(all.total, 5);
    let groups: Vec<_> = all.rows.iter().filter(|u| u.name == "Иван").map(|u| u.groups.concat()).collect();
    assert_eq!(groups.len(), 2);
    assert!(groups.contains(&"A".to_owned()) && groups.contains(&"B".to_owned()), "{groups:?}");
    world.store.import_users(world.other, rows().into(), world.now()).await.unwrap();
    assert_eq!(world.store.users(world.ws, &UserQuery::default()).await.unwrap().total, 5);
}

pub async fn an_address_belongs_to_one_person_in_any_case(world: World) {
    world.user("Ada", Some("ada@example.org"), &[]).await;
    let taken = details("Other", Some("ADA@example.org"), &[]);
    let id = UserId::new(world.now(), &*world.ports.secrets);
    assert_eq!(world.store.add_user(world.ws, id, &taken, world.now()).await, Err(StoreError::Exists));
    assert_eq!(world.store.users(world.ws, &UserQuery::default()).await.unwrap().total, 1);
}

pub async fn an_import_updates_by_address_and_is_all_or_nothing(world: World) {
    let ada = world.user("Ada", Some("ada@example.org"), &["Old"]).await;
    let new =
        |name, email| (UserId::new(world.now(), &*world.ports.secrets), details(name, Some(email), &["New"]));
    let imported = world
        .store
        .import_users(
            world.ws,
            vec![new("Ada Lovelace", "Ada@example.org"), new("Bob", "b@example.org")].into(),
            world.now(),
        )
        .await;
    assert_eq!(imported, Ok(Imported { added: 1, updated: 1, same: 0 }));
    let row = world.store.user(world.ws, ada).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.groups), ("Ada Lovelace", vec!["New".to_owned(), "Old".to_owned()]));
    let same = UserId::new(world.now(), &*world.ports.secrets);
    let broken = vec![
        (same, details("C", Some("c@example.org"), &[])),
        (same, details("D", Some("d@example.org"), &[])),
    ];
    assert!(world.store.import_users(world.ws, broken.into(), world.now()).await.is_err());
    assert!(find(&world, "c@example.org").await.is_empty());
}

pub async fn the_number_of_people_is_kept_with_each_change_and_in_each_workspace(world: World) {
    let everyone = async |workspace| {
        let listed = world.store.users(workspace, &UserQuery::default()).await.unwrap();
        let counted = world.store.counts(workspace).await.unwrap().users;
        assert_eq!((listed.total, listed.rows.len() as u64), (counted, counted));
        counted
    };
    assert_eq!(everyone(world.ws).await, 0);
    let ada = world.user("Ada", Some("ada@example.org"), &[]).await;
    world.user("Bob", None, &[]).await;
    world.user_in(world.other, "Theirs").await;
    let new =
        |name, email| (UserId::new(world.now(), &*world.ports.secrets), details(name, Some(email), &[]));
    let many = vec![new("Ada again", "ada@example.org"), new("Cleo", "cleo@example.org")];
    world.store.import_users(world.ws, many.into(), world.now()).await.unwrap();
    assert_eq!((everyone(world.ws).await, everyone(world.other).await), (3, 1));
    assert!(world.store.add_user(world.ws, ada, &details("Twice", None, &[]), world.now()).await.is_err());
    world.store.delete_user(world.ws, ada).await.unwrap();
    assert_eq!((everyone(world.ws).await, everyone(world.other).await), (2, 1));
}

/// What is known of a person, in one line.
async fn told(world: &World, user: UserId) -> String {
    let row = world.store.user(world.ws, user).await.unwrap().unwrap();
    let language = row.language.map_or("", Language::tag);
    format!("{} <{}> {language} {:?}", row.name, row.email.unwrap_or_default(), row.groups)
}

pub async fn an_empty_cell_of_an_import_changes_nothing(world: World) {
    let ada = world.user("Ada Larsen", Some("ada.larsen@example.org"), &["Pharmacy"]).await;
    let spoken = UserDetails {
        language: Some(Language::Ru),
        ..details("Ada Larsen", Some("ada.larsen@example.org"), &["Pharmacy"])
    };
    world.store.update_user(world.ws, ada, &spoken, None).await.unwrap();
    let before = "Ada Larsen <ada.larsen@example.org> ru [\"Pharmacy\"]";
    for groups in [Grouping::Add, Grouping::Replace] {
        let id = UserId::new(world.now(), &*world.ports.secrets);
        // Without a name, a language and groups: the name was made of the address.
        let row = (id, details("Ada L.", Some("ada.larsen@example.org"), &[]));
        let import = Import { groups, invented: [id].into(), ..vec![row].into() };
        let imported = world.store.import_users(world.ws, import, world.now()).await;
        assert_eq!(imported, Ok(Imported { same: 1, ..Imported::default() }), "{groups:?}");
        assert_eq!(told(&world, ada).await, before, "{groups:?}");
    }
    let id = UserId::new(world.now(), &*world.ports.secrets);
    let nameless = UserDetails { language: Some(Language::En), ..details("Ada Larsen", None, &["New"]) };
    let imported = world.store.import_users(world.ws, vec![(id, nameless)].into(), world.now()).await;
    assert_eq!(
        imported,
        Ok(Imported { added: 1, ..Imported::default() }),
        "an address tells namesakes apart"
    );
    assert_eq!(told(&world, ada).await, before);
}

pub async fn groups_of_an_import_are_added_or_replace_those_that_people_are_in(world: World) {
    let ada = world.user("Ada", Some("ada@example.org"), &["Pharmacy", "Night"]).await;
    let bo = world.user("Bo", Some("bo@example.org"), &["Pharmacy"]).await;
    let import = async |groups| {
        let row = |name, email, groups: &[&str]| {
            (UserId::new(world.now(), &*world.ports.secrets), details(name, Some(email), groups))
        };
        let rows =
            vec![row("Ada", "ada@example.org", &["Surgery", "NIGHT"]), row("Bo", "bo@example.org", &[])];
        world.store.import_users(world.ws, Import { groups, ..rows.into() }, world.now()).await.unwrap()
    };
    let one = Imported { updated: 1, same: 1, added: 0 };
    assert_eq!(import(Grouping::Add).await, one);
    assert_eq!(told(&world, ada).await, "Ada <ada@example.org>  [\"Night\", \"Pharmacy\", \"Surgery\"]");
    assert_eq!(import(Grouping::Add).await, Imported { same: 2, ..Imported::default() });
    assert_eq!(import(Grouping::Replace).await, one);
    assert_eq!(told(&world, ada).await, "Ada <ada@example.org>  [\"Night\", \"Surgery\"]");
    assert_eq!(told(&world, bo).await, "Bo <bo@example.org>  [\"Pharmacy\"]");
    assert_eq!(import(Grouping::Replace).await, Imported { same: 2, ..Imported::default() });
}

pub async fn who_of_a_list_is_there_is_told_before_it_is_imported(world: World) {
    let ada = world.user("Ada", Some("ada@example.org"), &["Night"]).await;
    let bo = world.user("Bo", None, &[]).await;
    world.user("Cy", None, &[]).await;
    world.user_in(world.other, "Dee").await;
    let rows = [
        details("Augusta", Some("ADA@example.org"), &[]),
        details("Bo", None, &[]),
        details("Bo", None, &[]),
        details("Dee", None, &[]),
    ];
    let mut there = world.store.there(world.ws, &rows).await.unwrap();
    let found: Vec<_> = rows.iter().map(|row| there.find(row)).collect();
    let ids: Vec<_> = found.iter().map(|known| known.as_ref().map(|known| known.id)).collect();
    assert_eq!(ids, [Some(ada), Some(bo), None, None]);
    assert_eq!(found[0].as_ref().unwrap().details, details("Ada", Some("ada@example.org"), &["Night"]));
}

pub async fn who_comes_twice_in_an_import_is_written_once_as_their_rows_say_one_after_another(world: World) {
    let new = |name, email, group| {
        (UserId::new(world.now(), &*world.ports.secrets), details(name, Some(email), &[group]))
    };
    world.user("Bob", Some("bob@example.org"), &["Old"]).await;
    let rows = vec![
        new("Ada", "ada@example.org", "First"),
        new("Bobby", "bob@example.org", "Second"),
        new("Ada Lovelace", "ADA@example.org", "Third"),
        new("Robert", "bob@example.org", "Fourth"),
    ];
    let imported = world.store.import_users(world.ws, rows.into(), world.now()).await;
    assert_eq!(imported, Ok(Imported { added: 1, updated: 1, same: 0 }));
    let all = world.store.users(world.ws, &UserQuery::default()).await.unwrap();
    assert_eq!(names(&all), ["Ada Lovelace", "Robert"]);
    assert_eq!(all.rows[0].groups, ["First", "Third"]);
    assert_eq!(all.rows[1].groups, ["Fourth", "Old", "Second"]);
    assert_eq!(find(&world, "robert").await, ["Robert"]);
    assert!(find(&world, "bobby").await.is_empty());
}

pub async fn many_and_few_are_found_and_counted_alike(world: World) {
    let person = |n: usize| {
        let id = UserId::new(world.now(), &*world.ports.secrets);
        let groups: &[&str] = if n.is_multiple_of(500) { &["Many", "Few"] } else { &["Many"] };
        (id, details(&format!("Анна {n:04}"), Some(&format!("p{n:04}@bench.example")), groups))
    };
    world
        .store
        .import_users(world.ws, (0..1200).map(person).collect::<Vec<_>>().into(), world.now())
        .await
        .unwrap();
    world.user("Zoe 0500", Some("zoe@elsewhere.example"), &["Few"]).await;
    world.user_in(world.other, "Анна 0500 theirs").await;
    let few = ["Анна 0000", "Анна 0500", "Анна 1000", "Zoe 0500"];
    let rest = |n: usize| {
        let id = UserId::new(world.now(), &*world.ports.secrets);
        (id, details(&format!("Rest {n:04}"), None, &[]))
    };
    world
        .store
        .import_users(world.ws, (0..1300).map(rest).collect::<Vec<_>>().into(), world.now())
        .await
        .unwrap();
    for (search, group, total, first) in [
        ("", None, 2501, "Rest 0000"),
        ("e", None, 2501, "Rest 0000"),
        ("rest", None, 1300, "Rest 0000"),
        ("АННА", None, 1200, "Анна 0000"),
        ("bench", Some("many"), 1200, "Анна 0000"),
        ("ан", None, 1200, "Анна 0000"),
        ("ан", Some("few"), 3, few[0]),
        ("анна", Some("Few"), 3, few[0]),
        ("500@", Some("Many"), 1, few[1]),
        ("0500", None, 3, "Rest 0500"),
        ("0500 рест", None, 0, ""),
        ("0500 анна", None, 1, few[1]),
        ("bench анна", None, 1200, "Анна 0000"),
        ("05 rest", None, 132, "Rest 0005"),
        ("", Some("Few"), 4, few[3]),
        ("", Some("Many"), 1200, "Анна 0000"),
        ("", Some("nobody"), 0, ""),
    ] {
        let groups = group.map(str::to_owned).into_iter().collect();
        let filter = UserFilter { search: search.into(), groups, ..UserFilter::default() };
        let query = UserQuery { filter: filter.clone(), ..UserQuery::default() };
        let page = world.store.users(world.ws, &query).await.unwrap();
        let found = (page.total, names(&page).first().copied().unwrap_or_default());
        assert_eq!(found, (total, first), "{search:?} in {group:?}");
        let selection = Selection::Matching { filter, except: vec![] };
        assert_eq!(
            world.store.count_recipients(world.ws, &selection, LeaveOut::default()).await.unwrap().0,
            total
        );
    }
}

pub async fn who_saves_a_person_leaves_what_a_colleague_changed_meanwhile(world: World) {
    let shown = details("Ada", Some("ada@example.org"), &["Night", "Day"]);
    let ada = world.user("Ada", Some("ada@example.org"), &["Night", "Day"]).await;
    let colleague = details("Ada Lovelace", Some("ada@example.org"), &["Night", "Day", "Late"]);
    world.store.update_user(world.ws, ada, &colleague, Some(&shown)).await.unwrap();
    let typed = details("Ada", Some("a.lovelace@example.org"), &["Day"]);
    world.store.update_user(world.ws, ada, &typed, Some(&shown)).await.unwrap();
    let row = world.store.user(world.ws, ada).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.email.as_deref()), ("Ada Lovelace", Some("a.lovelace@example.org")));
    assert_eq!(row.groups, ["Day", "Late"]);
    let gone = Err(StoreError::NotFound);
    assert_eq!(world.store.update_user(world.other, ada, &typed, Some(&shown)).await, gone);
}
