//! What can be said, what cannot, and what differs.

use super::{
    cell::{Cell, Kind},
    list::Row,
    *,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn settings(document: &Value) -> ConfigurationSettings {
    ConfigurationSettings::of_document(document).unwrap_or_else(|error| panic!("{error}\n{document}"))
}

fn refused(document: &Value) -> String {
    ConfigurationSettings::of_document(document).unwrap_err().to_string()
}

/// A value that fits, for each kind of place.
fn filled(kind: Kind, name: &str) -> String {
    match (kind, name) {
        (Kind::Flag, _) => "yes".into(),
        (Kind::Choice(names), _) => names[0].into(),
        (Kind::Number { most, .. }, _) => most.to_string(),
        (Kind::Address, _) => "https://files.example/a".into(),
        (Kind::Colour, _) => "#1a73e8".into(),
        (_, "kiosk_app" | "package") => "org.example.till".into(),
        (_, "brightness") => "auto".into(),
        (_, "app_updates" | "system_updates") => "22:00-05:00".into(),
        (_, "time_zone") => "Europe/Berlin".into(),
        (_, "restrictions") => "no_add_user".into(),
        (_, "path") => "Download/plan.pdf".into(),
        (_, "checksum") => "81dc9bdb52d04dc20036dbd8313ed055".into(),
        (Kind::Hidden, _) => "1700000000000".into(),
        _ => "word".into(),
    }
}

/// A form in which every place says something.
pub(super) fn full() -> Form {
    let mut form = Form::default();
    for field in Field::ALL {
        let entry = form.entry(*field);
        match field.kind() {
            Kind::Rows(columns) => {
                let cell = |column: &ColumnKind| match column.column {
                    Column::Remove => "no".into(),
                    other => filled(column.kind, other.name()),
                };
                entry.rows = vec![columns.iter().map(cell).collect()];
            }
            kind => entry.text = filled(kind, field.name()),
        }
    }
    form
}

#[test]
fn every_field_has_a_name_of_its_own_and_can_be_said() {
    for field in Field::ALL {
        assert_eq!(Field::named(field.name()), Some(*field));
        assert_eq!(serde_json::to_value(field).unwrap(), field.name(), "one name everywhere");
    }
    let all = full().settings().unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(all.form().entries.len(), Field::ALL.len(), "nothing is lost");
    assert_eq!(all.document().len(), Field::ALL.len());
    assert_eq!(settings(&json!(all)), all, "as it is kept, it is read");
    assert!(differences(&all, &all).is_empty());
    assert_eq!(Form::default().settings(), Ok(ConfigurationSettings::default()));
}

#[test]
fn a_document_has_numbers_flags_and_lists_as_one_writes_them() {
    let document = json!({
        "kiosk_app": "org.example.till", "kiosk_exit": true, "volume": 30, "brightness": 80, "wifi": false,
        "restrictions": ["no_add_user", "no_config_wifi"],
        "apps": [{ "package": "org.example.till", "version": "1.2", "address": "https://files.example/till.apk", "icon": true }],
    });
    let read = settings(&document);
    assert_eq!((read.kiosk_exit, read.wifi), (Some(true), Some(false)));
    assert_eq!(read.brightness.map(|b| b.written()).as_deref(), Some("80"));
    let written = json!(read);
    assert_eq!(written["volume"], 30);
    assert_eq!(written["wifi"], false);
    assert_eq!(written["restrictions"], "no_add_user, no_config_wifi");
    assert_eq!(written["apps"], document["apps"], "what is not so is left out");
}

#[test]
fn what_is_wrong_is_named_by_its_place_and_says_what_to_do() {
    let app = |more: Value| {
        let mut app = json!({ "package": "org.example.till" });
        app.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app
    };
    for (document, place, words) in [
        (json!({ "kiosk_exit": true }), "kiosk_exit", "kiosk mode"),
        (json!({ "kiosk_screen_on": true }), "kiosk_screen_on", "kiosk mode"),
        (json!({ "kiosk_app": "org.example.till", "launcher": false }), "launcher", "home screen"),
        (json!({ "kiosk_app": "till" }), "kiosk_app", "package"),
        (json!({ "volume": 101 }), "volume", "0 to 100"),
        (json!({ "volume": -1 }), "volume", "0 to 100"),
        (json!({ "volume": 1.5 }), "volume", "0 to 100"),
        (json!({ "volume_locked": true }), "volume_locked", "volume"),
        (json!({ "timeout": 5 }), "timeout", "15 to 1800"),
        (json!({ "brightness": "dark" }), "brightness", "auto"),
        (json!({ "password": "good" }), "password", "choose"),
        (json!({ "background": "blue" }), "background", "#1a73e8"),
        (json!({ "picture": "http://files.example/a.png" }), "picture", "https://"),
        (json!({ "picture": "https://me:secret@files.example/a" }), "picture", "password"),
        (json!({ "time_zone": "Berlin" }), "time_zone", "Europe/Berlin"),
        (json!({ "time_zone": "Europe/Moskow" }), "time_zone", "did you mean Europe/Moscow?"),
        (json!({ "time_zone": "Mars/X" }), "time_zone", "such as"),
        (
            json!({ "restrictions": "no_add_user, no_instal_apps" }),
            "restrictions",
            "did you mean no_install_apps?",
        ),
        (json!({ "app_updates": "22:00" }), "app_updates", "22:00-05:00"),
        (json!({ "app_updates": "22:00-22:00" }), "app_updates", "different"),
        (json!({ "system_updates": "never" }), "system_updates", "instant"),
        (json!({ "restrictions": "no_add_user; reboot" }), "restrictions", "commas"),
        (json!({ "title": "a\nb" }), "title", "one line"),
        (json!({ "apps": [app(json!({})), app(json!({}))] }), "apps[1].package", "already"),
        (json!({ "apps": [app(json!({ "address": "http://x.example/a" }))] }), "apps[0].address", "https://"),
        (json!({ "apps": [{}] }), "apps[0].package", "fill this in"),
        (json!({ "apps": [{ "package": AGENT, "remove": true }] }), "apps[0].remove", "agent"),
        (
            json!({ "kiosk_app": "org.example.till", "apps": [app(json!({ "remove": true }))] }),
            "apps[0].remove",
            "kiosk",
        ),
        (json!({ "files": [{ "path": "a" }] }), "files[0].address", "address"),
        (
            json!({ "files": [{ "path": "a", "remove": true }, { "path": "/a/", "remove": true }] }),
            "files[1].path",
            "already",
        ),
        (json!({ "files": [{ "path": "a", "remove": true, "checksum": "AB" }] }), "files[0].checksum", "32"),
        (
            json!({ "log_rules": [{ "package": AGENT, "level": "info" }, { "package": AGENT, "level": "error" }] }),
            "log_rules[1].package",
            "already",
        ),
        (json!({ "log_rules": [{ "package": AGENT }] }), "log_rules[0].level", "fill this in"),
        (
            json!({ "actions": [{ "does": "VIEW", "package": "a.b", "activity": "a.b.C", "hosts": "x.example" }] }),
            "actions[0].schemes",
            "schemes",
        ),
        (json!({ "apps": vec![app(json!({})); MOST_ROWS + 1] }), "apps", "300"),
    ] {
        let told = refused(&document);
        assert!(told.starts_with(&format!("{place}: ")) && told.contains(words), "{document}: {told}");
    }
    for (document, place) in [
        (json!({ "volum": 1 }), "volum"),
        (json!({ "apps": [{ "packages": "a.b" }] }), "apps[0].packages"),
        (json!({ "apps": "a.b" }), "apps"),
        (json!({ "volume": {} }), "volume"),
        (json!([]), "the document"),
    ] {
        assert!(refused(&document).starts_with(&format!("{place}: ")), "{document}");
    }
}

#[test]
fn what_was_saved_before_a_name_was_known_to_be_none_is_read_still() {
    let document = json!({ "time_zone": "Mars/X", "restrictions": "no_reboot" });
    assert!(ConfigurationSettings::of_document(&document).is_err());
    let kept: ConfigurationSettings = serde_json::from_value(document.clone()).unwrap();
    assert_eq!(json!(kept), document);
}

#[test]
fn a43_a_file_never_leaves_the_shared_storage() {
    for path in ["..", "a/../../b", "/", "", "//system", "./a", "a//b", "a\\..\\b", "a/\u{0}b", "a/ /b"] {
        let document = json!({ "files": [{ "path": path, "address": "https://x.example/a" }] });
        let told = refused(&document);
        assert!(told.starts_with("files[0].path: "), "{path:?}: {told}");
    }
    settings(&json!({ "files": [{ "path": "/My files/a b.txt", "address": "https://x.example/a" }] }));
}

fn words(found: &[Difference]) -> Vec<String> {
    let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let line = |d: &Difference| {
        let place = d.item.iter().cloned().chain(d.column.map(|c| c.name().to_owned()));
        let place = std::iter::once(d.field.name().to_owned()).chain(place).collect::<Vec<_>>().join(" ");
        format!("{place}: {} > {}", word(&d.before), word(&d.after))
    };
    found.iter().map(line).collect()
}

#[test]
fn a_difference_is_told_value_by_value_and_row_by_row() {
    let before = settings(&json!({
        "volume": 30, "wifi": true,
        "apps": [{ "package": "a.b", "version": "1" }, { "package": "c.d", "icon": true }],
        "files": [{ "path": "a", "address": "https://x.example/a", "since": 5 }],
    }));
    let after = settings(&json!({
        "volume": 40, "password": "strong",
        "apps": [{ "package": "e.f", "remove": true }, { "package": "a.b", "version": "2" }],
        "files": [{ "path": "a", "address": "https://x.example/a", "since": 9 }],
    }));
    let told = words(&differences(&before, &after));
    let wanted = [
        "password: - > strong",
        "wifi: yes > -",
        "volume: 30 > 40",
        "apps c.d: icon > -",
        "apps e.f: - > remove",
        "apps a.b version: 1 > 2",
    ];
    assert_eq!(told, wanted, "and a file that is fetched anew for nothing is no difference");
}

#[test]
fn a_file_is_as_old_as_its_last_change() {
    let one = json!({ "files": [{ "path": "a", "address": "https://x.example/a" }] });
    let first = settings(&one).dated(&ConfigurationSettings::default(), 10);
    assert_eq!(first.files[0].since, Since(10));
    let second = settings(&json!({
        "volume": 5, "files": [{ "path": "a", "address": "https://x.example/a" }, { "path": "b", "remove": true }],
        "app_settings": [{ "package": "a.b", "name": "host", "value": "1" }],
    }));
    let second = second.dated(&first, 20);
    let since: Vec<_> = second.files.iter().map(|file| file.since).collect();
    assert_eq!((since, second.app_settings[0].since), (vec![Since(10), Since(20)], Since(20)));
    let third = settings(&json!({ "files": [{ "path": "a", "address": "https://x.example/b" }] }));
    assert_eq!(third.dated(&second, 30).files[0].since, Since(30));
}

#[test]
fn what_a_device_lacks_is_told_by_its_report() {
    let wanted = settings(&json!({
        "kiosk_app": "kiosk.app",
        "apps": [
            { "package": AGENT, "version": "9" },
            { "package": "fetched.missing", "address": "https://x.example/1" },
            { "package": "only.allowed" },
            { "package": "old.version", "version": "2.0", "address": "https://x.example/2" },
            { "package": "same.version", "version": "2.0-beta", "address": "https://x.example/3" },
            { "package": "any.version", "version": "2.0", "any_version": true, "address": "https://x.example/4" },
            { "package": "to.go", "remove": true },
        ],
        "files": [
            { "path": "/missing", "address": "https://x.example/a" },
            { "path": "changed", "address": "https://x.example/b", "checksum": "81dc9bdb52d04dc20036dbd8313ed055" },
            { "path": "filled", "address": "https://x.example/c", "checksum": "81dc9bdb52d04dc20036dbd8313ed055", "filled": true },
            { "path": "gone", "remove": true },
            { "path": "stays", "remove": true },
        ],
    }));
    let app = |what: &'static str, which: &'static str| Present { what, which: Some(which) };
    let apps = [
        app(AGENT, "6.36"),
        app("old.version", "1.0"),
        app("same.version", "2.0"),
        app("any.version", "1"),
        app("to.go", "1"),
    ];
    let lacking = |what: &str, how| Lacking { what: what.into(), how };
    let version = Lack::Version { has: "1.0".into(), wants: "2.0".into() };
    assert_eq!(
        apps_lacking(&wanted, &apps),
        [
            lacking("fetched.missing", Lack::Missing),
            lacking("old.version", version),
            lacking("to.go", Lack::StillThere),
            lacking("kiosk.app", Lack::Missing),
        ]
    );
    let files = [app("/changed", "00"), app("/filled", "00"), app("/stays", "00")];
    assert_eq!(
        files_lacking(&wanted, &files),
        [
            lacking("/missing", Lack::Missing),
            lacking("changed", Lack::Content),
            lacking("stays", Lack::StillThere),
        ]
    );
    assert!(apps_lacking(&ConfigurationSettings::default(), &apps).is_empty());
    let many: Vec<_> =
        (0..20).map(|n| json!({ "path": format!("f{n}"), "address": "https://x.example/a" })).collect();
    assert_eq!(files_lacking(&settings(&json!({ "files": many })), &[]).len(), MOST_LACKING);
}

#[test]
fn columns_of_a_list_are_told_apart() {
    for columns in
        [App::COLUMNS, Page::COLUMNS, AppSetting::COLUMNS, File::COLUMNS, Action::COLUMNS, LogRule::COLUMNS]
    {
        let mut names: Vec<_> = columns.iter().map(|c| c.column.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), columns.len());
    }
}

