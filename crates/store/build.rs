//! Puts the migrations into the program. sqlx's own macro would do it as well, and have SQLite compiled a second time, for the compiler.

use std::{env, error::Error, fmt::Write, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("migrations/sqlite");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    let mut list = "&[\n".to_owned();
    for file in files {
        let name = file.file_stem().and_then(|name| name.to_str()).ok_or("a migration without a name")?;
        let (version, words) = name.split_once('_').ok_or_else(|| format!("{name}: not NUMBER_what.sql"))?;
        let version: i64 = version.parse().map_err(|_| format!("{name}: does not begin with a number"))?;
        writeln!(list, "    ({version}, {:?}, include_str!({:?})),", words.replace('_', " "), file)?;
    }
    list.push(']');
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("migrations.rs"), list)?;
    Ok(())
}
