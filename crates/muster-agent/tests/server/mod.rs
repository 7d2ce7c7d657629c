//! A server of the protocol in memory, just enough to test an agent: it verifies every signature and takes no nonce twice.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use muster_agent_protocol::{
    CLAIM_KEYID,
    key::PublicKey,
    messages::{AckRequest, CheckInResponse, ClaimRequest, ClaimResponse, Command, Descriptor},
    problem::{ProblemCode, ProblemResponse},
    verify::{Request, parse},
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

const TIME: &str = "2026-11-24T10:00:00Z";

#[derive(Default)]
pub struct Known {
    pub base: String,
    /// What every claim is refused with.
    pub refuse: Option<ProblemCode>,
    /// Hardware ids by token.
    pub claims: HashMap<String, String>,
    pub keys: HashMap<String, PublicKey>,
    pub nonces: HashSet<(String, String)>,
    pub commands: Vec<Command>,
    pub acks: Vec<(String, AckRequest)>,
    pub reports: Vec<String>,
    pub left: Vec<String>,
}

pub type Shared = Arc<Mutex<Known>>;
type Answer = Result<Response, Refusal>;

pub struct Refusal(ProblemCode);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap();
        (status, Json(ProblemResponse::from(self.0))).into_response()
    }
}

fn now() -> i64 {
    muster_agent::clock::system()
}

impl Known {
    fn verify(
        &mut self,
        key: Option<PublicKey>,
        (method, uri, headers, body): (&Method, &Uri, &HeaderMap, &[u8]),
    ) -> Result<String, Refusal> {
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.to_str().unwrap())).collect();
        let target = format!("{}{uri}", self.base);
        let request = Request { method: method.as_str(), target_uri: &target, headers: &headers, body };
        let unverified = parse(&request).map_err(|e| Refusal(e.into()))?;
        let known = match key {
            Some(key) => Some(key).filter(|_| unverified.keyid() == CLAIM_KEYID),
            None => self.keys.get(unverified.keyid()).cloned(),
        };
        let key = known.ok_or(Refusal(ProblemCode::DeviceUnknown))?;
        let verified = unverified.verify(&key, &request, now()).map_err(|e| Refusal(e.into()))?;
        match self.nonces.insert((verified.keyid.clone(), verified.nonce)) {
            true => Ok(verified.keyid),
            false => Err(Refusal(ProblemCode::Replayed)),
        }
    }
}

async fn describe(State(known): State<Shared>, Path(token): Path<String>) -> Json<Descriptor> {
    let base = known.lock().unwrap().base.clone();
    Json(Descriptor {
        protocol: "muster-agent".into(),
        version: 1,
        organisation: "Example Ltd".into(),
        claim_url: format!("{base}/{token}/claim"),
        expires_at: TIME.into(),
        server_time: TIME.into(),
    })
}

async fn claim(
    State(known): State<Shared>,
    Path(token): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut known = known.lock().unwrap();
    let request: ClaimRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::Malformed))?;
    let key = request.validate().map_err(|_| Refusal(ProblemCode::Malformed))?;
    known.verify(Some(key.clone()), (&method, &uri, &headers, &body))?;
    if let Some(code) = known.refuse {
        return Err(Refusal(code));
    }
    let owner = known.claims.entry(token.clone()).or_insert_with(|| request.hardware_id.clone());
    if *owner != request.hardware_id {
        return Err(Refusal(ProblemCode::LinkUsed));
    }
    let device_id = format!("device-{token}");
    known.keys.insert(device_id.clone(), key);
    Ok(Json(ClaimResponse {
        device_id,
        api_base: known.base.clone(),
        owner_name: "Ada Example".into(),
        organisation: "Example Ltd".into(),
        check_in_seconds: 1,
        server_time: TIME.into(),
    })
    .into_response())
}

async fn device(
    State(known): State<Shared>,
    Path((id, rest)): Path<(String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let mut known = known.lock().unwrap();
    if known.verify(None, (&method, &uri, &headers, &body))? != id {
        return Err(Refusal(ProblemCode::DeviceUnknown));
    }
    match rest.split('/').collect::<Vec<_>>().as_slice() {
        ["check-in"] => {
            let acked: Vec<_> = known.acks.iter().map(|(id, _)| id.clone()).collect();
            let commands = known.commands.iter().filter(|c| !acked.contains(&c.id)).cloned().collect();
            let answer = CheckInResponse { commands, check_in_seconds: 1, server_time: TIME.into() };
            return Ok(Json(answer).into_response());
        }
        ["report"] => known.reports.push(String::from_utf8(body.to_vec()).unwrap()),
        ["commands", command, "ack"] => {
            known.acks.push(((*command).to_owned(), serde_json::from_slice(&body).unwrap()));
        }
        ["leave"] => {
            known.keys.remove(&id);
            known.left.push(id);
        }
        _ => return Err(Refusal(ProblemCode::Malformed)),
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Starts one on a free port.
pub async fn start() -> Shared {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let known: Shared = Arc::new(Mutex::new(Known { base, ..Known::default() }));
    let app = Router::new()
        .route("/{token}", get(describe))
        .route("/{token}/claim", post(claim))
        .route("/agent/v1/devices/{id}/{*rest}", post(device))
        .with_state(Arc::clone(&known));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    known
}
