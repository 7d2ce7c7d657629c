//! What a workspace sets: its name, address, mail, links and when silence alarms.

use crate::{
    EmailAddress, Language, PersonName,
    command::is_package,
    device::{HeadwindRules, Silence, is_version},
    host::{is_host, is_origin},
    names::is_time_zone,
};
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

impl SmtpTls {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Implicit, Self::Required, Self::Offered, Self::None];

    /// The port that servers usually listen on for it (RFC 8314, RFC 6409, RFC 5321).
    #[must_use]
    pub fn usual_port(self) -> u16 {
        match self {
            Self::Implicit => 465,
            Self::Required => 587,
            Self::Offered | Self::None => 25,
        }
    }
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

impl Smtp {
    /// Whether a password that was typed for the other is for this one too. A kept password must not go to a server
    /// that somebody typed later: whoever may change the host may not read the password.
    #[must_use]
    pub fn same_account(&self, other: &Self) -> bool {
        self.host.eq_ignore_ascii_case(&other.host) && self.user == other.user
    }
}

/// What a mail provider allows: messages a minute and in 24 hours, 0 for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The provider; empty for none.
    pub provider: &'static str,
    /// Messages a minute.
    pub per_minute: u32,
    /// Messages in 24 hours.
    pub per_day: u32,
}

/// What the large providers allow (FINDINGS, SQLite, limits, mail).
pub const PRESETS: [Preset; 3] = [
    Preset { provider: "", per_minute: 0, per_day: 0 },
    Preset { provider: "Exchange Online", per_minute: 30, per_day: 10_000 },
    Preset { provider: "Google Workspace", per_minute: 0, per_day: 2_000 },
];

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
    /// What iPhones and iPads are asked for.
    pub apple: Apple,
    /// What is wanted of devices with the Headwind agent.
    pub headwind: Headwind,
}

/// What is wanted of devices with the Headwind agent; what they are told is a configuration of their groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Headwind {
    /// They are to be the company's own: one whose agent is not its owner is a warning.
    pub owned: bool,
    /// The company has a build of the agent of its own, with a secret that is kept apart, sealed: what does not prove it is refused.
    pub signed: bool,
    /// The least version of the agent; an older one is a warning.
    pub minimum_agent: Option<String>,
    /// How phones fresh from their box are set up.
    pub set_up: SetUp,
}

/// How phones fresh from their box are set up as the company's own, by a code that their first screen scans. The password of the
/// network is kept apart, sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetUp {
    /// Whether there is such a code.
    pub offered: bool,
    /// Whether it goes with the mail, too.
    pub mailed: bool,
    /// The package that becomes the phone's owner; the agent's if unset.
    pub package: Option<String>,
    /// The name of the network over which the package comes; unset, the person chooses one.
    pub wifi: Option<String>,
    /// Whether the apps that came with the phone stay.
    pub keep_apps: bool,
    /// Language and country such as `de_DE`; unset, as the person chose.
    pub locale: Option<String>,
    /// The name of a time zone such as `Europe/Berlin`; unset, as the phone finds it.
    pub time_zone: Option<String>,
}

/// The name of a Wi-Fi network (IEEE 802.11): 1 to 32 bytes; control characters are a slip of the pen.
fn is_network(name: &str) -> bool {
    (1..=32).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// A language and a country as Android writes them.
fn is_locale(text: &str) -> bool {
    text.split_once('_').is_some_and(|(language, country)| {
        (2..=3).contains(&language.len())
            && language.bytes().all(|b| b.is_ascii_lowercase())
            && country.len() == 2
            && country.bytes().all(|b| b.is_ascii_uppercase())
    })
}

/// Shaped like the name of a time zone in the IANA's database.
fn is_shaped_like_a_time_zone(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b))
}

/// What can be the password of a network: WPA's, 8 to 63 visible characters (IEEE 802.11, annex J.4).
#[must_use]
pub fn is_wifi_password(text: &str) -> bool {
    (8..=63).contains(&text.len()) && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

impl Headwind {
    /// By what devices are judged.
    #[must_use]
    pub fn rules(self) -> HeadwindRules {
        HeadwindRules { owned: self.owned, minimum_agent: self.minimum_agent }
    }
}

/// What iPhones and iPads are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Apple {
    /// The rights that the profile asks for (Apple: "MDM", `AccessRights`). They count for who installs it from now on.
    pub rights: u32,
    /// The least version of iOS and iPadOS; an older one is a warning.
    pub minimum_os: Option<String>,
}

