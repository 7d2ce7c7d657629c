//! Figures for whoever watches: counted as things happen, one set for the process like its log, and shown at `/metrics`.
//!
//! No label holds anything that came from outside: routes are templates, methods and platforms come from a list.

use muster_domain::{Timestamp, ports::Figures, time::SECOND};
use prometheus_client::{
    encoding::text,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use std::{
    fmt,
    sync::{Arc, LazyLock},
    time::Duration,
};

/// Upper ends of the histogram, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];
/// Linux counts resident memory in pages of this size on the machines that we build for.
const PAGE: i64 = 4096;

type Named<const N: usize> = [(&'static str, &'static str); N];
type Route = (&'static str, Arc<str>);

/// What is counted while the process runs.
pub struct Metrics {
    registry: Registry,
    requests: Family<[Route; 3], Counter>,
    durations: Family<[Route; 2], Histogram, fn() -> Histogram>,
    mails: Family<Named<1>, Counter>,
    enrolments: Family<Named<2>, Counter>,
    scep: Family<Named<1>, Counter>,
    pushes: Family<Named<1>, Counter>,
    turned_away: Family<Named<1>, Counter>,
    /// Event streams that are open.
    pub streams: Gauge,
    /// Connections that are open.
    pub connections: Gauge,
}

/// What became of an attempt to send a mail.
#[derive(Clone, Copy, Debug)]
pub enum MailOutcome {
    /// The server took it.
    Sent,
    /// It was refused for good.
    Failed,
    /// It is tried again.
    Delayed,
}

/// Why somebody was turned away.
#[derive(Clone, Copy, Debug)]
pub enum TurnedAway {
    /// Too many connections.
    Connections,
    /// Too many requests in hand.
    Requests,
    /// Too many large bodies on their way.
    Bodies,
    /// Too many event streams.
    Streams,
    /// Too many attempts: to sign in, or at links.
    Attempts,
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("muster");
        let requests = Family::default();
        registry.register("http_requests", "Requests that were answered", requests.clone());
        let durations: Family<_, _, fn() -> Histogram> = Family::new_with_constructor(histogram);
        registry.register("http_request_duration_seconds", "Time until the answer's head", durations.clone());
        let mails = Family::default();
        registry.register("mails", "Attempts to send a mail by what became of them", mails.clone());
        let enrolments = Family::default();
        registry.register("enrolments", "Claims of links by what became of them", enrolments.clone());
        let (scep, pushes) = (Family::default(), Family::default());
        registry.register("scep", "Identities that were asked for by what became of them", scep.clone());
        registry.register("pushes", "Calls of Apple devices by what became of them", pushes.clone());
        let turned_away = Family::default();
        registry.register("turned_away", "Who was turned away at a limit", turned_away.clone());
        let (streams, connections) = (Gauge::default(), Gauge::default());
        registry.register("event_streams", "Event streams that are open", streams.clone());
        registry.register("connections", "Connections that are open", connections.clone());
        Self {
            registry,
            requests,
            durations,
            mails,
            enrolments,
            scep,
            pushes,
            turned_away,
            streams,
            connections,
        }
    }
}

/// The process's figures.
#[must_use]
pub fn metrics() -> &'static Metrics {
    static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::default);
    &METRICS
}

impl Metrics {
    /// Counts an answer. `route` is a template, never a path.
    pub fn answered(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let (route, method) = (("route", Arc::from(route)), ("method", Arc::from(method)));
        let status = ("status", Arc::from(status.to_string()));
        self.durations.get_or_create(&[route.clone(), method.clone()]).observe(took.as_secs_f64());
        self.requests.get_or_create(&[route, method, status]).inc();
    }

    /// Counts an attempt to send a mail.
    pub fn mail(&self, outcome: MailOutcome) {
        let result = match outcome {
            MailOutcome::Sent => "sent",
            MailOutcome::Failed => "failed",
            MailOutcome::Delayed => "delayed",
        };
        self.mails.get_or_create(&[("result", result)]).inc();
    }

