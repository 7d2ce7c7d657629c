//! Pages inside other apps, and browsers that tell what they run on though they are disguised.

/// What apps add to the user agent of the pages that they show.
const IN_APP: [&str; 21] = [
    "; wv)",
    "fban/",
    "fbav/",
    "fb_iab",
    "metaiab",
    "instagram",
    "barcelona",
    "gsa/",
    "micromessenger",
    " line/",
    "kakaotalk",
    "naver(inapp",
    "snapchat",
    "musical_ly",
    "bytedance",
    "linkedinapp",
    "twitter for",
    "telegram",
    "pinterest/",
    "flipboard",
    "teamsmobile",
];
/// Browsers that name their own package in `X-Requested-With` are no other app.
const BROWSER_PACKAGES: [&str; 5] = [
    "xmlhttprequest",
    "com.android.chrome",
    "com.sec.android.app.sbrowser",
    "com.android.browser",
    "org.mozilla.firefox",
];
/// Browsers that only phones, tablets and headsets with Android have, and that keep their name for the desktop site.
const ANDROID_BROWSERS: [&str; 8] = [
    "silk/",
    "samsungbrowser/",
    "miuibrowser/",
    "huaweibrowser/",
    "heytapbrowser/",
    "vivobrowser/",
    "oculusbrowser/",
    "picobrowser/",
];

/// Whether the user agent, in lower case, is of a page inside an app.
pub(super) fn named(ua: &str) -> bool {
    IN_APP.iter().any(|word| ua.contains(word))
}

/// Whether `X-Requested-With`, which Android's WebView sends, names another app.
pub(super) fn requested_with(package: &str) -> bool {
    let package = package.trim().to_ascii_lowercase();
    !package.is_empty() && !BROWSER_PACKAGES.contains(&package.as_str())
}

/// Whether a browser of Android asks for the site of a computer or an iPad. Samsung's is made for Windows too.
pub(super) fn android_browser(ua: &str) -> bool {
    !ua.contains("windows") && ANDROID_BROWSERS.iter().any(|word| ua.contains(word))
}

/// Puffin draws pages on a computer far away, whose system it names; its last letters say what the person holds.
pub(super) fn puffin(ua: &str) -> Option<&'static str> {
    let version = ua.split_once("puffin/")?.1.split(' ').next()?;
    ["ap", "at", "ip", "it"].into_iter().find(|end| version.ends_with(end))
}
