//! The user's guide: `docs/guide/{en,ru}/*.md` with its pictures, all of it in the program, rendered when it is first asked for.

mod render;
#[cfg(test)]
mod tests;

use muster_domain::Language;
pub use render::DARK;
use rust_embed::Embed;
use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

#[derive(Embed)]
#[folder = "../docs/guide"]
struct Files;

/// The pages in the order of the contents, by the names of their files.
pub const PAGES: [&str; 21] = [
    "index",
    "sign-in",
    "dashboard",
    "users",
    "groups",
    "import",
    "send",
    "invitations",
    "devices",
    "stuck",
    "phone",
    "message",
    "settings",
    "apple",
    "android",
    "configurations",
    "mail",
    "accounts",
    "account",
    "audit",
    "keyboard",
];

/// A page as it is shown.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its name in addresses.
    pub name: &'static str,
    /// Its heading, as plain text.
    pub title: String,
    /// All of it, with the heading.
    pub html: String,
}

type Guide = HashMap<Language, Vec<Page>>;

static GUIDE: LazyLock<Guide> = LazyLock::new(|| {
    let page = |language: Language, name| {
        let file = Files::get(&format!("{}/{name}.md", language.tag()))?;
        let text = String::from_utf8_lossy(&file.data);
        let (title, html) = render::page(&text, language);
        Some(Page { name, title, html })
    };
    let pages = |language| PAGES.into_iter().filter_map(|name| page(language, name)).collect();
    Language::ALL.map(|language| (language, pages(language))).into()
});

/// All pages of a language.
#[must_use]
pub fn pages(language: Language) -> &'static [Page] {
    GUIDE.get(&language).map(Vec::as_slice).unwrap_or_default()
}

/// The address of a page.
#[must_use]
pub fn address(name: &str) -> String {
    if name == "index" { "/guide".into() } else { format!("/guide/{name}") }
}

/// A picture by its file's name. Only names of the guide are found; there is no path to leave (ABUSE A43).
#[must_use]
pub fn picture(name: &str) -> Option<Cow<'static, [u8]>> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    let png = plain && name.ends_with(".png") && !name.starts_with('.');
    png.then(|| Files::get(&format!("pictures/{name}"))).flatten().map(|file| file.data)
}
