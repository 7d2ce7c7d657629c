//! Reading a report.

use super::{
    DeviceInfo, InstalledApplication, Location, MAX_APPLICATIONS, MAX_FILES, MAX_PERMISSIONS, Permissions,
    PresentFile, Sim,
};
use crate::{
    Malformed, Number,
    fields::{Fields, body, object},
};
use serde_json::{Map, Value};

impl DeviceInfo {
    /// Reads a body of at most [`crate::MAX_BODY`] bytes.
    ///
    /// # Errors
    /// [`Malformed`] names the field.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let value = body(bytes)?;
        let fields = object(&value, "body")?;
        Ok(Self {
            number: number(fields)?,
            model: fields.words("model")?,
            android_version: fields.words("androidVersion")?,
            serial: fields.id("serial")?,
            cpu: fields.words("cpu")?,
            sims: [
                sim(fields, ["phone", "imei", "iccid", "imsi"])?,
                sim(fields, ["phone2", "imei2", "iccid2", "imsi2"])?,
            ],
            battery_percent: percent(fields.integer("batteryLevel")?),
            location: location(fields)?,
            device_owner: fields.flag("mdmMode")?,
            kiosk_mode: fields.flag("kioskMode")?,
            factory_reset: fields.flag("factoryReset")?,
            permissions: permissions(fields)?,
            launcher_type: fields.words("launcherType")?,
            launcher_package: fields.id("launcherPackage")?,
            default_launcher: fields.flag("defaultLauncher")?,
            applications: applications(fields)?,
            files: files(fields)?,
            custom: [fields.words("custom1")?, fields.words("custom2")?, fields.words("custom3")?],
        })
    }
}

type Object = Map<String, Value>;

/// Exactly as it was sent: it is compared with the one of the device.
fn number(fields: &Object) -> Result<Option<Number>, Malformed> {
    let parse = |value: &Value| value.as_str()?.parse().ok();
    fields.field("deviceId").map(|v| parse(v).ok_or(Malformed("deviceId"))).transpose()
}

fn sim(fields: &Object, [phone, imei, iccid, imsi]: [&'static str; 4]) -> Result<Sim, Malformed> {
    Ok(Sim {
        phone: fields.id(phone)?,
        imei: fields.id(imei)?,
        iccid: fields.id(iccid)?,
        imsi: fields.id(imsi)?,
    })
}

/// Android says -1 where it does not know.
fn percent(number: Option<i64>) -> Option<u8> {
    number.and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= 100)
}

fn location(fields: &Object) -> Result<Option<Location>, Malformed> {
    let Some(value) = fields.field("location") else { return Ok(None) };
    let fields = object(value, "location")?;
    let (lat, lon) = (fields.number("lat")?, fields.number("lon")?);
    let latitude = lat.filter(|d| (-90.0..=90.0).contains(d));
    let longitude = lon.filter(|d| (-180.0..=180.0).contains(d));
    let timestamp = fields.integer("ts")?.filter(|t| *t >= 0);
    Ok(latitude.zip(longitude).zip(timestamp).map(|((latitude, longitude), timestamp)| Location {
        timestamp,
        latitude,
        longitude,
    }))
}

/// Zeros and ones, by position.
fn permissions(fields: &Object) -> Result<Permissions, Malformed> {
    let list = fields.list("permissions", MAX_PERMISSIONS)?;
    let flags = list.iter().map(|v| v.as_i64().map(|n| n != 0).ok_or(Malformed("permissions")));
    let flags = flags.collect::<Result<Vec<_>, _>>()?;
    let at = |place: usize| flags.get(place).copied();
    Ok(Permissions { admin: at(0), overlay: at(1), usage: at(2), accessibility: at(3) })
}

/// Those that have a package: without one there is nothing to say about them.
fn applications(fields: &Object) -> Result<Vec<InstalledApplication>, Malformed> {
    let read = |value: &Value| {
        let fields = object(value, "applications")?;
        let (name, version) = (fields.words("name")?, fields.words("version")?);
        Ok(fields.id("pkg")?.map(|package| InstalledApplication { package, name, version }))
    };
    fields.list("applications", MAX_APPLICATIONS)?.iter().filter_map(|v| read(v).transpose()).collect()
}

