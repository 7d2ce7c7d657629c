//! Commands and their answers.

use crate::{
    program::{fails, run, succeeds},
    server::{Shared, command, link, start},
};
use plist::{Dictionary, Value};
use serde_json::json;
use std::path::{Path, PathBuf};

struct Bench {
    server: Shared,
    _folder: tempfile::TempDir,
    state: PathBuf,
}

/// A device that is enrolled.
async fn enrolled(words: &[&str]) -> Bench {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    succeeds(&state, &[&["enroll", &link(&server)], words].concat()).await;
    Bench { server, _folder: folder, state }
}

impl Bench {
    fn give(&self, uuid: &str, request_type: &str, more: &str) {
        self.server.lock().unwrap().commands.push_back(command(uuid, request_type, more));
    }

    /// What the device answers to one command.
    async fn answer(&self, words: &[&str], request_type: &str, more: &str) -> Dictionary {
        let before = self.server.lock().unwrap().answers.len();
        self.give("one", request_type, more);
        let out = run(&self.state, &[&["run", "--once"], words].concat()).await;
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let known = self.server.lock().unwrap();
        let [idle, answer, ..] = &known.answers[before..] else { panic!("{request_type}: no answer") };
        assert_eq!((idle["Status"].as_string(), idle.get("CommandUUID")), (Some("Idle"), None));
        assert_eq!(answer["CommandUUID"].as_string(), Some("one"));
        answer.clone()
    }

    async fn status(&self) -> serde_json::Value {
        succeeds(&self.state, &["status"]).await
    }
}

fn status(answer: &Dictionary) -> &str {
    answer["Status"].as_string().unwrap()
}

