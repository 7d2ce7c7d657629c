//! How long a server takes to its first answer, and how much memory it keeps.

use super::{
    load::{Load, median},
    people::{self, company, links},
    server::Server,
    table::{Figure, Unit},
};
use crate::workspace::Workspace;
use std::{net::SocketAddr, thread, time::Duration};

const TIMES: usize = 5;
/// After so long without a request a server counts as idle.
const REST: Duration = Duration::from_secs(10);

/// Cold start and idle memory.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let folder = tempfile::tempdir()?;
        first.push(millis(Server::start(workspace, folder.path())?.started_in));
    }
    let company = company(workspace)?;
    let data = company.copy()?;
    for _ in 0..TIMES {
        again.push(millis(Server::start(workspace, data.path())?.started_in));
    }
    let server = Server::start(workspace, data.path())?;
    thread::sleep(REST);
    let idle = server.resident_mb()?;
    let at_work = work(&server, &company.cookie)?;
    thread::sleep(REST);
    let after = server.resident_mb()?;
    let people = format!("{} people", super::table::grouped(people::ALL as u64));
    Ok(vec![
        Figure::new("cold start, empty folder", median(first), Unit::Millis)
            .below(300.0)
            .note("process to first answer of /readyz, tables made; median of 5; files in the page cache"),
        Figure::new(format!("cold start, {people}"), median(again), Unit::Millis).below(300.0),
        Figure::new(format!("idle memory, {people}"), idle, Unit::Megabytes)
            .below(100.0)
            .note("resident, 10 s after the start"),
        Figure::new("idle memory after work", after, Unit::Megabytes).below(100.0).note(format!(
            "resident, 10 s after 10 s of the Users page and of links at 16 connections; {at_work:.0} MB during it"
        )),
    ])
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Ten seconds of work; the memory at its end.
fn work(server: &Server, cookie: &str) -> anyhow::Result<f64> {
    let link = |link: String| server.get(path(&link, server.address), "");
    let mut requests: Vec<_> = links(server, "Links")?.into_iter().map(link).take(200).collect();
    requests.extend(
        (1..=200).map(|page| server.get(&format!("/users?page={page}"), &format!("Cookie: {cookie}\r\n"))),
    );
    Load { requests: &requests, connections: 16, time: Duration::from_secs(10), once: false }.run(server)?;
    server.resident_mb()
}

/// The path of a link to this server.
pub fn path(link: &str, server: SocketAddr) -> &str {
    link.strip_prefix(&format!("http://{server}")).unwrap_or(link)
}
