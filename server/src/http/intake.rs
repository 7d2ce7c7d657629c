//! What is sent to the server is taken in whole before a request has one of the places: who sends slowly, or only says that it
//! will send, keeps nobody else out, and bodies that have not come to their end cannot fill the memory.

use super::{fault, load::Load, trace::LEFT};
use crate::metrics::{TurnedAway, metrics};
use axum::{
    body::{Body, HttpBody},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use muster_domain::apple::Fingerprint;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

/// So many bytes of a body are not counted: each connection has one body at most, and the connections are.
pub const SMALL: usize = 16 << 10;
/// Bytes of all larger bodies together, beyond those.
const ALL: usize = 64 << 20;
/// What is counted: 1 KiB.
const UNIT: usize = 1 << 10;
/// A body waits so long for room.
const WAIT: Duration = Duration::from_secs(1);
/// Long answers of devices that are read at once, away from the threads that serve: reading one may take a tenth of a second.
const READ_AT_ONCE: usize = 1;

/// The room that there is.
pub struct Intake {
    room: Arc<Semaphore>,
    reading: Arc<Semaphore>,
    devices: Arc<Devices>,
}

impl Default for Intake {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(ALL / UNIT)),
            reading: Arc::new(Semaphore::new(READ_AT_ONCE)),
            devices: Arc::default(),
        }
    }
}

/// Why a body was not taken in.
#[derive(Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// It is larger than what is asked for may be.
    Large,
    /// There is no room for it now.
    Busy,
    /// It was broken off, or its sender has begun anew.
    Broken,
}

impl IntoResponse for NotTaken {
    fn into_response(self) -> Response {
        match self {
            Self::Large => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
            Self::Busy => {
                metrics().turned_away(TurnedAway::Bodies);
                fault::busy()
            }
            // Nobody hears it: it stands in the log and the figures as any other that left before the answer.
            Self::Broken => StatusCode::from_u16(LEFT).unwrap_or(StatusCode::BAD_REQUEST).into_response(),
        }
    }
}

/// A body that is here, and its room.
#[derive(Debug)]
pub struct Taken {
    /// The body.
    pub bytes: Bytes,
    /// Given back with the value.
    _room: Option<OwnedSemaphorePermit>,
}

/// A body with the place of its request.
pub struct Placed<'l> {
    /// The body.
    pub bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
    _place: SemaphorePermit<'l>,
}

impl Intake {
    /// Takes in a body of `limit` bytes at most.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub async fn take(&self, mut body: Body, limit: usize) -> Result<Taken, NotTaken> {
        let said = body.size_hint();
        if said.lower() > limit as u64 {
            return Err(NotTaken::Large);
        }
        let (mut bytes, mut room) = (BytesMut::new(), None);
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| NotTaken::Broken)?.into_data() else { continue };
            let length = bytes.len() + data.len();
            if length > limit {
                return Err(NotTaken::Large);
            }
            self.room_for(&mut room, length.saturating_sub(SMALL).div_ceil(UNIT)).await?;
            bytes.extend_from_slice(&data);
        }
        Ok(Taken { bytes: bytes.freeze(), _room: room })
    }

    /// Makes `room` as large as `units`, as far as it is not.
    async fn room_for(&self, room: &mut Option<OwnedSemaphorePermit>, units: usize) -> Result<(), NotTaken> {
        let missing = units.saturating_sub(room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if missing == 0 {
            return Ok(());
        }
        let missing = u32::try_from(missing).map_err(|_| NotTaken::Large)?;
        let more = tokio::time::timeout(WAIT, self.room.clone().acquire_many_owned(missing));
        let more = more.await.ok().and_then(Result::ok).ok_or(NotTaken::Busy)?;
        match room {
            Some(room) => room.merge(more),
            None => *room = Some(more),
        }
        Ok(())
    }

    /// Reads something long on a thread of its own, one at a time.
    pub async fn read<T: Send + 'static>(&self, read: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let one = self.reading.clone().acquire_owned().await.ok()?;
        // Whoever gives up waiting does not end the thread: it keeps its turn until it has read.
        let read = move || (read(), one).0;
        tokio::task::spawn_blocking(read).await.ok()
    }
}

