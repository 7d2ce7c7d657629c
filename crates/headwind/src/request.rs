//! The agent's calls: which there are, whose device each is about, and what the first one asks for.

use crate::{
    Malformed, Number,
    fields::{Fields, body, id, object},
    link::is_project,
};
use std::borrow::Cow;

/// Groups in the first request at most.
pub const MAX_GROUPS: usize = 100;

/// A call of the agent. What stands behind `rest` is the agent's; what stands before is the project, which says whose
/// device it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// The first request of an agent that has no configuration yet. Its body is an [`Enrolment`]; wants a
    /// configuration.
    Enrol(Number),
    /// Every later one.
    Configuration(Number),
    /// Which of its log entries are wanted.
    LogRules(Number),
    /// The device as it is now. Its body is a [`crate::report::DeviceInfo`], which has the number.
    Info,
    /// Wants pushes; may be held open for less than 300 seconds.
    Poll(Number),
    /// Log entries; see [`crate::log::items`].
    Logs(Number),
    /// The device is about to wipe itself, and does so only after a 2xx.
    ResetConfirmed(Number),
    /// The device is about to restart, and does so only after a 2xx.
    RebootConfirmed(Number),
    /// The password was changed, or not: the agent sends this in either case.
    PasswordConfirmed(Number),
}

impl Call {
    /// Reads method and path as they came (nothing decoded), and gives the project and the call. Slashes in the
    /// project may be `/` or, as the agent sends them, `%2F`; without one the project is empty. The number is
    /// decoded once; both have bounds of their own. `None` is whatever is no call of the agent.
    #[must_use]
    pub fn parse<'a>(method: &str, raw_path: &'a str) -> Option<(Cow<'a, str>, Self)> {
        let (project, rest) = raw_path.split_once("/rest/")?;
        let project = match project.strip_prefix('/') {
            Some(project) if !project.is_empty() => slashes(project),
            None if project.is_empty() => Cow::Borrowed(""),
            _ => return None,
        };
        if !is_project(&project) {
            return None;
        }
        Some((project, Self::of(method, rest)?))
    }

    /// Whose call it is; that of [`Call::Info`] stands in its body.
    #[must_use]
    pub const fn number(&self) -> Option<&Number> {
        match self {
            Self::Info => None,
            Self::Enrol(number)
            | Self::Configuration(number)
            | Self::LogRules(number)
            | Self::Poll(number)
            | Self::Logs(number)
            | Self::ResetConfirmed(number)
            | Self::RebootConfirmed(number)
            | Self::PasswordConfirmed(number) => Some(number),
        }
    }

    fn of(method: &str, rest: &str) -> Option<Self> {
        const WITH_NUMBER: [Named; 8] = [
            ("POST", "public/sync/configuration/", Call::Enrol),
            ("GET", "public/sync/configuration/", Call::Configuration),
            ("GET", "plugins/devicelog/log/rules/", Call::LogRules),
            ("GET", "notification/polling/", Call::Poll),
            ("POST", "plugins/devicelog/log/list/", Call::Logs),
            ("POST", "plugins/devicereset/public/reboot/", Call::RebootConfirmed),
            ("POST", "plugins/devicereset/public/password/", Call::PasswordConfirmed),
            // Last, since the two before begin in the same way.
            ("POST", "plugins/devicereset/public/", Call::ResetConfirmed),
        ];
        if (method, rest) == ("POST", "public/sync/info") {
            return Some(Self::Info);
        }
        WITH_NUMBER.iter().find_map(|(its, prefix, call)| {
            let number = rest.strip_prefix(prefix).filter(|_| method == *its)?;
            Some(call(decoded(number)?))
        })
    }
}

/// A method, a path up to the number, and the call.
type Named = (&'static str, &'static str, fn(Number) -> Call);

fn slashes(project: &str) -> Cow<'_, str> {
    match project.contains('%') {
        true => Cow::Owned(project.replace("%2F", "/").replace("%2f", "/")),
        false => Cow::Borrowed(project),
    }
}

/// One segment of a path, decoded once (RFC 3986, section 2.1).
fn decoded(segment: &str) -> Option<Number> {
    if segment.contains(['/', '?', '#']) {
        return None;
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            plain => plain,
        });
    }
    std::str::from_utf8(&bytes).ok()?.parse().ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// What the first request asks for: what the provisioning said, if it said something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrolment {
    /// Whose server it is, where one has many customers.
    pub customer: Option<String>,
    /// The name of the configuration that it would like.
    pub configuration: Option<String>,
    /// The groups that it would like to be in.
    pub groups: Vec<String>,
}

