//! What is printed about a device.

use muster_agent::apple::{device::Device, session::Step, state::Phase};
use serde_json::{Value, json};

/// A session, a line for each step.
pub fn session_words(steps: &[Step]) -> String {
    let lines = steps.iter().map(|step| match step {
        Step::Command { request_type, status, .. } => format!("{request_type}: {status}"),
        Step::Ended { phase } => format!("Not managed any more: {}.", phase.words()),
        Step::Nothing => String::new(),
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { "Nothing to do.".into() } else { lines.join("\n") }
}

/// The state, for people.
pub fn words(device: &Device) -> String {
    let (state, hardware) = (&device.state, &device.state.hardware);
    let mut text = format!(
        "{} {} ({}), serial {}: {}.",
        hardware.marketing_name,
        hardware.name,
        hardware.udid,
        hardware.serial,
        state.phase.words()
    );
    if let (Phase::Enrolled, Some(enrolment)) = (state.phase, &state.enrolment) {
        text.push_str(&format!("\nServer {}.", enrolment.mdm.server_url));
    }
    let times: u32 = state.executed.values().map(|e| e.times).sum();
    text + &format!("\n{times} commands done, {} profiles installed.", state.profiles.len())
}

/// The state without its secrets.
pub fn summary(device: &Device) -> Value {
    let (state, hardware) = (&device.state, &device.state.hardware);
    let identity = device.certificate().map(|certificate| {
        json!({
            "serial": certificate.serial_hex(),
            "common_name": certificate.common_name(),
            "not_after": certificate.not_after(),
        })
    });
    let enrolment = state.enrolment.as_ref();
    let profiles: Vec<Value> = enrolment
        .map(|e| &e.profile)
        .into_iter()
        .chain(state.profiles.values())
        .map(|p| json!({ "identifier": p.identifier, "uuid": p.uuid, "name": p.name, "managed": p.managed }))
        .collect();
    json!({
        "phase": state.phase,
        "udid": hardware.udid,
        "serial": hardware.serial,
        "product": hardware.product,
        "name": hardware.name,
        "os_version": hardware.os_version,
        "supervised": state.supervised,
        "passcode": state.passcode,
        "lost_mode": state.lost_mode,
        "organization": enrolment.and_then(|e| e.profile.organization.as_deref()),
        "server_url": enrolment.map(|e| &e.mdm.server_url),
        "identity": identity,
        "profiles": profiles,
        "executed": state.executed,
        "answers": state.answers,
        "unanswered": state.pending.as_ref().map(|p| &p.uuid),
        "lost_answers": state.lost_answers,
        "declarations": state.declarative.declarations.keys().collect::<Vec<_>>(),
    })
}
