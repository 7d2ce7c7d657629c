//! Answers to commands: statuses, error chains, and the results as types.

#![expect(clippy::panic, reason = "a test that panics fails, as it should")]

mod common;

use common::{UDID, answer, plist};
use muster_apple_mdm::{
    answer::{Report, read},
    checkin::InvalidMessage,
    facts::{self, Fact},
    inventory::OsVersion,
    results::Results,
};

fn report(text: &str) -> Report {
    read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text}")).report
}

fn results(more: &str) -> Results {
    match report(&answer("Acknowledged", more)) {
        Report::Acknowledged(_, results) => *results,
        other => panic!("{other:?}"),
    }
}

#[test]
fn idle_needs_no_command() {
    let idle =
        plist(&format!("<key>Status</key><string>Idle</string><key>UDID</key><string>{UDID}</string>"));
    assert_eq!(report(&idle), Report::Idle);
}

#[test]
fn every_other_status_needs_one() {
    for status in ["Acknowledged", "Error", "CommandFormatError", "NotNow"] {
        let text = answer(status, "");
        assert_ne!(report(&text), Report::Idle);
        let without = text.replace("<key>CommandUUID</key>", "<key>Other</key>");
        assert_eq!(read(without.as_bytes()), Err(InvalidMessage::Missing("CommandUUID")), "{status}");
    }
    let text = answer("Maybe", "");
    assert_eq!(read(text.as_bytes()), Err(InvalidMessage::UnknownStatus("Maybe".into())));
    let sender = answer("NotNow", "").replace("UDID</key>", "Other</key>");
    assert_eq!(read(sender.as_bytes()), Err(InvalidMessage::Missing("UDID")));
}

#[test]
fn an_error_chain_is_kept_in_order_and_bounded() {
    let item = "<dict><key>ErrorCode</key><integer>12021</integer><key>ErrorDomain</key><string>MCMDMErrorDomain</string>\
                <key>LocalizedDescription</key><string>Nicht g\u{fc}ltig</string>\
                <key>USEnglishDescription</key><string>Not valid</string></dict>";
    let local = "<dict><key>LocalizedDescription</key><string>Nein</string></dict>";
    let chain = format!("<key>ErrorChain</key><array>{item}{local}{}</array>", item.repeat(1000));
    let Report::Error(_, errors) = report(&answer("Error", &chain)) else { panic!() };
    assert_eq!(errors.len(), 16);
    assert_eq!((errors[0].code, errors[0].domain.as_str()), (12021, "MCMDMErrorDomain"));
    assert_eq!((errors[0].description.as_str(), errors[1].description.as_str()), ("Not valid", "Nein"));
    assert!(matches!(report(&answer("Error", "")), Report::Error(_, none) if none.is_empty()));
    assert!(
        matches!(report(&answer("CommandFormatError", &chain)), Report::FormatError(_, some) if some.len() == 16)
    );
}

