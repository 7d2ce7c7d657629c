//! The message with a person's link: subject, plain text and HTML, in their language.
//!
//! Templates have `{{name}}`, `{{#name}}…{{/name}}` (shown if there is such a value) and `{{^name}}…{{/name}}` (shown
//! if there is none), and nothing else. They are
//! walked once: what a value holds is never looked at again (ABUSE A41), and is escaped in HTML (A15).

use crate::html::escape;
use muster_domain::{Language, Timestamp, account::Role, ports::Offer};

/// What a message says.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The company's name.
    pub company: &'a str,
    /// The person's name.
    pub person: &'a str,
    /// The link in full.
    pub link: &'a str,
    /// What the sender adds.
    pub note: Option<&'a str>,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// Whom to ask.
    pub help: Option<&'a str>,
}

/// A message in its three texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML; its picture is `cid:qr`.
    pub html: String,
}

struct Templates {
    subject: &'static str,
    text: &'static str,
    html: &'static str,
}

const EN: Templates = Templates {
    subject: include_str!("../templates/mail/instructions/en/subject.txt"),
    text: include_str!("../templates/mail/instructions/en/text.txt"),
    html: include_str!("../templates/mail/instructions/en/html.html"),
};
const RU: Templates = Templates {
    subject: include_str!("../templates/mail/instructions/ru/subject.txt"),
    text: include_str!("../templates/mail/instructions/ru/text.txt"),
    html: include_str!("../templates/mail/instructions/ru/html.html"),
};

const TEST_EN: Templates = Templates {
    subject: include_str!("../templates/mail/test/en/subject.txt"),
    text: include_str!("../templates/mail/test/en/text.txt"),
    html: include_str!("../templates/mail/test/en/html.html"),
};
const TEST_RU: Templates = Templates {
    subject: include_str!("../templates/mail/test/ru/subject.txt"),
    text: include_str!("../templates/mail/test/ru/text.txt"),
    html: include_str!("../templates/mail/test/ru/html.html"),
};

const ACCOUNT_EN: Templates = Templates {
    subject: include_str!("../templates/mail/account/en/subject.txt"),
    text: include_str!("../templates/mail/account/en/text.txt"),
    html: include_str!("../templates/mail/account/en/html.html"),
};
const ACCOUNT_RU: Templates = Templates {
    subject: include_str!("../templates/mail/account/ru/subject.txt"),
    text: include_str!("../templates/mail/account/ru/text.txt"),
    html: include_str!("../templates/mail/account/ru/html.html"),
};

/// The message for these parts.
#[must_use]
pub fn render(language: Language, parts: &Parts<'_>) -> Rendered {
    let expires = date_in_words(language, parts.expires_at);
    let initial =
        parts.company.chars().find(|c| c.is_alphanumeric()).unwrap_or('M').to_uppercase().to_string();
    let value = |name: &str| match name {
        "company" => parts.company,
        "initial" => &initial,
        "person" => parts.person,
        "link" => parts.link,
        "note" => parts.note.unwrap_or_default().trim(),
        "expires" => &expires,
        "help" => parts.help.unwrap_or_default().trim(),
        _ => "",
    };
    let templates = match language {
        Language::En => &EN,
        Language::Ru => &RU,
    };
    templates.filled(&value)
}

/// The invitation of a colleague to the console.
#[must_use]
pub fn account(company: &str, offer: &Offer, link: &str) -> Rendered {
    let expires = date_in_words(offer.language, offer.expires_at);
    let initial = company.chars().find(|c| c.is_alphanumeric()).unwrap_or('M').to_uppercase().to_string();
    let (templates, role) = match (offer.language, offer.role) {
        (Language::En, Role::Owner) => (&ACCOUNT_EN, "owner"),
        (Language::En, Role::Administrator) => (&ACCOUNT_EN, "administrator"),
        (Language::En, Role::Operator) => (&ACCOUNT_EN, "operator"),
        (Language::En, Role::Auditor) => (&ACCOUNT_EN, "auditor"),
        (Language::Ru, Role::Owner) => (&ACCOUNT_RU, "владелец"),
        (Language::Ru, Role::Administrator) => (&ACCOUNT_RU, "администратор"),
        (Language::Ru, Role::Operator) => (&ACCOUNT_RU, "оператор"),
        (Language::Ru, Role::Auditor) => (&ACCOUNT_RU, "аудитор"),
    };
    templates.filled(&|name| match name {
        "company" => company,
        "initial" => &initial,
        "by" => offer.by.as_deref().unwrap_or_default(),
        "role" => role,
        "email" => &offer.email,
        "link" => link,
        "expires" => &expires,
        _ => "",
    })
}

/// The test mail of the settings.
#[must_use]
pub fn test(language: Language, company: &str) -> Rendered {
    let templates = match language {
        Language::En => &TEST_EN,
        Language::Ru => &TEST_RU,
    };
    templates.filled(&|name| if name == "company" { company } else { "" })
}

