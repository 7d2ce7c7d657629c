//! A company of 100,000 people: made once for a run of the bench, copied for each group of figures.

use super::{
    server::{Server, cli},
    wire::{Connection, request},
};
use crate::{build::Mode, workspace::Workspace};
use anyhow::{Context, bail};
use std::{
    fmt::Write,
    fs,
    path::Path,
    sync::OnceLock,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// People in all.
pub const ALL: usize = 100_000;
/// Members of the group `Half`, who all have an address.
pub const HALF: usize = ALL / 2;
/// Members of the group `Mail`, who all have an address.
pub const MAIL: usize = ALL / 5;
/// Members of the groups `Links` and `Fleet`.
pub const FEW: usize = 2_000;

const FIRST: &[&str] = &[
    "Anna",
    "Boris",
    "Clara",
    "Daria",
    "Emil",
    "Farah",
    "Georg",
    "Helena",
    "Ivan",
    "Jana",
    "Karim",
    "Lucia",
    "Анна",
    "Борис",
    "Вера",
    "Глеб",
    "Дарья",
    "Егор",
    "Жанна",
    "Игорь",
];
const LAST: &[&str] = &[
    "Petrova",
    "Klein",
    "Haddad",
    "Novak",
    "Larsen",
    "Okafor",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Weber",
    "Волкова",
    "Иванов",
    "Кузнецова",
    "Лебедев",
    "Морозова",
    "Орлов",
    "Павлова",
    "Смирнов",
    "Фёдорова",
    "Яковлев",
];

/// A data folder with all people and an owner who is signed in.
pub struct Company {
    folder: TempDir,
    /// The owner's session.
    pub cookie: String,
    /// How long `muster users import` took.
    pub imported_in: Duration,
}

/// The company of this run.
pub fn company(workspace: &Workspace) -> anyhow::Result<&'static Company> {
    static MADE: OnceLock<Company> = OnceLock::new();
    if let Some(made) = MADE.get() {
        return Ok(made);
    }
    let made = found(workspace)?;
    Ok(MADE.get_or_init(|| made))
}

impl Company {
    /// A copy of the data folder; it is removed with the value.
    pub fn copy(&self) -> anyhow::Result<TempDir> {
        let to = tempfile::tempdir()?;
        for entry in fs::read_dir(self.folder.path())? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), to.path().join(entry.file_name()))?;
            }
        }
        Ok(to)
    }
}

fn found(workspace: &Workspace) -> anyhow::Result<Company> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(workspace, folder.path())?;
    let cookie = owner(&server)?;
    server.stop()?;
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), csv())?;
    let program = workspace.program(Mode::Release, "muster");
    let begin = Instant::now();
    let name = file.path().to_str().context("a temporary file's name is not UTF-8")?;
    cli(&program, folder.path(), &["users", "import", name])?;
    Ok(Company { folder, cookie, imported_in: begin.elapsed() })
}

/// Creates the owner's account by the one-time link; the cookie of their session.
pub fn owner(server: &Server) -> anyhow::Result<String> {
    let link = server.setup.as_deref().context("the server printed no link for the owner")?;
    let path = link.find("/setup/").map(|at| &link[at..]).context("a link without /setup/")?;
    let form = b"name=Rosa+Klein&email=rosa%40bench.example&password=long+enough+1";
    let lines = format!(
        "Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://{}\r\nSec-Fetch-Site: same-origin\r\n",
        server.address
    );
    let mut connection = Connection::open(server.address)?;
    let request = request("POST", server.address, path, &lines, form);
    let answer = connection.call(&request)?;
    match answer.field("set-cookie").and_then(|cookie| cookie.split(';').next()) {
        Some(cookie) if answer.status == 303 => Ok(cookie.to_owned()),
        _ => bail!("the owner's account was not created: {}", answer.status),
    }
}

/// Every twentieth has no address. Names repeat as they do in a company of this size.
pub fn csv() -> String {
    let mut text = String::from("name,email,groups\n");
    for n in 0..ALL {
        let (first, last) = (FIRST[n % FIRST.len()], LAST[n / FIRST.len() % LAST.len()]);
        let email = if n % 20 == 19 { String::new() } else { format!("p{n}@bench.example") };
        let mut groups = format!("Ward {}", n % 40);
        for (name, member) in [
            ("Half", n % 2 == 0),
            ("Mail", n % 5 == 0),
            ("Links", n < FEW),
            ("Fleet", (FEW..2 * FEW).contains(&n)),
        ] {
            if member {
                groups.push(';');
                groups.push_str(name);
            }
        }
        let _ = writeln!(text, "{first} {last} {n},{email},{groups}");
    }
    text
}

/// Links for all members of a group, handed over by hand: no message goes out.
pub fn links(server: &Server, group: &str) -> anyhow::Result<Vec<String>> {
    let made = server.cli(&["invite", "--group", group, "--print-link", "--json"])?;
    let made: Vec<serde_json::Value> = serde_json::from_slice(&made)?;
    made.iter().map(|row| Ok(row["link"].as_str().context("a row without a link")?.to_owned())).collect()
}

/// The file as a path in words of a command line.
pub fn words(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a temporary folder's name is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::{ALL, FEW, HALF, MAIL, csv};

    #[test]
    fn the_groups_are_as_large_as_they_say_and_their_members_have_addresses() {
        let text = csv();
        let members = |group: &str| {
            let of = |line: &&str| line.rsplit(',').next().is_some_and(|g| g.split(';').any(|g| g == group));
            text.lines().filter(of).count()
        };
        assert_eq!(text.lines().count(), ALL + 1);
        assert_eq!(["Half", "Mail", "Links", "Fleet"].map(members), [HALF, MAIL, FEW, FEW]);
        let bare = text.lines().filter(|l| l.contains(",,"));
        assert!(
            bare.clone().count() == ALL / 20
                && !bare.clone().any(|l| l.contains("Half") || l.contains("Mail"))
        );
    }
}