#[test]
fn device_information_becomes_fields_and_keeps_the_rest() {
    let Results::Device(device) = results(
        "<key>QueryResponses</key><dict>\
         <key>DeviceName</key><string>Ada&#10;&lt;b&gt;'s iPhone</string><key>OSVersion</key><string>17.4.1</string>\
         <key>BuildVersion</key><string>21E236</string><key>ProductName</key><string>iPhone15,2</string>\
         <key>SerialNumber</key><string>H4XX9Q7F2K</string><key>WiFiMAC</key><string>A0:B1:C2:D3:E4:F5</string>\
         <key>DeviceCapacity</key><real>128</real><key>AvailableDeviceCapacity</key><integer>64</integer>\
         <key>BatteryLevel</key><real>0.75</real><key>IsSupervised</key><false/><key>IsRoaming</key><integer>1</integer>\
         <key>LastCloudBackupDate</key><date>2026-11-01T10:00:00Z</date>\
         <key>ServiceSubscriptions</key><array><dict><key>Slot</key><string>1</string></dict>\
         <dict><key>IMEI</key><string>35 698202 123456 7</string></dict></array>\
         <key>Model</key><integer>7</integer><key>Future</key><string>x</string></dict>",
    ) else {
        panic!()
    };
    assert_eq!(device.device_name.as_deref(), Some("Ada<b>'s iPhone"));
    assert_eq!(device.os_version, OsVersion::parse("17.4.1").ok());
    assert_eq!(device.imei.as_deref(), Some("356982021234567"));
    assert_eq!(device.wifi_mac.as_deref(), Some("a0:b1:c2:d3:e4:f5"));
    assert_eq!((device.capacity, device.available, device.battery), (Some(128.0), Some(64.0), Some(0.75)));
    assert_eq!((device.supervised, device.roaming, device.find_my), (Some(false), Some(true), None));
    assert_eq!(device.last_cloud_backup.unwrap().to_xml_format(), "2026-11-01T10:00:00Z");
    assert_eq!(device.model, None);
    let mut rest: Vec<&str> = device.other.keys().map(String::as_str).collect();
    rest.sort_unstable();
    assert_eq!(rest, ["Future", "Model", "ServiceSubscriptions"]);
}

#[test]
fn a13_inventory_with_odd_characters_is_left_out_and_the_answer_still_taken() {
    let Results::Device(device) = results(
        "<key>QueryResponses</key><dict><key>SerialNumber</key><string>$(reboot)</string>\
         <key>WiFiMAC</key><string>zz</string><key>BatteryLevel</key><real>-1</real>\
         <key>OSVersion</key><string>x</string></dict>",
    ) else {
        panic!()
    };
    assert_eq!((device.serial_number, device.wifi_mac, device.battery), (None, None, None));
    assert_eq!(device.os_version, None);
}

#[test]
fn security_info_tells_passcode_and_data_protection() {
    let info = |caps: u8, present: bool, compliant: bool| {
        let flag = |f: bool| if f { "<true/>" } else { "<false/>" };
        let more = format!(
            "<key>SecurityInfo</key><dict><key>HardwareEncryptionCaps</key><integer>{caps}</integer>\
             <key>PasscodePresent</key>{}<key>PasscodeCompliant</key>{0}<key>PasscodeCompliantWithProfiles</key>{}\
             <key>ManagementStatus</key><dict/></dict>",
            flag(present),
            flag(compliant)
        );
        match results(&more) {
            Results::Security(info) => info,
            other => panic!("{other:?}"),
        }
    };
    let good = info(3, true, true);
    assert!(facts::security(&good).is_empty());
    assert_eq!(facts::data_protection(&good), Some(true));
    assert!(good.other.contains_key("ManagementStatus"));
    assert_eq!(facts::security(&info(3, false, true)), [Fact::NoPasscode]);
    assert_eq!(facts::data_protection(&info(3, false, true)), Some(false));
    assert_eq!(facts::security(&info(3, true, false)), [Fact::PasscodeNotCompliant]);
    assert_eq!(facts::security(&info(1, true, true)), [Fact::NoDataProtection]);
    assert_eq!(facts::data_protection(&info(2, true, true)), Some(false));
}

#[test]
fn what_is_not_known_is_not_held_against_a_device() {
    let Results::Security(info) = results("<key>SecurityInfo</key><dict/>") else { panic!() };
    assert!(facts::security(&info).is_empty());
    assert_eq!(facts::data_protection(&info), None);
    assert_eq!(facts::system(None, Some(OsVersion::new(17, 0))), None);
    assert_eq!(facts::system(Some(OsVersion::new(17, 0)), None), None);
}

#[test]
fn an_old_system_is_a_fact_with_both_versions() {
    let (has, wants) = (OsVersion::new(16, 7), OsVersion::new(17, 0));
    assert_eq!(facts::system(Some(has), Some(wants)), Some(Fact::SystemTooOld { has, wants }));
    assert_eq!(facts::system(Some(wants), Some(wants)), None);
}

