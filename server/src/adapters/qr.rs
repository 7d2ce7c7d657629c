//! QR codes (ISO/IEC 18004) with the quiet zone of four modules: of links, level M; of what is longer, level L, so that its modules
//! stay as large as they can be.

mod mask;

use anyhow::Context;
use qrcode::{EcLevel, types::Color};
use std::fmt::Write;

const QUIET: usize = 4;
const PIXELS: usize = 8;
/// Pixels of a module in a code with more in it than a link.
const FEWER: usize = 4;

/// Rows of dark (`true`) and light modules, the quiet zone included.
fn modules(link: &str, level: EcLevel) -> anyhow::Result<Vec<Vec<bool>>> {
    let (colors, inner) = mask::encode(link, level).context("the text is too long for a QR code")?;
    let width = inner + 2 * QUIET;
    let mut rows = vec![vec![false; width]; width];
    for (i, color) in colors.into_iter().enumerate() {
        rows[QUIET + i / inner][QUIET + i % inner] = color == Color::Dark;
    }
    Ok(rows)
}

/// A PNG with one bit a pixel and eight pixels a module.
///
/// # Errors
/// If the link is longer than a QR code can hold.
pub fn png(link: &str) -> anyhow::Result<Vec<u8>> {
    drawn(&modules(link, EcLevel::M)?, PIXELS)
}

/// A PNG of a text that is longer than a link, with one bit a pixel and four pixels a module.
///
/// # Errors
/// If the text is longer than a QR code can hold.
pub fn large(text: &str) -> anyhow::Result<Vec<u8>> {
    drawn(&modules(text, EcLevel::L)?, FEWER)
}

/// One row of pixels, eight a byte from the left; what stands behind the last one is white.
fn line(row: &[bool], pixels: usize) -> Vec<u8> {
    let mut line = vec![0xFF_u8; (row.len() * pixels).div_ceil(8)];
    for at in (0..row.len() * pixels).filter(|at| row[at / pixels]) {
        line[at / 8] &= !(0x80 >> (at % 8));
    }
    line
}

fn drawn(rows: &[Vec<bool>], pixels: usize) -> anyhow::Result<Vec<u8>> {
    let mut data = Vec::with_capacity(rows.len() * rows.len() * pixels * pixels / 8);
    for row in rows {
        // Eight pixels a module: a module is exactly one byte of a row.
        let line: Vec<u8> = match pixels {
            8 => row.iter().map(|dark| if *dark { 0x00 } else { 0xFF }).collect(),
            _ => line(row, pixels),
        };
        for _ in 0..pixels {
            data.extend_from_slice(&line);
        }
    }
    let side = u32::try_from(rows.len() * pixels).context("a picture of impossible size")?;
    let mut out = Vec::with_capacity(1024);
    let mut encoder = png::Encoder::new(&mut out, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    // A picture of 1.4 kB instead of 0.6, in a fifth of the time: a mail has two of them and weighs 20 kB.
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(out)
}

/// An SVG for pages: black on white in both themes, one path of lines as wide as a module, each from where the one before it in its
/// row ended: half the bytes of as many boxes. Empty if the link is too long.
#[must_use]
pub fn svg(link: &str) -> String {
    let Ok(rows) = modules(link, EcLevel::M) else { return String::new() };
    let width = rows.len();
    let mut path = String::with_capacity(4096);
    for (y, row) in rows.iter().enumerate() {
        let (mut x, mut end) = (0, None);
        while x < width {
            let run = row[x..].iter().take_while(|dark| **dark).count();
            if run > 0 {
                let _ = match end {
                    Some(end) => write!(path, "m{} 0h{run}", x - end),
                    None => write!(path, "M{x} {y}.5h{run}"),
                };
                end = Some(x + run);
            }
            x += run.max(1);
        }
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {width}" shape-rendering="crispEdges" role="img" aria-label="QR"><rect width="{width}" height="{width}" fill="#fff"/><path stroke="#000" d="{path}"/></svg>"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://muster.example.org/k7qf2-m9xtr-wd84h-cjn3p-6vbey-a";

    #[test]
    fn the_picture_has_a_white_quiet_zone_and_black_corners() {
        let bytes = png(LINK).unwrap();
        assert!(bytes.len() < 5000);
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        assert_eq!(info.bit_depth, png::BitDepth::One);
        // Version 4 has 33 modules.
        assert_eq!((info.width, info.height), (41 * 8, 41 * 8));
        assert!(data[..info.line_size * 32].iter().all(|byte| *byte == 0xFF));
        let corner = &data[info.line_size * 32..][..info.line_size];
        assert_eq!(&corner[..5], &[0xFF, 0xFF, 0xFF, 0xFF, 0x00]);
    }

    #[test]
    fn a_long_text_has_smaller_modules_that_stand_where_they_should() {
        let bytes = large(&"{}".repeat(400)).unwrap();
        assert!(bytes.len() < 9000, "{}", bytes.len());
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        // Version 20 has 97 modules: half a byte each, and half a byte of nothing at the end.
        assert_eq!((info.width, info.line_size), (105 * 4, 53));
        assert_eq!(&data[info.line_size * 16..][..6], &[0xFF, 0xFF, 0x00, 0x00, 0x00, 0x0F]);
        assert_eq!(line(&[true, false, true], 4), [0x0F, 0x0F]);
    }

    #[test]
    fn the_drawing_is_one_path_on_white() {
        let svg = svg(LINK);
        assert_eq!(svg.matches("<path").count(), 1);
        assert!(svg.contains(r##"fill="#fff""##) && svg.contains("M4 4.5h7m"));
        assert!(svg.len() < 4000, "{}", svg.len());
    }

    #[test]
    fn a_link_that_is_too_long_is_an_error_and_no_panic() {
        assert!(png(&"x".repeat(4000)).is_err());
        assert_eq!(super::svg(&"x".repeat(4000)), "");
    }
}
