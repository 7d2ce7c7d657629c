//! Small parts of several windows.

use super::icon::{self, Icon};
use leptos::prelude::*;

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

/// An e-mail address. Where it is too long for its line it breaks after the `@`, before it breaks anywhere.
pub(crate) fn address(email: &str) -> impl IntoView + use<> {
    let (local, domain) = email.split_at(email.find('@').map_or(0, |at| at + 1));
    view! { {local.to_owned()}<wbr/>{domain.to_owned()} }
}
