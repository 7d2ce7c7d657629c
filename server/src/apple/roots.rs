//! Roots that all devices know, as far as this machine can tell: its own list, which Linux systems take from Mozilla.

use muster_pki::certificate::Certificate;

/// To which roots a chain may lead.
#[derive(Clone, Debug, Default)]
pub(super) struct Roots {
    /// What the machine trusts, and so most phones.
    public: Vec<Certificate>,
    /// What phones trust by the enrolment profile (`[apple] trust`).
    private: Vec<Certificate>,
}

/// Where a chain leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// To a root that devices know of themselves.
    Public,
    /// To a root that they have to be told of.
    Private,
    /// To none: something is missing.
    Nowhere,
}

/// Whether a root issued it, as far as the key can be judged here: of a kind that is not read the name has to do.
fn issued(last: &Certificate, root: &Certificate) -> bool {
    last.issuer() == root.subject() && (root.key().scheme().is_none() || last.issued_by(root))
}

fn ends_at(last: &Certificate, roots: &[Certificate]) -> bool {
    roots.iter().any(|root| root == last || issued(last, root))
}

impl Roots {
    /// The machine's list, and those that the profile brings. It reads a file: not on an async thread.
    pub(super) fn read(trust: &[Vec<u8>]) -> Self {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "the machine's list of authorities");
        }
        Self::of(found.certs.iter().map(AsRef::as_ref), trust)
    }

    pub(super) fn of<'d>(public: impl Iterator<Item = &'d [u8]>, trust: &[Vec<u8>]) -> Self {
        let read = |der: &[u8]| Certificate::from_der(der).ok();
        Self {
            public: public.filter_map(read).collect(),
            private: trust.iter().filter_map(|der| read(der)).collect(),
        }
    }

    /// Where a chain leads whose last certificate this is. A root that the profile brings is told to devices by it alone,
    /// even if the machine was told of it, too.
    pub(super) fn leads(&self, last: &Certificate) -> Leads {
        if ends_at(last, &self.private) {
            Leads::Private
        } else if ends_at(last, &self.public) {
            Leads::Public
        } else if last.issuer() == last.subject() && last.signature_by(last.key()) {
            Leads::Private
        } else {
            Leads::Nowhere
        }
    }
}
