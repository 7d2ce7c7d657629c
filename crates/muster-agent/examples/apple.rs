//! A fleet of simulated iPhones for the bench: enrols by all links of a file, answers all that the server asks, and writes
//! `Idle` requests that are signed beforehand, as they go over the wire: each after its length in four bytes.
//!
//! `apple LINKS KEYS IDLES FILE` prints a line with one JSON document after each part: `keys`, then, after a line on stdin,
//! `devices` and `answers`, each with its seconds.

use futures::{StreamExt, stream};
use muster_agent::{
    apple::{
        device::{Device, Options},
        hardware::Hardware,
        http::{Client, Request},
        key::Key,
        keys::Pool,
    },
    clock,
    error::AgentError,
    link::Link,
};
use std::{error::Error, fs, io::Write, sync::Arc, time::Instant};

/// Devices at once. Each waits for six commits one after another, so few of them would measure how long a commit takes.
const AT_ONCE: usize = 256;
/// Devices that say `Idle`.
const IDLERS: usize = 1_000;

type Any = Box<dyn Error + Send + Sync>;

/// Runs one step of all devices, as many at once as there are cores and connections for.
async fn all<F, Fut>(devices: Vec<Device>, step: F) -> Result<Vec<Device>, AgentError>
where
    F: Fn(Device) -> Fut,
    Fut: Future<Output = Result<Device, AgentError>> + Send + 'static,
{
    let tasks = stream::iter(devices).map(|device| {
        let task = tokio::spawn(step(device));
        async move { task.await.map_err(|e| AgentError::Local(e.to_string()))? }
    });
    tasks.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.into_iter().collect()
}

/// A request as it goes over the wire.
fn written(request: &Request) -> Result<Vec<u8>, Any> {
    let rest = request.url.strip_prefix("http://").ok_or("not on the loopback")?;
    let (host, path) = rest.split_once('/').ok_or("no path")?;
    let mut out = format!("{} /{path} HTTP/1.1\r\nhost: {host}\r\n", request.method).into_bytes();
    for (name, value) in &request.headers {
        out.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    out.extend(format!("content-length: {}\r\n\r\n", request.body.len()).into_bytes());
    out.extend(&request.body);
    Ok(out)
}

/// Says that a part is done.
fn told(what: &str, since: Instant, many: usize) {
    println!("{}", serde_json::json!({ what: many, "seconds": since.elapsed().as_secs_f64() }));
}

#[tokio::main]
async fn main() -> Result<(), Any> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [links, keys, idles, file] = words.as_slice() else { return Err("LINKS KEYS IDLES FILE".into()) };
    let links = fs::read_to_string(links)?.lines().map(str::parse).collect::<Result<Vec<Link>, _>>()?;
    let begin = Instant::now();
    let keys: Vec<Arc<Key>> =
        (0..keys.parse::<usize>()?).map(|_| Key::generate(2048).map(Arc::new)).collect::<Result<_, _>>()?;
    let count = keys.len();
    let (pool, idles) = (Pool::of(keys), idles.parse::<usize>()?);
    let client = Client::new(clock::system, true, None)?;
    let mut devices = Vec::with_capacity(links.len());
    for link in &links {
        let device = Device::new(pool.clone(), Hardware::iphone()?, Options::default());
        devices.push((device, link.clone()));
    }
    told("keys", begin, count);
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;

    let begin = Instant::now();
    let tasks = stream::iter(devices).map(|(mut device, link)| {
        let client = client.clone();
        let task = tokio::spawn(async move { device.enrol(&client, &link).await.map(|()| device) });
        async move { task.await.map_err(|e| AgentError::Local(e.to_string()))? }
    });
    let enrolled: Result<Vec<Device>, AgentError> =
        tasks.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.into_iter().collect();
    let devices = enrolled?;
    told("devices", begin, devices.len());

    let begin = Instant::now();
    let devices = all(devices, |mut device| {
        let client = client.clone();
        async move { device.session(&client).await.map(|_| device) }
    })
    .await?;
    let answers: u64 = devices.iter().flat_map(|d| d.state.answers.values()).sum();
    told("answers", begin, usize::try_from(answers)?);

    let mut out = std::io::BufWriter::new(fs::File::create(file)?);
    let idlers = devices.len().min(IDLERS);
    for n in 0..idles {
        let request = written(&devices[n % idlers].idle_request(client.now())?)?;
        out.write_all(&u32::try_from(request.len())?.to_le_bytes())?;
        out.write_all(&request)?;
    }
    out.flush()?;
    Ok(())
}
