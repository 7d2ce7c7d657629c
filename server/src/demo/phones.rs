//! The phones and tablets of the made-up company, and how each of them is.

use super::seeded::Seeded;
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use muster_domain::{
    Timestamp,
    device::{Facts, Platform},
    ports::Secrets,
    time::{DAY, MINUTE},
};

/// Maker, model, versions of the system, gigabytes.
type Model = (Platform, &'static str, &'static str, &'static [&'static str], u64);

const MODELS: &[Model] = &[
    (Platform::Android, "Google", "Pixel 8", &["14", "15", "16"], 128),
    (Platform::Android, "Google", "Pixel 7a", &["14", "15"], 128),
    (Platform::Android, "Google", "Pixel 9", &["15", "16"], 256),
    (Platform::Android, "Samsung", "Galaxy A54", &["13", "14", "15"], 128),
    (Platform::Android, "Samsung", "Galaxy S23", &["14", "15"], 256),
    (Platform::Android, "Samsung", "Galaxy XCover 7", &["14", "15"], 128),
    (Platform::Android, "Samsung", "Galaxy Tab A9", &["13", "14"], 64),
    (Platform::Android, "Xiaomi", "Redmi Note 13", &["13", "14"], 128),
    (Platform::Android, "Motorola", "moto g54", &["13", "14"], 128),
    (Platform::Android, "Zebra", "TC22", &["13", "14"], 64),
    (Platform::Ios, "Apple", "iPhone 13", &["17.6.1", "18.3"], 128),
    (Platform::Ios, "Apple", "iPhone 15", &["17.7", "18.3.1"], 128),
    (Platform::Ipados, "Apple", "iPad (10th generation)", &["17.6.1", "18.3"], 64),
];
const AGENTS: &[&str] = &["1.4.0", "1.5.2", "1.6.0", "1.6.0", "1.6.1"];

/// How a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Fine,
    Silent { days: u64 },
    StorageLow,
    ProtectionOff,
    Managed,
    Left,
}

/// A device as it will be.
pub(super) struct Phone {
    pub(super) platform: Platform,
    pub(super) facts: Facts,
    pub(super) condition: Condition,
    pub(super) last_seen: Timestamp,
}

fn condition(dice: &Seeded, number: usize, android: bool) -> Condition {
    match number % 23 {
        1 => Condition::Left,
        4 | 13 => Condition::Silent { days: 8 + dice.below(17) },
        7 => Condition::StorageLow,
        10 => Condition::Silent { days: 31 + dice.below(40) },
        16 if android => Condition::ProtectionOff,
        19 if android => Condition::Managed,
        _ => Condition::Fine,
    }
}

/// The device with this number, connected at `connected`.
pub(super) fn phone(dice: &Seeded, number: usize, connected: Timestamp, now: Timestamp) -> Phone {
    let (platform, maker, model, versions, gigabytes) = *dice.pick(MODELS);
    let android = platform == Platform::Android;
    let mut condition = condition(dice, number, android);
    let total = gigabytes << 30;
    let mut facts = Facts {
        manufacturer: Some(maker.into()),
        model: Some(model.into()),
        os_version: Some((*dice.pick(versions)).into()),
        agent_version: android.then(|| (*dice.pick(AGENTS)).into()),
        serial: Some(format!("{:08X}", dice.below(1 << 32))),
        battery_percent: u8::try_from(6 + dice.below(95)).ok(),
        battery_charging: Some(dice.below(5) == 0),
        storage_total_bytes: Some(total),
        storage_free_bytes: Some(total / 100 * (12 + dice.below(60))),
        protection: android.then_some(true),
        ..Facts::default()
    };
    let mut last_seen = now.plus(-i64::try_from(1 + dice.below(400)).unwrap_or(1) * MINUTE);
    if let Condition::Silent { days } = condition {
        let since = now.plus(-i64::try_from(days).unwrap_or(0) * DAY);
        // A device cannot be silent for longer than it has been there.
        if since > connected { last_seen = since } else { condition = Condition::Fine }
    }
    match condition {
        Condition::StorageLow => facts.storage_free_bytes = Some(total / 100 * 3),
        Condition::ProtectionOff => facts.protection = Some(false),
        Condition::Managed => facts.managed_by = Some("KNOX".into()),
        Condition::Left => {
            let there = now.since(connected) / MINUTE;
            let after = dice.below(u64::try_from(there).unwrap_or(1).max(1));
            last_seen = connected.plus(i64::try_from(after).unwrap_or(0) * MINUTE);
        }
        Condition::Fine | Condition::Silent { .. } => {}
    }
    Phone { platform, facts, condition, last_seen }
}

/// A key that nobody has the other half of: these devices cannot speak.
pub(super) fn public_key(secrets: &dyn Secrets) -> Vec<u8> {
    loop {
        let mut scalar = [0; 32];
        secrets.fill(&mut scalar);
        // One scalar in four thousand million is none.
        let key = PrivateKey::from_private_key(&ECDH_P256, &scalar).ok();
        if let Some(point) = key.and_then(|k| k.compute_public_key().ok()) {
            return point.as_ref().to_vec();
        }
    }
}
