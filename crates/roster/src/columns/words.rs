//! The words by which exports name their columns.

use super::Column::{self, Email, FamilyName, GivenName, Groups, Language, Name};

/// What a word says.
#[derive(Clone, Copy)]
pub(super) struct Word {
    pub(super) column: Column,
    /// How sure it is: of two columns with the same meaning the lower is taken.
    pub(super) rank: u8,
    /// Whether it may as well mean something else, which the other columns and the rows tell.
    pub(super) weak: bool,
}

/// In lower case, letters and digits alone, `ё` as `е`; the surest first.
const WORDS: [(Column, &[&str]); 6] = [
    (
        Name,
        &[
            "fullname",
            "displayname",
            "name",
            "имя",
            "фио",
            "имяифамилия",
            "фамилияиимя",
            "фамилияимя",
            "имяфамилия",
            "фамилияимяотчество",
            "полноеимя",
            "отображаемоеимя",
            "commonname",
            "cn",
            "employee",
            "employeename",
            "person",
            "user",
            "contact",
            "сотрудник",
            "работник",
            "пользователь",
            "контакт",
        ],
    ),
    (GivenName, &["givenname", "firstname", "forename", "given", "first", "имясотрудника", "личноеимя"]),
    (
        FamilyName,
        &["familyname", "lastname", "surname", "sn", "family", "last", "фамилия", "фамилиясотрудника"],
    ),
    (
        Email,
        &[
            "email",
            "emailaddress",
            "mail",
            "mailaddress",
            "primaryemail",
            "workemail",
            "emailwork",
            "почта",
            "элпочта",
            "электроннаяпочта",
            "адресэлектроннойпочты",
            "адресэлпочты",
            "электронныйадрес",
            "эладрес",
            "имейл",
            "емейл",
            "мейл",
            "рабочаяпочта",
            "корпоративнаяпочта",
            "userprincipalname",
            "upn",
            "windowsliveid",
            "primarysmtpaddress",
            "emailaddresses",
            "emails",
            "username",
            "login",
            "логин",
        ],
    ),
    (
        Groups,
        &[
            "groups",
            "group",
            "группы",
            "группа",
            "department",
            "departments",
            "dept",
            "отдел",
            "отделы",
            "подразделение",
            "подразделения",
            "структурноеподразделение",
            "отделение",
            "департамент",
            "orgunitpath",
            "orgunit",
            "organizationalunit",
            "ou",
            "team",
            "teams",
            "unit",
            "division",
            "ward",
            "команда",
        ],
    ),
    (Language, &["language", "lang", "preferredlanguage", "locale", "язык", "языкписем"]),
];

const WEAK: [&str; 7] = ["name", "имя", "user", "contact", "username", "login", "логин"];

/// What the name of a column says. What stands in brackets behind it counts for nothing: `Email Address [Required]`.
pub(super) fn word(name: &str) -> Option<Word> {
    let name = name.split(['[', '(', '{']).next().unwrap_or_default();
    // No word is longer; a cell may be of any length.
    let letters = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(40);
    let name: String = letters.map(|c| if c == 'ё' { 'е' } else { c }).collect();
    WORDS.iter().find_map(|(column, words)| {
        let rank = words.iter().position(|w| *w == name)?;
        Some(Word { column: *column, rank: rank as u8, weak: WEAK.contains(&name.as_str()) })
    })
}
