//! `GET /{token}`: the page on the person's phone, for 2,000 different links.

use super::{
    load::Load,
    people::{company, links},
    server::Server,
    start::path,
    table::Figure,
};
use crate::workspace::Workspace;
use std::time::Duration;

const PIXEL: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const DESKTOP: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

/// The page for each kind of visitor.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let data = company(workspace)?.copy()?;
    let server = Server::start(workspace, data.path())?;
    let links = links(&server, "Links")?;
    let mut figures = Vec::new();
    for (name, agent, lines) in [
        ("GET /{token}, Android", PIXEL, "Accept: text/html\r\n"),
        ("GET /{token}, iPhone", IPHONE, "Accept: text/html\r\n"),
        ("GET /{token}, computer with the QR code", DESKTOP, "Accept: text/html\r\n"),
        ("GET /{token}, an agent's description", "muster-agent/0.1", "Accept: application/json\r\n"),
    ] {
        let lines = format!("User-Agent: {agent}\r\nAccept-Language: en\r\n{lines}");
        let requests: Vec<_> =
            links.iter().map(|link| server.get(path(link, server.address), &lines)).collect();
        let run = |seconds| {
            Load { requests: &requests, connections: 32, time: Duration::from_secs(seconds), once: false }
                .run(&server)
        };
        run(1)?;
        let figure = run(5)?.figure(name);
        figures.push(if agent == PIXEL { figure.at_least(15_000.0) } else { figure });
    }
    Ok(figures)
}
