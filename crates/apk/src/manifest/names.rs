//! The names in a manifest, by Android's rules for them.

use crate::Error;

/// The longest name of a package or class.
const MAX_NAME: usize = 255;
/// The longest name of a version that is taken.
const MAX_VERSION: usize = 128;

/// A package's name: two words or more of ASCII letters, digits and `_`, each beginning with a letter.
pub(super) fn package(name: String) -> Result<String, Error> {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let good = name.len() <= MAX_NAME && name.contains('.') && name.split('.').all(word);
    if good { Ok(name) } else { Err(Error::PackageName(name)) }
}

/// A version's name that can be shown.
pub(super) fn version(name: String) -> Result<String, Error> {
    let good = name.chars().count() <= MAX_VERSION && !name.contains(char::is_control);
    if good { Ok(name) } else { Err(Error::VersionName(name)) }
}

/// `package/class`; a class that begins with a dot, or has none, is in the package.
pub(super) fn component(package: &str, class: String) -> Result<String, Error> {
    let whole = match class.find('.') {
        Some(0) => format!("{package}{class}"),
        Some(_) => class.clone(),
        None => format!("{package}.{class}"),
    };
    let word = |word: &str| {
        !word.is_empty()
            && !word.starts_with(|c: char| c.is_numeric())
            && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
    };
    let good = whole.len() <= MAX_NAME && whole.split('.').all(word);
    if good { Ok(format!("{package}/{whole}")) } else { Err(Error::ReceiverName(class)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_name_is_words_with_dots_between() {
        for good in ["com.hmdm.launcher", "io.a_1", "A.b.C9"] {
            assert_eq!(package(good.into()).unwrap(), good);
        }
        let long = format!("a.{}", "b".repeat(254));
        for bad in
            ["", "launcher", "a.", ".a", "a..b", "a.1b", "a._b", "a.b-c", "a.b c", "а.б", "a/../b.c", &long]
        {
            assert!(matches!(package(bad.into()), Err(Error::PackageName(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_version_name_has_no_control_characters() {
        for good in ["1.0", "", "5.29 (Сборка 3)"] {
            assert_eq!(version(good.into()).unwrap(), good);
        }
        for bad in ["1\n2", "\u{1b}[31m", "\0", "\u{85}", &"1".repeat(129)] {
            assert!(matches!(version(bad.into()), Err(Error::VersionName(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_class_without_a_package_is_in_the_packages_own() {
        for class in ["com.hmdm.Admin", ".Admin", "Admin"] {
            assert_eq!(component("com.hmdm", class.into()).unwrap(), "com.hmdm/com.hmdm.Admin");
        }
        assert_eq!(component("a.b", "c.D$E".into()).unwrap(), "a.b/c.D$E");
        for bad in ["", "c.", "c.D E", "c.D/x", "c.1D", "c.D\n"] {
            assert!(matches!(component("a.b", bad.into()), Err(Error::ReceiverName(_))), "{bad:?}");
        }
    }
}
