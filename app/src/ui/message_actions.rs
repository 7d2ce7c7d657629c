//! What can be done about a message: copy its link, send it again, make a new link, withdraw it.

use super::{confirm::Confirm, live::live, role::may};
use crate::ui::flow::{Erased, Show, boxed, look, spawn};
use crate::{
    AppError,
    api::invitations::{invitation_link, invitation_renew, invitation_resend, invitation_revoke},
    text::{self, t},
};
use leptos::prelude::*;
use muster_domain::{
    InvitationId, Timestamp,
    account::Permission,
    invitation::{Invitation, State},
};

/// What its state allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Possible {
    link: bool,
    again: bool,
    renew: bool,
    withdraw: bool,
}

impl Possible {
    fn of(message: &Invitation, now: Timestamp) -> Self {
        let state = message.state;
        let alive = state != State::Revoked;
        Self {
            link: alive && state != State::Expired && message.expires_at > now,
            again: state.may_become(State::Queued) && state != State::Expired && message.expires_at > now,
            renew: alive && message.hardware_id.is_none(),
            withdraw: alive,
        }
    }
}

#[component]
pub(crate) fn MessageActions(
    id: InvitationId,
    #[prop(into)] message: Signal<Invitation>,
    /// Where to say what went wrong.
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    let language = text::language();
    let (invite, links) = (may(Permission::Invite), may(Permission::SeeLinks));
    let version = live().version;
    let copied = RwSignal::new(false);
    let withdrawing = RwSignal::new(false);
    let possible = Memo::new(move |_| look!(message, |m| Possible::of(m, super::moment::now())));
    let done = move |result: Result<(), AppError>| {
        problem.set(result.err().map(|e| text::error(language, &e)));
        version.update(|v| *v = v.wrapping_add(1));
    };
    let copy = move |_| {
        spawn(async move {
            match invitation_link(id).await {
                Ok(link) => {
                    let _ = window().navigator().clipboard().write_text(&link);
                    copied.set(true);
                }
                Err(error) => done(Err(error)),
            }
        });
    };
    let withdraw = move || {
        spawn(async move {
            done(invitation_revoke(id).await);
            withdrawing.set(false);
        });
    };
    view! {
        <div class="acts">
            <Show when=move || links.get() && possible.get().link>
                <button class="btn quiet" on:click=boxed(copy)>{move || if copied.get() { t::copied(language) } else { t::copy_link(language) }}</button>
            </Show>
            <Show when=move || invite.get() && possible.get().again>
                <button class="btn quiet" on:click=boxed(move |_| spawn(async move { done(invitation_resend(id).await) }))>{t::resend(language)}</button>
            </Show>
            <Show when=move || invite.get() && possible.get().renew>
                <button class="btn quiet" title=t::users_renew_hint(language) on:click=boxed(move |_| spawn(async move { done(invitation_renew(id).await) }))>{t::renew(language)}</button>
            </Show>
            <Show when=move || invite.get() && possible.get().withdraw>
                <button class="btn quiet" on:click=boxed(move |_| withdrawing.set(true))>{t::revoke(language)}</button>
                <Confirm open=withdrawing title=Signal::derive(move || t::users_withdraw_title(language).to_owned())
                    text=Signal::derive(move || t::users_withdraw_text(language).to_owned()) action=t::revoke(language) problem=Signal::stored(None::<String>) confirmed=withdraw/>
            </Show>
        </div>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::Language;

    fn message(state: State, used: bool) -> Invitation {
        let id = "01900000-0000-7000-8000-000000000001";
        Invitation {
            workspace: id.parse().unwrap(),
            id: id.parse().unwrap(),
            user: id.parse().unwrap(),
            user_name: String::new(),
            email: None,
            batch: None,
            state,
            state_at: Timestamp(0),
            generation: 1,
            sending: 1,
            expires_at: Timestamp(10),
            created_at: Timestamp(0),
            sent_at: None,
            opened_at: None,
            enrolled_at: None,
            platform: None,
            device: None,
            hardware_id: used.then(String::new),
            error: None,
            requested_at: None,
            language: Language::En,
            note: None,
            sent_by: None,
            waiting: None,
        }
    }

    #[test]
    fn only_what_the_server_would_do_is_offered() {
        let can = |state, used, now| {
            let p = Possible::of(&message(state, used), Timestamp(now));
            [p.link, p.again, p.renew, p.withdraw]
        };
        assert_eq!(can(State::Queued, false, 0), [true, false, true, true]);
        assert_eq!(can(State::Sent, false, 0), [true, true, true, true]);
        assert_eq!(can(State::Failed, false, 0), [true, true, true, true]);
        assert_eq!(can(State::Sent, false, 10), [false, false, true, true]);
        assert_eq!(can(State::Expired, false, 10), [false, false, true, true]);
        assert_eq!(can(State::Enrolled, true, 0), [true, false, false, true]);
        assert_eq!(can(State::Revoked, false, 0), [false; 4]);
    }
}
