//! The Users list with 100,000 people: the page as a browser asks for it, then search and sort as the open page does.

use super::{
    load::Load,
    people::company,
    server::Server,
    table::{Figure, Unit},
};
use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::time::Duration;

/// Page, search and sort.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let company = company(workspace)?;
    let data = company.copy()?;
    let server = Server::start(workspace, data.path())?;
    let seconds = Duration::from_secs;
    let page = |path: &str| server.get(path, &format!("Cookie: {}\r\nAccept: text/html\r\n", company.cookie));
    let run = |requests: &[Vec<u8>], connections, time| {
        Load { requests, connections, time, once: false }.run(&server)
    };
    let pages: Vec<_> = (1..=1000).map(|n| page(&format!("/users?page={n}"))).collect();
    run(&pages, 2, seconds(1))?;
    let alone = run(&pages, 1, seconds(5))?;
    let many = run(&pages, 16, seconds(5))?;
    let [p50, p99] = alone.percentiles("Users page, first byte, one visitor");
    let mut figures = vec![
        p50.below(20.0).note("whole page on the server, any of the first 1,000 pages of 50 rows"),
        p99,
        many.figure("Users page, 16 visitors at once"),
    ];
    let list = |filter: Value, sort: &str, descending: bool| {
        let query = json!({ "filter": filter, "sort": sort, "descending": descending, "window": { "page": 1, "size": 50 } });
        vec![server.function(&company.cookie, "users_list", &json!({ "query": query }))]
    };
    let searches = [
        ("one name in 100,000", "p54321@"),
        ("a first name, 5,000 found", "жанна"),
        ("what nearly all have, 95,000 found", "bench"),
        ("two letters", "an"),
        ("nothing found", "zzzzz"),
    ];
    for (name, words) in searches {
        let outcome = run(&list(json!({ "search": words }), "name", false), 1, seconds(2))?;
        figures.push(timed(&format!("search, {name}"), &outcome));
    }
    for sort in ["name", "email", "devices", "status", "message", "last_seen"] {
        let outcome = run(&list(json!({}), sort, true), 1, seconds(1))?;
        figures.push(timed(&format!("sort by {sort}, descending"), &outcome));
    }
    let outcome = run(&list(json!({ "groups": ["Half"] }), "name", false), 1, seconds(2))?;
    figures.push(timed("a group of 50,000", &outcome));
    Ok(figures)
}

fn timed(name: &str, outcome: &super::load::Outcome) -> Figure {
    let figure = Figure::new(format!("{name}, p50"), outcome.percentile(50), Unit::Millis);
    figure.note(format!("p99 {:.1} ms", outcome.percentile(99)))
}
