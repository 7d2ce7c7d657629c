//! Devices with the Headwind agent: what they are known by, and how it is told whether it is still the same device.

use crate::{
    InvitationId, Timestamp,
    device::Facts,
    ports::Secrets,
    time::{DAY, MINUTE},
    token::AgentAddress,
};
use sha2::{Digest, Sha256};

/// How the hardware ids begin that links are bound to by what somebody typed.
const BOUND: &str = "headwind:";

/// The hardware id of an agent that calls itself by this number.
#[must_use]
pub fn hardware_id(number: &str) -> String {
    format!("{BOUND}{number}")
}

/// The number that a link's device is given: it stands in QR codes and on the agent's screen, and opens nothing.
#[must_use]
pub fn given_number(invitation: InvitationId) -> String {
    let tail = invitation.as_bytes().iter().rev().take(5).rev();
    tail.fold("m-".to_owned(), |number, byte| format!("{number}{byte:02x}"))
}

/// The number to which a link is bound, if it is bound to a Headwind agent.
#[must_use]
pub fn bound_number(hardware_id: Option<&str>) -> Option<&str> {
    hardware_id?.strip_prefix(BOUND)
}

/// Whether an agent that calls itself so is the one a link is bound to: by what was typed, or by what it was given.
#[must_use]
pub fn is_bound(invitation: InvitationId, hardware_id: Option<&str>, number: &str) -> bool {
    bound_number(hardware_id).is_some_and(|typed| typed == number || given_number(invitation) == number)
}

/// A phone that is set up anew at once is answered below its link so long after it was connected, though it has moved by then.
const ANEW: i64 = 10 * MINUTE;
/// A phone that has not moved to its own address by then has lost it.
const MOVES: i64 = DAY;
/// So long a phone may connect below its link again once somebody has said yes.
pub const AGAIN: i64 = DAY;

/// How a link stands to the phone that has it. The number proves nothing: it was typed, or stands beside the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// When the phone was connected.
    pub claimed_at: Timestamp,
    /// When it was first heard of at its own address.
    pub moved_at: Option<Timestamp>,
    /// Until when somebody has allowed it to connect again.
    pub again_until: Option<Timestamp>,
}

/// What is answered to the question for a first configuration below a link that is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// The same answer: it was lost, or the phone was set up anew at once.
    Same,
    /// The phone connects again.
    Again,
    /// Nothing, until somebody says yes: whoever finds a link later learns no address.
    Refused,
}

impl Bound {
    /// Whether anything but the first question is answered below the link.
    #[must_use]
    pub fn serves(&self, now: Timestamp) -> bool {
        self.moved_at.is_none() && now.since(self.claimed_at) < MOVES
    }

    /// What the first question is answered if it is asked once more.
    #[must_use]
    pub fn repeated(&self, now: Timestamp) -> Repeated {
        if self.serves(now) || now.since(self.claimed_at) < ANEW {
            Repeated::Same
        } else if self.again_until.is_some_and(|until| now < until) {
            Repeated::Again
        } else {
            Repeated::Refused
        }
    }
}

/// What a report says otherwise than what is known of the hardware, which does not change: a second phone that was set up with the
/// same link and number, or from a copy of the first one's settings. `None` if it is the same as far as that can be told.
#[must_use]
pub fn contradiction(known: &Facts, told: &Facts) -> Option<String> {
    let imei = |facts: &Facts| facts.headwind.as_ref().and_then(|h| h.imei.clone());
    let pairs = [
        ("serial number", known.serial.clone(), told.serial.clone()),
        ("IMEI", imei(known), imei(told)),
        ("model", known.model.clone(), told.model.clone()),
    ];
    let other = |(what, known, told): (&str, Option<String>, Option<String>)| {
        let (known, told) = (known.filter(|t| is_said(t))?, told.filter(|t| is_said(t))?);
        (known != told).then(|| format!("{what} {told}, not {known}"))
    };
    pairs.into_iter().find_map(other)
}

/// The context under which a new password is sealed.
const PASSWORD: &str = "headwind.password";

/// A new password as a command keeps it.
#[must_use]
pub fn seal_password(secrets: &dyn Secrets, plain: &str) -> String {
    hex(&secrets.seal(PASSWORD, plain.as_bytes()))
}

/// The password of a command; `None` if it is not genuine.
#[must_use]
pub fn open_password(secrets: &dyn Secrets, kept: &str) -> Option<String> {
    String::from_utf8(secrets.open(PASSWORD, &unhex(kept)?)?).ok()
}

