//! What stands in the form, as it was typed, and what it means.

use crate::text::{self, t};
use muster_domain::{
    EmailAddress, Language,
    device::Silence,
    settings::{Apple, Headwind, InvalidSetting, Settings, Smtp, SmtpTls},
};

/// A field of the form. Its place in [`Field::ALL`] is its place in a [`Draft`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    PublicUrl,
    Help,
    Language,
    Host,
    Tls,
    Port,
    User,
    Sender,
    PerMinute,
    PerDay,
    LinkDays,
    Package,
    WarningDays,
    CriticalDays,
    MinimumOs,
    Rights,
    Owned,
    MinimumAgent,
    /// Whether the company's build of the agent has a secret: set on the command line.
    Signed,
    /// Stands beside the draft, since it is only ever written.
    Password,
}

impl Field {
    const ALL: [Self; 20] = [
        Self::Name,
        Self::PublicUrl,
        Self::Help,
        Self::Language,
        Self::Host,
        Self::Tls,
        Self::Port,
        Self::User,
        Self::Sender,
        Self::PerMinute,
        Self::PerDay,
        Self::LinkDays,
        Self::Package,
        Self::WarningDays,
        Self::CriticalDays,
        Self::MinimumOs,
        Self::Rights,
        Self::Owned,
        Self::MinimumAgent,
        Self::Signed,
    ];

    /// The id of its control on the page.
    pub(super) fn id(self) -> String {
        format!("set-{}", self as usize)
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    Setting(InvalidSetting),
    Name,
    Sender,
    SenderMissing,
    Number,
}

impl Problem {
    pub(super) fn words(self, language: Language) -> &'static str {
        match self {
            Self::Setting(problem) => text::setting(language, problem),
            Self::Name => t::set_bad_name(language),
            Self::Sender => t::set_bad_sender(language),
            Self::SenderMissing => t::set_sender_missing(language),
            Self::Number => t::set_bad_number(language),
        }
    }
}

/// The field that a rule of the domain is about.
pub(super) fn field_of(problem: InvalidSetting) -> Field {
    match problem {
        InvalidSetting::PublicUrl => Field::PublicUrl,
        // The set-up of new phones is another page's; what is said of it here stands beside the agent.
        InvalidSetting::AgentPackage
        | InvalidSetting::SetUpPackage
        | InvalidSetting::SetUpWifi
        | InvalidSetting::SetUpPassword
        | InvalidSetting::SetUpLocale
        | InvalidSetting::SetUpTimeZone
        | InvalidSetting::AgentSecret => Field::Package,
        InvalidSetting::LinkDays => Field::LinkDays,
        InvalidSetting::Silence => Field::WarningDays,
        InvalidSetting::SmtpHost => Field::Host,
        InvalidSetting::SmtpPort => Field::Port,
        InvalidSetting::SmtpUser => Field::User,
        InvalidSetting::SmtpPassword => Field::Password,
        InvalidSetting::HelpContact => Field::Help,
        InvalidSetting::AppleMinimumOs => Field::MinimumOs,
        InvalidSetting::AppleRights => Field::Rights,
        InvalidSetting::MinimumAgent => Field::MinimumAgent,
    }
}

pub(super) fn tls_name(tls: SmtpTls) -> &'static str {
    match tls {
        SmtpTls::Implicit => "implicit",
        SmtpTls::Required => "required",
        SmtpTls::Offered => "offered",
        SmtpTls::None => "none",
    }
}

pub(super) fn tls(name: &str) -> SmtpTls {
    SmtpTls::ALL.into_iter().find(|t| tls_name(*t) == name).unwrap_or_default()
}

/// What stands for yes in a field that is yes or no.
pub(super) const YES: &str = "yes";

fn said(yes: bool) -> &'static str {
    if yes { YES } else { "" }
}

/// All fields as they were typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Draft([String; 20]);

impl Draft {
    pub(super) fn get(&self, field: Field) -> &str {
        self.0.get(field as usize).map_or("", String::as_str)
    }

    pub(super) fn put(&mut self, field: Field, text: impl Into<String>) {
        if let Some(slot) = self.0.get_mut(field as usize) {
            *slot = text.into();
        }
    }

