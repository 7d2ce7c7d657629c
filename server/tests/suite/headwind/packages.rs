//! Android packages: how they come, what is refused, and how phones fetch them.

use super::kit::{API_DEMOS, DEMOS, SETTINGS, bytes, files, npm, path, run, signed, taken, upload};
use crate::world::{Server, browser, muster, raw, status};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Client, Method, Response, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};

async fn get(address: &str, headers: &[(&str, &str)]) -> Response {
    let mut asked = browser().get(address);
    for (name, value) in headers {
        asked = asked.header(*name, *value);
    }
    asked.send().await.unwrap()
}

async fn refused(server: &Server, who: &Client, content: Vec<u8>) -> (StatusCode, String, String) {
    let answer = upload(server, who, content, "").await;
    let status = answer.status();
    let told: Value = answer.json().await.unwrap_or_default();
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    (status, text("refused"), text("message"))
}

#[tokio::test]
async fn a_package_is_fetched_whole_and_in_parts_with_its_digest_and_never_packed() {
    let server = Server::start();
    let owner = server.owner().await;
    let content = bytes(API_DEMOS);
    let shelved = taken(&server, &owner, content.clone()).await;
    let package = &shelved["package"];
    assert_eq!((&package["name"], &package["uploaded_by"]), (&json!(DEMOS), &json!("Rosa")));
    let address = format!("{}{}", server.base, path(&shelved));
    let tag = format!("\"{}\"", package["sha256"].as_str().unwrap());
    // As the agent asks, as a browser asks, and as somebody who would like it packed.
    for packing in ["identity", "gzip, br", "*"] {
        let whole = get(&address, &[("accept-encoding", packing)]).await;
        assert_eq!(whole.status(), StatusCode::OK);
        let head = whole.headers().clone();
        let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&content)));
        for (name, value) in [
            ("content-type", "application/vnd.android.package-archive"),
            ("etag", &tag),
            ("accept-ranges", "bytes"),
            ("content-length", &content.len().to_string()),
            ("repr-digest", &digest),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(head[name], value, "{name}");
        }
        assert!(
            head["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment; filename=\"io.appium.android.apis-")
        );
        assert!(!head.contains_key(header::CONTENT_ENCODING) && whole.bytes().await.unwrap() == content[..]);
    }
    let head = browser().request(Method::HEAD, &address).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.headers()["content-length"], content.len().to_string());
    // Parts: the middle, the end, one of this very version, one of another, what is not there, several at once.
    let (ranges, other) = ("bytes=1000-1999", "\"00\"");
    let middle = get(&address, &[("range", ranges)]).await;
    assert_eq!(middle.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(middle.headers()["content-range"], format!("bytes 1000-1999/{}", content.len()));
    assert_eq!(middle.bytes().await.unwrap(), content[1000..2000]);
    let end = get(&address, &[("range", "bytes=-500")]).await;
    assert_eq!(end.bytes().await.unwrap(), content[content.len() - 500..]);
    let same = get(&address, &[("range", ranges), ("if-range", &tag)]).await;
    assert_eq!(same.status(), StatusCode::PARTIAL_CONTENT);
    let odd = [
        "bytes=0-1,5-6",
        "bytes=x",
        "bytes=5-2",
        "bytes",
        "bytes=-",
        "bytes=1-2-3",
        "lines=0-1",
        "bytes=0x1-2",
    ];
    let odd = odd.map(|range| [("range", range), ("accept", "*/*")]);
    for asked in [[("range", ranges), ("if-range", other)]].into_iter().chain(odd) {
        let whole = get(&address, &asked).await;
        let told = (whole.status(), whole.content_length());
        assert_eq!(told, (StatusCode::OK, Some(content.len() as u64)), "{asked:?}");
    }
    let beyond = get(&address, &[("range", "bytes=99999999-")]).await;
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let known = get(&address, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status(), known.bytes().await.unwrap().len()), (StatusCode::NOT_MODIFIED, 0));
    // A download that was broken off goes on, by somebody else's program.
    let folder = server.folder.path();
    std::fs::write(folder.join("part.apk"), &content[..content.len() / 3]).unwrap();
    run(folder, &format!("curl -sS -f -C - -o part.apk {address}"));
    assert!(std::fs::read(folder.join("part.apk")).unwrap() == content);
}

