//! The layout of the message: tables with widths as attributes, which Outlook knows, and plain lines.
//!
//! A layout has `{{name}}`, `{{#name}}…{{/name}}` that is shown if there is such a value, `{{^name}}…{{/name}}` that is shown
//! if there is none, and nothing else. It is walked once, and the values come fit for the output.

/// Without control characters but line breaks, and without signs that turn the reading direction.
pub(super) fn clean(text: &str) -> String {
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

/// The same in one line.
pub(super) fn one_line(text: &str) -> String {
    clean(text).replace('\n', " ")
}

/// Walks a layout once.
pub(super) fn fill(layout: &str, value: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(layout.len() + 4096);
    let mut rest = layout;
    while let Some((before, (name, after))) =
        rest.split_once("{{").and_then(|(b, a)| Some((b, a.split_once("}}")?)))
    {
        out.push_str(before);
        rest = after;
        let (name, when_there) = match (name.strip_prefix('#'), name.strip_prefix('^')) {
            (Some(name), _) => (name, true),
            (_, Some(name)) => (name, false),
            _ => {
                out.push_str(&value(name));
                continue;
            }
        };
        if let Some((inside, after)) = after.split_once(&format!("{{{{/{name}}}}}")) {
            if value(name).is_empty() != when_there {
                out.push_str(&fill(inside, value));
            }
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The link among other words; it has its colour also where style sheets are not known.
pub(super) fn link(address: &str) -> String {
    format!(
        "<span class=\"ink\" style=\"color:#191c1e\"><a href=\"{address}\" style=\"color:#191c1e;word-break:break-all\">{address}</a></span>"
    )
}

/// Paragraphs: an empty line begins the next.
pub(super) fn paragraphs(html: &str) -> String {
    let blocks = html.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    let rows = blocks.map(|block| {
        let lines = block.replace('\n', "<br>");
        format!("<tr><td class=\"ink\" style=\"padding:0 0 16px 0;color:#191c1e\">{lines}</td></tr>")
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// The lines that hold something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Steps, one a line, with their numbers.
pub(super) fn steps(html: &str) -> String {
    let rows = lines(html).zip(1..).map(|(step, number)| {
        format!(
            "<tr><td class=\"ink\" valign=\"top\" width=\"28\" style=\"color:#191c1e\">{number}.</td><td class=\"ink\" style=\"color:#191c1e\">{step}</td></tr>\n"
        )
    });
    let rows: String = rows.collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "<tr><td style=\"padding:20px 0 0 0\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"font-size:16px;line-height:25px;color:#191c1e\">\n{rows}</table></td></tr>\n"
    )
}

/// The cell with the logo.
pub(super) fn logo(width: u32, height: u32) -> String {
    format!(
        "<td valign=\"middle\"><img src=\"cid:logo\" width=\"{width}\" height=\"{height}\" alt=\"\" style=\"display:block;width:{width}px;height:{height}px;border:0;border-radius:7px\"></td>"
    )
}

/// The cell with the first letter of the company's name.
pub(super) fn initial(letter: &str, fill: &str, on: &str) -> String {
    format!(
        "<td class=\"mark\" width=\"28\" height=\"28\" align=\"center\" valign=\"middle\" bgcolor=\"{fill}\" style=\"width:28px;height:28px;background-color:{fill};border-radius:7px;font-size:14px;line-height:28px;font-weight:600;color:{on}\">{letter}</td>"
    )
}

/// The headline in plain text, where it says more than the subject.
pub(super) fn headline(subject: &str, headline: &str) -> String {
    if headline == subject { String::new() } else { format!("{headline}\n\n") }
}

/// Steps in plain text.
pub(super) fn numbered(text: &str) -> String {
    lines(text).zip(1..).map(|(step, number)| format!("\n{number}. {step}")).collect::<String>() + "\n"
}

/// The end in plain text.
pub(super) fn ending(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}
