//! The mailer against a small SMTP server that misbehaves on demand, by the local part of the recipient.

use super::*;
use crate::adapters::mail::tests::{mail, settings};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::SeqCst},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) connections: AtomicU32,
    pub(crate) taken: AtomicU32,
}

async fn talk(stream: TcpStream, seen: &Seen, greeting: &str) -> std::io::Result<()> {
    seen.connections.fetch_add(1, SeqCst);
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(greeting.as_bytes()).await?;
    let mut to = String::new();
    let wordy = format!("550-{0}\r\n550 {0}\r\n", "no ".repeat(200));
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if greeting.contains("choosy") => "550 5.7.1 Not from here\r\n",
            "EHLO" => "250-test\r\n250 AUTH PLAIN LOGIN\r\n",
            "AUTH" if line.contains("AGl0AHJpZ2h0") => "235 ok\r\n",
            "AUTH" => "535 5.7.8 wrong name or password\r\n",
            "RCPT" => {
                to = line;
                match () {
                    () if to.contains("nobody@") => "550 5.1.1 No such\tuser \x1b[31m here\r\n",
                    () if to.contains("closing@") => {
                        return write.write_all(b"421 4.3.2 We shut down\r\n").await;
                    }
                    () if to.contains("wordy@") => &wordy,
                    () if to.contains("signin@") => "530 5.7.0 Authentication required\r\n",
                    () if to.contains("quota@") => "550 5.4.5 Daily user sending limit exceeded\r\n",
                    () if to.contains("later@") => "451 4.7.1 Try again later\r\n",
                    () => "250 ok\r\n",
                }
            }
            "DATA" => {
                write.write_all(b"354 go\r\n").await?;
                while lines.next_line().await?.is_some_and(|l| l != ".") {}
                match () {
                    () if to.contains("closed@") => return Ok(()),
                    () if to.contains("hang@") => std::future::pending().await,
                    () if to.contains("spam@") => "554 5.7.1 We do not like it\r\n",
                    () => {
                        seen.taken.fetch_add(1, SeqCst);
                        "250 2.0.0 taken\r\n"
                    }
                }
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => "250 ok\r\n",
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

pub(crate) async fn server(greeting: &'static str) -> (Settings, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Seen::default());
    let theirs = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let seen = theirs.clone();
            tokio::spawn(async move { talk(stream, &seen, greeting).await });
        }
    });
    let smtp = Smtp { host: "127.0.0.1".into(), port, tls: SmtpTls::None, user: None };
    (Settings { smtp: Some(smtp), ..settings() }, seen)
}

pub(crate) const HELLO: &str = "220 test ESMTP\r\n";

#[tokio::test]
async fn a_refusal_keeps_the_connection_for_the_next_mail() {
    let (settings, seen) = server(HELLO).await;
    let mailer = SmtpMailer::default();
    let send = async |to: &str| mailer.send(&settings, None, &mail(to)).await;
    assert_eq!(send("anna@example.org").await, Ok(()));
    let refused = send("nobody@example.org").await;
    assert_eq!(refused, Err(MailError::Permanent("550 5.1.1 No such user [31m here".into())));
    assert_eq!(
        send("later@example.org").await,
        Err(MailError::Transient("451 4.7.1 Try again later".into()))
    );
    assert_eq!(
        send("spam@example.org").await,
        Err(MailError::Permanent("554 5.7.1 We do not like it".into()))
    );
    assert_eq!(send("ben@example.org").await, Ok(()));
    assert_eq!((seen.connections.load(SeqCst), seen.taken.load(SeqCst)), (1, 2));
}

#[tokio::test]
async fn a_connection_lost_after_data_is_tried_again_later_and_not_reused() {
    let (settings, seen) = server(HELLO).await;
    let mailer = SmtpMailer::default();
    let lost = mailer.send(&settings, None, &mail("closed@example.org")).await;
    assert!(matches!(lost, Err(MailError::Transient(_))), "{lost:?}");
    assert_eq!(seen.connections.load(SeqCst), 1, "a mail that may have arrived is not repeated at once");
    assert_eq!(mailer.send(&settings, None, &mail("anna@example.org")).await, Ok(()));
    assert_eq!(seen.connections.load(SeqCst), 2);
}

