//! Each rule of the detection, on user agents as their makers write them.

use super::*;

fn of(ua: &str) -> Visitor {
    detect(ua, None, None, None)
}

#[test]
fn phones_of_other_systems_are_named_though_they_mention_android_or_the_iphone() {
    for (system, ua) in [
        (
            "Windows Phone",
            "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063",
        ),
        (
            "Windows Phone",
            "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0; NOKIA; Lumia 635) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537",
        ),
        (
            "Windows Phone",
            "Mozilla/5.0 (Windows NT 6.2; ARM; Trident/7.0; Touch; rv:11.0; WPDesktop; NOKIA; Lumia 1320) like Gecko",
        ),
        ("KaiOS", "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5"),
        ("Firefox OS", "Mozilla/5.0 (Mobile; rv:26.0) Gecko/18.1 Firefox/26.0"),
        (
            "Tizen",
            "Mozilla/5.0 (Linux; Tizen 2.3; SAMSUNG SM-Z130H) AppleWebKit/537.3 (KHTML, like Gecko) SamsungBrowser/1.0 Mobile Safari/537.3",
        ),
        (
            "HarmonyOS NEXT",
            "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile",
        ),
        (
            "HarmonyOS NEXT",
            "Mozilla/5.0 (Tablet; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1",
        ),
        (
            "BlackBerry",
            "Mozilla/5.0 (BB10; Touch) AppleWebKit/537.3+ (KHTML, like Gecko) Version/10.0.9.386 Mobile Safari/537.3+",
        ),
        (
            "Sailfish OS",
            "Mozilla/5.0 (Linux; U; Sailfish 3.0; Mobile; rv:45.0) Gecko/45.0 Firefox/45.0 SailfishBrowser/1.0",
        ),
        (
            "Symbian",
            "Opera/9.80 (S60; SymbOS; Opera Mobi/SYB-1204232256; U; en-GB) Presto/2.10.254 Version/12.00",
        ),
        (
            "Bada",
            "Mozilla/5.0 (SAMSUNG; SAMSUNG-GT-S8500/S8500XXJEE; U; Bada/1.0; nl-nl) AppleWebKit/533.1 (KHTML, like Gecko) Dolfin/2.0 Mobile WVGA SMM-MMS/1.2.0 OPN-B",
        ),
    ] {
        assert_eq!(of(ua), Visitor::OtherPhone { system: Some(system) }, "{ua}");
    }
    let nameless = "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80/28.3590; U; en) Presto/2.8.119 Version/11.10";
    assert_eq!(of(nameless), Visitor::OtherPhone { system: None });
}

#[test]
fn the_same_systems_on_what_is_no_phone_are_nothing_that_cannot_be_connected() {
    for ua in [
        "Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/4.0 Chrome/76.0.3809.146 TV Safari/537.36",
        "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.41 (KHTML, like Gecko) Large Screen WebAppManager Safari/537.41",
        "Mozilla/5.0 (Windows Phone 10.0; Android 4.2.1; Xbox; Xbox One) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/46.0.2486.0 Mobile Safari/537.36 Edge/13.10586",
        "Mozilla/5.0 (PC; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 HuaweiBrowser/5.0.4.300",
        "",
    ] {
        assert_eq!(of(ua), Visitor::Other, "{ua}");
    }
}

