//! Every page, in both languages.

use super::*;

const LINK: &str = "https://muster.example.org/k7qf2-m9xtr-wd84h-cjn3p-6vbey-a";

/// Nothing of the company's own.
static NOTHING: Look = Look { accent: None, phone: None, email: None };

const PACKAGE: Package<'static> = Package {
    address: "/apk/0123456789abcdefghjkmnpqrs",
    version: "6.36",
    size: 4_404_019,
    sha256: "5f0e1c33a5c7b7d6f8e9a0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5",
};

fn view() -> View<'static> {
    View {
        language: Language::En,
        language_chosen: false,
        nonce: "bm9uY2U",
        company: "Northwind Hospital",
        person: "Anna Petrova",
        link: LINK,
        link_path: "/k7qf2-m9xtr-wd84h-cjn3p-6vbey-a",
        svg_qr: |_| String::new(),
        visitor: Visitor::Android { play: true, in_app: false },
        chosen: None,
        expires_at: Timestamp(1_796_148_000_000_000),
        help: Some("it-help@northwind.example"),
        look: &NOTHING,
        logo: None,
        agent_package: "com.hmdm.launcher",
        headwind: Some(Headwind { number: "m-1b2c3d4e5f" }),
        package: None,
        owner: false,
        apple_ready: false,
        ios: None,
        state: State::Waiting,
    }
}