impl Load {
    /// Takes in a body, and then a place for its request.
    ///
    /// # Errors
    /// The answer, when there is no room or no place, or the body is too large.
    pub async fn taken(&self, body: Body, limit: usize) -> Result<Placed<'_>, Response> {
        let Taken { bytes, _room } = self.intake.take(body, limit).await.map_err(NotTaken::into_response)?;
        let _place = self.place().await.ok_or_else(super::load::turned_away)?;
        Ok(Placed { bytes, _room, _place })
    }

    /// The same for a device that is said to speak, which sends one message after the other to each address: what it begins anew
    /// takes the place of what it was still sending there, so that one device holds one body for each at most.
    ///
    /// # Errors
    /// The answer, as above.
    pub async fn taken_of(
        &self,
        speaker: Speaker,
        body: Body,
        limit: usize,
    ) -> Result<(Placed<'_>, Turn), Response> {
        let turn = self.intake.devices.begin(speaker);
        let taken = tokio::select! {
            taken = self.taken(body, limit) => taken?,
            () = turn.over.cancelled() => return Err(NotTaken::Broken.into_response()),
        };
        Ok((taken, turn))
    }
}

/// A device that is said to speak, by its certificate, and to which address.
pub type Speaker = (Fingerprint, &'static str);

/// Devices that are sending something, each with what ends it.
#[derive(Default)]
struct Devices(Mutex<HashMap<Speaker, CancellationToken>>);

/// A device's turn to speak. It is over when the device begins anew.
pub struct Turn {
    devices: Arc<Devices>,
    speaker: Speaker,
    /// Cancelled when it is over.
    pub over: CancellationToken,
}

impl Devices {
    fn begin(self: &Arc<Self>, speaker: Speaker) -> Turn {
        let over = CancellationToken::new();
        let mut speaking = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = speaking.insert(speaker, over.clone()) {
            before.cancel();
        }
        Turn { devices: self.clone(), speaker, over }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // One that has begun since stays.
        if !self.over.is_cancelled() {
            self.devices.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.speaker);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use std::convert::Infallible;

    fn chunks(size: usize, many: usize) -> Body {
        let chunk = Bytes::from(vec![7; size]);
        Body::from_stream(stream::iter((0..many).map(move |_| Ok::<_, Infallible>(chunk.clone()))))
    }

    /// A body that never comes to its end after so many bytes.
    fn held(size: usize) -> Body {
        use futures::StreamExt;
        let first = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![7; size]))]);
        Body::from_stream(first.chain(stream::pending()))
    }

    #[tokio::test]
    async fn a_body_is_taken_up_to_its_limit_said_or_not() {
        let intake = Intake::default();
        let taken = intake.take(chunks(1000, 10), 10_000).await.unwrap();
        assert_eq!(taken.bytes.len(), 10_000);
        assert_eq!(intake.take(chunks(1000, 11), 10_000).await.unwrap_err(), NotTaken::Large);
        assert_eq!(intake.take(Body::from(vec![0; 11]), 10).await.unwrap_err(), NotTaken::Large);
        assert!(intake.take(Body::empty(), 10).await.unwrap().bytes.is_empty());
    }

    #[tokio::test]
    async fn a8_bodies_that_do_not_end_fill_no_memory_and_small_ones_pass_beside_them() {
        let intake = Arc::new(Intake::default());
        let size = (4 << 20) + SMALL;
        let one = || {
            let intake = intake.clone();
            tokio::spawn(async move { intake.take(held(size), size).await.map(|_| ()) })
        };
        let holding: Vec<_> = (0..ALL / (4 << 20)).map(|_| one()).collect();
        while intake.room.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(intake.take(held(size), size).await.unwrap_err(), NotTaken::Busy);
        assert_eq!(intake.take(chunks(SMALL, 2), size).await.unwrap_err(), NotTaken::Busy);
        assert!(intake.take(chunks(SMALL, 1), size).await.is_ok());
        for one in holding {
            assert!(!one.is_finished());
            one.abort();
            let _ = one.await;
        }
        assert!(intake.take(chunks(SMALL, 2), size).await.is_ok());
        assert_eq!(intake.room.available_permits(), ALL / UNIT);
    }

    #[tokio::test]
    async fn a8_a_device_that_begins_anew_ends_what_it_was_sending() {
        let load = Arc::new(Load::default());
        let (one, other) = ((Fingerprint([1; 32]), "/a"), (Fingerprint([2; 32]), "/a"));
        let elsewhere = (Fingerprint([1; 32]), "/b");
        let slow = |speaker| {
            let load = load.clone();
            tokio::spawn(async move { load.taken_of(speaker, held(100), 1000).await.is_ok() })
        };
        let (first, another, answer) = (slow(one), slow(other), slow(elsewhere));
        tokio::task::yield_now().await;
        let (taken, _turn) = load.taken_of(one, chunks(10, 10), 1000).await.unwrap();
        assert_eq!(taken.bytes.len(), 100);
        assert!(!first.await.unwrap());
        for goes_on in [another, answer] {
            assert!(!goes_on.is_finished());
            goes_on.abort();
            let _ = goes_on.await;
        }
        drop((taken, _turn));
        assert!(load.intake.devices.0.lock().unwrap().is_empty());
    }
}
