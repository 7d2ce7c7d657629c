//! What must hold between fields; each field by itself is right already.

use super::{
    AGENT,
    field::{ConfigurationSettings, Field},
    form::{Fault, Problem},
    list::Column,
    values::{Since, TimeZone},
};
use crate::names::{is_restriction, is_time_zone, nearest_restriction, nearest_time_zone};

fn of(field: Field, fault: Fault) -> Problem {
    Problem { field, row: None, column: None, fault }
}

fn at(field: Field, row: usize, column: Column, fault: Fault) -> Problem {
    Problem { field, row: Some(row), column: Some(column), fault }
}

/// The rows whose key an earlier one has.
fn twice<K: PartialEq>(keys: &[K]) -> impl Iterator<Item = usize> + '_ {
    keys.iter().enumerate().filter(|(n, key)| keys[..*n].contains(key)).map(|(n, _)| n)
}

impl ConfigurationSettings {
    /// All that does not go together.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.kiosk_app.is_none() {
            let needs = [(self.kiosk_exit, Field::KioskExit), (self.kiosk_screen_on, Field::KioskScreenOn)];
            problems.extend(
                needs
                    .iter()
                    .filter(|(on, _)| *on == Some(true))
                    .map(|(_, field)| of(*field, Fault::NeedsKiosk)),
            );
        } else if self.launcher == Some(false) {
            problems.push(of(Field::Launcher, Fault::KioskNeedsHome));
        }
        if self.volume_locked == Some(true) && self.volume.is_none() {
            problems.push(of(Field::VolumeLocked, Fault::NeedsVolume));
        }
        self.check_apps(&mut problems);
        self.check_files(&mut problems);
        let keys: Vec<_> = self.log_rules.iter().map(|rule| &rule.package).collect();
        problems.extend(twice(&keys).map(|row| at(Field::LogRules, row, Column::Package, Fault::Twice)));
        for (row, action) in self.actions.iter().enumerate() {
            if action.hosts.is_some() && action.schemes.is_none() {
                problems.push(at(Field::Actions, row, Column::Schemes, Fault::NeedsSchemes));
            }
        }
        problems
    }

    /// Names that are none where others decide on them.
    #[must_use]
    pub fn check_names(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let names = self.restrictions.iter().flat_map(|names| names.all());
        if let Some(name) = names.clone().find(|name| !is_restriction(name)) {
            let near = nearest_restriction(name).map(str::to_owned);
            problems.push(of(Field::Restrictions, Fault::Restriction { name: name.clone(), near }));
        }
        let zone = self.time_zone.as_ref().map(TimeZone::as_str).filter(|zone| *zone != "auto");
        if let Some(zone) = zone.filter(|zone| !is_time_zone(zone)) {
            let near = nearest_time_zone(zone).map(str::to_owned);
            problems.push(of(Field::TimeZone, Fault::TimeZone { near }));
        }
        problems
    }

    fn check_apps(&self, problems: &mut Vec<Problem>) {
        let keys: Vec<_> = self.apps.iter().map(|app| &app.package).collect();
        problems.extend(twice(&keys).map(|row| at(Field::Apps, row, Column::Package, Fault::Twice)));
        for (row, app) in self.apps.iter().enumerate().filter(|(_, app)| app.remove) {
            if app.package.as_str() == AGENT {
                problems.push(at(Field::Apps, row, Column::Remove, Fault::AgentRemoved));
            } else if self.kiosk_app.as_ref() == Some(&app.package) {
                problems.push(at(Field::Apps, row, Column::Remove, Fault::KioskRemoved));
            }
        }
        let keys: Vec<_> = self.app_settings.iter().map(|s| (&s.package, &s.name)).collect();
        problems.extend(twice(&keys).map(|row| at(Field::AppSettings, row, Column::Name, Fault::Twice)));
        let keys: Vec<_> = self.pages.iter().map(|page| &page.name).collect();
        problems.extend(twice(&keys).map(|row| at(Field::Pages, row, Column::Name, Fault::Twice)));
    }

    fn check_files(&self, problems: &mut Vec<Problem>) {
        let keys: Vec<_> = self.files.iter().map(|file| file.path.as_str().trim_matches('/')).collect();
        problems.extend(twice(&keys).map(|row| at(Field::Files, row, Column::Path, Fault::Twice)));
        for (row, file) in self.files.iter().enumerate() {
            if !file.remove && file.address.is_none() {
                problems.push(at(Field::Files, row, Column::Address, Fault::NeedsAddress));
            }
        }
    }

    /// The same, where what is as it was in `former` says since when, and all else is so since `now`, in milliseconds. So a device
    /// fetches a file again when that was changed, and not with each change of something else.
    #[must_use]
    pub fn dated(mut self, former: &Self, now: i64) -> Self {
        for file in &mut self.files {
            file.since = Since(now);
            let same = |f: &&super::File| {
                let since = file.since;
                super::File { since, ..(*f).clone() } == *file
            };
            if let Some(known) = former.files.iter().find(same) {
                file.since = known.since;
            }
        }
        for setting in &mut self.app_settings {
            setting.since = Since(now);
            let same = |s: &&super::AppSetting| {
                let since = setting.since;
                super::AppSetting { since, ..(*s).clone() } == *setting
            };
            if let Some(known) = former.app_settings.iter().find(same) {
                setting.since = known.since;
            }
        }
        self
    }
}
