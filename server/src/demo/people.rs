//! Names, addresses and groups of the made-up company, in Latin and in Cyrillic letters.

use super::seeded::Seeded;
use anyhow::Context;
use muster_domain::{EmailAddress, Language, PersonName, user::UserDetails};
use std::collections::HashSet;

const FIRST: &[&str] = &[
    "Ada", "Amara", "Anja", "Ben", "Carla", "Chidi", "Clara", "Daniel", "David", "Elena", "Emil", "Farah",
    "Felix", "Grace", "Hanna", "Hugo", "Ines", "Jonas", "José", "Julia", "Karim", "Lars", "Leïla", "Lina",
    "Lucas", "Maja", "Marco", "Mei", "Nadia", "Noah", "Olivia", "Oscar", "Paula", "Priya", "Rosa", "Samir",
    "Sofia", "Søren", "Tomás", "Yusuf",
];
const LAST: &[&str] = &[
    "Adeyemi",
    "Andersson",
    "Bauer",
    "Becker",
    "Bianchi",
    "Brown",
    "Chen",
    "Costa",
    "Diallo",
    "Dubois",
    "Fischer",
    "García",
    "Haddad",
    "Hansen",
    "Hoffmann",
    "Ivers",
    "Jansen",
    "Kaya",
    "Keller",
    "Khan",
    "Kim",
    "Larsen",
    "Lindqvist",
    "Lovelace",
    "Meyer",
    "Moreau",
    "Müller",
    "Nguyen",
    "Novak",
    "Okafor",
    "Patel",
    "Pereira",
    "Quinn",
    "Rossi",
    "Santos",
    "Schmidt",
    "Silva",
    "Tanaka",
    "Weber",
    "Young",
];
const WOMEN: &[&str] = &[
    "Анна",
    "Дарья",
    "Екатерина",
    "Елена",
    "Ирина",
    "Ксения",
    "Мария",
    "Наталья",
    "Ольга",
    "Полина",
    "Светлана",
    "Татьяна",
    "Юлия",
];
const MEN: &[&str] = &[
    "Алексей",
    "Андрей",
    "Борис",
    "Виктор",
    "Дмитрий",
    "Иван",
    "Кирилл",
    "Максим",
    "Михаил",
    "Никита",
    "Павел",
    "Роман",
    "Сергей",
];
const FAMILIES: &[&str] = &[
    "Васильев",
    "Волков",
    "Воробьёв",
    "Голубев",
    "Громов",
    "Егоров",
    "Захаров",
    "Иванов",
    "Киселёв",
    "Козлов",
    "Кузнецов",
    "Лебедев",
    "Макаров",
    "Морозов",
    "Новиков",
    "Орлов",
    "Павлов",
    "Петров",
    "Попов",
    "Соколов",
    "Титов",
    "Фёдоров",
    "Щукин",
    "Юдин",
    "Яковлев",
];
/// Twelve groups; the last three are of the branch where Russian is spoken.
pub(super) const GROUPS: [&str; 12] = [
    "Cardiology",
    "Emergency",
    "Field service",
    "IT",
    "Laboratory",
    "Pharmacy",
    "Radiology",
    "Reception",
    "Surgery",
    "Логистика",
    "Регистратура",
    "Хирургия",
];
const LATIN_GROUPS: usize = 9;
/// One in so many has no address.
const WITHOUT: usize = 20;

/// Latin letters for an address.
fn ascii(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        if c.is_ascii_lowercase() {
            out.push(c);
            continue;
        }
        out.push_str(match c {
            'а' | 'á' | 'à' => "a",
            'б' => "b",
            'в' => "v",
            'г' => "g",
            'д' => "d",
            'е' | 'ё' | 'э' | 'é' => "e",
            'и' | 'й' | 'ы' | 'í' | 'ï' => "i",
            'ж' => "zh",
            'з' => "z",
            'к' => "k",
            'л' => "l",
            'м' => "m",
            'н' => "n",
            'о' | 'ø' | 'ó' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' => "u",
            'ü' => "ue",
            'ф' => "f",
            'х' => "kh",
            'ц' => "ts",
            'ч' => "ch",
            'ш' => "sh",
            'щ' => "shch",
            'ю' => "yu",
            'я' => "ya",
            ' ' => ".",
            _ => "",
        });
    }
    out
}

fn name(dice: &Seeded, cyrillic: bool) -> String {
    if !cyrillic {
        return format!("{} {}", dice.pick(FIRST), dice.pick(LAST));
    }
    let family = dice.pick(FAMILIES);
    if dice.below(2) == 0 {
        format!("{} {family}а", dice.pick(WOMEN))
    } else {
        format!("{} {family}", dice.pick(MEN))
    }
}

fn groups(dice: &Seeded, cyrillic: bool) -> anyhow::Result<Vec<PersonName>> {
    let from = if cyrillic { &GROUPS[LATIN_GROUPS..] } else { &GROUPS[..LATIN_GROUPS] };
    let mut names = vec![*dice.pick(from)];
    if dice.below(5) == 0 {
        let second = *dice.pick(&GROUPS);
        if second != names[0] {
            names.push(second);
        }
    }
    names.into_iter().map(|n| n.parse().context(n)).collect()
}

/// So many people, all with different names; every third writes in Cyrillic.
pub(super) fn all(dice: &Seeded, many: usize) -> anyhow::Result<Vec<UserDetails>> {
    let (mut seen, mut people) = (HashSet::new(), Vec::with_capacity(many));
    while people.len() < many {
        let cyrillic = people.len() % 3 == 2;
        let name = name(dice, cyrillic);
        if !seen.insert(ascii(&name)) {
            continue;
        }
        let address = format!("{}@northwind.example", ascii(&name));
        let email: EmailAddress = address.parse().context(address)?;
        people.push(UserDetails {
            name: name.parse().context(name)?,
            email: (people.len() % WITHOUT != 7).then_some(email),
            language: cyrillic.then_some(Language::Ru),
            groups: groups(dice, cyrillic)?,
        });
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::ascii;

    #[test]
    fn names_of_both_alphabets_become_addresses() {
        assert_eq!(ascii("Дарья Щукина"), "darya.shchukina");
        assert_eq!(ascii("Leïla Müller"), "leila.mueller");
        assert_eq!(ascii("José García"), "jose.garcia");
    }
}
