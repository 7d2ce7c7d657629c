//! The functions as source text.

use super::Text;

/// `, name: impl Display` for each placeholder.
fn parameters(text: &Text) -> String {
    text.takes.iter().map(|name| format!(", {name}: impl std::fmt::Display")).collect()
}

/// The head of the function, up to its body.
fn head(text: &Text) -> String {
    let (key, parameters) = (&text.key, parameters(text));
    if text.is_plural() {
        format!("pub fn {key}(language: Language, count: u64{parameters}) -> String")
    } else if text.takes.is_empty() {
        format!("pub fn {key}(language: Language) -> &'static str")
    } else {
        format!("pub fn {key}(language: Language{parameters}) -> String")
    }
}

pub(crate) fn for_server(text: &Text) -> String {
    let head = head(text);
    let [en, ru] = &text.words;
    if text.is_plural() {
        return format!(
            "{head} {{ let n = number(language, count); match (language, form(language, count)) {{ \
             (Language::En, Form::One) => format!({:?}), (Language::En, _) => format!({:?}), \
             (Language::Ru, Form::One) => format!({:?}), (Language::Ru, Form::Few) => format!({:?}), \
             (Language::Ru, _) => format!({:?}) }} }}\n",
            en[0], en[1], ru[0], ru[1], ru[2]
        );
    }
    let made = |words: &str| {
        if text.takes.is_empty() { format!("{words:?}") } else { format!("format!({words:?})") }
    };
    format!(
        "{head} {{ match language {{ Language::En => {}, Language::Ru => {} }} }}\n",
        made(&en[0]),
        made(&ru[0])
    )
}

pub(crate) fn for_browser(text: &Text, number: usize) -> String {
    let head = head(text);
    let list = text.takes.iter().map(|name| format!("&{name}")).collect::<Vec<_>>().join(", ");
    let body = if text.is_plural() {
        format!("plural(language, {number}, count, &[{list}])")
    } else if text.takes.is_empty() {
        format!("let _ = language; text({number})")
    } else {
        format!("let _ = language; fill({number}, &[{list}])")
    };
    format!("{head} {{ {body} }}\n")
}
