//! The message in both languages, with words of the company's own and without.

use super::*;

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
        // 2026-12-01T18:00:00Z
        expires_at: Timestamp(1_796_148_000_000_000),
        help: Some("it-help@northwind.example"),
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