impl Templates {
    fn filled<'v>(&self, value: &dyn Fn(&str) -> &'v str) -> Rendered {
        let one_line = |text: &str| clean(text).replace('\n', " ");
        let subject = fill(self.subject.trim_end(), value, &one_line);
        Rendered {
            subject: subject.chars().take(200).collect(),
            text: fill(self.text, value, &|text| clean(text).replace('\n', "\n> ")),
            html: fill(self.html, value, &|text| escape(&clean(text)).replace('\n', "<br>")),
        }
    }
}

/// A moment in words, in UTC: "Tuesday, 1 December 2026, 18:00 UTC".
#[must_use]
pub fn date_in_words(language: Language, at: Timestamp) -> String {
    let c = at.civil();
    // 1970-01-01 was a Thursday.
    let weekday = (at.seconds().div_euclid(86_400) + 4).rem_euclid(7) as usize;
    let (weekdays, year) = match language {
        Language::En => (["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"], ""),
        Language::Ru => {
            (["воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"], " г.")
        }
    };
    let (day, hour, minute) = (day_in_words(language, at), c.hour, c.minute);
    format!("{}, {day} {}{year}, {hour:02}:{minute:02} UTC", weekdays[weekday], c.year)
}

/// A day in words, in UTC: "1 December".
#[must_use]
pub fn day_in_words(language: Language, at: Timestamp) -> String {
    let months = match language {
        Language::En => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        Language::Ru => [
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ],
    };
    let c = at.civil();
    format!("{} {}", c.day, months[usize::from(c.month.saturating_sub(1)) % 12])
}

