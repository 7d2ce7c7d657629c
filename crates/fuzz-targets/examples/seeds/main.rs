//! Writes the messages with which fuzzing began into `FOLDER/TARGET/seed-N`: OpenSSL's, Python's, strongSwan's and those of Debian's
//! `scepclient`, which are to be there.
//!
//! `cargo run -p muster-fuzz-targets --example seeds -- target/fuzz/corpus`; needed again only where a corpus is lost.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a tool for developers")]

mod scep;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/keys");

const PLISTLIB: &str = r#"
import plistlib, datetime
udid = "00008120-000A1B2C3D4E5F60"
topic = "com.apple.mgmt.External.0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
uuid = "9F0C1B2A-3D4E-4F50-8A6B-7C8D9E0F1A2B"
documents = [
  dict(MessageType="Authenticate", UDID=udid, Topic=topic, OSVersion="17.4.1", BuildVersion="21E236", ProductName="iPhone15,2",
       SerialNumber="H4XX9Q7F2K", IMEI="35 698202 123456 7", MEID="35698202123456", DeviceName="Ada <& Co>"),
  dict(MessageType="TokenUpdate", UDID=udid, Topic=topic, Token=bytes(range(32)), PushMagic="5C2A41B7-0D5E-4B6E-9D0F-2F1D8A7C6B5E",
       UnlockToken=bytes(90), AwaitingConfiguration=True),
  dict(MessageType="DeclarativeManagement", UDID=udid, Endpoint="status", Data=b'{"StatusItems":{}}'),
  dict(MessageType="GetToken", UDID=udid, TokenServiceType="com.apple.watch.pairing",
       TokenParameters=dict(SecurityToken=b"a", PhoneUDID=udid, WatchUDID=udid)),
  dict(Status="Error", UDID=udid, CommandUUID=uuid, ErrorChain=[dict(ErrorCode=12021, ErrorDomain="MCMDMErrorDomain", USEnglishDescription="x")]),
  dict(Status="Acknowledged", UDID=udid, CommandUUID=uuid, QueryResponses=dict(BatteryLevel=0.5, OSVersion="17.4",
       LastCloudBackupDate=datetime.datetime(2026, 11, 1), IsSupervised=False)),
  dict(Status="Acknowledged", UDID=udid, CommandUUID=uuid, SecurityInfo=dict(PasscodePresent=True, HardwareEncryptionCaps=3)),
  dict(Status="Acknowledged", UDID=udid, CommandUUID=uuid, InstalledApplicationList=[dict(Identifier="a.b", Name="A", BundleSize=1 << 40)]),
  dict(Status="Acknowledged", UDID=udid, CommandUUID=uuid, ProfileList=[dict(PayloadIdentifier="a", PayloadUUID=uuid, PayloadContent=[{}])]),
  dict(PayloadType="Configuration", PayloadVersion=1, PayloadIdentifier="org.example.wifi", PayloadUUID=uuid, PayloadDisplayName="Office & Co",
       PayloadContent=[dict(PayloadType="com.apple.wifi.managed", PayloadVersion=1, PayloadIdentifier="org.example.wifi.1",
       PayloadUUID="9C1F2B1E-0000-4000-8000-000000000001", SSID_STR="Office")]),
]
for number, document in enumerate(documents):
    open(f"{number}.plist", "wb").write(plistlib.dumps(document))
"#;

struct Bench {
    work: PathBuf,
    out: PathBuf,
    count: usize,
}

impl Bench {
    fn run(&self, program: &str, arguments: &[&str]) {
        let status = Command::new(program).args(arguments).current_dir(&self.work).status().unwrap();
        assert!(status.success(), "{program} {arguments:?}");
    }

    fn openssl(&self, line: &str) {
        self.run("openssl", &line.split_whitespace().collect::<Vec<_>>());
    }

    /// A file, behind the octets with which the target tells its ways apart.
    fn seed(&mut self, target: &str, before: &[u8], file: &str) {
        self.bytes(target, &[before, &fs::read(self.work.join(file)).unwrap()].concat());
    }

    fn bytes(&mut self, target: &str, bytes: &[u8]) {
        let folder = self.out.join(target);
        fs::create_dir_all(&folder).unwrap();
        self.count += 1;
        fs::write(folder.join(format!("seed-{}", self.count)), bytes).unwrap();
    }
}

