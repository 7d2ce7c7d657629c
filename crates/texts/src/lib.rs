//! The console's texts, from `app/locales/`: one function for each, and the file with which the browser gets them.
//!
//! `title = "Users"` becomes `title(language) -> &'static str`; `hello = "Hello {name}"` becomes
//! `hello(language, name) -> String`; a table `people = { one = "{n} person", other = "{n} people" }` becomes
//! `people(language, n) -> String` with the plural forms of the language (CLDR: English one/other, Russian
//! one/few/many). Other placeholders of a form follow `n`, in the order of the alphabet, and every form has them.
//!
//! The server's functions hold every language. The browser's hold none: they name a text by its number in the file of the
//! one language that the page is in ([`Texts::file`]), so that nobody loads words that they do not see.

mod functions;

use std::collections::BTreeSet;
use toml::Table;

/// Why the files are no texts. The build ends with it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// A file is no TOML.
    #[error("locales: {0}.toml: {1}")]
    Unreadable(&'static str, String),
    /// A language lacks a text.
    #[error("locales: {0}.toml lacks {1}")]
    Missing(&'static str, String),
    /// A text lacks a plural form.
    #[error("locales: {0}.toml: {1} lacks the form {2}")]
    Form(&'static str, String, &'static str),
    /// It is a text in one language and plural forms in the other.
    #[error("locales: {0} is a text in one language and a table of plural forms in the other")]
    Kind(String),
    /// The languages, or the forms, do not have the same placeholders.
    #[error("locales: the placeholders of {0} differ")]
    Placeholders(String),
    /// The places of more than nine do not fit into one digit.
    #[error("locales: {0} has more than nine placeholders")]
    Many(String),
    /// A text holds what parts texts in the browser's file.
    #[error("locales: {0} holds a control character")]
    Control(String),
}

/// A language of the console.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tongue {
    /// English.
    En,
    /// Russian.
    Ru,
}

impl Tongue {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// Its tag (BCP 47), which its file is called by.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The plural forms of whole numbers that it has, in the order one, few, many.
    fn forms(self) -> [&'static str; 3] {
        match self {
            Self::En => ["one", "other", "other"],
            Self::Ru => ["one", "few", "many"],
        }
    }
}

/// A text by its key: what it takes, and its words in each language.
#[derive(Debug)]
struct Text {
    key: String,
    /// The placeholders without `n`, in the order of the alphabet.
    takes: Vec<String>,
    /// For each language one text, or the three forms one, few, many.
    words: [Vec<String>; 2],
}

impl Text {
    fn is_plural(&self) -> bool {
        self.words[0].len() > 1
    }
}

/// All texts of the console.
#[derive(Debug)]
pub struct Texts(Vec<Text>);

impl Texts {
    /// Reads the two files.
    ///
    /// # Errors
    /// What one language has and the other lacks.
    pub fn read(en: &str, ru: &str) -> Result<Self, Wrong> {
        let table = |tongue: Tongue, text: &str| {
            text.parse::<Table>().map_err(|e| Wrong::Unreadable(tongue.tag(), e.to_string()))
        };
        let (en, ru) = (table(Tongue::En, en)?, table(Tongue::Ru, ru)?);
        if let Some(key) = ru.keys().find(|key| !en.contains_key(*key)) {
            return Err(Wrong::Missing("en", key.clone()));
        }
        let text = |(key, en): (&String, &toml::Value)| {
            let ru = ru.get(key).ok_or_else(|| Wrong::Missing("ru", key.clone()))?;
            one(key, en, ru)
        };
        en.iter().map(text).collect::<Result<_, _>>().map(Self)
    }

    /// The functions as the server has them: with the words of every language.
    #[must_use]
    pub fn for_server(&self) -> String {
        self.0.iter().map(functions::for_server).collect()
    }

    /// The functions as the browser has them: `text`, `fill` and `plural` beside them find the words by number.
    #[must_use]
    pub fn for_browser(&self) -> String {
        let mut number = 0;
        let mut out = String::new();
        for text in &self.0 {
            out += &functions::for_browser(text, number);
            number += text.words[0].len();
        }
        out + &format!("pub const COUNT: usize = {number};\n")
    }

    /// The words of a language for the browser, in the order of their numbers, with a NUL between two. A placeholder is an
    /// SOH with its place in the function's list, as a digit; `n` is the digit 0 of a text with plural forms.
    #[must_use]
    pub fn file(&self, tongue: Tongue) -> String {
        let words = self.0.iter().flat_map(|text| {
            let names: Vec<_> = text.is_plural().then_some("n").into_iter().collect();
            let names: Vec<_> = names.into_iter().chain(text.takes.iter().map(String::as_str)).collect();
            text.words[tongue as usize].iter().map(move |words| numbered(words, &names))
        });
        words.collect::<Vec<_>>().join("\0")
    }
}

