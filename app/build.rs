//! Makes a function of every text in `locales/` (`muster-texts`). What one language lacks fails the build.

#![expect(clippy::panic, reason = "a build script ends the build by panicking")]

use muster_texts::Texts;
use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let read = |name: &str| {
        let path = format!("locales/{name}.toml");
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
    };
    let texts = Texts::read(&read("en"), &read("ru")).unwrap_or_else(|wrong| panic!("{wrong}"));
    let browser = env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm");
    let code = if browser { texts.for_browser() } else { texts.for_server() };
    let file = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("texts.rs");
    fs::write(file, code).unwrap_or_else(|e| panic!("{e}"));
}
