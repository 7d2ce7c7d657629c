//! The three steps: the request, its signature, and Apple's answer; and the way of who has a certificate already.

use super::{
    Section, There, again,
    upload::{Files, For, Warned, Warnings},
};
use crate::{
    api::apple::{apple_request, apple_vendor_remove},
    text::{self, t},
    ui::{
        confirm::Confirm,
        flow::{Erased, Show, boxed, look, spawn},
        icon::{self, Icon},
        problem::Problem,
    },
    wire::ours,
};
use leptos::prelude::*;

/// Apple's portal.
const PORTAL: &str = "https://identity.apple.com/pushcert/";

/// Where a step stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Done,
    Now,
    Later,
}

fn has_request(there: There) -> bool {
    look!(there, |there| there.as_ref().is_some_and(|progress| progress.request.is_some()))
}

/// The serial number of the certificate that is there, by which Apple's portal names it.
fn serial(there: There) -> Option<String> {
    look!(there, |there| Some(there.as_ref()?.certificate.as_ref()?.serial.clone()))
}

#[component]
fn Step(number: u8, title: &'static str, stands: Memo<Stands>, children: Children) -> impl IntoView {
    let language = text::language();
    let words = move || match stands.get() {
        Stands::Done => t::apl_step_done(language),
        Stands::Now => t::apl_step_now(language),
        Stands::Later => t::apl_step_later(language),
    };
    view! {
        <li class="set-part apl-step" class:now=move || stands.get() == Stands::Now class:done=move || stands.get() == Stands::Done aria-current=move || (stands.get() == Stands::Now).then_some("step")>
            <div class="set-about">
                <h3><span class="apl-number" aria-hidden="true">{number.to_string()}</span>{title}</h3>
                <p class="muted small">
                    <Show when=move || stands.get() == Stands::Done><Icon path=icon::OK/></Show>{words}
                </p>
            </div>
            <div class="set-fields card">{children()}</div>
        </li>
    }
    .erased()
}

#[component]
pub(super) fn Steps(there: There) -> impl IntoView {
    let language = text::language();
    let first = Memo::new(move |_| if has_request(there) { Stands::Done } else { Stands::Now });
    let later = Memo::new(move |_| if has_request(there) { Stands::Now } else { Stands::Later });
    let renews = move || serial(there).map(|serial| t::apl_renew_text(language, serial)).unwrap_or_default();
    view! {
        <Show when=move || serial(there).is_some()>
            <div class="apl-renew"><h2>{t::apl_renew(language)}</h2><p class="muted">{renews}</p></div>
        </Show>
        <ol class="apl-steps">
            <Step number=1 title=t::apl_one(language) stands=first><Request there=there/></Step>
            <Step number=2 title=t::apl_two(language) stands=later><Signature there=there/></Step>
            <Step number=3 title=t::apl_three(language) stands=later><Answer there=there/></Step>
        </ol>
    }
    .erased()
}

