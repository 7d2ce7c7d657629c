//! A mail as MIME: mixed(alternative(plain, related(HTML, QR inline, further codes inline, logo inline)), QR attached).

use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use muster_domain::{
    ports::{Mail, MailError},
    settings::Settings,
};
use std::time::{Duration, SystemTime};

/// The message as it goes over the wire.
///
/// # Errors
/// [`MailError::Transient`] until the workspace has a sender, [`MailError::Permanent`] if an address is none.
pub fn lettre_message(settings: &Settings, mail: &Mail) -> Result<Message, MailError> {
    let sender = match (&settings.sender, &settings.smtp) {
        (Some(sender), _) => sender.as_str(),
        // Messages kept as files go nowhere and need no real sender.
        (None, None) => "muster@localhost",
        (None, Some(_)) => {
            return Err(MailError::Transient(
                "no sender address is set: set one under Settings, Mail".into(),
            ));
        }
    };
    let from = mailbox(settings.name.as_str(), sender)?;
    let host = from.email.domain().to_owned();
    let text = SinglePart::plain(mail.text.clone());
    let html = SinglePart::html(mail.html.clone());
    let builder = Message::builder()
        .from(from)
        .to(mailbox(&mail.to.0, &mail.to.1)?)
        .raw_header(subject(&one_line(&mail.subject)))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(mail.date.seconds()).unwrap_or(0)))
        .message_id(Some(message_id(&mail.message_id, &host)))
        .raw_header(header("Auto-Submitted", "auto-generated".into()))
        .raw_header(header("List-Id", format!("<muster.{host}>")));
    let built = match &mail.qr_png {
        None => builder.multipart(MultiPart::alternative().singlepart(text).singlepart(html)),
        Some(png) => {
            let kind = || ContentType::parse("image/png").map_err(|e| MailError::Permanent(e.to_string()));
            let inline = Attachment::new_inline("qr".into()).body(png.clone(), kind()?);
            let mut related = MultiPart::related().singlepart(html).singlepart(inline);
            for (name, picture) in &mail.pictures {
                let inline = Attachment::new_inline((*name).into()).body(picture.clone(), kind()?);
                related = related.singlepart(inline);
            }
            if let Some(logo) = &mail.logo_png {
                related =
                    related.singlepart(Attachment::new_inline("logo".into()).body(logo.clone(), kind()?));
            }
            let attached = Attachment::new("qr-code.png".into()).body(png.clone(), kind()?);
            builder.multipart(
                MultiPart::mixed()
                    .multipart(MultiPart::alternative().singlepart(text).multipart(related))
                    .singlepart(attached),
            )
        }
    };
    built.map_err(|e| MailError::Permanent(format!("the message could not be put together: {e}")))
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// The subject. One that holds what looks like an encoded word is encoded as a whole, or mail programs would decode that
/// word (RFC 2047, section 7); lettre leaves ASCII as it is.
fn subject(text: &str) -> HeaderValue {
    let name = "Subject";
    if !text.contains("=?") {
        return header(name, text.to_owned());
    }
    // A line with an encoded word has 76 characters at most (section 2), and no word has half of a letter.
    let (mut words, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (word, more) = rest.split_at(rest.floor_char_boundary(39));
        words.push(format!("=?utf-8?b?{}?=", STANDARD.encode(word)));
        rest = more;
    }
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), words.join("\r\n "))
}

