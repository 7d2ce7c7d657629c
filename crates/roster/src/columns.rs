//! What the columns of a table mean.

mod words;

use crate::table::Row;
use serde::{Deserialize, Serialize};
use words::Word;

/// So many rows are looked at for what stands in a column.
const SAMPLE: usize = 100;

/// The meaning of a column. Several may have the same: the first that has something in a row counts, and of groups all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The whole name.
    Name,
    /// The given name, which stands before the family name.
    GivenName,
    /// The family name.
    FamilyName,
    /// The e-mail address.
    Email,
    /// Names of groups; also a department or a path of organisational units.
    Groups,
    /// The language of mails.
    Language,
    /// Nothing that is imported.
    Nothing,
}

impl Column {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::Email,
        Self::Groups,
        Self::Language,
        Self::Nothing,
    ];
}

/// Whether people can be made of columns: without a name and an address each row would be refused.
#[must_use]
pub fn suffice(columns: &[Column]) -> bool {
    columns.iter().any(|c| !matches!(c, Column::Groups | Column::Language | Column::Nothing))
}

/// Guesses columns by the words of the header, in English and Russian and in common exports; what it leaves open by what
/// stands in the rows. There are as many as the header has, or the widest row that was looked at.
#[must_use]
pub fn guess(header: Option<&Row>, rows: &[Row]) -> Vec<Column> {
    let rows = &rows[..rows.len().min(SAMPLE)];
    let names: &[String] = header.map(|h| h.cells.as_slice()).unwrap_or_default();
    let width =
        header.map_or_else(|| rows.iter().map(|r| r.cells.len()).max().unwrap_or(0), |h| h.cells.len());
    let words: Vec<Option<Word>> = (0..width).map(|at| names.get(at).and_then(|n| words::word(n))).collect();
    let mut columns = by_words(&words, rows);
    by_content(&mut columns, &words, rows);
    columns
}

/// The columns that the header names.
fn by_words(words: &[Option<Word>], rows: &[Row]) -> Vec<Column> {
    let addresses =
        |at: usize| rows.iter().filter(|r| r.cells.get(at).is_some_and(|c| is_like_an_address(c))).count();
    let best = |column: Column, fits: &dyn Fn(usize, Word) -> bool| {
        let named = words.iter().enumerate().filter_map(|(at, word)| word.map(|word| (at, word)));
        let fitting = named.filter(|(at, word)| word.column == column && fits(*at, *word));
        // A column of addresses that this export leaves empty gives way to one that has them.
        let rank = |at: usize, word: Word| (column == Column::Email && addresses(at) == 0, word.rank);
        fitting.min_by_key(|(at, word)| rank(*at, *word)).map(|(at, _)| at)
    };
    let mut columns = vec![Column::Nothing; words.len()];
    let mut set = |at: Option<usize>, column| at.into_iter().for_each(|at| columns[at] = column);
    let email = best(Column::Email, &|at, word| !word.weak || rows.is_empty() || addresses(at) > 0);
    set(email, Column::Email);
    // "User" may have the addresses, if nothing else has.
    let free = |at: usize, _: Word| email.is_some() || addresses(at) * 2 <= rows.len();
    let [name, given, family] = [Column::Name, Column::GivenName, Column::FamilyName].map(|c| best(c, &free));
    set(given, Column::GivenName);
    set(family, Column::FamilyName);
    set(best(Column::Groups, &free), Column::Groups);
    set(best(Column::Language, &free), Column::Language);
    // Beside a family name, "Name" alone is the given one.
    let half = given.is_none() && family.is_some() && name.and_then(|at| words[at]).is_some_and(|w| w.weak);
    set(name, if half { Column::GivenName } else { Column::Name });
    columns
}

/// The columns that no word has named: where most cells are addresses; and, without a header, the first of names.
fn by_content(columns: &mut [Column], words: &[Option<Word>], rows: &[Row]) {
    let mostly = |at: usize, is: fn(&str) -> bool| {
        let cells = rows.iter().filter_map(|r| r.cells.get(at)).map(|c| c.trim()).filter(|c| !c.is_empty());
        let (is, all) = cells.fold((0, 0), |(some, all), cell| (some + usize::from(is(cell)), all + 1));
        is * 2 > all
    };
    let find = |columns: &[Column], is| {
        (0..columns.len()).find(|at| columns[*at] == Column::Nothing && mostly(*at, is))
    };
    if !columns.contains(&Column::Email)
        && let Some(at) = find(columns, is_like_an_address)
    {
        columns[at] = Column::Email;
    }
    let named = columns.iter().any(|c| matches!(c, Column::Name | Column::GivenName | Column::FamilyName));
    if !named
        && words.iter().all(Option::is_none)
        && let Some(at) = find(columns, is_like_a_name)
    {
        columns[at] = Column::Name;
    }
}

