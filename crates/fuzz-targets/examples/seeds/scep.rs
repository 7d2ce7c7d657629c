//! What strongSwan's `pki --scep` and Debian's `scepclient` send to a server that has the certificates of the targets' world, so that
//! the targets can open it.

use crate::Bench;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use muster_fuzz_targets::world::{WORLD, random};
use muster_pki::cms;
use muster_scep::{authority::CAPABILITIES, message::open};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

/// The library that has a program see another time: the world's certificates are valid for two days of it.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/// `NOW` of the world, as that library reads it.
const TIME: &str = "@2026-11-18 11:06:40";

/// Takes down one message for each way that a program has.
pub fn messages(bench: &mut Bench) {
    bench.openssl("genrsa -traditional -out phone.pem 2048");
    bench.openssl("rsa -in phone.pem -outform DER -traditional -out phone.der");
    let (authority, recipient) = (WORLD.authority.as_der(), WORLD.recipient.as_der());
    std::fs::write(bench.work.join("ca.crt"), authority).unwrap();
    std::fs::write(bench.work.join("ra.crt"), recipient).unwrap();
    let by_get = "Renewal\nSHA-1\nSHA-256\nSHA-384\nSHA-512\nAES\nDES3\n";
    for capabilities in [CAPABILITIES, by_get] {
        let (url, received) = serve(capabilities);
        for digest in ["sha1", "sha256", "sha384", "sha512"] {
            for cipher in ["aes", "des3"] {
                bench.scep(
                    "pki",
                    &format!(
                        "--scep --url {url} --cacert-enc ra.crt --cacert-sig ca.crt --cacert ca.crt --in phone.der \
                         --dn C=DE,O=Acme,CN=phone --san a.example --password s3cret --maxpolltime 1 --digest {digest} --cipher {cipher}"
                    ),
                    &received,
                );
            }
        }
        bench.scep(
            "scepclient",
            &format!(
                "-server-url {url} -private-key own.pem -certificate own.crt -cn phone -challenge s3cret"
            ),
            &received,
        );
    }
}

impl Bench {
    /// Runs a program, which is refused, for what it sends.
    fn scep(&mut self, program: &str, arguments: &str, received: &Receiver<Vec<u8>>) {
        let out = Command::new(program)
            .args(arguments.split_whitespace())
            .envs([("LD_PRELOAD", FAKETIME), ("FAKETIME", TIME), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")])
            .current_dir(&self.work)
            .output()
            .unwrap();
        let messages: Vec<_> = received.try_iter().collect();
        assert!(!messages.is_empty(), "{program} {arguments} sent nothing: {out:?}");
        for message in messages {
            let recipients = [(&WORLD.recipient, &WORLD.opens)];
            assert!(open(&message, &recipients, &mut random).is_ok(), "{program} {arguments}");
            self.bytes("scep", &[&[0], &message[..]].concat());
        }
    }
}

/// Answers as an authority of SCEP that refuses each request; gives out what was asked of it.
fn serve(capabilities: &'static str) -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/scep", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), capabilities, &sender);
        }
    });
    (url, receiver)
}

fn answer(mut stream: TcpStream, capabilities: &str, messages: &Sender<Vec<u8>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut line) = (String::new(), String::new());
    while reader.read_line(&mut line).unwrap() > 2 {
        head.push_str(&line);
        line.clear();
    }
    let length = head
        .lines()
        .find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let certificates = cms::certificates_only(&[WORLD.recipient.clone(), WORLD.authority.clone()]);
    let (status, content, kind) = if head.contains("operation=GetCACaps") {
        ("200 OK", capabilities.as_bytes(), "text/plain")
    } else if head.contains("operation=GetCACert") {
        ("200 OK", &certificates[..], "application/x-x509-ca-ra-cert")
    } else {
        let query = head.split_once("message=").and_then(|(_, rest)| rest.split([' ', '&']).next());
        messages.send(if body.is_empty() { decoded(query.unwrap()) } else { body }).unwrap();
        ("403 Forbidden", &b""[..], "text/plain")
    };
    let length = content.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), content].concat()).unwrap();
}

fn decoded(query: &str) -> Vec<u8> {
    let text = query.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=").replace("%0A", "");
    [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD].iter().find_map(|e| e.decode(&text).ok()).unwrap()
}
