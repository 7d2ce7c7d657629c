//! What decides what is shown, compiled once for all pages: conditions, lists, waiting, handlers, effects and tasks.
//! Those of Leptos are generic over every closure, and each use would be a copy in the WebAssembly.

use super::skeleton::{Bones, skeleton};
use leptos::prelude::*;
use std::{future::Future, pin::Pin, sync::Arc};

/// What is in a signal, borrowed under a name: `look!(signal, |name| expression)`.
macro_rules! look {
    ($signal:expr, |$name:pat_param| $body:expr) => {{
        let guard = $signal.read();
        let $name = &*guard;
        $body
    }};
}
pub(crate) use look;

/// What a component gives back.
pub(crate) trait Erased {
    /// The view as the one type of all views, without the wrapper that `view!` puts around what stands outermost: with it,
    /// an element would be compiled once more than the same one further inside.
    fn erased(self) -> AnyView;
}

impl<T: IntoAny + core::marker::Send> Erased for View<T> {
    fn erased(self) -> AnyView {
        self.into_inner().into_any()
    }
}

/// A handler of an event.
pub(crate) fn boxed<E: 'static>(handler: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(handler)
}

/// Runs now, and again when what it read has changed.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    fn one(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_: Option<()>| run());
    }
    one(Box::new(run));
}

/// Runs a task until it is done.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    leptos::task::spawn_local(task);
}

/// Something done while a view is made, again whenever what it read has changed: mostly taking what was fetched.
pub(crate) struct Call(Box<dyn FnMut() + core::marker::Send>);

impl<F: FnMut() + core::marker::Send + 'static> From<F> for Call {
    fn from(run: F) -> Self {
        Self(Box::new(run))
    }
}

impl Call {
    /// The view that does it, and shows nothing. (A closure that answers `()` as a child of an erased view has no node
    /// for the browser to find, and the page would not come alive.)
    pub(crate) fn view(self) -> AnyView {
        let Self(mut run) = self;
        let nothing = move || {
            run();
            None::<&'static str>
        };
        nothing.into_any()
    }
}

/// Children while a condition holds.
#[component]
pub(crate) fn Show(
    /// The condition.
    when: impl Fn() -> bool + core::marker::Send + Sync + 'static,
    /// What stands there otherwise.
    #[prop(optional, into)]
    fallback: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    shown(Arc::new(when), fallback, children)
}

fn shown(
    when: Arc<dyn Fn() -> bool + core::marker::Send + Sync>,
    fallback: ViewFn,
    children: ChildrenFn,
) -> AnyView {
    let when = ArcMemo::new(move |_| when());
    let view = move || if when.get() { children() } else { fallback.run() };
    view.into_any()
}

/// A row that [`For`] makes when it is new.
struct Item {
    key: String,
    make: Box<dyn FnOnce() -> AnyView + core::marker::Send + Sync>,
}

/// Rows by key: those whose key stays keep their nodes.
#[component]
pub(crate) fn For<T, K, V>(
    /// The rows.
    each: impl Fn() -> Vec<T> + core::marker::Send + Sync + 'static,
    /// What tells them apart.
    key: impl Fn(&T) -> K + core::marker::Send + Sync + 'static,
    /// Makes a row's view.
    children: impl Fn(T) -> V + core::marker::Send + Sync + 'static,
) -> impl IntoView
where
    T: core::marker::Send + Sync + 'static,
    K: ToString + 'static,
    V: IntoView + 'static,
{
    let children = Arc::new(children);
    let item = move |row: T| {
        let (key, children) = (key(&row).to_string(), children.clone());
        Item { key, make: Box::new(move || children(row).into_any()) }
    };
    rows(Box::new(move || each().into_iter().map(&item).collect()))
}

fn rows(each: Box<dyn Fn() -> Vec<Item> + core::marker::Send + Sync>) -> AnyView {
    view! { <leptos::prelude::For each=each key=|item| item.key.clone() children=|item: Item| (item.make)()/> }.into_any()
}

/// Shows what is there until what is fetched has come; then takes it, and shows the children with it.
#[component]
pub(crate) fn Wait(
    /// Takes what was fetched, before the children read it.
    #[prop(optional, into)]
    take: Option<Call>,
    /// What stands there the first time.
    #[prop(optional)]
    bones: Bones,
    children: Children,
) -> impl IntoView {
    let take = take.map(Call::view);
    view! { <Transition fallback=move || skeleton(bones)>{take}{children()}</Transition> }.into_any()
}
