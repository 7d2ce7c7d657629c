//! What can be done about an invitation: the buttons' words, the questions before, and what is told afterwards.
//! One desk serves a whole page, however many rows it has.

pub(crate) mod days;
pub(crate) mod link;

pub(crate) use days::Days;

use crate::{
    AppError,
    api::invitations::{
        invitation_extend, invitation_link, invitation_renew, invitation_resend, invitation_revoke,
    },
    text::{self, t},
    ui::{
        announce::{Announcer, announcer},
        confirm::Confirm,
        dialog::rescue_focus,
        flow::{Erased, For, boxed, effect, look, spawn},
        live::live,
        moment,
        role::may,
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    account::Permission,
    invitation::{Act, Invitation, State},
    time::DAY,
};

/// What the button says.
pub(crate) fn word(language: Language, act: Act) -> &'static str {
    match act {
        Act::Resend => t::resend(language),
        Act::Renew => t::renew(language),
        Act::Extend => t::inv_extend(language),
        Act::Revoke => t::revoke(language),
        Act::CopyLink => t::copy_link(language),
    }
}

/// What stands on the desk.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    about: RwSignal<Option<Invitation>>,
    renewing: RwSignal<bool>,
    revoking: RwSignal<bool>,
    extending: RwSignal<bool>,
    /// The link that could not be copied by itself.
    link: RwSignal<Option<String>>,
    problem: RwSignal<Option<String>>,
    say: Announcer,
    version: RwSignal<u32>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            about: RwSignal::new(None),
            renewing: RwSignal::new(false),
            revoking: RwSignal::new(false),
            extending: RwSignal::new(false),
            link: RwSignal::new(None),
            problem: RwSignal::new(None),
            say: announcer(),
            version: live().version,
        }
    }

    /// A button was pressed.
    pub(crate) fn begin(self, act: Act, invitation: Invitation) {
        let id = invitation.id;
        self.about.set(Some(invitation));
        self.problem.set(None);
        match act {
            Act::Renew => self.renewing.set(true),
            Act::Revoke => self.revoking.set(true),
            Act::Extend => self.extending.set(true),
            Act::Resend => spawn(async move {
                match invitation_resend(id).await {
                    Ok(()) => self.done(t::inv_said_resent(text::language())),
                    Err(error) => self.say.failed(&error),
                }
            }),
            Act::CopyLink => spawn(async move {
                match invitation_link(id).await {
                    Ok(link) => {
                        let shown = link.clone();
                        link::copy(
                            &link,
                            move || self.say.done(t::inv_said_copied(text::language())),
                            move || self.link.set(Some(shown.clone())),
                        );
                    }
                    Err(error) => self.say.failed(&error),
                }
            }),
        }
    }

    fn done(self, text: impl Into<String>) {
        self.say.done(text);
        // The button that was pressed may be no more: then to the message in its list.
        let id = self.about.with_untracked(|i| i.as_ref().map(|i| i.id.to_string())).unwrap_or_default();
        rescue_focus(format!("a[href='/invitations/{id}']"));
        self.version.update(|v| *v = v.wrapping_add(1));
    }

    /// What a dialog asked for came back.
    fn answered(self, result: Result<(), AppError>, open: RwSignal<bool>, text: String) {
        match result {
            Ok(()) => {
                open.set(false);
                self.done(text);
            }
            Err(error) => self.problem.set(Some(text::error(text::language(), &error))),
        }
    }
}

/// Whether the account may do that, if the message offers it.
pub(crate) fn allowed(act: Act) -> Signal<bool> {
    may(if act == Act::CopyLink { Permission::SeeLinks } else { Permission::Invite })
}

/// All that a message offers now, as buttons.
#[component]
pub(crate) fn Acts(
    desk: Desk,
    /// The message; none before it is known.
    #[prop(into)]
    message: Signal<Option<Invitation>>,
    /// Whether they stand in a row of others.
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let language = text::language();
    let offered = Memo::new(move |_| {
        let now = moment::now();
        let possible = |act: &Act| look!(message, |m| m.as_ref().is_some_and(|m| m.offers(*act, now)));
        Act::ALL.into_iter().filter(|act| possible(act) && allowed(*act).get()).collect::<Vec<_>>()
    });
    let button = move |act: Act| {
        let begin = move |_| {
            if let Some(message) = message.get_untracked() {
                desk.begin(act, message);
            }
        };
        view! { <button class="btn" class:quiet=quiet class:danger=act == Act::Revoke on:click=boxed(begin)>{word(language, act)}</button> }
    };
    // Who may copy a link may print it.
    let sheet = move || {
        let may = look!(offered, |acts| acts.contains(&Act::CopyLink));
        may.then(|| look!(message, |m| m.as_ref().map(|m| m.id))).flatten().map(|id| {
            view! { <a class="btn" class:quiet=quiet href=format!("/sheets?of={id}") target="_blank" rel="external">{t::inv_sheet(language)}</a> }
        })
    };
    view! {
        <For each=move || offered.get() key=move |act| word(language, *act) let(act)>{button(act)}</For>
        {sheet}
    }
    .into_any()
}

