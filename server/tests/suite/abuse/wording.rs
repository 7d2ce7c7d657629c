//! Words and logos that people give: what they type stays text and is evaluated by nothing, and a file that only calls
//! itself a picture is refused (ABUSE A15, A25, A41, A43).

use crate::world::{PIXEL, Server, browser, page, raw, status};
use muster_domain::{Language, wording::Words};
use reqwest::StatusCode;
use serde_json::{Value, json};

const EVIL: &str = "<img src=x onerror=alert(1)>&\"'</script>";

fn usual() -> Value {
    json!(Words::usual(Language::En, false))
}

/// The usual words with others in one part.
fn with(part: &str, text: &str) -> Value {
    let mut words = usual();
    words[part] = json!(text);
    words
}

/// What a kept mail holds, as the console shows it.
async fn kept(server: &Server, owner: &reqwest::Client, id: &str) -> (String, String) {
    let (_, mail) = server.function(owner, "mail_get", json!({ "id": id })).await;
    let html = owner.get(format!("{}/mails/{id}/html", server.base)).send().await.unwrap();
    (mail.to_string(), html.text().await.unwrap())
}

/// The document of a draft.
async fn preview(server: &Server, who: &reqwest::Client, what: &str, words: &Value) -> (StatusCode, String) {
    let mut form = vec![("language".to_owned(), "en".to_owned()), ("what".into(), what.into())];
    for (name, text) in words.as_object().unwrap() {
        form.push((name.clone(), text.as_str().unwrap().to_owned()));
    }
    form.extend([("contact".into(), EVIL.into()), ("accent".into(), "#fff;}</style><script>".into())]);
    let answer = who.post(format!("{}/message/preview", server.base)).form(&form).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    if answer.status() == StatusCode::OK {
        assert!(policy.contains("sandbox") && !policy.contains("script-src"), "{policy}");
    }
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a15_markup_in_words_and_in_whom_to_ask_stays_text_in_mail_preview_and_page() {
    let server = Server::start();
    server.people();
    let owner = server.owner().await;
    let mut words = usual();
    for part in ["subject", "headline", "text", "steps", "footer"] {
        words[part] = json!(format!("{EVIL} {{{{company}}}}"));
    }
    words["button"] = json!("<b>{{company}}</b>");
    let set = json!({ "language": "en", "words": words });
    assert_eq!(server.function(&owner, "wording_set", set).await.0, StatusCode::OK);
    let look = json!({ "look": { "accent": "#ffcc00", "phone": "4400", "email": null }, "contact": EVIL });
    assert_eq!(server.function(&owner, "look_set", look).await.0, StatusCode::OK);
    let (_, tried) =
        server.function(&owner, "wording_try", json!({ "language": "en", "words": words })).await;
    let id = tried["kept"]["id"].as_str().unwrap_or_else(|| panic!("{tried}")).to_owned();
    let (_, mail) = kept(&server, &owner, &id).await;
    let link = server.link();
    let phone = page(&link, PIXEL).await.1;
    let (drafted, draft) = preview(&server, &owner, "mail", &words).await;
    let (paged, draft_page) = preview(&server, &owner, "phone", &words).await;
    assert_eq!((drafted, paged), (StatusCode::OK, StatusCode::OK));
    for (what, html) in [("mail", &mail), ("phone", &phone), ("draft", &draft), ("draft page", &draft_page)] {
        assert!(!html.contains("<img src=x") && !html.contains("&\"'</script>"), "{what}: {html}");
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "{what} shows it, as text: {html}");
        assert!(!html.contains("<b>Muster</b></a>") && !html.contains("}</style><script>"), "{what}: {html}");
    }
    assert!(phone.contains("background:#ffcc00") && phone.contains("tel:4400"), "{phone}");
    let console = owner.get(format!("{}/message", server.base)).send().await.unwrap().text().await.unwrap();
    assert!(!console.contains("<img src=x"), "{console}");
}

#[tokio::test]
async fn a25_no_line_break_or_control_character_in_words_reaches_a_header() {
    let server = Server::start();
    let owner = server.owner().await;
    for (part, typed) in [
        ("subject", "Hello\r\nBcc: eve@example.net"),
        ("subject", "Hello\nBcc: eve@example.net"),
        ("subject", "Hello\rBcc: eve@example.net"),
        ("subject", "Hello\0"),
        ("subject", "Hello\u{2028}Bcc: eve@example.net"),
        ("subject", "Hello \u{202e}gnp"),
        ("headline", "a\nb"),
        ("button", "a\nb"),
        ("text", "a\u{1b}[31m"),
        ("text", "a\rb"),
        ("footer", "\u{2066}x"),
        ("steps", "a\u{7}"),
    ] {
        for (name, body) in [
            ("wording_set", json!({ "language": "en", "words": with(part, typed) })),
            ("wording_try", json!({ "language": "en", "words": with(part, typed) })),
        ] {
            let (status, told) = server.function(&owner, name, body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {typed:?}: {told}");
            assert!(told.to_string().contains(part), "{told} names the part");
        }
    }
    // A long subject in another alphabet is folded, and stays one header.
    let words = with("subject", &"Ё".repeat(120));
    let (_, tried) =
        server.function(&owner, "wording_try", json!({ "language": "ru", "words": words })).await;
    let id = tried["kept"]["id"].as_str().unwrap();
    let file = server.folder.path().join("data/mail").join(format!("{id}.eml"));
    let eml = std::fs::read_to_string(file).unwrap();
    let head = eml.split("\r\n\r\n").next().unwrap();
    assert!(head.is_ascii() && head.lines().all(|line| line.len() <= 100), "{head}");
    let names: Vec<&str> = head
        .lines()
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split(':').next())
        .collect();
    for name in &names {
        let known = [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "List-Id",
            "MIME-Version",
            "Content-Type",
        ];
        assert!(known.contains(name), "{name} in {head}");
    }
    let (mail, _) = kept(&server, &owner, id).await;
    assert!(mail.contains(&"Ё".repeat(120)), "{mail}");
}

