//! A made-up company for `serve --demo`: people in two alphabets, devices in every status, invitations in every
//! state, over the last months. It is written through the store's own operations, at the times that it tells of.
//! Addresses end in `.example`, which leads nowhere (RFC 2606), and a workspace with a mail server is left alone.

mod people;
mod phones;
mod seeded;

use futures::{StreamExt, TryStreamExt, future::BoxFuture, stream};
use muster_domain::{
    BatchId, DeviceId, InvitationId, Language, Timestamp, UserId, WorkspaceId,
    device::Platform,
    ports::{Claim, MailJob, NewBatch, NewInvitation, Store, StoreError},
    time::{DAY, MINUTE, SECOND},
    usecase::Ports,
    user::UserDetails,
};
use phones::{Condition, Phone};
use seeded::Seeded;
use std::{collections::HashMap, sync::Arc};

/// People in all, in waves that joined one after another.
const PEOPLE: usize = 240;
const WAVES: usize = 8;
/// Between two waves. The last one was invited three days ago, and its links still work.
const APART: i64 = 22 * DAY;
const LAST: i64 = 3 * DAY;
/// Links of the company work so long.
const LIFE: i64 = 14 * DAY;
/// Operations on their way at once: the store gathers them into shared commits.
const AT_ONCE: usize = 64;
const WORKER: &str = "demo";

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// The company is there.
    Done {
        /// How many people.
        users: usize,
        /// How many messages to them.
        invitations: usize,
        /// How many devices.
        devices: usize,
    },
    /// Somebody is there already.
    NotEmpty,
    /// Mail would go out for real.
    MailServer,
}

impl Filled {
    /// Says it on stderr.
    pub fn tell(self) {
        match self {
            Self::Done { users, invitations, devices } => {
                eprintln!(
                    "Demo: a company with {users} people, {invitations} messages and {devices} devices"
                );
            }
            Self::NotEmpty => {
                eprintln!(
                    "Demo: there are people here already, so nothing was added. Name an empty folder with --data"
                );
            }
            Self::MailServer => {
                eprintln!(
                    "Demo: a mail server is set here, so nothing was added. Name an empty folder with --data"
                );
            }
        }
    }
}

/// How far a message comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Queued,
    Sent,
    Opened,
    Enrolling,
    Enrolled,
    Failed,
    Revoked,
    /// It expires, and the person asks for a new link.
    Asks,
}

/// The last wave shows every state in which a link can still be.
const RECENT: [Fate; 10] = [
    Fate::Enrolled,
    Fate::Opened,
    Fate::Queued,
    Fate::Enrolled,
    Fate::Failed,
    Fate::Sent,
    Fate::Enrolling,
    Fate::Enrolled,
    Fate::Revoked,
    Fate::Opened,
];

const REFUSALS: [&str; 3] = [
    "550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table",
    "552 5.2.2 The mailbox is full",
    "550 5.7.1 Message rejected due to local policy",
];
const BUSY: &str = "451 4.7.1 Greylisted, try again later";
const NOTE: &str = "Your new phone lies at the reception, ward 3. Bring your badge.";

fn fate(wave: usize, place: usize, dice: &Seeded) -> Fate {
    if wave + 1 == WAVES {
        return RECENT[place % RECENT.len()];
    }
    match dice.below(100) {
        0..82 => Fate::Enrolled,
        82..87 => Fate::Sent,
        87..92 => Fate::Opened,
        92..96 => Fate::Revoked,
        _ => Fate::Asks,
    }
}

/// One message, planned.
struct Plan {
    id: InvitationId,
    fate: Fate,
    phone: Phone,
    device: DeviceId,
    /// When it is looked at, and when the device connects or somebody ends it.
    opened: Timestamp,
    ended: Timestamp,
    refusal: &'static str,
}

