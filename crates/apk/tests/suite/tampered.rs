//! Packages that were changed after they were signed: none is taken, nothing panics, and `apksigner` agrees.

use crate::{
    kit::{
        foreign::has,
        read, refused,
        sign::{self, FOREVER, Key, Signer, V2, V3},
        zip::{self, Zip},
    },
    signed::{P256, bench, by},
};
use muster_apk::Error;
use proptest::prelude::*;
use std::sync::LazyLock;

/// A package in v2 and v3, and how long its contents and its signing block are.
static PACKAGE: LazyLock<(Vec<u8>, usize, usize)> = LazyLock::new(|| {
    let (zip, key) = (Zip::new(&zip::entries()), Key::new());
    let schemes = [
        (V2, vec![Signer::v2(&key).with(0xbeef_f00d, &3_u32.to_le_bytes())]),
        (V3, vec![Signer::v3(&key, 28, FOREVER)]),
    ];
    let bytes = sign::signed(&zip, &schemes);
    let block = bytes.len() - zip.bytes().len();
    (bytes, zip.contents.len(), block)
});

#[test]
fn every_bit_of_contents_directory_and_end_counts() {
    let (bytes, contents, block) = &*PACKAGE;
    read(bytes).unwrap();
    for at in (0..*contents).chain(contents + block..bytes.len()) {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(read(&changed).is_err(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn every_byte_of_the_signing_block_counts_but_the_number_of_an_older_scheme() {
    let (bytes, contents, block) = &*PACKAGE;
    let expected = read(bytes).unwrap();
    let number = bytes.windows(4).position(|w| w == V2.to_le_bytes()).unwrap();
    for at in *contents..contents + block {
        for flip in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            match read(&changed) {
                // Without v2 the package is signed all the same: by v3.
                Ok(package) if (number..number + 4).contains(&at) => {
                    assert_eq!(package.certificates, expected.certificates);
                }
                Ok(_) => panic!("byte {at} of the block from {contents}"),
                Err(_) => {}
            }
        }
    }
}

#[test]
fn a_package_cut_anywhere_is_refused() {
    let (bytes, ..) = &*PACKAGE;
    for length in 0..bytes.len() {
        let said = refused(&bytes[..length]);
        assert!(matches!(said, Error::NotZip | Error::CutOff), "{length}: {said:?}");
    }
}

#[test]
fn what_was_added_before_or_after_is_counted_and_said() {
    let (bytes, ..) = &*PACKAGE;
    let commented = Zip { comment: b"a comment".to_vec(), ..Zip::new(&zip::entries()) }.bytes();
    let mut inner = zip::entries();
    inner.push(zip::Entry::stored("assets/inner.apk", bytes));
    let nested = Zip::new(&inner).bytes();
    // More than the longest comment, too, over the edge of a piece, and what looks like an end.
    for count in [1, 21, 22, 70_000, (1 << 20) - 11, 3 << 20] {
        let added = vec![b'x'; count];
        for whole in [&bytes[..], &commented, &nested] {
            let after = [whole, &added].concat();
            assert!(matches!(refused(&after), Error::After(n) if n == count as u64), "{count} after");
            let before = [&added, whole].concat();
            assert!(matches!(refused(&before), Error::Before(n) if n == count as u64), "{count} before");
        }
    }
    let twice = [&bytes[..], bytes].concat();
    assert!(matches!(refused(&twice), Error::Before(n) if n == bytes.len() as u64));
    assert_eq!(
        refused([&bytes[..], b"<!-- -->\n"].concat()).to_string(),
        "there are 9 bytes after the end of the package: it was changed after it was signed, or the way here added something; get \
         it from its maker once more"
    );
    // Cut off, a package inside it is not taken for the whole.
    let cut = &nested[..nested.len() - 30];
    assert!(matches!(refused(cut), Error::CutOff));
    refused([b"MZ and more", &[0; 3 << 20][..]].concat());
}

#[test]
fn apksigner_gives_the_same_verdict_on_what_was_changed() {
    if !has(&["apksigner", "openssl"]) {
        return;
    }
    let bench = bench();
    bench.key("key", P256);
    let good = bench.apksigner(&by("key"));
    let zip_end = good.len() - 22;
    let directory = u32::from_le_bytes(good[zip_end + 16..zip_end + 20].try_into().unwrap()) as usize;
    let find = |what: &[u8]| good.windows(what.len()).position(|w| w == what).unwrap();
    let id = |id: u32| find(&id.to_le_bytes()) + 40;
    // In data, in the list of entries, at the end, in the signers of v2 and v3, in the block's magic.
    for at in [200, directory + 10, zip_end + 12, id(V2), id(V3), directory - 3] {
        let mut changed = good.clone();
        changed[at] ^= 1;
        let (theirs, said) = bench.verify(&changed, "");
        assert!(!theirs && read(&changed).is_err(), "byte {at}: {said}");
    }
    let (theirs, said) = bench.verify(&good, "");
    assert!(theirs && read(&good).is_ok(), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 2000 } else { 20_000 }))]

    #[test]
    fn no_bytes_make_it_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = PACKAGE.0.clone();
        for (at, value) in edits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            let at = cut.index(bytes.len());
            bytes.drain(at..bytes.len().min(at + 7));
        }
        // A byte may have been replaced by itself, or the number of v2's block by another one.
        let (good, contents, block) = &*PACKAGE;
        if read(&bytes).is_ok() {
            prop_assert_eq!(&bytes[..*contents], &good[..*contents]);
            prop_assert_eq!(&bytes[contents + block..], &good[contents + block..]);
        }
    }

    #[test]
    fn no_manifest_makes_it_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut xml = crate::kit::manifest::manifest().binary(true);
        for (at, value) in edits {
            let at = at.index(xml.len());
            xml[at] = value;
        }
        let zip = Zip::new(&[zip::Entry::new("AndroidManifest.xml", &xml)]);
        // Not signed, so refused at the latest for that.
        prop_assert!(read(&zip.bytes()).is_err());
    }
}