#[tokio::test]
async fn a41_words_are_no_templates_and_what_is_filled_in_is_not_looked_at_again() {
    let server = Server::start();
    let owner = server.owner().await;
    let refused = [
        "{{7*7}}",
        "{{config}}",
        "{{ self.__init__ }}",
        "{{#each people}}x{{/each}}",
        "{{#name}}x{{/name}}",
        "{{^name}}x{{/name}}",
        "{{>partial}}",
        "{{{name}}}",
        "{{&name}}",
        "{{name|safe}}",
        "{{name | raw}}",
        "{{name}",
        "{{name",
        "name}}",
        "{{na{{name}}me}}",
        "{{{{name}}}}",
        "{{}}",
        "{{ }}",
        "{{NAME}}",
        "{{password}}",
        "{{token}}",
        "{{link.token}}",
        "{{name\n}}",
        "{{nаme}}",
    ];
    for typed in refused {
        let words = with("text", &format!("Hello {typed}"));
        let (status, told) =
            server.function(&owner, "wording_set", json!({ "language": "en", "words": words })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}: {told}");
        let words = told.to_string();
        assert!(words.contains("text has") && words.contains("at character "), "{typed}: {words}");
        assert!(!words.contains("49"), "{typed} was evaluated: {words}");
    }
    let (status, _) = server
        .function(&owner, "wording_set", json!({ "language": "en", "words": with("subject", "{{link}}") }))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "the link is never in the subject");
    // Other engines' signs are text, and so is what a person is called.
    let text = "${7*7} {% raw %} <%= 7*7 %> #{7*7} {name} [[7*7]] for {{name}}";
    let mut words = with("text", text);
    words["subject"] = json!("For {{name}}");
    assert_eq!(
        server.function(&owner, "wording_set", json!({ "language": "en", "words": words })).await.0,
        StatusCode::OK
    );
    let details = json!({ "name": "{{link}} {{company}}", "email": "anna@example.org", "language": "en", "groups": [] });
    assert_eq!(server.function(&owner, "user_add", json!({ "details": details })).await.0, StatusCode::OK);
    let user = server.json(&["users", "list"])[0]["id"].as_str().unwrap().to_owned();
    let query = [("user", user.as_str()), ("language", "en"), ("days", "7")];
    let query = serde_urlencoded::to_string(query).unwrap();
    let mail =
        owner.get(format!("{}/preview?{query}", server.base)).send().await.unwrap().text().await.unwrap();
    assert!(
        mail.contains("${7*7} {% raw %} &lt;%= 7*7 %&gt; #{7*7} {name} [[7*7]] for {{link}} {{company}}"),
        "{mail}"
    );
    assert!(mail.contains("<title>For {{link}} {{company}}</title>"), "{mail}");
}

/// Sends a file as a logo.
async fn logo(server: &Server, who: &reqwest::Client, bytes: Vec<u8>) -> (StatusCode, Value) {
    let request = who
        .post(format!("{}/message/logo", server.base))
        // What a file is called counts for nothing.
        .header("content-type", "image/svg+xml")
        .header("content-disposition", "attachment; filename=\"../../../muster.key\"")
        .body(bytes);
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or(Value::Null))
}

/// A plain PNG of that size, and whatever its head is to claim.
fn png(width: u32, height: u32, claimed: Option<(u32, u32)>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&vec![90; (width * height * 3) as usize]).unwrap();
    writer.finish().unwrap();
    if let Some((width, height)) = claimed {
        out[16..20].copy_from_slice(&width.to_be_bytes());
        out[20..24].copy_from_slice(&height.to_be_bytes());
        let mut crc = u32::MAX;
        for byte in &out[12..29] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
        }
        out[29..33].copy_from_slice(&(!crc).to_be_bytes());
    }
    out
}

