//! Words of the message, its note, how it looks, and the settings.

use super::room::{Case, Ids, Room, call};
use muster_domain::{Language, wording::Words};
use serde_json::{Value, json};

fn wording(what: &'static str, part: &str, text: &str, says: &'static str) -> Case {
    let mut words = json!(Words::usual(Language::En, false));
    words[part] = json!(text);
    call(what, "wording_set", json!({ "language": "en", "words": words }), says)
}

fn look(what: &'static str, look: Value, contact: &str) -> Case {
    let says = if contact.is_empty() { "could not be read" } else { "help_contact" };
    call(what, "look_set", json!({ "look": look, "contact": contact }), says)
}

pub fn cases(ids: &Ids) -> Vec<Case> {
    let setting = |what, field: &str, value: Value, says| {
        let mut settings = ids.settings.clone();
        settings[field] = value;
        call(what, "settings_set", json!({ "settings": settings, "password": { "kind": "keep" } }), says)
    };
    let smtp = |host: &str, port: u32, user: Option<&str>| json!({ "host": host, "port": port, "tls": "none", "user": user });
    let note = |what, note: &str, devices: u32, days: u32, says| {
        let selection = json!({ "kind": "these", "ids": [ids.user] });
        let choices = json!({ "selection": selection, "devices": devices, "days": days, "language": null, "note": note });
        call(what, "send_now", json!({ "choices": choices }), says)
    };
    vec![
        wording("a header in the subject", "subject", "Hello\r\nBcc: eve@example.net", "subject"),
        wording("an encoded line break in the subject", "subject", "Hello\u{2028}Bcc: x", "subject"),
        wording("a subject of nothing", "subject", " ", "subject"),
        wording("a placeholder that is none", "headline", "{{password}}", "headline"),
        wording("a placeholder that is left open", "headline", "{{company", "headline"),
        wording("a placeholder in a placeholder", "headline", "{{ {{company}} }}", "headline"),
        wording("an expression for a placeholder", "text", "{{7*7}}", "text"),
        wording("a text that ends the terminal's line", "text", "a\u{1b}]0;x\u{7}", "text"),
        wording("words without an end", "text", &"word ".repeat(100_000), "text"),
        call(
            "words for no language",
            "wording_set",
            json!({ "language": "tlh", "words": null }),
            "could not be read",
        ),
        call(
            "words that are code",
            "wording_set",
            json!({ "language": "en", "words": "alert(1)" }),
            "could not be read",
        ),
        note("a note of a hundred thousand letters", &"a".repeat(100_000), 1, 7, "note"),
        note("a note that turns the line round", "a\u{202e}b", 1, 7, "note"),
        note("no device for each", "", 0, 7, "devices"),
        note("a thousand devices for each", "", 1000, 7, "devices"),
        note("a link for ever", "", 1, u32::MAX, "link_days"),
        look("a colour that ends the style", json!({ "accent": "#fff;}</style><script>" }), ""),
        look("a colour that is a call", json!({ "accent": "url(//evil.example)" }), ""),
        look("a telephone number that is a script", json!({ "phone": "javascript:alert(1)" }), ""),
        look("an address to ask that is two", json!({ "email": "a@example.org?bcc=b@example.net" }), ""),
        look("whom to ask with a header", json!({}), "IT\r\nBcc: x"),
        setting(
            "an address of the console that is a script",
            "public_url",
            json!("javascript:alert(1)"),
            "public_url",
        ),
        setting(
            "an address of the console with a user",
            "public_url",
            json!("https://a@evil.example"),
            "public_url",
        ),
        setting(
            "an address of the console with a line break",
            "public_url",
            json!("https://a.example\r\nX: y"),
            "public_url",
        ),
        setting(
            "a package that adds to the address",
            "agent_package",
            json!("a.b&referrer=x"),
            "agent_package",
        ),
        setting("days below nothing", "link_days", json!(-1), "could not be read"),
        setting("days that are a text", "link_days", json!("7; DROP TABLE user"), "could not be read"),
        setting("a company of two lines", "name", json!("A\r\nB"), "control character"),
        setting(
            "a mail server with a header",
            "smtp",
            smtp("mail.example.org\r\nEHLO x", 25, None),
            "smtp_host",
        ),
        setting(
            "a mail server that is an address",
            "smtp",
            smtp("http://169.254.169.254/", 25, None),
            "smtp_host",
        ),
        setting("a port that is none", "smtp", smtp("mail.example.org", 0, None), "smtp_port"),
        setting("a port over all ports", "smtp", smtp("mail.example.org", 70_000, None), "could not be read"),
        setting(
            "a mail user with a command",
            "smtp",
            smtp("mail.example.org", 25, Some("x\r\nMAIL FROM:<>")),
            "smtp_user",
        ),
        setting("a sender that is two", "sender", json!("a@example.org, b@example.org"), "e-mail address"),
    ]
}

#[tokio::test]
async fn a25_a41_words_and_settings_that_are_something_else_are_refused_by_their_field() {
    let room = Room::open().await;
    room.refuses(cases(&room.ids)).await;
}
