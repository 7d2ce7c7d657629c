//! Why APNs could not be asked, in words for people. Nothing that the other side wrote is repeated.

use rustls::{AlertDescription as Alert, CertificateError};
use std::{error::Error, io, time::Duration};

/// Where a trouble lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nothing answers: a firewall, no network, no such name.
    Unreachable,
    /// APNs does not take the certificate.
    Certificate,
    /// In what answers, or here.
    Other,
}

/// Why a push did not get through.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    /// Where it lies.
    pub(super) cause: Cause,
    /// In words.
    pub(super) words: String,
    /// Until then nobody tries to connect.
    pub(super) rest: Duration,
}

impl Trouble {
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self { cause: Cause::Other, words: words.into(), rest: Duration::ZERO }
    }

    /// Nothing answers.
    pub(super) fn unreachable(words: impl std::fmt::Display) -> Self {
        Self { cause: Cause::Unreachable, ..Self::new(format!("APNs cannot be reached: {words}")) }
    }

    fn certificate(words: &str) -> Self {
        Self { cause: Cause::Certificate, ..Self::new(words) }
    }

    /// What is behind an error of a connection.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Self {
        let mut at = Some(error);
        while let Some(error) = at {
            if let Some(trouble) = error.downcast_ref::<io::Error>().and_then(io) {
                return trouble;
            }
            if let Some(trouble) = error.downcast_ref::<rustls::Error>().map(tls) {
                return trouble;
            }
            at = error.source();
        }
        Self::new("the connection to APNs broke")
    }
}

fn io(error: &io::Error) -> Option<Trouble> {
    if let Some(error) = error.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
        return Some(tls(error));
    }
    Some(Trouble::unreachable(match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection is refused",
        io::ErrorKind::TimedOut => "no answer",
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            "there is no way to it from this network"
        }
        _ => return None,
    }))
}

fn tls(error: &rustls::Error) -> Trouble {
    match error {
        rustls::Error::AlertReceived(alert) => alerted(*alert),
        rustls::Error::InvalidCertificate(why) => Trouble::new(place(why)),
        rustls::Error::InvalidMessage(_) => Trouble::new("what answers in APNs' place speaks no TLS"),
        _ => Trouble::new("the TLS connection to APNs failed"),
    }
}

/// What is wrong with the certificate of the other side.
fn place(why: &CertificateError) -> &'static str {
    match why {
        CertificateError::UnknownIssuer => {
            "what answers in APNs' place has a certificate of an authority that is not trusted: does something in the \
             network open TLS connections?"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "what answers in APNs' place has a certificate for another name"
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            "the certificate of APNs does not hold at this time: is the server's clock right?"
        }
        _ => "the certificate of what answers in APNs' place is not valid",
    }
}

/// What the other side says to ours.
fn alerted(alert: Alert) -> Trouble {
    match alert {
        Alert::CertificateExpired => Trouble::certificate("APNs refuses the certificate: it has expired"),
        Alert::CertificateRevoked => Trouble::certificate("APNs refuses the certificate: it was revoked"),
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateUnknown
        | Alert::CertificateRequired
        | Alert::UnknownCA
        | Alert::AccessDenied
        | Alert::DecryptError => Trouble::certificate("APNs refuses the certificate"),
        Alert::NoApplicationProtocol => Trouble::new("what answers in APNs' place speaks no HTTP/2"),
        _ => Trouble::new("the TLS connection to APNs failed"),
    }
}
