//! The message that is being worded, sent to whoever words it, through the workspace's own way of mails.

use super::{files::FileMailer, qr, trial::SmtpTrial};
use crate::{
    headwind::owner::{self, Codes},
    message,
};
use app::{api::wording::Tried, services::Drafts};
use async_trait::async_trait;
use muster_domain::{
    Language,
    account::Who,
    look::Brand,
    ports::{Mail, StoreError, Stored},
    usecase::Ports,
    wording::Wording,
};
use std::sync::Arc;

/// Sends drafts.
pub struct DraftMailer {
    /// The ports.
    pub ports: Ports,
    /// The address of links while a workspace sets none.
    pub address: String,
    /// For workspaces without a mail server.
    pub files: FileMailer,
    /// For those with one.
    pub trial: Arc<SmtpTrial>,
}

impl DraftMailer {
    fn id(&self) -> String {
        let mut random = [0; 16];
        self.ports.secrets.fill(&mut random);
        random.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[async_trait]
impl Drafts for DraftMailer {
    async fn send(&self, who: &Who, language: Language, wording: &Wording) -> Stored<Tried> {
        let (store, now) = (&self.ports.store, self.ports.clock.now());
        let settings = store.settings(who.workspace).await?;
        let mut brand = Brand::clone(&*store.brand(who.workspace).await?);
        brand.wordings = vec![(language, wording.clone())];
        let address = settings.public_url.as_ref().unwrap_or(&self.address);
        let codes = Codes { ports: &self.ports, settings: &settings, base: address };
        let (agent, owner) = codes.mailed(who.workspace).await?;
        let rendered = message::render(
            language,
            &message::Parts {
                company: settings.name.as_str(),
                person: who.account.name.as_str(),
                link: &format!("{address}/…"),
                note: None,
                works_now: false,
                expires_at: now.plus_days(settings.link_days),
                help: brand.look.contact(settings.help_contact.as_deref()).as_deref(),
                agent,
                owner,
                brand: &brand,
            },
        );
        let mail = Mail {
            message_id: format!("test.{}", self.id()),
            to: (who.account.name.to_string(), who.account.email.to_string()),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            // The picture leads to the address alone, where nothing connects.
            qr_png: qr::png(address).ok(),
            pictures: owner::samples(address, agent, owner).named(),
            logo_png: brand.logo.map(|logo| logo.png),
            date: now,
        };
        if settings.smtp.is_none() {
            let id = self.files.of(who.workspace).keep(&settings, &mail).await;
            return id.map(|id| Tried::Kept { id }).map_err(|e| StoreError::Failed(e.to_string()));
        }
        let sealed = store.sealed(who.workspace, "smtp.password").await?;
        let password = sealed.and_then(|sealed| self.ports.secrets.open("smtp.password", &sealed));
        let password = password.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(Tried::Told { steps: self.trial.deliver(&settings, password.as_deref(), &mail).await })
    }
}