#[tokio::test]
async fn what_is_no_package_is_refused_in_words_and_nothing_is_left_of_it() {
    let server = Server::start();
    let owner = server.owner().await;
    server.cli(&["settings", "set", "headwind.set_up.package", "io.appium.settings"]);
    let (folder, good) = (server.folder.path(), bytes(API_DEMOS));
    let mut changed = good.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    let cut = good[..good.len() - 3000].to_vec();
    let longer = [&good[..], b"<!-- -->\n"].concat();
    let jar = signed(
        folder,
        API_DEMOS,
        "a",
        "--v2-signing-enabled false --v3-signing-enabled false --min-sdk-version 21",
    );
    for (content, kind, words) in [
        (b"hello".to_vec(), "no_package", "ends in .apk"),
        (Vec::new(), "no_package", "ends in .apk"),
        (cut, "damaged", "once more"),
        (changed, "changed", "changed after it was signed"),
        (longer, "surplus", "are 9 bytes after the end of the package"),
        (bomb(), "bomb", "ZIP bomb"),
        (on_top(), "bomb", "not true"),
        (zip(&[of("readme.txt")]), "no_package", "no AndroidManifest.xml"),
        (zip(&[of("../../../etc/cron.d/x")]), "built", "not safe"),
        (jar, "unsigned", "v2 or later"),
        (bytes(SETTINGS), "no_receiver", "device's administrator"),
    ] {
        let (status, told, message) = refused(&server, &owner, content).await;
        assert_eq!((status, told.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, kind), "{message}");
        assert!(message.contains(words), "{kind}: {message}");
        assert_eq!(files(&server), Vec::<std::path::PathBuf>::new(), "{kind}");
    }
    // What is too large is not even taken in.
    let host = server.base.strip_prefix("http://").unwrap();
    let cookie = session(&server).await;
    let large = format!(
        "POST /settings/android/package HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: {}\r\n\r\n",
        400 << 20
    );
    assert_eq!(status(&raw(&server.base, &large).await), 413);
    let (_, there) = server.function(&owner, "android_get", json!({})).await;
    assert_eq!(there["packages"], json!([]));
}

/// A cookie of a session of another owner.
async fn session(server: &Server) -> String {
    let made = server.json(&["account", "create", "olga@example.org", "--role", "owner"]);
    let done = browser()
        .post(made["link"].as_str().unwrap())
        .form(&[("password", "longenough1")])
        .send()
        .await
        .unwrap();
    let cookie =
        done.headers().get_all("set-cookie").iter().find_map(|c| c.to_str().ok()?.split(';').next()).unwrap();
    cookie.to_owned()
}

/// What a ZIP says of an entry: its name, its bytes as they lie there, how they are packed, and how large they say they are.
type Entry<'e> = (&'e str, &'e [u8], u16, u32);

fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut contents, mut directory) = (Vec::new(), Vec::new());
    for (name, data, method, unpacked) in entries {
        let packed = (data.len() as u32).to_le_bytes();
        let sizes = [&0x3610_a686_u32.to_le_bytes()[..], &packed, &unpacked.to_le_bytes()].concat();
        let head = [
            &[0, 0][..],
            &method.to_le_bytes(),
            &[0, 0, 0x21, 0],
            &sizes,
            &(name.len() as u16).to_le_bytes(),
        ]
        .concat();
        let offset = (contents.len() as u32).to_le_bytes();
        contents.extend([b"PK\x03\x04\x14\0", &head[..], &[0, 0], name.as_bytes(), data].concat());
        directory.extend([b"PK\x01\x02\x14\0\x14\0", &head[..], &[0; 12], &offset, name.as_bytes()].concat());
    }
    let (count, size, at) = (entries.len() as u16, directory.len() as u32, contents.len() as u32);
    let end = [
        &b"PK\x05\x06\0\0\0\0"[..],
        &count.to_le_bytes(),
        &count.to_le_bytes(),
        &size.to_le_bytes(),
        &at.to_le_bytes(),
        &[0, 0],
    ];
    [contents, directory, end.concat()].concat()
}

