//! Figures and the log tell no more than they should (ABUSE A26, A42).

use crate::world::{PIXEL, Server, agent, browser, page, phone};
use futures::StreamExt;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

const SCRAPE: &str = "a-token-for-the-figures-0123456789";

#[tokio::test]
async fn a42_the_figures_want_their_token_and_what_tells_of_health_tells_no_more() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{SCRAPE}\n")).unwrap();
    let server = Server::with(&["--metrics-token-file", file.path().to_str().unwrap()], &[]);
    let metrics = format!("{}/metrics", server.base);
    let owner = server.owner().await;
    for (asked, expected) in [
        (owner.get(&metrics), StatusCode::UNAUTHORIZED),
        (browser().get(&metrics).bearer_auth("wrong"), StatusCode::UNAUTHORIZED),
        (browser().get(&metrics).bearer_auth(""), StatusCode::UNAUTHORIZED),
        (browser().get(&metrics).basic_auth("x", Some(SCRAPE)), StatusCode::UNAUTHORIZED),
        (browser().get(format!("{metrics}?token={SCRAPE}")), StatusCode::UNAUTHORIZED),
        (browser().get(&metrics).bearer_auth(SCRAPE), StatusCode::OK),
    ] {
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), expected);
        let open = answer.text().await.unwrap().contains("muster_");
        assert_eq!(open, expected == StatusCode::OK);
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(page(&format!("{}{path}", server.base), PIXEL).await.1, "ok\n");
    }
    for other in ["/debug", "/debug/pprof", "/actuator", "/server-status", "/metrics/", "/METRICS", "/status"]
    {
        let (status, text) = page(&format!("{}{other}", server.base), PIXEL).await;
        assert!(status == StatusCode::NOT_FOUND && !text.contains("muster_"), "{other}");
    }
    let without = Server::start();
    let none = browser().get(format!("{}/metrics", without.base)).bearer_auth("").send().await.unwrap();
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a26_the_figures_count_a_journey_under_templates_alone() {
    let server = Server::with(&[], &[("MUSTER_METRICS_TOKEN", SCRAPE)]);
    server.people();
    let owner = server.owner().await;
    let link = server.link();
    page(&link, PIXEL).await;
    let evil = reqwest::Method::from_bytes(b"HACK").unwrap();
    browser().request(evil, &server.base).send().await.unwrap();
    agent().claim(&link.parse().unwrap(), &phone("hardware-1")).await.unwrap();
    agent().claim(&link.parse().unwrap(), &phone("hardware-2")).await.unwrap_err();
    server.function(&owner, "me", json!({})).await;
    server.function(&owner, "no_such_function", json!({})).await;
    let mut events = owner.get(format!("{}/events", server.base)).send().await.unwrap().bytes_stream();
    events.next().await.unwrap().unwrap();
    server.cli(&["invite", "anna@example.org"]);
    let figures = async || {
        let asked = browser().get(format!("{}/metrics", server.base)).bearer_auth(SCRAPE);
        asked.send().await.unwrap().text().await.unwrap()
    };
    let text = figures().await;
    for line in [
        "muster_http_requests_total{route=\"/{token}\",method=\"GET\",status=\"200\"} 3",
        "muster_http_requests_total{route=\"/{token}/claim\",method=\"POST\",status=\"409\"} 1",
        "muster_http_requests_total{route=\"/api/fn/me\",method=\"POST\",status=\"200\"} 1",
        "muster_http_requests_total{route=\"/api/fn/{name}\",method=\"POST\",status=\"404\"} 1",
        "muster_http_requests_total{route=\"/\",method=\"other\",status=\"405\"} 1",
        "muster_enrolments_total{result=\"connected\",platform=\"android\"} 1",
        "muster_enrolments_total{result=\"link_used\",platform=\"android\"} 1",
        "muster_jobs{kind=\"mail\",state=\"waiting\"} 1",
        "muster_event_streams 1",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line} in\n{text}");
    }
    assert!(!text.contains("HACK") && !text.contains("no_such_function"));
    drop(events);
    let sent = async {
        while !figures().await.contains("muster_mails_total{result=\"sent\"} 1\n") {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), sent).await.unwrap();
    let text = figures().await;
    assert!(text.contains("muster_jobs{kind=\"mail\",state=\"waiting\"} 0\n"), "{text}");
    assert!(text.contains("muster_event_streams 0\n"), "{text}");
}

#[tokio::test]
async fn a26_each_request_is_one_line_with_its_id_and_only_a_trusted_proxy_may_name_it() {
    let server = Server::with(&["--trust-proxy", "127.0.0.1"], &[("MUSTER_LOG_FORMAT", "json")]);
    let given = "4bf92f3577b34da6a3ce929d0e0e4736";
    let ask = async |id: &str| {
        let asked = browser().get(format!("{}/healthz", server.base)).header("x-request-id", id);
        let answer = asked.send().await.unwrap();
        answer.headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(ask(given).await, given);
    for bad in ["short", "with space in it", "<script>alert(1)</script>", &"a".repeat(65)] {
        let made = ask(bad).await;
        assert!(made != bad && made.len() == 9, "{made}");
    }
    let lines = server.log();
    let mine: Vec<Value> = lines
        .lines()
        .filter(|line| line.contains(given))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(mine.len(), 1, "{lines}");
    let line = &mine[0];
    assert_eq!((&line["status"], &line["span"]["route"]), (&json!(200), &json!("/healthz")), "{line}");
    assert!(line["ms"].is_number() && line["span"]["method"] == "GET", "{line}");
    let untrusted = Server::start();
    let asked = browser().get(format!("{}/healthz", untrusted.base)).header("x-request-id", given);
    assert_ne!(asked.send().await.unwrap().headers()["x-request-id"], given);
}
