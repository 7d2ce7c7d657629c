//! Signing blocks and signers that `apksigner` would not make.

use crate::kit::{
    read, refuses,
    sign::{self, ECDSA, FOREVER, Key, Signer, V2, V3, block, scheme, signed},
    zip::{self, Entry, Zip},
};
use muster_apk::{Error, Scheme};

fn zip() -> Zip {
    Zip::new(&zip::entries())
}

/// Signed in v2 by that signer.
fn v2(signer: Signer<'_>) -> Vec<u8> {
    signed(&zip(), &[(V2, vec![signer])])
}

#[test]
fn our_own_signer_makes_packages_that_are_taken() {
    let key = Key::new();
    assert_eq!(read(&v2(Signer::v2(&key))).unwrap().signed, Scheme::V2);
    let v3 = signed(&zip(), &[(V3, vec![Signer::v3(&key, 24, FOREVER)])]);
    let package = read(&v3).unwrap();
    assert_eq!((package.signed, package.certificates), (Scheme::V3, vec![key.certificate.fingerprint()]));
}

#[test]
fn contents_of_several_pieces_are_verified() {
    let key = Key::new();
    for size in [1 << 20, (1 << 20) + 1, 3_500_000] {
        let zip = zip::with(Entry::stored("large", &vec![9; size]));
        let bytes = signed(&zip, &[(V2, vec![Signer::v2(&key)])]);
        read(&bytes).unwrap();
        for at in [700_000, size - 10] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            refuses!(changed, Error::Changed);
        }
    }
}

#[test]
fn the_signature_must_be_by_the_key_and_the_key_the_certificates() {
    let (key, other) = (Key::new(), Key::new());
    let public_key = other.key.public().spki().to_vec();
    refuses!(v2(Signer { public_key: public_key.clone(), ..Signer::v2(&key) }), Error::Signature);
    let certificates = vec![other.certificate.as_der().to_vec()];
    refuses!(v2(Signer { certificates, ..Signer::v2(&key) }), Error::OtherKey);
    refuses!(v2(Signer { certificates: vec![], ..Signer::v2(&key) }), Error::Certificate);
    refuses!(v2(Signer { certificates: vec![vec![0x30, 0]], ..Signer::v2(&key) }), Error::Certificate);
    // Certificates after the first are nobody's.
    let certificates = [&key, &other].map(|k| k.certificate.as_der().to_vec()).to_vec();
    read(&v2(Signer { certificates, ..Signer::v2(&key) })).unwrap();
}

#[test]
fn a_signature_over_other_contents_is_refused() {
    let (key, mut other) = (Key::new(), zip());
    other.comment = b"other".to_vec();
    let signature = scheme(&other, &[Signer::v2(&key)]);
    refuses!(zip().with_block(&block(&[(V2, signature)])), Error::Changed);
}

#[test]
fn algorithms_that_are_not_taken_are_named() {
    let key = Key::new();
    let with =
        |ids: &[u32]| v2(Signer { digests: ids.to_vec(), signatures: ids.to_vec(), ..Signer::v2(&key) });
    refuses!(with(&[0x0301]), Error::Dsa);
    refuses!(with(&[0x0305]), Error::Dsa);
    refuses!(with(&[0x0423]), Error::Algorithm(0x0423));
    refuses!(with(&[0x0999]), Error::Algorithm(0x0999));
    refuses!(with(&[]), Error::SigningBlock(_));
    // A way of signing that is not the key's.
    refuses!(with(&[0x0103]), Error::Key);
    // Beside one that is known, others do not matter.
    read(&with(&[0x0301, ECDSA, 0x0423])).unwrap();
}

#[test]
fn the_strongest_algorithm_decides() {
    let (rsa, ecdsa) = (Key::rsa(), Key::new());
    for ids in [&[0x0101][..], &[0x0102], &[0x0103], &[0x0104], &[0x0103, 0x0104], &[0x0102, 0x0101]] {
        read(&v2(Signer::v2(&rsa).algorithms(ids))).unwrap();
    }
    // What this key signs with 0x0202 is a signature with SHA-256.
    refuses!(v2(Signer::v2(&ecdsa).algorithms(&[ECDSA, 0x0202])), Error::Signature);
    refuses!(v2(Signer::v2(&ecdsa).algorithms(&[0x0202, ECDSA])), Error::Signature);
}

#[test]
fn digests_must_be_of_the_signatures_algorithms() {
    let key = Key::new();
    for digests in [vec![], vec![0x0103], vec![ECDSA, 0x0103]] {
        refuses!(v2(Signer { digests, ..Signer::v2(&key) }), Error::Digests);
    }
    refuses!(v2(Signer { signatures: vec![0x0423, ECDSA], ..Signer::v2(&key) }), Error::Digests);
}