/// Forms in which places stand that were filled in, left empty, or typed by someone who knows no rules.
fn forms() -> impl Strategy<Value = Form> {
    let whole = full();
    let count = whole.entries.len();
    (proptest::collection::vec(0..4_u8, count), "[ -~]{0,12}").prop_map(move |(how, odd)| {
        let mut form = whole.clone();
        for (entry, how) in form.entries.iter_mut().zip(how) {
            match how {
                0 => *entry = Entry { field: entry.field, text: String::new(), rows: Vec::new() },
                1 if !matches!(entry.field.kind(), Kind::Rows(_)) => entry.text.clone_from(&odd),
                1 => entry.rows.iter_mut().for_each(|row| row[0].clone_from(&odd)),
                _ => {}
            }
        }
        form
    })
}

proptest! {
    #[test]
    fn what_is_taken_is_kept_as_it_is_and_differs_in_nothing_from_itself(form in forms()) {
        if let Ok(read) = form.settings() {
            prop_assert!(read.check().is_empty());
            prop_assert_eq!(read.form().settings(), Ok(read.clone()));
            let kept: ConfigurationSettings = serde_json::from_value(json!(read)).unwrap();
            prop_assert_eq!(&kept, &read);
            prop_assert!(differences(&read, &kept).is_empty());
        }
    }

    #[test]
    fn what_differs_one_way_differs_the_other_way(a in forms(), b in forms()) {
        if let (Ok(a), Ok(b)) = (a.settings(), b.settings()) {
            let (there, back) = (differences(&a, &b), differences(&b, &a));
            prop_assert_eq!(there.len(), back.len());
            prop_assert_eq!(there.is_empty(), a == b);
        }
    }
}