type Variant = (View<'static>, &'static str, &'static str);

/// Each page with words that it must have in English and in Russian.
fn variants() -> Vec<Variant> {
    let v = view();
    let iphone = View { visitor: Visitor::Iphone { in_app: false }, ..v };
    let ipad = View { visitor: Visitor::Ipad { in_app: false }, ..v };
    let refused = |refusal| View { state: State::Refused(refusal), ..v };
    vec![
        (v, "Get it on Google Play", "Открыть в Google Play"),
        (v, "KNOX", "KNOX"),
        (
            v,
            "Google Play must be the phone’s default store",
            "Основным магазином телефона должен быть Google Play",
        ),
        (View { headwind: None, ..v }, "into the field “Server”", "в поле «Server»"),
        (View { headwind: None, ..v }, "It connects by itself", "Оно подключится само"),
        (
            v,
            "Type this number: <span class=one>m-1b2c3d4e5f</span>",
            "Введите этот номер: <span class=one>m-1b2c3d4e5f</span>",
        ),
        (
            View { visitor: Visitor::Desktop { maybe_ipad: false }, ..v },
            "scan instead of typing",
            "отсканируйте вместо ввода",
        ),
        (
            View { visitor: Visitor::Desktop { maybe_ipad: false }, owner: true, ..v },
            "apps that Google has approved",
            "одобренные Google приложения",
        ),
        (View { package: Some(PACKAGE), ..v }, "No Google Play on this phone", "На телефоне нет Google Play"),
        (
            View { visitor: Visitor::Android { play: false, in_app: false }, package: Some(PACKAGE), ..v },
            "Get the app: version 6.36, 4.2 MB",
            "Скачать приложение: версия 6.36, 4,2 МБ",
        ),
        (
            View { visitor: Visitor::Android { play: false, in_app: false }, package: Some(PACKAGE), ..v },
            "Type this number",
            "Введите этот номер",
        ),
        (
            View { visitor: Visitor::Android { play: true, in_app: true }, ..v },
            "Open in browser",
            "Открыть в браузере",
        ),
        (
            View { visitor: Visitor::Android { play: false, in_app: false }, ..v },
            "no Google Play",
            "нет Google Play",
        ),
        (iphone, "An iPhone cannot be connected yet", "iPhone пока нельзя"),
        (ipad, "An iPad cannot be connected yet", "iPad пока нельзя"),
        (View { apple_ready: true, ..iphone }, "Profile Downloaded", "Профиль загружен"),
        // As iOS says it, to the last word, and with the device's own name.
        (
            View { apple_ready: true, ..ipad },
            "to remotely manage your iPad. The administrator may collect personal data, add/remove accounts and restrictions, install, manage, and list apps, and remotely erase data on your iPad.",
            "удалённо управлять Вашим iPad. Администратор сможет собирать личные данные",
        ),
        (
            View { apple_ready: true, visitor: Visitor::Iphone { in_app: true }, ..v },
            "Open this in Safari",
            "в Safari",
        ),
        (
            View { visitor: Visitor::Desktop { maybe_ipad: true }, ..v },
            "Open this on your phone",
            "на телефоне",
        ),
        (View { visitor: Visitor::Other, ..v }, "Open this on your phone", "на телефоне"),
        (
            View { visitor: Visitor::OtherPhone { system: Some("KaiOS") }, ..v },
            "It runs KaiOS. Open the link on an Android phone, iPhone or iPad.",
            "На нём KaiOS. Откройте ссылку на Android-телефоне, iPhone или iPad.",
        ),
        (
            View { visitor: Visitor::OtherPhone { system: None }, ..v },
            "<p class=soft>Open the link on an Android phone",
            "<p class=soft>Откройте ссылку на Android-телефоне",
        ),
        (
            View { state: State::Connected { model: Some("Pixel 8") }, ..v },
            "This <b id=model>Pixel 8</b>",
            "Pixel 8",
        ),
        (
            View { state: State::Used { model: Some("Pixel 8"), at: Timestamp(1_795_500_000_000_000) }, ..v },
            "It connected a <b>Pixel 8</b> on 24 November",
            "24 ноября подключено: <b>Pixel 8</b>",
        ),
        (
            View { state: State::Used { model: None, at: Timestamp(1_795_500_000_000_000) }, ..v },
            "It connected a <b>device</b>",
            "<b>устройство</b>",
        ),
        (
            View { state: State::Left { model: Some("Pixel 8") }, ..v },
            "The <b>Pixel 8</b> that it connected",
            "Устройство <b>Pixel 8</b>",
        ),
        (View { state: State::Unavailable, ..v }, "Try again in a minute", "через минуту"),
        (View { state: State::Requested, ..v }, "passed it on", "Просьба передана"),
        (View { state: State::Unknown, ..v }, "not known", "Такой ссылки нет"),
        (refused(Refusal::Expired), "Ask for a new link", "Попросить новую ссылку"),
        (refused(Refusal::Revoked), "withdrawn", "отозвана"),
        (refused(Refusal::Used), "second message", "второе письмо"),
        (refused(Refusal::OtherManagement), "managed by somebody else", "кто-то другой"),
        (refused(Refusal::Unknown), "not known", "Такой ссылки нет"),
    ]
}

/// A page at most, before it is compressed to a third: with the longest names in the longest script, and the warnings of iOS in full.
const MOST_BYTES: usize = 16_000;

#[test]
fn every_page_says_its_thing_in_both_languages_and_is_small() {
    let mut largest = 0;
    for (view, en, ru) in variants() {
        for (language, words) in [(Language::En, en), (Language::Ru, ru)] {
            // The longest names that the border lets in, and no compression.
            let html = page(&View {
                language,
                svg_qr: crate::adapters::qr::svg,
                company: &"Ж".repeat(120),
                person: &"Ю".repeat(120),
                ..view
            });
            largest = largest.max(html.len());
            assert!(html.len() < MOST_BYTES, "{words}: {} bytes", html.len());
            let html = page(&View { language, svg_qr: crate::adapters::qr::svg, ..view });
            assert!(html.contains(words), "{words}: {html}");
            assert!(!html.contains(" style=") && !html.contains(" onclick"));
        }
    }
    println!("the largest page has {largest} bytes");
}

#[test]
fn every_page_names_the_company_whom_to_ask_what_is_seen_and_offers_the_other_language() {
    for (view, words, _) in variants() {
        let html = page(&view);
        for part in [
            "<b>Northwind Hospital</b>",
            "<b><a href=\"mailto:it-help@northwind.example\">it-help@northwind.example</a></b>",
            "What Northwind Hospital can see",
            "It does not see",
            "<a lang=ru hreflang=ru href=\"/k7qf2-m9xtr-wd84h-cjn3p-6vbey-a?lang=ru\">Русский</a>",
        ] {
            assert!(html.contains(part), "{words}: {part}: {html}");
        }
        let html = page(&View { help: None, ..view });
        assert!(html.contains("Ask the person who sent you the link"), "{words}");
    }
}

#[test]
fn every_page_that_guesses_offers_the_other_kinds_and_keeps_the_language() {
    for (view, words, _) in variants().into_iter().filter(|(v, ..)| v.state == State::Waiting) {
        let html = page(&View { language: Language::Ru, language_chosen: true, ..view });
        for kind in ["android", "iphone", "ipad", "desktop"] {
            assert!(html.contains(&format!("?as={kind}&amp;lang=ru\"")), "{words}: {kind}");
        }
        let html = page(&View { chosen: Some(Chosen::Ipad), ..view });
        assert!(html.contains("?as=ipad&amp;lang=ru\">Русский"), "{words}");
    }
}

#[test]
fn what_needs_the_script_is_hidden_until_it_runs_and_has_a_way_without() {
    let html = page(&view());
    assert!(html.contains("id=wait class=wait role=status hidden"));
    assert!(
        html.contains(
            "<noscript><a class=btn href=\"/k7qf2-m9xtr-wd84h-cjn3p-6vbey-a\">Is it done? Look again"
        )
    );
    assert!(html.contains("<textarea class=link readonly") && html.contains("hidden data-copy"));
    let iphone = page(&View { visitor: Visitor::Iphone { in_app: false }, ..view() });
    assert!(iphone.contains("role=status hidden>Northwind Hospital can see that you are waiting"));
}

#[test]
fn play_is_told_the_link() {
    let html = page(&view());
    assert!(html.contains(
        "https://play.google.com/store/apps/details?id=com.hmdm.launcher&amp;referrer=https%3A%2F%2Fmuster.example.org%2Fk7qf2-m9xtr-wd84h-cjn3p-6vbey-a\""
    ));
}

#[test]
fn a40_markup_from_outside_stays_text() {
    let evil = "\"'><script>alert(1)</script>";
    for (view, ..) in variants() {
        let state = match view.state {
            State::Connected { .. } => State::Connected { model: Some(evil) },
            state => state,
        };
        let html = page(&View {
            company: evil,
            person: evil,
            help: Some(evil),
            link: evil,
            link_path: evil,
            agent_package: evil,
            nonce: evil,
            state,
            ..view
        });
        assert!(!html.contains("<script>"), "{html}");
        assert_eq!(html.matches("<script").count(), 1, "{html}");
    }
}

#[test]
fn whom_to_ask_is_a_link_only_if_it_is_an_address() {
    for (help, html) in [
        (
            "o'neil+it@example.org",
            "<a href=\"mailto:o%27neil%2Bit@example.org\">o&#x27;neil+it@example.org</a>",
        ),
        ("IT desk, room 12, a@b", "<b>IT desk, room 12, a@b</b>"),
        ("javascript:alert(1)", "<b>javascript:alert(1)</b>"),
    ] {
        let page = page(&View { help: Some(help), ..view() });
        assert!(page.contains(html), "{page}");
    }
}

#[test]
fn an_expired_link_is_renewed_by_a_plain_form() {
    let html = page(&View { state: State::Refused(Refusal::Expired), ..view() });
    assert!(html.contains("<form method=post action=\"/k7qf2-m9xtr-wd84h-cjn3p-6vbey-a/request\">"));
    assert_eq!(status(&State::Unknown), 404);
    assert_eq!(status(&State::Refused(Refusal::Expired)), 200);
}

#[test]
fn the_person_knows_better_than_the_browser() {
    let html = page(&View {
        visitor: Visitor::Desktop { maybe_ipad: true },
        chosen: Chosen::from_query("ipad"),
        ..view()
    });
    assert!(html.contains("An iPad cannot") && !html.contains("data-mac"));
    let mac = page(&View { visitor: Visitor::Desktop { maybe_ipad: true }, ..view() });
    assert!(mac.contains("data-mac=\"/k7qf2-m9xtr-wd84h-cjn3p-6vbey-a?as=ipad\""));
    assert_eq!(Chosen::from_query("\"><script>"), None);
}

#[test]
fn only_a_page_that_waits_polls() {
    assert!(page(&view()).contains("data-wait=1"));
    for state in [State::Unknown, State::Requested, State::Connected { model: None }] {
        assert!(!page(&View { state, ..view() }).contains("data-wait"));
    }
}

#[test]
fn with_colour_logo_and_all_ways_to_whom_to_ask_pages_stay_small_and_keep_their_policy() {
    let look = Look {
        accent: "#ffcc00".parse().ok(),
        phone: "+49 (30) 123-45".parse().ok(),
        email: "it@example.org".parse().ok(),
    };
    let logo = Some(Logo { address: "/logo/0123456789abcdef0123456789abcdef.png", width: 160, height: 40 });
    for (view, words, _) in variants() {
        for language in Language::ALL {
            let html = page(&View {
                language,
                svg_qr: crate::adapters::qr::svg,
                company: &"Ж".repeat(120),
                person: &"Ю".repeat(120),
                help: Some("IT desk"),
                look: &look,
                logo,
                ..view
            });
            assert!(html.len() < MOST_BYTES, "{words}: {} bytes", html.len());
            for part in [
                "<img class=logo src=\"/logo/0123456789abcdef0123456789abcdef.png\" width=160 height=40 alt=\"\">",
                "{background:#ffcc00;border-color:#ffcc00;color:#000000}</style>",
                "<b>IT desk</b><b><a href=\"tel:+493012345\">+49 (30) 123-45</a></b><b><a href=\"mailto:it@example.org\">",
            ] {
                assert!(html.contains(part), "{words}: {part}: {html}");
            }
            assert!(!html.contains("<i aria-hidden=true>") && !html.contains(" style="));
        }
    }
    let only = Look { email: "it@example.org".parse().ok(), ..Look::default() };
    let html = page(&View { help: Some("it@example.org"), look: &only, ..view() });
    assert_eq!(html.matches("mailto:it@example.org").count(), 1, "once is enough");
}

#[test]
fn the_code_for_new_phones_is_for_computers_alone_and_the_package_for_phones_without_google_play() {
    let all = View { owner: true, package: Some(PACKAGE), ..view() };
    for (visitor, code, address) in [
        (Visitor::Desktop { maybe_ipad: false }, true, false),
        (Visitor::Android { play: true, in_app: false }, false, false),
        (Visitor::Android { play: false, in_app: false }, false, true),
        (Visitor::Iphone { in_app: false }, false, false),
        (Visitor::Ipad { in_app: false }, false, false),
    ] {
        let page = page(&View { visitor, ..all });
        assert_eq!(page.contains("/owner.png"), code, "{visitor:?}");
        assert_eq!(page.contains(PACKAGE.address), address, "{visitor:?}");
        assert_eq!(page.contains(PACKAGE.sha256), address, "{visitor:?}");
    }
    let said = Chosen::from_query("apk");
    assert_eq!(
        super::visitor(Visitor::Android { play: true, in_app: false }, said),
        Visitor::Android { play: false, in_app: false }
    );
}

#[test]
fn a_phone_that_cannot_be_connected_gets_no_step_and_no_code_and_may_say_that_it_is_another() {
    let all = View { owner: true, package: Some(PACKAGE), apple_ready: true, ..view() };
    let other = View { visitor: Visitor::OtherPhone { system: Some("KaiOS") }, ..all };
    let cannot = page(&View { svg_qr: |_| "<svg class=code>".to_owned(), ..other });
    assert!(cannot.contains("<h1>This kind of phone cannot be connected</h1>") && cannot.contains(LINK));
    for part in
        ["<svg class=code>", ".png", PACKAGE.address, "/profile", "play.google.com", "<ol>", "m-1b2c3d4e5f"]
    {
        assert!(!cannot.contains(part), "{part}: {cannot}");
    }
    let android = page(&View { chosen: Chosen::from_query("android"), ..other });
    assert!(android.contains("play.google.com"));
    assert_eq!(platform(other.visitor), None);
}
