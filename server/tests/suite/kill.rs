//! SIGKILL at random moments of a send, against Debian's `smtp-sink` (from postfix): no message is lost, and none comes
//! twice but for the one on each connection that was taken just before its mark was written (DESIGN, "Outbox").

use crate::served::Served;
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const MESSAGES: usize = 2_000;
const KILLS: usize = 10;
/// Connections to the mail server (`CONNECTIONS` in the mail job).
const CONNECTIONS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(120);

struct Sink {
    child: Child,
    port: u16,
    folder: PathBuf,
    /// Message-ID by file.
    taken: HashMap<PathBuf, String>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sink {
    /// Writes each message that it has answered with 250 into a file; one that was cut off leaves none.
    fn start(folder: &Path) -> Self {
        std::fs::create_dir(folder).unwrap();
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let program = ["/usr/sbin/smtp-sink", "smtp-sink"].into_iter().find(|p| Path::new(p).exists());
        let mut command = Command::new(program.unwrap_or("smtp-sink"));
        let root = Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0";
        if root {
            command.args(["-u", "nobody"]);
        }
        command.arg("-d").arg(folder.join("m.")).arg(format!("127.0.0.1:{port}")).arg("100");
        // `cargo xtask test` installs it with postfix.
        let child = command.stdin(Stdio::null()).spawn();
        let child = child.unwrap();
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(10), "smtp-sink does not listen");
            sleep(Duration::from_millis(50));
        }
        Self { child, port, folder: folder.to_owned(), taken: HashMap::new() }
    }

    /// Reads what is new; answers how many messages came in all.
    fn look(&mut self) -> usize {
        for entry in std::fs::read_dir(&self.folder).unwrap() {
            let path = entry.unwrap().path();
            if self.taken.contains_key(&path) {
                continue;
            }
            // It may still be written, or be gone again.
            let Ok(mail) = std::fs::read(&path) else { continue };
            let mail = String::from_utf8_lossy(&mail);
            let last = mail.trim_end().lines().last().unwrap_or_default();
            let id = mail.lines().find_map(|l| l.strip_prefix("Message-ID: "));
            if let (Some(id), true) = (id, last.starts_with("--") && last.ends_with("--")) {
                self.taken.insert(path, id.to_owned());
            }
        }
        self.taken.len()
    }

    fn distinct(&self) -> usize {
        self.taken.values().collect::<std::collections::HashSet<_>>().len()
    }

    fn wait(&mut self, what: &str, until: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        loop {
            self.look();
            if until(self) {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{what}: {} of {MESSAGES} came", self.distinct());
            sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn a46_ten_kills_during_a_send_lose_no_message_and_double_at_most_one_a_connection() {
    let seed = RandomState::new();
    let random = |kill: usize, most: u64| seed.hash_one(kill) % most;
    let mut served = Served::start();
    let mut sink = Sink::start(&served.path("sink"));
    for (key, value) in [("smtp.host", "127.0.0.1"), ("smtp.tls", "none"), ("smtp.from", "it@example.org")] {
        served.cli(&["settings", "set", key, value]);
    }
    served.cli(&["settings", "set", "smtp.port", &sink.port.to_string()]);
    served.people("all", MESSAGES);
    served.cli(&["invite", "--group", "all"]);
    let mut next = 0;
    for kill in 0..KILLS {
        next += 20 + random(kill, 130) as usize;
        sink.wait("before a kill", |s| s.taken.len() >= next);
        sleep(Duration::from_micros(random(kill + KILLS, 20_000)));
        served.kill();
        next = sink.look();
        assert!(sink.distinct() < MESSAGES, "kill {kill} came too late to say anything");
        served.run();
    }
    sink.wait("after the last kill", |s| s.distinct() == MESSAGES);
    let begin = Instant::now();
    loop {
        let list = served.json(&["invitations", "list"]);
        let list = list.as_array().unwrap();
        assert_eq!(list.len(), MESSAGES);
        if list.iter().all(|i| i["state"] == "sent") {
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "not all are marked as sent");
        sleep(Duration::from_millis(500));
    }
    let came = sink.look();
    let doubled = came - sink.distinct();
    println!("{MESSAGES} messages, {KILLS} kills: all received, {doubled} twice");
    assert_eq!(sink.distinct(), MESSAGES);
    assert!(doubled <= CONNECTIONS * KILLS, "{doubled} came twice");
    sleep(Duration::from_secs(2));
    assert_eq!(sink.look(), came, "what is marked as sent is not sent again");
}