#[component]
fn Request(there: There) -> impl IntoView {
    let language = text::language();
    let (busy, asks) = (RwSignal::new(false), RwSignal::new(false));
    let problem = RwSignal::new(None::<String>);
    let make = move || {
        busy.set(true);
        problem.set(None);
        spawn(async move {
            match apple_request().await {
                Ok(()) => {
                    asks.set(false);
                    again();
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    let made = move || {
        let at = look!(there, |there| there.as_ref().and_then(|progress| progress.request));
        at.map(|at| t::apl_made(language, text::moment(language, at)))
    };
    let word = move || if busy.get() { t::apl_making(language) } else { t::apl_make(language) };
    view! {
        <p class="set-help">{t::apl_one_text(language)}</p>
        <Show when=move || has_request(there) fallback=move || view! {
            <div><button type="button" class="btn primary" id="apl-make" disabled=move || busy.get() on:click=boxed(move |_| make())>{word}</button></div>
        }.into_any()>
            <p class="st ok"><Icon path=icon::OK/><span>{made}</span></p>
            <div><button type="button" class="btn" disabled=move || busy.get() on:click=boxed(move |_| asks.set(true))>{t::apl_again(language)}</button></div>
        </Show>
        <Problem problem=problem grave=true/>
        <Confirm open=asks title=t::apl_again_ask(language) text=t::apl_again_text(language) action=t::apl_again(language) off=busy problem=problem confirmed=move || make()/>
    }
    .erased()
}

#[component]
fn Signature(there: There) -> impl IntoView {
    let language = text::language();
    let vendor = move || look!(there, |there| there.as_ref().and_then(|progress| progress.vendor.clone()));
    let line = move || {
        vendor().map(|vendor| {
            let end = text::day(language, vendor.not_after);
            if vendor.holds {
                t::apl_own_there(language, end, &vendor.name)
            } else {
                t::apl_own_over(language, end, &vendor.name)
            }
        })
    };
    let holds = move || vendor().is_some_and(|vendor| vendor.holds);
    // The form goes away with the certificate that it takes; what is worth knowing of that stays.
    let warned = Warned::default();
    let can_sign = move || has_request(there) && vendor().is_some_and(|vendor| vendor.holds);
    let (asks, busy) = (RwSignal::new(false), RwSignal::new(false));
    let problem = RwSignal::new(None::<String>);
    let remove = move || {
        busy.set(true);
        spawn(async move {
            match apple_vendor_remove().await {
                Ok(()) => {
                    asks.set(false);
                    warned.set(Vec::new());
                    again();
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    view! {
        <p class="set-help">{t::apl_two_text(language)}</p>
        <div class="apl-way">
            <h4>{t::apl_else(language)}</h4>
            <p class="set-help">{t::apl_else_text(language)}</p>
            <Show when=move || has_request(there)>
                <div><a class="btn" rel="external" href=ours("/settings/apple/request.csr")>{t::apl_csr(language)}</a></div>
            </Show>
        </div>
        <div class="apl-way">
            <h4>{t::apl_own(language)}</h4>
            <p class="set-help">{t::apl_own_text(language)}</p>
            <Show when=move || vendor().is_some()>
                <p class="apl-held"><span>{line}</span><button type="button" class="link" on:click=boxed(move |_| asks.set(true))>{t::apl_own_remove(language)}</button></p>
            </Show>
            <Show when=can_sign>
                <form method="post" action=ours("/settings/apple/request.plist")><button class="btn primary">{t::apl_signed(language)}</button></form>
            </Show>
            <Show when=holds fallback=move || view! { <Files to=For::Vendor id="apl-vendor" there=there warned=warned/> }.into_any()><Warnings of=warned/></Show>
        </div>
        <Confirm open=asks title=t::apl_own_remove_ask(language) text=t::apl_own_remove_text(language) action=t::apl_own_remove(language) off=busy problem=problem confirmed=move || remove()/>
    }
    .erased()
}

#[component]
fn Answer(there: There) -> impl IntoView {
    let language = text::language();
    let choose = move || match serial(there) {
        Some(serial) => t::apl_three_renew(language, serial),
        None => t::apl_three_create(language).to_owned(),
    };
    view! {
        <ol class="apl-list">
            <li><a class="link" href=PORTAL target="_blank" rel="noopener noreferrer">{t::apl_three_open(language)}</a>" "{t::apl_three_sign(language)}</li>
            <li>{choose}</li>
            <li>{t::apl_three_drop(language)}</li>
        </ol>
        <Files to=For::Push id="apl-answer" there=there/>
    }
    .erased()
}

/// Who has a certificate with its key already.
#[component]
pub(super) fn Elsewhere(there: There) -> impl IntoView {
    let language = text::language();
    view! {
        <Section title=t::apl_have(language) about=t::apl_have_text(language)><Files to=For::Push id="apl-have" there=there/></Section>
    }
    .erased()
}
