//! Reading of messages that were kept as files: their headers, texts, pictures and attachments.

use mailparse::{DispositionType, MailHeader, MailHeaderMap, MailParseError, ParsedMail};
use muster_domain::{
    Timestamp,
    kept::{KeptMail, KeptPart, KeptRow},
    time::SECOND,
};

fn row_of(id: &str, headers: &[MailHeader<'_>]) -> KeptRow {
    let value = |name: &str| headers.get_first_value(name).unwrap_or_default();
    let to = headers.get_first_header("To").map(address).unwrap_or_default();
    let date = headers.get_first_value("Date").and_then(|d| mailparse::dateparse(&d).ok()).unwrap_or(0);
    KeptRow { id: id.to_owned(), to, subject: value("Subject"), at: Timestamp(date * SECOND) }
}

/// Without the quotes that a name needs in a header, but not on a page.
fn address(header: &MailHeader<'_>) -> String {
    // Taken apart as it was sent: decoded first, parentheses of a name would be a comment.
    match mailparse::addrparse_header(header).ok().and_then(|list| list.extract_single_info()) {
        Some(one) => one.display_name.map_or(one.addr.clone(), |name| format!("{name} <{}>", one.addr)),
        None => header.get_value(),
    }
}

/// The row of a message, of the beginning of its file.
#[must_use]
pub fn row(id: &str, head: &[u8]) -> KeptRow {
    let headers = mailparse::parse_headers(head).map(|(headers, _)| headers).unwrap_or_default();
    row_of(id, &headers)
}

/// The whole message.
///
/// # Errors
/// If the file is no message.
pub fn mail(id: &str, bytes: &[u8]) -> Result<KeptMail, MailParseError> {
    let parsed = mailparse::parse_mail(bytes)?;
    let headers = parsed.headers.iter().map(|h| (h.get_key(), h.get_value())).collect();
    let mut mail = KeptMail {
        row: row_of(id, &parsed.headers),
        headers,
        text: String::new(),
        html: String::new(),
        parts: Vec::new(),
    };
    for part in parsed.parts().filter(|p| p.subparts.is_empty()) {
        take(&mut mail, part)?;
    }
    Ok(mail)
}

fn take(mail: &mut KeptMail, part: &ParsedMail<'_>) -> Result<(), MailParseError> {
    let disposition = part.get_content_disposition();
    let attached = disposition.disposition == DispositionType::Attachment;
    match part.ctype.mimetype.as_str() {
        "text/plain" if !attached && mail.text.is_empty() => mail.text = part.get_body()?,
        "text/html" if !attached && mail.html.is_empty() => mail.html = part.get_body()?,
        kind => mail.parts.push(KeptPart {
            name: disposition.params.get("filename").cloned().unwrap_or_default(),
            kind: kind.to_owned(),
            content_id: part
                .headers
                .get_first_value("Content-ID")
                .map(|id| id.trim_matches(['<', '>']).to_owned()),
            attached,
            bytes: part.get_body_raw()?,
        }),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_it_is_for_is_read_as_it_was_sent() {
        let to = |header: &str| row("1", format!("To: {header}\r\nSubject: x\r\n\r\n").as_bytes()).to;
        assert_eq!(to("anna@example.org"), "anna@example.org");
        assert_eq!(to("\"Petrova, Anna\" <a@example.org>"), "Petrova, Anna <a@example.org>");
        let formula = "=HYPERLINK(\"http://e\",\"x\") <a@example.org>";
        let quoted = "\"=HYPERLINK(\\\"http://e\\\",\\\"x\\\")\" <a@example.org>";
        assert_eq!(to(quoted), formula);
        let encoded = "=?utf-8?b?PUhZUEVSTElOSygiaHR0cDovL2UiLCJ4Iik=?= <a@example.org>";
        assert_eq!(to(encoded), formula);
    }
}
