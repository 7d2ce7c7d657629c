//! The mail job: renders each message that was claimed, sends it, and marks it before the next.

mod lane;

use super::{FIRST_WAIT, LONGEST_WAIT, TRIES};
use crate::{
    adapters::{files::FileMailer, qr, smtp::SmtpMailer},
    headwind::owner::{Codes, Pictures},
    message,
    metrics::{MailOutcome, metrics},
};
use futures::FutureExt;
use lane::Done;
use muster_domain::{
    look::Brand,
    ports::{Mail, MailError, MailJob, Mailer, StoreError},
    settings::Settings,
    usecase::Ports,
};
use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

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
}

/// Sends what is due until `stop`, each workspace in a lane of its own; what is in hand then is finished.
pub async fn run(mails: Arc<Mails>, mut committed: watch::Receiver<u64>, stop: CancellationToken) {
    let mut lanes = JoinSet::new();
    // Workspaces whose lane runs, and those in which there is nothing to do until a moment.
    let (mut busy, mut resting) = (HashMap::new(), HashMap::new());
    while !stop.is_cancelled() {
        match mails.ports.store.workspaces_with_mail(mails.ports.clock.now()).await {
            Ok(due) => {
                resting.retain(|_, until| *until > Instant::now());
                for workspace in due {
                    if !resting.contains_key(&workspace) && !busy.values().any(|busy| *busy == workspace) {
                        let lane = lanes.spawn(mails.clone().lane(workspace, stop.clone()));
                        busy.insert(lane.id(), workspace);
                    }
                }
            }
            Err(error) => tracing::error!(%error, "outbox"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            _ = committed.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
            Some(ended) = lanes.join_next_with_id() => {
                let (lane, rest) = match ended {
                    Ok((lane, Ok(done))) => (lane, done.rest),
                    Ok((lane, Err(error))) => {
                        tracing::error!(%error, "outbox");
                        (lane, LOOK)
                    }
                    Err(error) => {
                        tracing::error!(%error, "a lane of the outbox");
                        (error.id(), LOOK)
                    }
                };
                if let Some(workspace) = busy.remove(&lane) {
                    resting.insert(workspace, Instant::now() + rest);
                }
            }
        }
    }
    while lanes.join_next().await.is_some() {}
}

/// The wait before attempt number `attempts + 1`: doubling, with up to a fifth taken off at random so that
/// messages that failed together do not come back together.
fn wait(attempts: u32, random: u8) -> i64 {
    let doubled = FIRST_WAIT.saturating_mul(1 << attempts.min(16)).min(LONGEST_WAIT);
    doubled - doubled / 5 * i64::from(random) / 255
}

impl Mails {
    /// Claims and sends what is due in all workspaces, until nothing is; answers how much was claimed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn round(self: &Arc<Self>, stop: &CancellationToken) -> Result<usize, StoreError> {
        let due = self.ports.store.workspaces_with_mail(self.ports.clock.now()).await?;
        let lanes = due.into_iter().map(|workspace| self.clone().lane(workspace, stop.clone()));
        let done: Vec<Done> = futures::future::try_join_all(lanes).await?;
        Ok(done.iter().map(|done| done.claimed).sum())
    }

    /// One message, whatever happens in it: a mistake that ends in a panic is a try that failed, and the others go
    /// on (ABUSE A47).
    async fn guarded(&self, job: MailJob) -> Result<(), StoreError> {
        if job.attempts >= TRIES {
            let reason = "given up: each time that it was tried, Muster was stopped in the middle";
            return self.ports.store.mail_failed(&self.worker, &job, reason, self.ports.clock.now()).await;
        }
        match AssertUnwindSafe(self.one(&job)).catch_unwind().await {
            Ok(done) => done,
            Err(_) => self.again(&job, "Muster failed in making this message; its log says more").await,
        }
    }

    /// Later, or never if it was tried often enough.
    async fn again(&self, job: &MailJob, reason: &str) -> Result<(), StoreError> {
        let (store, now) = (&self.ports.store, self.ports.clock.now());
        if job.attempts + 1 >= TRIES {
            let reason = format!("given up after {TRIES} tries; the last: {reason}");
            return store.mail_failed(&self.worker, job, &reason, now).await;
        }
        let mut random = [0];
        self.ports.secrets.fill(&mut random);
        store.mail_delayed(&self.worker, job, reason, now.plus(wait(job.attempts, random[0]))).await
    }

    async fn one(&self, job: &MailJob) -> Result<(), StoreError> {
        let (store, workspace) = (&self.ports.store, job.invitation.workspace);
        let settings = store.settings(workspace).await?;
        let brand = store.brand(workspace).await?;
        let base = settings.public_url.as_deref().unwrap_or(&self.address);
        let token = self.ports.secrets.link_token(job.invitation.id, job.invitation.generation);
        let link = format!("{base}/{}", token.reveal());
        let codes = Codes { ports: &self.ports, settings: &settings, base };
        let pictures = codes.pictures(&job.invitation, &link).await?;
        let Some(mail) = self.render(job, &settings, &brand, &link, pictures) else {
            return store
                .mail_failed(
                    &self.worker,
                    job,
                    "the person has no e-mail address any more",
                    self.ports.clock.now(),
                )
                .await;
        };
        let sent = match settings.smtp {
            Some(_) => {
                let signs_in = settings.smtp.as_ref().is_some_and(|smtp| smtp.user.is_some());
                let sealed = if signs_in { store.sealed(workspace, "smtp.password").await? } else { None };
                let password = sealed.and_then(|s| self.ports.secrets.open("smtp.password", &s));
                let password = password.and_then(|p| String::from_utf8(p).ok());
                self.smtp.send(&settings, password.as_deref(), &mail).await
            }
            None => self.files.of(workspace).send(&settings, None, &mail).await,
        };
        metrics().mail(match &sent {
            Ok(()) => MailOutcome::Sent,
            Err(MailError::Permanent(_)) => MailOutcome::Failed,
            Err(MailError::Transient(_)) => MailOutcome::Delayed,
        });
        let now = self.ports.clock.now();
        match sent {
            Ok(()) => store.mail_sent(&self.worker, job, now).await,
            Err(MailError::Permanent(words)) => store.mail_failed(&self.worker, job, &words, now).await,
            Err(MailError::Transient(words)) => self.again(job, &words).await,
        }
    }

    /// Each time anew, with the words of this moment.
    fn render(
        &self,
        job: &MailJob,
        settings: &Settings,
        brand: &Brand,
        link: &str,
        pictures: Pictures,
    ) -> Option<Mail> {
        let invitation = &job.invitation;
        let email = invitation.email.clone()?;
        let rendered = message::render(
            invitation.language,
            &message::Parts {
                company: settings.name.as_str(),
                person: &invitation.user_name,
                link,
                note: invitation.note.as_deref(),
                works_now: job.works_now,
                expires_at: invitation.expires_at,
                help: brand.look.contact(settings.help_contact.as_deref()).as_deref(),
                agent: pictures.agent.is_some(),
                owner: pictures.owner.is_some(),
                brand,
            },
        );
        let qr_png = qr::png(link).map_err(|error| tracing::error!(%error, "QR code")).ok();
        Some(Mail {
            // What a person sends again is a new message; what is tried again after a doubt is the same one.
            message_id: format!("{}.{}", invitation.id, invitation.sending),
            to: (invitation.user_name.clone(), email),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            qr_png,
            pictures: pictures.named(),
            logo_png: brand.logo.as_ref().map(|logo| logo.png.clone()),
            date: self.ports.clock.now(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::time::DAY;

    #[test]
    fn waits_double_with_jitter_up_to_an_hour() {
        assert_eq!(wait(0, 0), FIRST_WAIT);
        assert_eq!(wait(1, 0), 2 * FIRST_WAIT);
        assert_eq!(wait(99, 0), LONGEST_WAIT);
        assert_eq!(wait(0, 255), FIRST_WAIT - FIRST_WAIT / 5);
    }

    #[test]
    fn a47_what_never_succeeds_is_given_up_after_about_five_days() {
        let all = |random| (0..TRIES - 1).map(|n| wait(n, random)).sum::<i64>();
        assert!(all(255) > 3 * DAY && all(0) < 6 * DAY, "{} to {}", all(255) / DAY, all(0) / DAY);
        assert!((all(0) + all(255)) / 2 > 4 * DAY);
    }
}