#[tokio::test]
async fn a43_what_is_no_picture_is_no_logo_and_what_is_one_is_drawn_anew() {
    let server = Server::start();
    let owner = server.owner().await;
    let good = png(300, 90, None);
    let mut noise = b"\x89PNG\r\n\x1a\n".to_vec();
    noise.extend((0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    for (what, bytes, why) in [
        ("nothing", vec![], "empty"),
        ("SVG", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(), "kind"),
        ("HTML", b"<!doctype html><script>alert(1)</script>".to_vec(), "kind"),
        ("GIF", b"GIF89a\x01\x00\x01\x00\x80\x00\x00".to_vec(), "kind"),
        ("a path", b"../../muster.key".to_vec(), "kind"),
        ("a PNG that breaks off", good[..good.len() / 2].to_vec(), "damaged"),
        ("the head of a PNG alone", good[..33].to_vec(), "damaged"),
        ("the head of a JPEG alone", b"\xff\xd8\xff\xe0".to_vec(), "damaged"),
        ("noise behind the sign of a PNG", noise, "damaged"),
        ("a bomb", png(4, 4, Some((60_000, 60_000))), "pixels"),
        ("a wide bomb", png(4, 4, Some((6001, 1))), "pixels"),
        ("a heavy bomb", png(4, 4, Some((5000, 5000))), "pixels"),
        ("more than is taken", vec![0x89; (256 << 10) + 1], "large"),
    ] {
        let (status, told) = logo(&server, &owner, bytes).await;
        let expected =
            if why == "large" { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(status, expected, "{what}: {told}");
        // The outermost limit answers for itself, without words of ours.
        assert!(why == "large" || told["refused"] == why, "{what}: {told}");
    }
    let huge = owner.post(format!("{}/message/logo", server.base)).body(vec![b'a'; 64 << 20]).send().await;
    assert!(huge.is_err() || huge.is_ok_and(|a| a.status() == StatusCode::PAYLOAD_TOO_LARGE));
    let (_, desk) = server.function(&owner, "wording_get", json!({})).await;
    assert_eq!(desk["logo"], Value::Null, "nothing of all that was kept");

    let mut polyglot = good;
    polyglot.extend_from_slice(b"<script>alert(document.domain)</script>");
    let (taken, told) = logo(&server, &owner, polyglot.clone()).await;
    assert_eq!(taken, StatusCode::OK, "{told}");
    let address = told["address"].as_str().unwrap().to_owned();
    let served = browser().get(format!("{}{address}", server.base)).send().await.unwrap();
    let header = |name: &str| served.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("cache-control").contains("immutable"));
    assert!(header("content-security-policy").contains("default-src 'none'"));
    let bytes = served.bytes().await.unwrap();
    assert!(bytes.starts_with(b"\x89PNG") && !bytes.windows(7).any(|w| w == b"<script"));
    assert_ne!(bytes.as_ref(), polyglot.as_slice());

    server.people();
    let phone = page(&server.link(), PIXEL).await.1;
    assert!(phone.contains(&format!("src=\"{address}\"")) && phone.len() < 15_000, "{}", phone.len());
    let name = address.trim_start_matches("/logo/").trim_end_matches(".png");
    for other in [
        "..%2f..%2fmuster.key",
        "%2fetc%2fpasswd",
        &name[..31],
        &format!("{name}0"),
        &name.to_uppercase(),
        "%",
    ] {
        for end in [".png", "", ".png%00", "/../x.png"] {
            let request =
                format!("GET /logo/{other}{end} HTTP/1.1\r\nHost: muster\r\nConnection: close\r\n\r\n");
            let answer = raw(&server.base, &request).await;
            assert!((400..500).contains(&status(&answer)), "{other}{end}: {answer}");
        }
    }
    assert_eq!(server.function(&owner, "logo_remove", json!({})).await.0, StatusCode::OK);
    assert_eq!(
        browser().get(format!("{}{address}", server.base)).send().await.unwrap().status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a45_only_who_may_configure_words_messages_and_from_the_console_alone() {
    let server = Server::start();
    let owner = server.owner().await;
    let operator = server.account("op@example.org", "operator").await;
    let auditor = server.account("au@example.org", "auditor").await;
    for (who, expected) in [
        (&browser(), StatusCode::UNAUTHORIZED),
        (&operator, StatusCode::FORBIDDEN),
        (&auditor, StatusCode::FORBIDDEN),
    ] {
        assert_eq!(preview(&server, who, "mail", &usual()).await.0, expected);
        assert_eq!(preview(&server, who, "phone", &usual()).await.0, expected);
        assert_eq!(logo(&server, who, png(8, 8, None)).await.0, expected);
    }
    for path in ["/message/preview", "/message/logo"] {
        let foreign = owner.post(format!("{}{path}", server.base)).header("origin", "https://evil.example");
        assert_eq!(foreign.body("x").send().await.unwrap().status(), StatusCode::FORBIDDEN, "{path}");
        let got = owner.get(format!("{}{path}", server.base)).send().await.unwrap();
        assert!(got.status().is_client_error(), "{path}: {}", got.status());
    }
    let (status, told) = preview(&server, &owner, "mail", &with("text", "{{x}}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
}