/// Code and domain of the first error.
fn error(chain: &Dictionary) -> (u64, &str) {
    let first = chain["ErrorChain"].as_array().unwrap()[0].as_dictionary().unwrap();
    assert!(!first["LocalizedDescription"].as_string().unwrap().is_empty());
    (first["ErrorCode"].as_unsigned_integer().unwrap(), first["ErrorDomain"].as_string().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_answers_what_was_asked_and_nothing_else() {
    let bench = enrolled(&["--name", "Ada's phone"]).await;
    let queries = [
        "DeviceName",
        "OSVersion",
        "UDID",
        "BatteryLevel",
        "DeviceCapacity",
        "EASDeviceIdentifier",
        "Nonsense",
    ];
    let asked: String = queries.iter().map(|q| format!("<string>{q}</string>")).collect();
    let asked = format!("<key>Queries</key><array>{asked}</array>");
    let answer = bench.answer(&[], "DeviceInformation", &asked).await;
    let responses = answer["QueryResponses"].as_dictionary().unwrap();
    let names: Vec<&String> = responses.keys().collect();
    assert_eq!(names, ["DeviceName", "OSVersion", "UDID", "BatteryLevel", "DeviceCapacity"]);
    assert_eq!(responses["DeviceName"].as_string(), Some("Ada's phone"));
    assert!(responses["DeviceCapacity"].as_real().is_some(), "a real number");
    let answer = bench.answer(&[], "DeviceInformation", "").await;
    assert_eq!((status(&answer), error(&answer).0), ("CommandFormatError", 12008));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_have_what_is_on_the_device() {
    let bench = enrolled(&[]).await;
    let list = bench.answer(&[], "ProfileList", "").await;
    let profile = list["ProfileList"].as_array().unwrap()[0].as_dictionary().unwrap();
    assert_eq!(profile["PayloadIdentifier"].as_string(), Some("example.enrolment"));
    let kinds = profile["PayloadContent"].as_array().unwrap().iter();
    let kinds: Vec<_> =
        kinds.map(|p| p.as_dictionary().unwrap()["PayloadType"].as_string().unwrap()).collect();
    assert_eq!(kinds, ["com.apple.security.scep", "com.apple.mdm"]);
    let list = bench.answer(&[], "CertificateList", "").await;
    let certificate = list["CertificateList"].as_array().unwrap()[0].as_dictionary().unwrap();
    assert_eq!(certificate["IsIdentity"].as_boolean(), Some(true));
    let issued = bench.server.lock().unwrap().authority.issued[0].der().to_vec();
    assert_eq!(certificate["Data"].as_data().unwrap(), issued);
    let list = bench.answer(&[], "InstalledApplicationList", "").await;
    assert!(list["InstalledApplicationList"].as_array().unwrap().len() > 2);
    let one = "<key>Identifiers</key><array><string>org.example.chat</string></array>\
               <key>Items</key><array><string>Identifier</string></array>";
    let list = bench.answer(&[], "InstalledApplicationList", one).await;
    let list = list["InstalledApplicationList"].as_array().unwrap();
    assert_eq!((list.len(), list[0].as_dictionary().unwrap().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_passcode_is_told_and_cleared_with_our_token_alone() {
    let bench = enrolled(&["--passcode-not-compliant"]).await;
    let told = |answer: &Dictionary| {
        let info = answer["SecurityInfo"].as_dictionary().unwrap();
        (info["PasscodePresent"].as_boolean().unwrap(), info["PasscodeCompliant"].as_boolean().unwrap())
    };
    assert_eq!(told(&bench.answer(&[], "SecurityInfo", "").await), (true, false));
    assert_eq!(told(&bench.answer(&["--passcode-compliant"], "SecurityInfo", "").await), (true, true));
    let wrong = "<key>UnlockToken</key><data>AAAA</data>";
    let answer = bench.answer(&[], "ClearPasscode", wrong).await;
    assert_eq!(error(&answer), (5013, "MCPasscodeErrorDomain"));
    assert_eq!(status(&bench.answer(&[], "ClearPasscode", "").await), "CommandFormatError");
    let token = bench.server.lock().unwrap().check_ins[1]["UnlockToken"].as_data().unwrap().to_vec();
    use base64::{Engine, engine::general_purpose::STANDARD};
    let right = format!("<key>UnlockToken</key><data>{}</data>", STANDARD.encode(token));
    assert_eq!(status(&bench.answer(&[], "ClearPasscode", &right).await), "Acknowledged");
    assert!(!told(&bench.answer(&[], "SecurityInfo", "").await).0, "there is none any more");
    assert_eq!(bench.status().await["passcode"], "absent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_says_whether_its_message_was_shown() {
    let bench = enrolled(&[]).await;
    let message = "<key>Message</key><string>Return me</string>";
    let answer = bench.answer(&[], "DeviceLock", message).await;
    assert_eq!(answer["MessageResult"].as_string(), Some("Success"));
    assert!(bench.answer(&[], "DeviceLock", "").await.get("MessageResult").is_none());
    let answer = bench.answer(&["--no-passcode"], "DeviceLock", message).await;
    assert_eq!(answer["MessageResult"].as_string(), Some("NoPasscodeSet"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_supervision_is_refused_without_and_done_with_it() {
    let name = "<key>Settings</key><array><dict><key>Item</key><string>DeviceName</string>\
                <key>DeviceName</key><string>Front desk</string></dict></array>";
    let lost = "<key>Message</key><string>Lost</string>";
    let plain = enrolled(&[]).await;
    for (request_type, more) in [
        ("RestartDevice", ""),
        ("ShutDownDevice", ""),
        ("EnableLostMode", lost),
        ("DisableLostMode", ""),
        ("DeviceLocation", ""),
        ("PlayLostModeSound", ""),
    ] {
        let answer = plain.answer(&[], request_type, more).await;
        assert_eq!((status(&answer), error(&answer)), ("Error", (12021, "MCMDMErrorDomain")));
    }
    let answer = plain.answer(&[], "Settings", name).await;
    let item = answer["Settings"].as_array().unwrap()[0].as_dictionary().unwrap();
    assert_eq!((status(&answer), status(item), error(item).0), ("Acknowledged", "Error", 29000));
    assert_eq!(plain.status().await["executed"], json!({}), "none of these was done");

    let bench = enrolled(&["--supervised", "--ipad"]).await;
    for (request_type, more) in [
        ("RestartDevice", ""),
        ("ShutDownDevice", ""),
        ("Settings", name),
        ("EnableLostMode", lost),
        ("PlayLostModeSound", ""),
        ("DeviceLocation", ""),
    ] {
        let answer = bench.answer(&[], request_type, more).await;
        assert_eq!(status(&answer), "Acknowledged", "{request_type}");
        if request_type == "DeviceLocation" {
            assert!(answer["Latitude"].as_real().is_some());
            assert!(answer["Timestamp"].as_string().unwrap().ends_with('Z'));
        }
    }
    let kept = bench.status().await;
    assert_eq!((&kept["name"], &kept["lost_mode"]), (&"Front desk".into(), &true.into()));
    let answer = bench.answer(&[], "DeviceLock", lost).await;
    assert_eq!(answer["MessageResult"].as_string(), Some("DeviceInLostMode"));
    assert_eq!(status(&bench.answer(&[], "EnableLostMode", "").await), "CommandFormatError");
    assert_eq!(status(&bench.answer(&[], "DisableLostMode", "").await), "Acknowledged");
    assert_eq!(error(&bench.answer(&[], "DisableLostMode", "").await).0, 12067);
    assert_eq!(error(&bench.answer(&[], "DeviceLocation", "").await).0, 12067);
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_are_installed_replaced_listed_and_removed() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let bench = enrolled(&[]).await;
    let profile = |text: &str| format!("<key>Payload</key><data>{}</data>", STANDARD.encode(text));
    let wifi = crate::server::PROFILE
        .replace("com.apple.mdm", "com.apple.wifi.managed")
        .replace("example.enrolment", "example.wifi");
    for _ in 0..2 {
        assert_eq!(status(&bench.answer(&[], "InstallProfile", &profile(&wifi)).await), "Acknowledged");
    }
    let list = bench.answer(&[], "ProfileList", "<key>ManagedOnly</key><true/>").await;
    assert_eq!(list["ProfileList"].as_array().unwrap().len(), 1);
    assert_eq!(bench.status().await["profiles"][1]["identifier"], "example.wifi");
    let answer = bench.answer(&[], "InstallProfile", &profile(crate::server::PROFILE)).await;
    let chain = answer["ErrorChain"].as_array().unwrap();
    assert_eq!((error(&answer).0, chain.len()), (4001, 2), "a second MDM payload");
    let answer = bench.answer(&[], "InstallProfile", &profile("no profile")).await;
    assert_eq!(status(&answer), "Error");
    let identifier = "<key>Identifier</key><string>example.wifi</string>";
    assert_eq!(status(&bench.answer(&[], "RemoveProfile", identifier).await), "Acknowledged");
    assert_eq!(error(&bench.answer(&[], "RemoveProfile", identifier).await), (12075, "MDMErrorDomain"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_device_puts_off_what_it_cannot_do() {
    let bench = enrolled(&[]).await;
    let answers = async |words: &'static [&'static str], types: &[&str], wanted: &str| {
        for request_type in types {
            let more = if *request_type == "DeviceInformation" { "<key>Queries</key><array/>" } else { "" };
            let answer = bench.answer(words, request_type, more).await;
            assert_eq!(status(&answer), wanted, "{words:?} {request_type}");
        }
    };
    let changing = ["InstallProfile", "RemoveProfile", "SecurityInfo", "Settings"];
    let lists = ["ProfileList", "CertificateList", "InstalledApplicationList"];
    answers(&["--locked"], &changing, "NotNow").await;
    answers(&["--locked"], &lists, "Acknowledged").await;
    answers(&["--locked-since-start"], &changing, "NotNow").await;
    answers(&["--locked-since-start"], &lists, "NotNow").await;
    answers(&["--locked-since-start"], &["DeviceInformation", "DeviceLock"], "Acknowledged").await;
    answers(&["--locked", "--no-passcode"], &["SecurityInfo"], "Acknowledged").await;
    let told = bench.status().await;
    assert!(told["answers"]["NotNow"].as_u64() > Some(10), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_that_the_profile_does_not_give_are_not_used() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    server.lock().unwrap().profile =
        crate::server::PROFILE.replace("<integer>8191</integer>", "<integer>1</integer>");
    let state = folder.path().join("phone.json");
    succeeds(&state, &["enroll", &link(&server)]).await;
    let bench = Bench { server, _folder: folder, state };
    for request_type in ["EraseDevice", "SecurityInfo", "DeviceLock", "InstalledApplicationList"] {
        assert_eq!(error(&bench.answer(&[], request_type, "").await).0, 12007, "{request_type}");
    }
    let asked = "<key>Queries</key><array><string>UDID</string><string>DeviceName</string></array>";
    let answer = bench.answer(&[], "DeviceInformation", asked).await;
    assert_eq!(answer["QueryResponses"].as_dictionary().unwrap().len(), 1, "without a right, only the UDID");
    assert_eq!(bench.status().await["phase"], "enrolled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_does_not_know_is_a_format_error() {
    let bench = enrolled(&[]).await;
    let answer = bench.answer(&[], "MakeCoffee", "").await;
    assert_eq!((status(&answer), error(&answer).0), ("CommandFormatError", 12021));
    let answer = bench.answer(&[], "", "").await;
    assert_eq!((status(&answer), error(&answer).0), ("CommandFormatError", 12008));
    assert_eq!(bench.status().await["executed"], json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_not_delivered_goes_out_first_and_the_command_is_not_done_again() {
    let bench = enrolled(&[]).await;
    bench.give("a", "DeviceLock", "");
    // The server goes away between the command and the answer.
    let http = muster_agent::apple::http::Client::new(muster_agent::clock::system, true, None).unwrap();
    let options = muster_agent::apple::device::Options::default();
    let mut device = open(&bench.state, options);
    device.next(&http).await.unwrap();
    drop(device);
    bench.server.lock().unwrap().refuse = [("Idle", (503, ""))].into();
    assert_eq!(fails(&bench.state, &["run", "--once"], 3).await.0, "unreachable");
    assert_eq!(bench.status().await["unanswered"], "a");
    bench.server.lock().unwrap().refuse.clear();
    succeeds(&bench.state, &["run", "--once"]).await;
    let told = bench.status().await;
    assert_eq!(told["executed"]["a"]["times"], 1);
    assert_eq!((&told["answers"], &told["unanswered"]), (&json!({ "Acknowledged": 1 }), &json!(null)));
    let known = bench.server.lock().unwrap();
    let uuids: Vec<_> =
        known.answers.iter().map(|a| a.get("CommandUUID").and_then(Value::as_string)).collect();
    assert_eq!(uuids, [None, Some("a"), Some("a")], "the second time it is Idle no more");
}

fn open(path: &Path, options: muster_agent::apple::device::Options) -> muster_agent::apple::device::Device {
    use muster_agent::{apple::device::Device, error::AgentError};
    Device::open(path, Default::default(), options, || Err(AgentError::Local("none".into()))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_are_lost_and_what_was_done_is_counted() {
    let bench = enrolled(&[]).await;
    for uuid in ["a", "b", "a"] {
        bench.give(uuid, "DeviceLock", "");
    }
    for _ in 0..2 {
        assert_eq!(fails(&bench.state, &["run", "--once", "--lose-answers", "2"], 1).await.0, "died");
    }
    succeeds(&bench.state, &["run", "--once", "--lose-answers", "2"]).await;
    let told = bench.status().await;
    assert_eq!((&told["executed"]["a"]["times"], &told["executed"]["b"]["times"]), (&2.into(), &1.into()));
    assert_eq!((&told["answers"], &told["lost_answers"]), (&json!({ "Acknowledged": 1 }), &2.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_device_has_acknowledged_and_knows_nothing_any_more() {
    let bench = enrolled(&[]).await;
    let answer = bench.answer(&[], "EraseDevice", "").await;
    assert_eq!(status(&answer), "Acknowledged");
    let told = bench.status().await;
    assert_eq!(
        (&told["phase"], &told["identity"], &told["profiles"]),
        (&"erased".into(), &json!(null), &json!([]))
    );
    assert_eq!(told["executed"]["one"], json!({ "request_type": "EraseDevice", "times": 1 }));
    let (code, message) = fails(&bench.state, &["run", "--once"], 1).await;
    assert!(code == "not_enrolled" && message.contains("erased"), "{message}");
    // It can be enrolled again: a new identity, the same device.
    let again = succeeds(&bench.state, &["enroll", &link(&bench.server)]).await;
    assert_eq!((&again["udid"], again["phase"].as_str()), (&told["udid"], Some("enrolled")));
    // An erase whose answer is lost has happened all the same.
    bench.give("two", "EraseDevice", "");
    assert_eq!(fails(&bench.state, &["run", "--once", "--lose-answers", "1"], 1).await.0, "died");
    assert_eq!(bench.status().await["phase"], "erased");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_management_by_the_server_by_the_owner_and_by_a_refusal() {
    let bench = enrolled(&[]).await;
    let last = |bench: &Bench| {
        let known = bench.server.lock().unwrap();
        known.check_ins.last().unwrap()["MessageType"].as_string().unwrap().to_owned()
    };
    bench.give("x", "RemoveProfile", "<key>Identifier</key><string>example.enrolment</string>");
    let done = succeeds(&bench.state, &["run", "--once"]).await;
    assert_eq!(done["steps"][1], json!({ "ended": { "phase": "removed" } }));
    assert_eq!(
        (last(&bench).as_str(), bench.status().await["phase"].as_str()),
        ("CheckOut", Some("removed"))
    );

    succeeds(&bench.state, &["enroll", &link(&bench.server)]).await;
    succeeds(&bench.state, &["remove-profile", "--offline"]).await;
    assert_eq!(last(&bench), "TokenUpdate", "the server was not told");
    fails(&bench.state, &["remove-profile"], 1).await;
    succeeds(&bench.state, &["enroll", &link(&bench.server)]).await;
    succeeds(&bench.state, &["remove-profile"]).await;
    assert_eq!(last(&bench), "CheckOut");

    const UNRECOGNIZED: &str = "<plist version=\"1.0\"><dict><key>code</key>\
                                <string>com.apple.unrecognized.device</string></dict></plist>";
    for (status, body, gone) in
        [(401, "", true), (403, UNRECOGNIZED, true), (403, "no", false), (410, "", false)]
    {
        succeeds(&bench.state, &["enroll", &link(&bench.server)]).await;
        bench.server.lock().unwrap().refuse = [("Idle", (status, body))].into();
        let (code, _) = fails(&bench.state, &["run", "--once"], 1).await;
        let phase = bench.status().await["phase"].clone();
        if gone {
            assert_eq!((code.as_str(), phase.as_str()), ("enrolment_ended", Some("refused")), "{status}");
        } else {
            assert_eq!((code, phase.as_str()), (format!("http_{status}"), Some("enrolled")), "{status}");
        }
        bench.server.lock().unwrap().refuse.clear();
    }
}
