//! A server whose certificate no public authority issued: what the profile has phones trust, pinning to it, and what `doctor`
//! says of a phone before and after it has the profile.

use super::kit::Company;
use crate::{certificate::now, fake_apple::FakeApple, program::Muster, world::muster};
use muster_agent::apple::cms::verify;
use muster_domain::time::DAY;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::Value;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The payloads of a link's profile, in order.
async fn payloads(company: &Company) -> Vec<plist::Dictionary> {
    let answer = company.fetch(&company.link("Anna")).await.ok("the profile").unwrap();
    let signed = verify::verify(&answer.body, &[]).unwrap();
    let profile = plist::Value::from_reader(std::io::Cursor::new(&signed.content)).unwrap();
    let profile = profile.into_dictionary().unwrap();
    let all = profile["PayloadContent"].as_array().unwrap().iter();
    all.map(|payload| payload.as_dictionary().unwrap().clone()).collect()
}

fn text<'p>(payload: &'p plist::Dictionary, key: &str) -> &'p str {
    payload[key].as_string().unwrap()
}

#[tokio::test]
async fn certificates_come_before_what_needs_them_and_the_addresses_are_pinned_to_them_where_that_is_set() {
    let ca = FakeApple::called("Example", now());
    let trust = ca.path("chain.pem").to_str().unwrap().to_owned();
    for pin in [false, true] {
        let environment = [
            ("MUSTER_APPLE_TRUST", trust.as_str()),
            ("MUSTER_APPLE_PIN", if pin { "true" } else { "false" }),
        ];
        let company = Company::with(&[], &environment).await;
        let payloads = payloads(&company).await;
        let kinds: Vec<&str> = payloads.iter().map(|payload| text(payload, "PayloadType")).collect();
        let order = [
            "com.apple.security.pkcs1",
            "com.apple.security.root",
            "com.apple.security.scep",
            "com.apple.mdm",
        ];
        assert_eq!(kinds, order);
        let uuids: Vec<&str> = payloads[..2].iter().map(|payload| text(payload, "PayloadUUID")).collect();
        for key in ["ServerURLPinningCertificateUUIDs", "CheckInURLPinningCertificateUUIDs"] {
            let pins = payloads[3].get(key).map(|pins| {
                pins.as_array().unwrap().iter().map(|uuid| uuid.as_string().unwrap()).collect::<Vec<_>>()
            });
            assert_eq!(pins, pin.then(|| uuids.clone()), "{key}");
        }
    }
}

#[test]
fn pinning_to_nothing_is_refused_at_the_start() {
    let muster = Muster::new();
    muster.file("muster.toml", "[apple]\npin = true\n");
    let words = muster.refused(&["serve"], "");
    assert!(words.contains("apple.trust names no file"), "{words}");
    muster.file("muster.toml", "[apple]\npin = \"yes\"\n");
    assert!(muster.refused(&["serve"], "").contains("apple.pin"));
}

/// Speaks TLS by the certificate, and passes on what is said to the server; its port.
async fn front(ca: &FakeApple, name: &str, to: String) -> u16 {
    let [own, key] = ["pem", "key"].map(|end| ca.path(&format!("{name}.{end}")));
    let chain = [own, ca.path("authority.pem")].map(|file| CertificateDer::from_pem_file(file).unwrap());
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = builder.unwrap().with_no_client_auth().with_single_cert(chain.to_vec(), key).unwrap();
    let (acceptor, listener) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, to) = (acceptor.clone(), to.clone());
            tokio::spawn(async move {
                let Ok(mut inside) = acceptor.accept(stream).await else { return };
                let mut outside = TcpStream::connect(to).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_that_a_phone_trusts_a_private_authority_with_the_profile_and_not_before() {
    let (ca, company) = (FakeApple::called("Example", now()), Company::start().await);
    let holds = |days| (now().plus_days(0).plus(-DAY), now().plus_days(days));
    ca.extended("web", "/CN=web", holds(800), "server");
    let listen = company.server.base.strip_prefix("http://").unwrap().to_owned();
    let leads_by = async |name: &str| {
        let port = front(&ca, name, listen.clone()).await;
        company.server.cli(&["settings", "set", "public_url", &format!("https://127.0.0.1:{port}")]);
    };
    leads_by("web").await;
    let asked = |environment: &[(&str, &str)]| -> Value {
        let mut command = muster(company.server.folder.path());
        command.envs(environment.iter().copied());
        let out = tokio::task::block_in_place(|| command.args(["doctor", "--json"]).output().unwrap());
        let document: Value = serde_json::from_slice(&out.stdout).unwrap();
        let all = document["checks"].as_array().unwrap();
        all.iter().rfind(|check| check["check"] == "address").unwrap().clone()
    };
    let told = |trust: Option<&str>| match trust {
        Some(trust) => asked(&[("MUSTER_APPLE_TRUST", trust)]),
        None => asked(&[]),
    };
    let none = told(None);
    assert!(
        none["state"] == "failed" && none["message"].as_str().unwrap().contains("phones do not know"),
        "{none}"
    );
    let with = told(ca.path("root.pem").to_str());
    let words = with["message"].as_str().unwrap();
    assert_eq!(with["state"], "warning", "{with}");
    assert!(
        words.contains("once it has the profile")
            && words.contains("the page with the download is not trusted"),
        "{words}"
    );
    // What this machine alone was told of hides it from everybody but phones.
    let root = ca.path("root.pem").to_str().unwrap().to_owned();
    let alone = asked(&[("SSL_CERT_FILE", root.as_str())]);
    assert!(
        alone["state"] == "failed" && alone["message"].as_str().unwrap().contains("this machine alone"),
        "{alone}"
    );
    // What browsers of computers take and iOS does not.
    ca.extended("long", "/CN=web", holds(3650), "server");
    ca.extended("any", "/CN=web", holds(800), "any_use");
    for (name, words) in [("long", "holds for 3651 days"), ("any", "serverAuth")] {
        leads_by(name).await;
        let refused = told(Some(&root));
        assert!(
            refused["state"] == "failed" && refused["message"].as_str().unwrap().contains(words),
            "{refused}"
        );
    }
    leads_by("web").await;
    let stranger = FakeApple::called("Stranger", now());
    let other = told(stranger.path("root.pem").to_str());
    assert!(
        other["state"] == "failed" && other["message"].as_str().unwrap().contains("nor by apple.trust"),
        "{other}"
    );
}
