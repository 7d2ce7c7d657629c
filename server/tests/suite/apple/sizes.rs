//! ABUSE A8 and A14: what is too large, too deep, or made to hurt whoever reads it; signed by a genuine identity where it counts.

use super::{
    foreign::Bench,
    forged::{Forger, REFUSED, issued},
    kit::{CHECK_IN, COMMANDS, Card, Company, key, plist},
    scep::holder,
};
use muster_agent::apple::{
    http::Client,
    http::{Program, Request},
    tlv,
};
use std::time::{Duration, Instant};

/// SEQUENCE in SEQUENCE, so often.
fn deep(levels: usize) -> Vec<u8> {
    (0..levels).fold(Vec::new(), |inner, _| tlv::write(tlv::tag::SEQUENCE, &inner))
}

#[tokio::test]
async fn a8_large_deep_and_torn_messages_are_refused_at_the_door_of_scep() {
    let company = Company::start().await;
    let (forger, challenge) = holder(&company, &company.link("Anna")).await;
    let url = format!("{}?operation=PKIOperation", forger.authority.url);
    let client = reqwest::Client::new();
    let post = async |bytes: Vec<u8>| client.post(&url).body(bytes).send().await.unwrap().status().as_u16();
    assert_eq!(post(vec![0x30; (64 << 10) + 1]).await, 413);
    // Who goes on sending what is not awaited may find the line closed before the answer is read.
    let large = reqwest::Client::new().post(&url).body(vec![0x30; 2 << 20]).send().await;
    assert!(large.map_or(true, |answer| answer.status() == 413));
    let good = forger.message(Some("19"), &forger.envelope(&forger.request(Some(&challenge))));
    let indefinite = [&[0x30, 0x80].repeat(10_000)[..], &[0; 20_000]].concat();
    let long = [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..], &[0; 100]].concat();
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("60 kB of zeros", vec![0; 60_000]),
        ("deep", deep(5_000)),
        ("deep, indefinite", indefinite),
        ("a length of 4 GB", long),
        ("a length of nothing", vec![0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
        ("half", good[..good.len() / 2].to_vec()),
        ("more", [&good[..], &[0]].concat()),
    ] {
        assert_eq!(post(bytes).await, 400, "{what}");
    }
    // The same in an address: what is longer than a head may be is not read.
    let get = async |text: &str| {
        client.get(format!("{url}&message={text}")).send().await.map(|a| a.status().as_u16())
    };
    assert_eq!(get("!").await.unwrap(), 400);
    assert!(matches!(get(&"A".repeat(40_000)).await, Ok(413 | 414 | 431) | Err(_)));
    for query in
        ["", "?operation=", "?operation=GetCACaps&operation=PKIOperation", "?operation=GetNextCACert"]
    {
        let address = format!("{}{query}", forger.authority.url);
        assert_eq!(client.get(&address).send().await.unwrap().status(), 400, "{query}");
    }
    // In a genuine envelope it is a refusal like any other.
    for content in [deep(5_000), vec![0; 40_000], vec![0x30, 0x80]] {
        assert_eq!(forger.asks(&company, "19", &content).await, REFUSED);
    }
    issued(forger.asks(&company, "19", &forger.request(Some(&challenge))).await);
}

#[tokio::test]
async fn a8_keys_outside_the_list_get_no_certificate() {
    if !super::foreign::has("openssl") {
        return;
    }
    let bench = Bench::new();
    let request = |how: String| {
        bench.run(&format!("openssl genpkey {how} -out key.pem"));
        bench.run("openssl req -new -key key.pem -subj /CN=x -outform DER -out x.csr");
        (bench.get("x.csr"), how)
    };
    let rsa = |bits: usize| format!("-algorithm RSA -pkeyopt rsa_keygen_bits:{bits}");
    // Made beforehand: some take long.
    let refused = [
        rsa(1024),
        rsa(2047),
        rsa(4608),
        format!("{} -pkeyopt rsa_keygen_pubexp:3", rsa(2048)),
        format!("{} -pkeyopt rsa_keygen_pubexp:4294967297", rsa(2048)),
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-256".to_owned(),
        "-algorithm ED25519".to_owned(),
    ]
    .map(request);
    let taken = [2048, 3072, 4096].map(|bits| request(rsa(bits)));
    let company = Company::start().await;
    let card = company.connected(&company.link("Anna")).await;
    let authority = company.authority(&card.enrolment).await;
    let forger = Forger::with(card.key.clone(), card.certificate.clone(), authority);
    for (request, how) in &refused {
        assert_eq!(forger.asks(&company, "17", request).await, REFUSED, "{how}");
    }
    for (request, _) in &taken {
        issued(forger.asks(&company, "17", request).await);
    }
}

