//! Names as a SCEP payload writes them (Apple: "SCEP", `Subject` and `SubjectAltName`).

use super::{oids, tlv};
use crate::error::AgentError;
use der::asn1::ObjectIdentifier;
use plist::{Dictionary, Value};

/// PrintableString where it suffices, UTF8String otherwise (RFC 5280, 4.1.2.4).
#[must_use]
pub fn directory_string(text: &str) -> Vec<u8> {
    let printable = |b: u8| b.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&b);
    let tag = if text.bytes().all(printable) { tlv::tag::PRINTABLE } else { tlv::tag::UTF8 };
    tlv::write(tag, text.as_bytes())
}

/// `Subject`: an array of RDNs, each an array of pairs of a short name or an identifier and a value.
///
/// # Errors
/// Words for what is wrong.
pub fn subject(value: &Value) -> Result<Vec<u8>, String> {
    let wrong = || "the SCEP payload's Subject is not an array of arrays of pairs".to_owned();
    let mut relative = Vec::new();
    for rdn in value.as_array().ok_or_else(wrong)? {
        let mut pairs = Vec::new();
        for pair in rdn.as_array().ok_or_else(wrong)? {
            let Some([key, value]) = pair.as_array().map(Vec::as_slice) else { return Err(wrong()) };
            let (key, value) = (key.as_string().ok_or_else(wrong)?, value.as_string().ok_or_else(wrong)?);
            let id = attribute(key).ok_or_else(|| format!("the Subject has an unknown part: {key}"))?;
            let value = match key {
                "E" | "emailAddress" => tlv::write(tlv::tag::IA5, value.as_bytes()),
                _ => directory_string(value),
            };
            pairs.push(tlv::sequence(&[&tlv::oid(id), &value]));
        }
        relative.push(tlv::set_of(pairs));
    }
    Ok(tlv::write(tlv::tag::SEQUENCE, &relative.concat()))
}

fn attribute(name: &str) -> Option<ObjectIdentifier> {
    let dotted = match name {
        "CN" => "2.5.4.3",
        "SERIALNUMBER" => "2.5.4.5",
        "C" => "2.5.4.6",
        "L" => "2.5.4.7",
        "ST" => "2.5.4.8",
        "O" => "2.5.4.10",
        "OU" => "2.5.4.11",
        "E" | "emailAddress" => "1.2.840.113549.1.9.1",
        other => other,
    };
    ObjectIdentifier::new(dotted).ok()
}

/// `SubjectAltName` as GeneralNames; empty if there is nothing in it.
#[must_use]
pub fn alternative(value: &Dictionary) -> Vec<u8> {
    let mut names = Vec::new();
    for (key, tag) in [("rfc822Name", 0x81), ("dNSName", 0x82), ("uniformResourceIdentifier", 0x86)] {
        let one = value.get(key).and_then(Value::as_string).into_iter();
        let several = value.get(key).and_then(Value::as_array).into_iter().flatten();
        let texts = one.chain(several.filter_map(Value::as_string));
        names.extend(texts.map(|text| tlv::write(tag, text.as_bytes())));
    }
    if let Some(user) = value.get("ntPrincipalName").and_then(Value::as_string) {
        let user = tlv::write(0xa0, &tlv::write(tlv::tag::UTF8, user.as_bytes()));
        names.push(tlv::write(0xa0, &[tlv::oid(oids::NT_PRINCIPAL_NAME), user].concat()));
    }
    if names.is_empty() { Vec::new() } else { tlv::write(tlv::tag::SEQUENCE, &names.concat()) }
}

/// A name of one common name: what a device calls itself before it has an identity.
///
/// # Errors
/// Never, for a text.
pub fn common(text: &str) -> Result<Vec<u8>, AgentError> {
    let pair = Value::Array(vec!["CN".into(), text.into()]);
    subject(&Value::Array(vec![Value::Array(vec![pair])])).map_err(AgentError::Local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Decode;

    #[test]
    fn a_subject_is_what_the_payload_says_in_its_order() {
        let pair = |k: &str, v: &str| Value::Array(vec![Value::Array(vec![k.into(), v.into()])]);
        let value = Value::Array(vec![
            pair("O", "Пример, Ltd"),
            pair("CN", "device"),
            pair("2.5.4.11", "phones"),
            pair("E", "a@b.example"),
        ]);
        let name = x509_cert::name::Name::from_der(&subject(&value).unwrap()).unwrap();
        assert_eq!(name.to_string(), "EMAIL=a@b.example,OU=phones,CN=device,O=Пример\\, Ltd");
        assert!(subject(&"CN=x".into()).is_err());
        assert!(subject(&Value::Array(vec![pair("XX", "y")])).unwrap_err().contains("XX"));
    }
}
