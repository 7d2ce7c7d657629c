//! Load: a few connections that ask as fast as they are answered.
//!
//! One thread a connection with blocking calls: two system calls a request, and nothing else that could be slow.

use super::{
    server::Server,
    table::{Figure, Unit, grouped},
    wire::Connection,
};
use anyhow::{Context, bail};
use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// What is asked, and how.
pub struct Load<'r> {
    /// The requests; taken in turn by all connections.
    pub requests: &'r [Vec<u8>],
    /// Connections at the same time.
    pub connections: usize,
    /// It ends after so long, or, with [`Self::once`], with the last request.
    pub time: Duration,
    /// Each request once: those that are signed cannot be sent again.
    pub once: bool,
}

/// Requests that were signed beforehand, as they go over the wire: each after its length in four bytes.
pub fn presigned(file: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let bytes = fs::read(file)?;
    let (mut requests, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        let (request, after) = after.split_at_checked(length).context("a presigned request is cut off")?;
        requests.push(request.to_vec());
        rest = after;
    }
    Ok(requests)
}

/// How it went.
pub struct Outcome {
    /// Requests that were answered by 2xx.
    pub done: usize,
    /// Other answers by status.
    pub others: BTreeMap<u16, usize>,
    /// From the first request to the last answer.
    pub seconds: f64,
    /// Processor time that the server took.
    pub server_cpu: f64,
    /// Times to the first byte in microseconds, sorted.
    first_bytes: Vec<u32>,
}

#[derive(Default)]
struct Seen {
    first_bytes: Vec<u32>,
    others: BTreeMap<u16, usize>,
}

impl Load<'_> {
    /// Runs it against a server.
    pub fn run(&self, server: &Server) -> anyhow::Result<Outcome> {
        let (next, to) = (AtomicUsize::new(0), server.address);
        let (begin, cpu) = (Instant::now(), server.cpu_seconds());
        let seen = thread::scope(|scope| {
            let threads: Vec<_> =
                (0..self.connections).map(|_| scope.spawn(|| self.connection(to, &next, begin))).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| bail!("a connection's thread panicked")))
                .collect::<anyhow::Result<Vec<_>>>()
        })?;
        let (seconds, server_cpu) = (begin.elapsed().as_secs_f64(), server.cpu_seconds() - cpu);
        let mut all = Seen::default();
        for seen in seen {
            all.first_bytes.extend(seen.first_bytes);
            for (status, count) in seen.others {
                *all.others.entry(status).or_default() += count;
            }
        }
        all.first_bytes.sort_unstable();
        if all.first_bytes.is_empty() {
            bail!("no request was answered by 2xx; other answers: {:?}", all.others);
        }
        Ok(Outcome {
            done: all.first_bytes.len(),
            others: all.others,
            seconds,
            server_cpu,
            first_bytes: all.first_bytes,
        })
    }

    fn connection(&self, to: SocketAddr, next: &AtomicUsize, begin: Instant) -> anyhow::Result<Seen> {
        let mut connection = Connection::open(to)?;
        let mut seen = Seen::default();
        while begin.elapsed() < self.time {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if self.once && number >= self.requests.len() {
                break;
            }
            let request = self.requests.get(number % self.requests.len()).context("there are no requests")?;
            let answer = connection.call(request)?;
            if (200..300).contains(&answer.status) {
                seen.first_bytes.push(u32::try_from(answer.first_byte.as_micros()).unwrap_or(u32::MAX));
            } else {
                *seen.others.entry(answer.status).or_default() += 1;
            }
        }
        Ok(seen)
    }
}

impl Outcome {
    /// Answers of 2xx a second.
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.seconds
    }

    /// The time to the first byte that so many of a hundred stay within, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let at = (self.first_bytes.len() * percent / 100).min(self.first_bytes.len() - 1);
        f64::from(self.first_bytes[at]) / 1000.0
    }

    /// The rate, with what it cost the server.
    pub fn figure(&self, name: &str) -> Figure {
        Figure::new(name, self.rate(), Unit::PerSecond).note(self.cost())
    }

    /// The two percentiles as figures.
    pub fn percentiles(&self, name: &str) -> [Figure; 2] {
        [50, 99].map(|p| Figure::new(format!("{name}, p{p}"), self.percentile(p), Unit::Millis))
    }

    fn cost(&self) -> String {
        let each = self.server_cpu / self.done as f64;
        let busy = self.server_cpu / self.seconds;
        let mut text = format!(
            "server: {:.0} µs of CPU each, {busy:.2} cores busy; p50 {:.2} ms, p99 {:.2} ms",
            each * 1e6,
            self.percentile(50),
            self.percentile(99)
        );
        for (status, count) in &self.others {
            text += &format!("; {} answers of {status}", grouped(*count as u64));
        }
        text
    }
}

/// The middle of a few measurements.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::{Outcome, median};
    use std::collections::BTreeMap;

    #[test]
    fn percentiles_are_taken_from_the_sorted_times() {
        let outcome = Outcome {
            done: 100,
            others: BTreeMap::new(),
            seconds: 2.0,
            server_cpu: 1.0,
            first_bytes: (1..=100).map(|n| n * 1000).collect(),
        };
        assert_eq!((outcome.percentile(50), outcome.percentile(99), outcome.rate()), (51.0, 100.0, 50.0));
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