impl Enrolment {
    /// Reads the body of [`Call::Enrol`].
    ///
    /// # Errors
    /// [`Malformed`] names the field.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let value = body(bytes)?;
        let fields = object(&value, "body")?;
        // `groupSet` is the same list once more: the agent's class has two getters for it.
        let groups = fields
            .list("groups", MAX_GROUPS)?
            .iter()
            .map(|g| id(g, "groups"))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            customer: fields.id("customer")?,
            configuration: fields.id("configuration")?,
            groups: groups.into_iter().flatten().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn all_calls_of_the_agent_are_known() {
        for (method, path, call) in [
            ("POST", "public/sync/configuration/7", Call::Enrol(number("7"))),
            ("GET", "public/sync/configuration/7", Call::Configuration(number("7"))),
            ("GET", "plugins/devicelog/log/rules/7", Call::LogRules(number("7"))),
            ("POST", "public/sync/info", Call::Info),
            ("GET", "notification/polling/7", Call::Poll(number("7"))),
            ("POST", "plugins/devicelog/log/list/7", Call::Logs(number("7"))),
            ("POST", "plugins/devicereset/public/7", Call::ResetConfirmed(number("7"))),
            ("POST", "plugins/devicereset/public/reboot/7", Call::RebootConfirmed(number("7"))),
            ("POST", "plugins/devicereset/public/password/7", Call::PasswordConfirmed(number("7"))),
        ] {
            for (raw, project) in [
                ("", ""),
                ("/0j3xk-8m2qv", "0j3xk-8m2qv"),
                ("/d/x", "d/x"),
                ("/d%2Fx", "d/x"),
                ("/d%2fx", "d/x"),
            ] {
                let path = format!("{raw}/rest/{path}");
                assert_eq!(
                    Call::parse(method, &path),
                    Some((project.into(), call.clone())),
                    "{method} {path}"
                );
            }
            assert_eq!(call.number().map(Number::as_str), path.ends_with('7').then_some("7"));
            for other in ["PUT", "HEAD", "OPTIONS", "get", ""] {
                assert_eq!(Call::parse(other, &format!("/x/rest/{path}")), None, "{other} {path}");
            }
        }
    }

    #[test]
    fn a_number_is_decoded_once() {
        let read =
            |path: &str| Call::parse("GET", &format!("/x/rest/notification/polling/{path}")).map(|c| c.1);
        for (raw, plain) in
            [("Phone%20%235", "Phone #5"), ("a+b", "a+b"), ("%D0%AF", "\u{42F}"), ("12%20", "12 ")]
        {
            assert_eq!(read(raw), Some(Call::Poll(number(plain))), "{raw}");
        }
        for bad in [
            "",
            "/",
            "a/b",
            "a%2Fb",
            "a%5Cb",
            "..",
            "%2e%2e",
            ".%2E",
            "%252e%252e",
            "%252F",
            "%00",
            "a%0Ab",
            "%",
            "%2",
            "%zz",
            "%+1",
            "%ff",
            "%E2%80%AE",
            "a?b",
            "a#b",
            "a/",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
        assert_eq!(read(&"x".repeat(65)), None);
    }

    #[test]
    fn a34_a_path_that_plays_tricks_is_no_call() {
        for bad in [
            "rest/public/sync/info",
            "x/rest/public/sync/info",
            "//rest/public/sync/info",
            "//x/rest/public/sync/info",
            "/x//rest/public/sync/info",
            "/x%2F/rest/public/sync/info",
            "/%2Fx/rest/public/sync/info",
            "/../rest/public/sync/info",
            "/x/../rest/public/sync/info",
            "/x%2F..%2Fy/rest/public/sync/info",
            "/%2e%2e/rest/public/sync/info",
            "/x%252Fy/rest/public/sync/info",
            "/x%00/rest/public/sync/info",
            "/x;y/rest/public/sync/info",
            "/x/rest//public/sync/info",
            "/x/rest/public/sync/info/",
            "/x/rest/public/sync/info/7",
            "/x/rest/public/sync/info?y",
            "/x/REST/public/sync/info",
            "/x/rest/rest/public/sync/info",
            "/x%2Frest%2Fpublic/sync/info",
            "",
            "/",
            "/rest/",
        ] {
            assert_eq!(Call::parse("POST", bad), None, "{bad:?}");
        }
        let long = format!("/{}/rest/public/sync/info", "x/".repeat(600));
        assert_eq!(Call::parse("POST", &long), None);
    }

    #[test]
    fn a20_the_first_request_may_ask_for_nothing() {
        let nothing = br#"{"customer":null,"configuration":null,"groups":null,"groupSet":null}"#;
        assert_eq!(Enrolment::parse(nothing), Ok(Enrolment::default()));
        assert_eq!(Enrolment::parse(b"{}"), Ok(Enrolment::default()));
        assert_eq!(Enrolment::parse(b""), Err(Malformed("body")));
    }

    #[test]
    fn what_the_first_request_asks_for_has_bounds() {
        let asked = Enrolment::parse(
            br#"{"customer":"c","configuration":"k","groups":["a","","b"],"groupSet":["a"]}"#,
        );
        let asked = asked.unwrap();
        assert_eq!((asked.customer.as_deref(), asked.configuration.as_deref()), (Some("c"), Some("k")));
        assert_eq!(asked.groups, ["a", "b"]);
        for (bad, field) in [
            (serde_json::json!({"groups": vec!["a"; MAX_GROUPS + 1]}), "groups"),
            (serde_json::json!({"groups": [1]}), "groups"),
            (serde_json::json!({"customer": "x".repeat(256)}), "customer"),
        ] {
            assert_eq!(Enrolment::parse(bad.to_string().as_bytes()), Err(Malformed(field)));
        }
    }
}
