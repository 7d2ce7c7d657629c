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
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-test\r\n250 AUTH PLAIN LOGIN\r\n",
            "AUTH" if line.contains("AGl0AHJpZ2h0") => "235 ok\r\n",
            "AUTH" => "535 5.7.8 wrong name or password\r\n",
            "RCPT" => {
                to = line;
                match () {
                    () if to.contains("nobody@") => "550 5.1.1 No such\tuser \x1b[31m here\r\n",
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
async fn nobody_listening_is_tried_again_later() {
    let (mut settings, _) = server(HELLO).await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    if let Some(smtp) = &mut settings.smtp {
        smtp.port = free;
    }
    let error = SmtpMailer::default().send(&settings, None, &mail("anna@example.org")).await;
    assert!(matches!(error, Err(MailError::Transient(_))), "{error:?}");
}
