//! From Markdown to the page: links between pages, headings that can be linked to, and pictures for light and dark.

use super::{address, picture};
use crate::html::escape;
use muster_domain::Language;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::fmt::Write;

/// The media query of pictures for the dark; a page whose theme is chosen has another in its place.
pub const DARK: &str = "(prefers-color-scheme: dark)";

/// A page's heading, and all of it as HTML.
pub fn page(text: &str, language: Language) -> (String, String) {
    let events: Vec<Event<'_>> = Parser::new_ext(text, Options::ENABLE_TABLES).collect();
    let mut title = String::new();
    let mut out = Vec::with_capacity(events.len());
    let mut rest = events.into_iter();
    while let Some(event) = rest.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let inside: Vec<_> =
                    rest.by_ref().take_while(|e| !matches!(e, Event::End(TagEnd::Heading(_)))).collect();
                let words = plain(&inside);
                if level == HeadingLevel::H1 {
                    title.clone_from(&words);
                }
                out.push(Event::Html(format!("<{level} id=\"{}\">", escape(&anchor(&words))).into()));
                out.extend(inside);
                out.push(Event::Html(format!("</{level}>\n").into()));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let inside: Vec<_> =
                    rest.by_ref().take_while(|e| !matches!(e, Event::End(TagEnd::Image))).collect();
                out.push(Event::InlineHtml(shown(&dest_url, &plain(&inside), language).into()));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = leads(dest_url);
                out.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            event => out.push(event),
        }
    }
    let mut page = String::new();
    html::push_html(&mut page, out.into_iter());
    (title, page)
}

fn plain(events: &[Event<'_>]) -> String {
    let text = |event: &Event<'_>| match event {
        Event::Text(text) | Event::Code(text) => Some(text.to_string()),
        _ => None,
    };
    events.iter().filter_map(text).collect()
}

/// What a heading is linked to by, as GitHub makes it, so that links work in both places.
pub fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// A link to another page of the guide, as the product has it.
fn leads(to: CowStr<'_>) -> CowStr<'_> {
    let (file, place) = to.split_once('#').map_or((&*to, None), |(file, place)| (file, Some(place)));
    let Some(name) = file.strip_suffix(".md").filter(|name| !name.contains('/')) else { return to };
    match place {
        Some(place) => format!("{}#{place}", address(name)).into(),
        None => address(name).into(),
    }
}

/// `../pictures/users-en.png`, and for the dark `users-en-dark.png` where there is such a picture. Its sides are told, so that
/// the text does not jump when it comes.
fn shown(file: &str, alt: &str, language: Language) -> String {
    let name = file.rsplit('/').next().unwrap_or_default();
    let dark = name.replace(".png", "-dark.png");
    // On a phone it is small: pressed, it is shown by itself.
    let mut out =
        format!("<a href=\"/guide/pictures/{}\"><picture lang=\"{}\">", escape(name), language.tag());
    if picture(&dark).is_some() {
        let _ = write!(out, "<source media=\"{DARK}\" srcset=\"/guide/pictures/{}\">", escape(&dark));
    }
    let (width, height) = picture(name).and_then(|png| sides(&png)).unwrap_or_default();
    let _ = write!(
        out,
        "<img src=\"/guide/pictures/{}\" alt=\"{}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\"></picture></a>",
        escape(name),
        escape(alt)
    );
    out
}

/// Width and height as the head of a PNG says (RFC 2083, section 4.1.1).
fn sides(png: &[u8]) -> Option<(u32, u32)> {
    let four = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
    Some((four(16)?, four(20)?))
}
