//! The configurations of `docs/production/`, run as they are but for names, ports and certificates: what a proxy in front must
//! leave as it is. Without nginx or Caddy on the machine their test says so and passes.

use crate::world::{Server, agent, phone};
use futures::StreamExt;
use serde_json::{Value, json};
use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A proxy, ended with the value.
struct Proxy(Child);

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn given(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/production").join(name)).unwrap()
}

/// The site of nginx without TLS, and what a whole configuration has around it.
fn nginx(folder: &Path, to: &str, at: &str, spare: &str) -> Command {
    let site = given("nginx.conf")
        .replace("127.0.0.1:8080", to)
        .replace("listen 443 ssl http2", &format!("listen {at}"));
    let site = site.replace("listen 80;", &format!("listen {spare};"));
    let kept = site.lines().filter(|line| !line.contains("ssl_") && !line.contains("[::]"));
    let site = kept.collect::<Vec<_>>().join("\n");
    let own = folder.display();
    let temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {own}/{name};"));
    let all = format!(
        "daemon off; pid {own}/pid; error_log {own}/errors; events {{}} http {{ access_log off; {} {site} }}",
        temps.concat()
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, all).unwrap();
    let mut command = Command::new("nginx");
    // Without it nginx complains that it cannot write where Debian has its log.
    command.arg("-e").arg(folder.join("errors")).arg("-c").arg(file);
    command
}

fn caddy(folder: &Path, to: &str, at: &str) -> Command {
    let site = given("Caddyfile").replace("127.0.0.1:8080", to);
    let site = site.replace("muster.example.org {", &format!("http://{at} {{"));
    let file = folder.join("Caddyfile");
    fs::write(&file, format!("{{\n\tadmin off\n\tauto_https off\n}}\n{site}")).unwrap();
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
    command.env("XDG_CONFIG_HOME", folder).env("XDG_DATA_HOME", folder).env("HOME", folder);
    command
}

async fn started(mut command: Command, at: &str) -> Option<Proxy> {
    let name = command.get_program().to_owned();
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(child) = child else {
        println!("skipped: there is no {} here", name.display());
        return None;
    };
    let proxy = Proxy(child);
    for _ in 0..200 {
        if tokio::net::TcpStream::connect(at).await.is_ok() {
            return Some(proxy);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} does not listen at {at}", name.display());
}

/// What has to hold through a proxy that reaches the server from 127.0.0.1.
async fn holds(server: &Server, at: &str) {
    let base = format!("http://{at}");
    let setup = server.setup.replace(&server.base, &base);
    let owner = server.owner_at(&setup).await;
    a_client_does_not_choose_its_address(&owner, &base, server).await;
    events_come_at_once(&owner, &base, server).await;
    a_large_file_passes(&owner, &base).await;
    a_devices_signature_passes(server).await;
}

async fn a_client_does_not_choose_its_address(owner: &reqwest::Client, base: &str, server: &Server) {
    let body = json!({ "details": { "name": "Eve", "email": null, "language": null, "groups": [] } });
    let asked = owner.post(format!("{base}/api/fn/user_add")).header("x-forwarded-for", "203.0.113.9");
    assert!(asked.json(&body).send().await.unwrap().status().is_success());
    let log = server.json(&["audit", "list"]);
    let log = log.to_string();
    assert!(log.contains("127.0.0.1") && !log.contains("203.0.113.9"), "{log}");
}

async fn events_come_at_once(owner: &reqwest::Client, base: &str, server: &Server) {
    let mut events = owner.get(format!("{base}/events")).send().await.unwrap().bytes_stream();
    let next = tokio::time::timeout(Duration::from_secs(2), events.next());
    assert!(next.await.unwrap().is_some(), "the stream begins at once");
    server.people();
    let told = async {
        while let Some(Ok(part)) = events.next().await {
            if String::from_utf8_lossy(&part).contains("user") {
                return true;
            }
        }
        false
    };
    assert!(tokio::time::timeout(Duration::from_secs(3), told).await.unwrap(), "a change comes at once");
}

async fn a_large_file_passes(owner: &reqwest::Client, base: &str) {
    let row = "Anna Petrova,anna@example.org,Ward 3\n";
    let file = format!("name,email,groups\n{}", row.repeat((20 << 20) / row.len()));
    let taken = owner.post(format!("{base}/import/file")).body(file).send().await.unwrap();
    assert_eq!(taken.status(), 200);
    assert!(taken.json::<Value>().await.unwrap()["upload"].is_string());
}

async fn a_devices_signature_passes(server: &Server) {
    let link = server.link();
    let state = phone("hardware-1");
    let claimed = agent().claim(&link.parse().unwrap(), &state).await.unwrap();
    assert!(!claimed.device_id.to_string().is_empty());
}

#[tokio::test]
async fn nginx_in_front_changes_nothing_that_matters() {
    let (at, spare) = (free(), free());
    let public = format!("http://{at}");
    let server = Server::with(&["--trust-proxy", "127.0.0.1", "--public-url", &public], &[]);
    let to = server.base.trim_start_matches("http://").to_owned();
    if let Some(_proxy) = started(nginx(server.folder.path(), &to, &at, &spare), &at).await {
        holds(&server, &at).await;
    }
}

#[tokio::test]
async fn caddy_in_front_changes_nothing_that_matters() {
    let at = free();
    let public = format!("http://{at}");
    let server = Server::with(&["--trust-proxy", "127.0.0.1", "--public-url", &public], &[]);
    let to = server.base.trim_start_matches("http://").to_owned();
    if let Some(_proxy) = started(caddy(server.folder.path(), &to, &at), &at).await {
        holds(&server, &at).await;
    }
}
