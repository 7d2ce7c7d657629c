//! Pictures as they should be, and files that only call themselves so.

use super::*;
use image::{Rgba, RgbaImage, codecs::jpeg::JpegEncoder};
use proptest::prelude::*;

fn workspace() -> WorkspaceId {
    "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e5f".parse().unwrap()
}

pub(crate) fn as_png(picture: &RgbaImage) -> Vec<u8> {
    let mut out = Vec::new();
    picture.write_with_encoder(PngEncoder::new(&mut out)).unwrap();
    out
}

fn as_jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    RgbImage::from_pixel(width, height, Rgb([200, 30, 30]))
        .write_with_encoder(JpegEncoder::new(&mut out))
        .unwrap();
    out
}

fn plain(width: u32, height: u32, colour: [u8; 4]) -> Vec<u8> {
    as_png(&RgbaImage::from_pixel(width, height, Rgba(colour)))
}

#[test]
fn a_picture_is_drawn_anew_within_its_room_and_its_name_is_of_its_content() {
    for (file, size, shown) in [
        (plain(1600, 400, [10, 90, 120, 255]), (320, 80), (160, 40)),
        (plain(400, 400, [10, 90, 120, 255]), (80, 80), (40, 40)),
        (plain(24, 24, [10, 90, 120, 255]), (24, 24), (24, 24)),
        (plain(6000, 1, [10, 90, 120, 255]), (320, 1), (160, 1)),
        (as_jpeg(800, 200), (320, 80), (160, 40)),
    ] {
        let logo = draw(workspace(), &file).unwrap();
        assert_eq!((logo.width, logo.height), shown);
        let again = read(&logo.png).unwrap();
        assert_eq!(again.dimensions(), size);
        assert_eq!(kind(&logo.png), Some(ImageFormat::Png));
        assert!(logo.name.len() == 32 && logo.name.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(draw(workspace(), &file).unwrap(), logo);
        let other = "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e50".parse().unwrap();
        assert_ne!(draw(other, &file).unwrap().name, logo.name, "nobody can tell who else has it");
    }
}

#[test]
fn a_picture_that_is_seen_through_gets_the_ground_on_which_it_is_seen() {
    let seen = |colour: [u8; 3]| {
        let mut picture = RgbaImage::new(40, 40);
        for x in 10..30 {
            picture.put_pixel(x, 20, Rgba([colour[0], colour[1], colour[2], 255]));
        }
        let logo = draw(workspace(), &as_png(&picture)).unwrap();
        read(&logo.png).unwrap().to_rgb8().get_pixel(0, 0).0
    };
    assert_eq!(seen([20, 20, 90]), [255, 255, 255]);
    assert_eq!(seen([250, 250, 250]), [0x19, 0x1c, 0x1e]);
}

#[test]
fn noise_becomes_small_enough_for_every_mail() {
    let mut state = 1_u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let picture = RgbaImage::from_fn(240, 60, |_, _| Rgba([noise(), noise(), noise(), 255]));
    let logo = draw(workspace(), &as_png(&picture)).unwrap();
    assert!(logo.png.len() <= DRAWN, "{}", logo.png.len());
    assert_eq!((logo.width, logo.height), (160, 40));
}

#[test]
fn a43_what_is_no_picture_is_refused_and_nothing_of_the_file_stays() {
    let good = plain(64, 64, [1, 2, 3, 255]);
    let refused = |bytes: &[u8]| draw(workspace(), bytes).unwrap_err();
    for other in [
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".as_slice(),
        b"<?xml version=\"1.0\"?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a\x01\x00\x01\x00",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"BM\x00\x00",
        b"II*\x00",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\x89PNG\n\x1a\n",
        b"../../etc/passwd",
        b"\0",
    ] {
        assert_eq!(refused(other), NoLogo::Kind, "{other:?}");
    }
    assert_eq!(refused(b""), NoLogo::Empty);
    assert_eq!(refused(&vec![0x89; FILE + 1]), NoLogo::Large);
    for length in [8, 9, 20, 33, 40, good.len() / 2, good.len() - 20] {
        assert_eq!(refused(&good[..length]), NoLogo::Damaged, "{length}");
    }
    let jpeg = as_jpeg(64, 64);
    for length in [3, 10, 100] {
        assert_eq!(refused(&jpeg[..length]), NoLogo::Damaged, "{length}");
    }
    // A polyglot: a page behind the picture, and one within it.
    let page = b"<html><script>alert(document.domain)</script></html>";
    let mut behind = good.clone();
    behind.extend_from_slice(page);
    let logo = draw(workspace(), &behind).unwrap();
    assert!(!logo.png.windows(7).any(|w| w == b"<script"), "only the picture is drawn");
    let mut comment = as_jpeg(64, 64);
    let mut segment = vec![0xff, 0xfe, 0, (page.len() + 2) as u8];
    segment.extend_from_slice(page);
    comment.splice(2..2, segment);
    let logo = draw(workspace(), &comment).unwrap();
    assert!(!logo.png.windows(7).any(|w| w == b"<script"));
}

/// A PNG whose head claims a size, with its checksum right.
pub(crate) fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut png = plain(1, 1, [0; 4]);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = u32::MAX;
    for byte in &png[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    png[29..33].copy_from_slice(&(!crc).to_be_bytes());
    png
}

#[test]
fn a43_a_picture_that_unpacks_to_a_flood_is_not_unpacked() {
    for (width, height) in [(6001, 1), (1, 6001), (4001, 4000), (60_000, 60_000), (0x7fff_ffff, 0x7fff_ffff)]
    {
        let refused = draw(workspace(), &claiming(width, height)).unwrap_err();
        assert!(matches!(refused, NoLogo::Pixels | NoLogo::Damaged), "{width}×{height}: {refused:?}");
    }
    assert_eq!(draw(workspace(), &claiming(5999, 6001)), Err(NoLogo::Pixels));
    assert_eq!(draw(workspace(), &claiming(0, 5)), Err(NoLogo::Damaged));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a43_no_damage_to_a_picture_does_more_than_be_refused(place in 8_usize..2000, byte: u8, cut in 8_usize..2000) {
        for mut file in [plain(40, 20, [9, 80, 3, 200]), as_jpeg(40, 20)] {
            let place = place % file.len();
            file[place] = byte;
            let cut = cut.clamp(8, file.len());
            let _ = draw(workspace(), &file);
            let _ = draw(workspace(), &file[..cut]);
        }
    }
}
