//! Small parts of several windows.

use super::{
    flow::{Erased, Show},
    icon::{self, Icon},
    role::may,
};
use crate::text::{self, t};
use leptos::prelude::*;
use muster_domain::account::Permission;

/// The way back to the list.
#[component]
pub(crate) fn Back(
    /// The list's path.
    to: &'static str,
    /// The list's name.
    label: &'static str,
) -> impl IntoView {
    view! { <a class="back" href=to><Icon path=icon::LEFT/>{label}</a> }
}

/// What is told where a row is not there any more: above what was shown of it, or alone and then as the page's heading.
#[component]
pub(crate) fn Gone(
    /// What is told.
    words: &'static str,
    /// Whether it is gone.
    gone: RwSignal<bool>,
    /// Whether something of it stands below.
    stands: Signal<bool>,
) -> impl IntoView {
    view! {
        <Show when=move || gone.get() && stands.get()><p class="note warn" role="status">{words}</p></Show>
        <Show when=move || gone.get() && !stands.get()><div class="empty"><h1 tabindex="-1">{words}</h1></div></Show>
    }
    .erased()
}

/// An e-mail address. Where it is too long for its line it breaks after the `@`, before it breaks anywhere.
pub(crate) fn address(email: &str) -> impl IntoView + use<> {
    let (local, domain) = email.split_at(email.find('@').map_or(0, |at| at + 1));
    view! { {local.to_owned()}<wbr/>{domain.to_owned()} }
}

/// What stands under "nothing here yet" where people have to be sent instructions first: how, for who may do it.
#[component]
pub(crate) fn First(
    /// What to do.
    text: &'static str,
    /// What who may only read is told.
    reader: &'static str,
) -> impl IntoView {
    let language = text::language();
    let invite = may(Permission::Invite);
    view! {
        <span>{move || if invite.get() { text } else { reader }}</span>
        <Show when=move || invite.get()><a class="btn" href="/users?message=never">{t::empty_to_people(language)}</a></Show>
    }
    .erased()
}
