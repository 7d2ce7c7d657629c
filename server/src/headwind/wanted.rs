//! What a company wants of its devices, in the agent's words. All that [`ConfigurationSettings`] can say has some: its values are no
//! wider than the agent's.

use muster_domain::configuration::{
    App, AppPermissions, AppSetting, Brightness, Choice, ConfigurationSettings, Downloads, File, IconSize,
    Line, Locating, LogLevel, Orientation, Page, PasswordQuality, SystemUpdates, Words,
};
use muster_headwind::{
    configuration::{
        self as agents, Action, AppUpdates, AppVersion, Application, ApplicationKind, ApplicationSetting,
        Configuration, DownloadUpdates, Hours, PasswordMode, RemoteFile, RequestUpdates, SettingKind, Title,
    },
    log::{Level, LogRule},
    values::{Checksum, CommaList, InvalidValue, PackageName, Percent, TimeOfDay},
};
use sha2::{Digest, Sha256};

/// Writes what is wanted into what every device is told.
///
/// # Errors
/// [`InvalidValue`] where the agent would not take a value; there is a test that there is none.
pub fn write(sheet: &mut Configuration, wanted: &ConfigurationSettings) -> Result<(), InvalidValue> {
    home(sheet, wanted)?;
    closed(sheet, wanted)?;
    screen(sheet, wanted)?;
    lists(sheet, wanted)
}

fn text(line: Option<&Line>) -> Option<String> {
    line.map(|line| line.as_str().to_owned())
}

fn home(sheet: &mut Configuration, wanted: &ConfigurationSettings) -> Result<(), InvalidValue> {
    sheet.kiosk_mode = wanted.kiosk_app.is_some();
    sheet.main_app = wanted.kiosk_app.as_ref().map(|package| package.as_str().parse()).transpose()?;
    sheet.kiosk_exit = wanted.kiosk_exit;
    sheet.kiosk_screen_on = wanted.kiosk_screen_on;
    // Kiosk mode goes with the agent as the home screen alone.
    sheet.run_default_launcher = !wants_launcher(wanted);
    sheet.permissive = wanted.only_listed != Some(true);
    if let Some(title) = &wanted.title {
        sheet.title = Some(Title::Text(title.as_str().to_owned()));
    }
    sheet.display_status = wanted.show_status;
    sheet.background_color = wanted.background.as_ref().map(|colour| colour.as_str().parse()).transpose()?;
    sheet.text_color = wanted.text_colour.as_ref().map(|colour| colour.as_str().parse()).transpose()?;
    sheet.background_image_url = wanted.picture.as_ref().map(|address| address.as_str().to_owned());
    sheet.icon_size = wanted.icon_size.map(|size| match size {
        IconSize::Small => agents::IconSize::Small,
        IconSize::Medium => agents::IconSize::Medium,
        IconSize::Large => agents::IconSize::Large,
    });
    sheet.orientation = wanted.orientation.map(|way| match way {
        Orientation::Any => agents::Orientation::Any,
        Orientation::Portrait => agents::Orientation::Portrait,
        Orientation::Landscape => agents::Orientation::Landscape,
    });
    sheet.autostart_foreground = wanted.foreground_at_boot;
    Ok(())
}

/// Whether the agent is to be the home screen.
#[must_use]
pub fn wants_launcher(wanted: &ConfigurationSettings) -> bool {
    wanted.kiosk_app.is_some() || wanted.launcher == Some(true)
}

fn closed(sheet: &mut Configuration, wanted: &ConfigurationSettings) -> Result<(), InvalidValue> {
    sheet.app_permissions = wanted.app_permissions.map(|permissions| match permissions {
        AppPermissions::AskLocation => agents::AppPermissions::AskLocation,
        AppPermissions::DenyLocation => agents::AppPermissions::DenyLocation,
        AppPermissions::AskAll => agents::AppPermissions::AskAll,
    });
    sheet.allowed_classes = commas(wanted.allowed_activities.as_ref())?;
    sheet.password_mode = wanted.password.map(|quality| match quality {
        PasswordQuality::Present => PasswordMode::Present,
        PasswordQuality::Easy => PasswordMode::Easy,
        PasswordQuality::Moderate => PasswordMode::Moderate,
        PasswordQuality::Strong => PasswordMode::Strong,
    });
    sheet.restrictions = commas(wanted.restrictions.as_ref())?;
    sheet.lock_status_bar = wanted.status_bar_locked;
    sheet.disable_screenshots = wanted.no_screenshots;
    sheet.usb_storage = wanted.usb_storage_locked;
    sheet.wifi = wanted.wifi;
    sheet.show_wifi = wanted.show_wifi;
    sheet.bluetooth = wanted.bluetooth;
    sheet.mobile_data = wanted.mobile_data;
    sheet.gps = wanted.gps;
    sheet.request_updates = match wanted.location {
        None => RequestUpdates::Stop,
        Some(Locating::Gps) => RequestUpdates::Gps,
        Some(Locating::Network) => RequestUpdates::Network,
    };
    Ok(())
}