/// Without control characters but line breaks, and without signs that turn the reading direction.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\n' => Some('\n'),
            '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => None,
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// Walks a template once. A placeholder that is not closed stays as it is.
fn fill<'v>(template: &str, value: &dyn Fn(&str) -> &'v str, escape: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len() + 256);
    let mut rest = template;
    while let Some((before, (name, after))) =
        rest.split_once("{{").and_then(|(b, a)| Some((b, a.split_once("}}")?)))
    {
        out.push_str(before);
        rest = after;
        if let Some((kind, name)) = name.split_at_checked(1).filter(|(kind, _)| matches!(*kind, "#" | "^")) {
            if let Some((inside, after)) = after.split_once(&format!("{{{{/{name}}}}}")) {
                if value(name).is_empty() == (kind == "^") {
                    out.push_str(&fill(inside, value, escape));
                }
                rest = after;
            }
        } else {
            out.push_str(&escape(value(name)));
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts<'static> {
        Parts {
            company: "Northwind Hospital",
            person: "Anna Petrova",
            link: "https://muster.example.org/k7qf2-m9xtr-wd84h-cjn3p-6vbey-a",
            note: Some("Please connect before Friday.\nRosa Klein, IT"),
            // 2026-12-01T18:00:00Z
            expires_at: Timestamp(1_796_148_000_000_000),
            help: Some("it-help@northwind.example"),
        }
    }

    #[test]
    fn every_placeholder_is_filled_in_both_languages() {
        for language in Language::ALL {
            for note in [None, parts().note] {
                for help in [None, parts().help] {
                    let mail = render(language, &Parts { note, help, ..parts() });
                    for text in [&mail.subject, &mail.text, &mail.html] {
                        assert!(!text.contains("{{") && !text.contains("}}"), "{text}");
                        assert!(text.contains("Northwind Hospital"));
                    }
                    for text in [&mail.text, &mail.html] {
                        assert!(text.contains(parts().link) && text.contains("18:00 UTC"), "{text}");
                        assert_eq!(text.contains("Friday"), note.is_some());
                        assert_eq!(text.contains("it-help@"), help.is_some());
                        assert_eq!(
                            text.contains("eply to this") || text.contains("тветьте на"),
                            help.is_none()
                        );
                    }
                    assert!(mail.html.contains("cid:qr") && mail.html.contains("prefers-color-scheme"));
                }
            }
        }
    }

    /// The layout of a mail is the same in all languages.
    #[test]
    fn the_layout_holds_in_outlook_and_gmail() {
        let long = "Ж".repeat(1000);
        for language in Language::ALL {
            let html = render(language, &Parts { note: Some(&long), ..parts() }).html;
            // Gmail cuts off behind 102 kB; Outlook knows tables with widths as attributes, and neither flex nor grid.
            assert!(html.len() < 20_000, "{}", html.len());
            for none in [
                "flex",
                "grid",
                "<script",
                "<link",
                "@import",
                "url(",
                "position:",
                "background-image",
                "data:",
            ] {
                assert!(!html.contains(none), "{none}");
            }
            for tag in html.split("<table").skip(1) {
                assert!(
                    tag.starts_with(" role=\"presentation\"") && tag.contains("cellpadding=\"0\""),
                    "{tag}"
                );
            }
            let body = &html[html.find("<body").unwrap()..];
            for tag in
                body.split("<td").skip(1).map(|t| t.split('>').next().unwrap()).filter(|t| t.contains("ink"))
            {
                assert!(
                    tag.contains("color:#191c1e"),
                    "without its style sheet the text has its colour: {tag}"
                );
            }
            // A name without a blank breaks rather than to make the page wider than a phone.
            let root = html.split("max-width:552px;").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
            assert!(root.contains("word-break:break-word;overflow-wrap:anywhere"), "{root}");
            assert!(html.contains("width=\"164\" height=\"164\" alt=\"QR"));
            assert!(html.contains("mso-padding-alt") && html.contains("<!--[if mso]>"));
            assert_eq!(html.matches("<table").count(), html.matches("</table").count());
        }
        let tags = |language| {
            let html = render(language, &parts()).html;
            html.split('<')
                .map(|t| t.split(['>', ' ']).next().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(tags(Language::En), tags(Language::Ru));
    }

    #[test]
    fn a15_the_test_mail_names_the_company_and_its_markup_stays_text() {
        for language in Language::ALL {
            let mail = test(language, "<b>Northwind</b>");
            assert!(
                mail.text.contains("<b>Northwind</b>") && mail.html.contains("&lt;b&gt;Northwind"),
                "{mail:?}"
            );
            assert!(!mail.html.contains("{{") && mail.subject.contains("Muster"), "{mail:?}");
        }
    }

    #[test]
    fn a15_a_colleagues_invitation_says_who_where_and_as_what_and_markup_stays_text() {
        for language in Language::ALL {
            for role in Role::ALL {
                for by in [None, Some("<b>Rosa</b>".to_owned())] {
                    let offer = Offer {
                        id: "019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a10".parse().unwrap(),
                        email: "new@northwind.example".into(),
                        role,
                        language,
                        by: by.clone(),
                        expires_at: parts().expires_at,
                        delivery: muster_domain::ports::Delivery::Sending,
                    };
                    let mail =
                        account("<i>Northwind</i>\r\nBcc: x", &offer, "https://muster.example.org/join/abc");
                    assert!(!mail.subject.contains(['\r', '\n']), "a25: {:?}", mail.subject);
                    for text in [&mail.text, &mail.html] {
                        assert!(!text.contains("{{") && !text.contains("}}"), "{text}");
                        assert!(text.contains("https://muster.example.org/join/abc"), "{text}");
                        assert!(
                            text.contains("new@northwind.example") && text.contains("18:00 UTC"),
                            "{text}"
                        );
                    }
                    assert!(mail.html.contains("&lt;i&gt;Northwind") && !mail.html.contains("<i>"));
                    assert_eq!(mail.html.contains("&lt;b&gt;Rosa"), by.is_some());
                    assert!(mail.html.len() < 20_000 && !mail.html.contains("cid:"));
                }
            }
        }
    }

    #[test]
    fn dates_are_words_of_the_language() {
        let at = parts().expires_at;
        assert_eq!(date_in_words(Language::En, at), "Tuesday, 1 December 2026, 18:00 UTC");
        assert_eq!(date_in_words(Language::Ru, at), "вторник, 1 декабря 2026 г., 18:00 UTC");
    }

    #[test]
    fn a15_markup_in_names_stays_text() {
        let evil = "<img src=x onerror='alert(1)'>\"";
        let hostile = Parts { company: evil, person: evil, note: Some(evil), help: Some(evil), ..parts() };
        for language in Language::ALL {
            let html = render(language, &hostile).html;
            assert!(!html.contains("<img src=x"), "{html}");
            assert!(html.contains("&lt;img src=x onerror=&#x27;alert(1)&#x27;&gt;&quot;"));
        }
    }

    #[test]
    fn a25_line_breaks_stay_out_of_the_subject() {
        let mail = render(Language::En, &Parts { company: "A\r\nBcc: eve@example.net", ..parts() });
        assert!(!mail.subject.contains(['\r', '\n']), "{:?}", mail.subject);
    }

    #[test]
    fn a41_a_placeholder_typed_in_a_note_stays_as_typed() {
        let mail = render(Language::En, &Parts { note: Some("{{link}} {{#help}}x{{/help}}"), ..parts() });
        assert!(mail.text.contains("> {{link}} {{#help}}x{{/help}}"), "{}", mail.text);
        assert!(mail.html.contains("{{link}} {{#help}}x{{/help}}"));
    }

    #[test]
    fn a_note_is_quoted_line_by_line() {
        let mail = render(Language::En, &parts());
        assert!(mail.text.contains("> Please connect before Friday.\n> Rosa Klein, IT\n"), "{}", mail.text);
        assert!(mail.html.contains("Please connect before Friday.<br>Rosa Klein, IT"));
    }
}