fn of(name: &str) -> Entry<'_> {
    (name, b"hello", 0, 5)
}

/// Two megabytes that say that they become two gigabytes and more, which deflate can.
fn bomb() -> Vec<u8> {
    let data = vec![0; 2_200_000];
    zip(&[of("AndroidManifest.xml"), ("assets/a", &data, 8, 2_200_000_000)])
}

/// Has entries that are all the same few bytes.
fn on_top() -> Vec<u8> {
    let mut all = zip(&[of("AndroidManifest.xml"), of("b"), of("c")]);
    let third = all.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    // The third entry is where the second one is.
    let second = (30 + "AndroidManifest.xml".len() + 5) as u32;
    all[third + 42..third + 46].copy_from_slice(&second.to_le_bytes());
    all
}

#[tokio::test]
async fn a_package_of_another_signer_is_kept_only_if_that_is_said_and_the_address_stays() {
    let server = Server::start();
    let owner = server.owner().await;
    let folder = server.folder.path();
    let first = taken(&server, &owner, signed(folder, API_DEMOS, "a", "--v3-signing-enabled false")).await;
    let second = taken(&server, &owner, signed(folder, API_DEMOS, "a", "--v3-signing-enabled true")).await;
    assert_ne!(first["package"]["sha256"], second["package"]["sha256"]);
    for field in ["id", "checksum"] {
        assert_eq!(first["package"][field], second["package"][field], "{field}");
    }
    assert_eq!(first["address"], second["address"], "codes that are out go on");
    assert_eq!(files(&server).len(), 1, "the former file is gone");
    let other = signed(folder, API_DEMOS, "b", "");
    let (status, kind, message) = refused(&server, &owner, other.clone()).await;
    assert_eq!((status, kind.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "other_signer"));
    assert!(message.contains("another key") && message.contains(DEMOS), "{message}");
    let address = format!("{}{}", server.base, path(&second));
    let there = get(&address, &[]).await.bytes().await.unwrap();
    assert!(there != other[..], "the one that was there is there still");
    assert!(upload(&server, &owner, other.clone(), "?signer=other").await.status().is_success());
    assert!(get(&address, &[]).await.bytes().await.unwrap() == other[..]);
    assert_eq!(files(&server).len(), 1);
    let (_, log) = server.function(&owner, "audit_list", json!({ "query": {} })).await;
    let changed = log["page"]["rows"][0]["entry"]["changes"].to_string();
    assert!(changed.contains("checksum"), "{changed}");
}

