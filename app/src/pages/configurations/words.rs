//! Fields, columns, names and faults in words.

use crate::text::t;
use muster_domain::{
    Language,
    configuration::{Column, Fault, Field, Section},
};

/// What a field is called.
pub(in crate::pages) fn label(language: Language, field: Field) -> &'static str {
    match field {
        Field::KioskApp => t::cfg_f_kiosk_app(language),
        Field::KioskExit => t::cfg_f_kiosk_exit(language),
        Field::KioskScreenOn => t::cfg_f_kiosk_screen_on(language),
        Field::Launcher => t::cfg_f_launcher(language),
        Field::OnlyListed => t::cfg_f_only_listed(language),
        Field::Title => t::cfg_f_title(language),
        Field::ShowStatus => t::cfg_f_show_status(language),
        Field::Background => t::cfg_f_background(language),
        Field::TextColour => t::cfg_f_text_colour(language),
        Field::Picture => t::cfg_f_picture(language),
        Field::IconSize => t::cfg_f_icon_size(language),
        Field::Orientation => t::cfg_f_orientation(language),
        Field::ForegroundAtBoot => t::cfg_f_foreground_at_boot(language),
        Field::AppPermissions => t::cfg_f_app_permissions(language),
        Field::AllowedActivities => t::cfg_f_allowed_activities(language),
        Field::Password => t::cfg_f_password(language),
        Field::Restrictions => t::cfg_f_restrictions(language),
        Field::StatusBarLocked => t::cfg_f_status_bar_locked(language),
        Field::NoScreenshots => t::cfg_f_no_screenshots(language),
        Field::UsbStorageLocked => t::cfg_f_usb_storage_locked(language),
        Field::Wifi => t::cfg_f_wifi(language),
        Field::ShowWifi => t::cfg_f_show_wifi(language),
        Field::Bluetooth => t::cfg_f_bluetooth(language),
        Field::MobileData => t::cfg_f_mobile_data(language),
        Field::Gps => t::cfg_f_gps(language),
        Field::Location => t::cfg_f_location(language),
        Field::Brightness => t::cfg_f_brightness(language),
        Field::Timeout => t::cfg_f_timeout(language),
        Field::Volume => t::cfg_f_volume(language),
        Field::VolumeLocked => t::cfg_f_volume_locked(language),
        Field::TimeZone => t::cfg_f_time_zone(language),
        Field::SystemUpdates => t::cfg_f_system_updates(language),
        Field::AppUpdates => t::cfg_f_app_updates(language),
        Field::Downloads => t::cfg_f_downloads(language),
        Field::Description => t::cfg_f_description(language),
        Field::Custom1 => t::cfg_f_custom1(language),
        Field::Custom2 => t::cfg_f_custom2(language),
        Field::Custom3 => t::cfg_f_custom3(language),
        Field::Apps => t::cfg_f_apps(language),
        Field::Pages => t::cfg_f_pages(language),
        Field::AppSettings => t::cfg_f_app_settings(language),
        Field::Files => t::cfg_f_files(language),
        Field::Actions => t::cfg_f_actions(language),
        Field::LogRules => t::cfg_f_log_rules(language),
    }
}

