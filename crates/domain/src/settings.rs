//! What a workspace sets: its name, address, mail, links and when silence alarms.

use crate::{EmailAddress, Language, PersonName, device::Silence};
use serde::{Deserialize, Serialize};

/// How the connection to the SMTP server is protected (RFC 3207, RFC 8314).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// TLS from the first byte, port 465.
    Implicit,
    /// STARTTLS or nothing, port 587.
    #[default]
    Required,
    /// STARTTLS if the server offers it.
    Offered,
    /// Never: for a server on the same machine.
    None,
}

/// The SMTP server of a workspace. The password is kept apart, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Smtp {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How it is protected.
    pub tls: SmtpTls,
    /// The name to sign in with, if any.
    pub user: Option<String>,
}

/// All settings of a workspace. Secrets are not among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The company's name.
    pub name: PersonName,
    /// The address under which phones reach Muster, without a slash at the end; the server's own if unset.
    pub public_url: Option<String>,
    /// The mail server; unset, mails are kept as files and shown in the console.
    pub smtp: Option<Smtp>,
    /// The sender of mails.
    pub sender: Option<EmailAddress>,
    /// Whom to ask, as mails and the phone page say it.
    pub help_contact: Option<String>,
    /// Days that a link works.
    pub link_days: u32,
    /// The agent's package on Google Play.
    pub agent_package: String,
    /// When silence alarms.
    pub silence: Silence,
    /// The language of mails where the person has none of their own.
    pub language: Language,
    /// Messages a minute; 0 for no limit.
    pub mail_per_minute: u32,
    /// Messages in 24 hours; 0 for no limit.
    pub mail_per_day: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: PersonName::try_from("Muster".to_owned())
                .unwrap_or_else(|_| unreachable!("a constant name")),
            public_url: None,
            smtp: None,
            sender: None,
            help_contact: None,
            link_days: 7,
            agent_package: "com.hmdm.launcher".into(),
            silence: Silence { warning_days: 7, critical_days: 30 },
            language: Language::En,
            mail_per_minute: 0,
            mail_per_day: 0,
        }
    }
}

/// Why a setting was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidSetting {
    /// The public address.
    #[error("the public address must look like https://muster.example.org, without a path")]
    PublicUrl,
    /// The package.
    #[error("the agent package must look like com.example.agent")]
    AgentPackage,
    /// The lifetime of links.
    #[error("links must work for 1 to 90 days")]
    LinkDays,
    /// The days of silence.
    #[error("days until warning must be fewer than days until critical, and both from 1 to 365")]
    Silence,
    /// The SMTP server.
    #[error("the SMTP host must be a host name or address, and the port from 1 to 65535")]
    Smtp,
    /// The contact.
    #[error("whom to ask must be one line of at most 200 characters")]
    HelpContact,
}

impl Settings {
    /// Checks what types alone do not.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        if let Some(url) = &self.public_url {
            let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            let ok = host.is_some_and(|h| {
                !h.is_empty()
                    && h.len() <= 255
                    && h.chars().all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
            });
            if !ok {
                return Err(InvalidSetting::PublicUrl);
            }
        }
        let part_ok = |p: &str| {
            p.starts_with(|c: char| c.is_ascii_alphabetic())
                && p.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if self.agent_package.len() > 200
            || !self.agent_package.contains('.')
            || !self.agent_package.split('.').all(part_ok)
        {
            return Err(InvalidSetting::AgentPackage);
        }
        if !(1..=90).contains(&self.link_days) {
            return Err(InvalidSetting::LinkDays);
        }
        let Silence { warning_days, critical_days } = self.silence;
        if warning_days < 1 || critical_days > 365 || warning_days >= critical_days {
            return Err(InvalidSetting::Silence);
        }
        if let Some(smtp) = &self.smtp {
            let ok = !smtp.host.is_empty()
                && smtp.host.len() <= 255
                && smtp.host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c));
            if !ok || smtp.port == 0 {
                return Err(InvalidSetting::Smtp);
            }
        }
        if self.help_contact.as_ref().is_some_and(|c| crate::text::line(c, 200).is_err()) {
            return Err(InvalidSetting::HelpContact);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(Settings::default().check(), Ok(()));
    }

    #[test]
    fn addresses_with_a_path_or_another_scheme_are_refused() {
        for url in [
            "javascript:alert(1)",
            "https://",
            "https://a.example/x",
            "https://a.example/?x",
            "ftp://a.example",
            "https://user@a.example",
        ] {
            let settings = Settings { public_url: Some(url.into()), ..Settings::default() };
            assert_eq!(settings.check(), Err(InvalidSetting::PublicUrl), "{url}");
        }
    }
}
