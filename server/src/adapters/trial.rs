//! The test mail: the same conversation as for every other mail, on a connection of its own, told step by step.

use super::{mail::lettre_message, smtp::SmtpMailer};
use crate::message;
use async_trait::async_trait;
use lettre::Message;
use muster_domain::{
    EmailAddress, Language,
    ports::{Clock, Mail, MailTrial, Secrets},
    settings::Settings,
    trial::{Fault, Heard, Stepped},
    usecase::Ports,
};
use std::{sync::Arc, time::Duration};

/// Sends test mails.
pub struct SmtpTrial {
    clock: Arc<dyn Clock>,
    secrets: Arc<dyn Secrets>,
    mailer: SmtpMailer,
}

impl SmtpTrial {
    /// With the time, and randomness for the message's id. A conversation that takes longer than `limit` is ended; it
    /// is less than the time limit of requests.
    #[must_use]
    pub fn new(ports: &Ports, limit: Duration) -> Self {
        let (clock, secrets) = (ports.clock.clone(), ports.secrets.clone());
        Self { clock, secrets, mailer: SmtpMailer::new(limit) }
    }

    fn message(&self, settings: &Settings, to: &EmailAddress, language: Language) -> Result<Message, Fault> {
        let mut random = [0; 16];
        self.secrets.fill(&mut random);
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let rendered = message::test(language, settings.name.as_str());
        let mail = Mail {
            message_id: format!("test.{id}"),
            to: (String::new(), to.to_string()),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            qr_png: None,
            date: self.clock.now(),
        };
        lettre_message(settings, &mail).map_err(|e| Fault::Message(e.to_string()))
    }
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
        let Some(smtp) = &settings.smtp else { return Vec::new() };
        let heard = match self.message(settings, to, language) {
            Ok(message) => self.mailer.try_out(smtp, password, &message).await,
            Err(fault) => {
                let mut heard = Heard::default();
                heard.failed(fault, String::new());
                heard
            }
        };
        heard.steps
    }
}

#[cfg(test)]
#[path = "trial_tests.rs"]
mod tests;
