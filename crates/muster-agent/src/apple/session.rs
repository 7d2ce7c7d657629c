//! A session with the server: `Idle`, then each command and its answer, until there is nothing more.

use super::{
    checkin, commands,
    device::Device,
    error::AppleError,
    http::{self, Client},
    plists::{self, Items},
    state::{Afterwards, Executed, Pending, Phase},
};
use crate::error::AgentError;
use plist::{Dictionary, Value};
use serde::Serialize;

/// Commands in one session at most: a server that never ends would keep the phone awake.
const MOST: usize = 1_000;

/// What a request led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The server has nothing.
    Nothing,
    /// A command: its answer goes out with the next request.
    Command {
        /// `CommandUUID`.
        uuid: String,
        /// `RequestType`.
        request_type: String,
        /// `Status` of the answer.
        status: String,
    },
    /// The device is not managed any more.
    Ended {
        /// How.
        phase: Phase,
    },
}

impl Device {
    /// Whether an answer is on its way, which goes out instead of `Idle`.
    #[must_use]
    pub fn has_answer(&self) -> bool {
        self.state.pending.is_some()
    }

    /// One request to `ServerURL`: the answer that is on its way, or `Idle`; and does what comes back.
    ///
    /// # Errors
    /// [`AgentError`]; [`AppleError::Ended`] when the server does not know this device any more.
    pub async fn next(&mut self, client: &Client) -> Result<Step, AgentError> {
        let request = match &self.state.pending {
            Some(pending) => self.command_request(pending.body.clone(), client.now())?,
            None => self.idle_request(client.now())?,
        };
        let answer = client.send(request).await;
        let afterwards = self.state.pending.as_ref().map_or(Afterwards::Nothing, |p| p.afterwards);
        let answer = match answer {
            // Who erases itself does not wait until the server can be told.
            Err(_) if afterwards == Afterwards::Erase => return self.end(Phase::Erased),
            other => self.managed(other?)?,
        };
        if let Some(delivered) = self.state.pending.take() {
            *self.state.answers.entry(delivered.status).or_default() += 1;
        }
        match afterwards {
            Afterwards::Nothing => {}
            Afterwards::Erase => return self.end(Phase::Erased),
            Afterwards::Remove => {
                // Whether the server hears of it or not, the profile goes.
                let _ = self.check_out(client).await;
                return self.end(Phase::Removed);
            }
        }
        if answer.body.is_empty() {
            self.save()?;
            return Ok(Step::Nothing);
        }
        let step = self.perform(&answer.body, client.now())?;
        if self.state.lost_answers < self.options.lose_answers {
            return self.die();
        }
        self.save()?;
        Ok(step)
    }

    /// The answer, if the server still manages this device. iOS removes the enrolment at 401, and since iOS 17 at 403
    /// with the code for it; other statuses are the server's trouble, and it tries again.
    fn managed(&mut self, answer: http::Answer) -> Result<http::Answer, AgentError> {
        let code = |body: &[u8]| plists::read(body).ok()?.text("code").map(str::to_owned);
        let gone = match answer.status {
            401 => true,
            403 => code(&answer.body).as_deref() == Some("com.apple.unrecognized.device"),
            _ => false,
        };
        if !gone {
            return answer.ok("the MDM server");
        }
        let why = format!("the server answered {}", answer.status);
        self.end(Phase::Refused)?;
        Err(AppleError::Ended(why).into())
    }

    /// Reads a command, does it, and puts the answer on its way.
    fn perform(&mut self, body: &[u8], now: i64) -> Result<Step, AgentError> {
        let odd = |why: &str| AgentError::Answer(format!("a command: {why}"));
        let envelope = plists::read(body).map_err(|e| odd(&e))?;
        let uuid = envelope.text("CommandUUID").ok_or_else(|| odd("CommandUUID is missing"))?.to_owned();
        let nothing = Dictionary::new();
        let command = envelope.get("Command").and_then(Value::as_dictionary).unwrap_or(&nothing);
        let request_type = command.text("RequestType").unwrap_or_default().to_owned();
        let answer = match request_type.as_str() {
            "" => commands::answer::Answer::malformed("RequestType"),
            known => commands::execute(self, known, command, now),
        };
        if answer.executed {
            let done = self.state.executed.entry(uuid.clone());
            done.or_insert_with(|| Executed { request_type: request_type.clone(), times: 0 }).times += 1;
        }
        let body = checkin::status(&self.state.hardware, answer.status, Some(&uuid), answer.result)?;
        let (status, afterwards) = (answer.status.to_owned(), answer.afterwards);
        self.state.pending = Some(Pending {
            uuid: uuid.clone(),
            request_type: request_type.clone(),
            status: status.clone(),
            body,
            afterwards,
        });
        Ok(Step::Command { uuid, request_type, status })
    }

    /// The answer is lost, what was done stays done.
    fn die(&mut self) -> Result<Step, AgentError> {
        self.state.lost_answers += 1;
        match self.state.pending.take().map(|p| p.afterwards) {
            Some(Afterwards::Erase) => drop(self.end(Phase::Erased)?),
            Some(Afterwards::Remove) => drop(self.end(Phase::Removed)?),
            _ => self.save()?,
        }
        Err(AppleError::Died.into())
    }

    pub(super) fn end(&mut self, phase: Phase) -> Result<Step, AgentError> {
        self.state.forget(phase);
        self.identity = None;
        self.save()?;
        Ok(Step::Ended { phase })
    }

    /// All that the server has, then declarations and their status report. The last step is not in it.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn session(&mut self, client: &Client) -> Result<Vec<Step>, AgentError> {
        let mut steps = Vec::new();
        loop {
            let step = self.next(client).await?;
            match step {
                Step::Nothing => break,
                Step::Ended { .. } => {
                    steps.push(step);
                    return Ok(steps);
                }
                Step::Command { .. } if steps.len() == MOST => {
                    return Err(AgentError::Answer("the server has commands without end".into()));
                }
                Step::Command { .. } => steps.push(step),
            }
        }
        self.synchronise(client).await?;
        Ok(steps)
    }

    /// `CheckOut`, if the profile wants it.
    async fn check_out(&self, client: &Client) -> Result<(), AgentError> {
        let mdm = self.enrolled()?;
        if !mdm.check_out {
            return Ok(());
        }
        let body = checkin::check_out(&self.state.hardware, mdm)?;
        let request = self.check_in_request(mdm, body, client.now())?;
        client.send(request).await?.ok("CheckOut").map(drop)
    }

    /// Its owner removes the profile. With a network the server is told, once; the profile goes in any case.
    ///
    /// # Errors
    /// [`AppleError::NotEnrolled`].
    pub async fn remove_profile(&mut self, client: &Client, offline: bool) -> Result<bool, AgentError> {
        let mdm = self.enrolled()?;
        let told = mdm.check_out && !offline && self.check_out(client).await.is_ok();
        self.end(Phase::Removed)?;
        Ok(told)
    }
}
