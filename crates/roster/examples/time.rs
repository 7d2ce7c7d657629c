//! How long 100,000 rows take, in release: `cargo run --release -p muster-roster --example time`.

use muster_roster::{columns, encoding, pasted, people, table};
use std::{collections::BTreeSet, time::Instant};

const ROWS: usize = 100_000;

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what:<40} {:>7.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    result
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut file = String::from("Фамилия;Имя;Почта;Отдел;Город;Телефон;Табельный номер;Должность\r\n");
    let mut list = String::new();
    for i in 0..ROWS {
        file += &format!(
            "Петрова;Анна {i};anna.petrova{i}@example.org;\"Отделение {}; Сёстры\";Казань;+7 900;{i};Сестра\r\n",
            i % 40
        );
        list += &format!("\"Petrova, Anna\" <anna.petrova{i}@example.org>;\n");
    }
    let utf16: Vec<u8> = format!("\u{FEFF}{file}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf8 = file.into_bytes();
    for (name, bytes) in [("UTF-8", &utf8), ("UTF-16", &utf16)] {
        let (text, _) = timed(&format!("decode, {name}, {} MB", bytes.len() / 1_000_000), || {
            encoding::decode(bytes, None)
        })?;
        let table = timed("table", || table::read(&text, None))?;
        let columns = timed("columns", || columns::guess(table.head(), table.body()));
        let read = timed("people", || people::read(table.body(), &columns, &BTreeSet::new()));
        assert_eq!((read.people.len(), read.bad.len()), (ROWS, 0));
    }
    let read = timed(&format!("pasted, {} MB", list.len() / 1_000_000), || pasted::read(&list))?;
    assert_eq!(read.people.len(), ROWS);
    // What is made to be slow: marks that nothing closes, one line, one cell.
    for (name, part) in [
        ("“", "“"),
        ("(a@", "(a@"),
        ("\"a ", "\"a "),
        ("«a", "«a"),
        ("a ", "a "),
        ("a,", "a,"),
        ("@", "@"),
        (". ", ". "),
    ] {
        let text = part.repeat(8_000_000 / part.len());
        let _ = timed(&format!("pasted, 8 MB of {name}"), || pasted::read(&text));
        let _ = timed(&format!("table, 8 MB of {name}"), || {
            let table = table::read(&text, None)?;
            let columns = columns::guess(table.head(), table.body());
            Ok::<_, table::Refused>(people::read(table.body(), &columns, &BTreeSet::new()))
        });
    }
    Ok(())
}
