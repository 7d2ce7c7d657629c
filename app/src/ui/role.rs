//! What the account may do here. A button that the server would refuse is not shown.

use leptos::prelude::*;
use muster_domain::account::{Permission, Role};

/// The role of this visit. It changes when an owner changes it, so it is a signal.
#[derive(Clone, Copy)]
struct Mine(RwSignal<Role>);

/// The role that the document was made for: server and browser begin with the same buttons.
fn of_the_document() -> Option<Role> {
    #[cfg(feature = "ssr")]
    {
        use_context::<crate::services::Visit>()?.who.map(|who| who.role)
    }
    #[cfg(not(feature = "ssr"))]
    {
        Role::from_name(&document().document_element()?.get_attribute("data-role")?)
    }
}

/// Puts the role into the context; unknown, it is the one that may do least.
pub(crate) fn provide() {
    provide_context(Mine(RwSignal::new(of_the_document().unwrap_or(Role::Auditor))));
}

/// Takes what the server tells of the role later.
pub(crate) fn ear() -> impl Fn(Role) + Copy {
    let mine = use_context::<Mine>();
    move |role| {
        if let Some(Mine(mine)) = mine
            && mine.get_untracked() != role
        {
            mine.set(role);
        }
    }
}

/// The role of this visit, as it is now.
pub(crate) fn role() -> Role {
    use_context::<Mine>().map_or(Role::Auditor, |Mine(mine)| mine.get())
}

/// Whether the account may do that.
pub(crate) fn may(permission: Permission) -> Signal<bool> {
    match use_context::<Mine>() {
        Some(Mine(role)) => Signal::derive(move || role.get().may(permission)),
        None => Signal::stored(false),
    }
}
