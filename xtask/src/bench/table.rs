//! Tables on the terminal: figures with their aims, and sizes of files.

/// One measured figure.
pub struct Figure {
    name: String,
    value: String,
    aim: Option<(String, bool)>,
}

impl Figure {
    /// A figure without an aim.
    pub fn plain(name: &str, value: String) -> Self {
        Self { name: name.to_owned(), value, aim: None }
    }

    /// A figure that should not exceed its aim.
    pub fn at_most(name: &str, value: u64, aim: u64, write: fn(u64) -> String) -> Self {
        let aim = (format!("at most {}", write(aim)), value <= aim);
        Self { name: name.to_owned(), value: write(value), aim: Some(aim) }
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
    let mut rows = vec![["figure", "measured", "aim", "met"].map(str::to_owned)];
    for figure in figures {
        let (aim, met) = match &figure.aim {
            Some((aim, met)) => (aim.clone(), if *met { "yes" } else { "no" }),
            None => (String::new(), ""),
        };
        rows.push([figure.name.clone(), figure.value.clone(), aim, met.to_owned()]);
    }
    rows.iter().for_each(|row| println!("{}", line(row, &widths(&rows))));
}

/// Prints sizes of files.
pub fn print_sizes(sizes: &[Size]) {
    let mut rows = vec![["file", "size", "brotli", "gzip"].map(str::to_owned)];
    for size in sizes {
        let or_nothing = |value: Option<u64>| value.map(bytes).unwrap_or_default();
        rows.push([size.name.clone(), bytes(size.raw), or_nothing(size.br), or_nothing(size.gz)]);
    }
    rows.iter().for_each(|row| println!("{}", line(row, &widths(&rows))));
}

/// A number of bytes in kB of 1000.
pub fn bytes(count: u64) -> String {
    format!("{:.1} kB", count as f64 / 1000.0)
}

fn widths(rows: &[[String; 4]]) -> [usize; 4] {
    let mut widths = [0; 4];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    widths
}

/// The first column to the left, the others to the right.
fn line(row: &[String; 4], widths: &[usize; 4]) -> String {
    let [a, b, c, d] = row;
    let [wa, wb, wc, wd] = widths;
    format!("  {a:<wa$}  {b:>wb$}  {c:>wc$}  {d:>wd$}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Figure, bytes};

    #[test]
    fn a_figure_above_its_aim_is_not_met() {
        let met = |value| Figure::at_most("x", value, 400, bytes).aim.map(|(_, met)| met);
        assert_eq!((met(400), met(401)), (Some(true), Some(false)));
    }
}