    pub(super) fn of(settings: &Settings) -> Self {
        let mut draft = Self::default();
        let smtp = settings.smtp.as_ref();
        let way = smtp.map_or_else(SmtpTls::default, |s| s.tls);
        let port = smtp.map_or_else(|| way.usual_port(), |s| s.port);
        draft.put(Field::Name, settings.name.as_str());
        draft.put(Field::PublicUrl, settings.public_url.as_deref().unwrap_or_default());
        draft.put(Field::Help, settings.help_contact.as_deref().unwrap_or_default());
        draft.put(Field::Language, settings.language.tag());
        draft.put(Field::Host, smtp.map(|s| s.host.as_str()).unwrap_or_default());
        draft.put(Field::Tls, tls_name(way));
        draft.put(Field::Port, port.to_string());
        draft.put(Field::User, smtp.and_then(|s| s.user.as_deref()).unwrap_or_default());
        draft.put(Field::Sender, settings.sender.as_ref().map(EmailAddress::as_str).unwrap_or_default());
        draft.put(Field::PerMinute, settings.mail_per_minute.to_string());
        draft.put(Field::PerDay, settings.mail_per_day.to_string());
        draft.put(Field::LinkDays, settings.link_days.to_string());
        draft.put(Field::Package, settings.agent_package.as_str());
        draft.put(Field::WarningDays, settings.silence.warning_days.to_string());
        draft.put(Field::CriticalDays, settings.silence.critical_days.to_string());
        draft.put(Field::MinimumOs, settings.apple.minimum_os.as_deref().unwrap_or_default());
        draft.put(Field::Rights, settings.apple.rights.to_string());
        draft.put(Field::Owned, said(settings.headwind.owned));
        draft.put(Field::MinimumAgent, settings.headwind.minimum_agent.as_deref().unwrap_or_default());
        draft.put(Field::Signed, said(settings.headwind.signed));
        draft
    }

    /// Takes what changed elsewhere, but for fields that were typed in.
    pub(super) fn follow(&mut self, before: &Self, now: &Self) {
        for field in Field::ALL {
            if self.get(field) == before.get(field) {
                self.put(field, now.get(field));
            }
        }
    }

    /// Moves the port to the usual one of the way that was chosen; a port of one's own stays.
    pub(super) fn choose_tls(&mut self, name: &str) {
        let port = self.get(Field::Port).trim().to_owned();
        let usual = port.is_empty() || SmtpTls::ALL.iter().any(|t| t.usual_port().to_string() == port);
        if usual {
            self.put(Field::Port, tls(name).usual_port().to_string());
        }
        self.put(Field::Tls, name);
    }