/// Those that have a path.
fn files(fields: &Object) -> Result<Vec<PresentFile>, Malformed> {
    let read = |value: &Value| {
        let fields = object(value, "files")?;
        let last_update = fields.integer("lastUpdate")?.filter(|t| *t >= 0);
        let checksum = fields.id("checksum")?;
        Ok(fields.words("path")?.map(|path| PresentFile { path, checksum, last_update }))
    };
    fields.list("files", MAX_FILES)?.iter().filter_map(|v| read(v).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(value: &Value) -> Result<DeviceInfo, Malformed> {
        DeviceInfo::parse(value.to_string().as_bytes())
    }

    #[test]
    fn a_report_is_read_as_the_agent_writes_it() {
        let info = parse(&json!({
            "model": "Pixel 9", "permissions": [1, 0, 1, 0], "deviceId": "12 ", "phone": "+491", "imei": "35",
            "applications": [{"type": null, "name": "A", "pkg": "a.b", "version": "1.2", "code": null, "url": null}],
            "files": [{"url": null, "path": "/a.txt", "lastUpdate": 5, "checksum": "ab", "remove": false}],
            "mdmMode": true, "kioskMode": false, "batteryLevel": 81, "androidVersion": "16",
            "location": {"ts": 7, "lat": 52.5, "lon": 13}, "launcherType": "opensource", "launcherPackage": "l",
            "defaultLauncher": false, "imsi2": "26", "cpu": "arm64-v8a", "serial": "S1", "custom2": "c", "new": [1],
        }))
        .unwrap();
        assert_eq!(info.number.unwrap().as_str(), "12 ");
        assert_eq!((info.model.as_deref(), info.serial.as_deref()), (Some("Pixel 9"), Some("S1")));
        assert_eq!((info.device_owner, info.battery_percent), (Some(true), Some(81)));
        let may = info.permissions;
        assert_eq!((may.admin, may.overlay), (Some(true), Some(false)));
        assert_eq!((may.usage, may.accessibility), (Some(true), Some(false)));
        assert_eq!(info.location, Some(Location { timestamp: 7, latitude: 52.5, longitude: 13.0 }));
        assert_eq!((info.sims[0].phone.as_deref(), info.sims[1].imsi.as_deref()), (Some("+491"), Some("26")));
        assert_eq!((info.applications[0].package.as_str(), info.files[0].path.as_str()), ("a.b", "/a.txt"));
        assert_eq!(info.custom, [None, Some("c".to_owned()), None]);
    }

    #[test]
    fn a20_a_report_without_anything_is_an_answer() {
        assert_eq!(parse(&json!({})), Ok(DeviceInfo::default()));
        let nulls = json!({"deviceId": null, "applications": null, "permissions": null, "location": null});
        assert_eq!(parse(&nulls), Ok(DeviceInfo::default()));
        for bad in ["", "null", "[]", "\u{0}", "{", "\"x\""] {
            assert_eq!(DeviceInfo::parse(bad.as_bytes()), Err(Malformed("body")), "{bad:?}");
        }
    }

    #[test]
    fn older_agents_have_fewer_permissions_and_newer_ones_may_have_more() {
        let may = |list: Value| parse(&json!({"permissions": list})).map(|i| i.permissions);
        assert_eq!(may(json!([1])), Ok(Permissions { admin: Some(true), ..Permissions::default() }));
        assert_eq!(may(json!([0, 0, 0, 1, 1])).unwrap().accessibility, Some(true));
        assert_eq!(may(json!(["1"])), Err(Malformed("permissions")));
        assert_eq!(may(json!(vec![1; MAX_PERMISSIONS + 1])), Err(Malformed("permissions")));
    }

    #[test]
    fn a_measurement_out_of_its_range_is_as_good_as_none() {
        for (level, percent) in [(-1, None), (0, Some(0)), (100, Some(100)), (101, None), (i64::MAX, None)] {
            assert_eq!(parse(&json!({"batteryLevel": level})).unwrap().battery_percent, percent, "{level}");
        }
        for (lat, lon, ts) in [(90.1, 0.0, 1), (0.0, -180.1, 1), (0.0, 0.0, -1)] {
            let place = json!({"location": {"lat": lat, "lon": lon, "ts": ts}});
            assert_eq!(parse(&place).unwrap().location, None, "{place}");
        }
        assert_eq!(parse(&json!({"location": {}})).unwrap().location, None);
    }

    #[test]
    fn a13_what_is_of_another_kind_or_larger_than_the_agent_sends_is_refused_by_name() {
        let long = "x".repeat(256);
        for (report, field) in [
            (json!({"model": 9}), "model"),
            (json!({"serial": long}), "serial"),
            (json!({"deviceId": "../1"}), "deviceId"),
            (json!({"deviceId": "a\u{202E}b"}), "deviceId"),
            (json!({"batteryLevel": "full"}), "batteryLevel"),
            (json!({"mdmMode": 1}), "mdmMode"),
            (json!({"location": []}), "location"),
            (json!({"applications": {}}), "applications"),
            (json!({"applications": [1]}), "applications"),
            (json!({"applications": [{"pkg": long}]}), "pkg"),
            (json!({"applications": vec![json!({}); MAX_APPLICATIONS + 1]}), "applications"),
            (json!({"files": vec![json!({}); MAX_FILES + 1]}), "files"),
        ] {
            assert_eq!(parse(&report), Err(Malformed(field)), "{field}");
        }
        let large = json!({"model": "x".repeat(crate::MAX_BODY)});
        assert_eq!(parse(&large), Err(Malformed("body")));
    }

    #[test]
    fn an_app_without_a_package_and_a_file_without_a_path_are_left_out() {
        let info =
            parse(&json!({"applications": [{"name": "A"}, {"pkg": "a"}], "files": [{}, {"path": "\n"}]}));
        let info = info.unwrap();
        assert_eq!((info.applications.len(), info.files.len()), (1, 0));
    }
}
