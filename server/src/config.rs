//! The configuration: one file with a section for each subject, the environment, and flags.
//!
//! Precedence: flag, environment, file, default. `docs/configuration.md` has every key. A new section is a file in
//! `config/` with its struct, its `KEYS` and its `read`, a line in [`SECTIONS`] and a field of [`Config`].

mod apple;
mod data;
mod layers;
mod log;
mod server;

pub use apple::Apple;
pub use data::Data;
pub use layers::{Flags, Key, Kind, Layers};
pub use log::{Log, LogFormat};
pub use server::Server;
pub(crate) use server::address;

use anyhow::Context;
use std::path::{Path, PathBuf};

/// The name of the file that is looked for.
pub const FILE: &str = "muster.toml";

/// All sections and their keys.
pub const SECTIONS: &[(&str, &[Key])] =
    &[("server", server::KEYS), ("data", data::KEYS), ("log", log::KEYS), ("apple", apple::KEYS)];

/// Variables that begin with `MUSTER_` and are no key: the file itself, and what the build and its tests use.
pub const OTHER_VARIABLES: &[&str] =
    &["MUSTER_CONFIG", "MUSTER_SITE", "MUSTER_BIN", "MUSTER_AGENT_BIN", "MUSTER_CHROMIUM"];

/// Everything that is set for this process.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it was read from, if there is one.
    pub file: Option<PathBuf>,
    /// Where the server listens, and whom it believes.
    pub server: Server,
    /// What is kept where.
    pub data: Data,
    /// What is logged, and how.
    pub log: Log,
    /// What iPhones and iPads need.
    pub apple: Apple,
}

impl Config {
    /// Reads the file (the named one, or `muster.toml` here or in the data folder), the environment and flags.
    ///
    /// # Errors
    /// What is off, where it stands, and what is known instead.
    pub fn load(named: Option<&Path>, flags: Flags) -> anyhow::Result<Self> {
        Self::from(named, Layers::new(flags, |name| std::env::var(name).ok()))
    }

    fn from(named: Option<&Path>, mut layers: Layers) -> anyhow::Result<Self> {
        let named = named.map(Path::to_owned).or_else(|| layers.variable("MUSTER_CONFIG").map(PathBuf::from));
        let mut found = named.or_else(|| Some(PathBuf::from(FILE)).filter(|f| f.is_file()));
        let mut beside = false;
        if found.is_none() {
            let file = Data::read(&layers)?.dir.join(FILE);
            beside = file.is_file();
            found = Some(file).filter(|_| beside);
        }
        if let Some(file) = &found {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the configuration {}", file.display()))?;
            layers.read(file, &text, SECTIONS)?;
            anyhow::ensure!(
                !beside || !layers.in_file("data.dir"),
                "{} lies in the data folder and names a data folder: move it, or take data.dir out of it",
                file.display()
            );
        }
        Ok(Self {
            file: found,
            server: Server::read(&layers)?,
            data: Data::read(&layers)?,
            log: Log::read(&layers)?,
            apple: Apple::read(&layers)?,
        })
    }
}