fn screen(sheet: &mut Configuration, wanted: &ConfigurationSettings) -> Result<(), InvalidValue> {
    sheet.brightness = wanted.brightness.map(|brightness| match brightness {
        Brightness::Auto => agents::Brightness::Automatic,
        // The agent counts to 255.
        Brightness::Fixed(percent) => {
            let level = (u16::from(percent.get()) * 255 + 50) / 100;
            agents::Brightness::Fixed(u8::try_from(level).unwrap_or(u8::MAX))
        }
    });
    sheet.manage_timeout = wanted.timeout.map(|_| true);
    sheet.timeout = wanted.timeout.map(|seconds| seconds.get());
    sheet.manage_volume = wanted.volume.map(|_| true);
    sheet.volume = wanted.volume.and_then(|percent| Percent::new(percent.get()));
    sheet.lock_volume = wanted.volume_locked;
    sheet.time_zone = wanted.time_zone.as_ref().map(|zone| zone.as_str().to_owned());
    sheet.system_updates = wanted.system_updates.as_ref().map(system_updates).transpose()?;
    sheet.app_updates = match &wanted.app_updates {
        Some(hours) => Some(AppUpdates { from: hours.from.parse()?, to: hours.to.parse()? }),
        None => None,
    };
    sheet.download_updates = wanted.downloads.map(|downloads| match downloads {
        Downloads::Limited => DownloadUpdates::Limited,
        Downloads::Wifi => DownloadUpdates::Wifi,
    });
    sheet.description = text(wanted.description.as_ref());
    sheet.custom1 = text(wanted.custom1.as_ref());
    sheet.custom2 = text(wanted.custom2.as_ref());
    sheet.custom3 = text(wanted.custom3.as_ref());
    Ok(())
}

fn system_updates(updates: &SystemUpdates) -> Result<agents::SystemUpdates, InvalidValue> {
    Ok(match updates {
        SystemUpdates::Default => agents::SystemUpdates::Default,
        SystemUpdates::Instant => agents::SystemUpdates::Instant,
        SystemUpdates::Manual => agents::SystemUpdates::Manual,
        SystemUpdates::Within(hours) => {
            let (from, to): (TimeOfDay, TimeOfDay) = (hours.from.parse()?, hours.to.parse()?);
            agents::SystemUpdates::Within(Hours { from, to })
        }
    })
}

fn commas(words: Option<&Words>) -> Result<Option<CommaList>, InvalidValue> {
    words.map(|words| CommaList::new(words.all().iter().cloned())).transpose()
}

fn lists(sheet: &mut Configuration, wanted: &ConfigurationSettings) -> Result<(), InvalidValue> {
    for app in &wanted.apps {
        let application = application(app)?;
        // The agent itself is listed already, so that it reports its version.
        sheet.applications.retain(|known| known.pkg != application.pkg);
        sheet.applications.push(application);
    }
    if let Some(kiosk) = sheet.main_app.clone()
        && !sheet.applications.iter().any(|known| known.pkg == kiosk)
    {
        sheet.applications.push(Application { show_icon: true, ..Application::new(kiosk) });
    }
    sheet.applications.extend(wanted.pages.iter().map(page).collect::<Result<Vec<_>, _>>()?);
    sheet.application_settings = wanted.app_settings.iter().map(setting).collect::<Result<_, _>>()?;
    sheet.files = wanted.files.iter().map(file).collect::<Result<_, _>>()?;
    let action = |action: &muster_domain::configuration::Action| {
        Ok(Action {
            action: action.does.as_str().to_owned(),
            categories: commas(action.categories.as_ref())?,
            package_id: action.package.as_str().parse()?,
            activity: action.activity.as_str().to_owned(),
            schemes: commas(action.schemes.as_ref())?,
            hosts: commas(action.hosts.as_ref())?,
            mime_types: commas(action.types.as_ref())?,
        })
    };
    sheet.actions = wanted.actions.iter().map(action).collect::<Result<_, InvalidValue>>()?;
    Ok(())
}