#[component]
pub(crate) fn Dialogs(desk: Desk) -> impl IntoView {
    let language = text::language();
    let person = move || look!(desk.about, |i| i.as_ref().map(|i| i.user_name.clone()).unwrap_or_default());
    let email = move || look!(desk.about, |i| i.as_ref().and_then(|i| i.email.clone()).unwrap_or_default());
    let connected = move || look!(desk.about, |i| i.as_ref().is_some_and(|i| i.state == State::Enrolled));
    let renew_title = Signal::derive(move || t::inv_renew_title(language, person()));
    let renew_text = Signal::derive(move || t::inv_renew_text(language, email()));
    let renew = move || {
        let Some(id) = desk.about.with_untracked(|i| i.as_ref().map(|i| i.id)) else { return };
        spawn(async move {
            let result = invitation_renew(id).await;
            desk.answered(result, desk.renewing, t::inv_said_renewed(language).to_owned());
        });
    };
    let revoke_title = Signal::derive(move || t::inv_revoke_title(language, person()));
    let revoke_text = Signal::derive(move || {
        let text = if connected() { t::inv_revoke_connected(language) } else { t::inv_revoke_text(language) };
        text.to_owned()
    });
    let revoke = move || {
        let Some(id) = desk.about.with_untracked(|i| i.as_ref().map(|i| i.id)) else { return };
        spawn(async move {
            let result = invitation_revoke(id).await;
            desk.answered(result, desk.revoking, t::inv_said_revoked(language).to_owned());
        });
    };
    view! {
        <Confirm open=desk.renewing title=renew_title text=renew_text action=t::renew(language) problem=desk.problem confirmed=renew/>
        <Confirm open=desk.revoking title=revoke_title text=revoke_text action=t::revoke(language) problem=desk.problem confirmed=revoke/>
        <Extend desk=desk/>
        <link::LinkShown link=desk.link/>
    }
    .erased()
}

/// Whether a message can be sent again once its link has more time; it may wait to be sent in any case.
fn tellable(message: &Invitation) -> bool {
    message.email.is_some() && !matches!(message.state, State::Queued | State::Enrolling)
}

/// More time for a link, of which its person is told only if one wants it.
#[component]
fn Extend(desk: Desk) -> impl IntoView {
    let language = text::language();
    let again = RwSignal::new(false);
    let of = move |is: fn(&Invitation) -> bool| look!(desk.about, |i| i.as_ref().is_some_and(is));
    let asks = move || of(|message| message.requested_at.is_some());
    let can_tell = move || of(tellable);
    effect(move || {
        if desk.extending.get() {
            again.set(untrack(asks) && untrack(can_tell));
        }
    });
    let save = move |days: u32| {
        let Some(id) = desk.about.with_untracked(|i| i.as_ref().map(|i| i.id)) else { return };
        let again = again.get_untracked();
        spawn(async move {
            let result = invitation_extend(id, days, again).await;
            let mut told = t::inv_said_extended(language, u64::from(days));
            if again {
                told = format!("{told} {}", t::inv_said_resent(language));
            }
            desk.answered(result, desk.extending, told);
        });
    };
    let left = Signal::derive(move || {
        let ends = look!(desk.about, |i| i.as_ref().map(|i| i.expires_at));
        ends.map_or(0, |ends| ends.since(moment::now()).div_euclid(DAY) + 1)
    });
    let title = Signal::derive(move || t::inv_extend_title(language).to_owned());
    let hint = Signal::derive(move || {
        let name = look!(desk.about, |i| i.as_ref().map(|i| i.user_name.clone()).unwrap_or_default());
        if asks() { t::inv_extend_asks(language, name) } else { t::inv_extend_untold(language, name) }
    });
    view! {
        <Days open=desk.extending left=left title=title hint=hint problem=desk.problem chosen=save>
            <label class="row" hidden=move || !can_tell()>
                <input type="checkbox" class="check" prop:checked=again on:change=boxed(move |e| again.set(event_target_checked(&e)))/>{t::inv_extend_again(language)}
            </label>
        </Days>
    }
    .erased()
}
