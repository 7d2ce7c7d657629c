//! Where a value comes from: a flag, a variable of the environment, the file.

use anyhow::{Context, bail};
use serde::de::DeserializeOwned;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

/// How a variable's text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As it is.
    Text,
    /// Texts with commas between them.
    List,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Flag,
}

/// A key of a section.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the file.
    pub name: &'static str,
    /// Its variables, the one to use first.
    pub variables: &'static [&'static str],
    /// How a variable's text is read.
    pub kind: Kind,
}

impl Key {
    /// A key with one variable.
    #[must_use]
    pub const fn new(name: &'static str, variables: &'static [&'static str], kind: Kind) -> Self {
        Self { name, variables, kind }
    }
}

/// What was given on the command line, by `section.key`.
#[derive(Clone, Debug, Default)]
pub struct Flags(HashMap<&'static str, Value>);

impl Flags {
    /// Notes a flag that was given.
    pub fn set(&mut self, path: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.insert(path, value.into());
        }
    }
}

type Environment = Box<dyn Fn(&str) -> Option<String>>;

/// All sources, the strongest first.
pub struct Layers {
    flags: Flags,
    environment: Environment,
    file: Option<(PathBuf, Table)>,
}

impl Layers {
    /// Flags and the environment; the file comes with [`Layers::read`].
    #[must_use]
    pub fn new(flags: Flags, environment: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Self { flags, environment: Box::new(environment), file: None }
    }

    /// A variable that says something; an empty one is as good as none.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|v| !v.trim().is_empty())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is not TOML, or names what is not known.
    pub fn read(&mut self, file: &Path, text: &str, sections: &[(&str, &[Key])]) -> anyhow::Result<()> {
        let table: Table = toml::from_str(text).with_context(|| file.display().to_string())?;
        for (section, content) in &table {
            let Some(content) = content.as_table() else {
                bail!(
                    "{}: {section:?} stands in no section; write it below [server], [data] …",
                    file.display()
                );
            };
            let Some((_, keys)) = sections.iter().find(|(name, _)| name == section) else {
                let known: Vec<_> = sections.iter().map(|(name, _)| *name).collect();
                bail!("{}: there is no section [{section}]. There are: {}", file.display(), known.join(", "));
            };
            for key in content.keys() {
                if !keys.iter().any(|k| k.name == key) {
                    let known: Vec<_> = keys.iter().map(|k| k.name).collect();
                    bail!(
                        "{}: there is no {section}.{key}. Section [{section}] knows: {}",
                        file.display(),
                        known.join(", ")
                    );
                }
            }
        }
        self.file = Some((file.to_owned(), table));
        Ok(())
    }

    /// Whether the file sets `section.key`.
    #[must_use]
    pub fn in_file(&self, path: &str) -> bool {
        self.file_value(path).is_some()
    }

    fn file_value(&self, path: &str) -> Option<&Value> {
        let (section, key) = path.split_once('.')?;
        self.file.as_ref()?.1.get(section)?.get(key)
    }

    /// The value of a key from the strongest source that has it, and the name of that source.
    fn find(&self, section: &str, key: &Key) -> anyhow::Result<Option<(Value, String)>> {
        let path = format!("{section}.{}", key.name);
        if let Some(value) = self.flags.0.get(path.as_str()) {
            return Ok(Some((value.clone(), format!("{path} on the command line"))));
        }
        for name in key.variables {
            if let Some(text) = self.variable(name) {
                let value = match key.kind {
                    Kind::Text => Value::String(text),
                    Kind::List => {
                        Value::Array(text.split(',').map(|t| Value::String(t.trim().to_owned())).collect())
                    }
                    Kind::Number => {
                        Value::Integer(text.trim().parse().with_context(|| format!("{name}={text}"))?)
                    }
                    Kind::Flag => {
                        Value::Boolean(text.trim().parse().with_context(|| format!("{name}={text}"))?)
                    }
                };
                return Ok(Some((value, format!("the variable {name}"))));
            }
        }
        let file = self.file.as_ref().map(|(file, _)| file.display().to_string()).unwrap_or_default();
        Ok(self.file_value(&path).map(|value| (value.clone(), format!("{path} in {file}"))))
    }

    /// The value of a key.
    ///
    /// # Errors
    /// When it cannot be of that type; the place where it stands is named.
    pub fn get<T: DeserializeOwned>(&self, section: &str, key: &Key) -> anyhow::Result<Option<T>> {
        let Some((value, place)) = self.find(section, key)? else { return Ok(None) };
        value.try_into().map(Some).map_err(|e| anyhow::anyhow!("{place}: {}", e.message()))
    }

    /// Like [`Layers::get`], and checked by `parse`.
    ///
    /// # Errors
    /// When it cannot be taken; the place where it stands is named.
    pub fn parsed<T>(
        &self,
        section: &str,
        key: &Key,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> anyhow::Result<Option<T>> {
        let Some(text) = self.get::<String>(section, key)? else { return Ok(None) };
        let place = self.find(section, key)?.map(|(_, place)| place).unwrap_or_default();
        parse(&text).map(Some).map_err(|e| anyhow::anyhow!("{place}: {e}"))
    }

    /// A path; a relative one in the file starts at the file's folder.
    ///
    /// # Errors
    /// When it is no text.
    pub fn path(&self, section: &str, key: &Key) -> anyhow::Result<Option<PathBuf>> {
        let Some(path) = self.get::<PathBuf>(section, key)? else { return Ok(None) };
        let stronger = self.flags.0.contains_key(format!("{section}.{}", key.name).as_str())
            || key.variables.iter().any(|name| self.variable(name).is_some());
        let folder = self.file.as_ref().and_then(|(file, _)| file.parent());
        Ok(Some(match folder {
            Some(folder) if !stronger => folder.join(path),
            _ => path,
        }))
    }
}