#[test]
fn keys_that_are_too_weak_or_of_another_kind_are_refused() {
    let key = Key::new();
    // An Ed25519 key (RFC 8410).
    let ed25519 = [&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0][..], &[9; 32]].concat();
    for public_key in [ed25519, vec![], vec![0x30, 0], b"key".to_vec()] {
        refuses!(v2(Signer { public_key, ..Signer::v2(&key) }), Error::Key);
    }
}

#[test]
fn android_takes_ten_signers_in_v2_and_one_in_v3() {
    let keys: Vec<Key> = (0..11).map(|_| Key::new()).collect();
    let v2 = |count: usize| signed(&zip(), &[(V2, keys[..count].iter().map(Signer::v2).collect())]);
    assert_eq!(read(&v2(10)).unwrap().certificates.len(), 10);
    refuses!(v2(11), Error::Signers);
    refuses!(v2(0), Error::SigningBlock(_));
    let ranges = [Signer::v3(&keys[0], 28, 30), Signer::v3(&keys[1], 31, FOREVER)];
    refuses!(signed(&zip(), &[(V3, ranges.into())]), Error::Signers);
}

#[test]
fn a_scheme_that_was_taken_away_is_missed() {
    let key = Key::new();
    let newer = || Signer::v2(&key).with(0xbeef_f00d, &3_u32.to_le_bytes());
    refuses!(v2(newer()), Error::Stripped("v3"));
    let both = [(V2, vec![newer()]), (V3, vec![Signer::v3(&key, 28, FOREVER)])];
    assert_eq!(read(&signed(&zip(), &both)).unwrap().signed, Scheme::V3);
}

#[test]
fn one_scheme_is_there_once() {
    let (key, zip) = (Key::new(), zip());
    let one = (V2, scheme(&zip, &[Signer::v2(&key)]));
    refuses!(zip.with_block(&block(&[one.clone(), one])), Error::SigningBlock(_));
}

#[test]
fn v2_and_v3_have_one_signer() {
    let (key, other) = (Key::new(), Key::new());
    let v3 = || vec![Signer::v3(&key, 28, FOREVER)];
    refuses!(signed(&zip(), &[(V2, vec![Signer::v2(&other)]), (V3, v3())]), Error::SchemesDiffer);
    let two = vec![Signer::v2(&key), Signer::v2(&other)];
    refuses!(signed(&zip(), &[(V2, two), (V3, v3())]), Error::SchemesDiffer);
}

#[test]
fn v3_covers_all_androids_that_the_package_is_for() {
    let key = Key::new();
    let v3 = |signer| signed(&zip(), &[(V3, vec![signer])]);
    for (from, to) in [(29, FOREVER), (28, 33), (28, FOREVER - 1), (30, 29)] {
        refuses!(v3(Signer::v3(&key, from, to)), Error::SdkRange);
    }
    // What is outside of the signed data says something else.
    refuses!(
        v3(Signer { outer_sdks: Some((24, FOREVER)), ..Signer::v3(&key, 28, FOREVER) }),
        Error::SdkRange
    );
}

#[test]
fn a_damaged_block_is_refused() {
    let (key, zip) = (Key::new(), zip());
    let good = block(&[(V2, scheme(&zip, &[Signer::v2(&key)]))]);
    read(&zip.with_block(&good)).unwrap();
    let (last, length) = (good.len() - 24, good.len() as u64);
    let with_sizes = |first: u64, second: u64| {
        let mut block = good.clone();
        block[..8].copy_from_slice(&first.to_le_bytes());
        block[last..last + 8].copy_from_slice(&second.to_le_bytes());
        zip.with_block(&block)
    };
    for size in [0, 23, length - 9, length - 7, 1 << 20, (1 << 20) + 1, u64::MAX - 7, u64::MAX] {
        refuses!(with_sizes(size, size), Error::SigningBlock(_));
        refuses!(with_sizes(length - 8, size), Error::SigningBlock(_));
        refuses!(with_sizes(size, length - 8), Error::SigningBlock(_));
    }
    // A pair's length that is too small or too large.
    for size in [0_u64, 3, 1 << 40, u64::MAX] {
        let mut bad = good.clone();
        bad[8..16].copy_from_slice(&size.to_le_bytes());
        refuses!(zip.with_block(&bad), Error::SigningBlock(_));
    }
    // Without the magic there is no block, but something between the entries and the directory.
    let mut other = good.clone();
    other[last + 8] ^= 1;
    refuses!(zip.with_block(&other), Error::NotSigned);
    refuses!(zip.with_block(&block(&[(0x4272_6577, vec![0; 50])])), Error::NotSigned);
    refuses!(zip.with_block(&sign::block(&[(V2, vec![])])), Error::SigningBlock(_));
}
