//! What is not read, and that nothing makes the reader panic (`A14`).

#![expect(clippy::panic, reason = "a test that panics fails, as it should")]

mod common;

use muster_apple_mdm::{
    Value, answer, checkin,
    document::{Limits, Unreadable, dictionary, value},
    upload, write,
};
use proptest::prelude::*;

fn read(text: &str) -> Result<Value, Unreadable> {
    value(text.as_bytes(), Limits::ANSWER)
}

fn structure(text: &str) -> &'static str {
    match read(text) {
        Err(Unreadable::Structure { what, .. }) => what,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a14_a_document_type_that_defines_entities_is_refused() {
    for doctype in [
        "<!DOCTYPE plist [<!ENTITY a \"b\">]>",
        "<!DOCTYPE plist SYSTEM \"file:///etc/passwd\" [<!ENTITY % x SYSTEM \"http://a.example/\"> %x;]>",
        "<!DOCTYPE lolz []>",
        "<!DOCTYPE html>",
        "<!DOCTYPE>",
    ] {
        let text = format!("{doctype}<plist><string>&a;</string></plist>");
        assert!(matches!(read(&text), Err(Unreadable::DocumentType { .. })), "{doctype}");
    }
    let second = "<!DOCTYPE plist><!DOCTYPE plist><plist><true/></plist>";
    assert!(read(second).is_err());
    assert!(read("<!DOCTYPE plist <plist><true/></plist>").is_err());
    let inside = "<plist><!DOCTYPE plist><true/></plist>";
    assert!(matches!(read(inside), Err(Unreadable::DocumentType { .. })));
}

#[test]
fn a14_an_entity_bomb_is_refused_before_it_is_parsed() {
    let mut bomb = "<?xml version=\"1.0\"?><!DOCTYPE plist [<!ENTITY a0 \"lol\">".to_owned();
    for n in 1..30 {
        bomb.push_str(&format!("<!ENTITY a{n} \"{}\">", format!("&a{};", n - 1).repeat(10)));
    }
    bomb.push_str("]><plist version=\"1.0\"><dict><key>UDID</key><string>&a29;</string></dict></plist>");
    assert!(matches!(read(&bomb), Err(Unreadable::DocumentType { .. })));
}

#[test]
fn a14_a_cycle_of_entities_is_refused() {
    let cycle =
        "<!DOCTYPE plist [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]><plist><string>&a;</string></plist>";
    assert!(matches!(read(cycle), Err(Unreadable::DocumentType { .. })));
}

#[test]
fn a14_an_unknown_reference_is_refused_instead_of_dropped() {
    for reference in [
        "&a;",
        "&",
        "& ",
        "&amp",
        "&#0;",
        "&#x0;",
        "&#xD800;",
        "&#x110000;",
        "&#;",
        "&#x;",
        "&#+65;",
        "&nbsp;",
    ] {
        let text = format!("<plist><string>x{reference}</string></plist>");
        assert!(
            matches!(read(&text), Err(Unreadable::Reference { at: 16 })),
            "{reference}: {:?}",
            read(&text)
        );
        let key = format!("<plist><dict><key>{reference}</key><true/></dict></plist>");
        assert!(matches!(read(&key), Err(Unreadable::Reference { .. })), "{reference}");
    }
}

#[test]
fn references_that_xml_has_are_read() {
    let text = "<plist><string>&lt;b&gt; &amp;amp; &quot;&apos;&#1055;&#x41f;&#13;</string></plist>";
    assert_eq!(read(text), Ok("<b> &amp; \"'ПП\r".into()));
}

#[test]
fn a14_cdata_is_refused_instead_of_dropped() {
    assert_eq!(structure("<plist><![CDATA[x]]></plist>"), "CDATA");
    assert_eq!(structure("<plist><string>a<![CDATA[x]]></string></plist>"), "CDATA");
    assert_eq!(structure("<plist><string><![CDATA[x]]></string></plist>"), "CDATA");
    assert_eq!(structure("<plist><dict><key>a</key><![CDATA[x]]></dict></plist>"), "CDATA");
}

#[test]
fn a14_ten_megabytes_of_nesting_are_refused() {
    for tag in ["array", "dict"] {
        let opening = if tag == "dict" { "<dict><key>k</key>".to_owned() } else { "<array>".to_owned() };
        let mut nested = "<plist version=\"1.0\">".to_owned();
        nested.push_str(&opening.repeat(9_900_000 / opening.len()));
        assert!(matches!(read(&nested), Err(Unreadable::TooLarge { .. })), "{tag}");
        // Nor would they be read where that much is.
        let ten = Limits { bytes: 10_000_000, ..Limits::ANSWER };
        let refused = value(nested.as_bytes(), ten);
        assert!(matches!(refused, Err(Unreadable::TooDeep { limit: 64, .. })), "{tag}");
    }
}

#[test]
fn a14_sixty_four_levels_are_read_and_sixty_five_are_not() {
    let nested = |n: usize| format!("<plist>{}{}</plist>", "<array>".repeat(n), "</array>".repeat(n));
    assert!(read(&nested(64)).is_ok());
    assert!(matches!(read(&nested(65)), Err(Unreadable::TooDeep { .. })));
}

#[test]
fn a14_more_than_one_mebibyte_at_check_in_is_refused() {
    let filler = "x".repeat(1 << 20);
    let message = common::check_in("CheckOut", &format!("<key>Filler</key><string>{filler}</string>"));
    assert!(matches!(
        checkin::read(message.as_bytes()),
        Err(checkin::InvalidMessage::Unreadable(Unreadable::TooLarge { limit: 1_048_576 }))
    ));
    assert!(matches!(
        value(&vec![b'<'; Limits::ANSWER.bytes + 1], Limits::ANSWER),
        Err(Unreadable::TooLarge { .. })
    ));
}

#[test]
fn a14_too_many_elements_are_refused() {
    let many = format!("<plist><array>{}</array></plist>", "<true/>".repeat(4_000));
    assert!(matches!(value(many.as_bytes(), Limits::CHECK_IN), Err(Unreadable::TooMany { limit: 4_000 })));
    assert!(value(many.as_bytes(), Limits::ANSWER).is_ok());
}

#[test]
fn a14_eighty_thousand_attributes_are_refused() {
    let attributes: String = (0..80_000).map(|n| format!(" a{n}=\"\"")).collect();
    assert_eq!(structure(&format!("<plist{attributes}><true/></plist>")), "attributes");
    let inside = format!("<plist><dict{attributes}/></plist>");
    assert_eq!(structure(&inside), "attributes or a name that property lists do not have");
}

#[test]
fn a14_binary_and_ascii_property_lists_are_not_read() {
    assert_eq!(value(b"bplist00\xd1\x01\x02", Limits::ANSWER), Err(Unreadable::NotXml));
    assert_eq!(value(b"{ a = b; }", Limits::ANSWER), Err(Unreadable::NotXml));
    assert_eq!(value(b"", Limits::ANSWER), Err(Unreadable::NotXml));
    assert_eq!(value(b"\x30\x82\x01\x00", Limits::ANSWER), Err(Unreadable::NotXml));
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let twice =
        "<plist><dict><key>UDID</key><string>a</string><key>UDID</key><string>b</string></dict></plist>";
    assert!(matches!(read(twice), Err(Unreadable::DuplicateKey { ref key, .. }) if key == "UDID"));
    let written_differently =
        "<plist><dict><key>A&amp;B</key><true/><key>A&#38;B</key><true/></dict></plist>";
    assert!(matches!(read(written_differently), Err(Unreadable::DuplicateKey { .. })));
    let empty = "<plist><dict><key/><true/><key></key><true/></dict></plist>";
    assert!(matches!(read(empty), Err(Unreadable::DuplicateKey { .. })));
    let apart =
        "<plist><array><dict><key>a</key><true/></dict><dict><key>a</key><true/></dict></array></plist>";
    assert!(read(apart).is_ok());
}

#[test]
fn what_is_no_property_list_is_refused() {
    for text in [
        "<dict><key>a</key><string>b</string></dict>",
        "<plist/>",
        "<plist></plist>",
        "<plist><true/><true/></plist>",
        "<plist><true/></plist><plist><true/></plist>",
        "<plist><true/></plist>x",
        "<plist><true/>",
        "<plist><true>x</true></plist>",
        "<plist><true></false></plist>",
        "<plist><dict><true/></dict></plist>",
        "<plist><dict><string>a</string><string>b</string></dict></plist>",
        "<plist><dict><key>a</key></dict></plist>",
        "<plist><dict><key>a</key><key>b</key></dict></plist>",
        "<plist><array><key>a</key></array></plist>",
        "<plist><key>a</key></plist>",
        "<plist><array></dict></plist>",
        "<plist><array></plist>",
        "<plist><string>a<string>b</string></string></plist>",
        "<plist><string>a<!-- b -->c</string></plist>",
        "<plist><array>text</array></plist>",
        "<plist><x:array></x:array></plist>",
        "<plist><ustring>a</ustring></plist>",
        "<plist><?php x ?><true/></plist>",
        "<plist><string>\u{1}</string></plist>",
        "<plist><string>\u{FFFE}</string></plist>",
        "<!-- <plist><true/></plist>",
        "<?xml version=\"1.0\" encoding=\"UTF-7\"?><plist><true/></plist>",
        "<?xml version=\"1.0\"",
        "<?xml version=\"1.0\"><plist><dict><key>a</key><true/></dict></plist><?xml?><plist><true/></plist>",
        "<?xml version=\"1.0\" <plist>?><plist><true/></plist>",
        "<?xml0version=\"1.0\"?><plist><true/></plist>",
        "<!DOCTYPE plist <plist ><plist><true/></plist>",
        "<!DOCTYPE plist \0><plist><true/></plist>",
        "<plist><integer>x</integer></plist>",
        "<plist><integer>18446744073709551616</integer></plist>",
        "<plist><date>yesterday</date></plist>",
        "<plist><data>a</data></plist>",
        "<plist><real>x</real></plist>",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
    assert_eq!(value(b"<plist>\xff</plist>", Limits::ANSWER), Err(Unreadable::NotUtf8));
    assert_eq!(dictionary(b"<plist><true/></plist>", Limits::ANSWER), Err(Unreadable::NotDictionary));
}

#[test]
fn what_property_lists_may_have_is_read() {
    for text in [
        "\u{FEFF}<?xml version=\"1.0\" encoding='utf-8' standalone=\"yes\"?>\r\n<plist version=\"1.0\">\r\n<true/>\r\n</plist>\r\n",
        "<!-- a --><!DOCTYPE plist><!-- b --><plist version='1.0'><!-- c --><true /><!-- d --></plist><!-- e -->",
        "<plist><true></true></plist >",
    ] {
        assert_eq!(read(text), Ok(true.into()), "{text}");
    }
    let text = "<plist><dict><key>a</key><dict/><key>b</key><array/><key/><string/></dict></plist>";
    assert_eq!(read(text).unwrap().as_dictionary().unwrap().len(), 3);
}

/// Every door for bytes from outside.
fn every_door(bytes: &[u8]) {
    let _ = value(bytes, Limits::ANSWER);
    let _ = checkin::read(bytes);
    let _ = answer::read(bytes);
    let _ = upload::check(bytes, |_| false);
    let _ = muster_apple_mdm::declarative::StatusReport::read(bytes);
}

fn real_messages() -> Vec<String> {
    vec![
        common::authenticate(),
        common::token_update(
            "<key>UnlockToken</key><data>AAEC</data><key>AwaitingConfiguration</key><true/>",
        ),
        common::answer(
            "Error",
            "<key>ErrorChain</key><array><dict><key>ErrorCode</key><integer>12021</integer></dict></array>",
        ),
        common::answer(
            "Acknowledged",
            "<key>QueryResponses</key><dict><key>BatteryLevel</key><real>0.5</real><key>LastCloudBackupDate</key>\
             <date>2026-11-01T10:00:00Z</date></dict>",
        ),
    ]
}

#[test]
fn no_flipped_byte_and_no_truncation_of_a_real_message_panics() {
    for message in real_messages() {
        let bytes = message.as_bytes();
        for at in 0..bytes.len() {
            every_door(&bytes[..at]);
            for with in [0, b'<', b'>', b'&', b'/', 0xFF, bytes[at] ^ 1, bytes[at] ^ 0x20] {
                let mut flipped = bytes.to_vec();
                flipped[at] = with;
                every_door(&flipped);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        every_door(&bytes);
    }

    #[test]
    fn no_tags_in_any_order_panic(parts in proptest::collection::vec(prop_oneof![
        Just("<dict>"), Just("</dict>"), Just("<array>"), Just("</array>"), Just("<key>"), Just("</key>"), Just("a"),
        Just("<string>"), Just("</string>"), Just("<true/>"), Just("<data>"), Just("</data>"), Just("&amp;"), Just("&"),
        Just("<!--"), Just("-->"), Just("<![CDATA["), Just("]]>"), Just("<?"), Just("?>"), Just("é"), Just("</plist>"),
    ], 0..64)) {
        every_door(format!("<plist>{}</plist>", parts.concat()).as_bytes());
    }

    /// The scan and the parser read the same: what the scan lets through comes back as it is.
    #[test]
    fn what_is_read_is_written_and_read_the_same(parts in proptest::collection::vec(prop_oneof![
        Just("<dict/>"), Just("<array/>"), Just("<string>&lt;a&amp;</string>"), Just("<integer>-7</integer>"),
        Just("<data>AAEC</data>"), Just("<date>2026-11-27T03:00:00Z</date>"), Just("<real>1.5</real>"), Just("<false/>"),
    ], 0..32)) {
        let text = format!("<plist><dict><key>a</key><array>{}</array></dict></plist>", parts.concat());
        let read = dictionary(text.as_bytes(), Limits::ANSWER).unwrap();
        prop_assert_eq!(read["a"].as_array().unwrap().len(), parts.len());
        let again = dictionary(&write::document(&read), Limits::ANSWER).unwrap();
        prop_assert_eq!(read, again);
    }
}