#[test]
fn fire_tv_is_a_television_and_fire_tablets_are_not() {
    for model in ["AFTMM", "AFTEUFF014", "AFTKA Build/PS7233; wv"] {
        let ua = format!(
            "Mozilla/5.0 (Linux; Android 7.1.2; {model}) AppleWebKit/537.36 (KHTML, like Gecko) Silk/108.4.6 like Chrome/108.0.5359.160 Safari/537.36"
        );
        assert_eq!(of(&ua), Visitor::Other, "{ua}");
        assert_eq!(detect(&ua, Some("\"Android\""), None, None), Visitor::Other, "{ua}");
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
    assert_eq!(detect(linux, Some("\"Linux\""), Some("?0"), None), Visitor::Desktop { maybe_ipad: false });
    let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";
    assert_eq!(detect(iphone, None, None, None), Visitor::Iphone { in_app: false });
    let ipod = iphone.replace("iPhone;", "iPod touch;").replace("iPhone OS", "OS");
    assert_eq!(of(&ipod), Visitor::Iphone { in_app: false });
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
    assert_eq!(detect(android, None, None, Some(" ")), Visitor::Android { play: true, in_app: false });
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

#[test]
fn systems_that_name_linux_and_are_no_computer_are_other() {
    for ua in [
        "Mozilla/5.0 (Linux; U; en-US) AppleWebKit/528.5+ (KHTML, like Gecko, Safari/528.5+) Version/4.0 Kindle/3.0 (screen 600x800; rotate)",
        "Opera/9.80 (Linux mips; U; HbbTV/1.1.1 (; Philips; ; ; ; ) CE-HTML/1.0 NETTV/4.1.3; en) Presto/2.10.250 Version/11.60",
        "Mozilla/4.0 (compatible; Linux 2.6.22) NetFront/3.4 Kindle/2.0 (screen 600x800)",
        "Mozilla/5.0 (Apple Watch; CPU Watch OS 9_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (New Nintendo 3DS like iPhone) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0.0.5.22 Mobile NintendoBrowser/1.10.10166.JP",
    ] {
        assert_eq!(of(ua), Visitor::Other, "{ua}");
    }
    let phone = "Mozilla/5.0 (Linux; Android 13; BlackBerry Evolve X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Mobile Safari/537.36";
    assert_eq!(of(phone), Visitor::Android { play: true, in_app: false });
    let plasma = "Mozilla/5.0 (Linux; Plasma Mobile, like Android 9.0) AppleWebKit/537.36 (KHTML, like Gecko) QtWebEngine/5.14.2 Chrome/75.0.3770.116 Mobile Safari/537.36";
    assert_eq!(of(plasma), Visitor::Desktop { maybe_ipad: false });
    let like = "Mozilla/5.0 (Librem 5, like iPhone; X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15";
    assert_eq!(of(like), Visitor::Desktop { maybe_ipad: false });
}

#[test]
fn harmony_os_is_android_until_it_says_open_harmony() {
    let four = "Mozilla/5.0 (Linux; Android 12; HarmonyOS; ALN-AL00; HMSCore 6.12.0.302) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 HuaweiBrowser/14.0.2.303 Mobile Safari/537.36";
    assert_eq!(of(four), Visitor::Android { play: false, in_app: false });
    let next = "Mozilla/5.0 (PC; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 HuaweiBrowser/5.0.4.300";
    assert_eq!(of(next), Visitor::Other);
}

#[test]
fn what_stands_in_the_place_of_a_phones_name_is_no_bot() {
    for phone in ["XBot_Senior Build/O11019", "M_bot_tab_71", "ID bot 53+", "Spider 8", "Perla", "CUBOT; wv"]
    {
        let ua = format!(
            "Mozilla/5.0 (Linux; Android 10; {phone}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.45 Mobile Safari/537.36"
        );
        assert_ne!(of(&ua), Visitor::Bot, "{ua}");
        let twice =
            format!("{ua} Instagram 237.0.0.7.102 Android (28/9; 480dpi; 1080x2115; CUBOT; X20_PRO; mt6771)");
        assert_eq!(of(&twice), Visitor::Android { play: true, in_app: true });
        assert_eq!(of(&format!("{ua} (compatible; PetalBot)")), Visitor::Bot, "{ua}");
    }
    for ua in [
        "Mozilla/5.0 (Linux; Android 7.0; compatible; XBot)",
        "Mozilla/5.0 (Linux; Android 7.0; http://x.example)",
    ] {
        assert_eq!(of(ua), Visitor::Bot, "{ua}");
    }
}

#[test]
fn scanners_previews_crawlers_and_libraries_are_bots() {
    for ua in [
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0); 360Spider",
        "Mozilla/5.0 (compatible; BarracudaCentral; Windows NT 6.1; Trident/7.0)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko; Google Web Preview) Chrome/41.0.2272.118 Safari/537.36",
        "Mozilla/5.0 (compatible; Uptimia)",
        "Mozilla/5.0 (compatible; Nobody)",
        "facebookexternalhit/1.1",
        "WhatsApp/2.19.258 A",
        "WhatsApp/2.19.258 (Android 9)",
        "Hexometer",
        "Slackbot-LinkExpanding 1.0",
        "TelegramBot (like TwitterBot)",
        "okhttp/4.9.3 (Linux; Android 12)",
        "curl/8.5.0",
    ] {
        assert_eq!(of(ua), Visitor::Bot, "{ua}");
    }
    for ua in [
        "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
        "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0 Bottle/1.0",
    ] {
        assert_eq!(of(ua), Visitor::Desktop { maybe_ipad: false }, "{ua}");
    }
    // Ecosia writes an `@` behind the system.
    let ecosia = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6.1 Mobile/15E148 Safari/605.1.15 (Ecosia ios@10.5.2.2065)";
    assert_eq!(of(ecosia), Visitor::Iphone { in_app: false });
}

#[test]
fn a_browser_of_android_keeps_its_name_when_it_asks_for_another_site() {
    let android = |play| Visitor::Android { play, in_app: false };
    let linux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Safari/537.36";
    assert_eq!(of(linux), android(true));
    let computer = linux.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64");
    assert_eq!(of(&computer), Visitor::Desktop { maybe_ipad: false });
    let ipad = "Mozilla/5.0 (iPad; U; CPU OS 6_0_1 like Mac OS X) AppleWebKit/536.26 (KHTML, like Gecko) Version/6.0 Mobile/10A523 Safari/8536.25 XiaoMi/MiuiBrowser/8.2.9";
    assert_eq!(of(ipad), android(true));
    let mac = "Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_3; en-us; Silk/1.1.0-80) AppleWebKit/533.16 (KHTML, like Gecko) Version/5.0 Safari/533.16 Silk-Accelerated=true";
    assert_eq!(of(mac), android(false));
    let quest = "Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/32.1.0.37 Chrome/122.0.6261.64 VR Safari/537.36";
    assert_eq!(of(quest), android(false));
    let nameless = "Mozilla/5.0 (Linux; U; de-de; GT-I9100 Build/GINGERBREAD) AppleWebKit/533.1 (KHTML, like Gecko) Version/4.0 Safari/533.1";
    assert_eq!(of(nameless), android(true));
}

#[test]
fn models_of_amazon_have_no_play_and_names_like_theirs_do() {
    for (model, play) in [
        ("KFTT", false),
        ("KFTRWI", false),
        ("AEOKN", false),
        ("Amazon Jem", false),
        ("Kindle Fire", false),
        ("KF10", true),
        ("AEON1", true),
        ("AFTERMASTER 9000", true),
        ("AFTER 5", true),
        ("SM-A505F", true),
    ] {
        let ua = format!(
            "Mozilla/5.0 (Linux; Android 9; {model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0.0.0 Safari/537.36"
        );
        assert_eq!(of(&ua), Visitor::Android { play, in_app: false }, "{ua}");
    }
}

#[test]
fn chrome_os_is_a_computer_and_so_are_its_apps_of_android() {
    for ua in [
        "Mozilla/5.0 (X11; CrOS aarch64 14816.131.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/103.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; HP Chromebook 13 G1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.162 Safari/537.36",
    ] {
        assert_eq!(of(ua), Visitor::Desktop { maybe_ipad: false }, "{ua}");
    }
}

#[test]
fn puffin_says_at_its_end_what_the_person_holds() {
    let of = |end: &str| {
        of(&format!(
            "Mozilla/5.0 (X11; U; Linux x86_64; en-US) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/30.0.1599.114 Safari/537.36 Puffin/4.7.2{end}"
        ))
    };
    assert_eq!(of("AP"), Visitor::Android { play: true, in_app: false });
    assert_eq!(of("AT"), Visitor::Android { play: true, in_app: false });
    assert_eq!(of("IP"), Visitor::Iphone { in_app: true });
    assert_eq!(of("IT"), Visitor::Ipad { in_app: true });
    assert_eq!(of("MS"), Visitor::Desktop { maybe_ipad: false });
}

#[test]
fn firefox_on_a_mac_is_no_ipad() {
    let ua = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:126.0) Gecko/20100101 Firefox/126.0";
    assert_eq!(of(ua), Visitor::Desktop { maybe_ipad: false });
}

#[test]
fn apps_that_show_pages_are_known_by_their_words() {
    for app in [
        "[FBAN/FBIOS;FBAV/450.0.0.38.108]",
        "Instagram 320.0.0.42.101",
        "Barcelona 320.0.0.42.101",
        "GSA/300.0.598994205",
        "MicroMessenger/8.0.44",
        "Safari Line/13.20.0",
        "KAKAOTALK/10.5.0",
        "NAVER(inapp; search; 1000; 12.4.1)",
        "Snapchat/12.60.0.48",
        "musical_ly_32.5.0 BytedanceWebview/d8a21c6",
        "[LinkedInApp]/9.29",
        "Twitter for iPhone/10.20",
        "Telegram-iOS/10.8",
        "[Pinterest/iOS]",
        "Flipboard/4.2.68",
        "TeamsMobile-iOS",
    ] {
        let ua = format!(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari/604.1 {app}"
        );
        assert_eq!(of(&ua), Visitor::Iphone { in_app: true }, "{ua}");
    }
}