fn numbered(words: &str, names: &[&str]) -> String {
    names.iter().enumerate().fold(words.to_owned(), |words, (at, name)| {
        words.replace(&format!("{{{name}}}"), &format!("\u{1}{at}"))
    })
}

fn placeholders(words: &str) -> BTreeSet<String> {
    let names = words.split('{').skip(1).filter_map(|part| part.split_once('}'));
    names.map(|(name, _)| name.to_owned()).collect()
}

fn one(key: &str, en: &toml::Value, ru: &toml::Value) -> Result<Text, Wrong> {
    let words = match (en, ru) {
        (toml::Value::String(en), toml::Value::String(ru)) => [vec![en.clone()], vec![ru.clone()]],
        (toml::Value::Table(en), toml::Value::Table(ru)) => {
            [forms(key, Tongue::En, en)?, forms(key, Tongue::Ru, ru)?]
        }
        _ => return Err(Wrong::Kind(key.to_owned())),
    };
    let plural = words[0].len() > 1;
    let takes = |words: &String| {
        let mut names = placeholders(words);
        // A form may say its number in words: "one person".
        if plural {
            names.remove("n");
        }
        names
    };
    let all = words.iter().flatten();
    if all.clone().any(|words| words.chars().any(|c| c.is_control() && c != '\n')) {
        return Err(Wrong::Control(key.to_owned()));
    }
    let names = takes(&words[0][0]);
    if all.clone().any(|words| takes(words) != names) {
        return Err(Wrong::Placeholders(key.to_owned()));
    }
    if names.len() > 9 {
        return Err(Wrong::Many(key.to_owned()));
    }
    Ok(Text { key: key.to_owned(), takes: names.into_iter().collect(), words })
}

fn forms(key: &str, tongue: Tongue, table: &Table) -> Result<Vec<String>, Wrong> {
    let form = |name| {
        let words = table.get(name).and_then(toml::Value::as_str);
        words.map(str::to_owned).ok_or_else(|| Wrong::Form(tongue.tag(), key.to_owned(), name))
    };
    tongue.forms().into_iter().map(form).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: &str = "\
        title = \"Users\"\n\
        hello = \"Hello {name}, from {company}\"\n\
        people = { one = \"{n} person of {all}\", other = \"{n} people of {all}\" }\n";
    const RU: &str = "\
        title = \"Люди\"\n\
        hello = \"{company}: здравствуйте, {name}\"\n\
        people = { one = \"{n} человек из {all}\", few = \"{n} человека из {all}\", many = \"{n} человек из {all}\" }\n";

    #[test]
    fn the_browsers_functions_name_each_text_by_its_place_in_the_file() {
        let texts = Texts::read(EN, RU).unwrap();
        let file = texts.file(Tongue::Ru);
        let words: Vec<_> = file.split('\0').collect();
        assert_eq!(
            words,
            [
                "\u{1}0: здравствуйте, \u{1}1",
                "\u{1}0 человек из \u{1}1",
                "\u{1}0 человека из \u{1}1",
                "\u{1}0 человек из \u{1}1",
                "Люди"
            ]
        );
        let english: Vec<_> = texts.file(Tongue::En).split('\0').map(str::to_owned).collect();
        assert_eq!(english.len(), words.len(), "a number is the same text in every language");
        assert_eq!(english[2], english[3], "English has two forms");
        let code = texts.for_browser();
        assert!(
            code.contains("fill(0, &[&company, &name])")
                && code.contains("plural(language, 1, count, &[&all])"),
            "{code}"
        );
        assert!(code.contains("text(4)") && code.contains("COUNT: usize = 5"), "{code}");
    }

    #[test]
    fn the_servers_functions_hold_every_language() {
        let code = Texts::read(EN, RU).unwrap().for_server();
        assert!(code.contains("Language::En => \"Users\", Language::Ru => \"Люди\""), "{code}");
        assert!(code.contains("(Language::Ru, Form::Few) => format!(\"{n} человека из {all}\")"), "{code}");
    }

    #[test]
    fn what_a_language_lacks_ends_the_build() {
        let wrong = |en: &str, ru: &str| Texts::read(en, ru).unwrap_err();
        assert_eq!(wrong("a = \"x\"", ""), Wrong::Missing("ru", "a".into()));
        assert_eq!(wrong("", "a = \"x\""), Wrong::Missing("en", "a".into()));
        assert_eq!(wrong("a = \"{x}\"", "a = \"y\""), Wrong::Placeholders("a".into()));
        let (en, ru) = ("a = { one = \"1\", other = \"{n}\" }", "a = { one = \"1\", few = \"{n}\" }");
        assert_eq!(wrong(en, ru), Wrong::Form("ru", "a".into(), "many"));
        assert_eq!(wrong(en, "a = \"x\""), Wrong::Kind("a".into()));
        assert_eq!(wrong("a = \"\\u0000\"", "a = \"x\""), Wrong::Control("a".into()));
        assert!(matches!(wrong("a = ", "a = \"x\""), Wrong::Unreadable("en", _)));
    }
}
