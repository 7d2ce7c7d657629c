//! ABUSE A1 to A4, A6 and A7 at the real endpoint of SCEP: who gets a certificate, and what those are told who do not.

use super::{
    foreign::Bench,
    forged::{Forger, REFUSED, issued, no_signer, request, two_signers},
    kit::{Company, key},
};
use muster::system::keys::Keys;
use muster_agent::apple::{
    certificate::Certificate,
    cms::envelope::{self, Cipher},
    key::Key,
    scep::message::Outcome,
};
use muster_domain::apple::Challenge;

/// Somebody who holds the profile of a link, with its challenge.
pub async fn holder(company: &Company, link: &str) -> (Forger, String) {
    let profile = company.profile(link).await;
    let forger = Forger::new(key(1), company.authority(&profile).await);
    (forger, profile.scep.challenge.unwrap())
}

#[tokio::test]
async fn a1_a_message_type_outside_the_list_gets_nothing_and_spends_nothing() {
    let company = Company::start().await;
    let anna = company.connected(&company.link("Anna")).await;
    let (forger, challenge) = holder(&company, &company.link("Boris")).await;
    let genuine =
        Forger::with(anna.key.clone(), anna.certificate.clone(), company.authority(&anna.enrolment).await);
    for kind in ["0", "1", "3", "18", "21", "22", "", "019", "19 ", "-19", "99", "PKCSReq"] {
        for forger in [&forger, &genuine] {
            let envelope = forger.envelope(&forger.request(Some(&challenge)));
            let answer = forger.sends(&company, forger.message(Some(kind), &envelope)).await;
            assert_eq!(forger.read(&answer), REFUSED, "{kind:?}");
        }
    }
    let envelope = forger.envelope(&forger.request(Some(&challenge)));
    let answer = forger.sends(&company, forger.message(None, &envelope)).await;
    assert_eq!(forger.read(&answer), REFUSED, "no type");
    issued(forger.asks(&company, "19", &forger.request(Some(&challenge))).await);
}