#[tokio::test]
async fn a_server_that_hangs_costs_the_limit_and_its_connection() {
    let (settings, seen) = server(HELLO).await;
    let mailer = SmtpMailer::new(Duration::from_millis(300));
    let hung = mailer.send(&settings, None, &mail("hang@example.org")).await;
    assert!(matches!(hung, Err(MailError::Transient(_))), "{hung:?}");
    // The next mail must not read the former one's answer.
    let refused = mailer.send(&settings, None, &mail("spam@example.org")).await;
    assert!(matches!(refused, Err(MailError::Permanent(_))), "{refused:?}");
    assert_eq!(seen.connections.load(SeqCst), 2);
}

#[tokio::test]
async fn a38_what_is_said_before_a_greeting_is_not_shown() {
    for greeting in [
        "HTTP/1.1 200 secret\r\n\r\n",
        "554 secret\r\n",
        "-ERR secret\r\n",
        "250 secret\r\n",
        "220-hello\r\n250 secret\r\n",
    ] {
        let (settings, _) = server(greeting).await;
        let mailer = SmtpMailer::new(Duration::from_secs(2));
        let error = mailer.send(&settings, None, &mail("anna@example.org")).await.unwrap_err();
        assert!(matches!(&error, MailError::Transient(words) if !words.contains("secret")), "{error:?}");
    }
}

#[tokio::test]
async fn signing_in_and_required_tls_say_what_is_wrong() {
    let (mut settings, _) = server(HELLO).await;
    let mailer = SmtpMailer::default();
    if let Some(smtp) = &mut settings.smtp {
        smtp.user = Some("it".into());
    }
    assert_eq!(mailer.send(&settings, Some("right"), &mail("anna@example.org")).await, Ok(()));
    let fresh = SmtpMailer::default();
    let refused = fresh.send(&settings, Some("wrong"), &mail("anna@example.org")).await;
    assert!(
        matches!(&refused, Err(MailError::Transient(w)) if w.contains("wrong name or password")),
        "{refused:?}"
    );
    if let Some(smtp) = &mut settings.smtp {
        smtp.tls = SmtpTls::Required;
    }
    let refused = mailer.send(&settings, Some("right"), &mail("anna@example.org")).await;
    assert!(matches!(&refused, Err(MailError::Transient(w)) if w.contains("STARTTLS")), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_wants_a_sign_in_first_makes_the_message_wait() {
    let (settings, _) = server(HELLO).await;
    let refused = SmtpMailer::default().send(&settings, None, &mail("signin@example.org")).await;
    assert_eq!(refused, Err(MailError::Transient("530 5.7.0 Authentication required".into())));
}

#[tokio::test]
async fn a_quota_that_is_used_up_makes_the_message_wait_though_its_code_says_for_good() {
    let (settings, _) = server(HELLO).await;
    let refused = SmtpMailer::default().send(&settings, None, &mail("quota@example.org")).await;
    assert_eq!(refused, Err(MailError::Transient("550 5.4.5 Daily user sending limit exceeded".into())));
}

#[tokio::test]
async fn nobody_listening_is_tried_again_later() {
    let (mut settings, _) = server(HELLO).await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    if let Some(smtp) = &mut settings.smtp {
        smtp.port = free;
    }
    let error = SmtpMailer::default().send(&settings, None, &mail("anna@example.org")).await;
    assert!(matches!(error, Err(MailError::Transient(_))), "{error:?}");
}

#[tokio::test]
async fn a_server_that_shuts_down_is_tried_once_more_and_then_later() {
    let (settings, seen) = server(HELLO).await;
    let mailer = SmtpMailer::default();
    assert_eq!(mailer.send(&settings, None, &mail("anna@example.org")).await, Ok(()));
    let later = mailer.send(&settings, None, &mail("closing@example.org")).await;
    assert_eq!(later, Err(MailError::Transient("421 4.3.2 We shut down".into())));
    assert_eq!(seen.connections.load(SeqCst), 2, "the parked connection might have been the only one to end");
    assert_eq!(mailer.send(&settings, None, &mail("anna@example.org")).await, Ok(()));
    assert_eq!(seen.connections.load(SeqCst), 3);
}

#[tokio::test]
async fn the_servers_words_are_one_line_of_bounded_length() {
    let (settings, _) = server(HELLO).await;
    let refused = SmtpMailer::default().send(&settings, None, &mail("wordy@example.org")).await;
    let Err(MailError::Permanent(words)) = refused else { panic!("{refused:?}") };
    assert!(words.starts_with("550 no no") && words.len() <= 300 && !words.contains('\n'), "{words}");
}

/// A server that gives one answer to each command word, all in clear text.
async fn scripted(answers: &'static [(&'static str, &'static str)]) -> Settings {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).split(b'\n');
            let _ = write.write_all(HELLO.as_bytes()).await;
            while let Ok(Some(line)) = lines.next_segment().await {
                let line = String::from_utf8_lossy(&line);
                let answer =
                    answers.iter().find(|(word, _)| line.starts_with(word)).map_or("500 no\r\n", |a| a.1);
                let _ = write.write_all(answer.as_bytes()).await;
            }
        }
    });
    let smtp = Smtp { host: "127.0.0.1".into(), port, tls: SmtpTls::Required, user: Some("it".into()) };
    Settings { smtp: Some(smtp), ..settings() }
}

