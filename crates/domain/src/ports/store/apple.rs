//! iPhones and iPads: the authority, identities, enrolments, sessions with the command queue, and calls.

use super::Stored;
use crate::{
    CommandId, DeviceId, InvitationId, Timestamp, WorkspaceId,
    apple::{Authority, End, Fingerprint, Identity, Progress, Purpose, Step, queue::Outcome},
    command::{Command, CommandKind},
    device::{Facts, Platform},
    invitation::Refusal,
};
use async_trait::async_trait;

/// A certificate to be issued by a challenge or a renewal.
#[derive(Clone, Debug)]
pub struct Issue {
    /// For which link.
    pub invitation: InvitationId,
    /// The link's generation as the challenge has it; none for a renewal by signature.
    pub generation: Option<u32>,
    /// Which certificate of the link; the next one for a renewal by signature.
    pub number: Option<u32>,
    /// What for.
    pub purpose: Purpose,
    /// The certificate, signed already.
    pub identity: Identity,
    /// When.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issued {
    /// It is issued: this is the certificate, or the one that the same challenge got for the same key before.
    Certificate(Box<Identity>),
    /// The challenge has been spent for another key (ABUSE A2).
    Spent,
    /// The link does not connect a device (any more).
    Refused(Refusal),
    /// What it is to renew is not the identity of a connected device (ABUSE A5).
    NothingToRenew,
    /// The link has got as many as it gets in a day.
    TooMany,
}

/// A device that begins (Apple: "Authenticate").
#[derive(Clone, Debug)]
pub struct Begin {
    /// The link of the certificate that signed.
    pub invitation: InvitationId,
    /// The certificate.
    pub identity: Fingerprint,
    /// The device's UDID: the hardware id that the link is bound to.
    pub udid: String,
    /// What runs on it.
    pub platform: Platform,
    /// What it tells.
    pub facts: Facts,
    /// The topic of its calls.
    pub topic: String,
    /// When.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The link is bound to it.
    Bound,
    /// The link is not for it.
    Refused(Refusal),
    /// It is enrolled by another link, here or in another workspace, and nobody let it move (ABUSE A11).
    Elsewhere,
    /// The certificate is pinned to another device already, or was never issued for this link.
    OtherDevice,
}

/// How a device can be called (Apple: "TokenUpdate").
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The link.
    pub invitation: InvitationId,
    /// The id of the device if it is new.
    pub device: DeviceId,
    /// `Token`.
    pub token: Vec<u8>,
    /// `PushMagic`.
    pub magic: String,
    /// `Topic`.
    pub topic: String,
    /// `UnlockToken`, sealed; none if it did not come with this update, and then the former one stays.
    pub unlock: Option<Vec<u8>>,
    /// Ids for what a device is asked when it has connected, in their order.
    pub questions: Vec<(CommandId, CommandKind)>,
    /// When.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// With this the device is connected, for the first time or again.
    Connected(DeviceId),
    /// It was connected before.
    Updated(DeviceId),
    /// The link is withdrawn, or its device has begun anew elsewhere.
    Refused,
}

/// What a device says at the command endpoint: nothing to report, or how a command went.
#[derive(Clone, Debug)]
pub struct Talk {
    /// The link.
    pub invitation: InvitationId,
    /// The device.
    pub device: DeviceId,
    /// How a command went; none for `Idle`.
    pub answer: Option<(CommandId, Outcome)>,
    /// The device's own words about it.
    pub detail: Option<String>,
    /// What it told.
    pub facts: Option<Facts>,
    /// What it listed, as JSON.
    pub list: Option<(CommandKind, String)>,
    /// When.
    pub now: Timestamp,
}

/// A certificate that holds no longer, for the revocation list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its serial number.
    pub serial: Vec<u8>,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub end: End,
}

/// A device that is to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its link.
    pub invitation: InvitationId,
    /// `Token`.
    pub token: Vec<u8>,
    /// `PushMagic`.
    pub magic: String,
    /// The topic that it listens to.
    pub topic: String,
    /// Since when the call is due, which tells it from a later one.
    pub due_at: Timestamp,
    /// How often it was tried before.
    pub attempts: u32,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// APNs has taken it.
    Done,
    /// APNs knows no such token any more: the device cannot be called (Apple: 410, `Unregistered`).
    Gone,
    /// Not now, with the reason: again at that time.
    Again(String, Timestamp),
    /// Never, with the reason.
    Refused(String),
}

/// How a device can be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reachable {
    /// It has handed over a token.
    pub has_token: bool,
    /// A call is due since then.
    pub due_at: Option<Timestamp>,
    /// When it was last called.
    pub called_at: Option<Timestamp>,
    /// Why the last call did not go out.
    pub reason: Option<String>,
    /// APNs does not know the token any more: it is not called until it has handed over another one.
    pub gone: bool,
    /// Another link asked for this device then, and was refused.
    pub wants_to_move_at: Option<Timestamp>,
    /// It may move to another link.
    pub may_move: bool,
}

