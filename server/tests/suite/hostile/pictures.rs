//! Files that only call themselves a logo.

use super::room::{Ask, Case, Ids, Room};
use reqwest::Method;

fn logo(name: &'static str, bytes: impl Into<Vec<u8>>, says: &'static str) -> Case {
    let ask = Ask::Send(Method::POST, "/message/logo".into(), "image/png", bytes.into());
    Case { name, ask, status: 422, says }
}

/// A PNG's head that claims these sides.
fn head(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&chunk);
    png.extend(crc(&chunk).to_be_bytes());
    png
}

/// The check of a chunk (RFC 2083, section 3.4).
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    !crc
}

pub fn cases(_: &Ids) -> Vec<Case> {
    vec![
        logo("a logo of nothing", "", "empty"),
        logo(
            "a drawing with a script",
            "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "kind",
        ),
        logo("a page that is called a picture", "<html><script>alert(1)</script>", "kind"),
        logo("a GIF that is a script too", "GIF89a=1;alert(1)//", "kind"),
        logo("a picture of a kind that is not taken", b"RIFF\0\0\0\0WEBPVP8 ", "kind"),
        logo("a PNG of its first bytes alone", b"\x89PNG\r\n\x1a\n", "damaged"),
        logo("a JPEG of its first bytes alone", b"\xff\xd8\xff\xe0\0\x10JFIF", "damaged"),
        logo("a picture of four billion pixels a side", head(u32::MAX, u32::MAX), "\"refused\""),
        logo("a picture of more pixels than are unpacked", head(5999, 5999), "\"refused\""),
        logo("a picture without a side", head(0, 10), "damaged"),
        logo("a picture without its pixels", head(10, 10), "damaged"),
        Case {
            name: "a logo over the limit",
            ask: Ask::Large("/message/logo", 300 << 10),
            status: 413,
            says: "",
        },
    ]
}

#[tokio::test]
async fn a43_what_is_no_picture_is_refused_and_the_logo_stays() {
    let room = Room::open().await;
    room.refuses(cases(&room.ids)).await;
}
