//! Which page a visitor of a link gets, told by what the browser says of itself.
//!
//! A wrong guess costs a tap, never a device: every page links to the other kinds, and nothing here decides
//! what a link may do. Mail scanners look like any Chrome on Windows and are not told apart (they change nothing).
//! How often the guess is right: docs/detection.md.

mod apps;
mod bots;
mod phones;

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
    /// A phone or tablet that cannot be connected: KaiOS, HarmonyOS NEXT, Windows Phone and their like.
    OtherPhone {
        /// What its system is called, in every language, where that is known.
        system: Option<&'static str>,
    },
    /// Anything else: televisions, consoles, readers, silence.
    Other,
}

/// Characters of a user agent that are looked at; no browser sends more, and a header may have 8 kB.
const LONGEST: usize = 1024;
/// Systems that are neither, though some of them mention Android, the iPhone or the iPad.
const NEITHER: [&str; 19] = [
    "kaios",
    "windows phone",
    "wpdesktop",
    "zunewp7",
    "iemobile",
    "; xbox",
    "tizen",
    "symbian",
    "series60",
    "bb10;",
    "web0s",
    "webos",
    "apple tv",
    "appletv",
    "watch os",
    "tclwebkit",
    "playstation",
    "nintendo",
    "googletv",
];
/// Readers, televisions, consoles and phones that name Linux or Windows: no Android, and no computer.
const NO_COMPUTER: [&str; 17] = [
    "blackberry",
    "sailfish",
    "maemo",
    "meego",
    "hpwos",
    "lumia",
    "palmsource",
    "palmos",
    "kindle/",
    "pocketbook",
    "hbbtv",
    "smart-tv",
    "smarttv",
    "opera tv",
    "inettvbrowser",
    "crkey/",
    "qtcarbrowser",
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
    let ua = user_agent.chars().take(LONGEST).collect::<String>().to_ascii_lowercase();
    let has = |word: &str| ua.contains(word);
    let any = |words: &[&str]| words.iter().any(|word| ua.contains(word));
    if bots::is_bot(&ua) {
        return Visitor::Bot;
    }
    // OpenHarmony without the Android layer runs no Android app.
    if any(&NEITHER) || (has("openharmony") && !has("android")) {
        return other(&ua);
    }
    // Where a phone is wanted there is no use for a television's own store.
    if has("android") && words(&ua).any(is_fire_tv) {
        return Visitor::Other;
    }
    let hinted_android =
        sec_ch_ua_platform.is_some_and(|p| p.trim_matches('"').eq_ignore_ascii_case("android"));
    // Some makers leave out the name, and not that of the build.
    let named_android = (has("android") && !has("like android")) || (has("linux; ") && has(" build/"));
    // What calls itself Android there is an app on a computer.
    if has("chromebook") {
        return Visitor::Desktop { maybe_ipad: false };
    }
    // A phone whose user agent is disguised still says in the hint that it is one.
    let linux_phone = has("linux") && sec_ch_ua_mobile == Some("?1");
    let puffin = apps::puffin(&ua);
    if hinted_android
        || named_android
        || linux_phone
        || apps::android_browser(&ua)
        || matches!(puffin, Some("ap" | "at"))
    {
        let in_app = x_requested_with.is_some_and(apps::requested_with) || apps::named(&ua);
        return Visitor::Android { play: !without_play(&ua), in_app };
    }
    if any(&NO_COMPUTER) {
        return other(&ua);
    }
    if let Some(visitor) = of_apple(&ua, puffin) {
        return visitor;
    }
    if any(&["windows", "win9", "win64", "win32", "x11", "linux", "bsd"]) {
        return Visitor::Desktop { maybe_ipad: false };
    }
    other(&ua)
}

/// What is neither Android's nor Apple's, and no computer.
fn other(ua: &str) -> Visitor {
    phones::other(ua).map_or(Visitor::Other, |system| Visitor::OtherPhone { system })
}

/// What Apple made, if anything: `ua` is in lower case and of no Android.
fn of_apple(ua: &str, puffin: Option<&str>) -> Option<Visitor> {
    let has = |word: &str| ua.contains(word);
    // WebKit views inside apps leave out the word that Safari and other browsers put at the end.
    let in_app = apps::named(ua) || puffin.is_some() || (has("applewebkit") && !has("safari/"));
    if has("ipad") || puffin == Some("it") {
        return Some(Visitor::Ipad { in_app });
    }
    if (has("iphone") && !has("like iphone")) || has("ipod") || puffin == Some("ip") {
        return Some(Visitor::Iphone { in_app });
    }
    if !has("macintosh") && !has("mac os x") && !has("mac_powerpc") {
        return None;
    }
    // Other browsers of iPadOS keep their own name when they ask for the desktop site.
    if ["crios/", "fxios/", "edgios/"].into_iter().any(has) {
        return Some(Visitor::Ipad { in_app });
    }
    // All browsers of an iPad are made of WebKit, and none of them says Chrome.
    Some(Visitor::Desktop { maybe_ipad: has("applewebkit") && !has("chrome/") })
}

/// Fire OS, headsets, and Huawei's phones since 2019. A page for these still offers "it has Google Play".
fn without_play(ua: &str) -> bool {
    const WORDS: [&str; 8] = [
        "silk/",
        "kindle fire",
        "; amazon ",
        "fireos",
        "harmonyos",
        "hmscore",
        "oculusbrowser/",
        "picobrowser/",
    ];
    WORDS.iter().any(|word| ua.contains(word)) || words(ua).any(of_amazon)
}

/// The words of a user agent, among which are names of models.
fn words(ua: &str) -> impl Iterator<Item = &str> {
    ua.split([';', '(', ')', ' '])
}

/// Amazon's names of models: tablets KFMAWI, other things AEOKN.
fn of_amazon(word: &str) -> bool {
    let letters = word.chars().all(|c| c.is_ascii_alphabetic());
    (word.starts_with("kf") && letters && (4..=7).contains(&word.len()))
        || (word.starts_with("aeo") && letters && word.len() == 5)
}

/// Amazon's names of televisions: AFTMM, AFTEUFF014.
fn is_fire_tv(word: &str) -> bool {
    word.starts_with("aft") && (4..=10).contains(&word.len()) && word != "after"
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
mod tests;
