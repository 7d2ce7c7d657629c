//! The test mail: the same conversation as for every other mail, on a connection of its own, told step by step.

use super::{
    dialogue::{Trouble, deliver},
    mail::lettre_message,
    smtp::{Trust, connect, hello},
};
use crate::message;
use async_trait::async_trait;
use lettre::Message;
use muster_domain::{
    EmailAddress, Language,
    ports::{Clock, Mail, MailTrial, Secrets},
    settings::{Settings, Smtp},
    trial::{Fault, Heard, Stepped},
};
use std::{sync::Arc, time::Duration};

/// Sends test mails.
pub struct SmtpTrial {
    /// The time.
    clock: Arc<dyn Clock>,
    /// Randomness for the message's id.
    secrets: Arc<dyn Secrets>,
    /// A conversation that takes longer is ended; less than the time limit of requests.
    limit: Duration,
    trust: Trust,
}

impl SmtpTrial {
    /// What test mails need.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, secrets: Arc<dyn Secrets>, limit: Duration) -> Self {
        Self { clock, secrets, limit, trust: Trust::default() }
    }

    fn mail(&self, settings: &Settings, to: &EmailAddress, language: Language) -> Mail {
        let mut random = [0; 16];
        self.secrets.fill(&mut random);
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let rendered = message::test(language, settings.name.as_str());
        Mail {
            message_id: format!("test.{id}"),
            to: (String::new(), to.to_string()),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            qr_png: None,
            pictures: Vec::new(),
            logo_png: None,
            date: self.clock.now(),
        }
    }

    /// Sends a mail with these settings, and tells what the server said at each step.
    pub async fn deliver(&self, settings: &Settings, password: Option<&str>, mail: &Mail) -> Vec<Stepped> {
        let mut heard = Heard::default();
        let Some(smtp) = &settings.smtp else { return heard.steps };
        match lettre_message(settings, mail) {
            Err(error) => heard.failed(Fault::Message(error.to_string()), String::new()),
            Ok(message) => {
                let talk = conversation(&self.trust, smtp, password, &message, &mut heard);
                match tokio::time::timeout(self.limit, talk).await {
                    Ok(Ok(())) => {}
                    Ok(Err(trouble)) => heard.failed(trouble.why, trouble.words),
                    Err(_) => heard.failed(Fault::Slow, String::new()),
                }
            }
        }
        heard.steps
    }
}

async fn conversation(
    trust: &Trust,
    smtp: &Smtp,
    password: Option<&str>,
    message: &Message,
    heard: &mut Heard,
) -> Result<(), Trouble> {
    let mut connection = connect(trust, smtp, password, hello(message), heard).await?;
    deliver(&mut connection, message, &message.formatted(), heard).await?;
    // The mail is taken: how the server says good-bye does not matter.
    let _ = tokio::time::timeout(Duration::from_secs(1), connection.quit()).await;
    Ok(())
}

#[async_trait]
impl MailTrial for SmtpTrial {
    async fn try_out(
        &self,
        settings: &Settings,
        password: Option<&str>,
        to: &EmailAddress,
        language: Language,
    ) -> Vec<Stepped> {
        self.deliver(settings, password, &self.mail(settings, to, language)).await
    }
}

#[cfg(test)]
#[path = "trial_tests.rs"]
mod tests;
