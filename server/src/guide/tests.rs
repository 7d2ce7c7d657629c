//! The guide is whole: every page in both languages, and nothing in it leads nowhere.

use super::{Files, PAGES, pages, picture, render};
use muster_domain::Language;
use std::collections::{BTreeMap, BTreeSet};

/// What stands in an attribute, wherever it occurs.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let begin = format!(" {attribute}=\"");
    html.split(begin.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_page_is_there_in_both_languages_and_no_file_is_left_out_of_the_contents() {
    for language in Language::ALL {
        let names: Vec<_> = pages(language).iter().map(|page| page.name).collect();
        assert_eq!(names, PAGES, "{language:?}");
        for page in pages(language) {
            assert!(!page.title.is_empty(), "{language:?} {} has a heading", page.name);
            assert!(page.html.len() > 800, "{language:?} {} says something", page.name);
        }
    }
    let of = |page: &str| Language::ALL.map(|l| format!("{}/{page}.md", l.tag()));
    let meant: BTreeSet<_> = PAGES.into_iter().flat_map(of).collect();
    let there: BTreeSet<_> = Files::iter().filter(|f| f.ends_with(".md")).map(|f| f.to_string()).collect();
    assert_eq!(there, meant);
}

#[test]
fn both_languages_have_the_same_parts_pictures_and_links() {
    for (en, ru) in pages(Language::En).iter().zip(pages(Language::Ru)) {
        for part in ["<h2", "<li>", "<tr>", "<img", "<a "] {
            let count = |html: &str| html.matches(part).count();
            assert_eq!(count(&en.html), count(&ru.html), "{part} in {}", en.name);
        }
    }
}

/// A place in a page as its `id` has it: browsers take `%D1%83` for the letter.
fn decoded(place: &str) -> String {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&format!("place={place}")).unwrap();
    pairs.into_iter().map(|(_, place)| place).collect()
}

#[test]
fn each_link_and_each_picture_leads_somewhere() {
    for language in Language::ALL {
        let ids: BTreeMap<_, _> =
            pages(language).iter().map(|p| (super::address(p.name), values(&p.html, "id"))).collect();
        for page in pages(language) {
            for link in values(&page.html, "href") {
                // A picture by itself.
                if let Some(name) = link.strip_prefix("/guide/pictures/") {
                    assert!(picture(name).is_some(), "{language:?} {}: {link}", page.name);
                    continue;
                }
                let (path, place) = link.split_once('#').unwrap_or((link, ""));
                let own = super::address(page.name);
                let path = if path.is_empty() { &own } else { path };
                let console = app::PATHS.contains(&path);
                assert!(console || ids.contains_key(path), "{language:?} {}: {link}", page.name);
                let place = decoded(place);
                let found = place.is_empty() || ids.get(path).is_some_and(|ids| ids.contains(&&*place));
                assert!(found, "{language:?} {}: {link}", page.name);
            }
            let pictures = [values(&page.html, "src"), values(&page.html, "srcset")].concat();
            for file in pictures {
                let name = file.trim_start_matches("/guide/pictures/");
                assert!(picture(name).is_some(), "{language:?} {}: {file}", page.name);
                assert!(name.contains(&format!("-{}", language.tag())), "{file} is in its language");
            }
            assert!(!values(&page.html, "alt").contains(&""), "{}: a picture without words", page.name);
        }
    }
}

#[test]
fn pictures_are_used_and_small() {
    let all: String = Language::ALL.into_iter().flat_map(pages).map(|page| page.html.as_str()).collect();
    let mut sum = 0;
    for file in Files::iter().filter(|f| f.ends_with(".png")) {
        assert!(all.contains(file.trim_start_matches("pictures/")), "{file} is in no page");
        sum += Files::get(&file).unwrap().data.len();
    }
    assert!(sum < 4_000_000, "{sum} bytes");
}

#[test]
fn a43_a_pictures_name_leads_nowhere_else() {
    for name in
        ["../en/index.md", "..%2fen%2findex.md", "/etc/passwd", "", ".png", "x.png\0", "a/b.png", "index.md"]
    {
        assert!(picture(name).is_none(), "{name}");
    }
}

#[test]
fn markdown_becomes_the_products_own_addresses() {
    let (title, html) = render::page(
        "# A & B\n\n[x](users.md#who-is-there) [y](index.md) [z](/users)\n\n## Who is there?",
        Language::En,
    );
    assert_eq!(title, "A & B");
    for part in [
        "href=\"/guide/users#who-is-there\"",
        "href=\"/guide\"",
        "href=\"/users\"",
        "<h2 id=\"who-is-there\">",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(render::anchor("Кто застрял, и что делать"), "кто-застрял-и-что-делать");
}
