//! Makes a function of every text in `locales/`. A key or placeholder that one language lacks fails the build.
//!
//! `title = "Users"` becomes `title(language) -> &'static str`; `hello = "Hello {name}"` becomes
//! `hello(language, name) -> String`; a table `people = { one = "{n} person", other = "{n} people" }` becomes
//! `people(language, n) -> String` with the plural forms of the language (CLDR: English one/other, Russian
//! one/few/many). Other placeholders of a form follow `n`, and every form has them.

#![expect(clippy::panic, reason = "a build script ends the build by panicking")]

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

type Table = toml::Table;

fn placeholders(text: &str) -> BTreeSet<String> {
    let names = text.split('{').skip(1).filter_map(|p| p.split_once('}')).map(|(name, _)| name.to_owned());
    names.collect()
}

fn function(out: &mut String, key: &str, en: &str, ru: &str) {
    let names = placeholders(en);
    assert_eq!(names, placeholders(ru), "locales: the placeholders of {key} differ between the languages");
    if names.is_empty() {
        let _ = writeln!(
            out,
            "pub fn {key}(language: Language) -> &'static str {{ match language {{ Language::En => {en:?}, Language::Ru => {ru:?} }} }}"
        );
        return;
    }
    let parameters: String = names.iter().map(|n| format!(", {n}: impl std::fmt::Display")).collect();
    let _ = writeln!(
        out,
        "pub fn {key}(language: Language{parameters}) -> String {{ match language {{ Language::En => format!({en:?}), Language::Ru => format!({ru:?}) }} }}"
    );
}

fn plural(out: &mut String, key: &str, en: &Table, ru: &Table) {
    let form = |table: &Table, name: &str| {
        let text = table.get(name).and_then(toml::Value::as_str);
        text.unwrap_or_else(|| panic!("locales: {key} lacks the form {name}")).to_owned()
    };
    let others = |text: &str| {
        let mut names = placeholders(text);
        names.remove("n");
        names
    };
    let names = others(&form(en, "other"));
    for (table, name) in [(en, "one"), (ru, "one"), (ru, "few"), (ru, "many")] {
        let found = others(&form(table, name));
        assert_eq!(names, found, "locales: the placeholders of {key} differ in the form {name}");
    }
    let parameters: String = names.iter().map(|n| format!(", {n}: impl std::fmt::Display")).collect();
    let _ = writeln!(
        out,
        "pub fn {key}(language: Language, count: u64{parameters}) -> String {{ let n = number(language, count); match (language, form(language, count)) {{ \
         (Language::En, Form::One) => format!({:?}), (Language::En, _) => format!({:?}), \
         (Language::Ru, Form::One) => format!({:?}), (Language::Ru, Form::Few) => format!({:?}), (Language::Ru, _) => format!({:?}) }} }}",
        form(en, "one"),
        form(en, "other"),
        form(ru, "one"),
        form(ru, "few"),
        form(ru, "many"),
    );
}

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let read = |name: &str| -> Table {
        let path = format!("locales/{name}.toml");
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        text.parse().unwrap_or_else(|e| panic!("{path}: {e}"))
    };
    let (en, ru) = (read("en"), read("ru"));
    for key in ru.keys() {
        assert!(en.contains_key(key), "locales: en.toml lacks {key}");
    }
    let mut out = String::new();
    for (key, en) in &en {
        let ru = ru.get(key).unwrap_or_else(|| panic!("locales: ru.toml lacks {key}"));
        match (en, ru) {
            (toml::Value::String(en), toml::Value::String(ru)) => function(&mut out, key, en, ru),
            (toml::Value::Table(en), toml::Value::Table(ru)) => plural(&mut out, key, en, ru),
            _ => panic!("locales: {key} is a text in one language and a table of plural forms in the other"),
        }
    }
    let file = Path::new(&std::env::var("OUT_DIR").unwrap_or_default()).join("texts.rs");
    fs::write(file, out).unwrap_or_else(|e| panic!("{e}"));
}