/// The PIN that opens the agent's own settings on a device: eight digits, of this device alone, so that one which is known opens no
/// other (ABUSE A35).
#[must_use]
pub fn pin(address: &AgentAddress) -> String {
    let digest = Sha256::digest(format!("muster agent pin v1 {}", address.reveal()));
    let number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:08}", number % 100_000_000)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Android says `unknown` where it does not tell.
fn is_said(text: &str) -> bool {
    !text.is_empty() && !text.eq_ignore_ascii_case("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::HeadwindFacts;

    fn id() -> InvitationId {
        "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e5f".parse().unwrap()
    }

    fn facts(serial: &str, model: &str, imei: Option<&str>) -> Facts {
        let headwind = HeadwindFacts { imei: imei.map(str::to_owned), ..HeadwindFacts::default() };
        Facts {
            serial: Some(serial.into()),
            model: Some(model.into()),
            headwind: Some(Box::new(headwind)),
            ..Facts::default()
        }
    }

    #[test]
    fn an_agent_is_known_by_what_was_typed_and_by_what_it_was_given() {
        assert_eq!(given_number(id()), "m-1b2c3d4e5f");
        let bound = hardware_id("anna");
        assert!(is_bound(id(), Some(&bound), "anna"));
        assert!(is_bound(id(), Some(&bound), "m-1b2c3d4e5f"));
        assert!(!is_bound(id(), Some(&bound), "boris"));
        assert!(!is_bound(id(), Some("anna"), "anna"), "bound to another kind of agent");
        assert!(!is_bound(id(), None, "m-1b2c3d4e5f"), "bound to nobody yet");
    }

    #[test]
    fn a19_a_link_answers_its_phone_until_that_has_moved_and_a_yes_holds_for_a_day() {
        let bound = Bound { claimed_at: Timestamp(0), moved_at: None, again_until: None };
        let after = |bound: Bound, minutes: i64| {
            let now = Timestamp(minutes * MINUTE);
            (bound.serves(now), bound.repeated(now))
        };
        assert_eq!(after(bound, 23 * 60), (true, Repeated::Same));
        assert_eq!(after(bound, 24 * 60), (false, Repeated::Refused), "it has never reported");
        let moved = Bound { moved_at: Some(Timestamp(1)), ..bound };
        assert_eq!(after(moved, 9), (false, Repeated::Same), "set up anew at once");
        assert_eq!(after(moved, 10), (false, Repeated::Refused));
        let allowed = Bound { again_until: Some(Timestamp(100 * MINUTE)), ..moved };
        assert_eq!(after(allowed, 99), (false, Repeated::Again));
        assert_eq!(after(allowed, 100), (false, Repeated::Refused));
    }

    #[test]
    fn a35_each_device_has_a_pin_of_its_own() {
        let address = |n: u8| AgentAddress::derive(&[n; 32], id());
        assert_eq!(pin(&address(1)), pin(&address(1)));
        assert_ne!(pin(&address(1)), pin(&address(2)));
        assert!(pin(&address(1)).len() == 8 && pin(&address(1)).bytes().all(|b| b.is_ascii_digit()));
    }

    #[test]
    fn digits_are_read_back_and_others_are_none() {
        assert_eq!(unhex(&hex(&[0, 15, 255])), Some(vec![0, 15, 255]));
        assert_eq!(unhex("0g"), None);
    }

    #[test]
    fn only_what_both_say_can_contradict() {
        let known = facts("R5CT1", "Pixel 8", Some("350000000000001"));
        assert_eq!(contradiction(&known, &known), None);
        assert_eq!(contradiction(&Facts::default(), &known), None);
        assert_eq!(contradiction(&known, &Facts::default()), None);
        assert_eq!(contradiction(&known, &facts("unknown", "Pixel 8", None)), None);
        let other = facts("R5CT2", "Pixel 8", None);
        assert_eq!(contradiction(&known, &other).as_deref(), Some("serial number R5CT2, not R5CT1"));
        let other = facts("R5CT1", "Pixel 9", None);
        assert_eq!(contradiction(&known, &other).as_deref(), Some("model Pixel 9, not Pixel 8"));
        let other = facts("", "Pixel 8", Some("350000000000002"));
        assert_eq!(
            contradiction(&known, &other).as_deref(),
            Some("IMEI 350000000000002, not 350000000000001")
        );
    }
}