fn laid(base: &Value, mine: &Value, theirs: &Value) -> (Value, Vec<String>) {
    let merged = Form::merged(&settings(base).form(), &settings(mine).form(), &settings(theirs).form());
    let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    let line = |clash: &Clash| {
        let place = clash.item.iter().cloned().chain(clash.column.map(|c| c.name().to_owned()));
        let place = std::iter::once(clash.field.name().to_owned()).chain(place).collect::<Vec<_>>().join(" ");
        format!("{place}: {} / {}", word(&clash.mine), word(&clash.theirs))
    };
    let clashes = merged.clashes.iter().map(line).collect();
    (json!(merged.form.settings().unwrap()), clashes)
}

#[test]
fn what_two_people_changed_is_laid_over_one_another_and_what_both_changed_is_named() {
    let base = json!({ "volume": 30, "wifi": true, "title": "Tills",
        "apps": [{ "package": "a.b", "version": "1" }, { "package": "c.d", "icon": true }, { "package": "e.f" }] });
    let mine = json!({ "volume": 30, "wifi": false, "title": "Tills north", "timeout": 60,
        "apps": [{ "package": "a.b", "version": "1", "icon": true }, { "package": "e.f", "icon": true }, { "package": "m.n" }] });
    let theirs = json!({ "volume": 50, "wifi": true, "title": "Tills south",
        "apps": [{ "package": "t.u" }, { "package": "a.b", "version": "2" }, { "package": "c.d", "icon": true }] });
    let (form, clashes) = laid(&base, &mine, &theirs);
    assert_eq!(
        form,
        json!({ "volume": 50, "wifi": false, "title": "Tills north", "timeout": 60,
            "apps": [{ "package": "t.u" }, { "package": "a.b", "version": "2", "icon": true }, { "package": "e.f", "icon": true }, { "package": "m.n" }] })
    );
    assert_eq!(clashes, ["title: Tills north / Tills south", "apps e.f: e.f / -"]);
    // I took out what they changed; both added the same app.
    let mine = json!({ "volume": 30, "wifi": true, "title": "Tills", "apps": [{ "package": "a.b", "version": "1" }, { "package": "x.y", "version": "7" }] });
    let theirs = json!({ "volume": 30, "wifi": true, "title": "Tills", "apps": [{ "package": "a.b", "version": "1" }, { "package": "c.d" }, { "package": "x.y", "version": "8" }] });
    let (form, clashes) = laid(&base, &mine, &theirs);
    assert_eq!(
        form["apps"],
        json!([{ "package": "a.b", "version": "1" }, { "package": "x.y", "version": "7" }])
    );
    assert_eq!(clashes, ["apps c.d: - / c.d", "apps x.y version: 7 / 8"]);
}

