//! Gives everybody in a database a message, and most of them a device: `fleet FILE`. For `cargo xtask bench dashboard`.
//!
//! Messages of the last 80 days, a wave a day; of ten people six connect, one or two open the page, and the others do nothing. The
//! links are nobody's: their keys are made up.

#![expect(clippy::unwrap_used, reason = "a measurement that fails may panic")]

use futures::{StreamExt, stream};
use muster_domain::{
    BatchId, DeviceId, InvitationId, Language, PackageId, Timestamp,
    device::{Facts, Platform},
    ports::*,
    query::{LeaveOut, Selection, UserFilter},
    time::{DAY, SECOND},
    token::{AgentAddress, InvitationToken, PackageAddress},
};
use muster_store::Sqlite;
use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

const WAVES: usize = 80;
/// Claims on their way at once: the store gathers them into shared commits.
const AT_ONCE: usize = 256;
const KEY: [u8; 32] = [7; 32];

/// Counts instead of being random: ids are different all the same.
struct Counting(AtomicU64);

impl Secrets for Counting {
    fn fill(&self, out: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        out.fill(0);
        let end = out.len().min(8);
        out[..end].copy_from_slice(&n[8 - end..]);
    }
    fn link_token(&self, id: InvitationId, generation: u32) -> InvitationToken {
        InvitationToken::derive(&KEY, id, generation)
    }
    fn agent_address(&self, id: InvitationId) -> AgentAddress {
        AgentAddress::derive(&KEY, id)
    }
    fn package_address(&self, id: PackageId) -> PackageAddress {
        PackageAddress::derive(&KEY, id)
    }
    fn seal(&self, _: &str, plain: &[u8]) -> Vec<u8> {
        plain.to_vec()
    }
    fn open(&self, _: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        Some(sealed.to_vec())
    }
}

/// What the nth device tells: of a hundred nine have too little room, and three are unprotected.
fn facts(n: usize) -> Facts {
    let model = Some("Pixel 8".to_owned());
    let low = n % 100 < 9;
    Facts {
        model,
        os_version: Some("14".into()),
        agent_version: Some("1.4.2".into()),
        storage_total_bytes: Some(1 << 37),
        storage_free_bytes: Some(if low { 1 << 30 } else { 1 << 36 }),
        protection: Some(n % 100 > 2),
        ..Facts::default()
    }
}

#[tokio::main]
async fn main() {
    let file = std::env::args().nth(1).unwrap();
    let store = Sqlite::open(Path::new(&file)).await.unwrap();
    let secrets = Counting(AtomicU64::new(1));
    #[expect(clippy::disallowed_methods, reason = "the data is to be of these days")]
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let begin = Timestamp(i64::try_from(now.as_micros()).unwrap() - i64::try_from(WAVES).unwrap() * DAY);
    let workspace = store.workspaces().await.unwrap()[0];
    let everyone = Selection::Matching { filter: UserFilter::default(), except: vec![] };
    let people = store.recipients(workspace, &everyone, LeaveOut::default(), u32::MAX).await.unwrap();
    let (mut at, mut devices) = (begin, Vec::new());
    for (wave, part) in people.chunks(people.len().div_ceil(WAVES)).enumerate() {
        let new = |user: &Recipient| {
            let id = InvitationId::new(at, &secrets);
            let token = secrets.link_token(id, 1).hash();
            NewInvitation { id, user: user.id, token, language: Language::En }
        };
        let invitations: Vec<_> = part.iter().map(new).collect();
        let ids: Vec<_> = invitations.iter().map(|new| new.id).collect();
        let batch = NewBatch {
            id: BatchId::new(at, &secrets),
            account: None,
            note: None,
            expires_at: at.plus_days(90),
            not_before: at,
            invitations,
            mail: false,
        };
        store.queue_batch(workspace, batch, at).await.unwrap();
        let (store, secrets) = (&store, &secrets);
        let connect = |(n, id): (usize, InvitationId)| async move {
            let now = at.plus(i64::try_from(n).unwrap() * SECOND);
            let platform = [Platform::Android, Platform::Android, Platform::Ios, Platform::Ipados][n % 4];
            match n % 10 {
                0..6 => {
                    let claim = Claim {
                        token: secrets.link_token(id, 1).hash(),
                        device: DeviceId::new(now, secrets),
                        hardware_id: format!("hardware-{wave}-{n}"),
                        public_key: vec![4; 65],
                        platform,
                        facts: facts(n),
                        nonce: format!("{wave}-{n}"),
                        now,
                    };
                    let Claimed::Connected { device, .. } = store.claim(claim).await.unwrap() else {
                        unreachable!("nobody else has these links")
                    };
                    return Some(device);
                }
                6 => store.opened(workspace, id, Some(platform), now).await.unwrap(),
                7 if n % 20 == 7 => store.enrolling(workspace, id, now).await.unwrap(),
                _ => {}
            }
            None
        };
        let connected = stream::iter(ids.into_iter().enumerate()).map(connect).buffer_unordered(AT_ONCE);
        devices.extend(connected.filter_map(|device| async move { device }).collect::<Vec<_>>().await);
        at = at.plus(DAY);
    }
    // They are heard of today, or the server would have to say of most that they are silent.
    let (store, seen) = (&store, at.plus(-SECOND));
    let hear = |device: DeviceId| async move {
        store.check_in(workspace, device, &device.to_string(), None, seen).await.unwrap();
    };
    stream::iter(devices).map(hear).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
    store.settled().await;
    println!("{:?}", store.counts(workspace).await.unwrap());
}
