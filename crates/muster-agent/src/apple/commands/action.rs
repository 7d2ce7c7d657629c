//! Commands that do something: lock, clear, erase, rename, Lost Mode.

use super::answer::{Answer, MDM, error_chain};
use crate::apple::{
    plists::{Items, dict},
    state::{Afterwards, Passcode, State},
};
use plist::{Dictionary, Value};

/// `DeviceLock`.
pub fn lock(state: &State, command: &Dictionary) -> Answer {
    if command.text("Message").is_none() && command.text("PhoneNumber").is_none() {
        return Answer::done();
    }
    let result = match state.passcode {
        _ if state.lost_mode => "DeviceInLostMode",
        Passcode::Absent => "NoPasscodeSet",
        _ => "Success",
    };
    Answer::with(dict([("MessageResult", result.into())]))
}

/// `ClearPasscode`: the token has to be the one that this device gave.
pub fn clear_passcode(state: &mut State, command: &Dictionary) -> Answer {
    let Some(token) = command.data("UnlockToken") else { return Answer::malformed("UnlockToken") };
    if state.secrets.as_ref().is_none_or(|secrets| secrets.unlock != token) {
        return Answer::error("MCPasscodeErrorDomain", 5013, "The passcode could not be cleared.");
    }
    state.passcode = Passcode::Absent;
    Answer::done()
}

/// `EraseDevice`: acknowledged first.
pub fn erase() -> Answer {
    Answer { afterwards: Afterwards::Erase, ..Answer::done() }
}

/// `Settings`: each item has a status of its own.
pub fn settings(state: &mut State, command: &Dictionary) -> Answer {
    let Some(items) = command.get("Settings").and_then(Value::as_array) else {
        return Answer::malformed("Settings");
    };
    let mut done = false;
    let results = items.iter().map(|item| {
        let item = item.as_dictionary();
        let name = item.and_then(|i| i.text("Item")).unwrap_or_default();
        let failed = |code, domain: &str, text: &str| {
            dict([
                ("Item", name.into()),
                ("Status", "Error".into()),
                ("ErrorChain", error_chain(&[(domain, code, text)])),
            ])
        };
        let result = match (name, item.and_then(|i| i.text("DeviceName"))) {
            ("DeviceName", _) if !state.supervised => {
                failed(29000, "MCChaperoneErrorDomain", "The device is not supervised.")
            }
            ("DeviceName", Some(new)) => {
                new.clone_into(&mut state.hardware.name);
                done = true;
                dict([("Item", name.into()), ("Status", "Acknowledged".into())])
            }
            ("DeviceName", None) => dict([("Item", name.into()), ("Status", "CommandFormatError".into())]),
            _ => failed(28000, "MCSettingsErrorDomain", "The item is not known."),
        };
        Value::Dictionary(result)
    });
    let results = Value::Array(results.collect());
    Answer { executed: done, ..Answer::with(dict([("Settings", results)])) }
}

/// `EnableLostMode`: with something to show.
pub fn enable_lost_mode(state: &mut State, command: &Dictionary) -> Answer {
    if command.text("Message").is_none() && command.text("PhoneNumber").is_none() {
        return Answer::malformed("Message or PhoneNumber");
    }
    state.lost_mode = true;
    Answer::done()
}

fn not_lost() -> Answer {
    Answer::error(MDM, 12067, "The device is not in MDM lost mode.")
}

/// `DisableLostMode`.
pub fn disable_lost_mode(state: &mut State) -> Answer {
    if !std::mem::take(&mut state.lost_mode) {
        return not_lost();
    }
    Answer::done()
}

/// `PlayLostModeSound`.
pub fn sound(state: &State) -> Answer {
    if state.lost_mode { Answer::done() } else { not_lost() }
}

/// `DeviceLocation`: always the same place.
pub fn location(state: &State, now: i64) -> Answer {
    if !state.lost_mode {
        return not_lost();
    }
    let since = std::time::Duration::from_secs(u64::try_from(now).unwrap_or_default());
    let timestamp = der::DateTime::from_unix_duration(since).map(|t| t.to_string()).unwrap_or_default();
    Answer::with(dict([
        ("Latitude", Value::Real(51.4779)),
        ("Longitude", Value::Real(-0.0015)),
        ("Altitude", Value::Real(46.0)),
        ("HorizontalAccuracy", Value::Real(12.5)),
        ("VerticalAccuracy", Value::Real(4.0)),
        ("Course", Value::Real(-1.0)),
        ("Speed", Value::Real(-1.0)),
        ("Timestamp", timestamp.into()),
    ]))
}

/// `DeclarativeManagement`: turned on, and to be synchronised after this session.
pub fn declarative(state: &mut State, command: &Dictionary) -> Answer {
    let data = command.data("Data").map(|d| String::from_utf8_lossy(d).into_owned());
    state.declarative.on = true;
    state.declarative.due = Some(data.unwrap_or_default());
    Answer::done()
}
