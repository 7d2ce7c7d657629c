//! Days and moments in the words of a language.

use muster_domain::{Language, Timestamp};

/// A moment in words, in UTC: "Tuesday, 1 December 2026, 18:00 UTC".
#[must_use]
pub fn date_in_words(language: Language, at: Timestamp) -> String {
    let c = at.civil();
    // 1970-01-01 was a Thursday.
    let weekday = (at.seconds().div_euclid(86_400) + 4).rem_euclid(7) as usize;
    let (weekdays, year) = match language {
        Language::En => (["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"], ""),
        Language::Ru => {
            (["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"], " г.")
        }
    };
    let (day, hour, minute) = (day_in_words(language, at), c.hour, c.minute);
    format!("{}, {day} {}{year}, {hour:02}:{minute:02} UTC", weekdays[weekday], c.year)
}

/// A day in words, in UTC: "1 December".
#[must_use]
pub fn day_in_words(language: Language, at: Timestamp) -> String {
    let months = match language {
        Language::En => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        Language::Ru => [
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ],
    };
    let c = at.civil();
    format!("{} {}", c.day, months[usize::from(c.month.saturating_sub(1)) % 12])
}
