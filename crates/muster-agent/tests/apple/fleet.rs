//! Many devices in one process, and one that is killed at any moment.

use crate::{
    program::{fails, succeeds},
    server::{command, link, start},
};
use std::{collections::HashSet, time::Duration};

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_with_a_pool_of_keys_enrols_answers_and_renews() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let (links, states) = (folder.path().join("links.txt"), folder.path().join("fleet"));
    std::fs::write(&links, vec![link(&server); 40].join("\n")).unwrap();
    let links = links.to_str().unwrap();
    fails(&states, &["enroll", "--links", links, "--devices", "41"], 2).await;
    let done = succeeds(&states, &["enroll", "--links", links, "--key-pool", "3"]).await;
    assert_eq!(done["done"], 40);
    {
        let known = server.lock().unwrap();
        let keys: HashSet<_> = known.authority.issued.iter().map(|c| c.spki().unwrap().to_vec()).collect();
        assert_eq!((known.authority.issued.len(), keys.len()), (40, 3));
        let udids: HashSet<_> = known.check_ins.iter().map(|m| m["UDID"].as_string().unwrap()).collect();
        assert_eq!((udids.len(), known.check_ins.len()), (40, 80));
    }
    server.lock().unwrap().commands.extend((0..20).map(|n| command(&n.to_string(), "DeviceLock", "")));
    assert_eq!(succeeds(&states, &["run", "--once", "--devices", "40"]).await["done"], 40);
    let mut executed = 0;
    for n in 1..=40 {
        let one = succeeds(&states.join(format!("device-{n:06}.json")), &["status"]).await;
        executed += one["executed"].as_object().unwrap().len();
    }
    assert_eq!(executed, 20, "each command once");
    assert_eq!(succeeds(&states, &["renew", "--devices", "40"]).await["done"], 40);
    succeeds(&states.join("device-000007.json"), &["run", "--once"]).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_killed_at_any_moment_goes_on() {
    let (server, folder) = (start().await, tempfile::tempdir().unwrap());
    let state = folder.path().join("phone.json");
    let pasted = link(&server);
    let start = |words: &[&str]| {
        tokio::process::Command::new(env!("CARGO_BIN_EXE_muster-agent"))
            .args(["--json", "--state", state.to_str().unwrap(), "apple", "--allow-http"])
            .args(words)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    };
    for moment in (1..=12).map(|n| n * 25) {
        let mut child = start(&["enroll", &pasted]);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        child.kill().await.unwrap();
    }
    let enrolled = succeeds(&state, &["enroll", &pasted]).await;
    assert_eq!(enrolled["phase"], "enrolled");
    let total = 60;
    for n in 0..total {
        server.lock().unwrap().commands.push_back(command(&format!("c{n:03}"), "DeviceLock", ""));
    }
    for moment in (1..=12).map(|n| n * 8) {
        let mut child = start(&["run", "--once"]);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        child.kill().await.unwrap();
    }
    succeeds(&state, &["run", "--once"]).await;
    let told = succeeds(&state, &["status"]).await;
    let executed = told["executed"].as_object().unwrap();
    // This server sends nothing again, so a command may be lost with the process, but none may be done twice.
    assert!(executed.values().all(|e| e["times"] == 1), "{told}");
    let known = server.lock().unwrap();
    let answered: HashSet<_> =
        known.answers.iter().filter_map(|a| a.get("CommandUUID")?.as_string()).collect();
    assert!(known.commands.is_empty() && executed.keys().all(|uuid| answered.contains(uuid.as_str())));
    assert!(executed.len() + 12 >= total);
}
