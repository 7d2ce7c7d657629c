//! Signed check-ins as bytes for a load generator: `presign FOLDER DEVICES COUNT report|none FILE`.
//!
//! `FOLDER` is the state of a fleet. Requests go round the devices; each stands in `FILE` after its length in four
//! bytes, the lowest first. `cargo xtask bench checkins` uses it.

use muster_agent::{clock, error::AgentError, fleet, random, state::State};
use muster_agent_protocol::{messages::CheckInRequest, paths, sign::sign};
use std::{
    env,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    process::ExitCode,
};

fn local(error: impl std::fmt::Display) -> AgentError {
    AgentError::Local(error.to_string())
}

fn run(words: &[String]) -> Result<(), AgentError> {
    let [folder, devices, count, report, file] = words else {
        return Err(AgentError::Usage("presign FOLDER DEVICES COUNT report|none FILE".into()));
    };
    let (devices, count): (usize, usize) = (devices.parse().map_err(local)?, count.parse().map_err(local)?);
    let mut fleet = Vec::with_capacity(devices);
    for number in 0..devices {
        let (state, connection) = State::connected(&fleet::state_file(Path::new(folder), number))?;
        let key = connection.signing_key()?;
        let url = paths::check_in(&connection.api_base, &connection.device_id);
        let report = (report == "report").then_some(state.report);
        let body = serde_json::to_vec(&CheckInRequest { report }).map_err(local)?;
        fleet.push((connection.device_id, key, url, body));
    }
    let mut out = BufWriter::new(File::create(file).map_err(local)?);
    for number in 0..count {
        let (id, key, url, body) = &fleet[number % devices];
        let signed = sign(key, "POST", url, body, clock::system(), &random::word()?, id)
            .map_err(|_| local("a request could not be signed"))?;
        let (host, path) = url
            .split_once("://")
            .and_then(|(_, rest)| Some(rest.split_at(rest.find('/')?)))
            .ok_or_else(|| local("an address without a path"))?;
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nContent-Digest: {}\r\nSignature-Input: {}\r\nSignature: {}\r\n\r\n",
            body.len(),
            signed.content_digest.unwrap_or_default(),
            signed.signature_input,
            signed.signature
        )
        .into_bytes();
        request.extend_from_slice(body);
        let length = u32::try_from(request.len()).map_err(local)?;
        out.write_all(&length.to_le_bytes()).and_then(|()| out.write_all(&request)).map_err(local)?;
    }
    out.flush().map_err(local)
}

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("presign: {error}");
            ExitCode::FAILURE
        }
    }
}