/// What to know about it.
pub(super) fn help(language: Language, field: Field) -> &'static str {
    match field {
        Field::KioskApp => t::cfg_h_kiosk_app(language),
        Field::KioskExit => t::cfg_h_kiosk_exit(language),
        Field::KioskScreenOn => t::cfg_h_kiosk_screen_on(language),
        Field::Launcher => t::cfg_h_launcher(language),
        Field::OnlyListed => t::cfg_h_only_listed(language),
        Field::Title => t::cfg_h_title(language),
        Field::ShowStatus => t::cfg_h_show_status(language),
        Field::Background => t::cfg_h_background(language),
        Field::TextColour => t::cfg_h_text_colour(language),
        Field::Picture => t::cfg_h_picture(language),
        Field::Orientation => t::cfg_h_orientation(language),
        Field::ForegroundAtBoot => t::cfg_h_foreground_at_boot(language),
        Field::AppPermissions => t::cfg_h_app_permissions(language),
        Field::AllowedActivities => t::cfg_h_allowed_activities(language),
        Field::Password => t::cfg_h_password(language),
        Field::Restrictions => t::cfg_h_restrictions(language),
        Field::StatusBarLocked => t::cfg_h_status_bar_locked(language),
        Field::NoScreenshots => t::cfg_h_no_screenshots(language),
        Field::UsbStorageLocked => t::cfg_h_usb_storage_locked(language),
        Field::Wifi => t::cfg_h_wifi(language),
        Field::ShowWifi => t::cfg_h_show_wifi(language),
        Field::Bluetooth => t::cfg_h_bluetooth(language),
        Field::MobileData => t::cfg_h_mobile_data(language),
        Field::Gps => t::cfg_h_gps(language),
        Field::Location => t::cfg_h_location(language),
        Field::Brightness => t::cfg_h_brightness(language),
        Field::Timeout => t::cfg_h_timeout(language),
        Field::Volume => t::cfg_h_volume(language),
        Field::VolumeLocked => t::cfg_h_volume_locked(language),
        Field::TimeZone => t::cfg_h_time_zone(language),
        Field::SystemUpdates => t::cfg_h_system_updates(language),
        Field::AppUpdates => t::cfg_h_app_updates(language),
        Field::Downloads => t::cfg_h_downloads(language),
        Field::Description => t::cfg_h_description(language),
        Field::Custom1 => t::cfg_h_custom1(language),
        Field::Apps => t::cfg_h_apps(language),
        Field::Pages => t::cfg_h_pages(language),
        Field::AppSettings => t::cfg_h_app_settings(language),
        Field::Files => t::cfg_h_files(language),
        Field::Actions => t::cfg_h_actions(language),
        Field::LogRules => t::cfg_h_log_rules(language),
        Field::IconSize | Field::Custom2 | Field::Custom3 => "",
    }
}

/// What a column is called.
pub(in crate::pages) fn column(language: Language, column: Column) -> &'static str {
    match column {
        Column::Package => t::cfg_c_package(language),
        Column::Name => t::cfg_c_name(language),
        Column::Version => t::cfg_c_version(language),
        Column::Address => t::cfg_c_address(language),
        Column::Icon => t::cfg_c_icon(language),
        Column::Picture => t::cfg_c_picture(language),
        Column::Order => t::cfg_c_order(language),
        Column::Bottom => t::cfg_c_bottom(language),
        Column::Remove => t::cfg_c_remove(language),
        Column::StartInstalled => t::cfg_c_start_installed(language),
        Column::StartAtBoot => t::cfg_c_start_at_boot(language),
        Column::AnyVersion => t::cfg_c_any_version(language),
        Column::OwnBrowser => t::cfg_c_own_browser(language),
        Column::Value => t::cfg_c_value(language),
        Column::ReadOnly => t::cfg_c_read_only(language),
        Column::Filled => t::cfg_c_filled(language),
        Column::Path => t::cfg_c_path(language),
        Column::Checksum => t::cfg_c_checksum(language),
        Column::Does => t::cfg_c_does(language),
        Column::Activity => t::cfg_c_activity(language),
        Column::Categories => t::cfg_c_categories(language),
        Column::Schemes => t::cfg_c_schemes(language),
        Column::Hosts => t::cfg_c_hosts(language),
        Column::Types => t::cfg_c_types(language),
        Column::Level => t::cfg_c_level(language),
        Column::Containing => t::cfg_c_containing(language),
        Column::Since => "",
    }
}

/// A name that is chosen, in words; as it is where it has none.
/// A switch: yes or no, or how something is held.
pub(super) fn flag(language: Language, field: Field, on: bool) -> &'static str {
    match (field, on) {
        (Field::Wifi | Field::Bluetooth | Field::MobileData | Field::Gps, true) => t::cfg_held_on(language),
        (Field::Wifi | Field::Bluetooth | Field::MobileData | Field::Gps, false) => t::cfg_held_off(language),
        (_, true) => t::dev_yes(language),
        (_, false) => t::dev_no(language),
    }
}