/// All of Apple's rights.
pub const ALL_RIGHTS: u32 = 8191;

impl Default for Apple {
    fn default() -> Self {
        Self { rights: ALL_RIGHTS, minimum_os: None }
    }
}

impl Apple {
    /// Whether the rights are ones that a device takes: any of Apple's, at least one, and what changes a thing only with
    /// what looks at it (Apple: "MDM", `AccessRights`: 2 needs 1, 128 needs 64).
    #[must_use]
    pub fn rights_fit(&self) -> bool {
        let needs = |one: u32, other: u32| self.rights & one == 0 || self.rights & other != 0;
        self.rights > 0 && self.rights <= ALL_RIGHTS && needs(2, 1) && needs(128, 64)
    }
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
            apple: Apple::default(),
            headwind: Headwind::default(),
        }
    }
}

/// Why a setting was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidSetting {
    /// The public address.
    #[error(
        "the public address must look like https://muster.example.org or https://muster.example.org:8443: a name in Latin \
         letters (others in their xn-- form), and no path, user or blank"
    )]
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
    /// The SMTP server's name.
    #[error(
        "the SMTP host must be a name or address alone, such as mail.example.org or 192.0.2.7: without smtp://, a path, \
         blanks or a full stop at its end; the port is a setting of its own"
    )]
    SmtpHost,
    /// The SMTP server's port.
    #[error("the SMTP port must be from 1 to 65535")]
    SmtpPort,
    /// The name to sign in with.
    #[error("the SMTP user must be one line of at most 200 characters")]
    SmtpUser,
    /// A kept password is not given to a server or user that was typed later.
    #[error("type the SMTP password again: it was kept for another host or user")]
    SmtpPassword,
    /// The least version of iOS.
    #[error("the least version of iOS must look like 17 or 17.4.1")]
    AppleMinimumOs,
    /// The rights of the profile.
    #[error(
        "the profile's rights must be at least one, and installing profiles or apps goes with looking at them"
    )]
    AppleRights,
    /// The least version of the Headwind agent.
    #[error("the least version of the agent is numbers with dots between them, such as 6.30")]
    MinimumAgent,
    /// The package that sets up new phones.
    #[error("the package that sets up new phones must look like com.example.launcher")]
    SetUpPackage,
    /// The network for new phones.
    #[error("the name of a Wi-Fi network has 1 to 32 bytes")]
    SetUpWifi,
    /// Its password.
    #[error("the password of a Wi-Fi network has 8 to 63 Latin letters, digits and signs")]
    SetUpPassword,
    /// The language and country of new phones.
    #[error("language and country of new phones look like de_DE")]
    SetUpLocale,
    /// The time zone of new phones.
    #[error("the time zone of new phones is the name of one, such as Europe/Berlin")]
    SetUpTimeZone,
    /// The secret of the company's own build of the agent.
    #[error("the secret of the agent's build is one line of at most 1,000 characters")]
    AgentSecret,
    /// The line that says whom to ask.
    #[error("whom to ask must be one line of at most 200 characters")]
    HelpContact,
}

impl Settings {
    /// Checks what types alone do not.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        self.problems().into_iter().next().map_or(Ok(()), Err)?;
        // By its shape in the browser, which has no list of them.
        match self.headwind.set_up.time_zone.as_deref() {
            Some(zone) if !is_time_zone(zone) => Err(InvalidSetting::SetUpTimeZone),
            _ => Ok(()),
        }
    }

    /// All rules that are broken, so that a form can name each field at once.
    #[must_use]
    pub fn problems(&self) -> Vec<InvalidSetting> {
        let contact_ok = self.help_contact.as_ref().is_none_or(|c| crate::text::line(c, 200).is_ok());
        let Silence { warning_days, critical_days } = self.silence;
        let smtp = self.smtp.as_ref();
        let user = smtp.and_then(|s| s.user.as_ref());
        let set_up = &self.headwind.set_up;
        let rules = [
            (InvalidSetting::PublicUrl, self.public_url.as_deref().is_none_or(is_origin)),
            (InvalidSetting::HelpContact, contact_ok),
            (InvalidSetting::SmtpHost, smtp.is_none_or(|s| is_host(&s.host))),
            (InvalidSetting::SmtpPort, smtp.is_none_or(|s| s.port != 0)),
            (InvalidSetting::SmtpUser, user.is_none_or(|u| crate::text::line(u, 200).is_ok())),
            (InvalidSetting::LinkDays, (1..=90).contains(&self.link_days)),
            (InvalidSetting::AgentPackage, is_package(&self.agent_package)),
            (InvalidSetting::AppleMinimumOs, self.apple.minimum_os.as_deref().is_none_or(is_version)),
            (InvalidSetting::AppleRights, self.apple.rights_fit()),
            (InvalidSetting::MinimumAgent, self.headwind.minimum_agent.as_deref().is_none_or(is_version)),
            (InvalidSetting::SetUpPackage, set_up.package.as_deref().is_none_or(is_package)),
            (InvalidSetting::SetUpWifi, set_up.wifi.as_deref().is_none_or(is_network)),
            (InvalidSetting::SetUpLocale, set_up.locale.as_deref().is_none_or(is_locale)),
            (
                InvalidSetting::SetUpTimeZone,
                set_up.time_zone.as_deref().is_none_or(is_shaped_like_a_time_zone),
            ),
            (
                InvalidSetting::Silence,
                1 <= warning_days && warning_days < critical_days && critical_days <= 365,
            ),
        ];
        rules.into_iter().filter(|(_, kept)| !kept).map(|(problem, _)| problem).collect()
    }
}

