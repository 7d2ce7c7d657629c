//! Phones of other systems, which run no app of Android and take no profile of Apple's.

/// Words of a system in lower case, and what it is called. The first that fits says it.
const SYSTEMS: [(&str, &str); 23] = [
    ("kaios", "KaiOS"),
    ("openharmony", "HarmonyOS NEXT"),
    ("windows phone", "Windows Phone"),
    ("wpdesktop", "Windows Phone"),
    ("zunewp7", "Windows Phone"),
    ("lumia", "Windows Phone"),
    ("iemobile", "Windows Mobile"),
    ("tizen", "Tizen"),
    ("bada/", "Bada"),
    ("symb", "Symbian"),
    ("series60", "Symbian"),
    ("bb10;", "BlackBerry"),
    ("blackberry", "BlackBerry"),
    ("rim tablet", "BlackBerry"),
    ("sailfish", "Sailfish OS"),
    ("maemo", "Maemo"),
    ("meego", "MeeGo"),
    ("hpwos", "webOS"),
    ("webos/", "webOS"),
    ("palmsource", "Palm OS"),
    ("palmos", "Palm OS"),
    ("series40", "Series 40"),
    ("series30", "Series 30"),
];
/// Phones whose system says no name that its owner would know.
const NAMELESS: [&str; 3] = ["midp", "(brew", ";foma;"];
/// Televisions, consoles and computers on which such a system runs, too.
const NO_PHONE: [&str; 9] = [
    "xbox",
    "smart-tv",
    "smarttv",
    "hbbtv",
    " tv ",
    "tizen tv",
    "large screen",
    "(pc; openharmony",
    "(2in1; openharmony",
];

/// The system of what is a phone or tablet and neither Android's nor Apple's, if it is one; `ua` is in lower case, and of neither maker.
pub(super) fn other(ua: &str) -> Option<Option<&'static str>> {
    let has = |word: &str| ua.contains(word);
    if NO_PHONE.into_iter().any(has) {
        return None;
    }
    if let Some((_, name)) = SYSTEMS.into_iter().find(|(word, _)| has(word)) {
        return Some(Some(name));
    }
    // Before KaiOS came of it.
    if (has("(mobile; ") || has("(tablet; ")) && has("gecko/") {
        return Some(Some("Firefox OS"));
    }
    NAMELESS.into_iter().any(has).then_some(None)
}