pub(super) fn choice(language: Language, name: &str) -> &str {
    match name {
        "present" => t::cfg_v_present(language),
        "easy" => t::cfg_v_easy(language),
        "moderate" => t::cfg_v_moderate(language),
        "strong" => t::cfg_v_strong(language),
        "ask_location" => t::cfg_v_ask_location(language),
        "deny_location" => t::cfg_v_deny_location(language),
        "ask_all" => t::cfg_v_ask_all(language),
        "limited" => t::cfg_v_limited(language),
        "wifi" => t::cfg_v_wifi(language),
        "any" => t::cfg_v_any(language),
        "portrait" => t::cfg_v_portrait(language),
        "landscape" => t::cfg_v_landscape(language),
        "small" => t::cfg_v_small(language),
        "medium" => t::cfg_v_medium(language),
        "large" => t::cfg_v_large(language),
        "network" => t::cfg_v_network(language),
        "gps" => t::cfg_v_gps(language),
        "error" => t::cfg_v_error(language),
        "warning" => t::cfg_v_warning(language),
        "info" => t::cfg_v_info(language),
        "debug" => t::cfg_v_debug(language),
        "verbose" => t::cfg_v_verbose(language),
        other => other,
    }
}

/// A section's name, and what it is about.
pub(super) fn section(language: Language, section: Section) -> (&'static str, &'static str) {
    match section {
        Section::Home => (t::cfg_s_home(language), t::cfg_sh_home(language)),
        Section::Apps => (t::cfg_s_apps(language), t::cfg_sh_apps(language)),
        Section::Files => (t::cfg_s_files(language), t::cfg_sh_files(language)),
        Section::Security => (t::cfg_s_security(language), t::cfg_sh_security(language)),
        Section::Connections => (t::cfg_s_connections(language), t::cfg_sh_connections(language)),
        Section::Screen => (t::cfg_s_screen(language), ""),
        Section::Updates => (t::cfg_s_updates(language), t::cfg_sh_updates(language)),
        Section::Log => (t::cfg_s_log(language), t::cfg_sh_log(language)),
    }
}

/// What is wrong, and what to do.
pub(super) fn fault(language: Language, fault: &Fault) -> String {
    match fault {
        Fault::Number { least, most } => t::cfg_bad_number(language, *least, *most),
        Fault::Line { most } => t::cfg_bad_line(language, *most),
        Fault::Many { most } => t::cfg_bad_many(language, *most),
        Fault::Missing => t::cfg_bad_missing(language).to_owned(),
        Fault::Choice => t::cfg_bad_choice(language).to_owned(),
        Fault::Package => t::cfg_bad_package(language).to_owned(),
        Fault::Address => t::cfg_bad_address(language).to_owned(),
        Fault::Colour => t::cfg_bad_colour(language).to_owned(),
        Fault::Path => t::cfg_bad_path(language).to_owned(),
        Fault::Checksum => t::cfg_bad_checksum(language).to_owned(),
        Fault::TimeZone { near } => {
            meant(language, t::cfg_bad_time_zone(language).to_owned(), near.as_deref())
        }
        Fault::Restriction { name, near } => {
            meant(language, t::cfg_bad_restriction(language, name), near.as_deref())
        }
        Fault::Words => t::cfg_bad_words(language).to_owned(),
        Fault::Brightness => t::cfg_bad_brightness(language).to_owned(),
        Fault::Hours => t::cfg_bad_hours(language).to_owned(),
        Fault::SystemUpdates => t::cfg_bad_system(language).to_owned(),
        Fault::Twice => t::cfg_bad_twice(language).to_owned(),
        Fault::NeedsKiosk => t::cfg_bad_kiosk(language).to_owned(),
        Fault::KioskNeedsHome => t::cfg_bad_kiosk_home(language).to_owned(),
        Fault::KioskRemoved => t::cfg_bad_kiosk_removed(language).to_owned(),
        Fault::AgentRemoved => t::cfg_bad_agent_removed(language).to_owned(),
        Fault::NeedsAddress => t::cfg_bad_needs_address(language).to_owned(),
        Fault::NeedsSchemes => t::cfg_bad_needs_schemes(language).to_owned(),
        Fault::NeedsVolume => t::cfg_bad_needs_volume(language).to_owned(),
    }
}

/// With what was most likely meant.
fn meant(language: Language, said: String, near: Option<&str>) -> String {
    near.map_or(said.clone(), |name| format!("{said}. {}", t::cfg_meant(language, name)))
}
