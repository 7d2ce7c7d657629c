//! `GET …/rest/notification/polling/{number}`: a device asks for news, and is held until there is some.

use super::{Asked, Known, Refused, json};
use crate::{
    headwind::held::Round,
    http::{Shared, Site, load},
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Uri};
use muster_domain::{
    ports::{AgentDevice, AgentMessage},
    time::MINUTE,
};
use muster_headwind::{
    Number, answer,
    push::{Intent, Push},
    request::Call,
    signature,
};
use tokio::time::Instant;

/// A device that asks more often is written as seen once in so long.
const SEEN: i64 = MINUTE;

/// `GET …/rest/notification/polling/{number}`. While it is held it takes no place of a request.
pub async fn poll(State(site): Shared, uri: Uri, headers: HeaderMap) -> Response {
    let Some((project, Call::Poll(number))) = Call::parse("GET", uri.path()) else {
        return (http::StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    };
    let asked = Asked { site: &site, project: &project, headers: &headers, now: site.ports.clock.now() };
    let round = site.headwind.held.round();
    let device = {
        let Some(_place) = site.load.place().await else { return load::turned_away() };
        match asked.looks_in(&number).await {
            Ok(device) => device,
            // An agent that is told with a 200 asks again in five seconds; after this it waits a minute.
            Err(Refused::NoSuchDevice) => return http::StatusCode::NOT_FOUND.into_response(),
            Err(refused) => return refused.response(),
        }
    };
    match news(&site, device, round).await {
        Ok(messages) => json(answer::pushes(&messages)),
        Err(refused) => refused.response(),
    }
}

impl Asked<'_> {
    /// Who asks; it is there.
    async fn looks_in(&self, number: &Number) -> Result<AgentDevice, Refused> {
        let Known { device, .. } = self.known(number).await?;
        if device.left {
            return Err(Refused::NoSuchDevice);
        }
        let secret = self.secret(device.workspace).await?;
        let signed =
            self.signed(secret.as_deref(), |secret| signature::expected_poll(secret, self.project, number));
        self.or_noted(signed, device.workspace, device.device).await?;
        if self.now.since(device.last_seen) >= SEEN {
            self.site.ports.store.agent_seen(device.workspace, device.device, self.now).await?;
        }
        Ok(device)
    }
}

/// What there is for a device that was looked up since that round, at once or until its time is over; nothing when it has asked
/// anew, or the server stops.
async fn news(site: &Site, device: AgentDevice, round: Round) -> Result<Vec<Push>, Refused> {
    let (store, clock) = (&site.ports.store, &site.ports.clock);
    let question = site.headwind.held.hold(device.device);
    let until = Instant::now() + site.headwind.hold;
    // What was written between the look and here may have found no question to wake; what is written from here on does.
    let mut looks = device.is_due(clock.now()) || site.headwind.held.round() != round;
    loop {
        if looks {
            let messages = store.agent_messages(device.workspace, device.device, clock.now()).await?;
            if !messages.is_empty() {
                return Ok(messages.into_iter().filter_map(push).collect());
            }
        }
        tokio::select! {
            () = question.woken() => {}
            () = tokio::time::sleep_until(until) => return Ok(Vec::new()),
            () = site.stop.cancelled() => return Ok(Vec::new()),
        }
        if !question.is_the_last() {
            return Ok(Vec::new());
        }
        looks = true;
    }
}

/// As the agent is told. A package was checked when the command was given.
fn push(message: AgentMessage) -> Option<Push> {
    Some(match message {
        AgentMessage::ConfigUpdated => Push::ConfigUpdated,
        AgentMessage::RunApp { package } => {
            Push::RunApp { package: package.parse().ok()?, intent: Intent::default() }
        }
    })
}
