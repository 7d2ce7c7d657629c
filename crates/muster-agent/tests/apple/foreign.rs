//! Programs that someone else wrote: OpenSSL, micromdm's `scepserver` (Debian's package `scep`), Python's `plistlib`.
//!
//! A machine without them fails these tests, unless `MUSTER_TESTS_WITHOUT` names the program.

use crate::server::{PROFILE, command, link, start};
use muster_agent::apple::{
    certificate::{self, Certificate, Wanted},
    cms::{
        envelope::{self, Cipher},
        sign::{Content, Signer, sign},
        verify,
    },
    http::Client,
    key::{Digest, Key},
    name,
    scep::{
        authority::Authority,
        enrol::{Manner, enrol},
    },
};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// Whether the program is there; where it is not and need not be, the test ends at once.
fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    if std::env::split_paths(&path).any(|folder| folder.join(program).exists()) {
        return true;
    }
    let without = std::env::var("MUSTER_TESTS_WITHOUT").unwrap_or_default();
    assert!(
        without.split(',').any(|name| name == program),
        "{program} is not installed: `cargo xtask test` installs it, MUSTER_TESTS_WITHOUT={program} goes without"
    );
    false
}

/// Runs a program with the words of a line; what it wrote.
fn run(folder: &Path, line: &str) -> String {
    let mut words = line.split_whitespace();
    let out = Command::new(words.next().unwrap()).args(words).current_dir(folder).output().unwrap();
    let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
    assert!(out.status.success(), "{line}: {text}");
    text
}

fn now() -> i64 {
    muster_agent::clock::system()
}

fn identity() -> (Key, Certificate) {
    let key = Key::generate(2048).unwrap();
    let subject = name::common("device").unwrap();
    let certificate = certificate::self_signed(&key, &subject, Digest::Sha256, now()).unwrap();
    (key, certificate)
}