    /// Counts a claim. `result` is a code of the protocol, `platform` one of the domain's.
    pub fn enrolment(&self, result: &'static str, platform: &'static str) {
        self.enrolments.get_or_create(&[("result", result), ("platform", platform)]).inc();
    }

    /// Counts a message of SCEP: `issued` or `refused`.
    pub fn scep(&self, result: &'static str) {
        self.scep.get_or_create(&[("result", result)]).inc();
    }

    /// Counts a call: `done`, `gone`, `again` or `refused`.
    pub fn push(&self, result: &'static str) {
        self.pushes.get_or_create(&[("result", result)]).inc();
    }

    /// Counts who was turned away.
    pub fn turned_away(&self, why: TurnedAway) {
        let limit = match why {
            TurnedAway::Connections => "connections",
            TurnedAway::Requests => "requests",
            TurnedAway::Bodies => "bodies",
            TurnedAway::Streams => "streams",
            TurnedAway::Attempts => "attempts",
        };
        self.turned_away.get_or_create(&[("limit", limit)]).inc();
    }

    /// The document (OpenMetrics 1.0), with what the store knows and the process is.
    ///
    /// # Errors
    /// Never for a `String`; the writer's error otherwise.
    pub fn document(&self, figures: &Figures, started: Timestamp) -> Result<String, fmt::Error> {
        let mut now = Registry::default();
        let jobs: Family<Named<2>, Gauge> = Family::default();
        for job in &figures.jobs {
            let count = i64::try_from(job.count).unwrap_or(i64::MAX);
            jobs.get_or_create(&[("kind", job.kind), ("state", job.state)]).set(count);
        }
        now.register("muster_jobs", "Work that waits, by kind and state", jobs);
        let mut gauge = |name: &str, help: &str, value: i64| {
            let gauge = Gauge::<i64>::default();
            gauge.set(value);
            now.register(name, help, gauge);
        };
        let bytes = i64::try_from(figures.database_bytes).unwrap_or(i64::MAX);
        gauge("muster_database_bytes", "Size of the database", bytes);
        gauge("process_start_time_seconds", "When the process began", started.0 / SECOND);
        if let Some(bytes) = resident() {
            gauge("process_resident_memory_bytes", "Memory in use", bytes);
        }
        let mut out = String::new();
        text::encode_registry(&mut out, &self.registry)?;
        text::encode_registry(&mut out, &now)?;
        text::encode_eof(&mut out)?;
        Ok(out)
    }
}

/// Bytes of memory that the process holds; none where there is no `/proc`.
fn resident() -> Option<i64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(text.split_whitespace().nth(1)?.parse::<i64>().ok()? * PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::ports::JobFigure;

    #[test]
    fn the_document_has_each_figure_once_with_its_labels() {
        let metrics = Metrics::default();
        metrics.answered("/{token}", "GET", 200, Duration::from_millis(3));
        metrics.mail(MailOutcome::Sent);
        metrics.mail(MailOutcome::Sent);
        metrics.enrolment("connected", "android");
        let figures = Figures {
            jobs: vec![JobFigure { kind: "mail", state: "waiting", count: 7 }],
            database_bytes: 8192,
        };
        let text = metrics.document(&figures, Timestamp(5 * SECOND)).unwrap();
        for line in [
            "muster_http_requests_total{route=\"/{token}\",method=\"GET\",status=\"200\"} 1",
            "muster_http_request_duration_seconds_bucket{le=\"0.005\",route=\"/{token}\",method=\"GET\"} 1",
            "muster_http_request_duration_seconds_bucket{le=\"0.0025\",route=\"/{token}\",method=\"GET\"} 0",
            "muster_mails_total{result=\"sent\"} 2",
            "muster_enrolments_total{result=\"connected\",platform=\"android\"} 1",
            "muster_jobs{kind=\"mail\",state=\"waiting\"} 7",
            "muster_database_bytes 8192",
            "process_start_time_seconds 5",
            "# EOF",
        ] {
            assert_eq!(text.lines().filter(|l| *l == line).count(), 1, "{line} in\n{text}");
        }
        assert!(text.contains("process_resident_memory_bytes "));
    }
}