/// CR or LF in a display name makes lettre panic.
///
/// A domain in other letters goes as its ASCII form (RFC 5890), which every mail server takes.
fn mailbox(name: &str, address: &str) -> Result<Mailbox, MailError> {
    let refused = || MailError::Permanent("the address is not of the form name@example.org".into());
    let (local, domain) = address.rsplit_once('@').ok_or_else(refused)?;
    if !local.is_ascii() {
        let words = "the part of the address before the @ may have Latin letters, digits and signs alone";
        return Err(MailError::Permanent(words.into()));
    }
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| refused())?;
    let address = Address::new(local, domain).map_err(|_| refused())?;
    let name = one_line(name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// Without control characters and the signs that turn the reading direction, blanks joined.
fn one_line(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| match c {
            '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `<id@host>` of RFC 5322, section 3.6.4, of what the job calls itself.
fn message_id(id: &str, host: &str) -> String {
    let clean: String =
        id.chars().filter(|c| c.is_ascii_alphanumeric() || ".-_@".contains(*c)).take(200).collect();
    if clean.contains('@') { format!("<{clean}>") } else { format!("<{clean}@{host}>") }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use muster_domain::Timestamp;

    pub(crate) fn mail(address: &str) -> Mail {
        Mail {
            message_id: "01935c3e-1@muster.example.org".into(),
            to: ("Анна Петрова".into(), address.into()),
            subject: "Connect your phone".into(),
            text: "Hello".into(),
            html: "<p>Hello <img src=\"cid:qr\"></p>".into(),
            qr_png: Some(crate::adapters::qr::png("https://muster.example.org/k7qf2").unwrap()),
            pictures: Vec::new(),
            logo_png: None,
            date: Timestamp(1_790_000_000_000_000),
        }
    }

    pub(crate) fn settings() -> Settings {
        Settings { sender: Some("it@example.org".parse().unwrap()), ..Settings::default() }
    }

    fn formatted(mail: &Mail) -> String {
        String::from_utf8(lettre_message(&settings(), mail).unwrap().formatted()).unwrap()
    }

    #[test]
    fn the_parts_are_nested_as_mail_programs_want_them() {
        let text = formatted(&mail("anna@example.org"));
        let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} in {text}"));
        assert!(at("multipart/mixed") < at("multipart/alternative"));
        assert!(at("multipart/alternative") < at("text/plain"));
        assert!(at("text/plain") < at("multipart/related"));
        assert!(at("Content-ID: <qr>") < at("filename=\"qr-code.png\""));
        for header in [
            "Message-ID: <01935c3e-1@muster.example.org>",
            "Auto-Submitted: auto-generated",
            "List-Id: <muster.example.org>",
            "Date: Mon, 21 Sep 2026",
        ] {
            assert!(text.contains(header), "{header} in {text}");
        }
        assert!(text.is_ascii());
    }

    #[test]
    fn the_logo_stands_beside_the_code_and_is_no_attachment() {
        let with = Mail { logo_png: Some(vec![1, 2, 3]), ..mail("anna@example.org") };
        let text = formatted(&with);
        let (qr, logo) = (text.find("Content-ID: <qr>").unwrap(), text.find("Content-ID: <logo>").unwrap());
        assert!(qr < logo && logo < text.find("filename=\"qr-code.png\"").unwrap(), "{text}");
        assert_eq!(text.matches("Content-Disposition: attachment").count(), 1);
        assert!(!formatted(&mail("anna@example.org")).contains("logo"));
    }

    #[test]
    fn further_codes_stand_in_the_message_and_are_no_attachments() {
        let with =
            Mail { pictures: vec![("agent", vec![1, 2, 3]), ("owner", vec![4])], ..mail("anna@example.org") };
        let text = formatted(&with);
        let at = |name: &str| text.find(&format!("Content-ID: <{name}>")).unwrap();
        assert!(at("qr") < at("agent") && at("agent") < at("owner"), "{text}");
        assert_eq!(text.matches("Content-Disposition: attachment").count(), 1);
    }

    #[test]
    fn a25_line_breaks_in_names_make_no_header_and_no_panic() {
        let mut mail = mail("anna@example.org");
        mail.to.0 = "Ada\r\nBcc: eve@example.net".into();
        mail.subject = "Hi\r\nBcc: eve@example.net".into();
        mail.message_id = "a>\r\nBcc: eve".into();
        let text = formatted(&mail);
        assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
    }

    #[test]
    fn a25_what_looks_encoded_in_a_subject_is_not_decoded() {
        let mut mail = mail("anna@example.org");
        for subject in
            ["=?utf-8?q?=0ABcc:?=", &"Подключите =?utf-8?b?eA==?= телефон ".repeat(9), "Plain", "Ä"]
        {
            mail.subject = subject.trim().into();
            let text = formatted(&mail);
            assert!(text.lines().all(|line| line.len() <= 76 || !line.contains("=?utf-8?b?")), "{text}");
            let read = mailparse::parse_mail(text.as_bytes()).unwrap();
            let read = mailparse::MailHeaderMap::get_first_value(&read.headers[..], "Subject");
            assert_eq!(read.as_deref(), Some(subject.trim()));
        }
    }

    #[test]
    fn a_domain_in_other_letters_goes_in_its_ascii_form_and_such_a_local_part_not_at_all() {
        let mut settings = settings();
        settings.sender = Some("it@почта.рф".parse().unwrap());
        let message = lettre_message(&settings, &mail("user@почта.рф")).unwrap();
        assert_eq!(message.envelope().to()[0].to_string(), "user@xn--80a1acny.xn--p1ai");
        let text = String::from_utf8(message.formatted()).unwrap();
        assert!(text.is_ascii() && text.contains("List-Id: <muster.xn--80a1acny.xn--p1ai>"), "{text}");
        assert!(text.contains("@xn--80a1acny.xn--p1ai>\r\n"), "{text}");
        let refused = lettre_message(&settings, &mail("дарья@example.org")).unwrap_err();
        assert!(matches!(&refused, MailError::Permanent(w) if w.contains("before the @")), "{refused}");
    }

    #[test]
    fn without_a_sender_only_files_are_written() {
        let none = Settings::default();
        assert!(lettre_message(&none, &mail("anna@example.org")).is_ok());
    }
}
