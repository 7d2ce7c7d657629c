//! A logo that somebody sends: read as a picture and drawn anew, so that nothing of the file itself is ever served.
//!
//! PNG and JPEG alone, told by their first bytes and read by their own decoder: whatever else a file may be besides, or has
//! behind its picture, ends here (ABUSE A43).

use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
    codecs::png::{CompressionType, FilterType, PngEncoder},
    imageops::FilterType as Scaling,
};
use muster_domain::{WorkspaceId, look::Logo};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{fmt::Write, io::Cursor, sync::LazyLock};
use tokio::sync::Semaphore;

/// Bytes of a file at most.
pub const FILE: usize = 256 << 10;
/// Pixels of a side at most: what claims to have more is not unpacked.
const SIDE: u32 = 6000;
/// Pixels at most.
const PIXELS: u64 = 16_000_000;
/// Memory that unpacking may take.
const MEMORY: u64 = 128 << 20;
/// The room for it on pages and in mails, in CSS pixels; it has twice as many.
const ROOM: (u32, u32) = (160, 40);
/// Bytes that a logo has at most, since it goes with every mail; one that has more is made smaller.
const DRAWN: usize = 48 << 10;

/// One at a time: unpacking takes memory.
static TURN: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// Why a file is no logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NoLogo {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// More bytes than are taken.
    #[error("a logo has at most 256 kB")]
    Large,
    /// Neither PNG nor JPEG.
    #[error("a logo is a PNG or a JPEG")]
    Kind,
    /// More pixels than are unpacked.
    #[error("a logo has at most 6,000 pixels a side and 16 million in all")]
    Pixels,
    /// It breaks off, or is damaged.
    #[error("the picture is damaged")]
    Damaged,
}

/// What PNG and JPEG files begin with (RFC 2083, section 3.1; ITU-T T.81, B.1.1).
fn kind(bytes: &[u8]) -> Option<ImageFormat> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(ImageFormat::Png)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some(ImageFormat::Jpeg)
    } else {
        None
    }
}

/// Unpacks a picture, the right way up.
fn read(bytes: &[u8]) -> Result<DynamicImage, NoLogo> {
    if bytes.is_empty() {
        return Err(NoLogo::Empty);
    }
    if bytes.len() > FILE {
        return Err(NoLogo::Large);
    }
    let mut reader = ImageReader::new(Cursor::new(bytes));
    reader.set_format(kind(bytes).ok_or(NoLogo::Kind)?);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| NoLogo::Damaged)?;
    let (width, height) = decoder.dimensions();
    if width > SIDE || height > SIDE || u64::from(width) * u64::from(height) > PIXELS {
        return Err(NoLogo::Pixels);
    }
    let way = decoder.orientation();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| NoLogo::Damaged)?;
    if let Ok(way) = way {
        picture.apply_orientation(way);
    }
    Ok(picture)
}

/// Puts a picture that is seen through on a ground of its own, since mails and pages are light and dark: a light one on a
/// dark ground, any other on white.
fn grounded(picture: &DynamicImage) -> RgbImage {
    let rgba = picture.to_rgba8();
    let (mut light, mut seen) = (0_u64, 0_u64);
    for pixel in rgba.pixels() {
        let [r, g, b, a] = pixel.0.map(u64::from);
        light += (2 * r + 5 * g + b) / 8 * a;
        seen += a;
    }
    let all = u64::from(rgba.width()) * u64::from(rgba.height()) * 255;
    let through = seen < all;
    let ground = if through && light > seen * 200 { [0x19, 0x1c, 0x1e] } else { [255_u8; 3] };
    let mut out = RgbImage::from_pixel(rgba.width(), rgba.height(), Rgb(ground));
    for (to, from) in out.pixels_mut().zip(rgba.pixels()) {
        let alpha = u32::from(from.0[3]);
        for (part, to) in to.0.iter_mut().enumerate() {
            let mixed = (u32::from(from.0[part]) * alpha + u32::from(*to) * (255 - alpha)) / 255;
            *to = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
    }
    out
}

/// The size within a room, in proportion, never larger than it is.
fn within(size: (u32, u32), room: (u32, u32)) -> (u32, u32) {
    let part = f64::from(room.0) / f64::from(size.0.max(1));
    let part = part.min(f64::from(room.1) / f64::from(size.1.max(1))).min(1.0);
    let scaled = |side: u32| ((f64::from(side) * part).round() as u32).max(1);
    (scaled(size.0), scaled(size.1))
}

fn png(picture: &RgbImage) -> Result<Vec<u8>, NoLogo> {
    let mut out = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Best, FilterType::Adaptive);
    picture.write_with_encoder(encoder).map_err(|_| NoLogo::Damaged)?;
    Ok(out)
}

fn draw(workspace: WorkspaceId, bytes: &[u8]) -> Result<Logo, NoLogo> {
    let picture = read(bytes)?;
    let size = within(picture.dimensions(), (2 * ROOM.0, 2 * ROOM.1));
    // Smaller before it is put on a ground: a large picture would take its memory twice.
    let picture = picture.resize_exact(size.0, size.1, Scaling::Triangle);
    let mut drawn = DynamicImage::ImageRgb8(grounded(&picture));
    let mut bytes = png(&drawn.to_rgb8())?;
    while bytes.len() > DRAWN {
        let (width, height) = drawn.dimensions();
        drawn = drawn.resize_exact((width * 3 / 4).max(1), (height * 3 / 4).max(1), Scaling::Triangle);
        bytes = png(&drawn.to_rgb8())?;
    }
    // Sharp where there are twice as many pixels; a small one is shown as large as it is.
    let (width, height) = within(size, ROOM);
    let mut hash = Sha256::new();
    hash.update(workspace.to_string());
    hash.update(&bytes);
    let mut name = String::new();
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(name, "{byte:02x}");
    }
    Ok(Logo { name, width, height, png: bytes })
}

/// Draws a file anew as a logo.
///
/// # Errors
/// [`NoLogo`] says why it is none.
pub async fn drawn(workspace: WorkspaceId, bytes: Vec<u8>) -> Result<Logo, NoLogo> {
    let _turn = TURN.acquire().await.map_err(|_| NoLogo::Damaged)?;
    let drawn = tokio::task::spawn_blocking(move || draw(workspace, &bytes)).await;
    // A decoder that panics has met a damaged picture.
    drawn.unwrap_or(Err(NoLogo::Damaged))
}

#[cfg(test)]
#[path = "logo_tests.rs"]
mod tests;
