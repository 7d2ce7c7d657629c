//! How often the guess is right, counted over user agents that others collected and labelled (docs/user-agents.md).

use muster_domain::detect::{Visitor, detect};
use std::collections::BTreeMap;

fn class(visitor: Visitor) -> &'static str {
    match visitor {
        Visitor::Android { .. } => "android",
        Visitor::Iphone { .. } => "iphone",
        Visitor::Ipad { .. } => "ipad",
        Visitor::Desktop { .. } => "desktop",
        Visitor::Bot => "bot",
        Visitor::Other => "other",
    }
}

#[test]
fn real_user_agents_get_their_page() {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut crossed = Vec::new();
    let file = std::env::var("MUSTER_USER_AGENTS").map_or_else(
        |_| include_str!("user_agents.tsv").to_owned(),
        |path| std::fs::read_to_string(path).expect("the file of MUSTER_USER_AGENTS"),
    );
    for line in file.lines().filter(|l| !l.starts_with('#')) {
        let (expected, ua) = line.split_once('\t').expect("two columns");
        let got = class(detect(ua, None, None, None));
        let (right, all) = counts.entry(expected).or_default();
        *all += 1;
        if got == expected {
            *right += 1;
        } else {
            println!("{expected} taken for {got}: {ua}");
        }
        let apple = |c: &str| c == "iphone" || c == "ipad";
        if (apple(expected) && got == "android") || (expected == "android" && apple(got)) {
            crossed.push(ua);
        }
    }
    for (class, (right, all)) in &counts {
        println!("{class}: {right} of {all}, {:.2} %", 100.0 * f64::from(*right) / f64::from(*all));
    }
    assert!(counts.values().map(|(_, all)| all).sum::<u32>() >= 300);
    assert!(crossed.is_empty(), "a page of the wrong maker: {crossed:?}");
    // One iPad asks for the desktop site, and says nothing of what it is.
    for (class, least) in
        [("android", 0.995), ("iphone", 0.99), ("ipad", 0.96), ("desktop", 0.97), ("bot", 0.85)]
    {
        let (right, all) = counts[class];
        assert!(f64::from(right) >= least * f64::from(all), "{class}: {right} of {all}");
    }
}
