//! What a device lacks of what it was told: its report beside its configuration.

use super::{
    AGENT,
    field::ConfigurationSettings,
    list::{App, File},
};
use serde::{Deserialize, Serialize};

/// As many are named; there may be more.
pub const MOST_LACKING: usize = 10;

/// What is not as it should be with an app or a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// Its package or path.
    pub what: String,
    /// How it is.
    pub how: Lack,
}

/// How an app or a file differs from what is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// It is not there.
    Missing,
    /// It is there, and should not be.
    StillThere,
    /// It has another version.
    Version {
        /// What is there.
        has: String,
        /// What is wanted.
        wants: String,
    },
    /// It has another content.
    Content,
}

/// What a device says is there: package or path, and version or checksum.
#[derive(Clone, Copy, Debug)]
pub struct Present<'p> {
    /// Package or path.
    pub what: &'p str,
    /// Version or checksum.
    pub which: Option<&'p str>,
}

/// The apps that are not as they should be. An app that is only allowed may be there or not; one that is fetched, or fills the
/// screen, has to be. (Of apps that are to be removed the agent says nothing, so far.)
#[must_use]
pub fn apps_lacking(wanted: &ConfigurationSettings, there: &[Present<'_>]) -> Vec<Lacking> {
    let listed = wanted.apps.iter().filter(|app| app.package.as_str() != AGENT).filter_map(|app| {
        let how = app_lacks(wanted, app, find(there, app.package.as_str()))?;
        Some(Lacking { what: app.package.as_str().to_owned(), how })
    });
    let kiosk = wanted.kiosk_app.iter().map(super::Package::as_str).filter(|package| {
        let listed = wanted.apps.iter().any(|app| app.package.as_str() == *package);
        *package != AGENT && !listed && find(there, package).is_none()
    });
    let kiosk = kiosk.map(|package| Lacking { what: package.to_owned(), how: Lack::Missing });
    listed.chain(kiosk).take(MOST_LACKING).collect()
}

fn app_lacks(wanted: &ConfigurationSettings, app: &App, there: Option<&Present<'_>>) -> Option<Lack> {
    let wants = app.version.as_ref().map(super::Line::as_str);
    let has = there.map(|present| present.which.unwrap_or_default());
    match (app.remove, has) {
        (true, None) => None,
        // Just this version is to go.
        (true, Some(has)) => wants.is_none_or(|wants| is_same(wants, has)).then_some(Lack::StillThere),
        (false, None) => (app.address.is_some() || wanted.kiosk_app.as_ref() == Some(&app.package))
            .then_some(Lack::Missing),
        (false, Some(has)) => {
            let wants =
                wants.filter(|wants| !is_same(wants, has) && !app.any_version && app.address.is_some())?;
            Some(Lack::Version { has: has.to_owned(), wants: wants.to_owned() })
        }
    }
}

/// As the agent tells versions apart: by their digits and dots. `0` is any.
fn is_same(wants: &str, has: &str) -> bool {
    let digits = |text: &str| text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect::<String>();
    wants == "0" || digits(wants) == digits(has)
}

/// The files that are not as they should be.
#[must_use]
pub fn files_lacking(wanted: &ConfigurationSettings, there: &[Present<'_>]) -> Vec<Lacking> {
    let lacks = |file: &File| match (file.remove, find(there, file.path.as_str())) {
        (true, found) => found.map(|_| Lack::StillThere),
        (false, None) => Some(Lack::Missing),
        // What the agent has filled in has another checksum on each device.
        (false, Some(_)) if file.filled => None,
        (false, Some(present)) => {
            let (wants, has) = (file.checksum.as_ref()?, present.which?);
            (!has.eq_ignore_ascii_case(wants.as_str())).then_some(Lack::Content)
        }
    };
    let lacking = |file: &File| Some(Lacking { what: file.path.as_str().to_owned(), how: lacks(file)? });
    wanted.files.iter().filter_map(lacking).take(MOST_LACKING).collect()
}

fn find<'t, 'p>(there: &'t [Present<'p>], what: &str) -> Option<&'t Present<'p>> {
    there.iter().find(|present| present.what.trim_matches('/') == what.trim_matches('/'))
}
