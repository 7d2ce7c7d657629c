//! `…/rest/plugins/devicelog/…`: which entries of its log a device is to send, and the entries. Without a rule nothing is kept.

use super::{Asked, Refused, json};
use crate::headwind::{sheet::Unwritten, wanted};
use axum::response::Response;
use muster_domain::{
    Timestamp,
    configuration::ConfigurationSettings,
    ports::{AgentDevice, NewLogEntry},
    time::DAY,
    token::{AgentAddress, InvitationToken},
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
    let message = without_secrets(&item.message.unwrap_or_default()).chars().take(MOST).map(plain).collect();
    Some(NewLogEntry { at, level, package, message })
}

/// What an agent logs names its server, whose address is its secret (ABUSE A26): whatever is shaped like one, or like a link's token, is
/// left out, also what may be the beginning of one where the agent has cut the line.
fn without_secrets(message: &str) -> String {
    let message = message.replace("%2F", "/").replace("%2f", "/");
    let is_cut = message.chars().count() >= MOST;
    let mut out = String::with_capacity(message.len());
    let mut rest = message.as_str();
    while !rest.is_empty() {
        let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let (word, after) = rest.split_at(rest.find(|c| !part(c)).unwrap_or(rest.len()));
        let lower = word.to_ascii_lowercase();
        let shaped = lower.parse::<AgentAddress>().is_ok() || word.parse::<InvitationToken>().is_ok();
        let begun = is_cut && after.is_empty() && word.len() >= 6;
        out.push_str(if shaped || begun { "…" } else { word });
        let mut other = after.chars();
        out.extend(other.next());
        rest = other.as_str();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::InvitationId;

    #[test]
    fn a26_no_address_and_no_token_is_kept_of_a_line() {
        let id: InvitationId = "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e5f".parse().unwrap();
        let address = AgentAddress::derive(&[7; 32], id).reveal();
        let token = InvitationToken::derive(&[7; 32], id, 1).reveal();
        for secret in [&address, &token, &address.to_uppercase(), &token.replace('-', "")] {
            let line = format!("migrated to https://m.example/{secret}/rest/x");
            assert_eq!(without_secrets(&line), "migrated to https://m.example/…/rest/x");
            assert_eq!(without_secrets(&format!("GET /{secret}%2Frest")), "GET /…/rest");
            assert_eq!(without_secrets(secret), "…");
        }
        let cut: String = format!("{} {address}", "x".repeat(500)).chars().take(MOST).collect();
        assert!(!without_secrets(&cut).contains(&address[..10]), "{cut}");
        for plain in [
            "configuration updated: com.example.app 6.36 – готово!",
            "a-b",
            "",
            "/",
            "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e5f",
        ] {
            assert_eq!(without_secrets(plain), plain);
        }
    }
}