async fn refused(settings: &Settings, tls: SmtpTls) -> String {
    let mut settings = settings.clone();
    settings.smtp.as_mut().unwrap().tls = tls;
    let mailer = SmtpMailer::new(Duration::from_secs(5));
    match mailer.send(&settings, Some("right"), &mail("anna@example.org")).await {
        Err(MailError::Transient(words)) => words,
        other => panic!("a fault of the connection makes the message wait: {other:?}"),
    }
}

#[tokio::test]
async fn what_is_said_in_clear_text_behind_the_answer_to_starttls_is_not_believed() {
    let settings = scripted(&[
        ("EHLO", "250-test\r\n250 STARTTLS\r\n"),
        ("STARTTLS", "220 go\r\n250-test\r\n250 AUTH PLAIN\r\n"),
    ])
    .await;
    for tls in [SmtpTls::Required, SmtpTls::Offered] {
        let words = refused(&settings, tls).await;
        assert!(words.contains("in clear text behind the answer to STARTTLS"), "{words}");
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_neither_the_message_nor_the_password() {
    let settings = scripted(&[
        ("EHLO", "250-test\r\n250 AUTH PLAIN LOGIN\r\n"),
        ("AUTH", "535 5.7.8 the password was sent in clear text\r\n"),
    ])
    .await;
    assert!(refused(&settings, SmtpTls::Required).await.contains("offers no STARTTLS, and the settings"));
    assert!(refused(&settings, SmtpTls::Offered).await.contains("password is not sent in clear text"));
    let words = refused(&settings, SmtpTls::None).await;
    assert_eq!(words, "535 5.7.8 the password was sent in clear text", "who chose no TLS gets none");
}

#[tokio::test]
async fn starttls_that_is_refused_and_a_port_without_tls_are_told_apart() {
    let settings =
        scripted(&[("EHLO", "250-test\r\n250 STARTTLS\r\n"), ("STARTTLS", "454 4.7.0 not now\r\n")]).await;
    assert!(refused(&settings, SmtpTls::Required).await.contains("and then refuses it"));
    let words = refused(&settings, SmtpTls::Implicit).await;
    assert!(words.contains("speaks no TLS"), "{words}");
}