#[tokio::test]
async fn a2_a_challenge_is_good_once_for_one_key_and_until_its_end() {
    let company = Company::start().await;
    let link = company.link("Anna");
    let (forger, challenge) = holder(&company, &link).await;
    let keys = Keys::open(&company.server.folder.path().join("data/muster.key"), true).unwrap();
    let made = Challenge::open(&challenge, &keys).unwrap();
    let late = Challenge { expires_at: crate::certificate::now().plus(-1), ..made }.seal(&keys);
    let mut torn = challenge.clone().into_bytes();
    torn[10] = if torn[10] == b'A' { b'B' } else { b'A' };
    let torn = String::from_utf8(torn).unwrap();
    let asks = async |challenge: Option<&str>| forger.asks(&company, "19", &forger.request(challenge)).await;
    for bad in [None, Some(""), Some("secret"), Some(&torn[..]), Some(&challenge[1..]), Some(&late[..])] {
        assert_eq!(asks(bad).await, REFUSED, "{bad:?}");
    }
    let first = issued(asks(Some(&challenge)).await);
    assert_eq!(issued(asks(Some(&challenge)).await), first, "the answer was lost: the same again");
    let other = Forger::new(key(2), forger.authority.clone());
    assert_eq!(other.asks(&company, "19", &other.request(Some(&challenge))).await, REFUSED, "another key");
    // The person is told at once to download it again, though the first key has a certificate.
    let state = crate::world::browser().get(format!("{link}/state")).send().await.unwrap();
    let told: serde_json::Value = state.json().await.unwrap();
    assert_eq!(told["stopped"], "again", "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_two_at_once_with_one_challenge_get_exactly_one_certificate() {
    let company = Company::start().await;
    for round in 0..5 {
        let (one, challenge) = holder(&company, &company.link(&format!("Person{round}"))).await;
        let other = Forger::new(key(2), one.authority.clone());
        let requests = [&one, &other].map(|forger| forger.request(Some(&challenge)));
        let both =
            tokio::join!(one.asks(&company, "19", &requests[0]), other.asks(&company, "19", &requests[1]));
        let got = [&both.0, &both.1].into_iter().filter(|o| matches!(o, Outcome::Issued(_))).count();
        assert_eq!(got, 1, "{both:?}");
    }
}

/// A request made by OpenSSL that asks for more than a device may have.
fn greedy(bench: &Bench, key: &Key, challenge: &str) -> Vec<u8> {
    bench.put("key.der", key.pkcs8());
    bench.put(
        "greedy.cnf",
        format!(
            "[req]\nprompt=no\ndistinguished_name=dn\nattributes=at\nreq_extensions=ext\nstring_mask=utf8only\n\
             [dn]\nO=Other Ltd\nCN=root\n[at]\nchallengePassword={challenge}\n\
             [ext]\nbasicConstraints=critical,CA:TRUE,pathlen:9\nkeyUsage=critical,keyCertSign,cRLSign\n\
             extendedKeyUsage=serverAuth,emailProtection\nsubjectAltName=DNS:evil.example,email:ceo@example.org\n"
        ),
    );
    bench.run("openssl req -new -key key.der -keyform DER -config greedy.cnf -outform DER -out greedy.csr");
    bench.get("greedy.csr")
}

#[tokio::test]
async fn a3_subject_names_usages_and_authority_are_ours_whatever_a_request_asks_for() {
    let (company, bench) = (Company::start().await, Bench::new());
    let link = company.link("Anna");
    let (forger, challenge) = holder(&company, &link).await;
    let id = company.invitation("Anna")["id"].as_str().unwrap().to_owned();
    let check = |certificate: &Certificate| {
        bench.put("issued.der", certificate.der());
        let said = bench.run("openssl x509 -inform DER -in issued.der -noout -text");
        assert!(said.contains(&format!("Subject: OU = Muster, CN = {id}")), "{said}");
        for bad in ["CA:TRUE", "evil", "ceo@", "Other Ltd", "root", "Certificate Sign", "TLS Web Server"] {
            assert!(!said.contains(bad), "{bad}: {said}");
        }
        assert!(said.contains("Digital Signature, Key Encipherment"), "{said}");
        assert!(said.contains("TLS Web Client Authentication"), "{said}");
    };
    check(&issued(forger.asks(&company, "19", &greedy(&bench, &forger.key, &challenge)).await));
    // The same at a renewal.
    let card = company.connected(&link).await;
    let authority = company.authority(&card.enrolment).await;
    let forger = Forger::with(card.key.clone(), card.certificate.clone(), authority);
    check(&issued(forger.asks(&company, "17", &greedy(&bench, &key(2), "x")).await));
}

#[tokio::test]
async fn a4_a_challenge_of_one_workspace_is_nothing_at_anothers_authority() {
    let company = Company::start().await;
    let theirs = company.another().await;
    let (ours, challenge) = holder(&company, &company.link("Anna")).await;
    let (other, their_challenge) =
        holder(&company, &company.link_in(&["--workspace", &theirs], "Boris")).await;
    assert_ne!(ours.authority.ca, other.authority.ca);
    assert_eq!(other.asks(&company, "19", &other.request(Some(&challenge))).await, REFUSED);
    assert_eq!(ours.asks(&company, "19", &ours.request(Some(&their_challenge))).await, REFUSED);
    // An envelope for the other authority's key.
    let envelope = other.envelope(&ours.request(Some(&challenge)));
    let answer = ours.sends(&company, ours.message(Some("19"), &envelope)).await;
    assert_eq!(ours.read(&answer), REFUSED);
    let certificate = issued(ours.asks(&company, "19", &ours.request(Some(&challenge))).await);
    ours.authority.ca.issued(&certificate).unwrap();
}

/// Where the encrypted key of an RSA key of 2048 bits stands in an envelope.
fn wrapped_key(envelope: &[u8]) -> std::ops::Range<usize> {
    let at = envelope.windows(4).position(|w| w == [4, 0x82, 1, 0]).unwrap() + 4;
    at..at + 256
}

#[tokio::test]
async fn a6_whatever_is_wrong_the_answers_are_alike_but_for_nonce_and_time() {
    let company = Company::start().await;
    let (forger, challenge) = holder(&company, &company.link("Anna")).await;
    let good = forger.request(Some(&challenge));
    let mut torn = good.clone();
    let last = torn.len() - 1;
    torn[last] ^= 1;
    let envelope = forger.envelope(&good);
    let with = |key: &[u8]| {
        let mut changed = envelope.clone();
        changed[wrapped_key(&envelope)].copy_from_slice(key);
        changed
    };
    let mut foreign = Forger::new(key(2), forger.authority.clone());
    foreign.authority.recipient = foreign.certificate.clone();
    let elsewhere = foreign.envelope(&good);
    let longer = envelope::encrypt(&good, &forger.authority.recipient, Cipher::Aes256).unwrap();
    let mut cut = envelope.clone();
    let end = cut.len() - 1;
    cut[end] ^= 0x55;
    let cases = [
        ("wrong challenge", forger.envelope(&forger.request(Some("wrong")))),
        ("no challenge", forger.envelope(&forger.request(None))),
        ("request torn", forger.envelope(&torn)),
        ("no request", forger.envelope(b"nothing of the kind")),
        ("another key's request", forger.envelope(&request(&key(2), Some(&challenge)))),
        ("wrong RSA padding", with(&elsewhere[wrapped_key(&elsewhere)])),
        ("a key of another length", with(&longer[wrapped_key(&longer)])),
        ("all zero", with(&[0; 256])),
        ("larger than the modulus", with(&[0xff; 256])),
        ("content's padding", cut),
    ];
    let mut all = Vec::new();
    for (what, envelope) in cases {
        let answer = forger.sends(&company, forger.message(Some("19"), &envelope)).await;
        assert_eq!(forger.read(&answer), REFUSED, "{what}");
        all.push((what, forger.alike(&answer)));
    }
    for (what, said) in &all {
        assert_eq!(said, &all[0].1, "{what}");
    }
    issued(forger.asks(&company, "19", &good).await);
}

#[tokio::test]
async fn a7_one_signer_over_what_came_or_no_answer() {
    let company = Company::start().await;
    let (forger, challenge) = holder(&company, &company.link("Anna")).await;
    let other = Forger::new(key(2), forger.authority.clone());
    let envelope = forger.envelope(&forger.request(Some(&challenge)));
    let message = forger.message(Some("19"), &envelope);
    let mut torn = message.clone();
    let last = torn.len() - 1;
    torn[last] ^= 1;
    let mut changed = message.clone();
    let at = message.windows(envelope.len()).position(|w| w == envelope).unwrap();
    changed[at + envelope.len() - 1] ^= 1;
    for (what, bytes) in [
        ("two signers", two_signers(&message, &other.message(Some("19"), &envelope))),
        ("twice the same signer", two_signers(&message, &message)),
        ("no signer", no_signer(&message)),
        ("no signed attributes", forger.bare(&envelope)),
        ("signature torn", torn),
        ("over another content", changed),
        ("nothing", b"x".to_vec()),
    ] {
        assert_eq!(forger.sends(&company, bytes).await.status, 400, "{what}");
    }
    let stolen = other.asks(&company, "19", &request(&forger.key, Some(&challenge))).await;
    assert_eq!(stolen, REFUSED, "signed with another key than the request's");
    issued(forger.asks(&company, "19", &forger.request(Some(&challenge))).await);
}
