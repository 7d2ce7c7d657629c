//! What an Apple device told, as facts and lists that are kept.

use muster_apple_mdm::{
    answer::ErrorItem,
    checkin::Described,
    declarative::StatusReport,
    facts,
    results::{Application, Certificate, DeviceInformation, InstalledProfile, Results, SecurityInfo},
};
use muster_domain::{
    command::CommandKind,
    device::{AppleFacts, Facts, Platform},
};
use muster_pki::certificate::Certificate as Read;
use serde::Serialize;

/// Bytes of a gigabyte as Apple counts capacity.
const GIGABYTE: f64 = 1_000_000_000.0;

fn with(apple: AppleFacts) -> Facts {
    Facts { manufacturer: Some("Apple".to_owned()), apple: Some(Box::new(apple)), ..Facts::default() }
}

/// An iPad says so; everything else with a profile of ours is an iPhone (an iPod touch is one without a telephone).
#[must_use]
pub fn platform(described: &Described) -> Platform {
    let says = |text: &Option<String>| text.as_deref().is_some_and(|t| t.starts_with("iPad"));
    if says(&described.product_name) || says(&described.model_name) {
        Platform::Ipados
    } else {
        Platform::Ios
    }
}

/// What an iPhone is called in lists: its model in words where it says one, or else its product.
fn model(words: Option<&String>, product: Option<&String>) -> Option<String> {
    match (words, product) {
        (Some(words), Some(product)) if !product.starts_with(words.as_str()) => {
            Some(format!("{words} ({product})"))
        }
        (_, Some(product)) => Some(product.clone()),
        (words, None) => words.cloned(),
    }
}

/// What a device says when it begins.
#[must_use]
pub fn at_begin(described: &Described, rights: u32) -> Facts {
    let apple = AppleFacts {
        product: described.product_name.clone(),
        build: described.build_version.clone(),
        imei: described.imei.clone(),
        rights: Some(rights),
        ..AppleFacts::default()
    };
    Facts {
        name: described.device_name.clone(),
        model: model(described.model_name.as_ref(), described.product_name.as_ref()),
        os_version: described.os_version.map(|v| v.to_string()),
        serial: described.serial_number.clone(),
        ..with(apple)
    }
}

/// A share of 0 to 1 in percent.
fn percent(share: f64) -> Option<u8> {
    // Out of range it is no charge: simulators say -1.
    (0.0..=1.0).contains(&share).then_some((share * 100.0).round() as u8)
}

/// Gigabytes in bytes.
fn bytes(gigabytes: f64) -> Option<u64> {
    (0.0..=1_000_000.0).contains(&gigabytes).then_some((gigabytes * GIGABYTE) as u64)
}

fn device(info: &DeviceInformation) -> Facts {
    let apple = AppleFacts {
        product: info.product_name.clone(),
        build: info.build_version.clone(),
        imei: info.imei.clone(),
        supervised: info.supervised,
        lost_mode: info.lost_mode,
        ..AppleFacts::default()
    };
    Facts {
        name: info.device_name.clone(),
        model: model(info.model_name.as_ref(), info.product_name.as_ref()),
        os_version: info.os_version.map(|v| v.to_string()),
        serial: info.serial_number.clone(),
        battery_percent: info.battery.and_then(percent),
        storage_total_bytes: info.capacity.and_then(bytes),
        storage_free_bytes: info.available.and_then(bytes),
        ..with(apple)
    }
}

fn security(info: &SecurityInfo) -> Facts {
    let compliant = match (info.passcode_compliant, info.passcode_compliant_with_profiles) {
        (None, None) => None,
        (a, b) => Some(a != Some(false) && b != Some(false)),
    };
    with(AppleFacts {
        passcode: info.passcode_present,
        passcode_compliant: compliant,
        data_protection: facts::data_protection(info),
        ..AppleFacts::default()
    })
}

/// What declarative management reported; what is not in it has not changed.
#[must_use]
pub fn status(report: &StatusReport) -> Facts {
    let apple = AppleFacts {
        product: report.product_name.clone(),
        build: report.build_version.clone(),
        passcode: report.passcode_present,
        passcode_compliant: report.passcode_compliant,
        ..AppleFacts::default()
    };
    Facts {
        model: model(report.marketing_name.as_ref(), report.product_name.as_ref()),
        os_version: report.os_version.map(|v| v.to_string()),
        serial: report.serial_number.clone(),
        ..with(apple)
    }
}

