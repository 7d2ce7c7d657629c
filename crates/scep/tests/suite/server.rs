//! A small server for the foreign clients, which knows one challenge and keeps a note of each request.

use crate::authority::{Authority, now, random};
use axum::{
    Router,
    body::Bytes,
    extract::{RawQuery, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use muster_pki::{
    algorithm::{Cipher, Digest},
    certificate::Certificate,
    key::PublicKey,
};
use muster_scep::{
    FailInfo, authority,
    message::{Exchange, Received, Request, open},
    transport::{Operation, operation},
};
use std::{
    collections::HashMap,
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, Mutex},
};

/// The challenge that is right, and the one that has to wait until it is asked for again.
pub const CHALLENGE: &str = "s3cret";
pub const LATER: &str = "later";

/// What came by which method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub method: Method,
    pub request: &'static str,
    pub digest: Digest,
    pub cipher: Cipher,
}

#[derive(Default)]
struct Kept {
    notes: Vec<Note>,
    issued: Vec<Certificate>,
    waiting: HashMap<String, PublicKey>,
    last: Vec<u8>,
}

pub struct Server {
    pub authority: Authority,
    pub url: String,
    capabilities: String,
    kept: Mutex<Kept>,
}

impl Server {
    /// Starts it; this is its answer to GetCACaps.
    pub fn start(capabilities: &str) -> Arc<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let server = Arc::new(Self {
            authority: Authority::new(),
            url: format!("http://{}/scep", listener.local_addr().unwrap()),
            capabilities: capabilities.to_owned(),
            kept: Mutex::default(),
        });
        let router = Router::new().route("/scep", get(handle).post(handle)).with_state(Arc::clone(&server));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            runtime.unwrap().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        server
    }

    /// The notes since the last time.
    pub fn notes(&self) -> Vec<Note> {
        std::mem::take(&mut self.kept.lock().unwrap().notes)
    }

    /// The message that came last.
    pub fn last_message(&self) -> Vec<u8> {
        self.kept.lock().unwrap().last.clone()
    }

    /// A request without a body, and the whole answer to it as text.
    pub fn ask(&self, method: &Method, query: &str) -> String {
        let address = self.url.strip_prefix("http://").unwrap().strip_suffix("/scep").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let head = "Host: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        write!(stream, "{method} /scep?{query} HTTP/1.1\r\n{head}").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Whether that certificate was issued here.
    pub fn has_issued(&self, certificate: &Certificate) -> bool {
        self.kept.lock().unwrap().issued.contains(certificate)
    }

    fn issue(&self, key: &PublicKey, exchange: &Exchange) -> Vec<u8> {
        let issued = self.authority.issue(key);
        let answer = exchange.success(&issued, &[], self.authority.answerer(), now(), &mut random).unwrap();
        self.kept.lock().unwrap().issued.push(issued);
        answer
    }

    fn decide(&self, received: Received, method: Method) -> Vec<u8> {
        let Received { request, exchange } = received;
        let name = match &request {
            Request::Enrol(_) => "enrol",
            Request::Renew(_) => "renew",
            Request::Poll { .. } => "poll",
        };
        let note = Note { method, request: name, digest: exchange.digest(), cipher: exchange.cipher() };
        self.kept.lock().unwrap().notes.push(note);
        let fail = |info| exchange.failure(info, self.authority.answerer(), now(), &mut random).unwrap();
        let transaction = exchange.transaction().as_str();
        match request {
            Request::Enrol(csr) if csr.challenge() == Some(CHALLENGE) => self.issue(csr.key(), &exchange),
            Request::Enrol(csr) if csr.challenge() == Some(LATER) => {
                self.kept.lock().unwrap().waiting.insert(transaction.to_owned(), csr.key().clone());
                exchange.pending(self.authority.answerer(), now(), &mut random).unwrap()
            }
            Request::Renew(csr) if self.has_issued(exchange.signer()) => self.issue(csr.key(), &exchange),
            Request::Poll { .. } => {
                let waiting = self.kept.lock().unwrap().waiting.remove(transaction);
                waiting.map_or_else(|| fail(FailInfo::BadCertId), |key| self.issue(&key, &exchange))
            }
            _ => fail(FailInfo::BadRequest),
        }
    }

    fn answer(&self, method: Method, bytes: &[u8]) -> Result<Vec<u8>, String> {
        self.kept.lock().unwrap().last = bytes.to_vec();
        let recipients = [(&self.authority.recipient, &self.authority.opens)];
        match open(bytes, &recipients, &mut random) {
            Ok(received) => Ok(self.decide(received, method)),
            Err(refused) => {
                let exchange = refused.exchange.ok_or(refused.reason.to_string())?;
                Ok(exchange.failure(refused.info, self.authority.answerer(), now(), &mut random).unwrap())
            }
        }
    }
}

async fn handle(
    State(server): State<Arc<Server>>,
    method: Method,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let body = (method == Method::POST).then_some(&body[..]);
    match operation(&query.unwrap_or_default(), body) {
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
        Ok(Operation::Capabilities) => {
            ([(header::CONTENT_TYPE, authority::CAPABILITIES_TYPE)], server.capabilities.clone())
                .into_response()
        }
        Ok(Operation::Certificates) => {
            let list = [server.authority.certificate.clone(), server.authority.recipient.clone()];
            let (kind, bytes) = authority::certificates(&list).unwrap();
            ([(header::CONTENT_TYPE, kind)], bytes).into_response()
        }
        Ok(Operation::Message(bytes)) => match server.answer(method, &bytes) {
            Ok(answer) => ([(header::CONTENT_TYPE, authority::MESSAGE_TYPE)], answer).into_response(),
            Err(reason) => (StatusCode::BAD_REQUEST, reason).into_response(),
        },
    }
}
