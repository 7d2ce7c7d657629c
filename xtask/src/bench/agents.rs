//! Phones with Headwind's agent: 10,000 connect by their links and ask for news; 5,000 questions are held, commands come, and a
//! configuration for all of them.

use super::{
    load::{Load, median},
    people::company,
    server::Server,
    table::{Figure, Unit, grouped},
    wire::{Connection, request},
};
use crate::workspace::Workspace;
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

/// Groups of 2,500 people each: 10,000 devices.
const WARDS: [&str; 4] = ["Ward 0", "Ward 1", "Ward 2", "Ward 3"];
const FIRST: &str = r#"{"customer":null,"configuration":null,"groups":null,"groupSet":null}"#;
/// Questions that are held at once.
const HELD: usize = 5_000;
/// Devices that are told something while they are.
const TOLD: usize = 200;
/// A question is held at most so long while it is measured: longer than the measuring.
const LONG: &str = "240";

const JSON: &str = "Content-Type: application/json\r\n";

/// A device: the path of its own address, and its number.
struct Phone {
    path: String,
    number: String,
}

impl Phone {
    fn poll(&self, server: &Server) -> Vec<u8> {
        server.get(&format!("{}/rest/notification/polling/{}", self.path, self.number), "")
    }

    fn sync(&self, server: &Server) -> Vec<u8> {
        server.get(&format!("{}/rest/public/sync/configuration/{}", self.path, self.number), "")
    }

    fn report(&self, server: &Server, serial: usize) -> Vec<u8> {
        let said = json!({ "deviceId": self.number, "model": "Pixel 8", "androidVersion": "14", "serial": format!("R{serial:07}"),
            "batteryLevel": 80, "mdmMode": true, "permissions": [1, 1, 1, 0], "applications": [], "files": [] });
        let path = format!("{}/rest/public/sync/info", self.path);
        request("POST", server.address, &path, JSON, said.to_string().as_bytes())
    }
}

/// The path of an address.
fn path(address: &str) -> anyhow::Result<String> {
    let at = address.match_indices('/').nth(2).context("an address without a path")?.0;
    Ok(address[at..].to_owned())
}

/// Connects all of them, one after the other on a few connections, as phones do that are set up.
fn connect(server: &Server, links: &[String]) -> anyhow::Result<Vec<Phone>> {
    let lane = |links: &[String]| -> anyhow::Result<Vec<Phone>> {
        let mut connection = Connection::open(server.address)?;
        let one = |link: &String| {
            let first = format!("{}/rest/public/sync/configuration/1", path(link)?);
            let asked = request("POST", server.address, &first, JSON, FIRST.as_bytes());
            let answer = connection.call(&asked)?;
            let told: Value = serde_json::from_slice(&answer.whole_body())?;
            let word = |name: &str| told["data"][name].as_str().with_context(|| format!("no {name}: {told}"));
            let phone = Phone { path: path(word("newServerUrl")?)?, number: word("newNumber")?.to_owned() };
            let synced = connection.call(&phone.sync(server))?.status;
            ensure!(synced == 200, "{synced}");
            Ok(phone)
        };
        links.iter().map(one).collect()
    };
    thread::scope(|scope| {
        let lanes: Vec<_> =
            links.chunks(links.len().div_ceil(64)).map(|links| scope.spawn(move || lane(links))).collect();
        let mut all = Vec::new();
        for lane in lanes {
            all.extend(lane.join().map_err(|_| anyhow::anyhow!("a lane panicked"))??);
        }
        Ok(all)
    })
}

/// Connecting, asking, held questions and what reaches them.
pub fn measure(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let company = company(workspace)?;
    let data = company.copy()?;
    let server = Server::with(workspace, data.path(), &[("MUSTER_HOLD_SECONDS", "0")])?;
    let mut links = Vec::new();
    for ward in WARDS {
        links.extend(super::people::links(&server, ward)?);
    }
    let (begin, cpu) = (Instant::now(), server.cpu_seconds());
    let phones = connect(&server, &links).context("connecting")?;
    let (seconds, count) = (begin.elapsed().as_secs_f64(), phones.len() as f64);
    let each = (server.cpu_seconds() - cpu) / count * 1000.0;
    let mut figures = vec![Figure::new("agents connect", count / seconds, Unit::PerSecond).note(format!(
        "{} devices: first configuration, then the one of their own address; server: {each:.2} ms of CPU each",
        grouped(phones.len() as u64)
    ))];

    let reports: Vec<_> = phones.iter().enumerate().map(|(n, phone)| phone.report(&server, n)).collect();
    let load = Load { requests: &reports, connections: 64, time: Duration::from_secs(120), once: true };
    let outcome = load.run(&server).context("reporting")?;
    ensure!(outcome.others.is_empty(), "reports were refused: {:?}", outcome.others);
    figures.push(outcome.figure("agents report"));

    // Of the whole fleet in turn, each answered at once: what a poll costs.
    let polls: Vec<_> = phones.iter().map(|phone| phone.poll(&server)).collect();
    let load = Load { requests: &polls, connections: 64, time: Duration::from_secs(15), once: false };
    let outcome = load.run(&server).context("polling")?;
    ensure!(outcome.others.is_empty(), "polls were refused: {:?}", outcome.others);
    figures.push(outcome.figure("agents poll, 10,000 in turn").at_least(10_000.0));
    figures.push(Figure::new("a poll, p99", outcome.percentile(99), Unit::Millis).below(20.0));
    server.stop()?;

    let server = Server::with(workspace, data.path(), &[("MUSTER_HOLD_SECONDS", LONG)])?;
    let bare = server.resident_mb()?;
    figures.extend(held(&server, &company.cookie, &phones, bare)?);
    Ok(figures)
}

