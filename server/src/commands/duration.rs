//! Durations as people write them: a whole number with `s`, `m`, `h` or `d`.

use muster_domain::time::{DAY, MINUTE, SECOND};

/// Microseconds of a duration such as `90s`, `30m`, `12h` or `14d`.
pub(super) fn micros(text: &str) -> Result<i64, String> {
    let unit = match text.chars().last() {
        Some('s') => SECOND,
        Some('m') => MINUTE,
        Some('h') => 60 * MINUTE,
        Some('d') => DAY,
        _ => return Err("write a number with s, m, h or d, such as 12h".to_owned()),
    };
    let number =
        text[..text.len() - 1].parse::<u32>().map_err(|_| "write a whole number, such as 12h".to_owned())?;
    i64::from(number).checked_mul(unit).filter(|m| *m > 0).ok_or_else(|| "this is no time at all".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_a_unit_are_durations() {
        let read = |text| micros(text).ok();
        assert_eq!(read("2s"), Some(2 * SECOND));
        assert_eq!(read("30m"), Some(30 * MINUTE));
        assert_eq!(read("12h"), Some(DAY / 2));
        assert_eq!(read("14d"), Some(14 * DAY));
        for wrong in ["", "s", "7", "-1d", "1.5h", "0s", "3w", "1 d", "14д", "99999999999d"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
