//! The style sheets as one minified file, and the typeface that they name.

use super::site::Asset;
use crate::{npm, workspace::Workspace};
use anyhow::{Context, anyhow, bail};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    printer::PrinterOptions,
    stylesheet::{MinifyOptions, ParserOptions},
    targets::{Browsers, Features, Targets},
};
use std::{fs, path::Path};

/// Name in `url("font:NAME")`, and the file in npm's package.
const FONTS: &[(&str, &str)] = &[
    ("inter-latin", "inter-latin-wght-normal.woff2"),
    ("inter-cyrillic", "inter-cyrillic-wght-normal.woff2"),
];

/// The style sheet and its fonts. Without npm there are no fonts, and no `@font-face`.
pub fn files(workspace: &Workspace) -> anyhow::Result<Vec<Asset>> {
    let css = bundle(&workspace.root.join("style/main.css"))?;
    if !npm::present() {
        return Ok(vec![Asset::new("muster", "css", without_fonts(&css).into_bytes())]);
    }
    let folder = npm::modules(workspace).join("@fontsource-variable/inter/files");
    let mut assets = Vec::new();
    for (name, file) in FONTS {
        let path = folder.join(file);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        assets.push(Asset::new(name, "woff2", bytes));
    }
    let names: Vec<_> = FONTS.iter().zip(&assets).map(|((name, _), asset)| (*name, asset.name())).collect();
    let css = with_fonts(css, &names)?;
    assets.push(Asset::new("muster", "css", css.into_bytes()));
    Ok(assets)
}

/// Follows `@import` and minifies, for browsers that know `light-dark()` and nesting: both stay.
fn bundle(main: &Path) -> anyhow::Result<String> {
    let targets = Targets {
        browsers: Some(Browsers {
            chrome: Some(version(123, 0)),
            edge: Some(version(123, 0)),
            firefox: Some(version(121, 0)),
            ios_saf: Some(version(17, 5)),
            safari: Some(version(17, 5)),
            ..Browsers::default()
        }),
        include: Features::empty(),
        exclude: Features::LightDark | Features::Nesting,
    };
    let provider = FileProvider::new();
    let mut bundler = Bundler::new(&provider, None, ParserOptions::default());
    let mut sheet = bundler.bundle(main).map_err(|error| anyhow!("{error}"))?;
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("{error}"))?;
    Ok(sheet.to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })?.code)
}

/// A browser's version as lightningcss writes it.
const fn version(major: u32, minor: u32) -> u32 {
    major << 16 | minor << 8
}

/// Puts the hashed files in the place of `font:NAME`.
fn with_fonts(mut css: String, fonts: &[(&str, String)]) -> anyhow::Result<String> {
    for (name, file) in fonts {
        let url = format!("url(/pkg/{file})");
        css = css.replace(&format!("url(font:{name})"), &url).replace(&format!("url(\"font:{name}\")"), &url);
    }
    match css.find("font:inter") {
        Some(at) => bail!("unknown font: {}", css[at..].split([')', '"']).next().unwrap_or_default()),
        None => Ok(css),
    }
}

/// Drops every `@font-face` that names one of our fonts; the minified rule holds no inner braces.
fn without_fonts(css: &str) -> String {
    let mut parts = css.split("@font-face{");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (rule, rest) = part.split_once('}').unwrap_or((part, ""));
        if !rule.contains("font:inter") {
            kept += &format!("@font-face{{{rule}}}");
        }
        kept += rest;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{with_fonts, without_fonts};

    const SHEET: &str = "a{top:0}@font-face{src:url(font:inter-latin)}b{top:1px}";

    #[test]
    fn a_font_becomes_its_hashed_file() {
        let css =
            with_fonts(SHEET.to_owned(), &[("inter-latin", "inter-latin.0a.woff2".to_owned())]).unwrap();
        assert_eq!(css, "a{top:0}@font-face{src:url(/pkg/inter-latin.0a.woff2)}b{top:1px}");
    }

    #[test]
    fn an_unknown_font_is_named() {
        let error = with_fonts(SHEET.to_owned(), &[]).unwrap_err();
        assert_eq!(error.to_string(), "unknown font: font:inter-latin");
    }

    #[test]
    fn without_npm_only_our_font_faces_go() {
        let css = format!("{SHEET}@font-face{{src:url(/other.woff2)}}");
        assert_eq!(without_fonts(&css), "a{top:0}b{top:1px}@font-face{src:url(/other.woff2)}");
    }
}
