//! Tables on the terminal: figures with their aims, and sizes of files.

use serde_json::{Value, json};

/// What a figure counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes, written in kB of 1000.
    Bytes,
    /// Megabytes of memory, of 1,000,000 bytes.
    Megabytes,
    /// Milliseconds.
    Millis,
    /// Microseconds.
    Micros,
    /// Seconds.
    Seconds,
    /// So many a second.
    PerSecond,
    /// Of a hundred.
    Points,
    /// A share, of a hundred.
    Percent,
}

impl Unit {
    fn write(self, number: f64) -> String {
        match self {
            Self::Bytes => bytes(number as u64),
            Self::Megabytes => format!("{number:.0} MB"),
            Self::Millis if number < 10.0 => format!("{number:.2} ms"),
            Self::Millis => format!("{number:.0} ms"),
            Self::Micros => format!("{number:.2} µs"),
            Self::Seconds => format!("{number:.2} s"),
            Self::PerSecond => format!("{}/s", grouped(number as u64)),
            Self::Points => format!("{number:.0}"),
            Self::Percent => format!("{number:.2} %"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Megabytes => "MB",
            Self::Millis => "ms",
            Self::Micros => "µs",
            Self::Seconds => "s",
            Self::PerSecond => "per second",
            Self::Points => "of 100",
            Self::Percent => "%",
        }
    }
}

enum Aim {
    Below(f64),
    AtLeast(f64),
}

/// One measured figure.
pub struct Figure {
    name: String,
    number: f64,
    unit: Unit,
    aim: Option<Aim>,
    note: String,
}

impl Figure {
    /// A figure without an aim.
    pub fn new(name: impl Into<String>, number: f64, unit: Unit) -> Self {
        Self { name: name.into(), number, unit, aim: None, note: String::new() }
    }

    /// It should be below this.
    pub fn below(self, aim: f64) -> Self {
        Self { aim: Some(Aim::Below(aim)), ..self }
    }

    /// It should be this or more.
    pub fn at_least(self, aim: f64) -> Self {
        Self { aim: Some(Aim::AtLeast(aim)), ..self }
    }

    /// What one should know to read it.
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    fn met(&self) -> Option<bool> {
        self.aim.as_ref().map(|aim| match aim {
            Aim::Below(aim) => self.number < *aim,
            Aim::AtLeast(aim) => self.number >= *aim,
        })
    }

    fn row(&self) -> [String; 5] {
        let aim = match &self.aim {
            Some(Aim::Below(aim)) => format!("< {}", self.unit.write(*aim)),
            Some(Aim::AtLeast(aim)) => format!("≥ {}", self.unit.write(*aim)),
            None => String::new(),
        };
        let met = match self.met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        [self.name.clone(), self.unit.write(self.number), aim, met.to_owned(), self.note.clone()]
    }

    /// For `--json`.
    pub fn json(&self) -> Value {
        let aim = match self.aim {
            Some(Aim::Below(aim)) => json!({ "below": aim }),
            Some(Aim::AtLeast(aim)) => json!({ "at_least": aim }),
            None => Value::Null,
        };
        json!({
            "name": self.name, "value": self.number, "unit": self.unit.name(), "aim": aim, "met": self.met(),
            "note": self.note,
        })
    }
}

/// Sizes of one file, in bytes.
pub struct Size {
    /// The file's name.
    pub name: String,
    /// As it is.
    pub raw: u64,
    /// Compressed by brotli.
    pub br: Option<u64>,
    /// Compressed by gzip.
    pub gz: Option<u64>,
}

/// Prints figures with their aims.
pub fn print(figures: &[Figure]) {
    print_rows(["figure", "measured", "aim", "", ""], figures.iter().map(Figure::row));
}

/// Prints sizes of files.
pub fn print_sizes(sizes: &[Size]) {
    let or_nothing = |value: Option<u64>| value.map(bytes).unwrap_or_default();
    let row = |size: &Size| {
        [size.name.clone(), bytes(size.raw), or_nothing(size.br), or_nothing(size.gz), String::new()]
    };
    print_rows(["file", "size", "brotli", "gzip", ""], sizes.iter().map(row));
}

/// A number of bytes in kB of 1000.
pub fn bytes(count: u64) -> String {
    format!("{:.1} kB", count as f64 / 1000.0)
}

/// Thousands apart: 12,431.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn print_rows(head: [&str; 5], rows: impl Iterator<Item = [String; 5]>) {
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    rows.iter().for_each(|row| println!("{}", line(row, &widths)));
}

/// The first and the last column to the left, the others to the right.
fn line(row: &[String; 5], widths: &[usize; 5]) -> String {
    let [a, b, c, d, e] = row;
    let [wa, wb, wc, wd, _] = widths;
    format!("  {a:<wa$}  {b:>wb$}  {c:>wc$}  {d:>wd$}  {e}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Figure, Unit, grouped};

    #[test]
    fn an_aim_is_met_on_its_own_side_only() {
        let below = |n| Figure::new("x", n, Unit::Bytes).below(400.0).met();
        assert_eq!((below(399.0), below(400.0)), (Some(true), Some(false)));
        let least = |n| Figure::new("x", n, Unit::PerSecond).at_least(400.0).met();
        assert_eq!((least(400.0), least(399.0)), (Some(true), Some(false)));
        assert_eq!(Figure::new("x", 1.0, Unit::Millis).met(), None);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(
            ["7", "999", "1,000", "12,431", "1,234,567"],
            [7, 999, 1000, 12_431, 1_234_567].map(grouped).each_ref().map(String::as_str)
        );
    }
}
