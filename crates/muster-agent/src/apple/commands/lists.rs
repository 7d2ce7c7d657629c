//! `ProfileList`, `InstalledApplicationList`, `CertificateList`.

use super::{answer::Answer, information::managed_only};
use crate::apple::{
    certificate::Certificate,
    device::Device,
    plists::{Items, dict},
    profile::{Payload, Profile},
    state::State,
};
use plist::{Dictionary, Value};

/// The enrolment profile, and what the server installed.
pub fn profiles(state: &State, command: &Dictionary) -> Answer {
    let enrolment = state.enrolment.as_ref().map(|e| &e.profile);
    let all = enrolment.filter(|_| !managed_only(command)).into_iter().chain(state.profiles.values());
    Answer::with(dict([("ProfileList", Value::Array(all.map(profile).collect()))]))
}

fn profile(profile: &Profile) -> Value {
    let mut item = dict([
        ("HasRemovalPasscode", false.into()),
        ("IsEncrypted", false.into()),
        ("IsManaged", profile.managed.into()),
        ("PayloadContent", Value::Array(profile.payloads.iter().map(payload).collect())),
        ("PayloadIdentifier", profile.identifier.as_str().into()),
        ("PayloadRemovalDisallowed", profile.removal_disallowed.into()),
        ("PayloadUUID", profile.uuid.as_str().into()),
        ("PayloadVersion", 1_u32.into()),
    ]);
    for (key, value) in [
        ("PayloadDescription", &profile.description),
        ("PayloadDisplayName", &profile.name),
        ("PayloadOrganization", &profile.organization),
    ] {
        item.extend(value.as_deref().map(|value| (key.to_owned(), Value::from(value))));
    }
    if !profile.signer.is_empty() {
        let signers = Value::Array(vec![Value::Data(profile.signer.clone())]);
        item.insert("SignerCertificates".into(), signers);
    }
    item.into()
}

fn payload(payload: &Payload) -> Value {
    let mut item = dict([
        ("PayloadType", payload.kind.as_str().into()),
        ("PayloadIdentifier", payload.identifier.as_str().into()),
        ("PayloadUUID", payload.uuid.as_str().into()),
        ("PayloadVersion", 1_u32.into()),
    ]);
    item.extend(payload.name.as_deref().map(|name| ("PayloadDisplayName".to_owned(), name.into())));
    item.into()
}

/// Apps that its owner installed: identifier, name, short version, version, bytes, bytes of its data.
const APPS: [(&str, &str, &str, &str, u64, u64); 4] = [
    ("org.example.maps", "Maps & More", "5.12.1", "51201", 91_234_304, 14_680_064),
    ("org.example.chat", "Chat", "24.20.75", "242075", 187_695_104, 402_653_184),
    ("org.example.pdf", "Читалка PDF", "3.1", "3100", 45_088_768, 2_097_152),
    ("org.example.radio", "Radio", "1.0.4", "104", 12_582_912, 524_288),
];

/// `InstalledApplicationList`. None of them is managed.
pub fn applications(command: &Dictionary) -> Answer {
    let wanted: Vec<&str> = command.list("Identifiers").iter().filter_map(Value::as_string).collect();
    let items: Vec<&str> = command.list("Items").iter().filter_map(Value::as_string).collect();
    let shown = APPS.iter().filter(|(id, ..)| wanted.is_empty() || wanted.contains(id));
    let shown = shown.filter(|_| !managed_only(command)).map(|(id, name, short, version, size, data)| {
        let mut item = dict([
            ("Identifier", (*id).into()),
            ("Name", (*name).into()),
            ("ShortVersion", (*short).into()),
            ("Version", (*version).into()),
            ("BundleSize", (*size).into()),
            ("DynamicSize", (*data).into()),
            ("IsValidated", true.into()),
            ("AppStoreVendable", true.into()),
            ("DeviceBasedVPP", false.into()),
            ("BetaApp", false.into()),
            ("AdHocCodeSigned", false.into()),
            ("HasUpdateAvailable", false.into()),
            ("Installing", false.into()),
            ("DownloadFailed", false.into()),
        ]);
        item.retain(|key, _| items.is_empty() || items.contains(&key.as_str()));
        Value::Dictionary(item)
    });
    Answer::with(dict([("InstalledApplicationList", Value::Array(shown.collect()))]))
}

/// The identity, and the certificates of profiles.
pub fn certificates(device: &Device) -> Answer {
    let item = |certificate: &Certificate, identity: bool| {
        Value::Dictionary(dict([
            ("CommonName", certificate.common_name().unwrap_or_default().into()),
            ("Data", Value::Data(certificate.der().to_vec())),
            ("IsIdentity", identity.into()),
        ]))
    };
    let mut all: Vec<Value> = device.certificate().map(|c| item(c, true)).into_iter().collect();
    let enrolment = device.state.enrolment.as_ref().map(|e| &e.profile);
    let profiles = enrolment.into_iter().chain(device.state.profiles.values());
    let payloads = profiles.flat_map(|p| &p.payloads).filter(|p| !p.certificate.is_empty());
    all.extend(payloads.filter_map(|p| Certificate::from_der(&p.certificate).ok()).map(|c| item(&c, false)));
    Answer::with(dict([("CertificateList", Value::Array(all))]))
}
