//! Figures on one thread: `cargo run --release -p muster-scep --example speed`. Prints them, asserts no times.

use muster_pki::{
    algorithm::{Cipher, Digest},
    asn1::{PRINTABLE_STRING, write},
    certificate::{self, Certificate, KeyUsage, Serial, Template},
    cms::{self, Content, Signature, SignedData},
    crl::{self, Reason, Revoked},
    key::{DecryptingKey, RsaSize, SigningKey},
    name::{Attribute, Name},
    request,
};
use muster_scep::{answer::Answerer, message::open};
use std::time::{Duration, Instant};

/// 2027, in seconds since the Unix epoch.
const NOW: i64 = 1_800_000_000;

type Failure = Box<dyn std::error::Error>;

fn random(octets: &mut [u8]) {
    let _ = aws_lc_rs::rand::fill(octets);
}

fn template(common: &str, authority: bool) -> Result<Template, Failure> {
    let mut serial = [0; 16];
    random(&mut serial);
    Ok(Template {
        subject: Name::new(&[(Attribute::CommonName, common)])?,
        alternative_names: Vec::new(),
        serial: Serial::from_random(serial),
        not_before: NOW,
        not_after: NOW + 86_400,
        usages: if authority { vec![KeyUsage::CertificateSign, KeyUsage::CrlSign] } else { Vec::new() },
        extended_usages: Vec::new(),
        revocation_list: None,
        authority,
    })
}

/// The time that this thread had a core for itself, where Linux tells it: others may be at work, too.
fn on_core(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split_whitespace().next().and_then(|n| n.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// How often in a second of one core.
fn measure(what: &str, mut once: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
    let (start, mut count) = (Instant::now(), 0_u32);
    let before = on_core(start);
    while start.elapsed() < Duration::from_secs(2) {
        once()?;
        count += 1;
    }
    let took = on_core(start).saturating_sub(before);
    println!("{what:<52} {:>9.0}/s", f64::from(count) / took.as_secs_f64());
    Ok(())
}

fn signature<'a>(
    certificate: &'a Certificate,
    key: &'a SigningKey,
    attributes: &'a [(der::asn1::ObjectIdentifier, Vec<u8>)],
) -> Signature<'a> {
    Signature { certificate, key, digest: Digest::Sha256, time: Some(NOW), chain: &[], attributes }
}

fn main() -> Result<(), Failure> {
    let body = vec![b'x'; 1600];
    for (name, key) in
        [("RSA-2048", SigningKey::generate_rsa(RsaSize::Bits2048)?), ("P-256", SigningKey::generate_p256()?)]
    {
        let own = certificate::self_signed(&template(name, false)?, &key)?;
        let signed = signature(&own, &key, &[]).sign(Content::Detached(&body))?;
        measure(&format!("verify a detached signature, {name}"), || {
            SignedData::parse(&signed)?.verify(Some(&body), &[])?;
            Ok(())
        })?;
        measure(&format!("sign, {name}"), || {
            signature(&own, &key, &[]).sign(Content::Attached(&body))?;
            Ok(())
        })?;
    }

    let ca_key = SigningKey::generate_rsa(RsaSize::Bits2048)?;
    let ca = certificate::self_signed(&template("CA", true)?, &ca_key)?;
    let opens = DecryptingKey::generate(RsaSize::Bits2048)?;
    let recipient = certificate::issue(&template("envelopes", false)?, opens.public(), &ca, &ca_key)?;
    let envelope = cms::encrypt(&body, &recipient, Cipher::Aes256, &mut random)?;
    measure("open an envelope, RSA-2048 and AES-256", || {
        cms::decrypt(&envelope, &[(&recipient, &opens)], &mut random)?;
        Ok(())
    })?;
    padding(&recipient, &opens)?;

    let key = SigningKey::generate_rsa(RsaSize::Bits2048)?;
    let own = certificate::self_signed(&template("client", false)?, &key)?;
    let csr = request::make(own.subject(), &key, Some("s3cret"))?;
    let scep = |last| der::asn1::ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9").push_arc(last);
    let attributes = [
        (scep(2)?, write::element(PRINTABLE_STRING, &[b"19"])),
        (scep(7)?, write::element(PRINTABLE_STRING, &[b"1234"])),
        (scep(5)?, write::octets(&[7; 16])),
    ];
    let envelope = cms::encrypt(&csr, &recipient, Cipher::Aes256, &mut random)?;
    let message = signature(&own, &key, &attributes).sign(Content::Attached(&envelope))?;
    measure("PKIOperation: open, issue, answer", || {
        let received = open(&message, &[(&recipient, &opens)], &mut random).map_err(|r| r.reason)?;
        let key = received.exchange.signer().key();
        let issued = certificate::issue(&template("device", false)?, key, &ca, &ca_key)?;
        let answerer = Answerer { certificate: &ca, key: &ca_key };
        received.exchange.success(&issued, &[], answerer, NOW, &mut random)?;
        Ok(())
    })?;
    let revoked: Vec<_> = (0..20_000_u32)
        .map(|n| Revoked { serial: write::small(n)[2..].to_vec(), at: NOW, reason: Reason::KeyCompromise })
        .collect();
    measure("revocation list of 20,000", || {
        crl::list(&revoked, 1, NOW, NOW + 60, &ca, &ca_key)?;
        Ok(())
    })
}

/// The median time of a right padding and of a wrong one, taken in turns.
fn padding(recipient: &Certificate, opens: &DecryptingKey) -> Result<(), Failure> {
    let right = recipient.key().encrypt(&[7; 32])?;
    let mut wrong = right.clone();
    if let Some(last) = wrong.last_mut() {
        *last ^= 1;
    }
    let (mut key, mut times) = ([0; 32], [Vec::new(), Vec::new()]);
    for _ in 0..4000 {
        for (encrypted, times) in [&right, &wrong].into_iter().zip(&mut times) {
            let start = Instant::now();
            opens.decrypt(encrypted, &mut key);
            times.push(start.elapsed());
        }
    }
    let [right, wrong] = times.map(|mut times| {
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    });
    println!("padding that is right {right:?}, wrong {wrong:?} (medians of 4,000)");
    Ok(())
}
