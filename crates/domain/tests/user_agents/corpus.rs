//! User agents with the class that their source gives them (`README.md` beside this file), and what the rule makes of each.

use muster_domain::detect::{Visitor, detect};

/// The half that the rule was tuned on: its wrong guesses were looked at.
pub const TUNED: &str = include_str!("tuned.tsv");
/// The half whose wrong guesses nobody looked at.
pub const HELD: &str = include_str!("held.tsv");

/// The classes, in the order of printing, with the least share of right answers where there is an aim.
pub const CLASSES: [(&str, Option<f64>); 12] = [
    ("android", Some(0.999)),
    ("fire", Some(0.98)),
    ("iphone", Some(0.999)),
    ("ipad", Some(0.98)),
    ("ipad-as-mac", Some(0.98)),
    ("mac", Some(0.98)),
    ("desktop", Some(0.98)),
    // Says nothing of what it is, except in some makers' browsers: how many are known is told, and no aim.
    ("android-as-desktop", None),
    ("bot", Some(0.9)),
    ("other", Some(0.9)),
    ("in-app", Some(0.85)),
    ("own-browser", Some(0.9)),
];

/// One line of a file.
#[derive(Clone, Copy, Debug)]
pub struct Labelled<'f> {
    /// One of [`CLASSES`].
    pub class: &'f str,
    /// The user agent.
    pub text: &'f str,
}

/// The lines of a file: class, source and user agent with tabs between them.
pub fn lines(file: &str) -> impl Iterator<Item = Labelled<'_>> {
    file.lines().filter_map(|line| {
        let (class, rest) = line.split_once('\t')?;
        Some(Labelled { class, text: rest.split_once('\t')?.1 })
    })
}

impl Labelled<'_> {
    /// What the rule says, with no other header than the user agent.
    pub fn visitor(self) -> Visitor {
        detect(self.text, None, None, None)
    }

    /// Whether its visitor gets the page that it should.
    pub fn is_right(self) -> bool {
        use Visitor::{Android, Bot, Desktop, Ipad, Iphone, Other, OtherPhone};
        let got = self.visitor();
        match self.class {
            "android" | "android-as-desktop" => matches!(got, Android { .. }),
            "fire" => matches!(got, Android { play: false, .. }),
            "iphone" => matches!(got, Iphone { .. }),
            "ipad" => matches!(got, Ipad { .. }),
            // Browsers other than Safari say more than that.
            "ipad-as-mac" => matches!(got, Desktop { maybe_ipad: true } | Ipad { .. }),
            "mac" => matches!(got, Desktop { .. }),
            "desktop" => got == Desktop { maybe_ipad: false },
            "bot" => got == Bot,
            "other" => matches!(got, Other | OtherPhone { .. }),
            "in-app" | "own-browser" => match got {
                Android { in_app, .. } | Iphone { in_app } | Ipad { in_app } => {
                    in_app == (self.class == "in-app")
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an Android device gets Apple's page, or one of Apple's gets Android's. Worse than any other mistake.
    pub fn is_crossed(self) -> bool {
        use Visitor::{Android, Desktop, Ipad, Iphone};
        let got = self.visitor();
        match self.class {
            "android" | "android-as-desktop" | "fire" => {
                matches!(got, Iphone { .. } | Ipad { .. } | Desktop { maybe_ipad: true })
            }
            "iphone" | "ipad" | "ipad-as-mac" | "mac" => matches!(got, Android { .. }),
            _ => false,
        }
    }
}

/// How many of a class are right, and how many there are.
pub fn count(file: &str, class: &str) -> (usize, usize) {
    let of_class = || lines(file).filter(|line| line.class == class);
    (of_class().filter(|line| line.is_right()).count(), of_class().count())
}