/// What can be a password for a mail server: SASL (RFC 4616, section 2) knows no NUL, and nobody types other control
/// characters.
#[must_use]
pub fn is_smtp_password(text: &str) -> bool {
    text.len() <= 1000 && !text.chars().any(char::is_control)
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

    #[test]
    fn every_broken_rule_is_named_with_its_field() {
        let smtp = Smtp { host: "a b".into(), port: 0, tls: SmtpTls::None, user: Some("x\ny".into()) };
        let settings = Settings {
            public_url: Some("x".into()),
            smtp: Some(smtp),
            help_contact: Some("a\nb".into()),
            link_days: 91,
            agent_package: "agent".into(),
            silence: crate::device::Silence { warning_days: 30, critical_days: 30 },
            ..Settings::default()
        };
        use InvalidSetting::{AgentPackage, HelpContact, LinkDays, PublicUrl, SmtpHost, SmtpPort, SmtpUser};
        let all = [
            PublicUrl,
            HelpContact,
            SmtpHost,
            SmtpPort,
            SmtpUser,
            LinkDays,
            AgentPackage,
            InvalidSetting::Silence,
        ];
        assert_eq!(settings.problems(), all);
        assert_eq!(settings.check(), Err(PublicUrl));
    }

    #[test]
    fn what_new_phones_are_told_is_what_android_reads() {
        let with = |change: fn(&mut SetUp, String), text: &str| {
            let mut settings = Settings::default();
            change(&mut settings.headwind.set_up, text.into());
            settings.check()
        };
        type Rule =
            (fn(&mut SetUp, String), InvalidSetting, &'static [&'static str], &'static [&'static str]);
        let rules: [Rule; 4] = [
            (
                |s, t| s.package = Some(t),
                InvalidSetting::SetUpPackage,
                &["com.example.launcher"],
                &["launcher", ""],
            ),
            (
                |s, t| s.wifi = Some(t),
                InvalidSetting::SetUpWifi,
                &["Büro 2"],
                &["", "a\nb", "ääääääääääääääääää"],
            ),
            (
                |s, t| s.locale = Some(t),
                InvalidSetting::SetUpLocale,
                &["de_DE", "fil_PH"],
                &["de", "de-DE", "DE_de"],
            ),
            (
                |s, t| s.time_zone = Some(t),
                InvalidSetting::SetUpTimeZone,
                &["Europe/Berlin", "UTC"],
                &["", "Europe Berlin"],
            ),
        ];
        for (change, problem, good, bad) in rules {
            for text in good {
                assert_eq!(with(change, text), Ok(()), "{text}");
            }
            for text in bad {
                assert_eq!(with(change, text), Err(problem), "{text:?}");
            }
        }
        assert!(
            is_wifi_password("correct horse")
                && !is_wifi_password("short")
                && !is_wifi_password("größer als acht")
        );
    }

    #[test]
    fn a_kept_password_is_for_one_host_and_user() {
        let smtp = |host: &str, port, user: Option<&str>| Smtp {
            host: host.into(),
            port,
            tls: SmtpTls::Required,
            user: user.map(Into::into),
        };
        let kept = smtp("mail.example.org", 587, Some("it"));
        assert!(kept.same_account(&smtp("Mail.example.org", 465, Some("it"))));
        assert!(!kept.same_account(&smtp("evil.example.net", 587, Some("it"))));
        assert!(!kept.same_account(&smtp("mail.example.org", 587, Some("eve"))));
    }
}