fn application(app: &App) -> Result<Application, InvalidValue> {
    Ok(Application {
        name: text(app.name.as_ref()),
        version: AppVersion::of(app.version.as_ref().map_or("", Line::as_str)),
        url: app.address.as_ref().map(|address| address.as_str().to_owned()),
        show_icon: app.icon,
        screen_order: app.order.map(|order| i32::from(order.get())),
        bottom: app.bottom,
        skip_version: app.any_version,
        run_after_install: app.start_installed,
        run_at_boot: app.start_at_boot,
        remove: app.remove,
        ..Application::new(app.package.as_str().parse()?)
    })
}

/// A web page has no package: it gets one that no app has, from its address.
fn page(page: &Page) -> Result<Application, InvalidValue> {
    let digest = Sha256::digest(format!("{} {}", page.name.as_str(), page.address.as_str()));
    let made: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let pkg: PackageName = format!("muster.page.p{made}").parse()?;
    Ok(Application {
        kind: ApplicationKind::Web,
        name: Some(page.name.as_str().to_owned()),
        icon_text: Some(page.name.as_str().to_owned()),
        url: Some(page.address.as_str().to_owned()),
        icon: page.picture.as_ref().map(|address| address.as_str().to_owned()),
        show_icon: true,
        screen_order: page.order.map(|order| i32::from(order.get())),
        bottom: page.bottom,
        use_kiosk: page.own_browser,
        ..Application::new(pkg)
    })
}

fn setting(setting: &AppSetting) -> Result<ApplicationSetting, InvalidValue> {
    let value = setting.value.as_str();
    let kind = match value {
        "true" | "false" => SettingKind::Flag,
        number if number.parse::<i32>().is_ok() => SettingKind::Integer,
        _ => SettingKind::Text,
    };
    Ok(ApplicationSetting {
        package_id: setting.package.as_str().parse()?,
        name: setting.name.as_str().to_owned(),
        kind,
        value: value.to_owned(),
        read_only: setting.read_only,
        last_update: setting.since.0,
        variable: setting.filled,
    })
}

fn file(file: &File) -> Result<RemoteFile, InvalidValue> {
    Ok(RemoteFile {
        path: file.path.as_str().parse()?,
        url: file.address.as_ref().map(|address| address.as_str().to_owned()),
        last_update: file.since.0,
        checksum: file.checksum.as_ref().map(|md5| md5.as_str().parse::<Checksum>()).transpose()?,
        remove: file.remove,
        description: None,
        var_content: file.filled,
    })
}

/// Which entries of its log a device is to send.
///
/// # Errors
/// [`InvalidValue`], as of [`write`].
pub fn log_rules(wanted: &ConfigurationSettings) -> Result<Vec<LogRule>, InvalidValue> {
    let rule = |rule: &muster_domain::configuration::LogRule| {
        Ok(LogRule {
            package_id: rule.package.as_str().parse()?,
            level: level(rule.level),
            filter: text(rule.containing.as_ref()),
        })
    };
    wanted.log_rules.iter().map(rule).collect()
}

fn level(level: LogLevel) -> Level {
    match level {
        LogLevel::Error => Level::Error,
        LogLevel::Warning => Level::Warning,
        LogLevel::Info => Level::Info,
        LogLevel::Debug => Level::Debug,
        LogLevel::Verbose => Level::Verbose,
    }
}

/// A level of the agent's by our name.
#[must_use]
pub fn named(level: Level) -> LogLevel {
    LogLevel::NAMES
        .get((level as usize).saturating_sub(1))
        .and_then(|name| LogLevel::named(name))
        .unwrap_or(LogLevel::Verbose)
}

/// Whether an entry is one that was asked for.
#[must_use]
pub fn is_wanted(wanted: &ConfigurationSettings, package: &str, level: LogLevel) -> bool {
    wanted
        .log_rules
        .iter()
        .any(|rule| rule.package.as_str() == package && level.number() <= rule.level.number())
}

#[cfg(test)]
mod tests;
