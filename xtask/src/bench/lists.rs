//! Every list and every filter of a company with 100,000 people, as many messages and 60,000 devices.

use super::{
    dashboard::fleet,
    load::Load,
    people::company,
    server::Server,
    table::{Figure, Unit},
};
use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::time::Duration;

/// Milliseconds at the median.
const AIM: f64 = 20.0;

/// Whole pages as a browser asks for them, then the lists alone by each filter.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let company = company(workspace)?;
    let data = fleet(workspace, company)?;
    let server = Server::start(workspace, data.path())?;
    let time = Duration::from_secs(2);
    let asked = |name: &str, request: Vec<u8>| -> anyhow::Result<Figure> {
        let requests = &[request];
        let outcome = Load { requests, connections: 1, time, once: false }.run(&server)?;
        let figure = Figure::new(format!("{name}, p50"), outcome.percentile(50), Unit::Millis).below(AIM);
        Ok(figure.note(format!("p99 {:.1} ms", outcome.percentile(99))))
    };
    let mut figures = Vec::new();
    for path in ["/users", "/groups", "/devices", "/invitations", "/accounts", "/audit"] {
        let lines = format!("Cookie: {}\r\nAccept: text/html\r\n", company.cookie);
        figures.push(asked(&format!("page {path}"), server.get(path, &lines))?);
    }
    for (name, function, query) in filters() {
        let body = json!({ "query": query });
        figures.push(asked(name, server.function(&company.cookie, function, &body))?);
    }
    Ok(figures)
}

fn filters() -> Vec<(&'static str, &'static str, Value)> {
    let users = |name, filter: Value| (name, "users_list", json!({ "filter": filter }));
    vec![
        users("users with an address", json!({ "address": true })),
        users("users without an address", json!({ "address": false })),
        users("users without a device", json!({ "devices": "none" })),
        users("users with one device", json!({ "devices": "one" })),
        users("users who are critical", json!({ "status": "critical" })),
        users("users never invited", json!({ "message": "never" })),
        users("users whose message was opened", json!({ "message": { "state": "opened" } })),
        users("users who are invited and not connected", json!({ "message": "ever", "devices": "none" })),
        users("users of a group without a device", json!({ "groups": ["Ward 1"], "devices": "none" })),
        users("users by a first name", json!({ "search": "жанна" })),
        users("users of two groups", json!({ "groups": ["Ward 1", "Ward 2"] })),
        ("devices that are critical", "devices_list", json!({ "status": "critical" })),
        ("devices by owner's name", "devices_list", json!({ "search": "жанна" })),
        ("devices by what all have", "devices_list", json!({ "search": "pixel" })),
        ("invitations that were sent", "invitations_list", json!({ "state": "sent" })),
        ("invitations that wait for a device", "invitations_list", json!({ "waiting": true })),
        ("invitations by their person's name", "invitations_list", json!({ "search": "жанна" })),
        ("groups by name", "groups_page", json!({ "search": "ward" })),
    ]
}