#[test]
fn an_audience_is_laid_over_another_group_by_group() {
    use crate::ports::Audience;
    let of = |everybody, groups: &[&str]| Audience {
        everybody,
        groups: groups.iter().map(|&g| g.to_owned()).collect(),
    };
    let merged =
        Audience::merged(&of(false, &["A", "B"]), &of(false, &["B", "C"]), &of(true, &["A", "B", "D"]));
    assert_eq!(merged, of(true, &["B", "C", "D"]));
}

fn some_form() -> impl Strategy<Value = Form> {
    let names = proptest::sample::subsequence(vec!["a.b", "c.d", "e.f", "g.h"], 0..4);
    let app = (names, 0_u8..3, any::<bool>());
    (proptest::option::of(0_u8..4), proptest::option::of(any::<bool>()), app).prop_map(
        |(volume, wifi, (names, version, icon))| {
            let mut form = Form::default();
            let mut put = |field, text: String| form.entry(field).text = text;
            volume.into_iter().for_each(|v| put(Field::Volume, v.to_string()));
            wifi.into_iter().for_each(|on| put(Field::Wifi, if on { "yes" } else { "no" }.into()));
            let row = |name: &str| {
                let app =
                    json!({ "apps": [{ "package": name, "version": version.to_string(), "icon": icon }] });
                settings(&app).form().rows(Field::Apps)[0].clone()
            };
            if !names.is_empty() {
                form.entry(Field::Apps).rows = names.into_iter().map(row).collect();
            }
            form.settings().unwrap().form()
        },
    )
}

