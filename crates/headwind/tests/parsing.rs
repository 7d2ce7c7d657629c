//! Whatever an agent sends, reading it ends in an answer with bounds, never in a panic.

use muster_headwind::{
    log,
    report::{DeviceInfo, MAX_APPLICATIONS},
    request::{Call, Enrolment},
    signature,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// JSON of any kind, not too deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(field(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// One of the agent's names, so that what is made goes deeper than the first look.
fn field() -> impl Strategy<Value = String> {
    let names: Vec<String> = include_str!("fields.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| Some(l.split_once(' ')?.1.to_owned()))
        .collect();
    prop::sample::select(names)
}

/// A report with one field of any kind.
fn odd_report() -> impl Strategy<Value = Value> {
    (field(), any_json()).prop_map(|(name, value)| {
        let mut report = json!({"deviceId": "h1", "model": "Pixel", "applications": [{"pkg": "a.b"}]});
        report[name] = value;
        report
    })
}

fn bounded(text: Option<&String>) -> bool {
    text.is_none_or(|t| !t.is_empty() && t.chars().count() <= 512 && !t.chars().any(char::is_control))
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = DeviceInfo::parse(&bytes);
        let _ = Enrolment::parse(&bytes);
        let _ = log::items(&bytes);
    }

    #[test]
    fn a_report_that_is_taken_has_bounds(report in odd_report()) {
        let bytes = report.to_string().into_bytes();
        let _ = Enrolment::parse(&bytes);
        let _ = log::items(format!("[{report}]").as_bytes());
        if let Ok(info) = DeviceInfo::parse(&bytes) {
            prop_assert!(bounded(info.model.as_ref()) && bounded(info.serial.as_ref()));
            prop_assert!(info.custom.iter().all(|c| bounded(c.as_ref())));
            prop_assert!(info.battery_percent.is_none_or(|p| p <= 100));
            prop_assert!(info.applications.len() <= MAX_APPLICATIONS);
            prop_assert!(info.applications.iter().all(|a| bounded(Some(&a.package))));
        }
    }

    #[test]
    fn a_path_of_any_kind_is_an_answer(method in "GET|POST|[A-Z]{0,5}", path in "(/|%2F|%2e|\\.|rest|public|sync|\\PC){0,20}") {
        let _ = Call::parse(&method, &path);
    }

    #[test]
    fn a_project_and_a_number_come_back_as_they_were_sent(
        project in "[A-Za-z0-9_~-]{1,20}(/[A-Za-z0-9_~-]{1,20}){0,2}",
        // Begins with a letter: one that has only what joins other characters is no number.
        number in "x[^/\\\\%\\p{C}\\p{Z}\u{115F}\u{1160}\u{2800}\u{3164}\u{FFA0}\u{34F}\u{17B4}\u{17B5}\u{180B}-\u{180F}.]{0,63}",
        encoded in any::<bool>(),
    ) {
        let sent: String = number.bytes().map(|b| format!("%{b:02X}")).collect();
        let raw = if encoded { project.replace('/', "%2F") } else { project.clone() };
        // A segment called `rest` is the agent's own.
        prop_assume!(!project.split('/').any(|s| s == "rest"));
        let path = format!("/{raw}/rest/notification/polling/{sent}");
        let (read, call) = Call::parse("GET", &path).unwrap();
        prop_assert_eq!(read, project.as_str());
        prop_assert_eq!(call, Call::Poll(number.parse().unwrap()));
    }

    #[test]
    fn no_call_has_a_project_or_number_that_leads_elsewhere(
        project in "(/|%2F|%2f|%2e|\\.|a|%00|%252F|\\\\){0,6}",
        number in "(/|%2F|%2f|%2e|\\.|a|%00|%252F|\\\\|%5C){0,6}",
    ) {
        let path = format!("{project}/rest/plugins/devicereset/public/{number}");
        if let Some((project, call)) = Call::parse("POST", &path) {
            let inside = |s: &str| !s.is_empty() && s != "." && s != "..";
            prop_assert!(project.is_empty() || project.split('/').all(inside));
            prop_assert!(!project.contains(['%', '\\', '\0']));
            let Call::ResetConfirmed(number) = call else { return Err(TestCaseError::fail("another call")) };
            prop_assert!(inside(number.as_str()) && !number.as_str().contains(['/', '%', '\\', '\0']));
        }
    }

    #[test]
    fn a_header_of_any_kind_is_compared(given in "\\PC{0,60}") {
        let expected = signature::expected(signature::PUBLIC_SECRET, &"h1".parse().unwrap());
        prop_assert_eq!(signature::holds(&expected, &given), given.eq_ignore_ascii_case(&expected));
    }
}
