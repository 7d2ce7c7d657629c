//! What is fetched: with the page ([`Fetched`]) or by the browser alone ([`Asked`]). Both are one type underneath,
//! whatever they hold: the machinery around a resource is large, and would be compiled for each answer anew.

use crate::wire::lean;
use leptos::{prelude::*, server::codee::string::FromToStringCodec};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    any::Any,
    convert::Infallible,
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    str::FromStr,
    sync::{Arc, OnceLock},
};

type Value = Box<dyn Any + Send + Sync>;

/// An answer: its value, or on a page that comes alive the JSON that the server wrote into it.
#[derive(Clone)]
struct Slot {
    json: Arc<str>,
    value: Arc<OnceLock<Option<Value>>>,
}

impl Slot {
    fn of<T: Serialize + Send + Sync + 'static>(value: T) -> Self {
        // Only the server writes it into a page.
        #[cfg(feature = "ssr")]
        let json = serde_json::to_string(&value).unwrap_or_default().into();
        #[cfg(not(feature = "ssr"))]
        let json = Arc::from("");
        Self { json, value: Arc::new(OnceLock::from(Some(Box::new(value) as Value))) }
    }

    fn get<T: DeserializeOwned + Clone + Send + Sync + 'static>(&self) -> Option<T> {
        let read = || lean::from_str::<T>(&self.json).ok().map(|value| Box::new(value) as Value);
        self.value.get_or_init(read).as_ref()?.downcast_ref::<T>().cloned()
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.json)
    }
}

impl FromStr for Slot {
    type Err = Infallible;

    fn from_str(json: &str) -> Result<Self, Infallible> {
        Ok(Self { json: json.into(), value: Arc::default() })
    }
}

/// What an answer depends on; equal ones are not asked twice.
#[derive(Clone)]
struct Source(Arc<dyn Same + Send + Sync>);

trait Same {
    fn same(&self, other: &dyn Same) -> bool;
    fn any(&self) -> &dyn Any;
}

impl<S: PartialEq + 'static> Same for S {
    fn same(&self, other: &dyn Same) -> bool {
        other.any().downcast_ref::<S>().is_some_and(|other| self == other)
    }

    fn any(&self) -> &dyn Any {
        self
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(&*other.0)
    }
}

type Answer = Pin<Box<dyn Future<Output = Slot> + Send>>;

/// Fetched on the server while it makes the page, and by the browser when what it depends on has changed.
pub(crate) struct Fetched<T> {
    slot: Resource<Slot, FromToStringCodec>,
    holds: PhantomData<fn() -> T>,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Fetched<T> {
    /// Fetches with what `source` says, anew whenever that changes.
    pub(crate) fn new<S, F>(
        source: impl Fn() -> S + Send + Sync + 'static,
        fetch: impl Fn(S) -> F + Send + Sync + 'static,
    ) -> Self
    where
        S: PartialEq + Clone + Send + Sync + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let source = move || Source(Arc::new(source()));
        let fetch = move |source: Source| -> Option<Answer> {
            let answer = fetch(source.0.any().downcast_ref::<S>()?.clone());
            Some(Box::pin(async move { Slot::of(answer.await) }))
        };
        Self { slot: resource(Box::new(source), Box::new(fetch)), holds: PhantomData }
    }

    /// What came last, if something did.
    pub(crate) fn get(self) -> Option<T> {
        self.slot.get().and_then(|slot| slot.get())
    }
}

fn resource(
    source: Box<dyn Fn() -> Source + Send + Sync>,
    fetch: Box<dyn Fn(Source) -> Option<Answer> + Send + Sync>,
) -> Resource<Slot, FromToStringCodec> {
    // The source is always the one that `fetch` was made with.
    let none = || -> Answer { Box::pin(std::future::pending()) };
    Resource::new_str(source, move |source| fetch(source).unwrap_or_else(none))
}

type Told = Arc<dyn Any>;
type Telling = Pin<Box<dyn Future<Output = Told>>>;

/// Asked by the browser alone, anew whenever what it read has changed.
pub(crate) struct Asked<T> {
    value: LocalResource<Told>,
    holds: PhantomData<fn() -> T>,
}

impl<T> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Asked<T> {}

impl<T: Clone + 'static> Asked<T> {
    /// Asks.
    pub(crate) fn new<F: Future<Output = T> + 'static>(ask: impl Fn() -> F + 'static) -> Self {
        let ask = move || -> Telling {
            let answer = ask();
            Box::pin(async move { Arc::new(answer.await) as Told })
        };
        Self { value: local(Box::new(ask)), holds: PhantomData }
    }

    /// What came last, if something did.
    pub(crate) fn get(self) -> Option<T> {
        self.value.get().and_then(|value| value.downcast_ref::<T>().cloned())
    }
}

fn local(ask: Box<dyn Fn() -> Telling>) -> LocalResource<Told> {
    LocalResource::new(ask)
}
