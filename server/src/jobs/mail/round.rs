//! One round through the outbox: batches are claimed ahead, and each connection takes the next message when it is free.

use super::{super::LEASE, Mails};
use muster_domain::ports::{MailJob, StoreError};
use std::{collections::BTreeMap, convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, mpsc},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// Connections to a mail server at most.
const CONNECTIONS: usize = 8;
/// Messages that are claimed at once.
const BATCH: u32 = 64;
/// How often the leases of what is in hand are renewed: several times while one lasts.
const RENEW: Duration = Duration::from_micros(LEASE.unsigned_abs() / 4);
/// Claimed messages that lie ready at most. When no more than these are left, the next batch is claimed, so that no
/// connection waits for its commit.
const READY: usize = 2 * CONNECTIONS;

/// What was claimed.
#[derive(Default)]
struct Hand {
    /// Claims of which something has not ended, and how much of each.
    open: BTreeMap<i64, usize>,
    /// How much was claimed in this round.
    claimed: usize,
    /// No more is claimed in this round.
    last: bool,
}

impl Mails {
    /// Claims and sends batch after batch until nothing is due; answers how many were claimed.
    ///
    /// A connection that is free takes the next message at once: none waits for the slowest of a batch.
    ///
    /// # Errors
    /// When the store fails. No more is claimed then; what was claimed is tried.
    pub async fn round(self: &Arc<Self>, stop: &CancellationToken) -> Result<usize, StoreError> {
        let hand = Arc::new(Mutex::new(Hand::default()));
        let (give, take) = mpsc::channel(READY);
        let take = Arc::new(Mutex::new(take));
        // Tasks of their own: putting a message together is work for all cores.
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (mails, hand, take) = (self.clone(), hand.clone(), take.clone());
            connections.spawn(async move { mails.connection(&hand, &take).await });
        }
        // The connections alone hold it now: were all of them gone, nothing would be claimed any more.
        drop(take);
        let sent = async {
            let mut outcome = Ok(());
            while let Some(ended) = connections.join_next().await {
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
            let (claimed, sent) = tokio::join!(self.claim(&hand, give, stop), sent);
            claimed.and(sent)
        };
        tokio::select! {
            outcome = all => outcome?,
            never = self.renew(&hand) => match never {},
        }
        Ok(hand.lock().await.claimed)
    }

    /// Claims batch after batch and gives the messages to whichever connection is free.
    async fn claim(
        &self,
        hand: &Mutex<Hand>,
        give: mpsc::Sender<MailJob>,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        while !stop.is_cancelled() && !hand.lock().await.last {
            let now = self.ports.clock.now();
            let jobs = self.ports.store.claim_mails(&self.worker, BATCH, now, LEASE).await?;
            let Some(first) = jobs.first() else { break };
            {
                let mut hand = hand.lock().await;
                hand.claimed += jobs.len();
                hand.open.insert(first.claim, jobs.len());
            }
            for job in jobs {
                if give.send(job).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn connection(
        &self,
        hand: &Mutex<Hand>,
        take: &Mutex<mpsc::Receiver<MailJob>>,
    ) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        loop {
            // Not in the loop's condition: there the lock would be held while the message is sent.
            let next = take.lock().await.recv().await;
            let Some(job) = next else { return outcome };
            let claim = job.claim;
            let sent = self.guarded(job).await;
            let mut hand = hand.lock().await;
            if let Some(open) = hand.open.get_mut(&claim) {
                *open -= 1;
                if *open == 0 {
                    hand.open.remove(&claim);
                }
            }
            match sent {
                // The lease was lost or the invitation ended meanwhile: whoever did that has written it.
                Ok(()) | Err(StoreError::State | StoreError::NotFound) => {}
                Err(error) => {
                    hand.last = true;
                    outcome = Err(error);
                }
            }
        }
    }

    /// Keeps what is in hand from being claimed by another process while it is slow.
    async fn renew(&self, hand: &Mutex<Hand>) -> Infallible {
        loop {
            tokio::time::sleep(RENEW).await;
            let claims: Vec<i64> = hand.lock().await.open.keys().copied().collect();
            let until = self.ports.clock.now().plus(LEASE);
            for claim in claims {
                if let Err(error) = self.ports.store.renew_mails(&self.worker, claim, until).await {
                    tracing::error!(%error, "leases of mails");
                }
            }
        }
    }
}
