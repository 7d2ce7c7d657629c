//! Files that are no ZIP, or one that two readers would understand in two ways.

use crate::kit::{
    refuses,
    zip::{self, Entry, Zip},
};
use muster_apk::Error;

#[test]
fn what_is_no_zip_is_refused_as_such() {
    for bytes in [&b""[..], b"PK", b"%PDF-1.7", b"\x7fELF", &[0; 5000]] {
        refuses!(bytes, Error::NotZip);
    }
    refuses!(b"PK\x03\x04 and nothing that ends it", Error::CutOff);
}

#[test]
fn a_zip_without_a_manifest_is_no_android_package() {
    refuses!(Zip::new(&[Entry::new("word/document.xml", b"<w/>")]).bytes(), Error::NotAndroid);
    // Android looks at the top alone.
    refuses!(Zip::new(&[Entry::new("a/AndroidManifest.xml", b"")]).bytes(), Error::NotAndroid);
}

#[test]
fn bundles_and_sets_of_packages_are_named_as_such() {
    let with = |names: &[&str]| {
        let entries: Vec<_> = names.iter().map(|name| Entry::stored(name, b"x")).collect();
        Zip::new(&entries).bytes()
    };
    refuses!(with(&["BundleConfig.pb", "base/dex/classes.dex"]), Error::AppBundle);
    refuses!(with(&["base/manifest/AndroidManifest.xml"]), Error::AppBundle);
    refuses!(with(&["toc.pb", "splits/base-master.apk"]), Error::PackageSet);
    refuses!(with(&["manifest.json", "icon.png", "com.example.apk"]), Error::PackageSet);
}

#[test]
fn encrypted_entries_are_refused() {
    for flag in [1, 1 << 6, 1 << 13] {
        let entry = Entry::stored("secret", b"x").both(|h| h.flags = flag);
        refuses!(zip::with(entry).bytes(), Error::Encrypted(_));
    }
    let in_one_place = Entry::stored("secret", b"x").local(|h| h.flags = 1);
    refuses!(zip::with(in_one_place).bytes(), Error::Untrue(_));
}

#[test]
fn ways_of_packing_that_android_does_not_know_are_refused() {
    for method in [1, 9, 12, 14, 93, 99] {
        let entry = Entry::stored("packed", b"x").both(|h| h.method = method);
        refuses!(zip::with(entry).bytes(), Error::Packing(_));
    }
}

#[test]
fn names_that_lead_out_of_the_package_are_refused() {
    for name in [
        "../x",
        "a/../x",
        "/etc/passwd",
        "a//b",
        "./a",
        "a/.",
        "..",
        "",
        "/",
        "a\\b",
        "a\0b",
        "a\nb",
        "a\u{7f}",
    ] {
        refuses!(zip::with(Entry::stored(name, b"x")).bytes(), Error::EntryName(_));
    }
    let latin = Entry::stored("x", b"x").both(|h| h.name = b"\xff".to_vec());
    refuses!(zip::with(latin).bytes(), Error::EntryName(_));
    let long = crate::kit::refused(zip::with(Entry::stored(&"n".repeat(60_000), b"")).bytes());
    assert!(long.to_string().len() < 1000, "a person has to read it: {long}");
    // Refused because it is not signed: the names are good.
    for name in ["res/-a.b/Ж.xml", "META-INF/", "a..b/..c"] {
        refuses!(zip::with(Entry::stored(name, b"")).bytes(), Error::NotSigned);
    }
}

#[test]
fn one_name_twice_is_refused() {
    refuses!(zip::with(Entry::stored("classes.dex", b"other")).bytes(), Error::Twice(_));
    refuses!(zip::with(Entry::stored("AndroidManifest.xml", b"other")).bytes(), Error::Twice(_));
}

