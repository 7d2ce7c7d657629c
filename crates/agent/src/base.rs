//! The signature base (RFC 9421, section 2.5): what is signed, rebuilt from a request.

use sfv::InnerList;

/// The parts of a request that a signature may cover.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The method, such as `POST`.
    pub method: &'r str,
    /// The target URI as the agent sent it: scheme, authority, path and query.
    pub target_uri: &'r str,
    /// Header fields, names in lower case.
    pub headers: &'r [(&'r str, &'r str)],
    /// The body; empty if there is none.
    pub body: &'r [u8],
}

impl Request<'_> {
    /// The one value of a header field; `None` if it is missing or there twice.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| *n == name).map(|(_, v)| *v);
        values.next().filter(|_| values.next().is_none())
    }

    fn component(&self, name: &str) -> Option<&str> {
        match name {
            "@method" => Some(self.method),
            "@target-uri" => Some(self.target_uri),
            name if name.starts_with('@') => None,
            name => self.header(name).map(str::trim),
        }
    }

    /// The base for these covered components, with the parameters as they are written (RFC 9651, section 4.1).
    /// `None` for a component that this protocol does not know, or that is not in the request exactly once.
    pub(crate) fn signature_base(&self, covered: &InnerList, parameters: &str) -> Option<String> {
        let mut base = String::with_capacity(512);
        for item in &covered.items {
            let name = item.bare_item.as_string()?.as_str();
            if !item.params.is_empty() {
                return None;
            }
            let value = self.component(name)?;
            for part in ["\"", name, "\": ", value, "\n"] {
                base.push_str(part);
            }
        }
        base.push_str("\"@signature-params\": ");
        base.push_str(parameters);
        Some(base)
    }
}
