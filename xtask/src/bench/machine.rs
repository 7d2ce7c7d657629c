//! What the figures were measured on.

use serde_json::{Value, json};
use std::{fmt, fs, thread};

/// This machine, as far as figures depend on it.
pub struct Machine {
    processor: String,
    cores: usize,
    memory_mb: u64,
    kernel: String,
    load: String,
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// The value after the first `name:` in a file of `/proc`.
pub fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines()
        .find_map(|line| line.split_once(':').filter(|(n, _)| n.trim() == name))
        .map(|(_, v)| v.trim())
}

impl Machine {
    /// The one that this runs on.
    pub fn here() -> Self {
        let memory = read("/proc/meminfo");
        let kb = field(&memory, "MemTotal").and_then(|v| v.split_whitespace().next()?.parse::<u64>().ok());
        Self {
            processor: field(&read("/proc/cpuinfo"), "model name").unwrap_or("unknown").to_owned(),
            cores: thread::available_parallelism().map_or(1, usize::from),
            memory_mb: kb.unwrap_or(0) / 1000,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load: read("/proc/loadavg").split_whitespace().next().unwrap_or("?").to_owned(),
        }
    }

    /// For `--json`.
    pub fn json(&self) -> Value {
        json!({
            "processor": self.processor, "cores": self.cores, "memory_mb": self.memory_mb, "kernel": self.kernel,
            "load_before": self.load,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, memory_mb, kernel, load } = self;
        write!(
            f,
            "{processor}, {cores} cores, {:.0} GB, Linux {kernel}; load before: {load}",
            *memory_mb as f64 / 1000.0
        )
    }
}
