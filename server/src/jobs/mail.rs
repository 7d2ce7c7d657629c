//! The mail job: claims messages in batches, renders each, sends it, and marks it before the next.

use super::{FIRST_WAIT, LEASE, LONGEST_WAIT};
use crate::{
    adapters::{files::FileMailer, qr, smtp::SmtpMailer},
    message,
};
use futures::{StreamExt, stream};
use muster_domain::{
    WorkspaceId,
    ports::{Mail, MailError, MailJob, Mailer, StoreError},
    settings::Settings,
    time::{DAY, MINUTE},
    usecase::{Ports, outbox::LIMIT_REACHED},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

/// Connections to a mail server at most.
const CONNECTIONS: usize = 8;
/// Messages that are claimed at once.
const BATCH: u32 = 64;
/// Without news the outbox is looked at this often: another process may have written.
const LOOK: Duration = Duration::from_millis(500);

/// What the mail job works with.
pub struct Mails {
    /// The ports.
    pub ports: Ports,
    /// The address of links while a workspace sets none.
    pub address: String,
    /// For workspaces with an SMTP server.
    pub smtp: SmtpMailer,
    /// For those without.
    pub files: FileMailer,
    /// This process, among all that share the outbox.
    pub worker: String,
    /// Held from counting to sending where there is a limit: two at once could both see the last place free.
    pub limited: Mutex<()>,
}

/// Sends what is due until `stop`; what is in hand then is finished.
pub async fn run(mails: Arc<Mails>, mut committed: watch::Receiver<u64>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match mails.round().await {
            Ok(0) => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = committed.changed() => {}
                    () = tokio::time::sleep(LOOK) => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "outbox");
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

/// The wait before attempt number `attempts + 1`: doubling, with up to a fifth taken off at random so that
/// messages that failed together do not come back together.
fn wait(attempts: u32, random: u8) -> i64 {
    let doubled = FIRST_WAIT.saturating_mul(1 << attempts.min(16)).min(LONGEST_WAIT);
    doubled - doubled / 5 * i64::from(random) / 255
}

impl Mails {
    /// Claims and sends one batch; answers how many were claimed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn round(&self) -> Result<usize, StoreError> {
        let jobs = self.ports.store.claim_mails(&self.worker, BATCH, self.ports.clock.now(), LEASE).await?;
        let claimed = jobs.len();
        let results: Vec<_> =
            stream::iter(jobs).map(|job| self.one(job)).buffer_unordered(CONNECTIONS).collect().await;
        for result in results {
            match result {
                // The lease was lost or the invitation ended meanwhile: whoever did that has written it.
                Ok(()) | Err(StoreError::State | StoreError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(claimed)
    }

    async fn one(&self, job: MailJob) -> Result<(), StoreError> {
        let (store, workspace) = (&self.ports.store, job.invitation.workspace);
        let settings = store.settings(workspace).await?;
        let limited = settings.mail_per_minute > 0 || settings.mail_per_day > 0;
        let _turn = if limited { Some(self.limited.lock().await) } else { None };
        if let Some(pause) = self.pause(workspace, &settings).await? {
            let at = self.ports.clock.now().plus(pause);
            return store.mail_paused(&self.worker, &job, LIMIT_REACHED, at).await;
        }
        let Some(mail) = self.render(&job, &settings) else {
            return store
                .mail_failed(
                    &self.worker,
                    &job,
                    "the person has no e-mail address any more",
                    self.ports.clock.now(),
                )
                .await;
        };
        let sent = match settings.smtp {
            Some(_) => {
                let sealed = store.sealed(workspace, "smtp.password").await?;
                let password = sealed.and_then(|s| self.ports.secrets.open("smtp.password", &s));
                let password = password.and_then(|p| String::from_utf8(p).ok());
                self.smtp.send(&settings, password.as_deref(), &mail).await
            }
            None => self.files.of(workspace).send(&settings, None, &mail).await,
        };
        let now = self.ports.clock.now();
        match sent {
            Ok(()) => store.mail_sent(&self.worker, &job, now).await,
            Err(MailError::Permanent(words)) => store.mail_failed(&self.worker, &job, &words, now).await,
            Err(MailError::Transient(words)) => {
                let mut random = [0];
                self.ports.secrets.fill(&mut random);
                store.mail_delayed(&self.worker, &job, &words, now.plus(wait(job.attempts, random[0]))).await
            }
        }
    }

    /// How long the workspace's limits ask to wait; none when a message may go now.
    async fn pause(&self, workspace: WorkspaceId, settings: &Settings) -> Result<Option<i64>, StoreError> {
        let now = self.ports.clock.now();
        for (most, window, pause) in
            [(settings.mail_per_minute, MINUTE, MINUTE / 12), (settings.mail_per_day, DAY, 10 * MINUTE)]
        {
            if most > 0
                && self.ports.store.mails_since(workspace, now.plus(-window)).await? >= u64::from(most)
            {
                return Ok(Some(pause));
            }
        }
        Ok(None)
    }

    fn render(&self, job: &MailJob, settings: &Settings) -> Option<Mail> {
        let invitation = &job.invitation;
        let email = invitation.email.clone()?;
        let base = settings.public_url.as_deref().unwrap_or(&self.address);
        let token = self.ports.secrets.link_token(invitation.id, invitation.generation);
        let link = format!("{base}/{}", token.reveal());
        let rendered = message::render(
            invitation.language,
            &message::Parts {
                company: settings.name.as_str(),
                person: &invitation.user_name,
                link: &link,
                note: invitation.note.as_deref(),
                expires_at: invitation.expires_at,
                help: settings.help_contact.as_deref(),
            },
        );
        let qr_png = qr::png(&link).map_err(|error| tracing::error!(%error, "QR code")).ok();
        Some(Mail {
            // A new link is a new message; the same link sent again after a doubt is the same one.
            message_id: format!("{}.{}", invitation.id, invitation.generation),
            to: (invitation.user_name.clone(), email),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            qr_png,
            date: self.ports.clock.now(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_up_to_an_hour() {
        assert_eq!(wait(0, 0), FIRST_WAIT);
        assert_eq!(wait(1, 0), 2 * FIRST_WAIT);
        assert_eq!(wait(99, 0), LONGEST_WAIT);
        assert_eq!(wait(0, 255), FIRST_WAIT - FIRST_WAIT / 5);
    }
}