    /// The settings, and what is wrong with which field. What cannot be read stands for nothing in the settings.
    pub(super) fn settings(&self) -> (Settings, Vec<(Field, Problem)>) {
        let mut problems = Vec::new();
        let text = |field| Some(self.get(field).trim().to_owned()).filter(|t| !t.is_empty());
        // A number that cannot be read becomes 0, which the domain refuses in words about this very field.
        let days = |field| self.get(field).trim().parse().unwrap_or(0);
        let mut settings = Settings {
            public_url: text(Field::PublicUrl).map(|url| url.trim_end_matches('/').to_owned()),
            help_contact: text(Field::Help),
            language: Language::from_tag(self.get(Field::Language)).unwrap_or_default(),
            smtp: text(Field::Host).map(|host| Smtp {
                host,
                port: self.get(Field::Port).trim().parse().unwrap_or(0),
                tls: tls(self.get(Field::Tls)),
                user: text(Field::User),
            }),
            link_days: days(Field::LinkDays),
            agent_package: self.get(Field::Package).trim().to_owned(),
            silence: Silence {
                warning_days: days(Field::WarningDays),
                critical_days: days(Field::CriticalDays),
            },
            apple: Apple { minimum_os: text(Field::MinimumOs), rights: days(Field::Rights) },
            headwind: Headwind {
                owned: self.get(Field::Owned) == YES,
                signed: self.get(Field::Signed) == YES,
                minimum_agent: text(Field::MinimumAgent),
                ..Headwind::default()
            },
            ..Settings::default()
        };
        match self.get(Field::Name).parse() {
            Ok(name) => settings.name = name,
            Err(_) => problems.push((Field::Name, Problem::Name)),
        }
        match text(Field::Sender).map(|sender| sender.parse()) {
            Some(Ok(sender)) => settings.sender = Some(sender),
            Some(Err(_)) => problems.push((Field::Sender, Problem::Sender)),
            None if settings.smtp.is_some() => problems.push((Field::Sender, Problem::SenderMissing)),
            None => {}
        }
        for (field, place) in
            [(Field::PerMinute, &mut settings.mail_per_minute), (Field::PerDay, &mut settings.mail_per_day)]
        {
            match text(field).map(|n| n.parse()) {
                Some(Ok(number)) => *place = number,
                Some(Err(_)) => problems.push((field, Problem::Number)),
                None => {}
            }
        }
        problems.extend(settings.problems().into_iter().map(|p| (field_of(p), Problem::Setting(p))));
        (settings, problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Settings {
        Settings {
            name: "Northwind".parse().unwrap(),
            public_url: Some("https://muster.example.org".into()),
            smtp: Some(Smtp {
                host: "smtp.example.org".into(),
                port: 2525,
                tls: SmtpTls::Offered,
                user: Some("it".into()),
            }),
            sender: Some("it@example.org".parse().unwrap()),
            help_contact: Some("IT, 1234".into()),
            link_days: 14,
            agent_package: "com.example.agent".into(),
            silence: Silence { warning_days: 3, critical_days: 9 },
            apple: Apple { rights: 3, minimum_os: Some("17.4".into()) },
            headwind: Headwind {
                owned: true,
                signed: true,
                minimum_agent: Some("6.30".into()),
                ..Headwind::default()
            },
            language: Language::Ru,
            mail_per_minute: 30,
            mail_per_day: 10_000,
        }
    }

    #[test]
    fn what_is_shown_means_the_same_settings() {
        for settings in [Settings::default(), filled()] {
            assert_eq!(Draft::of(&settings).settings(), (settings, vec![]));
        }
    }

    #[test]
    fn a_change_from_elsewhere_leaves_what_was_typed() {
        let before = Draft::of(&Settings::default());
        let mut draft = before.clone();
        draft.put(Field::Host, "smtp.typed.example");
        draft.follow(&before, &Draft::of(&filled()));
        assert_eq!(draft.get(Field::Host), "smtp.typed.example");
        assert_eq!(draft.get(Field::Name), "Northwind");
    }

    #[test]
    fn each_problem_stands_at_its_field() {
        let mut draft = Draft::of(&filled());
        for (field, text) in [
            (Field::Name, " "),
            (Field::PublicUrl, "https://a.example/x"),
            (Field::Port, "many"),
            (Field::Sender, "it"),
            (Field::PerMinute, "-1"),
            (Field::LinkDays, ""),
            (Field::Package, "agent"),
            (Field::WarningDays, "9"),
        ] {
            draft.put(field, text);
        }
        let fields: Vec<Field> = draft.settings().1.into_iter().map(|(field, _)| field).collect();
        let expected = [
            Field::Name,
            Field::Sender,
            Field::PerMinute,
            Field::PublicUrl,
            Field::Port,
            Field::LinkDays,
            Field::Package,
            Field::WarningDays,
        ];
        assert_eq!(fields, expected);
        draft = Draft::of(&filled());
        draft.put(Field::Sender, "");
        assert_eq!(draft.settings().1, [(Field::Sender, Problem::SenderMissing)]);
    }

    #[test]
    fn choosing_a_protection_moves_a_usual_port_and_leaves_ones_own() {
        let mut draft = Draft::of(&Settings::default());
        assert_eq!(draft.get(Field::Port), "587");
        for (name, port) in [("implicit", "465"), ("none", "25"), ("offered", "25"), ("required", "587")] {
            draft.choose_tls(name);
            assert_eq!((draft.get(Field::Tls), draft.get(Field::Port)), (name, port));
        }
        draft.put(Field::Port, "2525");
        draft.choose_tls("none");
        assert_eq!(draft.get(Field::Port), "2525");
    }
}