/// Variables of the environment that begin with `MUSTER_` and mean nothing: most likely misspelt.
#[must_use]
pub fn unknown_variables() -> Vec<String> {
    let known = |name: &str| {
        OTHER_VARIABLES.contains(&name)
            || SECTIONS.iter().flat_map(|(_, keys)| keys.iter()).any(|k| k.variables.contains(&name))
    };
    let mut found: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("MUSTER_") && !known(name))
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn load(
        toml: &str,
        environment: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> anyhow::Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, toml).unwrap();
        let mut given = Flags::default();
        for (path, value) in flags {
            given.set(path, Some(*value));
        }
        let environment: Vec<(String, String)> =
            environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let look = move |name: &str| environment.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
        Config::from(Some(&file), Layers::new(given, look))
    }

    fn refused(toml: &str, environment: &[(&str, &str)]) -> String {
        format!("{:#}", load(toml, environment, &[]).unwrap_err())
    }

    #[test]
    fn a_flag_wins_over_the_environment_over_the_file_over_the_default() {
        let listen = |c: Config| c.server.listen;
        let address = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let file = "[server]\nlisten = \"127.0.0.1:2\"\n";
        let environment = [("MUSTER_LISTEN", "127.0.0.1:3")];
        assert_eq!(listen(load("", &[], &[]).unwrap()), address(8080));
        assert_eq!(listen(load(file, &[], &[]).unwrap()), address(2));
        assert_eq!(listen(load(file, &environment, &[]).unwrap()), address(3));
        assert_eq!(
            listen(load(file, &environment, &[("server.listen", "127.0.0.1:4")]).unwrap()),
            address(4)
        );
        assert_eq!(listen(load(file, &[("MUSTER_LISTEN", "")], &[]).unwrap()), address(2), "empty is unset");
    }

    #[test]
    fn everything_can_stand_in_the_file() {
        let config = load(
            "[server]\npublic_url = \"https://muster.example.org/\"\ntrusted_proxies = [\"10.0.0.1\", \"::1\"]\n\
             metrics_token = \"0123456789abcdef\"\n[data]\ndir = \"here\"\n[log]\nfilter = \"debug\"\nformat = \"json\"\n",
            &[],
            &[],
        )
        .unwrap();
        assert_eq!(config.server.public_url.as_deref(), Some("https://muster.example.org"));
        assert_eq!(config.server.trusted_proxies.len(), 2);
        assert_eq!(config.server.metrics_token.as_deref(), Some("0123456789abcdef"));
        assert_eq!(config.data.dir, config.file.unwrap().with_file_name("here"), "relative to the file");
        assert_eq!((config.log.filter.as_str(), config.log.format), ("debug", LogFormat::Json));
    }

    #[test]
    fn unknown_keys_and_sections_are_refused_with_what_is_known() {
        let words = refused("[server]\nlistne = \"x\"\n", &[]);
        assert!(words.contains("server.listne") && words.contains("listen, public_url"), "{words}");
        let words = refused("[sevrer]\nlisten = \"x\"\n", &[]);
        assert!(words.contains("sevrer") && words.contains("server, data, log, apple"), "{words}");
        let words = refused("listen = \"x\"\n", &[]);
        assert!(words.contains("\"listen\" stands in no section"), "{words}");
    }

    #[test]
    fn a_value_that_cannot_be_is_named_with_the_place_where_it_stands() {
        assert!(refused("[server]\nlisten = \"nowhere\"\n", &[]).contains("server.listen in "));
        assert!(refused("[log]\nformat = \"xml\"\n", &[]).contains("log.format in "));
        assert!(refused("[server]\nlisten = 8080\n", &[]).contains("server.listen in "));
        assert!(
            refused("[server]\npublic_url = \"javascript:x\"\n", &[]).contains("must look like https://")
        );
        assert!(refused("", &[("MUSTER_LISTEN", "nowhere")]).contains("MUSTER_LISTEN"));
        assert!(refused("[log]\nfilter = \"a=b=c\"\n", &[]).contains("log.filter"));
        assert!(refused("[server\n", &[]).contains("line 1"));
    }

    #[test]
    fn a_token_in_a_file_is_read_and_never_shown_in_full() {
        let folder = tempfile::tempdir().unwrap();
        let token = folder.path().join("token");
        std::fs::write(&token, "0123456789abcdef\n").unwrap();
        let toml = format!("[server]\nmetrics_token_file = {token:?}\n");
        let config = load(&toml, &[], &[]).unwrap();
        assert_eq!(config.server.metrics_token.as_deref(), Some("0123456789abcdef"));
        assert!(!format!("{config:?}").contains("0123456789abcdef"));
        assert!(refused(&format!("{toml}metrics_token = \"x\"\n"), &[]).contains("one of the two"));
        std::fs::write(&token, "\n").unwrap();
        assert!(refused(&toml, &[]).contains("at least 16"));
    }

    #[test]
    fn the_documentation_has_every_key_and_variable() {
        let text = include_str!("../../docs/configuration.md");
        for (section, keys) in SECTIONS {
            assert!(text.contains(&format!("[{section}]")), "{section}");
            for key in *keys {
                assert!(text.contains(&format!("`{}`", key.name)), "{section}.{}", key.name);
                for variable in key.variables {
                    assert!(text.contains(&format!("`{variable}`")), "{variable}");
                }
            }
        }
    }

    #[test]
    fn a35_a_metrics_token_that_could_be_guessed_is_refused() {
        for short in ["secret", "0123456789abcde"] {
            assert!(refused("", &[("MUSTER_METRICS_TOKEN", short)]).contains("at least 16"), "{short}");
        }
        assert!(
            refused("", &[("MUSTER_METRICS_TOKEN_FILE", "/nonexistent")])
                .contains("cannot read the metrics token")
        );
    }
}
