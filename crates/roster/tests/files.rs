//! From the bytes of a file to people, and from people to a file and back.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

use muster_domain::{EmailAddress, Language, PersonName, user::UserDetails};
use muster_roster::{
    columns::{self, Column},
    encoding::{self, Encoding},
    export,
    people::{self, Read, Why},
    table::{self, Delimiter, Table},
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn table(bytes: &[u8]) -> (Table, Encoding) {
    let (text, encoding) = encoding::decode(bytes, None).unwrap();
    (table::read(&text, None).unwrap(), encoding)
}

fn people(table: &Table) -> Read {
    let columns = columns::guess(table.head(), table.body());
    people::read(table.body(), &columns, &BTreeSet::new())
}

/// People as `line name <address> [groups]`.
fn told(read: &Read) -> Vec<String> {
    let people = read.people.iter();
    people
        .map(|p| {
            let groups: Vec<&str> = p.details.groups.iter().map(PersonName::as_str).collect();
            let email = p.details.email.as_ref().map_or("", EmailAddress::as_str);
            format!("{} {} <{email}> {groups:?}", p.line, p.details.name)
        })
        .collect()
}

#[test]
fn a_list_of_human_resources_from_russian_excel_is_read() {
    // "CSV (разделители — запятые)" of Excel with Russian settings: Windows-1251, semicolons, CRLF.
    let bytes = b"\xD4\xE0\xEC\xE8\xEB\xE8\xFF;\xC8\xEC\xFF;\xCE\xF2\xF7\xE5\xF1\xF2\xE2\xEE;\xDD\xEB. \xEF\xEE\xF7\xF2\xE0;\xCE\xF2\xE4\xE5\xEB\r\n\
        \xCF\xE5\xF2\xF0\xEE\xE2\xE0;\xC0\xED\xED\xE0;;anna@x.example;\"\xC2\xF0\xE0\xF7\xE8; \xCE\xF2\xE4. 3\"\r\n\
        ;;;;\r\n\
        \xB8\xEB\xEA\xE8\xED;\xCF.;;;\r\n";
    let (table, encoding) = table(bytes);
    assert_eq!(
        (encoding, table.delimiter, table.header),
        (Encoding::Windows1251, Delimiter::Semicolon, true)
    );
    let read = people(&table);
    assert_eq!(told(&read), ["2 Анна Петрова <anna@x.example> [\"Врачи\", \"Отд. 3\"]", "4 П. ёлкин <> []"]);
    assert!(read.bad.is_empty());
}

#[test]
fn unicode_text_of_excel_is_read() {
    // UTF-16, low byte first, with its mark and TABs: "ФИО⇥mail", "Жук, Я.⇥j@x.example".
    let bytes = b"\xFF\xFE\x24\x04\x18\x04\x1E\x04\x09\0m\0a\0i\0l\0\r\0\n\0\
        \"\0\x16\x04\x43\x04\x3A\x04,\0 \0\x2F\x04.\0\"\0\x09\0j\0@\0x\0.\0e\0x\0a\0m\0p\0l\0e\0\r\0\n\0";
    let (table, encoding) = table(bytes);
    assert_eq!((encoding, table.delimiter), (Encoding::Utf16Le, Delimiter::Tab));
    assert_eq!(told(&people(&table)), ["2 Жук, Я. <j@x.example> []"]);
}

#[test]
fn exports_of_directories_are_read() {
    let google = "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],\
        Org Unit Path [Required]\nAda,Lovelace,ada@x.example,****,/Wards/Ward 3\nBob,,bob@x.example,****,/\n";
    let microsoft = "\u{FEFF}Department,Display name,First name,Last name,User principal name\n\
        \"Legal, Compliance\",Ada Lovelace,Ada,Lovelace,ada@x.example\n,,Bob,,bob@x.example\n";
    for (text, groups) in [(google, "[\"Ward 3\"]"), (microsoft, "[\"Legal\", \"Compliance\"]")] {
        let read = people(&table(text.as_bytes()).0);
        let ada = format!("2 Ada Lovelace <ada@x.example> {groups}");
        assert_eq!(told(&read), [ada.as_str(), "3 Bob <bob@x.example> []"]);
    }
}

#[test]
fn a_bad_row_is_told_with_its_line_and_the_first_with_its_address() {
    let text = "name;email\r\n\r\nAda;ada@x.example\r\n\"B\r\nC\";x\r\n\r\nTwin;ADA@x.example\r\n";
    let read = people(&table(text.as_bytes()).0);
    assert_eq!(told(&read), ["3 Ada <ada@x.example> []"]);
    assert_eq!(read.bad.iter().map(|b| (b.line, b.why.len())).collect::<Vec<_>>(), [(4, 2), (7, 1)]);
    assert_eq!(read.bad[1].why, [Why::SameAddress { text: "ADA@x.example".to_owned(), line: 3 }]);
}

const COLUMNS: [Column; 4] = [Column::Name, Column::Email, Column::Groups, Column::Language];

/// A file as the console would write it.
fn written(people: &[UserDetails], delimiter: Delimiter) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter.character() as u8).from_writer(Vec::new());
    writer.write_record(["name", "email", "groups", "language"]).unwrap();
    for person in people {
        let email = person.email.as_ref().map_or("", EmailAddress::as_str);
        let groups = export::groups(&person.groups);
        let language = person.language.map_or("", Language::tag);
        let cells = [person.name.as_str(), email, &groups, language].map(export::cell);
        assert!(cells.iter().all(|c| !c.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{cells:?}");
        writer.write_record(cells.iter().map(|c| c.as_bytes())).unwrap();
    }
    writer.into_inner().unwrap()
}

fn name() -> impl Strategy<Value = PersonName> {
    let text = prop_oneof!["[-=+@'\"/;,|#a-zЖ ]{1,8}", "\\PC{1,12}"];
    text.prop_filter_map("no name", |text| text.parse().ok())
}

fn person() -> impl Strategy<Value = UserDetails> {
    let email = proptest::option::of("[-=+'a-z]{1,8}");
    let language = proptest::option::of(proptest::sample::select(&Language::ALL));
    (name(), email, proptest::collection::vec(name(), 0..4), language).prop_map(
        |(name, email, mut groups, language)| {
            let mut seen = BTreeSet::new();
            groups.retain(|group| seen.insert(group.clone()));
            let email = email.and_then(|local| format!("{local}@x.example").parse().ok());
            UserDetails { name, email, language, groups }
        },
    )
}

proptest! {
    #[test]
    fn what_is_exported_is_read_as_the_same_people(
        mut people in proptest::collection::vec(person(), 0..8),
        delimiter in proptest::sample::select(&Delimiter::ALL),
    ) {
        let mut seen = BTreeSet::new();
        people.retain(|p| p.email.as_ref().is_none_or(|email| seen.insert(email.key())));
        let (text, _) = encoding::decode(&written(&people, delimiter), None).unwrap();
        let table = table::read(&text, Some(delimiter)).unwrap();
        prop_assert!(table.header);
        prop_assert_eq!(columns::guess(table.head(), table.body()), COLUMNS);
        let read = people::read(table.body(), &COLUMNS, &BTreeSet::new());
        prop_assert_eq!(&read.bad, &[]);
        let again: Vec<UserDetails> = read.people.into_iter().map(|p| p.details).collect();
        prop_assert_eq!(again, people);
    }

    #[test]
    fn no_bytes_bring_it_down(bytes: Vec<u8>, text in "[\"',;|\t\r\na@.=жА ]{0,80}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let Ok((text, _)) = encoding::decode(bytes, None) else { continue };
            let Ok(table) = table::read(&text, None) else { continue };
            let read = people(&table);
            // Each row is somewhere.
            prop_assert_eq!(read.people.len() + read.bad.len(), table.body().len());
        }
    }
}
