//! `muster message show`, `set` and `reset`: the message in the company's own words.

use super::{open::Muster, output};
use anyhow::{Context, anyhow};
use clap::Subcommand;
use muster_domain::{
    Language,
    wording::{Part, Words},
};
use serde_json::json;
use std::io::Read;

#[derive(Subcommand)]
pub(super) enum Message {
    /// Prints the words of a language, its own or the usual ones.
    Show {
        /// Which: en or ru.
        #[arg(long, default_value = "en", value_parser = language)]
        language: Language,
    },
    /// Writes one part: subject, headline, text, button, steps or footer. The rest stays.
    Set {
        /// Which part.
        #[arg(value_parser = part)]
        part: Part,
        /// The words, with placeholders such as {{name}}; from stdin if left out.
        words: Option<String>,
        /// Which: en or ru.
        #[arg(long, default_value = "en", value_parser = language)]
        language: Language,
    },
    /// Goes back to the usual words of a language.
    Reset {
        /// Which: en or ru.
        #[arg(long, default_value = "en", value_parser = language)]
        language: Language,
    },
}

fn language(tag: &str) -> anyhow::Result<Language> {
    Language::ALL
        .into_iter()
        .find(|l| l.tag() == tag)
        .with_context(|| format!("{tag:?} is neither en nor ru"))
}

fn part(name: &str) -> anyhow::Result<Part> {
    let known = || Part::ALL.map(Part::name).join(", ");
    let found = Part::ALL.into_iter().find(|part| part.name() == name);
    found.with_context(|| format!("no part {name:?}. There are: {}", known()))
}

/// The words of a language, and whether they are its own.
async fn words(muster: &Muster, language: Language) -> anyhow::Result<(Words, bool)> {
    let store = &muster.ports.store;
    let brand = store.brand(muster.workspace).await?;
    if let Some(own) = brand.wording(language) {
        return Ok((own.clone().into(), true));
    }
    let settings = store.settings(muster.workspace).await?;
    let contact = brand.look.contact(settings.help_contact.as_deref()).is_some();
    Ok((Words::usual(language, contact), false))
}

impl Message {
    pub(super) async fn run(self, muster: &Muster, as_json: bool) -> anyhow::Result<()> {
        let store = &muster.ports.store;
        match self {
            Self::Show { language } => {
                let (words, own) = words(muster, language).await?;
                if as_json {
                    return output::document(&json!({ "language": language, "own": own, "words": words }));
                }
                for part in Part::ALL {
                    output::say!("{}:\n{}\n", part.name(), words.get(part));
                }
                Ok(())
            }
            Self::Set { part, words: typed, language } => {
                let typed = match typed {
                    Some(typed) => typed,
                    None => {
                        let mut typed = String::new();
                        std::io::stdin().take(100_000).read_to_string(&mut typed).context("stdin")?;
                        typed
                    }
                };
                let (mut words, _) = words(muster, language).await?;
                words.put(part, typed);
                let wording = words.parse().map_err(|why| anyhow!("{why}"))?;
                store.set_wording(muster.workspace, language, Some(&wording)).await?;
                if as_json { output::document(&json!({ "set": part.name() })) } else { Ok(()) }
            }
            Self::Reset { language } => {
                store.set_wording(muster.workspace, language, None).await?;
                if as_json { output::document(&json!({ "reset": language })) } else { Ok(()) }
            }
        }
    }
}
