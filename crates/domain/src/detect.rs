//! Which page a visitor of a link gets, told by what the browser says of itself.
//!
//! A wrong guess costs a tap, never a device: every page links to the other kinds, and nothing here decides
//! what a link may do. Mail scanners look like any Chrome on Windows and are not told apart (they change nothing).

/// What kind of machine asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// A phone or tablet with Android.
    Android {
        /// Whether it has Google Play, as far as can be told.
        play: bool,
        /// Whether the page is shown inside another app.
        in_app: bool,
    },
    /// An iPhone or iPod.
    Iphone {
        /// Whether the page is shown inside another app: only Safari can take a profile.
        in_app: bool,
    },
    /// An iPad that says so.
    Ipad {
        /// Whether the page is shown inside another app.
        in_app: bool,
    },
    /// A computer.
    Desktop {
        /// Safari on an iPad calls itself a Mac; only a script can tell.
        maybe_ipad: bool,
    },
    /// A crawler, a link preview, a library.
    Bot,
    /// Anything else: KaiOS, Tizen, Windows Phone, OpenHarmony, televisions, silence.
    Other,
}

const BOT_WORDS: [&str; 42] = [
    "+http",
    "(http",
    "; http",
    "crawl",
    "spider",
    "slurp",
    "scanner",
    "scraper",
    "archiver",
    "validator",
    "fetcher",
    "externalhit",
    "facebookcatalog",
    "uripreview",
    "bingpreview",
    "imageproxy",
    "ggpht.com",
    "barracuda",
    "proofpoint",
    "mediapartners",
    "google-read-aloud",
    "google-inspection",
    "headless",
    "lighthouse",
    "phantomjs",
    "pingdom",
    "uptime",
    "monitoring",
    "curl/",
    "wget",
    "python",
    "okhttp",
    "go-http-client",
    "libwww",
    "httpclient",
    "axios/",
    "node-fetch",
    "java/",
    "ruby",
    "perl",
    "guzzle",
    "scrapy",
];
/// Phones whose names end in "bot".
const BOT_PHONES: [&str; 5] = ["cubot", "b bot", "power bot", "m bot", "c bot"];
/// Systems that mention Android or the iPhone though they are neither.
const NEITHER: [&str; 13] = [
    "kaios",
    "windows phone",
    "iemobile",
    "xbox",
    "tizen",
    "symbian",
    "series60",
    "blackberry",
    "bb10;",
    "web0s",
    "webos",
    "apple tv",
    "appletv",
];
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
const IN_APP: [&str; 14] = [
    "; wv)",
    "fban/",
    "fbav/",
    "fb_iab",
    "instagram",
    "gsa/",
    "micromessenger",
    " line/",
    "snapchat",
    "musical_ly",
    "bytedance",
    "linkedinapp",
    "telegram",
    "pinterest/",
];
/// Browsers that name their own package in `X-Requested-With` are no other app.
const BROWSER_PACKAGES: [&str; 5] = [
    "xmlhttprequest",
    "com.android.chrome",
    "com.sec.android.app.sbrowser",
    "com.android.browser",
    "org.mozilla.firefox",
];

