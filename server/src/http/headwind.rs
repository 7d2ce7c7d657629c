//! The Headwind agent's protocol over HTTP, below a link and below a device's own address.
//!
//! What the agent signs with is the same for all devices of a build and public for the usual one: what proves a device is the
//! secret in its address (ABUSE A19). A link's token is taken once, from what calls itself so; a GET never takes it (A21).

mod log;
mod polling;

pub use polling::poll;

use super::{Shared, Site, client::Peer, fault};
use crate::{
    headwind::{
        compared::compare,
        sheet::{self, Unwritten},
        told,
    },
    metrics::metrics,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use muster_domain::{
    DeviceId, Timestamp, WorkspaceId,
    audit::{Act, By},
    command::CommandKind,
    device::Platform,
    headwind::{given_number, is_bound},
    invitation::State as Reached,
    ports::{AgentClaim, AgentClaimed, AgentConfirmed, AgentDevice, Store, StoreError},
    token::{AgentAddress, InvitationToken},
};
use muster_headwind::{
    Malformed, Number, REQUEST_SIGNATURE, RESPONSE_SIGNATURE, answer,
    report::DeviceInfo,
    request::{Call, Enrolment},
    signature::{self, PUBLIC_SECRET},
};
use std::sync::Arc;

/// The name of the secret of the company's own build of the agent among what is kept sealed.
pub const SECRET: &str = "headwind.secret";

/// From where the device's report came, as the agent reads it.
const ADDRESS: HeaderName = HeaderName::from_static("x-ip-address");

/// Why an agent is not answered as it would like.
#[derive(Debug, thiserror::Error)]
enum Refused {
    /// The only refusal that the agent shows: there is no such device, or its link is not for it.
    #[error("no such device")]
    NoSuchDevice,
    /// The company's build of the agent proves itself, and this did not.
    #[error("not signed by the company's build of the agent")]
    Unsigned,
    /// Nobody wants it (any more): the agent does not do it.
    #[error("not wanted any more")]
    Unwanted,
    /// What it says cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// What it is to be told cannot be written.
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refused {
    /// As the agent is told: whatever is no 2xx is a broken network to it, and tried again later.
    fn response(self) -> Response {
        let status = match &self {
            Self::NoSuchDevice | Self::Store(StoreError::NotFound) => return json(answer::not_found()),
            Self::Unsigned => StatusCode::FORBIDDEN,
            Self::Unwanted => StatusCode::CONFLICT,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Unwritten(error) => {
                tracing::error!(%error, "headwind");
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::Store(error) => {
                tracing::error!(%error, "headwind");
                return fault::busy();
            }
        };
        tracing::info!(error = %self, status = status.as_u16(), "headwind");
        (status, format!("{self}\n")).into_response()
    }
}

fn json(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// A device that asks, as it is known by what stands in its path.
struct Known {
    device: AgentDevice,
    /// It asks at its own address, and not below its link any more.
    own: bool,
}

/// A request as it came.
struct Asked<'a> {
    site: &'a Site,
    project: &'a str,
    headers: &'a HeaderMap,
    now: Timestamp,
}

impl Asked<'_> {
    /// The device of the project, if it calls itself as it should. Below a link that is one which has taken it, for as long as the
    /// link serves it: whoever finds the link later and knows the number learns no address.
    async fn known(&self, number: &Number) -> Result<Known, Refused> {
        let known = self.bound(number).await?;
        if !known.own && !known.device.bound.serves(self.now) {
            Err(Refused::NoSuchDevice)
        } else {
            Ok(known)
        }
    }

    /// The device of the project, if it calls itself as it should, wherever it is by now.
    async fn bound(&self, number: &Number) -> Result<Known, Refused> {
        let (store, secrets) = (&self.site.ports.store, &self.site.ports.secrets);
        let (address, own) = match self.project.parse::<AgentAddress>() {
            Ok(address) => (address, true),
            Err(_) => {
                let token: InvitationToken = self.project.parse().map_err(|_| Refused::NoSuchDevice)?;
                let found = store.find_invitation(token.hash()).await?.ok_or(Refused::NoSuchDevice)?;
                let bound = is_bound(found.id, found.hardware_id.as_deref(), number.as_str());
                if !bound || found.state == Reached::Revoked {
                    return Err(Refused::NoSuchDevice);
                }
                (secrets.agent_address(found.id), false)
            }
        };
        let device = store.find_agent(address.hash()).await?.ok_or(Refused::NoSuchDevice)?;
        if device.typed != number.as_str() && given_number(device.invitation) != number.as_str() {
            return Err(Refused::NoSuchDevice);
        }
        Ok(Known { device, own })
    }

    /// The secret of the company's own build of the agent, if it has one.
    async fn secret(&self, workspace: WorkspaceId) -> Result<Option<String>, Refused> {
        let settings = self.site.ports.store.settings(workspace).await?;
        if !settings.headwind.signed {
            return Ok(None);
        }
        let sealed = self.site.ports.store.sealed(workspace, SECRET).await?;
        let opened = sealed.and_then(|sealed| self.site.ports.secrets.open(SECRET, &sealed));
        // Without its secret nothing is believed, rather than everything.
        opened.and_then(|plain| String::from_utf8(plain).ok()).ok_or(Refused::Unsigned).map(Some)
    }

    /// Whether the request is signed as the company's build does it; of the usual build nothing is asked.
    fn signed(&self, secret: Option<&str>, expected: impl FnOnce(&str) -> String) -> Result<(), Refused> {
        let Some(secret) = secret else { return Ok(()) };
        let given = self.headers.get(REQUEST_SIGNATURE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if signature::holds(&expected(secret), given) { Ok(()) } else { Err(Refused::Unsigned) }
    }

    /// That a device's agent is another build than the company's is noted at the device, which looks as if it were well otherwise.
    async fn or_noted(
        &self,
        signed: Result<(), Refused>,
        workspace: WorkspaceId,
        device: DeviceId,
    ) -> Result<(), Refused> {
        if signed.is_err() {
            self.site.ports.store.agent_unsigned(workspace, device, self.now).await?;
        }
        signed
    }

    /// The store for what the device does itself.
    fn acting(&self, peer: &str) -> Arc<dyn Store> {
        let act = Act { by: By::Device, from: Some(peer.to_owned()), at: self.now };
        self.site.ports.store.acting(act)
    }

    /// The first question below a link: it binds the link.
    async fn enrols(&self, number: &Number, body: &[u8], peer: &str) -> Result<Response, Refused> {
        Enrolment::parse(body)?;
        let Ok(token) = self.project.parse::<InvitationToken>() else {
            // An agent that has lost its configuration begins anew where it was.
            return self.configured(self.known(number).await?, number).await;
        };
        let store = &self.site.ports.store;
        let found = store.find_invitation(token.hash()).await?.ok_or(Refused::NoSuchDevice)?;
        let secret = self.secret(found.workspace).await?;
        self.signed(secret.as_deref(), |secret| signature::expected(secret, number))?;
        let ports = &self.site.ports;
        let claim = AgentClaim {
            token: token.hash(),
            device: DeviceId::new(self.now, &*ports.secrets),
            number: number.to_string(),
            address: ports.secrets.agent_address(found.id).hash(),
            now: self.now,
        };
        let done = self.acting(peer).agent_claim(claim).await?;
        let result = if matches!(done, AgentClaimed::Connected { .. }) { "connected" } else { "refused" };
        metrics().enrolment(result, Platform::Android.name());
        if let AgentClaimed::Refused(refusal) = done {
            tracing::info!(%refusal, "headwind");
            return Err(Refused::NoSuchDevice);
        }
        // Its link may serve it no more, and this answer is its due all the same: it was set up anew, or allowed to connect again.
        self.configured(self.bound(number).await?, number).await
    }

    /// The configuration of a device.
    async fn configured(&self, known: Known, number: &Number) -> Result<Response, Refused> {
        let AgentDevice { workspace, device, invitation, .. } = known.device;
        let (ports, store) = (&self.site.ports, &self.site.ports.store);
        let secret = self.secret(workspace).await?;
        let signed = self.signed(secret.as_deref(), |secret| signature::expected(secret, number));
        self.or_noted(signed, workspace, device).await?;
        let orders = store.agent_sync(workspace, device, self.now).await?;
        let settings = store.settings(workspace).await?;
        let base = settings.public_url.as_deref().unwrap_or(&self.site.address);
        let written = sheet::For { ports, invitation, number, base }.configuration(&orders)?;
        let told = answer::configuration(&written, secret.as_deref().unwrap_or(PUBLIC_SECRET));
        Ok(([(RESPONSE_SIGNATURE, told.signature)], json(told.body)).into_response())
    }

    /// What a device reports.
    async fn reports(&self, body: &[u8], peer: &str) -> Result<Response, Refused> {
        let said = DeviceInfo::parse(body)?;
        let number = said.number.as_ref().ok_or(Refused::NoSuchDevice)?;
        let Known { device: known, own } = self.known(number).await?;
        let wanted = self.configuration_of(&known).await?;
        let mut facts = told::facts(&said);
        compare(facts.headwind.get_or_insert_default(), &said, wanted.as_ref());
        self.acting(peer).agent_told(known.workspace, known.device, &facts, own, self.now).await?;
        // The agent shows it as its address in the network.
        Ok(([(ADDRESS, peer.to_owned())], json(answer::ok())).into_response())
    }

    /// A device is about to do what it was told, or has done it. It goes on only after a 2xx.
    async fn confirms(
        &self,
        kind: CommandKind,
        number: &Number,
        body: &[u8],
        peer: &str,
    ) -> Result<Response, Refused> {
        let said = DeviceInfo::parse(body)?;
        let AgentDevice { workspace, device, .. } = self.known(number).await?.device;
        let able = said.factory_reset.unwrap_or(true);
        match self.acting(peer).agent_confirm(workspace, device, kind, able, self.now).await? {
            AgentConfirmed::Noted => Ok(json(answer::ok())),
            AgentConfirmed::Unwanted => Err(Refused::Unwanted),
        }
    }
}

/// `…/rest/…`: all of the agent's calls but the one that is held.
pub async fn call(
    State(site): Shared,
    peer: Peer,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some((project, call)) = Call::parse(method.as_str(), uri.path()) else {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    };
    let asked = Asked { site: &site, project: &project, headers: &headers, now: site.ports.clock.now() };
    let done = match &call {
        Call::Enrol(number) => asked.enrols(number, &body, &peer.0).await,
        Call::Configuration(number) => match asked.known(number).await {
            Ok(known) => asked.configured(known, number).await,
            Err(refused) => Err(refused),
        },
        Call::Info => asked.reports(&body, &peer.0).await,
        Call::LogRules(number) => asked.log_rules(number).await,
        Call::Logs(number) => asked.logs(number, &body).await,
        Call::ResetConfirmed(number) => asked.confirms(CommandKind::Erase, number, &body, &peer.0).await,
        Call::RebootConfirmed(number) => asked.confirms(CommandKind::Restart, number, &body, &peer.0).await,
        Call::PasswordConfirmed(number) => {
            asked.confirms(CommandKind::ResetPassword, number, &body, &peer.0).await
        }
        // It has a route of its own.
        Call::Poll(_) => Err(Refused::NoSuchDevice),
    };
    done.unwrap_or_else(Refused::response)
}
