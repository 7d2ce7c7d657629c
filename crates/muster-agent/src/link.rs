//! Links as people paste them: with spaces, line breaks, in capitals.

use crate::error::AgentError;
use reqwest::Url;
use std::{fmt, str::FromStr};

/// An invitation's link in its plain form, without a slash at the end. Its `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(Url);

impl Link {
    /// The link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Link {
    type Err = AgentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |why: &str| AgentError::Usage(format!("this is not a link: {why}"));
        let mut text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if !text.contains("://") {
            text.insert_str(0, "https://");
        }
        let mut url = Url::parse(&text).map_err(|e| wrong(&e.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some()
        {
            return Err(wrong("it begins with https://"));
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/').to_owned();
        // The secret is the last segment and has no capitals; what is before it may have some.
        match path.rsplit_once('/') {
            Some((before, secret)) if !secret.is_empty() => {
                url.set_path(&format!("{before}/{}", secret.to_lowercase()));
            }
            _ => return Err(wrong("the part after the server's name is missing")),
        }
        Ok(Self(url))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({}://{}/…)", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_with_spaces_capitals_and_a_slash_is_the_same_link() {
        for text in [
            "https://muster.example/0j3xk-8m2qv",
            " HTTPS://Muster.Example/0J3XK-8M2QV \n",
            "https://muster.example/0j3xk-\n 8m2qv/",
            "muster.example/0j3xk-8m2qv",
            "https://muster.example/0j3xk-8m2qv?utm_source=mail#top",
        ] {
            assert_eq!(
                text.parse::<Link>().unwrap().as_str(),
                "https://muster.example/0j3xk-8m2qv",
                "{text}"
            );
        }
        let deep: Link = "http://localhost:8080/Muster/0J3X".parse().unwrap();
        assert_eq!(deep.as_str(), "http://localhost:8080/Muster/0j3x");
    }

    #[test]
    fn what_is_no_link_is_refused_and_the_secret_is_not_shown() {
        for text in [
            "",
            "https://muster.example",
            "https://muster.example/",
            "ftp://muster.example/abc",
            "https://a:b@c/d",
        ] {
            assert!(matches!(text.parse::<Link>(), Err(AgentError::Usage(_))), "{text}");
        }
        let link: Link = "https://muster.example/s3cret".parse().unwrap();
        assert!(!format!("{link:?}").contains("s3cret"));
    }
}
