//! Says where the built console is: `MUSTER_SITE`, or `target/site`, which is made if it is missing.

use std::{env, fs, path::Path};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-env-changed=MUSTER_SITE");
    let here = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let site = env::var("MUSTER_SITE").unwrap_or_else(|_| format!("{here}/../target/site"));
    fs::create_dir_all(&site)?;
    println!("cargo::rustc-env=MUSTER_SITE={site}");
    // A program for tests reads it when it runs.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", Path::new(&site).join("manifest.json").display());
    }
    Ok(())
}