struct Demo<'p> {
    ports: &'p Ports,
    store: Arc<dyn Store>,
    workspace: WorkspaceId,
    dice: Seeded,
    now: Timestamp,
    devices: usize,
}

type Work<'a> = BoxFuture<'a, Result<(), StoreError>>;

async fn all(work: Vec<Work<'_>>) -> Result<(), StoreError> {
    stream::iter(work).buffer_unordered(AT_ONCE).try_collect().await
}

/// Fills an empty workspace.
///
/// # Errors
/// When the store fails.
pub async fn fill(ports: &Ports, workspace: WorkspaceId) -> anyhow::Result<Filled> {
    let store = ports.store.clone();
    if store.counts(workspace).await?.users > 0 || !store.groups(workspace).await?.is_empty() {
        return Ok(Filled::NotEmpty);
    }
    let mut settings = store.settings(workspace).await?;
    if settings.smtp.is_some() {
        return Ok(Filled::MailServer);
    }
    settings.name = "Northwind Clinics".parse()?;
    settings.help_contact = Some("IT desk, extension 4400".into());
    settings.link_days = u32::try_from(LIFE / DAY)?;
    store.set_settings(workspace, &settings).await?;
    let now = ports.clock.now();
    let dice = Seeded::new(ports.secrets.clone());
    let mut demo = Demo { ports, store, workspace, dice, now, devices: 0 };
    let people = people::all(&demo.dice, PEOPLE)?;
    let mut invitations = 0;
    for (wave, people) in people.chunks(PEOPLE / WAVES).enumerate() {
        let back = i64::try_from(WAVES - 1 - wave)? * APART + LAST;
        invitations += demo.wave(wave, people, now.plus(-back)).await?;
    }
    demo.store.refresh_statuses(workspace, now).await?;
    Ok(Filled::Done { users: PEOPLE, invitations, devices: demo.devices })
}

