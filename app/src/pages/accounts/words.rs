//! Roles, deliveries and refusals in words, and the choice of a role.

use crate::{
    AppError,
    text::{self, t},
    ui::flow::{Erased, boxed},
};
use leptos::prelude::*;
use muster_domain::{Language, account::Role, ports::Delivery};

/// A role's name.
pub(crate) fn role(language: Language, role: Role) -> &'static str {
    match role {
        Role::Owner => t::acc_owner(language),
        Role::Administrator => t::acc_administrator(language),
        Role::Operator => t::acc_operator(language),
        Role::Auditor => t::acc_auditor(language),
    }
}

/// What it may do.
fn may(language: Language, role: Role) -> &'static str {
    match role {
        Role::Owner => t::acc_owner_may(language),
        Role::Administrator => t::acc_administrator_may(language),
        Role::Operator => t::acc_operator_may(language),
        Role::Auditor => t::acc_auditor_may(language),
    }
}

/// How an invitation got out.
pub(super) fn delivery(language: Language, delivery: &Delivery) -> String {
    match delivery {
        Delivery::Shown => t::acc_shown(language).to_owned(),
        Delivery::Sending => t::acc_sending(language).to_owned(),
        Delivery::Sent => t::acc_sent(language).to_owned(),
        Delivery::Failed(reason) => t::acc_failed(language, reason),
    }
}

/// What the server refused; a conflict is the workspace's last owner.
pub(super) fn refused(language: Language, error: &AppError) -> String {
    match error {
        AppError::Conflict => t::acc_last_owner(language).to_owned(),
        error => text::error(language, error),
    }
}

/// The roles that one may give, with what each may do.
#[component]
pub(super) fn Roles(
    roles: Signal<Vec<Role>>,
    chosen: RwSignal<Role>,
    /// The id of the words about the one that is chosen.
    about: &'static str,
) -> impl IntoView {
    let language = text::language();
    let options = move || {
        let option = |one: Role| {
            view! { <option value=one.name() selected=move || chosen.get() == one>{role(language, one)}</option> }
        };
        roles.get().into_iter().map(option).collect_view()
    };
    let change = move |event| {
        if let Some(role) = Role::from_name(&event_target_value(&event)) {
            chosen.set(role);
        }
    };
    view! {
        <label>{t::acc_role(language)}
            <select class="input" aria-describedby=about on:change=boxed(change)>{options}</select>
        </label>
        <p class="muted small" id=about>{move || may(language, chosen.get())}</p>
    }
    .erased()
}
