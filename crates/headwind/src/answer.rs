//! What the agent is answered. Every answer is a 200 with a body: the agent breaks off at an empty one, and takes
//! everything that is no 2xx for a broken network, to be tried again. But a poll of a device that is no more is better
//! refused with a 4xx: the agent then waits a minute before the next, and otherwise five seconds.

use crate::{configuration::Configuration, log::LogRule, push::Push, signature::sha1_hex};
use serde::Serialize;

/// A configuration, and the proof of it for the header field [`crate::RESPONSE_SIGNATURE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// JSON in UTF-8, to be sent as it is: a byte more and the signature is another.
    pub body: Vec<u8>,
    /// 40 upper-case hex digits. Only builds of the agent that were made to (`CHECK_SIGNATURE`) look at it.
    pub signature: String,
}

/// The answer to [`crate::request::Call::Enrol`] and [`crate::request::Call::Configuration`].
#[must_use]
pub fn configuration(configuration: &Configuration, secret: &str) -> Answer {
    let data = ascii_blanks(&json(configuration));
    let signed: String = data.chars().filter(|c| !is_blank(*c)).collect();
    Answer {
        // The agent cuts the data out by position: they are the last member, and nothing stands behind.
        body: format!(r#"{{"status":"OK","message":null,"data":{data}}}"#).into_bytes(),
        signature: sha1_hex(&format!("{secret}{signed}")),
    }
}

/// There is no such device: an agent on whose screen someone looks asks for another number, one in the background
/// stays as it is. The only error that the agent tells from a broken network.
#[must_use]
pub fn not_found() -> Vec<u8> {
    br#"{"status":"ERROR","message":"error.notfound.device"}"#.to_vec()
}

/// The answer to what needs none.
#[must_use]
pub fn ok() -> Vec<u8> {
    br#"{"status":"OK","message":null}"#.to_vec()
}

/// The answer to [`crate::request::Call::Poll`], the oldest first; the list is there even if nothing is in it.
#[must_use]
pub fn pushes(pushes: &[Push]) -> Vec<u8> {
    list(&pushes.iter().map(Push::message).collect::<Vec<_>>())
}

/// The answer to [`crate::request::Call::LogRules`]. No rules, no entries.
#[must_use]
pub fn log_rules(rules: &[LogRule]) -> Vec<u8> {
    list(rules)
}

fn list<T: Serialize>(data: &[T]) -> Vec<u8> {
    format!(r#"{{"status":"OK","message":null,"data":{}}}"#, json(data)).into_bytes()
}

/// What is written here are texts, numbers and lists of them: nothing that JSON cannot hold.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Java's `\s` are six ASCII characters; Android's `\s` is ICU's, with all blanks of Unicode. Where none of the others
/// stands in the text, both take the same ones out.
fn ascii_blanks(json: &str) -> String {
    json.chars().fold(String::with_capacity(json.len()), |mut text, c| {
        match c.is_whitespace() && !c.is_ascii() {
            true => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => text.push(c),
        }
        text
    })
}

/// Java's `\s`.
const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{B}' | '\u{C}' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{configuration::Title, values::AdminPassword};
    use serde_json::{Value, json};

    fn minimal() -> Configuration {
        Configuration::new(AdminPassword::of("1234").unwrap())
    }

    /// What an agent with `CHECK_SIGNATURE` does: it cuts the data out by position, and takes the blanks out of them.
    fn signed(answer: &Answer, blank: fn(&char) -> bool) -> String {
        let body = std::str::from_utf8(&answer.body).unwrap();
        let data = body.split_once("\"data\":").unwrap().1.strip_suffix('}').unwrap();
        sha1_hex(&format!("secret{}", data.chars().filter(|c| !blank(c)).collect::<String>()))
    }

    #[test]
    fn a_configuration_stands_last_and_is_signed_as_the_agent_reads_it() {
        let answer = configuration(&minimal(), "secret");
        let body = std::str::from_utf8(&answer.body).unwrap();
        assert!(body.starts_with("{\"status\":\"OK\",\"message\":null,\"data\":{\"") && body.ends_with("}}"));
        assert_eq!(answer.signature, signed(&answer, |c| is_blank(*c)));
        assert_ne!(answer.signature, configuration(&minimal(), "other").signature);
    }

    #[test]
    fn whichever_blanks_the_phone_takes_out_the_signature_is_the_same() {
        let text = "a b\tc\nd\u{A0}e\u{3000}f\u{2028}g\u{85}h \u{1F4F1} \"data\":";
        let title = Some(Title::Text(text.to_owned()));
        let answer = configuration(&Configuration { title, ..minimal() }, "secret");
        assert_eq!(answer.signature, signed(&answer, |c| is_blank(*c)));
        assert_eq!(answer.signature, signed(&answer, |c| c.is_whitespace()));
        let value: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(value["data"]["title"], text);
    }

    #[test]
    fn a_configuration_of_the_least_is_what_the_agent_needs() {
        let value: Value = serde_json::from_slice(&configuration(&minimal(), "").body).unwrap();
        let data = json!({
            "pushOptions": "polling", "password": "81DC9BDB52D04DC20036DBD8313ED055", "runDefaultLauncher": true,
            "kioskMode": false, "permissive": true, "requestUpdates": "stop", "title": "none",
            "applications": [], "applicationSettings": [], "files": [], "actions": [],
        });
        assert_eq!(value["data"], data);
    }

    #[test]
    fn no_answer_is_empty_and_a_list_is_always_there() {
        assert_eq!(pushes(&[]), br#"{"status":"OK","message":null,"data":[]}"#);
        assert_eq!(log_rules(&[]), br#"{"status":"OK","message":null,"data":[]}"#);
        for (answer, status, message) in
            [(ok(), "OK", Value::Null), (not_found(), "ERROR", "error.notfound.device".into())]
        {
            let value: Value = serde_json::from_slice(&answer).unwrap();
            assert_eq!((&value["status"], &value["message"]), (&Value::from(status), &message));
        }
    }
}
