//! The addresses of the protocol: one place, so that the two sides sign and verify the same.

/// Where the claim of a link goes; the descriptor's `claim_url` says the same.
#[must_use]
pub fn claim(link: &str) -> String {
    format!("{}/claim", link.trim_end_matches('/'))
}

fn device(api_base: &str, device_id: &str, rest: &str) -> String {
    format!("{}/agent/v1/devices/{device_id}/{rest}", api_base.trim_end_matches('/'))
}

/// Check-in.
#[must_use]
pub fn check_in(api_base: &str, device_id: &str) -> String {
    device(api_base, device_id, "check-in")
}

/// A report by itself.
#[must_use]
pub fn report(api_base: &str, device_id: &str) -> String {
    device(api_base, device_id, "report")
}

/// Acknowledgement of a command.
#[must_use]
pub fn ack(api_base: &str, device_id: &str, command_id: &str) -> String {
    device(api_base, device_id, &format!("commands/{command_id}/ack"))
}

/// Leaving.
#[must_use]
pub fn leave(api_base: &str, device_id: &str) -> String {
    device(api_base, device_id, "leave")
}

/// Whether an id can stand in a path and in a `keyid`: 1 to 64 letters, digits, `-` and `_`.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_of_the_base_changes_nothing() {
        assert_eq!(claim("https://m.example/abc/"), "https://m.example/abc/claim");
        assert_eq!(
            ack("https://m.example/", "1", "2"),
            "https://m.example/agent/v1/devices/1/commands/2/ack"
        );
        assert_eq!(check_in("https://m.example/x", "1"), "https://m.example/x/agent/v1/devices/1/check-in");
    }

    #[test]
    fn an_id_cannot_leave_its_place_in_the_path() {
        for bad in ["", "..", "a/b", "a?b", "a%2fb", "a b", &"a".repeat(65)] {
            assert!(!is_id(bad), "{bad}");
        }
        assert!(is_id("019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a10"));
    }
}
