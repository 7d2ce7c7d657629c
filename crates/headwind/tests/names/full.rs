//! A configuration, rules and pushes with everything that there is.

use muster_headwind::{
    configuration::{
        Action, AppPermissions, AppUpdates, Application, ApplicationSetting, Brightness, Configuration,
        DownloadUpdates, Hours, IconSize, Orientation, PasswordMode, RemoteFile, SettingKind, SystemUpdates,
    },
    log::{Level, LogRule},
    push::{Extra, Intent, Push},
    values::{AdminPassword, Checksum, CommaList, Percent},
};

pub fn minimal() -> Configuration {
    Configuration::new(AdminPassword::of("1234").unwrap())
}

pub fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A list of one.
pub fn one(text: &str) -> Option<CommaList> {
    CommaList::new([text]).ok()
}

/// With everything that there is.
pub fn full() -> Configuration {
    let yes = Some(true);
    let (from, to) = ("22:00".parse().unwrap(), "05:30".parse().unwrap());
    Configuration {
        applications: vec![Application {
            name: some("a"),
            code: Some(1),
            url: some("u"),
            icon_text: some("i"),
            icon: some("i"),
            screen_order: Some(1),
            key_code: Some(1),
            intent: some("i"),
            ..Application::new("a.b".parse().unwrap())
        }],
        application_settings: vec![ApplicationSetting {
            package_id: "a.b".parse().unwrap(),
            name: "n".into(),
            kind: SettingKind::Integer,
            value: "1".into(),
            read_only: true,
            last_update: 1,
            variable: false,
        }],
        files: vec![RemoteFile {
            path: "a".parse().unwrap(),
            url: some("u"),
            last_update: 1,
            checksum: Some(Checksum::of(b"")),
            remove: false,
            description: some("d"),
            var_content: false,
        }],
        actions: vec![Action {
            action: "VIEW".into(),
            categories: one("BROWSABLE"),
            package_id: "a.b".parse().unwrap(),
            activity: "a.b.C".into(),
            schemes: one("https"),
            hosts: one("a.example"),
            mime_types: one("text/plain"),
        }],
        new_number: "h1".parse().ok(),
        new_server_url: "https://m.example/d".parse().ok(),
        factory_reset: yes,
        reboot: yes,
        password_reset: "12345".parse().ok(),
        lock: yes,
        lock_message: some("m"),
        background_color: "#000000".parse().ok(),
        text_color: "#ffffff".parse().ok(),
        background_image_url: some("u"),
        icon_size: Some(IconSize::Large),
        display_status: yes,
        orientation: Some(Orientation::Landscape),
        gps: yes,
        bluetooth: yes,
        wifi: yes,
        mobile_data: yes,
        usb_storage: yes,
        disable_screenshots: yes,
        lock_status_bar: yes,
        restrictions: one("no_add_user"),
        allowed_classes: one("a.b.C"),
        password_mode: Some(PasswordMode::Moderate),
        app_permissions: Some(AppPermissions::AskLocation),
        time_zone: some("auto"),
        brightness: Some(Brightness::Fixed(128)),
        manage_timeout: yes,
        timeout: Some(60),
        lock_volume: yes,
        manage_volume: yes,
        volume: Percent::new(50),
        system_updates: Some(SystemUpdates::Within(Hours { from, to })),
        app_updates: Some(AppUpdates { from: "01:00".parse().unwrap(), to: "02:00".parse().unwrap() }),
        download_updates: Some(DownloadUpdates::Wifi),
        main_app: "a.b".parse().ok(),
        kiosk_exit: yes,
        kiosk_screen_on: yes,
        autostart_foreground: yes,
        show_wifi: yes,
        description: some("d"),
        custom1: some("1"),
        custom2: some("2"),
        custom3: some("3"),
        ..minimal()
    }
}

pub fn rule() -> LogRule {
    LogRule { package_id: "com.hmdm.launcher".parse().unwrap(), level: Level::Verbose, filter: some("f") }
}

pub fn all_pushes() -> Vec<Push> {
    let package = || "a.b".parse().unwrap();
    let path = || "a".parse().unwrap();
    let extras = [("k".to_owned(), Extra::Flag(true))].into();
    let intent = Intent { action: some("A"), data: some("d"), extras };
    vec![
        Push::ConfigUpdated,
        Push::RunApp { package: package(), intent: intent.clone() },
        Push::Broadcast { package: Some(package()), intent: intent.clone() },
        Push::Intent { action: "A".into(), intent },
        Push::UninstallApp(package()),
        Push::ClearAppData(package()),
        Push::GrantPermissions(vec![package()]),
        Push::DeleteFile(path()),
        Push::DeleteDirectory(path()),
        Push::PurgeDirectory { path: path(), recursive: true },
        Push::RunCommand("ls".into()),
        Push::Reboot,
        Push::PermissiveMode,
        Push::ExitKiosk,
        Push::AdminPanel,
        Push::ClearDownloads,
    ]
}
