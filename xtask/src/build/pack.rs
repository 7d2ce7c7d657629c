//! What a part of the console consists of, in one file: some of it is shared with other parts, mostly small functions, and a
//! hundred files of a few hundred bytes cost a request each and compress badly. A pack is those files one after the other; the
//! script that fetches parts knows where each begins.

use super::site::Asset;
use anyhow::{Context, bail};
use std::{collections::BTreeMap, fmt::Write};

/// All of one part.
pub struct Pack {
    /// The file.
    pub asset: Asset,
    /// Where each piece begins in it, and how long it is.
    pieces: Vec<(String, usize, usize)>,
}

/// The packs of all parts that the app names.
pub fn packs(
    consist: &BTreeMap<String, Vec<String>>,
    parts: &BTreeMap<String, Asset>,
) -> anyhow::Result<BTreeMap<String, Pack>> {
    let pack = |(part, files): (&String, &Vec<String>)| {
        let (mut bytes, mut pieces) = (Vec::new(), Vec::new());
        for file in files {
            let piece = parts.get(file).with_context(|| format!("the part {part} lacks {file}"))?;
            pieces.push((file.clone(), bytes.len(), piece.bytes.len()));
            bytes.extend_from_slice(&piece.bytes);
        }
        Ok((part.clone(), Pack { asset: Asset::new(part, "pack", bytes), pieces }))
    };
    consist.iter().map(pack).collect()
}

/// Fetches a pack once it is wanted, and takes pieces out of those that are on their way.
const TAKING: &str = r#"
const begun = {};
function begin(part) {
    if (begun[part]) return;
    const bytes = fetch(new URL(packs[part][0], import.meta.url)).then((answer) => {
        if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
        return answer.arrayBuffer();
    });
    bytes.catch(() => delete begun[part]);
    begun[part] = bytes;
}
async function piece(name) {
    const part = Object.keys(begun).find((part) => packs[part][1][name]);
    const [from, length] = packs[part][1][name];
    const bytes = new Uint8Array(await begun[part], from, length);
    return new Response(bytes, { headers: { "content-type": "application/wasm" } });
}
function packed(part, load) {
    return wrapAsyncCb(() => {
        begin(part);
        return load();
    });
}
"#;

/// The script that fetches parts, with packs instead of a file for each piece.
pub fn loader(script: &str, packs: &BTreeMap<String, Pack>) -> anyhow::Result<String> {
    let mut script = script.to_owned();
    let mut known = BTreeMap::new();
    for (part, pack) in packs {
        let entry = format!("__wasm_split_load_{part} = wrapAsyncCb(");
        if !script.contains(&entry) {
            bail!("the script does not have {entry}: wasm-split has changed");
        }
        script = script.replace(&entry, &format!("__wasm_split_load_{part} = packed({part:?}, "));
        for (name, ..) in &pack.pieces {
            known.entry(name).or_insert(());
        }
    }
    for name in known.keys() {
        let fetched = format!("fetch(new URL(\"./{name}.wasm\", import.meta.url))");
        if !script.contains(&fetched) {
            bail!("the script does not have {fetched}: wasm-split has changed");
        }
        script = script.replace(&fetched, &format!("piece({name:?})"));
    }
    let mut table = String::from("\nconst packs = {\n");
    for (part, Pack { asset, pieces }) in packs {
        write!(table, "    {part:?}: [\"./{}\", {{", asset.name())?;
        for (name, from, length) in pieces {
            write!(table, "{name}:[{from},{length}],")?;
        }
        table.push_str("}],\n");
    }
    Ok(script + &table + "};\n" + TAKING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_one_file_and_the_script_knows_each_piece_in_it() {
        let asset = |stem: &str, bytes: &[u8]| (stem.to_owned(), Asset::new(stem, "wasm", bytes.to_vec()));
        let parts = BTreeMap::from([asset("chunk_1", b"abc"), asset("split_devices", b"defgh")]);
        let files =
            BTreeMap::from([("devices".to_owned(), vec!["chunk_1".to_owned(), "split_devices".to_owned()])]);
        let packs = packs(&files, &parts).unwrap();
        assert_eq!(packs["devices"].asset.bytes, b"abcdefgh");
        let script = "const a = fetch(new URL(\"./chunk_1.wasm\", import.meta.url));\n\
            export const __wasm_split_load_devices = wrapAsyncCb(makeLoad(fetch(new URL(\"./split_devices.wasm\", import.meta.url))));";
        let made = loader(script, &packs).unwrap();
        for there in [
            "const a = piece(\"chunk_1\");",
            "__wasm_split_load_devices = packed(\"devices\", makeLoad(piece(\"split_devices\")))",
            "chunk_1:[0,3],split_devices:[3,5],",
            &packs["devices"].asset.name(),
        ] {
            assert!(made.contains(there), "{there} in {made}");
        }
        assert!(loader("", &packs).is_err(), "another script");
    }
}
