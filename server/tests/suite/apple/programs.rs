//! Other people's programs against the running server: micromdm's `scepclient` and strongSwan's `pki` enrol and renew, Python
//! reads the profile and writes messages, OpenSSL takes the profile out, signs the messages and checks the revocation list.

use super::{
    foreign::{Bench, has},
    kit::{CHECK_IN, COMMANDS, Company},
    proxied::Relay,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::process::Command;

/// What Apple requires of an enrolment profile ("TopLevel", "CommonPayloadKeys", "MDM", "SCEP"), and what a test needs of it.
const READ: &str = r#"
import json, plistlib, re, uuid
p = plistlib.load(open("profile.plist", "rb"))
def common(d):
    assert isinstance(d["PayloadVersion"], int) and d["PayloadVersion"] == 1
    assert isinstance(d["PayloadType"], str) and d["PayloadType"]
    assert re.fullmatch(r"[A-Za-z0-9.-]+", d["PayloadIdentifier"])
    return str(uuid.UUID(d["PayloadUUID"]))
uuids = [common(p)] + [common(d) for d in p["PayloadContent"]]
assert p["PayloadType"] == "Configuration" and len(set(uuids)) == len(uuids)
assert len({d["PayloadIdentifier"] for d in p["PayloadContent"]}) == len(p["PayloadContent"])
assert p["PayloadDisplayName"] and p["PayloadOrganization"] and p["ConsentText"]["default"]
kinds = [d["PayloadType"] for d in p["PayloadContent"]]
assert kinds.count("com.apple.mdm") == 1 and kinds.count("com.apple.security.scep") == 1
mdm = p["PayloadContent"][kinds.index("com.apple.mdm")]
scep = p["PayloadContent"][kinds.index("com.apple.security.scep")]
inner = scep["PayloadContent"]
assert mdm["IdentityCertificateUUID"] == scep["PayloadUUID"]
assert mdm["Topic"].startswith("com.apple.mgmt.")
assert mdm["SignMessage"] is True and mdm["CheckOutWhenRemoved"] is True
rights = mdm["AccessRights"]
assert isinstance(rights, int) and 0 < rights <= 8191
assert rights & 1 or not rights & 2
assert rights & 64 or not rights & 128
assert "com.apple.mdm.per-user-connections" not in mdm.get("ServerCapabilities", [])
assert mdm.get("UseDevelopmentAPNS", False) is False
assert inner["Keysize"] == 2048 and inner["Key Type"] == "RSA" and inner["Key Usage"] == 5
assert isinstance(inner["Subject"], list) and isinstance(inner["CAFingerprint"], bytes)
print(json.dumps({"url": inner["URL"], "challenge": inner["Challenge"], "topic": mdm["Topic"], "server": mdm["ServerURL"],
    "checkin": mdm["CheckInURL"], "fingerprint": inner["CAFingerprint"].hex(), "ids": sorted(uuids)}))
"#;

/// The messages of an iPhone, as Python writes them.
const WRITE: &str = r#"
import plistlib, sys
topic, udid = sys.argv[1:]
def write(name, **values):
    with open(name, "wb") as out: plistlib.dump(dict(values, UDID=udid), out)
write("authenticate", MessageType="Authenticate", Topic=topic, OSVersion="17.5", BuildVersion="21F79", ProductName="iPhone15,2",
    SerialNumber="F2LX1234ABCD", IMEI="35 915010 046374 3", MEID="35915010046374", DeviceName="Ann\u2019s iPhone", Model="MQ0G3LL/A", ModelName="iPhone")
write("token", MessageType="TokenUpdate", Topic=topic, Token=bytes(range(32)), PushMagic="5F2BA5AE-5ED5-4A58-9F6D-6AF9FD5F2A22",
    UnlockToken=b"u" * 1500, AwaitingConfiguration=False)
write("idle", Status="Idle")
"#;

const UDID: &str = "00008120-001A2B3C4D5E6F78";

/// A phone made of programs, in a folder of its own.
struct Phone<'c> {
    company: &'c Company,
    link: String,
    bench: Bench,
    said: Value,
}

impl<'c> Phone<'c> {
    fn new(company: &'c Company, link: String) -> Self {
        Self { company, link, bench: Bench::new(), said: Value::Null }
    }

