//! The other side: link, profile, SCEP, check-in and commands, with answers written by hand. What a device signs is
//! read by somebody else's strict parser.

use crate::authority::Authority;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use axum::{
    Router,
    body::Bytes,
    extract::{OriginalUri, State},
    http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use cms::{content_info::ContentInfo, signed_data::SignedData};
use der::{Decode, Encode};
use muster_agent::apple::{
    cms::sign::{Content, Signer, sign},
    key::Digest,
};
use plist::{Dictionary, Value};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

pub struct Known {
    pub base: String,
    pub authority: Authority,
    /// The profile, unsigned; `{base}` stands for the address.
    pub profile: String,
    pub signed: bool,
    pub profile_type: &'static str,
    /// Statuses instead of the usual answer, by `MessageType`, or `Idle` for all commands.
    pub refuse: HashMap<&'static str, (u16, &'static str)>,
    /// Messages at check-in.
    pub check_ins: Vec<Dictionary>,
    /// Answers to commands, and `Idle`.
    pub answers: Vec<Dictionary>,
    /// What is handed out, in order.
    pub commands: VecDeque<Vec<u8>>,
    /// Answers to declarative questions, by endpoint.
    pub declarations: HashMap<String, String>,
    pub requests: Vec<String>,
    /// All bodies that devices sent.
    pub bodies: Vec<Vec<u8>>,
}

pub type Shared = Arc<Mutex<Known>>;

pub const PROFILE: &str = include_str!("profile.mobileconfig");

/// Starts one on a free port.
pub async fn start() -> Shared {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let known = Arc::new(Mutex::new(Known {
        base: format!("http://{}", listener.local_addr().unwrap()),
        authority: Authority::new(),
        profile: PROFILE.into(),
        signed: true,
        profile_type: "application/x-apple-aspen-config",
        refuse: HashMap::new(),
        check_ins: Vec::new(),
        answers: Vec::new(),
        commands: VecDeque::new(),
        declarations: HashMap::new(),
        requests: Vec::new(),
        bodies: Vec::new(),
    }));
    let app = Router::new().fallback(handle).with_state(Arc::clone(&known));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    known
}

pub fn link(server: &Shared) -> String {
    format!("{}/0j3xk-8m2qv", server.lock().unwrap().base)
}

/// A command, as the server hands it out.
pub fn command(uuid: &str, request_type: &str, more: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict><key>CommandUUID</key>\
         <string>{uuid}</string><key>Command</key><dict><key>RequestType</key><string>{request_type}</string>\
         {more}</dict></dict></plist>"
    )
    .into_bytes()
}

