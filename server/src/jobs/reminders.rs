//! Mails to owners before the APNs certificate ends, and once after it. Each is told once to each of them: it is kept when the
//! mail server has taken it, or has refused it for good.

use crate::{
    adapters::{files::FileMailer, smtp::SmtpMailer},
    message,
};
use muster_domain::{
    WorkspaceId,
    account::Role,
    apple::{PushCertificate, reminder::due},
    ports::{Mail, MailError, Mailer, Member, Reminder, Stored},
    settings::Settings,
    usecase::Ports,
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often certificates are looked at. What could not be sent is tried again with the next look.
const LOOK: Duration = Duration::from_secs(60 * 60);

/// What reminds.
pub struct Reminders {
    /// The ports.
    pub ports: Ports,
    /// The address of links while a workspace sets none.
    pub address: String,
    /// For workspaces with an SMTP server.
    pub smtp: SmtpMailer,
    /// For those without.
    pub files: FileMailer,
}

/// Looks until `stop`.
pub async fn run(reminders: Reminders, stop: CancellationToken) {
    loop {
        if let Err(error) = reminders.round().await {
            tracing::error!(%error, "reminders");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

impl Reminders {
    /// One look at all certificates.
    ///
    /// # Errors
    /// When the store fails; the next look tries again.
    pub async fn round(&self) -> Stored<()> {
        for workspace in self.ports.store.workspaces().await? {
            let Some(certificate) = self.ports.store.push_certificate(workspace).await? else { continue };
            if let Some(days) = due(certificate.not_after, self.ports.clock.now()) {
                self.remind(workspace, &certificate, days).await?;
            }
        }
        Ok(())
    }

    async fn remind(&self, workspace: WorkspaceId, certificate: &PushCertificate, days: u32) -> Stored<()> {
        let store = &self.ports.store;
        let settings = store.settings(workspace).await?;
        let members = store.members(workspace).await?;
        for owner in members.iter().filter(|member| member.role == Role::Owner) {
            let reminder = Reminder { account: owner.account, not_after: certificate.not_after, days };
            if store.is_reminded(workspace, reminder).await? {
                continue;
            }
            match self.send(workspace, &settings, owner, certificate, days).await? {
                Ok(()) => {}
                Err(MailError::Permanent(why)) => {
                    tracing::warn!(%workspace, why, "an owner could not be reminded");
                }
                Err(MailError::Transient(why)) => {
                    tracing::warn!(%workspace, why, "an owner is reminded later");
                    continue;
                }
            }
            store.set_reminded(workspace, reminder).await?;
        }
        Ok(())
    }

    async fn send(
        &self,
        workspace: WorkspaceId,
        settings: &Settings,
        owner: &Member,
        certificate: &PushCertificate,
        days: u32,
    ) -> Stored<Result<(), MailError>> {
        let store = &self.ports.store;
        let own = store.account(owner.account).await?.and_then(|(account, _)| account.language);
        let now = self.ports.clock.now();
        let link = format!("{}/settings/apple", settings.public_url.as_ref().unwrap_or(&self.address));
        let rendered = message::certificate(
            own.unwrap_or(settings.language),
            settings.name.as_str(),
            certificate,
            &link,
            now,
        );
        let mail = Mail {
            // The same for every attempt.
            message_id: format!("{}.{}.{days}", owner.account, certificate.not_after.seconds()),
            to: (owner.name.clone(), owner.email.clone()),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            qr_png: None,
            pictures: Vec::new(),
            logo_png: None,
            date: now,
        };
        if settings.smtp.is_none() {
            return Ok(self.files.of(workspace).send(settings, None, &mail).await);
        }
        let sealed = store.sealed(workspace, "smtp.password").await?;
        let password = sealed.and_then(|sealed| self.ports.secrets.open("smtp.password", &sealed));
        let password = password.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(self.smtp.send(settings, password.as_deref(), &mail).await)
    }
}
