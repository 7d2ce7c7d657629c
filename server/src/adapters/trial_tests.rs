//! Test mails to the small server of the mailer's tests.

use super::*;
use crate::{
    adapters::smtp::tests::{HELLO, server},
    system::{SystemClock, keys::Keys},
};
use muster_domain::{
    settings::SmtpTls,
    trial::{Outcome, Step},
};
use std::sync::atomic::Ordering::SeqCst;

async fn try_out(settings: &Settings, password: Option<&str>, to: &str) -> Vec<Stepped> {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(Keys::open(&folder.path().join("key"), false).unwrap());
    let trial = SmtpTrial::new(Arc::new(SystemClock), secrets, Duration::from_secs(2));
    trial.try_out(settings, password, &to.parse().unwrap(), Language::En).await
}

fn told(steps: &[Stepped]) -> Vec<(Step, &str)> {
    steps.iter().map(|s| (s.step, s.words.as_str())).collect()
}

#[tokio::test]
async fn a_test_mail_tells_the_servers_words_at_each_step() {
    let (mut settings, seen) = server(HELLO).await;
    if let Some(smtp) = &mut settings.smtp {
        smtp.user = Some("it".into());
    }
    let steps = try_out(&settings, Some("right"), "anna@example.org").await;
    let expected = [
        (Step::Connect, "220 test ESMTP"),
        (Step::Tls, ""),
        (Step::SignIn, "235 ok"),
        (Step::Sender, "250 ok"),
        (Step::Recipient, "250 ok"),
        (Step::Message, "250 2.0.0 taken"),
    ];
    assert_eq!(told(&steps), expected);
    assert_eq!(steps[1].outcome, Outcome::Skipped);
    assert_eq!(seen.taken.load(SeqCst), 1);
}

#[tokio::test]
async fn a_step_that_fails_ends_the_conversation_with_the_servers_words() {
    let (mut settings, seen) = server(HELLO).await;
    let steps = try_out(&settings, None, "nobody@example.org").await;
    let last = steps.last().unwrap();
    assert_eq!((last.step, &last.outcome), (Step::Recipient, &Outcome::Failed(Fault::Refused)));
    assert_eq!(last.words, "550 5.1.1 No such user [31m here");
    if let Some(smtp) = &mut settings.smtp {
        smtp.user = Some("it".into());
    }
    let steps = try_out(&settings, Some("wrong"), "anna@example.org").await;
    let last = steps.last().unwrap();
    assert_eq!((last.step, last.words.as_str()), (Step::SignIn, "535 5.7.8 wrong name or password"));
    if let Some(smtp) = &mut settings.smtp {
        smtp.tls = SmtpTls::Required;
    }
    let steps = try_out(&settings, Some("right"), "anna@example.org").await;
    let last = steps.last().unwrap();
    assert_eq!((last.step, &last.outcome), (Step::Tls, &Outcome::Failed(Fault::NoStarttls)));
    assert_eq!(seen.taken.load(SeqCst), 0);
}

#[tokio::test]
async fn a_server_that_greets_and_takes_no_name_was_not_connected_to() {
    let (settings, _) = server("220 choosy ESMTP\r\n").await;
    let steps = try_out(&settings, None, "anna@example.org").await;
    assert_eq!(told(&steps), [(Step::Connect, "550 5.7.1 Not from here"), (Step::Tls, "")]);
    assert_eq!(steps[0].outcome, Outcome::Failed(Fault::Refused));
}

#[tokio::test]
async fn a_server_that_hangs_is_told_as_such() {
    let (settings, _) = server(HELLO).await;
    let steps = try_out(&settings, None, "hang@example.org").await;
    let last = steps.last().unwrap();
    assert_eq!((last.step, &last.outcome), (Step::Message, &Outcome::Failed(Fault::Slow)));
}

#[tokio::test]
async fn a38_a_test_mail_shows_nothing_that_was_said_before_a_220() {
    for greeting in [
        "HTTP/1.1 400 Bad Request: secret\r\n\r\n",
        "SSH-2.0-secret\r\n",
        "554 secret\r\n",
        "250 secret\r\n",
        "220-hello\r\n250 secret\r\n",
    ] {
        for tls in [SmtpTls::None, SmtpTls::Offered, SmtpTls::Required, SmtpTls::Implicit] {
            let (mut settings, _) = server(greeting).await;
            if let Some(smtp) = &mut settings.smtp {
                smtp.tls = tls;
            }
            let steps = try_out(&settings, None, "anna@example.org").await;
            assert!(!format!("{steps:?}").contains("secret"), "{steps:?}");
            let fault = if tls == SmtpTls::Implicit { Fault::Tls } else { Fault::NotMail };
            assert_eq!(steps.last().unwrap().outcome, Outcome::Failed(fault), "{greeting:?} {tls:?}");
        }
    }
}

#[tokio::test]
async fn without_a_sender_the_reason_comes_before_any_connection() {
    let (mut settings, seen) = server(HELLO).await;
    settings.sender = None;
    let steps = try_out(&settings, None, "anna@example.org").await;
    assert!(matches!(&steps[..], [Stepped { outcome: Outcome::Failed(Fault::Message(_)), .. }]), "{steps:?}");
    assert_eq!(seen.connections.load(SeqCst), 0);
}