#[tokio::test]
async fn a28_a_package_is_at_no_address_that_can_be_guessed_and_at_none_once_it_is_deleted() {
    let server = Server::start();
    let owner = server.owner().await;
    let shelved = taken(&server, &owner, bytes(API_DEMOS)).await;
    let secret = path(&shelved).trim_start_matches("/apk/").to_owned();
    assert_eq!(secret.len(), 26, "130 bits");
    let package = &shelved["package"];
    let said = |name: &str| package[name].as_str().unwrap().to_owned();
    let near = format!("{}{}", &secret[..25], if secret.ends_with('0') { '1' } else { '0' });
    for guess in [
        said("name"),
        said("id"),
        said("sha256"),
        format!("{}.apk", said("sha256")),
        format!("{}.apk", said("name")),
        near,
        secret.to_uppercase(),
        format!("{secret}.apk"),
        String::new(),
    ] {
        let answer = get(&format!("{}/apk/{guess}", server.base), &[]).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{guess}");
        assert!(answer.bytes().await.unwrap().len() < 200);
    }
    for index in ["/apk", "/apk/", "/packages", "/packages/"] {
        assert_ne!(get(&format!("{}{index}", server.base), &[]).await.status(), StatusCode::OK, "{index}");
    }
    // Whoever has the database or the log has no address.
    let data = server.folder.path().join("data");
    for file in ["muster.db", "muster.db-wal"] {
        let content = std::fs::read(data.join(file)).unwrap_or_default();
        assert!(!content.windows(26).any(|w| w == secret.as_bytes()), "{file}");
    }
    assert!(!server.log().contains(&secret), "a26");
    // An auditor and an operator are told none.
    for role in ["auditor", "operator"] {
        let who = server.account(&format!("{role}@example.org"), role).await;
        assert_eq!(server.function(&who, "android_get", json!({})).await.0, StatusCode::FORBIDDEN, "{role}");
    }
    let delete = json!({ "id": package["id"] });
    assert_eq!(server.function(&owner, "package_delete", delete).await.0, StatusCode::OK);
    assert_eq!(get(&format!("{}/apk/{secret}", server.base), &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(files(&server).len(), 0);
    // The same again is at another address.
    assert_ne!(path(&taken(&server, &owner, bytes(API_DEMOS)).await), format!("/apk/{secret}"));
    // Who goes on guessing is told to wait.
    let mut last = StatusCode::OK;
    for n in 0..400 {
        last = get(&format!("{}/apk/{:026}", server.base, n), &[]).await.status();
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "a32");
}

#[tokio::test]
async fn a43_no_path_leads_out_of_the_folder_of_packages() {
    let server = Server::start();
    let owner = server.owner().await;
    let shelved = taken(&server, &owner, bytes(API_DEMOS)).await;
    let host = server.base.strip_prefix("http://").unwrap().to_owned();
    let key = std::fs::read_to_string(server.folder.path().join("data/muster.key")).unwrap();
    for way in [
        "..%2f..%2fmuster.key",
        "%2e%2e/%2e%2e/muster.key",
        "../../muster.key",
        "..\\..\\muster.key",
        "/etc/passwd",
        "%00",
        "..%5cmuster.key",
    ] {
        let answer = raw(
            &server.base,
            &format!("GET /apk/{way} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        )
        .await;
        assert_ne!(status(&answer), 200, "{way}");
        assert!(!answer.contains(key.trim()) && !answer.contains("root:"), "{way}");
    }
    // A name for the file means nothing, however it comes.
    let named = owner
        .post(format!("{}/settings/android/package?name=../../x&file=..%2fx.apk", server.base))
        .header("content-disposition", "attachment; filename=\"../../../x.apk\"")
        .body(bytes(API_DEMOS));
    assert!(named.send().await.unwrap().status().is_success());
    let there = files(&server);
    assert_eq!(there.len(), 1, "{there:?}");
    assert!(
        !server.folder.path().join("x.apk").exists() && !server.folder.path().join("data/x.apk").exists()
    );
    // Not even a database that somebody has written into leads to another file.
    let database = server.folder.path().join("data/muster.db");
    let url = format!("sqlite://{}", database.display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    std::fs::write(server.folder.path().join("data/secret.apk"), "nobody's business").unwrap();
    sqlx::query("UPDATE package SET sha256 = '../../secret'").execute(&pool).await.unwrap();
    pool.close().await;
    let answer = get(&format!("{}{}", server.base, path(&shelved)), &[]).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(!answer.text().await.unwrap().contains("business"));
}

#[tokio::test]
async fn an_upload_that_is_broken_off_or_killed_leaves_nothing() {
    use tokio::io::AsyncWriteExt;
    let mut server = Server::start();
    let cookie = session(&server).await;
    let host = server.base.strip_prefix("http://").unwrap().to_owned();
    let head = format!(
        "POST /settings/android/package HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: 6000000\r\n\r\n"
    );
    let begin = async || {
        let mut tcp = tokio::net::TcpStream::connect(&host).await.unwrap();
        tcp.write_all(head.as_bytes()).await.unwrap();
        tcp.write_all(&vec![7; 1 << 20]).await.unwrap();
        tcp.flush().await.unwrap();
        tcp
    };
    let coming = async |there: bool, server: &Server| {
        let late = Instant::now() + Duration::from_secs(10);
        while files(server).is_empty() == there {
            assert!(Instant::now() < late, "{:?}", files(server));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let tcp = begin().await;
    coming(true, &server).await;
    drop(tcp);
    coming(false, &server).await;
    let _tcp = begin().await;
    coming(true, &server).await;
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    assert_eq!(files(&server).len(), 1, "SIGKILL leaves it");
    let mut again = muster(server.folder.path()).args(["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    coming(false, &server).await;
    again.kill().unwrap();
    again.wait().unwrap();
}

#[tokio::test]
async fn a29_only_who_may_configure_uploads_from_the_consoles_own_page_and_for_the_workspace_of_the_session()
{
    let server = Server::start();
    let owner = server.owner().await;
    // Who may not is told before the file has come.
    let content = b"a package".to_vec();
    assert_eq!(upload(&server, &browser(), content.clone(), "").await.status(), StatusCode::UNAUTHORIZED);
    for role in ["auditor", "operator"] {
        let who = server.account(&format!("{role}@example.org"), role).await;
        assert_eq!(
            upload(&server, &who, content.clone(), "").await.status(),
            StatusCode::FORBIDDEN,
            "{role}"
        );
    }
    let foreign = owner
        .post(format!("{}/settings/android/package", server.base))
        .header("origin", "https://evil.example");
    assert_eq!(foreign.body(content.clone()).send().await.unwrap().status(), StatusCode::FORBIDDEN, "a45");
    let other = server.json(&["workspace", "create", "Fabrikam", "--owner", "rosa@example.org"]);
    let elsewhere = format!("?workspace={}", other["id"].as_str().unwrap());
    assert_eq!(upload(&server, &owner, content, &elsewhere).await.status(), StatusCode::CONFLICT);
    assert_eq!(files(&server).len(), 0);
    taken(&server, &owner, bytes(API_DEMOS)).await;
    let there = server.json(&["packages", "list", "--workspace", "Fabrikam"]);
    assert_eq!(there, json!([]), "another workspace has none of it");
}

#[tokio::test]
async fn packages_are_added_listed_and_removed_on_the_command_line_and_a_backup_has_their_files() {
    let server = Server::start();
    let apk = npm(API_DEMOS);
    let added = server.json(&["packages", "add", apk.to_str().unwrap()]);
    assert_eq!((&added["name"], &added["size"]), (&json!(DEMOS), &json!(bytes(API_DEMOS).len())));
    assert_eq!(added["receiver"].as_str().map(|r| r.starts_with("io.appium.android.apis/")), Some(true));
    assert_eq!(server.json(&["packages", "list"]), json!([added]));
    let address = added["address"].as_str().unwrap();
    assert!(get(address, &[]).await.bytes().await.unwrap() == bytes(API_DEMOS)[..]);
    // Another signer has to be meant.
    let other = server.folder.path().join("other.apk");
    std::fs::write(&other, signed(server.folder.path(), API_DEMOS, "b", "")).unwrap();
    let refused =
        muster(server.folder.path()).args(["packages", "add", other.to_str().unwrap()]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--other-signer"));
    std::fs::write(&other, "no package").unwrap();
    let refused =
        muster(server.folder.path()).args(["packages", "add", other.to_str().unwrap()]).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(said.matches("no ZIP").count(), 1, "the reason once: {said}");
    // A backup is all of it, on another machine, too.
    let backup = server.folder.path().join("b.db");
    let mut with_keys = muster(server.folder.path());
    let words = server.folder.path().join("words");
    std::fs::write(&words, "correct horse battery\n").unwrap();
    let made =
        with_keys.args(["backup", backup.to_str().unwrap(), "--with-keys", "--passphrase-file"]).arg(&words);
    assert!(made.status().unwrap().success());
    let new = tempfile::tempdir().unwrap();
    let restored = muster(new.path())
        .args(["restore", backup.to_str().unwrap(), "--passphrase-file"])
        .arg(&words)
        .status();
    assert!(restored.unwrap().success());
    let listed = muster(new.path()).args(["packages", "list", "--json"]).output().unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed[0]["sha256"], added["sha256"]);
    let secret = |value: &Value| value["address"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert_eq!(secret(&listed[0]), secret(&added), "codes that are out go on");
    let found: Vec<_> = walk(&new.path().join("data/packages"));
    assert!(found.iter().any(|file| std::fs::read(file).unwrap() == bytes(API_DEMOS)), "{found:?}");
    assert!(
        std::fs::metadata(new.path().join("data/muster.db")).unwrap().len() < 2 << 20,
        "the room is given back"
    );
    // Removed here, it is gone here.
    assert_eq!(server.json(&["packages", "remove", DEMOS]), json!({ "removed": DEMOS }));
    assert_eq!(get(address, &[]).await.status(), StatusCode::NOT_FOUND);
    // And a restore brings it back, with what was there kept.
    let mut server = server;
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    assert_eq!(files(&server).len(), 0);
    let mut restore = muster(server.folder.path());
    restore.args(["restore", backup.to_str().unwrap(), "--force", "--passphrase-file"]).arg(&words);
    assert!(restore.status().unwrap().success());
    assert_eq!(files(&server).len(), 1);
}

/// What doctor says of packages.
fn diagnosed(server: &Server) -> Vec<(String, String)> {
    let out = muster(server.folder.path()).args(["doctor", "--json"]).output().unwrap();
    let told: Value = serde_json::from_slice(&out.stdout).unwrap();
    let of = |check: &Value| ["state", "message"].map(|field| check[field].as_str().unwrap().to_owned());
    let checks = told["checks"].as_array().unwrap().iter().filter(|check| check["check"] == "packages");
    checks.map(|check| of(check).into()).collect()
}

#[tokio::test]
async fn doctor_finds_a_file_that_is_gone_one_that_is_another_and_one_that_is_nobodys() {
    let server = Server::start();
    server.json(&["packages", "add", npm(API_DEMOS).to_str().unwrap()]);
    let found = diagnosed(&server);
    assert!(found.len() == 1 && found[0].0 == "ok" && found[0].1.starts_with("1, as"), "{found:?}");
    let file = files(&server).remove(0);
    std::fs::write(file.with_file_name(format!("{}.apk", "ab".repeat(32))), "nobody's").unwrap();
    std::fs::write(&file, "another").unwrap();
    let found = diagnosed(&server);
    assert_eq!(found.iter().map(|(state, _)| state.as_str()).collect::<Vec<_>>(), ["failed", "warning"]);
    assert!(found[0].1.contains("not the one that was verified"), "{found:?}");
    std::fs::remove_file(&file).unwrap();
    assert!(diagnosed(&server)[0].1.contains("is not there"));
}

#[tokio::test]
async fn a_refused_restore_leaves_nothing_of_the_packages_in_it() {
    let server = Server::start();
    for package in [API_DEMOS, SETTINGS] {
        server.json(&["packages", "add", npm(package).to_str().unwrap()]);
    }
    let backup = server.folder.path().join("b.db");
    server.cli(&["backup", backup.to_str().unwrap()]);
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", backup.display())).await.unwrap();
    let last =
        "UPDATE backup_package SET bytes = x'00' WHERE sha256 = (SELECT max(sha256) FROM backup_package)";
    sqlx::query(last).execute(&pool).await.unwrap();
    pool.close().await;
    let new = tempfile::tempdir().unwrap();
    let refused = muster(new.path()).args(["restore", backup.to_str().unwrap()]).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is damaged"), "{refused:?}");
    let left = walk(&new.path().join("data"));
    let left = left.iter().filter(|file| file.extension().is_some_and(|e| e == "apk")).count();
    assert_eq!(left, 0);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|e| e.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