/// Whether the first row names the columns: it has no address, and either known words or addresses below it.
#[must_use]
pub fn is_header(rows: &[Row]) -> bool {
    let Some((first, rest)) = rows.split_first() else { return false };
    if first.cells.iter().any(|c| is_like_an_address(c)) {
        return false;
    }
    first.cells.iter().any(|c| is_known(c))
        || rest.iter().take(SAMPLE).any(|row| row.cells.iter().any(|c| is_like_an_address(c)))
}

/// Whether a word names a column.
pub(crate) fn is_known(cell: &str) -> bool {
    words::word(cell).is_some()
}

/// Whether it is meant as an address, also one that is not valid.
pub(crate) fn is_like_an_address(cell: &str) -> bool {
    let cell = cell.trim();
    cell.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !cell.contains([' ', ',', ';', '\t', '\n'])
}

fn is_like_a_name(cell: &str) -> bool {
    cell.chars().any(char::is_alphabetic) && !cell.chars().any(|c| c.is_numeric() || c == '@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use Column::{Email, FamilyName, GivenName, Groups, Language, Name, Nothing};

    fn row(cells: &str) -> Row {
        Row { line: 1, cells: cells.split(',').map(str::to_owned).collect() }
    }

    #[test]
    fn headers_of_common_exports_are_known() {
        let table: &[(&str, &[Column])] = &[
            ("name,email,groups", &[Name, Email, Groups]),
            ("groups, Email ,phone,NAME,Language", &[Groups, Email, Nothing, Name, Language]),
            (
                "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],\
                 Org Unit Path [Required],Recovery Email",
                &[GivenName, FamilyName, Email, Nothing, Groups, Nothing],
            ),
            (
                "User principal name,Display name,First name,Last name,Department,Preferred language",
                &[Email, Name, GivenName, FamilyName, Groups, Language],
            ),
            (
                "Username,First name,Last name,Display name,Job title",
                &[Email, GivenName, FamilyName, Name, Nothing],
            ),
            (
                "cn,mail,displayName,givenName,sn,department,userPrincipalName",
                &[Nothing, Email, Name, GivenName, FamilyName, Groups, Nothing],
            ),
            ("ФИО,Почта,Отдел", &[Name, Email, Groups]),
            (
                "Фамилия,Имя,Отчество,Эл. почта,Подразделение",
                &[FamilyName, GivenName, Nothing, Email, Groups],
            ),
            ("Имя,Адрес электронной почты,Язык", &[Name, Email, Language]),
            ("Сотрудник,E-mail,Группы", &[Name, Email, Groups]),
            ("Name,Surname,E-Mail", &[GivenName, FamilyName, Email]),
        ];
        for (header, expected) in table {
            assert_eq!(guess(Some(&row(header)), &[]), *expected, "{header}");
        }
    }

    #[test]
    fn a_column_without_addresses_gives_way_to_one_that_has_them() {
        let header = row("mail,userPrincipalName,name");
        assert_eq!(guess(Some(&header), &[row(",ada@x.example,Ada")]), [Nothing, Email, Name]);
        let both = guess(Some(&header), &[row("a@x.example,ada@x.example,Ada")]);
        assert_eq!(both, [Email, Nothing, Name]);
    }

    #[test]
    fn what_has_no_known_word_is_guessed_by_what_stands_in_it() {
        let rows = [row("1,Ada,ada@x.example"), row("2,Bob Smith,bob@localhost"), row("3,,x,y")];
        assert_eq!(guess(None, &rows), [Nothing, Name, Email, Nothing]);
        assert_eq!(guess(Some(&row("Nr,Wer,Wohin")), &rows), [Nothing, Name, Email]);
        assert_eq!(
            guess(Some(&row("Name,City,Contact")), &[row("Ada,Rome,a@x.example")]),
            [Name, Nothing, Email]
        );
        assert_eq!(
            guess(Some(&row("Department,City,x")), &[row("A,Rome,a@x.example")]),
            [Groups, Nothing, Email]
        );
        assert_eq!(guess(Some(&row("Name,Mail")), &[row("b@x.example,a@x.example")]), [Name, Email]);
        assert_eq!(guess(Some(&row("User,Login")), &[row("a@x.example,ada")]), [Email, Nothing]);
        assert!(guess(None, &[]).is_empty());
        assert_eq!(guess(None, &[row("ada@x.example")]), [Email]);
    }

    #[test]
    fn people_want_a_name_or_an_address() {
        assert!(suffice(&[Nothing, Email]) && suffice(&[FamilyName]) && suffice(&[Name]));
        assert!(!suffice(&[]) && !suffice(&[Groups, Language, Nothing]));
    }
}