#[test]
fn the_list_of_profiles_shows_whether_ours_is_there() {
    let list = |identifier: &str, kind: &str| {
        let more = format!(
            "<key>ProfileList</key><array><dict><key>PayloadIdentifier</key><string>{identifier}</string>\
             <key>PayloadUUID</key><string>u</string><key>PayloadDisplayName</key><string>n</string>\
             <key>PayloadRemovalDisallowed</key><false/><key>IsManaged</key><true/><key>PayloadContent</key>\
             <array><dict><key>PayloadType</key><string>{kind}</string></dict></array></dict><dict/></array>"
        );
        match results(&more) {
            Results::Profiles(list) => list,
            other => panic!("{other:?}"),
        }
    };
    let ours = list("org.example.enrolment.1", "com.apple.mdm");
    assert_eq!(ours.len(), 1);
    assert_eq!((ours[0].managed, ours[0].removal_disallowed), (Some(true), false));
    assert_eq!(facts::enrolment_profile(&ours, "org.example.enrolment.1"), None);
    assert_eq!(facts::enrolment_profile(&ours, "org.example.enrolment.2"), Some(Fact::ProfileMissing));
    let hollow = list("org.example.enrolment.1", "com.apple.wifi.managed");
    assert_eq!(facts::enrolment_profile(&hollow, "org.example.enrolment.1"), Some(Fact::ProfileMissing));
    assert_eq!(facts::enrolment_profile(&[], "x"), Some(Fact::ProfileMissing));
}

#[test]
fn applications_and_certificates_become_lists() {
    let Results::Applications(apps) = results(
        "<key>InstalledApplicationList</key><array><dict><key>Identifier</key><string>org.example.app</string>\
         <key>Name</key><string>App</string><key>Version</key><string>7</string><key>ShortVersion</key>\
         <string>1.2</string><key>BundleSize</key><integer>10</integer><key>DynamicSize</key><integer>5</integer></dict>\
         <string>odd</string></array>",
    ) else {
        panic!()
    };
    assert_eq!((apps.len(), apps[0].version.as_deref(), apps[0].size), (1, Some("1.2"), 15));
    let Results::Certificates(list) = results(
        "<key>CertificateList</key><array><dict><key>CommonName</key><string>Muster</string><key>IsIdentity</key><true/>\
         <key>Data</key><data>MAA=</data></dict></array>",
    ) else {
        panic!()
    };
    assert_eq!((list[0].identity, list[0].der.as_slice()), (true, &[0x30, 0][..]));
}

#[test]
fn other_results_are_typed_or_kept() {
    assert_eq!(results(""), Results::None);
    assert_eq!(
        results("<key>MessageResult</key><string>NoPasscodeSet</string>"),
        Results::Lock("NoPasscodeSet".into())
    );
    let item = "<dict><key>Item</key><string>DeviceName</string><key>Status</key><string>Acknowledged</string></dict>";
    for settings in [format!("<array>{item}</array>"), item.to_owned()] {
        let Results::Settings(list) = results(&format!("<key>Settings</key>{settings}")) else { panic!() };
        assert!(list[0].done && list[0].item == "DeviceName");
    }
    let place = |north: &str| {
        format!(
            "<key>Latitude</key><real>{north}</real><key>Longitude</key><real>37.6</real>\
             <key>HorizontalAccuracy</key><real>-1</real><key>Timestamp</key><string>2026-11-27T03:00:00Z</string>"
        )
    };
    let Results::Location(at) = results(&place("55.7")) else { panic!() };
    assert_eq!((at.latitude, at.longitude, at.accuracy), (55.7, 37.6, None));
    assert!(matches!(results(&place("91")), Results::Other(_)));
    assert!(matches!(results("<key>Strange</key><true/>"), Results::Other(d) if d.len() == 1));
}
