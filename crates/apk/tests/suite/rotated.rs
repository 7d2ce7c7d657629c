//! Rotated keys: lineages, and v3.1, which Debian's `apksigner` does not write yet.

use crate::kit::{
    read, refuses,
    sign::{FOREVER, Key, Signer, V2, V3, V31, signed},
    zip::{self, Zip},
};
use muster_apk::{Error, Scheme};

const LINEAGE: u32 = 0x3ba0_6f8c;
const ROTATION_SINCE: u32 = 0x559f_8b02;

fn zip() -> Zip {
    Zip::new(&zip::entries())
}

/// v3.1 for that API level and later, signed by the last key of a lineage.
fn v31<'k>(lineage: &[&'k Key], since: u32) -> Signer<'k> {
    Signer::v3(lineage[lineage.len() - 1], since, FOREVER).with(LINEAGE, &Key::lineage(lineage))
}

fn with_lineage(key: &Key, lineage: &[u8]) -> Vec<u8> {
    signed(&zip(), &[(V3, vec![Signer::v3(key, 28, FOREVER).with(LINEAGE, lineage)])])
}

#[test]
fn a_lineage_is_told_from_the_oldest_and_the_checksum_is_the_oldest_ones() {
    let keys = [Key::new(), Key::new(), Key::new()];
    let [a, b, c] = &keys;
    let package = read(&with_lineage(c, &Key::lineage(&[a, b, c]))).unwrap();
    assert_eq!(package.certificates, keys.each_ref().map(|key| key.certificate.fingerprint()));
    let alone = read(&signed(&zip(), &[(V2, vec![Signer::v2(a)])])).unwrap();
    assert_eq!(package.signature_checksum(), alone.signature_checksum());
}

#[test]
fn a_lineage_that_does_not_hold_is_refused() {
    let [a, b, c] = [Key::new(), Key::new(), Key::new()];
    // It ends with another key; it goes in a circle; it is empty; it is of another version.
    refuses!(with_lineage(&c, &Key::lineage(&[&a, &b])), Error::Lineage(_));
    refuses!(with_lineage(&a, &Key::lineage(&[&a, &b, &a])), Error::Lineage(_));
    refuses!(with_lineage(&a, &[1, 0, 0, 0]), Error::Lineage(_));
    refuses!(with_lineage(&b, &[&[2, 0, 0, 0], &Key::lineage(&[&a, &b])[4..]].concat()), Error::Lineage(_));
    refuses!(with_lineage(&b, &Key::lineage_by(&[&a, &b], 0x0202)), Error::Lineage(_));
    // Someone puts himself after a key that he does not have.
    let mine = Key::lineage(&[&c, &b]);
    let theirs = Key::lineage(&[&a]);
    let first = 4 + 4 + u32::from_le_bytes(mine[4..8].try_into().unwrap()) as usize;
    refuses!(with_lineage(&b, &[&theirs[..], &mine[first..]].concat()), Error::Lineage(_));
    // Every byte counts, but for the flags and the first level's signature, which nobody has made.
    let good = Key::lineage(&[&a, &b]);
    let refused = (0..good.len()).filter(|&at| {
        let mut bad = good.clone();
        bad[at] ^= 0x40;
        read(&with_lineage(&b, &bad)).is_err()
    });
    let free = good.len() - refused.count();
    // Two levels' flags, the algorithm that the first was signed with, and the one with which the last would sign.
    assert!(free <= 16 + a.certificate.as_der().len(), "{free} of {}", good.len());
}

#[test]
fn v2_is_the_oldest_key_s() {
    let [a, b] = [Key::new(), Key::new()];
    let both = |v2| {
        let v3 = Signer::v3(&b, 28, FOREVER).with(LINEAGE, &Key::lineage(&[&a, &b]));
        signed(&zip(), &[(V2, vec![Signer::v2(v2)]), (V3, vec![v3])])
    };
    assert_eq!(read(&both(&a)).unwrap().certificates.len(), 2);
    refuses!(both(&b), Error::SchemesDiffer);
}

#[test]
fn v3_1_is_for_newer_androids_and_v3_for_the_others() {
    let [a, b, c] = [Key::new(), Key::new(), Key::new()];
    let v3 = |to| Signer::v3(&a, 28, to).with(ROTATION_SINCE, &33_u32.to_le_bytes());
    let both = |v3, v31| signed(&zip(), &[(V2, vec![Signer::v2(&a)]), (V3, vec![v3]), (V31, vec![v31])]);
    let package = read(&both(v3(32), v31(&[&a, &b], 33))).unwrap();
    assert_eq!((package.signed, package.certificates.len()), (Scheme::V31, 2));
    assert_eq!(package.certificates[0], a.certificate.fingerprint());
    read(&both(v3(FOREVER), v31(&[&a, &b], 33))).unwrap();
    refuses!(both(v3(31), v31(&[&a, &b], 33)), Error::SdkRange);
    refuses!(both(v3(33), v31(&[&a, &b], 34)), Error::SdkRange);
    refuses!(both(v3(32), v31(&[&c, &b], 33)), Error::SchemesDiffer);
    refuses!(both(v3(32), v31(&[&b], 33)), Error::SchemesDiffer);
    let without_v2 = [(V3, vec![v3(32)]), (V31, vec![v31(&[&c, &b], 33)])];
    refuses!(signed(&zip(), &without_v2), Error::SchemesDiffer);
}

#[test]
fn v3_1_is_missed_when_it_was_taken_away_and_so_is_v3() {
    let [a, b] = [Key::new(), Key::new()];
    let v3 = Signer::v3(&a, 28, FOREVER).with(ROTATION_SINCE, &33_u32.to_le_bytes());
    refuses!(signed(&zip(), &[(V3, vec![v3])]), Error::Stripped("v3.1"));
    let v2 = || vec![Signer::v2(&a)];
    refuses!(signed(&zip(), &[(V2, v2()), (V31, vec![v31(&[&a, &b], 33)])]), Error::Stripped("v3"));
}
