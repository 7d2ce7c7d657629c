//! Crawlers, link previews, mail scanners that say so, and libraries.

/// What only they write, whatever browser they copy: an address of their own, or what they do.
const WORDS: [&str; 45] = [
    "http:/",
    "https:/",
    "www.",
    "mailto:",
    "(at)",
    "crawl",
    "spider",
    "slurp",
    "scanner",
    "scraper",
    "scan/",
    "archiver",
    "validator",
    "checker",
    "fetcher",
    "inspector",
    "monitor",
    "synthetics",
    "securityheaders",
    "externalhit",
    "facebookcatalog",
    "preview",
    "thumbnail",
    "favicon",
    "imageproxy",
    "mailproxy",
    "ggpht.com",
    "google-",
    "-google",
    "gecko; google",
    "barracuda",
    "proofpoint",
    "mimecast",
    "headless",
    "lighthouse",
    "phantomjs",
    "selenium",
    "pingdom",
    "checkly",
    "uptim",
    "python",
    "go-http-client",
    "libwww",
    "scrapy",
    "wget",
];
/// Browsers of old that also say `compatible;`, which today is the word of crawlers.
const COMPATIBLE_BROWSERS: [&str; 5] = ["msie", "konqueror", "trident", "android", "syllable"];
/// The last apps and libraries that do not call themselves Mozilla, and yet open links on a system that they name.
const SYSTEMS: [&str; 12] = [
    "android",
    "iphone",
    "ipad",
    "ipod",
    "macintosh",
    "mac os",
    "windows",
    "linux",
    "kaios",
    "symbian",
    "blackberry",
    "openharmony",
];
/// Libraries that name the system that they run on.
const LIBRARIES: [&str; 8] =
    ["okhttp", "curl/", "httpclient", "axios/", "node-fetch", "java/", "ruby", "perl"];

/// Whether a program asks, not a browser; `ua` is in lower case.
pub(super) fn is_bot(ua: &str) -> bool {
    if ua.is_empty() {
        return false;
    }
    let any = |words: &[&str]| words.iter().any(|word| ua.contains(word));
    let rest = without_phones(ua);
    if WORDS.iter().any(|word| rest.contains(word)) || ends_a_word(&rest, "bot") {
        return true;
    }
    if ua.starts_with("mozilla/") {
        return ua.starts_with("mozilla/5.0") && ua.contains("compatible;") && !any(&COMPATIBLE_BROWSERS);
    }
    ua.starts_with("whatsapp/") || any(&LIBRARIES) || !(ua.starts_with("opera") || any(&SYSTEMS))
}

/// Leaves out the names of phones, which may be CUBOT, Spider or Perla: they stand between `Android` and the end of the
/// parenthesis.
fn without_phones(ua: &str) -> String {
    let mut rest = String::with_capacity(ua.len());
    let mut left = ua;
    while let Some((before, phone)) = left.split_once("android") {
        rest.push_str(before);
        let Some((name, after)) = phone.split_once(')') else {
            left = phone;
            break;
        };
        // Not a phone's name, but a crawler's.
        if name.contains("compatible") || name.contains("http") {
            rest.push_str(name);
        }
        left = after;
    }
    rest + left
}

fn ends_a_word(text: &str, end: &str) -> bool {
    text.match_indices(end)
        .any(|(at, _)| text[at + end.len()..].chars().next().is_none_or(|next| !next.is_ascii_alphanumeric()))
}