/// Property lists that are none, or too much of one; `{}` stands where a message has its keys.
fn bombs(card: &Card) -> Vec<(&'static str, Vec<u8>)> {
    let udid = &card.hardware.udid;
    let keys = format!(
        "<key>UDID</key><string>{udid}</string><key>Status</key><string>Idle</string>\
        <key>MessageType</key><string>CheckOut</string><key>Topic</key><string>{}</string>",
        card.enrolment.mdm.topic
    );
    let good = String::from_utf8(plist(&format!("<dict>{keys}</dict>"))).unwrap();
    let doctype = |inner: &str| {
        good.replacen("<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">", inner, 1)
    };
    let lol = "<!DOCTYPE plist [<!ENTITY a \"aaaaaaaaaa\">".to_owned()
        + &(1..10)
            .map(|n| {
                let (this, before) = (char::from(b'a' + n), char::from(b'a' + n - 1));
                format!("<!ENTITY {this} \"{}\">", format!("&{before};").repeat(10))
            })
            .collect::<String>()
        + "]>";
    let with = |more: &str| good.replacen("</dict>", &format!("{more}</dict>"), 1).into_bytes();
    let nested = |tag: &str, levels: usize| {
        format!("<key>x</key>{}{}", format!("<{tag}>").repeat(levels), format!("</{tag}>").repeat(levels))
    };
    let many: String = (0..80_000).map(|n| format!(" a{n}=\"\"")).collect();
    vec![
        (
            "billion laughs",
            doctype(&lol).replacen("</dict>", "<key>x</key><string>&j;</string></dict>", 1).into_bytes(),
        ),
        (
            "an external entity",
            doctype("<!DOCTYPE plist [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>").into_bytes(),
        ),
        ("another document type", doctype("<!DOCTYPE html>").into_bytes()),
        ("an unknown entity", with("<key>x</key><string>&x;</string>")),
        ("CDATA", with("<key>x</key><string><![CDATA[x]]></string>")),
        ("a processing instruction", with("<?php x?>")),
        ("80,000 attributes", with(&format!("<key>x</key><string{many}>x</string>"))),
        ("an attribute", with("<key>x</key><string a=\"b\">x</string>")),
        ("65 levels", with(&nested("array", 65))),
        ("10 MB of nesting", with(&nested("array", 600_000))),
        ("a key twice", with("<key>UDID</key><string>00008120-0000000000000000</string>")),
        ("a key alone", with("<key>x</key>")),
        ("half", good.as_bytes()[..good.len() / 2].to_vec()),
        ("no list at all", b"x".to_vec()),
        ("nothing", Vec::new()),
        ("UTF-16", good.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("not UTF-8", with("<key>x</key><string>").into_iter().chain([0xff, 0xfe]).collect()),
        (
            "binary",
            [
                &b"bplist00"[..],
                &[0xd1, 1, 2, 0x51, 0x61, 0x51, 0x62],
                &[8; 3],
                &[0; 6],
                &[1, 1],
                &[0; 7],
                &[3],
                &[0; 8],
                &[0; 7],
                &[15],
            ]
            .concat(),
        ),
        ("ASCII", format!("{{ UDID = \"{udid}\"; Status = Idle; }}").into_bytes()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a14_property_lists_made_to_hurt_are_refused_from_a_genuine_device_too() {
    let company = Company::start().await;
    let card = company.connected(&company.link("Anna")).await;
    // What is too large ends its line, which nothing else is to be said on.
    let apart = || Client::new(muster_agent::clock::system, true, None).unwrap();
    for (what, body) in bombs(&card) {
        for path in [CHECK_IN, COMMANDS] {
            if body.len() > 1 << 20 && path == CHECK_IN {
                continue;
            }
            let begin = Instant::now();
            if body.len() > 4 << 20 {
                // As below, the line may be closed.
                let address = format!("{}{path}", company.server.base);
                let request = Request::with("PUT", address, Program::Mdm, body.clone());
                let signed = request.header("mdm-signature", card.signature(&body));
                let answer = apart().send(signed).await;
                assert!(answer.map_or(true, |answer| answer.status == 413), "{what}");
                continue;
            }
            let status = card.says(&company, path, body.clone()).await.status;
            assert_eq!(status, 400, "{what} at {path}");
            assert!(begin.elapsed() < Duration::from_secs(10), "{what}: {:?}", begin.elapsed());
        }
    }
    let large = |bytes: usize| {
        let list = format!("<dict><key>x</key><string>{}</string></dict>", "x".repeat(bytes));
        plist(&list)
    };
    for (path, bytes) in [(COMMANDS, 11 << 20), (CHECK_IN, 2 << 20)] {
        let body = large(bytes);
        let headers = [("mdm-signature", card.signature(&body))];
        let request = Request::with("PUT", format!("{}{path}", company.server.base), Program::Mdm, body);
        let answer = apart().send(request.header(headers[0].0, headers[0].1.clone())).await;
        // As above, the line may be closed.
        assert!(answer.map_or(true, |answer| answer.status == 413), "{path}");
    }
    // Status reports are JSON.
    for report in ["", "x", "[]", "{\"StatusItems\":1}", &"[".repeat(100_000)] {
        let status =
            card.says(&company, CHECK_IN, card.declares("status", Some(report.as_bytes()))).await.status;
        assert!([200, 400].contains(&status), "{report:.20}: {status}");
    }
    assert_eq!(card.idles(&company).await, 200, "it goes on");
    assert_eq!(card.says(&company, CHECK_IN, card.token_update()).await.status, 200);
}

#[tokio::test]
async fn a9_a_body_is_not_awaited_from_who_brings_no_proof() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let company = Company::start().await;
    let card = company.connected(&company.link("Anna")).await;
    let address = company.server.base.strip_prefix("http://").unwrap().to_owned();
    let foreign =
        super::kit::signature(&key(1), &holder(&company, &company.link("Boris")).await.0.certificate, b"x");
    let genuine = card.signature(b"x");
    for (header, status) in [
        (String::new(), "400"),
        ("Mdm-Signature: x\r\n".to_owned(), "400"),
        (format!("Mdm-Signature: {foreign}\r\n"), "403"),
    ] {
        for path in [CHECK_IN, COMMANDS] {
            let mut tcp = tokio::net::TcpStream::connect(&address).await.unwrap();
            let head =
                format!("PUT {path} HTTP/1.1\r\nHost: {address}\r\n{header}Content-Length: 1000000\r\n\r\n");
            tcp.write_all(head.as_bytes()).await.unwrap();
            let mut answer = [0; 12];
            // Nothing of the body has come.
            tokio::time::timeout(Duration::from_secs(5), tcp.read_exact(&mut answer)).await.unwrap().unwrap();
            assert_eq!(std::str::from_utf8(&answer).unwrap(), format!("HTTP/1.1 {status}"), "{path}");
        }
    }
    let mut tcp = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "PUT {COMMANDS} HTTP/1.1\r\nHost: {address}\r\nMdm-Signature: {genuine}\r\nContent-Length: 1\r\n\r\n"
    );
    tcp.write_all(head.as_bytes()).await.unwrap();
    tcp.write_all(b"x").await.unwrap();
    let mut answer = [0; 12];
    tcp.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400", "the signature holds, and it is no list");
}

/// A request that says it will send so much, and sends one byte.
async fn slow(address: &str, line: &str, header: &str) -> tokio::net::TcpStream {
    use tokio::io::AsyncWriteExt;
    let mut tcp = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!("{line} HTTP/1.1\r\nHost: {address}\r\n{header}Content-Length: 900000\r\n\r\nx");
    tcp.write_all(head.as_bytes()).await.unwrap();
    tcp
}

#[tokio::test]
async fn a8_who_sends_slowly_takes_no_place_of_others() {
    let company = Company::with(&[], &[("MUSTER_MAX_REQUESTS", "4")]).await;
    let card = company.connected(&company.link("Anna")).await;
    let address = company.server.base.strip_prefix("http://").unwrap().to_owned();
    let proof = format!("Mdm-Signature: {}\r\n", card.signature(b"of another body"));
    let mut open = Vec::new();
    for line in [
        "POST /apple/scep/x",
        "GET /apple/scep/x",
        "POST /x/claim",
        "POST /api/fn/devices_list",
        "POST /agent/v1/devices/x/check-in",
        "POST /login",
        "POST /import/file",
        "POST /message/logo",
    ] {
        for _ in 0..40 {
            open.push(slow(&address, line, "").await);
        }
    }
    for path in [CHECK_IN, COMMANDS] {
        for _ in 0..40 {
            open.push(slow(&address, &format!("PUT {path}"), &proof).await);
        }
    }
    let begin = Instant::now();
    assert_eq!(card.idles(&company).await, 200, "the device itself, too");
    let client = reqwest::Client::new();
    let page = client.get(format!("{}/login", company.server.base)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let form = [("email", "nobody@example.org"), ("password", "no")];
    let tried = client.post(format!("{}/login", company.server.base)).form(&form).send().await.unwrap();
    assert_ne!(tried.status(), 503);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    drop(open);
}

#[tokio::test]
async fn a44_what_a_device_says_over_and_over_fills_no_log_and_gets_no_certificates_without_end() {
    let company = Company::start().await;
    let owner = company.server.owner().await;
    let card = company.connected(&company.link("Anna")).await;
    let database = company.database().await;
    let count =
        async |what: &'static str| sqlx::query_scalar::<_, i64>(what).fetch_one(&database).await.unwrap();
    let rows = async || {
        (count("SELECT count(*) FROM audit").await, count("SELECT count(*) FROM device_command").await)
    };
    let before = rows().await;
    for _ in 0..5 {
        assert_eq!(card.says(&company, CHECK_IN, card.authenticate()).await.status, 200);
        assert_eq!(card.says(&company, CHECK_IN, card.token_update()).await.status, 200);
    }
    assert_eq!(rows().await, before);
    assert_eq!(company.devices(&owner).await.len(), 1);
    // Later it is taken for what it says.
    sqlx::query("UPDATE apple_enrolment SET connected_at = connected_at - 3600000000")
        .execute(&database)
        .await
        .unwrap();
    assert_eq!(card.says(&company, CHECK_IN, card.authenticate()).await.status, 200);
    assert_eq!(card.says(&company, CHECK_IN, card.token_update()).await.status, 200);
    assert!(rows().await > before);
    assert_eq!(card.idles(&company).await, 200);

    // Each fetch of the profile has a challenge, while the link waits for its device.
    let link = company.link("Boris");
    let asks = async || {
        let (forger, challenge) = holder(&company, &link).await;
        forger.asks(&company, "19", &forger.request(Some(&challenge))).await
    };
    issued(asks().await);
    // A hundred in a day.
    let sql = "INSERT INTO apple_identity (workspace_id, invitation_id, number, fingerprint, serial, certificate, key_hash, issued_at, not_after)
        WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < 99)
        SELECT workspace_id, invitation_id, n, randomblob(32), randomblob(16), certificate, key_hash, issued_at, not_after
        FROM apple_identity JOIN n WHERE number = 1 AND invitation_id = (SELECT max(invitation_id) FROM apple_identity)";
    assert_eq!(sqlx::query(sql).execute(&database).await.unwrap().rows_affected(), 98);
    issued(asks().await);
    assert_eq!(asks().await, REFUSED);
    sqlx::query("UPDATE apple_identity SET issued_at = issued_at - 86400000001")
        .execute(&database)
        .await
        .unwrap();
    issued(asks().await);
}
