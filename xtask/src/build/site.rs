//! `target/site`: files with hashed names, compressed copies beside them, and the manifest.

use super::{
    Mode,
    pack::{self, Pack},
    wasm,
};
use crate::{bench::table::Size, fresh::hex, shell::Outcome, workspace::Workspace};
use anyhow::{Context, bail};
use flate2::{Compression, write::GzEncoder};
use muster_texts::{Texts, Tongue};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// A file of the site.
pub struct Asset {
    stem: String,
    extension: &'static str,
    pub(super) bytes: Vec<u8>,
}

impl Asset {
    /// A file that will be called `stem.HASH.extension`.
    pub fn new(stem: &str, extension: &'static str, bytes: Vec<u8>) -> Self {
        Self { stem: stem.to_owned(), extension, bytes }
    }

    /// Its name: the first twelve digits of the SHA-256 of the content make it safe to cache for ever.
    pub fn name(&self) -> String {
        format!("{}.{}.{}", self.stem, hash(&self.bytes), self.extension)
    }
}

fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))[..12].to_owned()
}

/// The glue and what fetches the parts, each with the other's name in it; so the name of both has the hash of both.
fn scripts(glue: &str, loader: &str, packs: &BTreeMap<String, Pack>) -> anyhow::Result<[(String, Asset); 2]> {
    let loader = pack::loader(loader, packs)?;
    let hash = hash(format!("{glue}{loader}").as_bytes());
    let name = |stem: &str| format!("{stem}.{hash}.js");
    let glue = renamed(glue, "from ", wasm::LOADER, &name("parts"))?;
    let loader = renamed(&loader, "from ", "muster.js", &name("muster"))?;
    let asset = |stem: &str, text: String| (name(stem), Asset::new(stem, "js", text.into_bytes()));
    Ok([asset("muster", glue), asset("parts", loader)])
}

/// The script with another name for a file beside it, which it names after these words. Elsewhere the name stays: the
/// WebAssembly calls its imports by it.
fn renamed(script: &str, after: &str, from: &str, to: &str) -> anyhow::Result<String> {
    let from = format!("{after}\"./{from}\"");
    if !script.contains(&from) {
        bail!("the script does not have {from}: wasm-bindgen or wasm-split have changed");
    }
    Ok(script.replace(&from, &format!("{after}\"./{to}\"")))
}

/// The words of each language, for the browser.
fn texts(workspace: &Workspace) -> anyhow::Result<Vec<(&'static str, Asset)>> {
    let read = |tongue: Tongue| {
        let path = workspace.root.join(format!("app/locales/{}.toml", tongue.tag()));
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let texts = Texts::read(&read(Tongue::En)?, &read(Tongue::Ru)?)?;
    let asset = |tongue: Tongue| {
        let stem = format!("texts-{}", tongue.tag());
        (tongue.tag(), Asset::new(&stem, "txt", texts.file(tongue).into_bytes()))
    };
    Ok(Tongue::ALL.into_iter().map(asset).collect())
}

/// Writes what changed, removes what is no longer named, and leaves the rest untouched, so that
/// cargo embeds the site again only when it differs.
pub fn write(workspace: &Workspace, mode: Mode, mut assets: Vec<Asset>) -> anyhow::Result<Outcome> {
    let texts = texts(workspace)?;
    let named: BTreeMap<_, _> = texts.iter().map(|(tag, asset)| (*tag, asset.name())).collect();
    let mut manifest = serde_json::Map::new();
    manifest.insert("texts".to_owned(), serde_json::to_value(named)?);
    assets.extend(texts.into_iter().map(|(_, asset)| asset));
    let built = wasm::results(workspace, mode)?;
    let mut parts = BTreeMap::new();
    for (name, path) in built.parts {
        let asset = Asset::new(&name, "wasm", fs::read(path)?);
        parts.insert(name, asset);
    }
    let glue = fs::read_to_string(built.glue)?;
    let packs = pack::packs(&built.files, &parts)?;
    let scripts = scripts(&glue, &fs::read_to_string(built.loader)?, &packs)?;
    let consist: BTreeMap<_, _> = packs.iter().map(|(part, pack)| (part, [pack.asset.name()])).collect();
    manifest.insert("parts".to_owned(), serde_json::to_value(consist)?);
    let first = parts.remove("muster").context("there is no first part")?;
    let named = assets.into_iter().chain([first]).chain(packs.into_values().map(|pack| pack.asset));
    let named = named.map(|asset| (asset.name(), asset));
    let site = workspace.site();
    let packages = site.join("pkg");
    fs::create_dir_all(&packages)?;
    let cache = workspace.work(mode).join("compressed");
    fs::create_dir_all(&cache)?;

    let mut files = BTreeMap::new();
    for (name, asset) in named.chain(scripts) {
        if asset.stem == "muster" {
            manifest.insert(asset.extension.to_owned(), name.clone().into());
        }
        // WOFF2 is brotli already (https://www.w3.org/TR/WOFF2/, section 5).
        if asset.extension != "woff2" {
            let (br, gz) = (format!("{name}.br"), format!("{name}.gz"));
            let bytes = compressed(&cache.join(&br), || brotli(&asset.bytes, mode))?;
            files.insert(br, bytes);
            let bytes = compressed(&cache.join(&gz), || gzip(&asset.bytes, mode))?;
            files.insert(gz, bytes);
        }
        files.insert(name, asset.bytes);
    }
    let mut changed = remove_all_but(&cache, &files)?;
    for (name, bytes) in &files {
        changed |= put(&packages.join(name), bytes)?;
    }
    changed |= put(&site.join("manifest.json"), &serde_json::to_vec(&manifest)?)?;
    changed |= remove_all_but(&packages, &files)?;
    put(&mode_file(workspace), mode.folder().as_bytes())?;
    Ok(if changed { Outcome::Done } else { Outcome::Unchanged })
}

/// Reads a compressed copy from the cache, or makes it: the name holds the hash of the content.
fn compressed(cached: &Path, make: impl FnOnce() -> anyhow::Result<Vec<u8>>) -> anyhow::Result<Vec<u8>> {
    if let Ok(bytes) = fs::read(cached) {
        return Ok(bytes);
    }
    let bytes = make()?;
    put(cached, &bytes)?;
    Ok(bytes)
}

fn brotli(bytes: &[u8], mode: Mode) -> anyhow::Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: mode.compression().0,
        size_hint: bytes.len(),
        // The largest window that every browser knows (RFC 7932, section 9.1).
        lgwin: 24,
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)?;
    Ok(out)
}

