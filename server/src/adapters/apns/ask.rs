//! A request to APNs (Apple: "Sending notification requests to APNs").

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, Version,
    header::RETRY_AFTER,
    uri::{Authority, PathAndQuery, Scheme},
};
use http_body_util::Full;
use muster_apple_mdm::{
    ids::{PushMagic, Topic},
    push::{PUSH_TYPE, path, payload},
};
use muster_domain::{Timestamp, ports::Secrets, time::DAY};
use std::time::Duration;

const TOPIC: HeaderName = HeaderName::from_static("apns-topic");
const TYPE: HeaderName = HeaderName::from_static("apns-push-type");
const PRIORITY: HeaderName = HeaderName::from_static("apns-priority");
const EXPIRATION: HeaderName = HeaderName::from_static("apns-expiration");
const ID: HeaderName = HeaderName::from_static("apns-id");

/// At once: a person waits for what the device is to do.
const AT_ONCE: HeaderValue = HeaderValue::from_static("10");

/// APNs keeps a push for a device that is switched off, for 30 days at the most. After a week the device has been asked for
/// its daily report several times anyway, and comes by those pushes.
const KEPT: i64 = 7 * DAY;

/// The longest wait that an answer may ask for.
const LONGEST_REST: Duration = Duration::from_secs(24 * 60 * 60);

/// What is asked, on whichever connection.
pub(super) struct Ask {
    path: PathAndQuery,
    body: Bytes,
    expiration: HeaderValue,
    id: HeaderValue,
}

/// A random UUID (RFC 9562, section 5.4) in the form that Apple wants.
fn id(secrets: &dyn Secrets) -> HeaderValue {
    let mut random = [0; 16];
    secrets.fill(&mut random);
    let id = uuid::Builder::from_random_bytes(random).into_uuid();
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let text: &str = id.hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(text).unwrap_or_else(|_| unreachable!("digits and hyphens"))
}

impl Ask {
    fn new(path: String, body: Vec<u8>, now: Timestamp, secrets: &dyn Secrets) -> Self {
        Self {
            path: path.try_into().unwrap_or_else(|_| unreachable!("a path of digits")),
            body: body.into(),
            expiration: HeaderValue::from(now.plus(KEPT).seconds()),
            id: id(secrets),
        }
    }

    /// A push to the device with this token.
    pub(super) fn push(token: &[u8], magic: &PushMagic, now: Timestamp, secrets: &dyn Secrets) -> Self {
        Self::new(path(token), payload(magic), now, secrets)
    }

    /// A push to nobody.
    pub(super) fn nothing(now: Timestamp, secrets: &dyn Secrets) -> Self {
        Self::new(path(&[]), b"{}".to_vec(), now, secrets)
    }

    /// As it goes over a connection.
    pub(super) fn request(&self, authority: &Authority, fixed: &HeaderMap) -> Request<Full<Bytes>> {
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(Scheme::HTTPS);
        uri.authority = Some(authority.clone());
        uri.path_and_query = Some(self.path.clone());
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = Uri::from_parts(uri).unwrap_or_else(|_| unreachable!("all three parts"));
        let headers = request.headers_mut();
        headers.clone_from(fixed);
        headers.insert(EXPIRATION, self.expiration.clone());
        headers.insert(ID, self.id.clone());
        request
    }
}

/// The headers of all pushes by one certificate.
pub(super) fn fixed(topic: &Topic) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    let topic = HeaderValue::from_str(topic.as_str());
    headers.insert(TOPIC, topic.unwrap_or_else(|_| unreachable!("letters, digits, dots and hyphens")));
    headers.insert(TYPE, HeaderValue::from_static(PUSH_TYPE));
    headers.insert(PRIORITY, AT_ONCE);
    headers
}

/// How long an answer asks to wait (RFC 9110, section 10.2.3: seconds; APNs is not known to give dates).
pub(super) fn retry_after(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(0)).min(LONGEST_REST)
}