    fn python(&self, script: &str, words: &[&str]) -> String {
        let mut command = Command::new("python3");
        command.arg("-c").arg(script).args(words).current_dir(self.bench.folder());
        let out = command.output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    /// Fetches a profile, takes it out of its CMS in both ways and reads it.
    async fn install(&mut self) {
        let profile = self.company.fetch(&self.link).await;
        assert_eq!(
            (profile.status, profile.content_type.as_str()),
            (200, "application/x-apple-aspen-config")
        );
        self.bench.put("profile.cms", &profile.body);
        let parsed = self.bench.run("openssl asn1parse -inform DER -in profile.cms");
        assert!(parsed.contains("pkcs7-signedData"), "{parsed}");
        for program in ["cms", "smime"] {
            self.bench.run(&format!(
                "openssl {program} -verify -noverify -inform DER -in profile.cms -out profile.plist"
            ));
            let said: Value = serde_json::from_str(&self.python(READ, &[])).unwrap();
            if program == "smime" {
                assert_eq!(said, self.said);
            }
            self.said = said;
        }
        self.python(WRITE, &[self.said("topic"), UDID]);
    }

    fn said(&self, name: &str) -> &str {
        self.said[name].as_str().unwrap()
    }

    /// A file's body, signed by OpenSSL with `{identity}.pem` and `{identity}.key`: the status.
    async fn says(&self, file: &str, identity: &str, how: &str) -> u16 {
        self.bench.run(&format!(
            "openssl cms -sign -binary -nosmimecap -in {file} -signer {identity}.pem -inkey {identity}.key -outform DER -out signed {how}"
        ));
        let path = if file == "idle" { COMMANDS } else { CHECK_IN };
        let signature = STANDARD.encode(self.bench.get("signed"));
        self.company.put(path, self.bench.get(file), &[("mdm-signature", signature)]).await.status
    }

    /// Begins, connects and asks, in that way of signing.
    async fn connects(&self, identity: &str, how: &str) {
        for file in ["authenticate", "token", "idle"] {
            assert_eq!(self.says(file, identity, how).await, 200, "{file}, {how}");
        }
    }

    /// The new identity is taken, and the former one from then on no more; the list says so, and OpenSSL agrees.
    async fn renewed(&self, old: &str, new: &str) {
        assert_eq!(self.says("idle", old, "-md sha256").await, 200, "until the new one is used");
        assert_eq!(self.says("idle", new, "-md sha256").await, 200);
        assert_eq!(self.says("idle", old, "-md sha256").await, 403);
        assert_eq!(self.says("token", old, "-md sha1 -noattr").await, 403);
        self.is_listed(old, new).await;
    }

    async fn is_listed(&self, old: &str, new: &str) {
        let run = |line: &str| self.bench.run(line);
        let get = async |address: &str| reqwest::get(address).await.unwrap().bytes().await.unwrap();
        self.bench.put("authorities", get(&format!("{}?operation=GetCACert", self.said("url"))).await);
        run("openssl pkcs7 -inform DER -in authorities -print_certs -out authorities.pem");
        let text = run(&format!("openssl x509 -in {new}.pem -noout -ext crlDistributionPoints"));
        let address = text.split("URI:").nth(1).unwrap().trim().to_owned();
        assert!(address.contains("/apple/revoked/"), "{address}");
        self.bench.put("list", get(&address).await);
        let list = run("openssl crl -inform DER -in list -noout -text -verify -CAfile authorities.pem");
        let serial = |name: &str| {
            let text = run(&format!("openssl x509 -in {name}.pem -noout -serial"));
            text.trim().trim_start_matches("serial=").to_owned()
        };
        assert!(list.contains("verify OK") && list.contains("Superseded"), "{list}");
        assert!(list.contains(&serial(old)) && !list.contains(&serial(new)), "{list}");
        assert!(!run("openssl asn1parse -inform DER -in list").contains("Error"));
        run("openssl crl -inform DER -in list -out list.pem");
        let checked = |name: &str| {
            self.bench.attempt(&format!(
                "openssl verify -x509_strict -purpose sslclient -crl_check -CRLfile list.pem -CAfile authorities.pem {name}.pem"
            ))
        };
        let (good, said) = checked(new);
        assert!(good, "{said}");
        let (good, said) = checked(old);
        assert!(!good && said.contains("revoked"), "{said}");
    }
}

/// All ways in which a device, or a program in its place, makes `Mdm-Signature`.
const WAYS: [&str; 5] =
    ["-md sha1", "-md sha1 -noattr", "-md sha256", "-md sha256 -noattr", "-md sha256 -keyid"];

#[tokio::test(flavor = "multi_thread")]
async fn scepclient_enrols_and_renews_by_post_and_by_get_and_openssl_signs_its_messages() {
    if ["scepclient", "openssl", "python3"].iter().any(|program| !has(program)) {
        return;
    }
    let company = Company::start().await;
    for by_get in [false, true] {
        let mut phone = Phone::new(&company, company.link(if by_get { "Boris" } else { "Anna" }));
        phone.install().await;
        let relay = Relay::start(&company.server.base, by_get).await;
        let line = format!(
            "scepclient -server-url {} -private-key client.key -certificate client.pem -cn root -challenge {}",
            relay.instead(phone.said("url")),
            phone.said("challenge")
        );
        phone.bench.run(&line);
        for how in WAYS {
            phone.connects("client", how).await;
        }
        for (from, to) in [("client.pem", "old.pem"), ("client.key", "old.key")] {
            phone.bench.put(to, phone.bench.get(from));
        }
        phone.bench.run(&line);
        assert_ne!(phone.bench.get("client.pem"), phone.bench.get("old.pem"));
        phone.renewed("old", "client").await;
        let methods = relay.methods();
        let expected = if by_get { "GET" } else { "POST" };
        assert_eq!(methods, [expected, expected], "PKIOperation");
        // The same phone in the same UDID, but by another link: it has to leave the first one.
        let checks_out = phone.python(
            "import plistlib, sys; open('out', 'wb').write(plistlib.dumps(dict(MessageType='CheckOut', Topic=sys.argv[1], UDID=sys.argv[2])))",
            &[phone.said("topic"), UDID],
        );
        assert_eq!((checks_out.as_str(), phone.says("out", "client", "-md sha256").await), ("", 200));
        assert_eq!(phone.says("idle", "client", "-md sha256").await, 401, "and is to forget it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strongswan_enrols_and_renews_with_every_digest_and_cipher() {
    if ["pki", "openssl", "python3"].iter().any(|program| !has(program)) {
        return;
    }
    let company = Company::start().await;
    let mut phone = Phone::new(&company, company.link("Anna"));
    let key = |bench: &Bench, name: &str| {
        bench.run(&format!("openssl genrsa -traditional -out {name}.key 2048"));
        bench.run(&format!("openssl rsa -in {name}.key -outform DER -traditional -out {name}.der"));
    };
    key(&phone.bench, "first");
    key(&phone.bench, "second");
    let mut ids = Value::Null;
    for by_get in [false, true] {
        let relay = Relay::start(&company.server.base, by_get).await;
        for digest in ["sha1", "sha256", "sha384", "sha512"] {
            for cipher in ["aes", "des3"] {
                phone.install().await;
                assert!(
                    ids.is_null() || ids == phone.said["ids"],
                    "a profile takes the place of the former one"
                );
                ids = phone.said["ids"].clone();
                let url = relay.instead(phone.said("url"));
                let authority =
                    format!("pki --scepca --url {url} --caout ca.crt --raout ra.crt --outform der --force");
                phone.bench.run(&authority);
                let fingerprint = phone.bench.run("openssl dgst -sha256 -r ca.crt");
                assert!(fingerprint.starts_with(phone.said("fingerprint")), "{fingerprint}");
                let asks = |arguments: &str, name: &str| {
                    let line = format!(
                        "--scep --url {url} --cacert-enc ra.crt --cacert-sig ca.crt --cacert ca.crt --digest {digest} --cipher {cipher} {arguments}"
                    );
                    let mut command = Command::new("pki");
                    command.args(line.split_whitespace()).current_dir(phone.bench.folder());
                    let out = command.output().unwrap();
                    let said = String::from_utf8_lossy(&out.stderr);
                    assert!(out.status.success(), "{digest}, {cipher}: {said}");
                    phone.bench.put("issued.der", out.stdout);
                    phone.bench.run(&format!("openssl x509 -inform DER -in issued.der -out {name}.pem"));
                };
                let challenge = phone.said("challenge");
                asks(&format!("--in first.der --dn CN=root,O=Other --password {challenge}"), "first");
                phone.connects("first", "-md sha256").await;
                asks("--in second.der --dn CN=root --cert issued.der --key first.der", "second");
                phone.renewed("first", "second").await;
            }
        }
        assert_eq!(relay.methods(), [if by_get { "GET" } else { "POST" }; 16], "PKIOperation");
    }
    let devices = company.server.json(&["devices", "list"]);
    assert_eq!(devices.as_array().unwrap().len(), 1, "sixteen times the same phone");
    assert_eq!(devices[0]["name"], "Ann\u{2019}s iPhone");
}