/// iPhones and iPads.
#[async_trait]
pub trait AppleStore {
    /// The certificate authority, if it was made yet.
    async fn authority(&self, workspace: WorkspaceId) -> Stored<Option<Authority>>;
    /// Keeps an authority; answers the one that is there, which is another one if that came first.
    async fn add_authority(&self, workspace: WorkspaceId, authority: &Authority) -> Stored<Authority>;
    /// The number of the next certificate of a link.
    async fn next_identity(&self, workspace: WorkspaceId, invitation: InvitationId) -> Stored<u32>;
    /// The certificate of that number, if it was issued.
    async fn identity(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
        number: u32,
    ) -> Stored<Option<Identity>>;
    /// Issues a certificate: each number of a link once, in one statement.
    async fn issue(&self, workspace: WorkspaceId, issue: Issue) -> Stored<Issued>;
    /// The certificates that hold no longer and whose time is not over.
    async fn ended_identities(&self, workspace: WorkspaceId, now: Timestamp) -> Stored<Vec<Ended>>;
    /// Binds a link and a certificate to a device (DESIGN, rule 3). What was known of an earlier enrolment of it ends.
    async fn begin(&self, workspace: WorkspaceId, begin: Begin) -> Stored<Begun>;
    /// Connects a device that has begun, or notes how it can be called from now on.
    async fn take_tokens(&self, workspace: WorkspaceId, tokens: Tokens) -> Stored<Taken>;
    /// A certificate that was issued to renew the pinned one has signed: it is pinned now, and the former one ends.
    async fn repin(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
        identity: Fingerprint,
        now: Timestamp,
    ) -> Stored<()>;
    /// The device is not managed any more.
    async fn check_out(&self, workspace: WorkspaceId, invitation: InvitationId, now: Timestamp)
    -> Stored<()>;
    /// Notes what a device says, and answers what it is to do next. [`super::StoreError::NotFound`] if it has left.
    async fn talk(&self, workspace: WorkspaceId, talk: Talk) -> Stored<Option<Command>>;
    /// What a device told outside of the command queue (a status report of declarative management).
    async fn told(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        facts: &Facts,
        now: Timestamp,
    ) -> Stored<()>;
    /// The sealed `UnlockToken` of a device.
    async fn unlock_token(&self, workspace: WorkspaceId, device: DeviceId) -> Stored<Option<Vec<u8>>>;
    /// What a device listed last, with when.
    async fn device_list(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        kind: CommandKind,
    ) -> Stored<Option<(Timestamp, String)>>;
    /// Notes a step of the way to a connected phone, once a minute at most.
    async fn note_step(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
        step: Step,
        detail: Option<String>,
        now: Timestamp,
    ) -> Stored<()>;
    /// The steps that a phone came, in their order.
    async fn way_so_far(&self, workspace: WorkspaceId, invitation: InvitationId) -> Stored<Vec<Progress>>;
    /// Lets a device connect by another link (ABUSE A11): a wiped phone says no good-bye.
    async fn let_move(&self, workspace: WorkspaceId, device: DeviceId, now: Timestamp) -> Stored<()>;
    /// How a device can be reached; `None` if it is no Apple device.
    async fn reachable(&self, workspace: WorkspaceId, device: DeviceId) -> Stored<Option<Reachable>>;
    /// A call of the device is due: it comes and asks for its commands.
    async fn call_device(&self, workspace: WorkspaceId, device: DeviceId, now: Timestamp) -> Stored<()>;
    /// Connected devices by topic, which a certificate of another topic would cut off.
    async fn topics(&self, workspace: WorkspaceId) -> Stored<Vec<(String, u64)>>;
    /// Devices whose identity ends before that time, and which have no command that renews it, nor had one since: a device
    /// that cannot is not asked at each look.
    async fn identities_ending(
        &self,
        workspace: WorkspaceId,
        before: Timestamp,
        since: Timestamp,
    ) -> Stored<Vec<DeviceId>>;
    /// Devices that have told nothing by a question since that time and were not asked since.
    async fn devices_to_ask(&self, workspace: WorkspaceId, since: Timestamp) -> Stored<Vec<DeviceId>>;
}

/// Calls that are due, in all workspaces.
#[async_trait]
pub trait CallStore {
    /// Calls that are due, the oldest first. Each is put off to `until` meanwhile, so that it is made again if this process
    /// ends in between.
    async fn due_calls(&self, limit: u32, now: Timestamp, until: Timestamp) -> Stored<Vec<Call>>;
    /// What became of calls. One that became due again meanwhile stays due.
    async fn called(&self, calls: Vec<(Call, Called)>, now: Timestamp) -> Stored<()>;
    /// When the next call is due.
    async fn next_call(&self) -> Stored<Option<Timestamp>>;
}
