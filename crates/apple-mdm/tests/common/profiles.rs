//! An enrolment profile to begin with.

#![allow(dead_code, reason = "each test file uses some of it")]

use muster_apple_mdm::{
    ids::Topic,
    profile::{EnrolmentProfile, HttpsUrl, Mdm, Scep, Shown, TrustCertificate},
    rights::AccessRights,
    stable::StableIds,
};
use std::collections::BTreeMap;

/// An address.
pub fn url(text: &str) -> HttpsUrl {
    HttpsUrl::parse(text).unwrap()
}

/// A whole profile for an invitation.
pub fn profile(invitation: &[u8]) -> EnrolmentProfile {
    EnrolmentProfile {
        ids: StableIds::new("org.example.muster", invitation).unwrap(),
        shown: Shown {
            name: "Example Ltd & <friends>: Verwaltung".into(),
            organization: "Example Ltd".into(),
            description: "Connects this device.".into(),
            consent: BTreeMap::from([
                ("default".into(), "We see the apps.\nNot the photos.".into()),
                ("ru".into(), "Мы видим приложения.".into()),
            ]),
        },
        certificates: vec![
            TrustCertificate::Root(vec![0x30, 3, 2, 1, 1]),
            TrustCertificate::Intermediate(vec![0x30, 3, 2, 1, 2]),
        ],
        scep: Scep {
            url: url("https://mdm.example.org/scep/abc"),
            name: "Example".into(),
            challenge: "one-time-secret".into(),
            subject: vec![("O".into(), "Example Ltd".into()), ("CN".into(), "0193-abc".into())],
            key_size: 2048,
            ca_fingerprint: Some(vec![0xAB; 20]),
            retries: 3,
            retry_delay: 10,
        },
        mdm: Mdm {
            topic: Topic::parse(crate::common::TOPIC).unwrap(),
            server_url: url("https://mdm.example.org/apple/command"),
            check_in_url: Some(url("https://mdm.example.org/apple/check-in")),
            rights: AccessRights::ALL,
            tokens: false,
            pin: false,
            development_apns: false,
        },
    }
}