#[test]
fn what_the_two_headers_of_an_entry_say_must_be_the_same() {
    let entry = || Entry::new("x", &[5; 100]);
    let lies = [
        entry().central(|h| h.crc ^= 1),
        entry().central(|h| h.packed -= 1),
        entry().central(|h| h.unpacked += 1),
        entry().local(|h| h.name = b"y".to_vec()),
        entry().local(|h| h.method = 0),
        entry().local(|h| (h.flags, h.crc) = (1 << 3, 0)),
        Entry { offset: Some(3), ..entry() },
        Entry { offset: Some(0xffff_fff0), ..entry() },
    ];
    for lie in lies {
        refuses!(zip::with(lie).bytes(), Error::Untrue(_));
    }
    // Sizes that follow the data.
    let later = entry().local(|h| (h.flags, h.crc, h.packed, h.unpacked) = (1 << 3, 0, 0, 0));
    refuses!(zip::with(later).bytes(), Error::NotSigned);
}

#[test]
fn a_stored_entry_has_one_size_and_a_packed_one_no_impossible_one() {
    refuses!(zip::with(Entry::stored("x", &[5; 100]).both(|h| h.unpacked = 99)).bytes(), Error::Untrue(_));
    let bomb = Entry::new("x", &[0; 100]).both(|h| h.unpacked = h.packed * 1032 + 1);
    refuses!(zip::with(bomb).bytes(), Error::Untrue(_));
}

#[test]
fn entries_on_top_of_each_other_are_refused() {
    let mut entries = zip::entries();
    let first = entries[0].clone();
    // The second entry's directory record leads into the first one's data, where another header is hidden.
    let hidden = Zip::new(&[Entry::stored("y", b"yy")]).contents;
    entries[0] = Entry::stored("x", &hidden);
    entries.push(Entry { offset: Some(31), ..Entry::stored("y", b"yy") });
    entries.push(first);
    refuses!(Zip::new(&entries).bytes(), Error::Overlap);
    let mut reaching = Zip::new(&zip::entries());
    // The last entry's data would reach into the directory.
    reaching.contents.truncate(reaching.contents.len() - 1);
    refuses!(reaching.bytes(), Error::Overlap);
}

#[test]
fn zip64_is_refused() {
    let zip = Zip::new(&zip::entries());
    let end = zip.end(zip.contents.len());
    let locator = [b"PK\x06\x07", &[0; 16][..]].concat();
    let with = |end: &[u8]| [&zip.contents[..], &zip.directory, end].concat();
    refuses!(with(&[&locator[..], &end].concat()), Error::Zip64);
    for field in [8..12, 12..16, 16..20] {
        let mut large = end.clone();
        large[field].fill(0xff);
        refuses!(with(&large), Error::Zip64);
    }
    refuses!(zip::with(Entry::stored("x", b"").central(|h| h.unpacked = u32::MAX)).bytes(), Error::Zip64);
}

#[test]
fn an_end_that_does_not_fit_the_directory_is_refused() {
    let zip = Zip::new(&zip::entries());
    let good = zip.bytes();
    let end = good.len() - 22;
    // Disks, the two counts, the directory's size and place.
    for (at, what) in [(4, "disk"), (6, "disk"), (8, "count"), (12, "size"), (16, "place")] {
        let mut bad = good.clone();
        bad[end + at] ^= 1;
        let said = crate::kit::refused(&bad);
        assert!(matches!(said, Error::Zip(_)), "{what}: {said:?}");
    }
    let mut more = zip.clone();
    more.count += 1;
    refuses!(more.bytes(), Error::Zip(_));
    more.count -= 2;
    refuses!(more.bytes(), Error::Zip(_));
    let between = [&zip.contents[..], &zip.directory, b"between", &zip.end(zip.contents.len())].concat();
    refuses!(between, Error::Zip(_));
}

#[test]
fn a_comment_at_the_end_is_read_over() {
    let mut zip = Zip::new(&zip::entries());
    for comment in [&b"a comment"[..], &[b' '; 65535], b"PK\x05\x06 and so on"] {
        zip.comment = comment.to_vec();
        refuses!(zip.bytes(), Error::NotSigned);
    }
}
