//! The steps of a mail that was tried out, in words and in the server's own.

use crate::{
    text::t,
    ui::icon::{self, Icon},
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    trial::{Fault, Outcome, Step, Stepped},
};

fn name(language: Language, step: Step) -> &'static str {
    match step {
        Step::Connect => t::set_step_connect(language),
        Step::Tls => t::set_step_tls(language),
        Step::SignIn => t::set_step_sign_in(language),
        Step::Sender => t::set_step_sender(language),
        Step::Recipient => t::set_step_recipient(language),
        Step::Message => t::set_step_message(language),
    }
}

fn fault(language: Language, fault: &Fault) -> String {
    let words = match fault {
        Fault::NoConnection(why) => return t::set_fault_no_connection(language, why),
        Fault::NotMail => t::set_fault_not_mail(language),
        Fault::BadName => t::set_fault_bad_name(language),
        Fault::NoStarttls => t::set_fault_no_starttls(language),
        Fault::UnknownAuthority => t::set_fault_unknown_authority(language),
        Fault::OtherName => t::set_fault_other_name(language),
        Fault::Expired => t::set_fault_expired(language),
        Fault::Tls => t::set_fault_tls(language),
        Fault::NoMechanism => t::set_fault_no_mechanism(language),
        Fault::StarttlsRefused => t::set_fault_starttls_refused(language),
        Fault::Injected => t::set_fault_injected(language),
        Fault::ClearPassword => t::set_fault_clear_password(language),
        Fault::Refused => t::set_fault_refused(language),
        Fault::OutOfTurn => t::set_fault_turn(language),
        Fault::Ended => t::set_fault_ended(language),
        Fault::Slow => t::set_fault_slow(language),
        Fault::Message(_) => t::set_fault_message(language),
    };
    words.to_owned()
}

/// A step: what it was, what became of it, and what the server said.
pub(in crate::pages) fn row(language: Language, stepped: &Stepped) -> impl IntoView + use<> {
    let (class, path, words) = match &stepped.outcome {
        Outcome::Done => ("st ok", icon::OK, t::set_step_done(language).to_owned()),
        Outcome::Skipped => ("st none", icon::RIGHT, t::set_step_skipped(language).to_owned()),
        Outcome::Failed(why) => ("st crit", icon::CRITICAL, fault(language, why)),
    };
    view! {
        <li>
            <span class=class><Icon path=path/>{name(language, stepped.step)}</span>
            <span class="set-words">
                <span>{words}</span>
                <code>{stepped.words.clone()}</code>
            </span>
        </li>
    }
}