/// What kind of machine sent these headers: `User-Agent`, `Sec-CH-UA-Platform`, `Sec-CH-UA-Mobile` and
/// `X-Requested-With` (User-Agent Client Hints; the last is Android WebView's).
#[must_use]
pub fn detect(
    user_agent: &str,
    sec_ch_ua_platform: Option<&str>,
    sec_ch_ua_mobile: Option<&str>,
    x_requested_with: Option<&str>,
) -> Visitor {
    let ua: String = user_agent.chars().take(1024).collect::<String>().to_ascii_lowercase();
    let has = |word: &str| ua.contains(word);
    let any = |words: &[&str]| words.iter().any(|word| ua.contains(word));
    if is_bot(&ua) {
        return Visitor::Bot;
    }
    // OpenHarmony without the Android layer runs no Android app.
    if any(&NEITHER) || (has("openharmony") && !has("android")) {
        return Visitor::Other;
    }
    let hinted_android =
        sec_ch_ua_platform.is_some_and(|p| p.trim_matches('"').eq_ignore_ascii_case("android"));
    let named_android = has("android") && !has("like android");
    // The hint goes first: a user agent that is disguised does not change it.
    let linux_phone = has("linux") && !named_android && sec_ch_ua_mobile == Some("?1");
    if has("cros ") && !named_android && !hinted_android {
        return Visitor::Desktop { maybe_ipad: false };
    }
    if hinted_android || named_android || linux_phone {
        let other_app = x_requested_with
            .map(|package| package.trim().to_ascii_lowercase())
            .is_some_and(|package| !package.is_empty() && !BROWSER_PACKAGES.contains(&package.as_str()));
        return Visitor::Android { play: !without_play(&ua), in_app: other_app || any(&IN_APP) };
    }
    // WebKit views inside apps leave out the word that Safari and other browsers put at the end.
    let in_app = any(&IN_APP) || (has("applewebkit") && !has("safari/"));
    if has("ipad") {
        return Visitor::Ipad { in_app };
    }
    if (has("iphone") || has("ipod")) && !has("watch os") && !has("apple watch") {
        return Visitor::Iphone { in_app };
    }
    if has("macintosh") || has("mac os x") || has("mac_powerpc") {
        // Other browsers of iPadOS keep their own name when they ask for the desktop site.
        if any(&["crios/", "fxios/", "edgios/"]) {
            return Visitor::Ipad { in_app };
        }
        return Visitor::Desktop { maybe_ipad: !has("chrome/") };
    }
    if any(&["windows nt", "windows 9", "win64", "win32", "x11", "linux"]) {
        return Visitor::Desktop { maybe_ipad: false };
    }
    Visitor::Other
}

/// Fire OS, and Huawei's phones since 2019. A page for these still offers "it has Google Play".
fn without_play(ua: &str) -> bool {
    let fire = ua.contains("silk/")
        || ua.split([';', '(', ')', ' ']).any(|word| {
            (word.starts_with("kf")
                && (4..=7).contains(&word.len())
                && word.chars().all(|c| c.is_ascii_alphabetic()))
                || (word.starts_with("aft") && (4..=8).contains(&word.len()))
        });
    fire || ua.contains("harmonyos") || ua.contains("hmscore")
}

fn is_bot(ua: &str) -> bool {
    if ua.starts_with("whatsapp/") || BOT_WORDS.iter().any(|word| ua.contains(word)) {
        return true;
    }
    // Browsers call themselves Mozilla; so do not: libraries, checkers and apps, of which the last name their system.
    let browser = ua.is_empty() || ua.starts_with("mozilla/") || ua.starts_with("opera");
    if !browser && !SYSTEMS.iter().any(|word| ua.contains(word)) {
        return true;
    }
    ua.match_indices("bot").any(|(at, _)| {
        let end = at + 3;
        let ends_a_word = ua[end..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric());
        ends_a_word && !BOT_PHONES.iter().any(|name| ua[..end].ends_with(name))
    })
}