proptest! {
    #[test]
    fn what_only_one_of_two_changed_is_as_that_one_has_it(base in some_form(), mine in some_form(), theirs in some_form()) {
        let whole = |form: Form| Merged { form, clashes: Vec::new() };
        prop_assert_eq!(Form::merged(&base, &base, &theirs), whole(theirs.clone()));
        prop_assert_eq!(Form::merged(&theirs, &mine, &mine), whole(mine.clone()));
        let only_mine = Form::merged(&base, &mine, &base);
        prop_assert!(only_mine.clashes.is_empty());
        let (is, wanted) = (only_mine.form.settings().unwrap(), mine.settings().unwrap());
        prop_assert!(differences(&is, &wanted).is_empty(), "{:?}", differences(&is, &wanted));
        // Nothing that is in neither comes of it, and what both have stays.
        let merged = Form::merged(&base, &mine, &theirs).form;
        for field in [Field::Volume, Field::Wifi] {
            let text = merged.text(field);
            prop_assert!([mine.text(field), theirs.text(field)].contains(&text));
        }
        for row in merged.rows(Field::Apps) {
            let has = |form: &Form| form.rows(Field::Apps).iter().any(|other| other[0] == row[0]);
            prop_assert!(has(&mine) || has(&theirs));
        }
    }
}