async fn handle(
    State(known): State<Shared>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut known = known.lock().unwrap();
    let agent = headers.get("user-agent").unwrap().to_str().unwrap();
    let (program, _) = agent.split_once('/').unwrap();
    known.requests.push(format!("{program} {method} {}", uri.path()));
    match (method.as_str(), uri.path()) {
        ("GET", "/0j3xk-8m2qv") => "a page".into_response(),
        ("GET", "/0j3xk-8m2qv/profile") => {
            let profile = known.profile.replace("{base}", &known.base).into_bytes();
            let signer = Signer {
                key: &known.authority.key,
                certificate: &known.authority.certificate,
                digest: Digest::Sha256,
                signing_time: Some(muster_agent::clock::system()),
            };
            let signed = if known.signed {
                sign(Content::Attached(&profile), signer, Vec::new()).unwrap()
            } else {
                profile
            };
            ([(CONTENT_TYPE, known.profile_type)], signed).into_response()
        }
        (method, "/scep") => scep(&mut known, method, uri.query().unwrap(), &body),
        ("PUT", "/checkin") => {
            assert_eq!(headers[CONTENT_TYPE], "application/x-apple-aspen-mdm-checkin");
            check_in(&mut known, &headers, &body)
        }
        ("PUT", "/mdm") => {
            assert_eq!(headers[CONTENT_TYPE], "application/x-apple-aspen-mdm; charset=UTF-8");
            commands(&mut known, &headers, &body)
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn scep(known: &mut Known, method: &str, query: &str, body: &[u8]) -> Response {
    let url = reqwest::Url::parse(&format!("http://x/?{query}")).unwrap();
    let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
    match (method, query["operation"].as_str()) {
        ("GET", "GetCACaps") => known.authority.capabilities.clone().into_response(),
        ("GET", "GetCACert") => {
            assert_eq!(query["message"], "Muster CA");
            let (kind, body) = known.authority.certificates();
            ([(CONTENT_TYPE, kind)], body).into_response()
        }
        ("POST", "PKIOperation") => known.authority.operate(body).into_response(),
        ("GET", "PKIOperation") => {
            known.authority.gets += 1;
            let message = STANDARD.decode(&query["message"]).unwrap();
            known.authority.operate(&message).into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The dictionary of a body whose signature is of a certificate that was issued.
fn verified(known: &mut Known, headers: &HeaderMap, body: &[u8]) -> Dictionary {
    let signature = STANDARD.decode(headers["mdm-signature"].as_bytes()).unwrap();
    let info = ContentInfo::from_der(&signature).unwrap();
    let signed: SignedData = info.content.decode_as().unwrap();
    assert!(signed.encap_content_info.econtent.is_none(), "detached");
    assert_eq!(signed.certificates.as_ref().unwrap().0.len(), 1);
    let cms::cert::CertificateChoices::Certificate(certificate) =
        signed.certificates.unwrap().0.get(0).unwrap().clone()
    else {
        panic!("no certificate")
    };
    let certificate = certificate.to_der().unwrap();
    let issued = known.authority.issued.iter().find(|c| c.der() == certificate).expect("not issued here");
    let signer = signed.signer_infos.0.get(0).unwrap();
    let digest = Digest::by_oid(signer.digest_alg.oid).unwrap();
    let message = match &signer.signed_attrs {
        Some(attributes) => {
            let said =
                attributes.iter().find(|a| a.oid == muster_agent::apple::oids::MESSAGE_DIGEST).unwrap();
            assert_eq!(said.values.get(0).unwrap().value(), digest.of(body));
            attributes.to_der().unwrap()
        }
        None => body.to_vec(),
    };
    let algorithm = match digest {
        Digest::Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        _ => &RSA_PKCS1_2048_8192_SHA256,
    };
    let key = UnparsedPublicKey::new(algorithm, issued.spki().unwrap());
    key.verify(&message, signer.signature.as_bytes()).unwrap();
    known.bodies.push(body.to_vec());
    Value::from_reader_xml(body).unwrap().into_dictionary().unwrap()
}

fn refused(known: &Known, what: &str) -> Option<Response> {
    let (status, body) = *known.refuse.get(what)?;
    Some((StatusCode::from_u16(status).unwrap(), body).into_response())
}

fn check_in(known: &mut Known, headers: &HeaderMap, body: &[u8]) -> Response {
    let message = verified(known, headers, body);
    let kind = message["MessageType"].as_string().unwrap().to_owned();
    let endpoint = message.get("Endpoint").and_then(Value::as_string).map(str::to_owned);
    known.check_ins.push(message);
    if let Some(refused) = refused(known, &kind) {
        return refused;
    }
    match endpoint.as_deref() {
        None | Some("status") => StatusCode::OK.into_response(),
        Some(endpoint) => match known.declarations.get(endpoint) {
            Some(json) => ([(CONTENT_TYPE, "application/json")], json.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

fn commands(known: &mut Known, headers: &HeaderMap, body: &[u8]) -> Response {
    let answer = verified(known, headers, body);
    known.answers.push(answer);
    if let Some(refused) = refused(known, "Idle") {
        return refused;
    }
    known.commands.pop_front().unwrap_or_default().into_response()
}
