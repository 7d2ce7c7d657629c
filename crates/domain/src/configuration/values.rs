//! The values of a configuration. What the agent would misread, or would do harm by, cannot be made.

pub use super::choices::{
    AppPermissions, Downloads, IconSize, Locating, LogLevel, Orientation, PasswordQuality,
};
use super::{
    cell::{Cell, Kind, text},
    form::Fault,
};

/// Characters of a line at most.
const LINE: usize = 200;
/// Characters of an address at most.
const ADDRESS: usize = 2000;

text! {
    /// The name of a package such as `com.example.app`: parts of letters, digits and `_` with dots between.
    Package, Kind::Text, Fault::Package, |text| {
        let part = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        text.len() <= 255 && text.contains('.') && text.split('.').all(part)
    }
}
text! {
    /// A line of text.
    Line, Kind::Text, Fault::Line { most: LINE as u32 }, |text| {
        text.chars().count() <= LINE && !text.chars().any(char::is_control)
    }
}
text! {
    /// An `https://` address. Over another way whoever stands between could hand a phone another file.
    Address, Kind::Address, Fault::Address, |text| {
        let host = text.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '\\';
        host.is_some_and(|host| !host.is_empty() && !host.contains('@')) && text.chars().all(plain) && text.len() <= ADDRESS
    }
}
text! {
    /// A colour as `#rrggbb`.
    Colour, Kind::Colour, Fault::Colour, |text| {
        text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    }
}
text! {
    /// A path below the phone's shared storage: one part at least, none of them `.` or `..`, so that nothing outside of it and never
    /// the whole of it is meant.
    Below, Kind::Text, Fault::Path, |text| {
        let parts = text.strip_prefix('/').unwrap_or(text);
        let parts = parts.strip_suffix('/').unwrap_or(parts);
        let part = |p: &str| !p.trim().is_empty() && !matches!(p, "." | "..") && !p.chars().any(|c| c.is_control() || c == '\\');
        text.chars().count() <= 512 && parts.split('/').all(part)
    }
}
text! {
    /// The MD5 of a file, 32 hexadecimal digits in lower case, by which it is told whether the file on a phone is the one that is
    /// meant. It is no protection.
    Md5, Kind::Text, Fault::Checksum, |text| {
        text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }
}
text! {
    /// The name of a time zone such as `Europe/Berlin`, or `auto`.
    TimeZone, Kind::Text, Fault::TimeZone { near: None }, |text| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+');
        text.len() <= 64 && text.bytes().all(plain) && !text.starts_with('/') && !text.ends_with('/')
    }
}

/// A list of names, with commas between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// Names in a list at most.
    const MOST: usize = 100;

    /// The names.
    #[must_use]
    pub fn all(&self) -> &[String] {
        &self.0
    }
}

impl Cell for Words {
    const KIND: Kind = Kind::Text;

    fn read(text: &str) -> Result<Self, Fault> {
        let words: Vec<String> = text
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        let plain =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '$' | '/' | '*' | ':' | '+');
        let right = |word: &String| word.chars().all(plain) && word.len() <= 255;
        if words.is_empty() || words.len() > Self::MOST || !words.iter().all(right) {
            return Err(Fault::Words);
        }
        Ok(Self(words))
    }

    fn written(&self) -> String {
        self.0.join(", ")
    }
}

/// A whole number between two others.
macro_rules! number {
    ($(#[$doc:meta])* $type:ident: $inner:ty, $least:literal..=$most:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $type($inner);

        impl $type {
            /// The number.
            #[must_use]
            pub fn get(self) -> $inner {
                self.0
            }
        }

        impl Cell for $type {
            const KIND: Kind = Kind::Number { least: $least, most: $most };

            fn read(text: &str) -> Result<Self, Fault> {
                let digits = text.bytes().all(|b| b.is_ascii_digit());
                let number = text.parse::<$inner>().ok().filter(|n| digits && ($least..=$most).contains(n));
                number.map(Self).ok_or(Fault::Number { least: $least, most: $most })
            }

            fn written(&self) -> String {
                self.0.to_string()
            }
        }
    };
}

number! {
    /// From 0 to 100.
    Percent: u8, 0..=100
}
number! {
    /// Until the screen goes dark: from a quarter of a minute to half an hour.
    Seconds: u16, 15..=1800
}
number! {
    /// A place in an order.
    Position: u16, 1..=999
}

/// Since when something is as it is, in milliseconds: a device takes up what is newer than what it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since(pub i64);

impl Cell for Since {
    const KIND: Kind = Kind::Hidden;
    const REQUIRED: bool = false;

    fn read(text: &str) -> Result<Self, Fault> {
        Ok(Self(text.parse().ok().filter(|n| *n >= 0).unwrap_or_default()))
    }

    fn written(&self) -> String {
        if self.0 == 0 { String::new() } else { self.0.to_string() }
    }
}

/// How bright the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brightness {
    /// The phone sees to it.
    Auto,
    /// So bright.
    Fixed(Percent),
}

impl Cell for Brightness {
    const KIND: Kind = Kind::Text;

    fn read(text: &str) -> Result<Self, Fault> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        Percent::read(text).map(Self::Fixed).map_err(|_| Fault::Brightness)
    }

    fn written(&self) -> String {
        match self {
            Self::Auto => "auto".to_owned(),
            Self::Fixed(percent) => percent.written(),
        }
    }
}

/// Hours of the day on the phone's clock, such as `22:00-05:00`; they may go over midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The beginning, `hh:mm`.
    pub from: String,
    /// The end.
    pub to: String,
}

fn is_time(text: &str) -> bool {
    let below = |part: &str, end: u8| {
        part.len() == 2
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse::<u8>().is_ok_and(|n| n < end)
    };
    text.split_once(':').is_some_and(|(hour, minute)| below(hour, 24) && below(minute, 60))
}

impl Cell for Hours {
    const KIND: Kind = Kind::Text;

    fn read(text: &str) -> Result<Self, Fault> {
        let (from, to) = text.split_once(['-', '–']).ok_or(Fault::Hours)?;
        let (from, to) = (from.trim(), to.trim());
        if !is_time(from) || !is_time(to) || from == to {
            return Err(Fault::Hours);
        }
        Ok(Self { from: from.to_owned(), to: to.to_owned() })
    }

    fn written(&self) -> String {
        format!("{}-{}", self.from, self.to)
    }
}

/// When Android's own updates are installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SystemUpdates {
    /// As the phone is set.
    Default,
    /// At once.
    Instant,
    /// Put off, for 30 days at most.
    Manual,
    /// At these hours.
    Within(Hours),
}

impl Cell for SystemUpdates {
    const KIND: Kind = Kind::Text;

    fn read(text: &str) -> Result<Self, Fault> {
        match text {
            "default" => Ok(Self::Default),
            "instant" => Ok(Self::Instant),
            "manual" => Ok(Self::Manual),
            hours => Hours::read(hours).map(Self::Within).map_err(|_| Fault::SystemUpdates),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Default => "default".to_owned(),
            Self::Instant => "instant".to_owned(),
            Self::Manual => "manual".to_owned(),
            Self::Within(hours) => hours.written(),
        }
    }
}
