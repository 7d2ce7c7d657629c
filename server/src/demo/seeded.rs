//! Dice that fall the same way each time: ids and choices of the demo. What is secret comes from the real keys.

use muster_domain::{
    InvitationId, PackageId,
    ports::Secrets,
    token::{AgentAddress, InvitationToken, PackageAddress, TokenHash},
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

const SEED: u64 = 0x4d75_7374_6572_0001;
/// The odd constant of SplitMix64 (Steele, Lea, Flood 2014).
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A generator with a seed, in the place of the system's randomness.
pub(super) struct Seeded {
    real: Arc<dyn Secrets>,
    state: AtomicU64,
}

impl Seeded {
    pub(super) fn new(real: Arc<dyn Secrets>) -> Self {
        Self { real, state: AtomicU64::new(SEED) }
    }

    fn next(&self) -> u64 {
        let mut z = self.state.fetch_add(GOLDEN, Ordering::Relaxed).wrapping_add(GOLDEN);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to `n`, without it.
    pub(super) fn below(&self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// One of them; there has to be one.
    pub(super) fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        let place = self.below(from.len() as u64);
        &from[usize::try_from(place).unwrap_or(0)]
    }

    /// The hash of an invitation's first link.
    pub(super) fn link(&self, id: InvitationId) -> TokenHash {
        self.real.link_token(id, 1).hash()
    }
}

impl Secrets for Seeded {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let bytes = self.next().to_be_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }

    fn link_token(&self, id: InvitationId, generation: u32) -> InvitationToken {
        self.real.link_token(id, generation)
    }
    fn agent_address(&self, id: InvitationId) -> AgentAddress {
        self.real.agent_address(id)
    }
    fn package_address(&self, id: PackageId) -> PackageAddress {
        self.real.package_address(id)
    }

    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        self.real.seal(context, plain)
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.real.open(context, sealed)
    }
}