fn main() {
    let out = std::path::absolute(std::env::args().nth(1).unwrap()).unwrap();
    let work = out.with_extension("seeds");
    fs::create_dir_all(&work).unwrap();
    let mut bench = Bench { work, out, count: 0 };
    openssl(&mut bench);
    documents(&mut bench);
    scep::messages(&mut bench);
    // Ways through the targets that change what is right.
    for (target, _) in muster_fuzz_targets::TARGETS {
        for first in 0..=255_u8 {
            bench.bytes(
                target,
                &[first, 7, 0x18 ^ first, 0x15, 1, 0, first, 9, 0, 3, 1, 2, first, 4, 0, 9, 8, 7, 6],
            );
        }
    }
    println!("{} in {}", bench.count, Path::new(&bench.out).display());
}

fn openssl(bench: &mut Bench) {
    fs::write(bench.work.join("content"), "what was signed").unwrap();
    for (name, key) in [("rsa", "client"), ("ec", "device")] {
        bench.openssl(&format!("pkey -inform DER -in {KEYS}/{key}.der -out {name}.key"));
        bench.openssl(&format!(
            "req -x509 -key {name}.key -out {name}.pem -days 3650 -subj /O=Acme/CN={name}"
        ));
        bench.openssl(&format!("x509 -in {name}.pem -outform DER -out {name}.crt"));
        bench.seed("certificate", &[0], &format!("{name}.crt"));
        bench.seed("certificate", &[6], &format!("{name}.pem"));
        bench.seed("certificate", &[6], &format!("{name}.key"));
        let signing =
            format!("cms -sign -binary -in content -signer {name}.pem -inkey {name}.key -outform DER");
        for (number, more) in
            ["", "-nodetach", "-nodetach -noattr", "-keyid -md sha512", "-nodetach -stream -nocerts"]
                .iter()
                .enumerate()
        {
            bench.openssl(&format!("{signing} {more} -out {name}{number}.p7"));
            bench.seed("cms", &[0], &format!("{name}{number}.p7"));
            bench.seed("scep", &[0], &format!("{name}{number}.p7"));
        }
        for (number, more) in [
            "-certpbe AES-256-CBC -keypbe AES-256-CBC -macalg sha256",
            "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1",
            "-certpbe NONE -keypbe NONE -nomac",
            "-certpbe AES-128-CBC -keypbe NONE -macalg sha512",
        ]
        .iter()
        .enumerate()
        {
            for (way, password) in [(0, ""), (1, "s3cret")] {
                bench.openssl(&format!(
                    "pkcs12 -export -inkey {name}.key -in {name}.pem {more} -iter 5 -out {number}.p12 -passout pass:{password}"
                ));
                bench.seed("pkcs12", &[way], &format!("{number}.p12"));
            }
        }
    }
    bench.openssl("crl2pkcs7 -nocrl -certfile rsa.pem -certfile ec.pem -outform DER -out both.p7b");
    bench.seed("cms", &[0], "both.p7b");
    let section = "[req]\ndistinguished_name=n\nattributes=a\nreq_extensions=e\nprompt=no\n[n]\nO=Acme\nCN=x\n[a]\n\
                   challengePassword=s3cret\n[e]\nsubjectAltName=DNS:a.example\nbasicConstraints=CA:true\n";
    fs::write(bench.work.join("req.cnf"), section).unwrap();
    bench.openssl("req -new -key rsa.key -config req.cnf -outform DER -out rsa.csr");
    bench.seed("csr", &[0], "rsa.csr");
    bench.openssl("req -new -key rsa.key -sha512 -subj /CN=x -outform DER -out bare.csr");
    bench.seed("csr", &[0], "bare.csr");
    for query in [
        "operation=GetCACaps",
        "operation=PKIOperation&message=MIIB%2B%2F8%3D",
        "operation=GetCACert&message=0",
    ] {
        bench.bytes("scep_transport", &[&[0], query.as_bytes()].concat());
    }
    bench.bytes("scep_transport", b"\x01\x04bodyoperation=PKIOperation");
}

fn documents(bench: &mut Bench) {
    bench.run("python3", &["-c", PLISTLIB]);
    for number in 0..10 {
        let file = format!("{number}.plist");
        bench.seed("plist", &[0], &file);
        bench.seed("mobileconfig", &[0], &file);
    }
    bench.openssl(
        "cms -sign -binary -nodetach -in 9.plist -signer ec.pem -inkey ec.key -outform DER -out signed",
    );
    bench.seed("mobileconfig", &[0], "signed");
    bench.bytes("plist", br#"0{"StatusItems":{"device":{"model":{"family":"iPhone"},"operating-system":{"version":"17.4"}}},"Errors":[]}"#);
    bench.bytes("plist", b"0<plist><dict><key>a&#13;</key><string>&#13;b</string></dict></plist>");
    bench.bytes("plist", br#"0{"reason":"Unregistered","timestamp":1}"#);
}
