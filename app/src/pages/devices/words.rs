//! Devices in words: amounts, events, platforms.

use crate::text::{self, t};
use muster_domain::{
    Language,
    device::{Device, DeviceEvent},
};

/// Platform and version, such as `Android 14`.
pub(super) fn platform(device: &Device) -> String {
    let name = text::platform(device.platform);
    match device.facts.os_version.as_deref().filter(|v| !v.is_empty()) {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    }
}

/// An amount of storage as makers of phones count it, such as `93.2 GB`.
pub(super) fn bytes(language: Language, n: u64) -> String {
    let (point, units) = match language {
        Language::En => ('.', ["B", "kB", "MB", "GB", "TB"]),
        Language::Ru => (',', ["Б", "кБ", "МБ", "ГБ", "ТБ"]),
    };
    let (mut scale, mut unit) = (1_u64, 0);
    while n / scale >= 1000 && unit + 1 < units.len() {
        scale *= 1000;
        unit += 1;
    }
    let tenths = (u128::from(n) * 10 + u128::from(scale / 2)) / u128::from(scale);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let unit = units.get(unit).copied().unwrap_or_default();
    if tenth == 0 || whole >= 1000 {
        format!("{whole}\u{a0}{unit}")
    } else {
        format!("{whole}{point}{tenth}\u{a0}{unit}")
    }
}

/// What happened, in a sentence; and what explains it.
pub(super) fn event(language: Language, event: &DeviceEvent) -> (String, String) {
    let none = String::new();
    match event {
        DeviceEvent::Connected => (t::dev_event_connected(language).to_owned(), none),
        DeviceEvent::ConnectedAgain { new_key: true } => {
            (t::dev_event_again(language).to_owned(), t::dev_event_new_key(language).to_owned())
        }
        DeviceEvent::ConnectedAgain { new_key: false } => {
            (t::dev_event_again(language).to_owned(), t::dev_event_same_key(language).to_owned())
        }
        DeviceEvent::Left => (t::dev_event_left(language).to_owned(), t::reason_left(language).to_owned()),
        DeviceEvent::Renamed { from, to } => (t::dev_event_renamed(language, from, to), none),
        DeviceEvent::Moved { from, to } => (t::dev_event_moved(language, from, to), none),
        DeviceEvent::Status { to, reasons, .. } => {
            let why: Vec<String> = reasons.iter().map(|r| text::reason(language, r)).collect();
            (t::dev_event_status(language, text::status(language, *to)), why.join("; "))
        }
        DeviceEvent::OsUpdated { from, to } => (t::dev_event_os(language, from, to), none),
        DeviceEvent::AgentUpdated { from, to } => (t::dev_event_agent(language, from, to), none),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_is_told_as_it_stands_on_the_box() {
        let en = |n| bytes(Language::En, n).replace('\u{a0}', " ");
        assert_eq!(en(0), "0 B");
        assert_eq!(en(999), "999 B");
        assert_eq!(en(1_500), "1.5 kB");
        assert_eq!(en(128_000_000_000), "128 GB");
        assert_eq!(en(93_240_000_000), "93.2 GB");
        assert_eq!(en(1_000_000_000_000), "1 TB");
        assert_eq!(en(u64::MAX), "18446744 TB");
        assert_eq!(bytes(Language::Ru, 93_240_000_000), "93,2\u{a0}ГБ");
    }
}
