//! Mails to colleagues, sent while somebody waits for it: the page says whether the mail server took it, and why not.

use super::smtp::SmtpMailer;
use crate::message;
use app::services::{Colleague, Letters as Port};
use async_trait::async_trait;
use muster_domain::{
    ports::{Mail, MailError, Mailer, Stored},
    settings::Settings,
    usecase::Ports,
};
use std::time::Duration;

/// Sends mails to colleagues.
pub struct Letters {
    ports: Ports,
    smtp: SmtpMailer,
}

impl Letters {
    /// Each may take so long; less than the time limit of requests.
    #[must_use]
    pub fn new(ports: Ports, limit: Duration) -> Self {
        Self { ports, smtp: SmtpMailer::new(limit) }
    }
}

#[async_trait]
impl Port for Letters {
    async fn invite(&self, settings: &Settings, colleague: &Colleague) -> Stored<Result<(), MailError>> {
        let (offer, company) = (&colleague.offer, settings.name.as_str());
        let sealed = self.ports.store.sealed(colleague.workspace, "smtp.password").await?;
        let password = sealed.and_then(|sealed| self.ports.secrets.open("smtp.password", &sealed));
        let password = password.and_then(|bytes| String::from_utf8(bytes).ok());
        let mut random = [0; 8];
        self.ports.secrets.fill(&mut random);
        let number: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let rendered = message::account(company, offer, &colleague.link);
        let mail = Mail {
            message_id: format!("{}.{number}", offer.id),
            to: (String::new(), offer.email.clone()),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            qr_png: None,
            pictures: Vec::new(),
            logo_png: None,
            date: self.ports.clock.now(),
        };
        Ok(self.smtp.send(settings, password.as_deref(), &mail).await)
    }
}
