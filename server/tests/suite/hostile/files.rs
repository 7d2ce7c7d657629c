//! Files of people. A file that is no list is an answer of its own, with status 200: the page shows it beside the file.

use super::room::{Ask, Case, Ids, Room};
use muster_roster::limits;
use serde_json::{Value, json};

fn file(name: &'static str, bytes: impl Into<Vec<u8>>, says: &'static str) -> Case {
    read(name, bytes, json!({}), 200, says)
}

fn read(name: &'static str, bytes: impl Into<Vec<u8>>, how: Value, status: u16, says: &'static str) -> Case {
    Case { name, ask: Ask::File(bytes.into(), how), status, says }
}

const TWO: &str = "name,email\nAnna,a@example.org\nBoris,b@example.org\n";

pub fn cases(_: &Ids) -> Vec<Case> {
    let utf16 = |units: &[u16]| -> Vec<u8> {
        [&[0xff, 0xfe][..], &units.iter().flat_map(|u| u.to_le_bytes()).collect::<Vec<_>>()].concat()
    };
    vec![
        file("a file of nothing", "", "\"rows\":0"),
        file("a file of a mark alone", "\u{feff}", "\"rows\":0"),
        file("a file of blank lines", "\n\r\n\n", "\"rows\":0"),
        file("a spreadsheet", b"PK\x03\x04rest", "spreadsheet"),
        file("an old spreadsheet", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "spreadsheet"),
        file("a PDF", "%PDF-1.7", "pdf"),
        file("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", "\"Err\""),
        file("a file of NULs", [0_u8; 4096], "\"Err\""),
        file("half of a letter in UTF-16", utf16(&[0x61, 0xd800, 0x62]), "\"Err\""),
        file(
            "a quotation mark that never ends",
            "name,email\n\"Anna,a@example.org\nBoris,b@example.org\n",
            "open_quote",
        ),
        file("ten thousand columns", ",".repeat(10_000), "columns"),
        file("a page of HTML", "<!doctype html><script>alert(1)</script>", "markup"),
        file(
            "a name of a megabyte in a cell",
            format!("name,email\n{},a@example.org\n", "A".repeat(1_000_000)),
            "too_long",
        ),
        file("a header in a cell", "name,email\n\"Ada\r\nBcc: eve@example.net\",a@example.org\n", "control"),
        file("NUL in a cell", "name,email\nAda\0,a@example.org\nBob,b@example.org\n", ""),
        file("an address that is none in a cell", "name,email\nAda,a@@example.org\n", "not_an_address"),
        file("one address twice", "name,email\nAda,a@example.org\nAdb,A@EXAMPLE.org\n", "\"bad_total\":1"),
        read("an encoding that is none", TWO, json!({ "encoding": "ebcdic" }), 422, "could not be read"),
        read(
            "columns that are none",
            TWO,
            json!({ "columns": ["name", "password"] }),
            422,
            "could not be read",
        ),
        read("a word that reading does not know", TWO, json!({ "execute": true }), 422, "could not be read"),
        read(
            "a line below nothing that is left out",
            TWO,
            json!({ "left_out": [-1] }),
            422,
            "could not be read",
        ),
        Case {
            name: "a file over the limit",
            ask: Ask::Large("/import/file", limits::TEXT + 1),
            status: 413,
            says: "",
        },
        Case {
            name: "rows that are none",
            ask: Ask::Call("import_look", json!({ "upload": "x", "how": {}, "part": { "which": "theirs" } })),
            status: 422,
            says: "could not be read",
        },
        Case {
            name: "a page before the first one",
            ask: Ask::Call("import_look", json!({ "upload": "x", "how": {}, "part": { "page": -1 } })),
            status: 422,
            says: "could not be read",
        },
        Case {
            name: "an upload that is a path",
            ask: Ask::Call("import_look", json!({ "upload": "../../muster.key", "how": {}, "part": {} })),
            status: 404,
            says: "not_found",
        },
    ]
}

#[tokio::test]
async fn a25_a37_a43_a_file_that_is_no_list_is_told_so_and_writes_nothing() {
    let room = Room::open().await;
    room.refuses(cases(&room.ids)).await;
}