fn gzip(bytes: &[u8], mode: Mode) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(mode.compression().1));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Writes a file unless it has this content; says whether it wrote. The name appears when the
/// content is whole.
fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<bool> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    let draft = path.with_added_extension("draft");
    fs::write(&draft, bytes).with_context(|| format!("cannot write {}", draft.display()))?;
    fs::rename(&draft, path)?;
    Ok(true)
}

fn remove_all_but(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<bool> {
    let mut removed = false;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(|name| files.contains_key(name)) {
            fs::remove_file(entry.path())?;
            removed = true;
        }
    }
    Ok(removed)
}

fn mode_file(workspace: &Workspace) -> PathBuf {
    workspace.target.join("xtask").join("site-mode")
}

/// How the site was last built, if it was.
pub fn built_mode(workspace: &Workspace) -> Option<Mode> {
    let folder = fs::read_to_string(mode_file(workspace)).ok()?;
    [Mode::Release, Mode::Debug].into_iter().find(|mode| mode.folder() == folder)
}

fn manifest(workspace: &Workspace) -> anyhow::Result<serde_json::Value> {
    let text = fs::read(workspace.site().join("manifest.json"))
        .context("there is no site yet: cargo xtask build")?;
    Ok(serde_json::from_slice(&text)?)
}

/// The file that the manifest names for `js`, `wasm` or `css`.
pub fn file_sizes(workspace: &Workspace, key: &str) -> anyhow::Result<Size> {
    let manifest = manifest(workspace)?;
    let Some(name) = manifest.get(key).and_then(|name| name.as_str()) else {
        bail!("the manifest names no {key}");
    };
    size(&workspace.site().join("pkg"), name)
}

/// The texts of each language, by its tag.
pub fn text_sizes(workspace: &Workspace) -> anyhow::Result<BTreeMap<String, Size>> {
    let texts: BTreeMap<String, String> = serde_json::from_value(manifest(workspace)?["texts"].take())?;
    let folder = workspace.site().join("pkg");
    texts.into_iter().map(|(tag, file)| Ok((tag, size(&folder, &file)?))).collect()
}

/// What each part of the WebAssembly adds to the first on the wire, compressed with brotli, by its name.
pub fn part_sizes(workspace: &Workspace) -> anyhow::Result<BTreeMap<String, u64>> {
    let parts: BTreeMap<String, Vec<String>> = serde_json::from_value(manifest(workspace)?["parts"].take())?;
    let folder = workspace.site().join("pkg");
    let bytes = |file: &String| Ok(size(&folder, file)?.br.unwrap_or_default());
    let all = |files: Vec<String>| files.iter().map(bytes).sum::<anyhow::Result<u64>>();
    parts.into_iter().map(|(name, files)| Ok((name, all(files)?))).collect()
}

/// All files of the site with their compressed sizes.
pub fn sizes(workspace: &Workspace) -> anyhow::Result<Vec<Size>> {
    let folder = workspace.site().join("pkg");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        names.extend(entry?.file_name().to_str().map(str::to_owned));
    }
    names.retain(|name| !name.ends_with(".br") && !name.ends_with(".gz"));
    names.sort();
    names.iter().map(|name| size(&folder, name)).collect()
}

fn size(folder: &Path, name: &str) -> anyhow::Result<Size> {
    let length = |name: String| fs::metadata(folder.join(name)).map(|file| file.len());
    Ok(Size {
        name: name.to_owned(),
        raw: length(name.to_owned())?,
        br: length(format!("{name}.br")).ok(),
        gz: length(format!("{name}.gz")).ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_imports_the_other_by_its_new_name() {
        let glue = "import * as a from \"./parts.js\"\nreturn { \"./parts.js\": a };";
        let loader = "import { initSync } from \"./muster.js\";";
        let [(glue_name, glue), (loader_name, loader)] = scripts(glue, loader, &BTreeMap::new()).unwrap();
        let text = |asset: Asset| String::from_utf8(asset.bytes).unwrap();
        let expected = format!("import * as a from \"./{loader_name}\"\nreturn {{ \"./parts.js\": a }};");
        assert_eq!(text(glue), expected, "WebAssembly calls its imports by the old name");
        let loader = text(loader);
        assert!(loader.contains(&format!("from \"./{glue_name}\"")), "{loader}");
        assert!(scripts("", &loader, &BTreeMap::new()).is_err(), "a glue that imports no parts");
    }
}
