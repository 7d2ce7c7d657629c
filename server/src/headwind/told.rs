//! What a Headwind agent says of its device, as everything else knows it.

use muster_domain::device::{Facts, HeadwindFacts};
use muster_headwind::report::DeviceInfo;

pub use muster_domain::configuration::AGENT;

/// The facts of a report. What it does not say is not known.
#[must_use]
pub fn facts(said: &DeviceInfo) -> Facts {
    let some = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
    let [sim, second] = &said.sims;
    let agent = said.applications.iter().find(|app| app.package == AGENT);
    let headwind = HeadwindFacts {
        owner: said.device_owner,
        admin: said.permissions.admin,
        overlay: said.permissions.overlay,
        usage: said.permissions.usage,
        kiosk: said.kiosk_mode,
        launcher: some(&said.launcher_package),
        imei: some(&sim.imei).or_else(|| some(&second.imei)),
        phone: some(&sim.phone).or_else(|| some(&second.phone)),
        cpu: some(&said.cpu),
        ..HeadwindFacts::default()
    };
    Facts {
        model: some(&said.model),
        os_version: some(&said.android_version),
        agent_version: agent.and_then(|app| some(&app.version)),
        serial: some(&said.serial),
        battery_percent: said.battery_percent,
        headwind: Some(Box::new(headwind)),
        ..Facts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_becomes_facts_and_what_is_missing_is_not_known() {
        assert_eq!(
            facts(&DeviceInfo::default()),
            Facts { headwind: Some(Box::default()), ..Facts::default() }
        );
        let body = r#"{"deviceId":"m-1","model":"Pixel 8","androidVersion":"14","serial":"R5CT1","batteryLevel":7,"mdmMode":true,
            "permissions":[1,0,1,0],"imei":"","imei2":"350000000000001","kioskMode":false,"launcherPackage":"com.android.launcher3",
            "applications":[{"pkg":"com.hmdm.launcher","version":"6.36"}],"files":[]}"#;
        let said = DeviceInfo::parse(body.as_bytes()).unwrap();
        let known = facts(&said);
        assert_eq!((known.model.as_deref(), known.os_version.as_deref()), (Some("Pixel 8"), Some("14")));
        assert_eq!((known.agent_version.as_deref(), known.battery_percent), (Some("6.36"), Some(7)));
        let its = known.headwind.unwrap();
        assert_eq!(
            (its.owner, its.admin, its.overlay, its.usage),
            (Some(true), Some(true), Some(false), Some(true))
        );
        assert_eq!(its.imei.as_deref(), Some("350000000000001"));
    }
}