/// The version of iOS or iPadOS that a browser tells (`CPU iPhone OS 17_5_1`, `CPU OS 16_6`): major and minor. Safari on an iPad
/// that calls itself a Mac tells none, and since iOS 26 Safari always tells 18.6, which has the same Settings.
#[must_use]
pub fn ios_version(user_agent: &str) -> Option<(u32, u32)> {
    let (_, rest) = user_agent.split_once("CPU iPhone OS ").or_else(|| user_agent.split_once("CPU OS "))?;
    let mut numbers = rest.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    let major = numbers.next()?.ok()?;
    Some((major, numbers.next().and_then(Result::ok).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ua: &str) -> Visitor {
        detect(ua, None, None, None)
    }

    #[test]
    fn systems_that_only_mention_android_or_the_iphone_are_neither() {
        for ua in [
            "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063",
            "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0; NOKIA; Lumia 635) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537",
            "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
            "Mozilla/5.0 (Linux; Tizen 2.3; SAMSUNG SM-Z130H) AppleWebKit/537.3 (KHTML, like Gecko) SamsungBrowser/1.0 Mobile Safari/537.3",
            "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile",
            "",
        ] {
            assert_eq!(of(ua), Visitor::Other, "{ua}");
        }
    }

    #[test]
    fn phones_named_like_bots_are_phones() {
        let ua = "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.45 Mobile Safari/537.36";
        assert_eq!(of(ua), Visitor::Android { play: true, in_app: false });
        assert_eq!(of(&ua.replace("CUBOT X30", "CUBOT")), Visitor::Android { play: true, in_app: false });
        let bot = "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) Chrome/99 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
        assert_eq!(of(bot), Visitor::Bot);
    }

    #[test]
    fn fire_tablets_and_new_huawei_phones_have_no_play() {
        for ua in [
            "Mozilla/5.0 (Linux; Android 9; KFMAWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/108.4.6 like Chrome/108.0.5359.160 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 9; KFMAWI Build/PS7330) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0.5359.160 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 10; NOH-AN00; HMSCore 6.4.0.312) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/92.0.4515.105 HuaweiBrowser/12.0.4.302 Mobile Safari/537.36",
        ] {
            assert_eq!(of(ua), Visitor::Android { play: false, in_app: false }, "{ua}");
        }
    }

    #[test]
    fn a_mac_may_be_an_ipad_unless_it_runs_chrome() {
        let safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15";
        assert_eq!(of(safari), Visitor::Desktop { maybe_ipad: true });
        assert_eq!(of(&safari.replace("Version/17.4", "CriOS/124")), Visitor::Ipad { in_app: false });
        assert_eq!(of(&safari.replace("Version/17.4", "Chrome/124")), Visitor::Desktop { maybe_ipad: false });
    }

    #[test]
    fn the_hint_goes_before_the_user_agent() {
        let linux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";
        assert_eq!(
            detect(linux, Some("\"Android\""), None, None),
            Visitor::Android { play: true, in_app: false }
        );
        assert_eq!(
            detect(linux, Some("\"Linux\""), Some("?0"), None),
            Visitor::Desktop { maybe_ipad: false }
        );
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";
        assert_eq!(detect(iphone, None, None, None), Visitor::Iphone { in_app: false });
        // No browser of an iPhone sends hints: this one is on Android and disguises itself.
        let android = Visitor::Android { play: true, in_app: false };
        assert_eq!(detect(iphone, Some("\"Android\""), Some("?1"), None), android);
        assert_eq!(detect(linux, None, Some("?1"), None), android);
        assert_eq!(detect("", Some("\"Android\""), Some("?1"), None), android);
    }

    #[test]
    fn pages_inside_apps_are_told_apart() {
        let view = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
        assert_eq!(of(view), Visitor::Iphone { in_app: true });
        let android = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36";
        assert_eq!(
            detect(android, None, None, Some("com.google.android.gm")),
            Visitor::Android { play: true, in_app: true }
        );
        assert_eq!(
            detect(android, None, None, Some("com.android.chrome")),
            Visitor::Android { play: true, in_app: false }
        );
    }

    #[test]
    fn the_version_of_ios_is_read_where_it_is_told() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15";
        assert_eq!(ios_version(iphone), Some((17, 5)));
        assert_eq!(ios_version("Mozilla/5.0 (iPad; CPU OS 12_0 like Mac OS X)"), Some((12, 0)));
        assert_eq!(ios_version("Mozilla/5.0 (iPad; CPU OS 9 like Mac OS X)"), Some((9, 0)));
        for other in
            ["", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "CPU iPhone OS x", "CPU OS 99999999999_1"]
        {
            assert_eq!(ios_version(other), None, "{other}");
        }
    }
}