#[test]
fn openssl_accepts_what_is_signed_and_refuses_another_body() {
    if !has("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let (key, certificate) = identity();
    let body = b"<plist>body</plist>\n";
    put("body", body);
    put("other", b"another body");
    for digest in [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512] {
        for signing_time in [None, Some(now())] {
            let signer = Signer { key: &key, certificate: &certificate, digest, signing_time };
            put("detached", &sign(Content::Detached(body), signer, Vec::new()).unwrap());
            put("attached", &sign(Content::Attached(body), signer, Vec::new()).unwrap());
            let verify = "openssl cms -verify -noverify -binary -inform DER";
            run(folder.path(), &format!("{verify} -in detached -content body -out said"));
            assert_eq!(std::fs::read(folder.path().join("said")).unwrap(), body);
            run(folder.path(), &format!("{verify} -in attached -out said"));
            assert_eq!(std::fs::read(folder.path().join("said")).unwrap(), body);
            let wrong = format!("{verify} -in detached -content other -out said");
            let mut words = wrong.split_whitespace();
            let mut openssl = Command::new(words.next().unwrap());
            assert!(!openssl.args(words).current_dir(folder.path()).output().unwrap().status.success());
            let printed = run(folder.path(), "openssl cms -cmsout -print -inform DER -in detached");
            assert_eq!(printed.contains("signingTime"), signing_time.is_some());
        }
    }
    // And the other way round.
    std::fs::write(folder.path().join("key.p8"), key.pkcs8()).unwrap();
    put("certificate.der", certificate.der());
    run(folder.path(), "openssl x509 -inform DER -in certificate.der -out certificate.pem");
    run(folder.path(), "openssl pkey -inform DER -in key.p8 -out key.pem");
    for md in ["sha1", "sha256", "sha512"] {
        for attributes in ["", "-noattr"] {
            run(
                folder.path(),
                &format!(
                    "openssl cms -sign -nodetach -binary -md {md} {attributes} -in body -signer certificate.pem \
                     -inkey key.pem -outform DER -out theirs"
                ),
            );
            let theirs = std::fs::read(folder.path().join("theirs")).unwrap();
            let signed = verify::verify(&theirs, &[]).unwrap();
            assert_eq!((signed.content.as_slice(), &signed.signer), (&body[..], &certificate));
        }
    }
}

#[test]
fn openssl_decrypts_what_is_encrypted_and_is_decrypted() {
    if !has("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let (key, certificate) = identity();
    put("key.p8", key.pkcs8());
    put("certificate.der", certificate.der());
    run(folder.path(), "openssl x509 -inform DER -in certificate.der -out certificate.pem");
    run(folder.path(), "openssl pkey -inform DER -in key.p8 -out key.pem");
    put("plain", b"what is secret");
    for (cipher, word) in [(Cipher::Aes128, "aes128"), (Cipher::Aes256, "aes256"), (Cipher::Des3, "des3")] {
        put("ours", &envelope::encrypt(b"what is secret", &certificate, cipher).unwrap());
        let decrypt =
            "openssl cms -decrypt -inform DER -in ours -inkey key.pem -recip certificate.pem -out said";
        run(folder.path(), decrypt);
        assert_eq!(std::fs::read(folder.path().join("said")).unwrap(), b"what is secret");
        let encrypt = "openssl cms -encrypt -binary -in plain -outform DER -out theirs";
        run(folder.path(), &format!("{encrypt} -{word} certificate.pem"));
        let theirs = std::fs::read(folder.path().join("theirs")).unwrap();
        assert_eq!(envelope::decrypt(&theirs, &key, &certificate).unwrap(), b"what is secret");
    }
    let (other, _) = identity();
    let ours = envelope::encrypt(b"x", &certificate, Cipher::Des).unwrap();
    assert!(envelope::decrypt(&ours, &other, &certificate).is_err());
    assert_eq!(envelope::decrypt(&ours, &key, &certificate).unwrap(), b"x");
}

#[test]
fn openssl_verifies_the_request_and_reads_what_it_asks_for() {
    if !has("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let key = Key::generate(2048).unwrap();
    let pair = |k: &str, v: &str| plist::Value::Array(vec![plist::Value::Array(vec![k.into(), v.into()])]);
    let subject = plist::Value::Array(vec![pair("O", "Пример"), pair("CN", "device 1")]);
    let alternative = plist::Dictionary::from_iter([("dNSName", "a.example"), ("rfc822Name", "a@b.example")]);
    let wanted = Wanted {
        subject: name::subject(&subject).unwrap(),
        challenge: Some("open sesame".into()),
        key_usage: 5,
        alternative: name::alternative(&alternative),
    };
    for digest in [Digest::Sha1, Digest::Sha256] {
        let request = certificate::request(&key, &wanted, digest).unwrap();
        std::fs::write(folder.path().join("request"), request).unwrap();
        let text = run(
            folder.path(),
            "openssl req -verify -noout -text -inform DER -in request -nameopt utf8,sep_comma_plus_space",
        );
        for part in [
            "verify OK",
            "O=Пример, CN=device 1",
            "challengePassword",
            "open sesame",
            "Digital Signature, Key Encipherment",
            "DNS:a.example",
            "email:a@b.example",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        run(folder.path(), "openssl asn1parse -inform DER -in request");
    }
}

/// A server that runs until it is dropped.
struct Server(std::process::Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn micromdms_scepserver_issues_and_renews_by_post_and_get() {
    if !has("scepserver") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), "scepserver ca -init -keySize 2048");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let server = Command::new("scepserver")
        .args(["-port", &port, "-challenge", "open sesame", "-allowrenew", "0"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _server = Server(server);
    let client = Client::new(muster_agent::clock::system, true, None).unwrap();
    let url = format!("http://127.0.0.1:{port}/scep");
    let mut authority = Authority::ask(&client, &url, "", None).await;
    for _ in 0..100 {
        if authority.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        authority = Authority::ask(&client, &url, "", None).await;
    }
    let mut authority = authority.unwrap();
    assert!(authority.capabilities.renewal && authority.capabilities.digest == Digest::Sha256);
    std::fs::write(folder.path().join("ca.der"), authority.ca.der()).unwrap();
    run(folder.path(), "openssl x509 -inform DER -in ca.der -out ca.pem");
    let fingerprint = Digest::Sha256.of(authority.ca.der());
    assert!(Authority::ask(&client, &url, "", Some(&fingerprint)).await.is_ok());
    for (n, (get, digest, cipher)) in [
        (false, Digest::Sha256, Cipher::Aes128),
        (true, Digest::Sha256, Cipher::Aes256),
        (false, Digest::Sha1, Cipher::Des3),
        (true, Digest::Sha1, Cipher::Des),
    ]
    .into_iter()
    .enumerate()
    {
        authority.capabilities.digest = digest;
        authority.capabilities.cipher = cipher;
        let manner = Manner { get, retries: 0, delay: Duration::ZERO };
        let wanted = Wanted {
            subject: name::common(&format!("device {n}")).unwrap(),
            challenge: Some("open sesame".into()),
            key_usage: 5,
            alternative: Vec::new(),
        };
        let (first, second) = (Key::generate(2048).unwrap(), Key::generate(2048).unwrap());
        let issued = enrol(&client, &authority, &first, &wanted, None, manner).await.unwrap();
        assert_eq!(issued.common_name().as_deref(), Some(format!("device {n}").as_str()));
        let renewed = enrol(&client, &authority, &second, &wanted, Some((&first, &issued)), manner).await;
        let renewed = renewed.unwrap();
        assert_eq!(renewed.spki().unwrap(), second.spki());
        std::fs::write(folder.path().join("new.der"), renewed.der()).unwrap();
        run(folder.path(), "openssl x509 -inform DER -in new.der -out new.pem");
        run(folder.path(), "openssl verify -CAfile ca.pem new.pem");
    }
    let wrong = Wanted {
        subject: name::common("nobody").unwrap(),
        challenge: Some("wrong".into()),
        ..Wanted::default()
    };
    let manner = Manner { get: false, retries: 0, delay: Duration::ZERO };
    let refused = enrol(&client, &authority, &Key::generate(2048).unwrap(), &wrong, None, manner).await;
    assert!(refused.unwrap_err().to_string().contains("badRequest"));
}

#[tokio::test(flavor = "multi_thread")]
async fn python_reads_every_message_and_says_the_same() {
    if !has("python3") {
        return;
    }
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    let words = ["enroll", &link(&server), "--supervised", "--name", "Ада & <Co>"];
    crate::program::succeeds(&state, &words).await;
    {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let mut known = server.lock().unwrap();
        let profile = STANDARD.encode(PROFILE.replace("com.apple.mdm", "com.apple.wifi.managed"));
        let lost = "<key>Message</key><string>Lost</string>";
        for (request_type, more) in [
            (
                "DeviceInformation",
                "<key>Queries</key><array><string>DeviceName</string><string>ServiceSubscriptions</string>\
                 <string>BatteryLevel</string></array>",
            ),
            ("SecurityInfo", ""),
            ("InstallProfile", &format!("<key>Payload</key><data>{profile}</data>")),
            ("ProfileList", ""),
            ("InstalledApplicationList", ""),
            ("CertificateList", ""),
            ("EnableLostMode", lost),
            ("DeviceLocation", ""),
            ("DeviceLock", lost),
            ("Settings", "<key>Settings</key><array/>"),
            ("MakeCoffee", ""),
            ("EraseDevice", ""),
        ] {
            known.commands.push_back(command(request_type, request_type, more));
        }
    }
    crate::program::succeeds(&state, &["run", "--once"]).await;
    let bodies = std::mem::take(&mut server.lock().unwrap().bodies);
    assert_eq!(bodies.len(), 2 + 13);
    for body in bodies {
        std::fs::write(folder.path().join("body"), &body).unwrap();
        std::fs::write(
            folder.path().join("read.py"),
            "import plistlib, json\n\
             def plain(v):\n\
             \x20   if isinstance(v, dict): return {k: plain(x) for k, x in v.items()}\n\
             \x20   if isinstance(v, list): return [plain(x) for x in v]\n\
             \x20   if isinstance(v, bytes): return v.hex()\n\
             \x20   return v\n\
             print(json.dumps(plain(plistlib.load(open('body', 'rb'), fmt=plistlib.FMT_XML))))\n",
        )
        .unwrap();
        let theirs: serde_json::Value = serde_json::from_str(&run(folder.path(), "python3 read.py")).unwrap();
        let ours = plain(&plist::Value::from_reader_xml(&body[..]).unwrap());
        assert_eq!(theirs, ours);
        assert!(theirs["UDID"].is_string());
    }
}

fn plain(value: &plist::Value) -> serde_json::Value {
    use serde_json::json;
    match value {
        plist::Value::Array(items) => items.iter().map(plain).collect(),
        plist::Value::Dictionary(items) => {
            items.iter().map(|(key, item)| (key.clone(), plain(item))).collect()
        }
        plist::Value::Boolean(yes) => json!(yes),
        plist::Value::Data(bytes) => json!(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()),
        plist::Value::Real(number) => json!(number),
        plist::Value::Integer(number) => json!(number.as_signed().unwrap()),
        plist::Value::String(text) => json!(text),
        other => panic!("{other:?} is not expected in a message"),
    }
}
