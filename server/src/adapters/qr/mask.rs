//! The choice of a QR code's mask (ISO/IEC 18004, section 7.8.3): the one with the fewest features that confuse a
//! reader. The `qrcode` crate chooses the same, but looks at one module at a time, which took most of a mail's time;
//! here a whole row is a number.

use qrcode::{
    EcLevel, QrResult,
    bits::encode_auto,
    canvas::{Canvas, MaskPattern},
    ec::construct_codewords,
    types::Color,
};

const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];

/// The widest code that fits into numbers of 128 bits with room at both ends; it holds 900 bytes of a link.
const WIDEST: usize = 117;

/// A line of modules: bit `n` is module `n`, dark or light.
type Line = u128;

/// The modules of a code for this text, row by row, and how many stand in a row.
pub(super) fn encode(text: &str, level: EcLevel) -> QrResult<(Vec<Color>, usize)> {
    let bits = encode_auto(text.as_bytes(), level)?;
    let version = bits.version();
    let (data, correction) = construct_codewords(&bits.into_bytes(), version, level)?;
    let mut canvas = Canvas::new(version, level);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    let width = usize::from(version.width().unsigned_abs());
    if width > WIDEST {
        return Ok((canvas.apply_best_mask().into_colors(), width));
    }
    let masked = MASKS.map(|mask| {
        let mut canvas = canvas.clone();
        canvas.apply_mask(mask);
        canvas.into_colors()
    });
    let best = masked.into_iter().min_by_key(|colors| penalty(colors, width)).unwrap_or_default();
    Ok((best, width))
}

/// How bad a mask is. The three finder patterns count the same in all.
fn penalty(colors: &[Color], width: usize) -> u32 {
    let (mut rows, mut columns) = (vec![0; width], vec![0; width]);
    for (row, line) in colors.chunks(width).enumerate() {
        for (column, color) in line.iter().enumerate() {
            let dark = Line::from(*color == Color::Dark);
            rows[row] |= dark << column;
            columns[column] |= dark << row;
        }
    }
    let lines =
        rows.iter().chain(&columns).map(|line| runs(*line, width) + finders(*line, width)).sum::<u32>();
    let blocks = rows.windows(2).map(|pair| 3 * squares(pair[0], pair[1], width)).sum::<u32>();
    let dark = rows.iter().map(|row| row.count_ones()).sum::<u32>() as usize;
    let ratio = dark * 200 / (width * width);
    lines + blocks + u32::try_from(ratio.abs_diff(100)).unwrap_or(u32::MAX)
}

/// Where a module is like the next one.
fn alike(line: Line, width: usize) -> Line {
    !(line ^ line >> 1) & ((1 << (width - 1)) - 1)
}

/// Runs of five or more of one colour: each its length less two.
fn runs(line: Line, width: usize) -> u32 {
    let like = alike(line, width);
    let four = like & like >> 1 & like >> 2 & like >> 3;
    four.count_ones() + 2 * (four & !(four << 1)).count_ones()
}

/// Squares of four modules of one colour.
fn squares(above: Line, below: Line, width: usize) -> u32 {
    (alike(above, width) & alike(below, width) & !(above ^ below)).count_ones()
}

/// What looks like a finder pattern, `#.###.#` with four light modules at one side.
fn finders(line: Line, width: usize) -> u32 {
    let places = (1 << (width - 6)) - 1;
    let mut found =
        line & !(line >> 1) & line >> 2 & line >> 3 & line >> 4 & !(line >> 5) & line >> 6 & places;
    let mut score = 0;
    while found != 0 {
        let at = found.trailing_zeros();
        // Shifted by four, so that what lies before the first module is light.
        let before = (line << 4) >> at & 0xF;
        let after = line >> (at + 7) & 0xF;
        if before == 0 || after == 0 {
            score += 40;
        }
        found &= found - 1;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qrcode::QrCode;

    fn same(text: &str) {
        let (colors, width) = encode(text, EcLevel::M).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        assert!(colors == code.to_colors() && width == code.width(), "{text}");
    }

    #[test]
    fn the_largest_codes_are_made_too() {
        for length in [1, 900, 1000, 2000] {
            same(&"x".repeat(length));
        }
        assert!(encode(&"x".repeat(4000), EcLevel::M).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_code_is_the_one_that_the_crate_makes(text in "[ -~]{1,120}") {
            same(&text);
        }
    }
}
