//! Mail: the whole conversation with the SMTP server up to the sign-in. No message is sent.

use super::{Finding, Opened};
use crate::{adapters::smtp::SmtpMailer, system::keys::Keys};
use muster_domain::{
    ports::{Secrets, WorkspaceStore},
    settings::SmtpTls,
};
use std::time::Duration;

pub(super) const CHECK: &str = "mail";
const LIMIT: Duration = Duration::from_secs(15);
const PASSWORD: &str = "smtp.password";

/// Talks to the server as the mail job would.
pub(super) async fn look(opened: &Opened, keys: &Keys) -> Vec<Finding> {
    let settings = &opened.settings;
    let Some(smtp) = &settings.smtp else {
        let words = "no mail server is set: messages are kept as files and shown in the console";
        return vec![Finding::warning(
            CHECK,
            words,
            "muster settings set smtp.host mail.example.org (then smtp.port, smtp.tls, smtp.user, smtp.from)",
        )];
    };
    let mut found = Vec::new();
    if settings.sender.is_none() {
        let words = "no sender is set: messages wait until there is one";
        found.push(Finding::failed(CHECK, words, "muster settings set smtp.from it@example.org"));
    }
    let sealed = opened.store.sealed(opened.workspace, PASSWORD).await.ok().flatten();
    let password =
        sealed.as_ref().and_then(|s| keys.open(PASSWORD, s)).and_then(|p| String::from_utf8(p).ok());
    let again = format!("muster settings set {PASSWORD}, with the password on stdin");
    if sealed.is_some() && password.is_none() {
        found.push(Finding::failed(
            CHECK,
            "the kept password cannot be opened with this key",
            again.as_str(),
        ));
    } else if smtp.user.is_some() && password.is_none() {
        found.push(Finding::failed(CHECK, "smtp.user is set, but no password", again.as_str()));
    }
    if smtp.tls == SmtpTls::None && smtp.user.is_some() {
        let words = "the password goes to the mail server in the clear";
        found.push(Finding::warning(CHECK, words, "muster settings set smtp.tls required"));
    }
    let server = format!("{}:{}", smtp.host, smtp.port);
    found.push(match SmtpMailer::new(LIMIT).greet(settings, password.as_deref()).await {
        Ok(words) => Finding::ok(CHECK, format!("{server} would take a message: {words}")),
        Err(error) => Finding::failed(
            CHECK,
            format!("{server}: {error}"),
            "compare smtp.host, smtp.port, smtp.tls, smtp.user and the password with what the provider says: muster settings get",
        ),
    });
    found
}