/// An app as the device's window lists it.
#[derive(Serialize)]
struct App<'a> {
    id: &'a str,
    name: &'a str,
    version: &'a str,
    bytes: u64,
}

/// A profile as the device's window lists it.
#[derive(Serialize)]
struct Profile<'a> {
    id: &'a str,
    name: &'a str,
    organization: &'a str,
    managed: bool,
}

/// A certificate as the device's window lists it.
#[derive(Serialize)]
struct Held<'a> {
    name: &'a str,
    identity: bool,
    /// Until when, in seconds since the epoch.
    until: Option<i64>,
}

fn list<T: Serialize>(kind: CommandKind, entries: &[T]) -> Option<(CommandKind, String)> {
    serde_json::to_string(entries).ok().map(|json| (kind, json))
}

fn app(app: &Application) -> App<'_> {
    App {
        id: &app.identifier,
        name: app.name.as_deref().unwrap_or(&app.identifier),
        version: app.version.as_deref().unwrap_or_default(),
        bytes: app.size,
    }
}

fn profile(profile: &InstalledProfile) -> Profile<'_> {
    Profile {
        id: &profile.identifier,
        name: profile.display_name.as_deref().unwrap_or(&profile.identifier),
        organization: profile.organization.as_deref().unwrap_or_default(),
        managed: profile.managed == Some(true),
    }
}

fn held(certificate: &Certificate) -> Held<'_> {
    Held {
        name: certificate.common_name.as_deref().unwrap_or_default(),
        identity: certificate.identity,
        until: Read::from_der(&certificate.der).ok().map(|read| read.not_after()),
    }
}

/// The errors that a device tells, as people read them.
#[must_use]
pub fn words(chain: &[ErrorItem]) -> Option<String> {
    let one = |e: &ErrorItem| format!("{} ({} {})", e.description, e.domain, e.code);
    let all: Vec<String> = chain.iter().take(3).map(one).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// What a device did not do, of a command that it acknowledged: the settings in it are answered one by one.
#[must_use]
pub fn refused(results: &Results) -> Option<String> {
    let Results::Settings(all) = results else { return None };
    let refused = all.iter().find(|setting| !setting.done)?;
    let why = words(&refused.errors);
    Some(why.unwrap_or_else(|| format!("the device refused it ({})", refused.item)))
}

/// What a device did of a command but not all of it: it is locked, and the message does not show.
#[must_use]
pub fn beside(results: &Results) -> Option<String> {
    match results {
        Results::Lock(result) if result == "Success" => None,
        Results::Lock(result) if result == "NoPasscodeSet" => {
            Some("locked without the message: the device has no passcode (NoPasscodeSet)".to_owned())
        }
        Results::Lock(result) => Some(format!("locked without the message ({result})")),
        _ => None,
    }
}

/// What the results of a command say. `enrolment` is the identifier of the profile that manages the device.
#[must_use]
pub fn results(results: &Results, enrolment: Option<&str>) -> (Option<Facts>, Option<(CommandKind, String)>) {
    match results {
        Results::Device(info) => (Some(device(info)), None),
        Results::Security(info) => (Some(security(info)), None),
        Results::Profiles(all) => {
            let installed = enrolment.map(|id| facts::enrolment_profile(all, id).is_none());
            let told = with(AppleFacts { profile_installed: installed, ..AppleFacts::default() });
            let all: Vec<_> = all.iter().map(profile).collect();
            (Some(told), list(CommandKind::ProfileList, &all))
        }
        Results::Applications(all) => {
            (None, list(CommandKind::ApplicationList, &all.iter().map(app).collect::<Vec<_>>()))
        }
        Results::Certificates(all) => {
            (None, list(CommandKind::CertificateList, &all.iter().map(held).collect::<Vec<_>>()))
        }
        Results::Location(at) => {
            let place = serde_json::json!([{
                "latitude": at.latitude, "longitude": at.longitude, "accuracy": at.accuracy, "at": at.at,
            }]);
            (None, Some((CommandKind::Locate, place.to_string())))
        }
        Results::None | Results::Settings(_) | Results::Lock(_) | Results::Other(_) => (None, None),
    }
}
