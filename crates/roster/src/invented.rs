//! A name made of an address, where nothing better is known.

use muster_domain::{EmailAddress, PersonName};

/// The name that the part before the `@` suggests: `a.petrova` is "A. Petrova", `anna_petrova-klein7+lists` is
/// "Anna Petrova-Klein". None only if that part could not be a name, which no valid address has.
#[must_use]
pub fn name_of(email: &EmailAddress) -> Option<PersonName> {
    let (local, _) = email.as_str().rsplit_once('@')?;
    let person = local.split('+').next().unwrap_or_default();
    let person = person.trim_end_matches(|c: char| c.is_ascii_digit() || "._-".contains(c));
    let words: Vec<&str> = person.split(['.', '_']).filter(|w| !w.is_empty()).collect();
    let several = words.len() > 1;
    let words =
        words.into_iter().map(|word| if several && is_letter(word) { initial(word) } else { capital(word) });
    let name = words.collect::<Vec<_>>().join(" ");
    // An address of digits alone, or of a plus and a tag.
    let name = if name.chars().any(char::is_alphabetic) { &name } else { local };
    name.parse().ok()
}

fn is_letter(word: &str) -> bool {
    word.len() == 1 && word.chars().all(char::is_alphabetic)
}

fn initial(letter: &str) -> String {
    format!("{}.", letter.to_uppercase())
}

/// A capital at the beginning, behind a hyphen and behind `O'`; a word that is written in capitals is put in small ones.
fn capital(word: &str) -> String {
    let shouted = word.len() > 1 && !word.chars().any(|c| c.is_ascii_lowercase());
    let mut begins = true;
    let letters = word.char_indices().map(|(at, c)| {
        let c = match (begins, shouted) {
            (true, _) => c.to_ascii_uppercase(),
            (false, true) => c.to_ascii_lowercase(),
            (false, false) => c,
        };
        begins = c == '-' || (c == '\'' && at == 1);
        c
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_part_suggests_a_name() {
        for (local, name) in [
            ("a.petrova", "A. Petrova"),
            ("anna.petrova", "Anna Petrova"),
            ("anna_petrova-klein", "Anna Petrova-Klein"),
            ("anna", "Anna"),
            ("a", "A"),
            ("petrova.a.s", "Petrova A. S."),
            ("anna.petrova27", "Anna Petrova"),
            ("anna.petrova.1985", "Anna Petrova"),
            ("anna+lists", "Anna"),
            ("anna.petrova2+a+b", "Anna Petrova"),
            ("ANNA.PETROVA", "Anna Petrova"),
            ("j.McDonald", "J. McDonald"),
            ("o'neil", "O'Neil"),
            ("anna__petrova_", "Anna Petrova"),
            ("12345", "12345"),
            ("+tag", "+tag"),
            ("_", "_"),
            ("ward3.night", "Ward3 Night"),
        ] {
            let email = format!("{local}@x.example").parse().unwrap();
            assert_eq!(name_of(&email).unwrap().as_str(), name, "{local}");
        }
    }
}
