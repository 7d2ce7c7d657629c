//! The message in both languages, with words of the company's own and without.

use super::*;
use muster_domain::{look::Look, wording::Words};

/// Nothing of the company's own.
static NOTHING: Brand = Brand {
    look: muster_domain::look::Look { accent: None, phone: None, email: None },
    logo: None,
    wordings: Vec::new(),
};

fn parts() -> Parts<'static> {
    Parts {
        company: "Northwind Hospital",
        person: "Anna Petrova",
        link: "https://muster.example.org/k7qf2-m9xtr-wd84h-cjn3p-6vbey-a",
        note: Some("Please connect before Friday.\nRosa Klein, IT"),
        works_now: false,
        // 2026-12-01T18:00:00Z
        expires_at: Timestamp(1_796_148_000_000_000),
        help: Some("it-help@northwind.example"),
        agent: false,
        owner: false,
        brand: &NOTHING,
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
                    assert_eq!(text.contains("eply to this") || text.contains("тветьте на"), help.is_none());
                }
                assert!(mail.html.contains("cid:qr") && mail.html.contains("prefers-color-scheme"));
            }
        }
    }
}

#[test]
fn further_codes_say_for_whom_they_are_and_are_not_there_unless_they_are_wanted() {
    for (language, agent_words, owner_words) in [
        (
            Language::En,
            vec!["Not for iPhones"],
            vec!["Never erase a phone that is in use", "Google’s set-up takes approved apps alone"],
        ),
        (
            Language::Ru,
            vec!["Не для iPhone"],
            vec!["Не сбрасывайте ради этого телефон", "настройка Google принимает только одобренные"],
        ),
    ] {
        for (agent, owner) in [(false, false), (true, false), (false, true), (true, true)] {
            let mail = render(language, &Parts { agent, owner, ..parts() });
            assert_eq!(mail.html.contains("cid:agent"), agent, "{language:?}");
            assert_eq!(mail.html.contains("cid:owner"), owner, "{language:?}");
            // Whoever reads the plain text is told the same.
            for (words, there) in [(&agent_words, agent), (&owner_words, owner)] {
                for fact in words {
                    assert_eq!(mail.html.contains(fact), there, "{fact}: {}", mail.html);
                    assert_eq!(mail.text.contains(fact), there, "{fact}: {}", mail.text);
                }
            }
            let fixed = Fixed::of(language);
            assert_eq!(mail.text.contains(fixed.agent_plain), agent, "{}", mail.text);
            assert_eq!(mail.text.contains(fixed.owner_plain), owner, "{}", mail.text);
            assert!(mail.html.len() < 20_000 && !mail.html.contains("{{") && !mail.text.contains("{{"));
            assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
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
        for none in
            ["flex", "grid", "<script", "<link", "@import", "url(", "position:", "background-image", "data:"]
        {
            assert!(!html.contains(none), "{none}");
        }
        for tag in html.split("<table").skip(1) {
            assert!(tag.starts_with(" role=\"presentation\"") && tag.contains("cellpadding=\"0\""), "{tag}");
        }
        let body = &html[html.find("<body").unwrap()..];
        for tag in
            body.split("<td").skip(1).map(|t| t.split('>').next().unwrap()).filter(|t| t.contains("ink"))
        {
            assert!(tag.contains("color:#191c1e"), "without its style sheet the text has its colour: {tag}");
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
        html.split('<').map(|t| t.split(['>', ' ']).next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
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

fn branded(words: &Words, look: Look, logo: bool) -> Brand {
    let logo =
        logo.then(|| muster_domain::look::Logo { name: "a".into(), width: 120, height: 30, png: vec![1] });
    let wordings = Language::ALL.map(|language| (language, words.parse().unwrap())).into();
    Brand { look, logo, wordings }
}

fn own() -> Words {
    Words {
        subject: "{{company}}: {{name}}, your phone".into(),
        headline: "Welcome, {{name}}".into(),
        text: "Dear {{name}},\nplease begin.\n\nUntil {{expires}}, or ask {{contact}}.".into(),
        button: "Begin at {{company}}".into(),
        steps: "Open {{link}}\n\nThen wait".into(),
        footer: "Bye\n{{company}}".into(),
    }
}

#[test]
fn words_of_ones_own_stand_in_all_three_texts_and_the_link_stays_whatever_they_say() {
    let brand = branded(&own(), Look::default(), false);
    for language in Language::ALL {
        let mail = render(language, &Parts { brand: &brand, ..parts() });
        assert_eq!(mail.subject, "Northwind Hospital: Anna Petrova, your phone");
        assert!(
            mail.text.starts_with("Welcome, Anna Petrova\n\nDear Anna Petrova,\nplease begin.\n\nUntil "),
            "{}",
            mail.text
        );
        assert!(
            mail.text.contains("\n1. Open https://muster.example.org/k7qf2")
                && mail.text.contains("\n2. Then wait\n")
        );
        assert!(mail.text.ends_with("\nBye\nNorthwind Hospital\n\nNorthwind Hospital\n"), "{}", mail.text);
        for html in [
            ">Welcome, Anna Petrova<",
            ">Begin at Northwind Hospital</a>",
            "Dear Anna Petrova,<br>please begin.</td>",
            "ask it-help@northwind.example.</td>",
            ">2.</td>",
            "Bye<br>Northwind",
        ] {
            assert!(mail.html.contains(html), "{html}: {}", mail.html);
        }
        assert!(
            mail.html.contains(">Dear Anna Petrova, please begin.  Until")
                || mail.html.contains("Dear Anna Petrova, please begin."),
            "the first words stand beside the subject"
        );
        let bare = Words { text: "x".into(), steps: String::new(), footer: String::new(), ..own() };
        let mail = render(language, &Parts { brand: &branded(&bare, Look::default(), false), ..parts() });
        assert_eq!(mail.html.matches(parts().link).count(), 3, "button, address and text of the link");
        assert!(mail.text.contains(parts().link) && mail.html.contains("cid:qr"));
        assert!(!mail.html.contains(">1.</td>") && !mail.text.contains("1. "), "{}", mail.text);
    }
}

#[test]
fn where_it_is_not_set_whom_to_ask_the_placeholder_says_who_that_is() {
    let brand = branded(&own(), Look::default(), false);
    let mail = |language| render(language, &Parts { brand: &brand, help: None, ..parts() }).text;
    assert!(mail(Language::En).contains("or ask whoever looks after phones at Northwind Hospital."));
    assert!(mail(Language::Ru).contains("те, кто в компании «Northwind Hospital» отвечает за телефоны"));
}

#[test]
fn colour_and_logo_stand_in_the_mail_in_light_and_in_dark() {
    let look = Look { accent: "#ffcc00".parse().ok(), ..Look::default() };
    let html = render(Language::En, &Parts { brand: &branded(&own(), look.clone(), true), ..parts() }).html;
    assert!(
        html.contains("bgcolor=\"#ffcc00\"") && html.contains("color:#000000;text-decoration:none\">Begin"),
        "{html}"
    );
    assert!(!html.contains("#0b5f7d") && !html.contains("#62bfe0"), "{html}");
    assert!(
        html.contains("<img src=\"cid:logo\" width=\"120\" height=\"30\" alt=\"\"")
            && !html.contains("class=\"mark\"")
    );
    let html = render(Language::En, &Parts { brand: &branded(&own(), look, false), ..parts() }).html;
    assert!(html.contains("color:#000000\">N</td>") && !html.contains("cid:logo"));
}

/// Whatever is typed and whoever it is for: no sign of theirs is markup, none is evaluated, the subject is one line.
mod hostile {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("<script>alert(1)</script>".to_owned()),
            Just("\"><img src=x onerror=alert(1)>".to_owned()),
            Just("{{link}}".to_owned()),
            Just("{{contact}}".to_owned()),
            Just("{{name}}".to_owned()),
            Just("cid:qr".to_owned()),
            Just("\r\nBcc: eve@example.net".to_owned()),
            Just("{{#note}}x{{/note}}".to_owned()),
            "[a-zа-я <>&\"'{}\n]{0,12}",
        ];
        proptest::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
    }

    /// Only what can be taken, as it would be kept.
    fn words() -> impl Strategy<Value = Words> {
        [text(), text(), text(), text(), text(), text()].prop_map(|typed| {
            let mut words = own();
            for (part, text) in muster_domain::wording::Part::ALL.into_iter().zip(typed) {
                if Template::parse(part, &text).is_ok() {
                    words.put(part, text);
                }
            }
            words
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn a15_a25_a41_words_and_values_stay_text(words in words(), name in text(), company in text(), help in text()) {
            let harmless = |s: &str| s.replace(['<', '>', '"', '\''], "x");
            let brand = branded(&words, Look::default(), true);
            let mut tame = words.clone();
            for part in muster_domain::wording::Part::ALL {
                tame.put(part, harmless(words.get(part)));
            }
            let tamed = branded(&tame, Look::default(), true);
            for language in Language::ALL {
                let wild = Parts { company: &company, person: &name, help: Some(&help), brand: &brand, ..parts() };
                let mail = render(language, &wild);
                let (c, n, h) = (harmless(&company), harmless(&name), harmless(&help));
                let other = render(language, &Parts { company: &c, person: &n, help: Some(&h), brand: &tamed, ..parts() });
                for sign in ['<', '>', '"'] {
                    prop_assert_eq!(mail.html.matches(sign).count(), other.html.matches(sign).count(), "{}: {}", sign, mail.html);
                }
                prop_assert!(!mail.subject.contains(['\r', '\n', '\0']), "{:?}", mail.subject);
                prop_assert!(!mail.text.contains('\r') && !mail.html.contains('\r'));
                prop_assert!(mail.html.contains(parts().link) && mail.text.contains(parts().link));
            }
        }
    }

    #[test]
    fn a41_a_person_called_like_a_placeholder_keeps_that_name() {
        let brand = branded(&own(), Look::default(), false);
        let mail = render(
            Language::En,
            &Parts { person: "{{link}}", company: "{{name}}", brand: &brand, ..parts() },
        );
        assert_eq!(mail.subject, "{{name}}: {{link}}, your phone");
        assert!(mail.html.contains("Dear {{link}},<br>") && mail.text.contains("Welcome, {{link}}"));
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
                    assert!(text.contains("new@northwind.example") && text.contains("18:00 UTC"), "{text}");
                }
                assert!(mail.html.contains("&lt;i&gt;Northwind") && !mail.html.contains("<i>"));
                assert_eq!(mail.html.contains("&lt;b&gt;Rosa"), by.is_some());
                assert!(mail.html.len() < 20_000 && !mail.html.contains("cid:"));
            }
        }
    }
}

#[test]
fn who_waited_with_an_iphone_is_told_that_it_works_now_before_what_the_sender_adds() {
    for language in Language::ALL {
        let words = t::mail_works_now(language);
        let mail = render(language, &Parts { works_now: true, ..parts() });
        let at = |needle: &str| mail.text.replace("\n> ", " ").find(needle);
        let begin: String = words.chars().take(20).collect();
        assert!(at(&begin).unwrap() < at("Please connect before Friday.").unwrap(), "{}", mail.text);
        assert!(mail.html.contains(&escape(words)), "{}", mail.html);
        assert!(!render(language, &parts()).text.contains(&begin));
        let bare = render(language, &Parts { works_now: true, note: None, ..parts() });
        assert!(bare.html.contains(&escape(words)));
    }
}
