//! A report beside the configuration that its device fetched: what is not as it should be, and where the device is, if that is asked
//! for. Where it is not, nothing of it is kept.

use super::{told::AGENT, wanted::wants_launcher};
use muster_domain::{
    Timestamp,
    configuration::{ConfigurationSettings, Present, apps_lacking, files_lacking},
    device::{HeadwindFacts, Place},
};
use muster_headwind::report::{DeviceInfo, Location};

/// Adds what follows from a report to its facts.
pub fn compare(facts: &mut HeadwindFacts, said: &DeviceInfo, wanted: Option<&ConfigurationSettings>) {
    let none = ConfigurationSettings::default();
    let wanted = wanted.unwrap_or(&none);
    let apps: Vec<_> = said
        .applications
        .iter()
        .map(|app| Present { what: &app.package, which: app.version.as_deref() })
        .collect();
    let files: Vec<_> =
        said.files.iter().map(|file| Present { what: &file.path, which: file.checksum.as_deref() }).collect();
    facts.apps = Some(apps_lacking(wanted, &apps));
    facts.files = Some(files_lacking(wanted, &files));
    facts.other_launcher = Some(other_launcher(said, wanted).unwrap_or_default());
    facts.place = said.location.filter(|_| wanted.location.is_some()).map(place);
    facts.no_place = wanted.location.is_none();
}

/// The launcher that a device has where it should be the agent.
fn other_launcher(said: &DeviceInfo, wanted: &ConfigurationSettings) -> Option<String> {
    let package = said.launcher_package.as_deref().filter(|package| !package.trim().is_empty());
    let is_agent = said.default_launcher.or_else(|| package.map(|package| package == AGENT))?;
    (wants_launcher(wanted) && !is_agent).then(|| package.unwrap_or("?").to_owned())
}

fn place(location: Location) -> Place {
    // A degree is at most 180: a million times it fits.
    #[expect(clippy::cast_possible_truncation, reason = "within ±180 degrees, as the report was read")]
    let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
    Place {
        latitude: millionths(location.latitude),
        longitude: millionths(location.longitude),
        at: Timestamp(location.timestamp.saturating_mul(1000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn compared(report: &Value, wanted: &Value) -> HeadwindFacts {
        let said = DeviceInfo::parse(report.to_string().as_bytes()).unwrap();
        let mut facts = HeadwindFacts::default();
        compare(&mut facts, &said, Some(&ConfigurationSettings::of_document(wanted).unwrap()));
        facts
    }

    #[test]
    fn where_a_device_is_is_kept_where_it_is_asked_for_and_nowhere_else() {
        let report = json!({ "location": { "ts": 7, "lat": 52.520008, "lon": -13.4 } });
        let facts = compared(&report, &json!({ "location": "gps" }));
        let place = facts.place.unwrap();
        assert_eq!((place.latitude, place.longitude, place.at), (52_520_008, -13_400_000, Timestamp(7000)));
        let facts = compared(&report, &json!({}));
        assert_eq!((facts.place, facts.no_place), (None, true));
    }

    #[test]
    fn another_launcher_is_held_against_a_device_only_where_the_agent_is_wanted() {
        let report = json!({ "launcherPackage": "com.android.launcher3", "defaultLauncher": false });
        for (wanted, has) in [
            (json!({}), ""),
            (json!({ "launcher": false }), ""),
            (json!({ "launcher": true }), "com.android.launcher3"),
            (json!({ "kiosk_app": "a.b" }), "com.android.launcher3"),
        ] {
            assert_eq!(compared(&report, &wanted).other_launcher.as_deref(), Some(has), "{wanted}");
        }
        let own = json!({ "launcherPackage": AGENT, "defaultLauncher": true });
        assert_eq!(compared(&own, &json!({ "launcher": true })).other_launcher.as_deref(), Some(""));
        assert_eq!(
            compared(&json!({}), &json!({ "launcher": true })).other_launcher.as_deref(),
            Some(""),
            "not told"
        );
    }
}