/// Questions that are held, and how long a command takes to them.
fn held(server: &Server, cookie: &str, phones: &[Phone], bare: f64) -> anyhow::Result<Vec<Figure>> {
    let mut open = Vec::new();
    for phone in &phones[..HELD] {
        let mut stream = TcpStream::connect(server.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(&phone.poll(server))?;
        open.push(stream);
    }
    thread::sleep(Duration::from_secs(3));
    let memory = server.resident_mb()?;
    let listed =
        server.ask(cookie, "devices_list", &json!({ "query": { "window": { "page": 1, "size": 500 } } }))?;
    let rows = listed["page"]["rows"].as_array().context("no devices")?;
    let (mut times, mut told) = (Vec::new(), HashSet::new());
    for row in rows {
        let number = row["facts"]["headwind"]["number"].as_str().unwrap_or_default();
        let Some(at) = phones[..HELD].iter().position(|phone| phone.number == number) else { continue };
        let given = Instant::now();
        server.ask(cookie, "device_ask_report", &json!({ "id": row["id"] }))?;
        let mut answer = [0; 1024];
        let count = open[at].read(&mut answer).context("no news within half a minute")?;
        ensure!(String::from_utf8_lossy(&answer[..count]).contains("configUpdated"), "another answer");
        times.push(given.elapsed().as_secs_f64());
        told.insert(at);
        if times.len() == TOLD {
            break;
        }
    }
    ensure!(times.len() > 20, "only {} of the listed devices are held", times.len());
    times.sort_by(f64::total_cmp);
    let last = times[times.len() * 99 / 100];
    let mut figures = vec![
        Figure::new("memory for each held question", (memory - bare) * 1e6 / HELD as f64, Unit::Bytes)
            .note(format!("{} are held: {memory:.0} MB resident, {bare:.0} MB before", grouped(HELD as u64))),
        Figure::new("from a command to the phone, p50", median(times.clone()) * 1000.0, Unit::Millis).note(
            format!(
                "{} commands in the console while {} questions are held",
                times.len(),
                grouped(HELD as u64)
            ),
        ),
        Figure::new("from a command to the phone, p99", last * 1000.0, Unit::Millis).below(2_000.0),
    ];
    let waiting =
        open.into_iter().enumerate().filter(|(at, _)| !told.contains(at)).map(|(_, stream)| stream).collect();
    figures.extend(configured(server, cookie, phones, waiting)?);
    Ok(figures)
}

/// A configuration for everybody is saved while all of them are held: when the last one is told, and what fetching it costs.
fn configured(
    server: &Server,
    cookie: &str,
    phones: &[Phone],
    mut open: Vec<TcpStream>,
) -> anyhow::Result<Vec<Figure>> {
    let entry = |field: &str, text: &str| json!({ "field": field, "text": text, "rows": [] });
    let form =
        json!({ "entries": [entry("launcher", "yes"), entry("volume", "30"), entry("title", "Ward")] });
    let everybody = json!({ "everybody": true, "groups": [] });
    let told = open.len();
    let saved = Instant::now();
    server.ask(cookie, "configuration_save", &json!({ "id": null, "base": null, "name": "Wards", "audience": everybody, "form": form, "restored": null }))?;
    let answered = saved.elapsed();
    let mut answer = [0; 1024];
    for stream in &mut open {
        let count = stream.read(&mut answer).context("no news within half a minute")?;
        ensure!(String::from_utf8_lossy(&answer[..count]).contains("configUpdated"), "another answer");
    }
    let seconds = saved.elapsed().as_secs_f64();
    let syncs: Vec<_> = phones.iter().map(|phone| phone.sync(server)).collect();
    let load = Load { requests: &syncs, connections: 64, time: Duration::from_secs(120), once: true };
    let outcome = load.run(server)?;
    ensure!(outcome.others.is_empty(), "configurations were refused: {:?}", outcome.others);
    Ok(vec![
        Figure::new("from a saved configuration to the last phone", seconds * 1000.0, Unit::Millis)
            .below(2_000.0)
            .note(format!(
                "{} questions are held; saved and answered in {} ms",
                grouped(told as u64),
                answered.as_millis()
            )),
        outcome.figure("agents fetch a configuration"),
    ])
}
