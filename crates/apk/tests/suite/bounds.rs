//! Sizes, counts and time: what is made to cost much costs little, or is refused.

use crate::kit::{
    manifest::{Element, element, manifest},
    read, refuses,
    sign::{Key, Signer, V2, signed},
    zip::{self, Entry, Zip},
};
use muster_apk::Error;
use std::{
    fs::File,
    io::Write,
    process::Command,
    time::{Duration, Instant},
};

/// Far above what it takes on a machine that is busy with other tests.
fn soon<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    assert!(start.elapsed() < Duration::from_secs(20), "{what}: {:?}", start.elapsed());
    done
}

#[test]
fn a_file_larger_than_is_taken_is_not_read() {
    let mut file = tempfile::tempfile().unwrap();
    file.set_len(muster_apk::MAX_SIZE + 1).unwrap();
    let said = soon("size", || muster_apk::read(&mut file));
    assert!(matches!(said, Err(Error::TooLarge(_))), "{said:?}");
    file.set_len(muster_apk::MAX_SIZE).unwrap();
    assert!(matches!(muster_apk::read(&mut file), Err(Error::NotZip)));
}

#[test]
fn a_zip_that_claims_to_unpack_to_more_than_is_taken_is_refused() {
    let large = |n: u32| {
        let size = 1 << 30;
        Entry::stored(&format!("{n}"), b"").both(|h| (h.packed, h.unpacked) = (size, size))
    };
    let entries: Vec<_> = (0..3).map(large).chain(zip::entries()).collect();
    refuses!(Zip::new(&entries).bytes(), Error::Bomb);
    let bomb = Entry::new("AndroidManifest.xml", &vec![0; 5 << 20]);
    refuses!(Zip::new(std::slice::from_ref(&bomb)).bytes(), Error::Bomb);
    // It says that it is small.
    let small = bomb.both(|h| h.unpacked = 1000);
    refuses!(Zip::new(&[small]).bytes(), Error::Untrue(_));
}

#[test]
fn a_directory_larger_than_is_taken_is_refused() {
    let name = "n".repeat(60_000);
    let entries: Vec<_> = (0..150).map(|n| Entry::stored(&format!("{n}{name}"), b"")).collect();
    refuses!(Zip::new(&entries).bytes(), Error::Bomb);
}

#[test]
fn as_many_entries_as_there_can_be_are_read_soon() {
    let mut entries = zip::entries();
    entries.extend((0..65_000).map(|n| Entry::stored(&format!("assets/{n}"), b"x")));
    let (zip, key) = (Zip::new(&entries), Key::new());
    let bytes = signed(&zip, &[(V2, vec![Signer::v2(&key)])]);
    soon("65,000 entries", || read(&bytes)).unwrap();
}

#[test]
fn a_manifest_that_is_nested_or_names_one_string_often_is_read_soon() {
    let signed = |manifest: &Element| {
        let (zip, key) = (Zip::new(&[Entry::new("AndroidManifest.xml", &manifest.binary(true))]), Key::new());
        signed(&zip, &[(V2, vec![Signer::v2(&key)])])
    };
    // Two elements in each other, then the same bytes over and over.
    let deep = (0..2000).fold(element("a", &[]), |inner, _| element("a", &[]).with(inner));
    soon("nested", || read(&signed(&manifest().with(deep)))).unwrap();
    let long = "x".repeat(30_000);
    let attributes: Vec<_> = (0..30_000).map(|_| ("name", long.as_str().into())).collect();
    soon("attributes", || read(&signed(&manifest().with(element("receiver", &attributes))))).unwrap();
}

#[test]
fn a_large_package_is_read_in_little_memory() {
    let mut entries = zip::entries();
    entries.push(Entry::stored("assets/large", &vec![3; 64 << 20]));
    let (zip, key) = (Zip::new(&entries), Key::new());
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&signed(&zip, &[(V2, vec![Signer::v2(&key)])])).unwrap();
    // This process has had the package in its memory, so another one is weighed: this very program, with the test below.
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["bounds::weighs_itself", "--exact", "--ignored"]).env(WEIGHED, file.path());
    let out = soon("64 MiB", || command.output()).unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
}

const WEIGHED: &str = "MUSTER_TEST_WEIGHED";

#[test]
#[ignore = "run by a_large_package_is_read_in_little_memory, in a process of its own"]
fn weighs_itself() {
    let Some(path) = std::env::var_os(WEIGHED) else { return };
    let before = peak();
    let mut file = File::open(path).unwrap();
    let package = muster_apk::read(&mut file).unwrap();
    assert_eq!(package.size, file.metadata().unwrap().len());
    let more = peak() - before;
    assert!(more < 8 << 10, "{more} KiB for a package of {} KiB", package.size >> 10);
}

/// The most memory that this process has had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_file_that_cannot_be_read_is_said_to_be_so() {
    let mut folder = File::open(env!("CARGO_MANIFEST_DIR")).unwrap();
    let said = muster_apk::read(&mut folder);
    assert!(matches!(said, Err(Error::Io(_) | Error::TooLarge(_))), "{said:?}");
}
