//! The way to APNs: a connection by each workspace's certificate, and a question that pushes nothing.

use super::{Finding, Opened};
use crate::{
    adapters::apns::{Apns, Cause, Limits},
    config,
    system::{SystemClock, keys::Keys, passwords::Argon2id},
};
use muster_domain::{
    ports::{Clock, PushCertificateStore, Stored, WorkspaceStore},
    usecase::Ports,
};
use std::{sync::Arc, time::Duration};
use tokio::net::TcpStream;

const CHECK: &str = "push";
const LIMIT: Duration = Duration::from_secs(5);
/// Apple: "You can alternatively use port 2197", for who opens 443 to nobody.
const OTHER_PORT: u16 = 2197;

/// Asks by the certificate of each workspace that has one.
pub(super) async fn look(opened: &Opened, keys: &Arc<Keys>, apple: config::Apple) -> Vec<Finding> {
    match all(opened, keys, apple).await {
        Ok(found) => found,
        Err(error) => vec![Finding::failed(CHECK, format!("cannot be tried: {error}"), "run doctor again")],
    }
}

async fn all(opened: &Opened, keys: &Arc<Keys>, apple: config::Apple) -> Stored<Vec<Finding>> {
    let ports = Ports {
        store: opened.store.clone(),
        clock: Arc::new(SystemClock),
        secrets: keys.clone(),
        passwords: Arc::new(Argon2id::new()),
    };
    let (url, limits) = (apple.push_url, Limits { connect: LIMIT, answer: LIMIT, ..Limits::default() });
    let apns = match Apns::new(ports, &url, apple.push_trust, limits) {
        Ok(apns) => apns,
        Err(error) => {
            return Ok(vec![Finding::failed(CHECK, error.to_string(), "mend apple.push_url in muster.toml")]);
        }
    };
    let mut found = Vec::new();
    for workspace in opened.store.workspaces().await? {
        let certificate = opened.store.push_certificate(workspace).await?;
        // What is wrong with a certificate by itself is another check's.
        if !certificate.is_some_and(|certificate| certificate.holds_at(SystemClock.now())) {
            continue;
        }
        let name = opened.store.settings(workspace).await?.name;
        match apns.greet(workspace).await {
            Ok(_) => {
                let words = format!("{name}: {url} can be reached, and takes the certificate");
                found.push(Finding::ok(CHECK, words));
            }
            Err(obstacle) => {
                let words = format!("{name}: {}", obstacle.words);
                match obstacle.cause {
                    Cause::Certificate => found.push(Finding::failed(
                        CHECK,
                        words,
                        "look at the certificate at identity.apple.com/pushcert; renew it there, and upload it: Settings, Apple",
                    )),
                    Cause::Unreachable => {
                        found.push(Finding::warning(CHECK, words, unreachable(&url).await));
                        // It is the same way for the others.
                        break;
                    }
                    Cause::Other => found.push(Finding::warning(
                        CHECK,
                        words,
                        "see that nothing between this machine and APNs opens TLS connections, then run doctor again",
                    )),
                }
            }
        }
    }
    Ok(found)
}

/// What to do about a firewall.
async fn unreachable(url: &str) -> String {
    let host = url.trim_start_matches("https://");
    let open = "let this machine connect to api.push.apple.com, port 443, which is in 17.0.0.0/8 (docs/operating.md): until \
                then no iPhone or iPad hears of its commands";
    if host.contains(':') {
        return open.to_owned();
    }
    match tokio::time::timeout(LIMIT, TcpStream::connect((host, OTHER_PORT))).await {
        Ok(Ok(_)) => {
            format!(
                "port {OTHER_PORT} is open: set push_url = \"{url}:{OTHER_PORT}\" in [apple] of muster.toml"
            )
        }
        Ok(Err(_)) | Err(_) => {
            format!("{open}; or port {OTHER_PORT}, with push_url = \"{url}:{OTHER_PORT}\"")
        }
    }
}
