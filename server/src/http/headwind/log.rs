//! `…/rest/plugins/devicelog/…`: which entries of its log a device is to send, and the entries. Without a rule nothing is kept.

use super::{Asked, Refused, json};
use crate::headwind::{sheet::Unwritten, wanted};
use axum::response::Response;
use muster_domain::{
    Timestamp,
    configuration::ConfigurationSettings,
    ports::{AgentDevice, NewLogEntry},
    time::DAY,
};
use muster_headwind::{Number, answer, log};

/// Characters of an entry at most; the agent cuts them there itself.
const MOST: usize = 512;

impl Asked<'_> {
    /// The rules of the configuration that the device fetched.
    pub(super) async fn log_rules(&self, number: &Number) -> Result<Response, Refused> {
        let device = self.known(number).await?.device;
        let rules = match self.configuration_of(&device).await? {
            Some(wanted) => wanted::log_rules(&wanted).map_err(Unwritten::from)?,
            None => Vec::new(),
        };
        Ok(json(answer::log_rules(&rules)))
    }

    /// Keeps of what it sends what was asked for.
    pub(super) async fn logs(&self, number: &Number, body: &[u8]) -> Result<Response, Refused> {
        let items = log::items(body)?;
        let device = self.known(number).await?.device;
        if let Some(wanted) = self.configuration_of(&device).await?.filter(|_| !device.left) {
            let entries: Vec<_> =
                items.into_iter().filter_map(|item| entry(item, &wanted, self.now)).collect();
            self.site.ports.store.keep_log(device.workspace, device.device, &entries, self.now).await?;
        }
        Ok(json(answer::ok()))
    }

    /// What the configuration says that a device fetched last.
    pub(super) async fn configuration_of(
        &self,
        device: &AgentDevice,
    ) -> Result<Option<ConfigurationSettings>, Refused> {
        if !device.configured {
            return Ok(None);
        }
        Ok(self.site.ports.store.fetched_configuration(device.workspace, device.device).await?)
    }
}

/// An entry as it is kept; none if nobody asked for it. A clock that is off by years is not believed.
fn entry(item: log::LogItem, wanted: &ConfigurationSettings, now: Timestamp) -> Option<NewLogEntry> {
    let (package, level) = (item.package_id?, wanted::named(item.level?));
    if !wanted::is_wanted(wanted, &package, level) {
        return None;
    }
    let told = item.timestamp.and_then(|millis| millis.checked_mul(1000)).map(Timestamp);
    let at = told.filter(|at| at.0 <= now.0.saturating_add(DAY)).unwrap_or(now);
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let message = item.message.unwrap_or_default().chars().take(MOST).map(plain).collect();
    Some(NewLogEntry { at, level, package, message })
}
