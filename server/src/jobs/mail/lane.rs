//! The messages of one workspace: batches are claimed ahead, and each connection takes the next message when it is free.
//!
//! Each workspace has a lane of its own, so that nobody waits for another's mail server. Within it a message that hangs
//! keeps one connection, and what comes due meanwhile goes past it on the others.

use super::{super::LEASE, LOOK, Mails};
use muster_domain::{
    WorkspaceId,
    pace::{Limits, allowance},
    ports::{MailJob, StoreError},
    time::{DAY, MINUTE},
    usecase::outbox::LIMIT_REACHED,
};
use std::{collections::BTreeMap, convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, Notify, mpsc},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// Connections to a mail server at most.
const CONNECTIONS: usize = 8;
/// The same where there is a limit: who allows few messages allows few connections, such as three (Exchange Online).
const FEW: usize = 2;
/// Messages that are claimed at once.
const BATCH: u32 = 64;
/// How often the leases of what is in hand are renewed: several times while one lasts.
const RENEW: Duration = Duration::from_micros(LEASE.unsigned_abs() / 4);
/// Claimed messages that lie ready at most. When no more than these are left, the next batch is claimed, so that no
/// connection waits for its commit.
const READY: usize = 2 * CONNECTIONS;
/// Where a limit is reached, it is looked at again after so long.
const REST: Duration = Duration::from_secs(5);

/// What a lane did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    /// How much was claimed.
    pub(super) claimed: usize,
    /// How long there is nothing to do, whatever is due.
    pub(super) rest: Duration,
}

/// What was claimed.
#[derive(Default)]
struct Hand {
    /// Claims of which something has not ended, and how much of each.
    open: Mutex<BTreeMap<i64, usize>>,
    /// Nothing is open any more.
    empty: Notify,
}

impl Hand {
    async fn open(&self) -> usize {
        self.open.lock().await.values().sum()
    }

    async fn ended(&self, claim: i64) {
        let mut open = self.open.lock().await;
        if let Some(left) = open.get_mut(&claim) {
            *left -= 1;
            if *left == 0 {
                open.remove(&claim);
            }
        }
        if open.is_empty() {
            self.empty.notify_one();
        }
    }

    /// Until nothing is open, or for a moment.
    async fn wait(&self) {
        let _ = tokio::time::timeout(LOOK, self.empty.notified()).await;
    }
}

impl Mails {
    /// Claims and sends what is due in a workspace, until nothing is due and nothing in hand.
    ///
    /// # Errors
    /// When the store fails. No more is claimed then; what was claimed is tried.
    pub(super) async fn lane(
        self: Arc<Self>,
        workspace: WorkspaceId,
        stop: CancellationToken,
    ) -> Result<Done, StoreError> {
        let settings = self.ports.store.settings(workspace).await?;
        let connections = if Limits::of(&settings).any() { FEW } else { CONNECTIONS };
        let hand = Arc::new(Hand::default());
        let (give, take) = mpsc::channel(READY);
        let take = Arc::new(Mutex::new(take));
        // Ends the claiming when a connection's writing failed.
        let broken = stop.child_token();
        // Tasks of their own: putting a message together is work for all cores.
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            let (mails, hand, take, broken) = (self.clone(), hand.clone(), take.clone(), broken.clone());
            tasks.spawn(async move {
                let outcome = mails.connection(&hand, &take).await;
                if outcome.is_err() {
                    broken.cancel();
                }
                outcome
            });
        }
        // The connections alone hold it now: were all of them gone, nothing would be claimed any more.
        drop(take);
        let sent = async {
            let mut outcome = Ok(());
            while let Some(ended) = tasks.join_next().await {
                match ended {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => outcome = Err(error),
                    // Its message is claimed again when the lease is over.
                    Err(error) => tracing::error!(%error, "a connection's task"),
                }
            }
            outcome
        };
        let all = async {
            let (claimed, sent) = tokio::join!(self.claim(workspace, &hand, give, &broken), sent);
            sent.and(claimed)
        };
        tokio::select! {
            outcome = all => outcome,
            never = self.renew(&hand) => match never {},
        }
    }

    /// Claims batch after batch and gives the messages to whichever connection is free.
    async fn claim(
        &self,
        workspace: WorkspaceId,
        hand: &Hand,
        give: mpsc::Sender<MailJob>,
        stop: &CancellationToken,
    ) -> Result<Done, StoreError> {
        let mut done = Done::default();
        while !stop.is_cancelled() {
            let open = hand.open().await;
            let room = self.room(workspace, open).await?;
            if room == 0 {
                if open == 0 {
                    let now = self.ports.clock.now();
                    self.ports.store.mails_limited(workspace, LIMIT_REACHED, now).await?;
                    done.rest = REST;
                    break;
                }
                hand.wait().await;
                continue;
            }
            let (now, most) = (self.ports.clock.now(), room.min(BATCH));
            let jobs = self.ports.store.claim_mails(&self.worker, workspace, most, now, LEASE).await?;
            let Some(first) = jobs.first() else {
                if open == 0 {
                    break;
                }
                hand.wait().await;
                continue;
            };
            done.claimed += jobs.len();
            hand.open.lock().await.insert(first.claim, jobs.len());
            for job in jobs {
                if give.send(job).await.is_err() {
                    return Ok(done);
                }
            }
        }
        Ok(done)
    }

    async fn connection(&self, hand: &Hand, take: &Mutex<mpsc::Receiver<MailJob>>) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        loop {
            // Not in the loop's condition: there the lock would be held while the message is sent.
            let next = take.lock().await.recv().await;
            let Some(job) = next else { return outcome };
            let claim = job.claim;
            let sent = self.guarded(job).await;
            hand.ended(claim).await;
            match sent {
                // The lease was lost or the invitation ended meanwhile: whoever did that has written it.
                Ok(()) | Err(StoreError::State | StoreError::NotFound) => {}
                Err(error) => outcome = Err(error),
            }
        }
    }

    /// How many messages the workspace's limits let pass now, beside those that are in hand.
    async fn room(&self, workspace: WorkspaceId, open: usize) -> Result<u32, StoreError> {
        let (store, now) = (&self.ports.store, self.ports.clock.now());
        let settings = store.settings(workspace).await?;
        let mut room = u64::MAX;
        for (most, window) in [(settings.mail_per_minute, MINUTE), (settings.mail_per_day, DAY)] {
            if most > 0 {
                let used = store.mails_since(workspace, now.plus(-window)).await?;
                room = room.min(allowance(most, used.saturating_add(open as u64)));
            }
        }
        Ok(u32::try_from(room).unwrap_or(u32::MAX))
    }

    /// Keeps what is in hand from being claimed by another process while it is slow.
    async fn renew(&self, hand: &Hand) -> Infallible {
        loop {
            tokio::time::sleep(RENEW).await;
            let claims: Vec<i64> = hand.open.lock().await.keys().copied().collect();
            let until = self.ports.clock.now().plus(LEASE);
            for claim in claims {
                if let Err(error) = self.ports.store.renew_mails(&self.worker, claim, until).await {
                    tracing::error!(%error, "leases of mails");
                }
            }
        }
    }
}