impl Demo<'_> {
    /// People join, get their messages two hours later, and act on them.
    async fn wave(
        &mut self,
        wave: usize,
        people: &[UserDetails],
        joined: Timestamp,
    ) -> anyhow::Result<usize> {
        let users: Vec<(UserId, UserDetails)> =
            people.iter().map(|p| (UserId::new(joined, &self.dice), p.clone())).collect();
        let invited = joined.plus(120 * MINUTE);
        let mut plans = Vec::new();
        let mut invitations = Vec::new();
        for (id, details) in users.iter().filter(|(_, d)| d.email.is_some()) {
            let messages = if self.dice.below(8) == 0 { 2 } else { 1 };
            for _ in 0..messages {
                let plan = self.plan(wave, plans.len(), invited)?;
                let token = self.dice.link(plan.id);
                let language = details.language.unwrap_or(Language::En);
                invitations.push(NewInvitation { id: plan.id, user: *id, token, language });
                plans.push(plan);
            }
        }
        self.store.import_users(self.workspace, users.into(), joined).await?;
        let expires_at = invited.plus(LIFE);
        let batch = NewBatch {
            id: BatchId::new(invited, &self.dice),
            account: None,
            note: wave.is_multiple_of(3).then(|| NOTE.to_owned()),
            expires_at,
            not_before: invited.plus(10 * SECOND),
            invitations,
            mail: true,
        };
        self.store.queue_batch(self.workspace, batch, invited).await?;
        self.mail(&plans, invited.plus(11 * SECOND)).await?;
        all(plans.iter().map(|p| Box::pin(self.act(p)) as Work<'_>).collect()).await?;
        if expires_at < self.now {
            self.store.expire(expires_at.plus(MINUTE)).await?;
            let asking = plans.iter().filter(|p| p.fate == Fate::Asks);
            let asks = |p: &Plan| self.store.request_link(self.workspace, p.id, expires_at.plus(DAY));
            all(asking.map(asks).collect()).await?;
        }
        self.devices += plans.iter().filter(|p| p.fate == Fate::Enrolled).count();
        Ok(plans.len())
    }

    fn plan(&self, wave: usize, place: usize, invited: Timestamp) -> anyhow::Result<Plan> {
        let minutes = |from: u64, to: u64| -> anyhow::Result<i64> {
            Ok(i64::try_from(from + self.dice.below(to - from))? * MINUTE)
        };
        let opened = invited.plus(minutes(4, 1500)?);
        let ended = opened.plus(minutes(2, 600)?);
        let fate = fate(wave, place, &self.dice);
        let number = wave * 37 + place;
        Ok(Plan {
            id: InvitationId::new(invited, &self.dice),
            fate,
            phone: phones::phone(&self.dice, number, ended, self.now),
            device: DeviceId::new(ended, &self.dice),
            opened,
            ended,
            refusal: REFUSALS[place % REFUSALS.len()],
        })
    }

    /// The outbox, as a mail server would have answered then.
    async fn mail(&self, plans: &[Plan], due: Timestamp) -> Result<(), StoreError> {
        let fates: HashMap<InvitationId, &Plan> = plans.iter().map(|p| (p.id, p)).collect();
        loop {
            let jobs = self.store.claim_mails(WORKER, self.workspace, 200, due, MINUTE).await?;
            if jobs.is_empty() {
                return Ok(());
            }
            let mut work: Vec<Work<'_>> = Vec::new();
            for (place, job) in jobs.iter().enumerate() {
                let at = due.plus(i64::try_from(place).unwrap_or(0) * SECOND / 4);
                work.push(self.answered(job, fates.get(&job.invitation.id).copied(), at));
            }
            all(work).await?;
        }
    }

    fn answered<'a>(&'a self, job: &'a MailJob, plan: Option<&Plan>, at: Timestamp) -> Work<'a> {
        match plan.map(|p| (p.fate, p.refusal)) {
            // It is tried again in some days: until then the demo shows it as queued.
            Some((Fate::Queued, _)) => self.store.mail_delayed(WORKER, job, BUSY, self.now.plus(5 * DAY)),
            Some((Fate::Failed, words)) => self.store.mail_failed(WORKER, job, words, at),
            _ => self.store.mail_sent(WORKER, job, at),
        }
    }

    /// What the person does with the message.
    async fn act(&self, plan: &Plan) -> Result<(), StoreError> {
        let platform = plan.phone.platform;
        if !matches!(plan.fate, Fate::Queued | Fate::Sent | Fate::Failed) {
            self.store.opened(self.workspace, plan.id, Some(platform), plan.opened).await?;
        }
        match plan.fate {
            Fate::Enrolling => self.store.enrolling(self.workspace, plan.id, plan.ended).await,
            Fate::Revoked => self.store.revoke(self.workspace, plan.id, plan.ended).await,
            Fate::Enrolled => self.connect(plan).await,
            _ => Ok(()),
        }
    }

    async fn connect(&self, plan: &Plan) -> Result<(), StoreError> {
        let Phone { platform, facts, condition, last_seen } = &plan.phone;
        if *platform == Platform::Ios {
            self.store.enrolling(self.workspace, plan.id, plan.ended.plus(-MINUTE)).await?;
        }
        let mut clean = facts.clone();
        clean.managed_by = None;
        let claim = Claim {
            token: self.dice.link(plan.id),
            device: plan.device,
            hardware_id: format!("demo-{}", plan.device),
            public_key: phones::public_key(&*self.ports.secrets),
            platform: *platform,
            facts: clean,
            nonce: "demo".into(),
            now: plan.ended,
        };
        self.store.claim(claim).await?;
        let (id, at) = (plan.device, (*last_seen).max(plan.ended.plus(MINUTE)));
        if *condition == Condition::Left {
            self.store.leave(self.workspace, id, "demo", at).await?;
        } else {
            self.store.check_in(self.workspace, id, "demo", Some(facts), at).await?;
        }
        Ok(())
    }
}
