//! What Muster may do on iPhones and iPads: the rights that the profile asks for, and that its person reads before it is
//! installed.

use super::{Section, again};
use crate::{
    api::profiles::{apple_rights, apple_rights_set},
    text::{self, t},
    ui::{
        announce::announcer,
        fetch::Fetched,
        flow::{Erased, Wait, boxed, spawn},
        live::live,
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{Language, settings::ALL_RIGHTS};

/// Bits of the rights, and their words.
type Right = (u32, fn(Language) -> &'static str);

/// The rights that can be given up, with what needs them; each stands for what goes with it.
const RIGHTS: [Right; 9] = [
    (16, t::rgt_device),
    (32, t::rgt_network),
    (1 | 64, t::rgt_profiles),
    (2 | 128, t::rgt_install),
    (256, t::rgt_apps),
    (512 | 1024, t::rgt_security),
    (4, t::rgt_lock),
    (8, t::rgt_erase),
    (2048 | 4096, t::rgt_settings),
];

#[component]
pub(super) fn Rights() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let fetched = Fetched::new(move || version.get(), |_| apple_rights());
    let (kept, chosen) = (RwSignal::new(ALL_RIGHTS), RwSignal::new(None::<u32>));
    let (problem, busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let take = move || {
        if let Some(Ok(found)) = fetched.get() {
            kept.set(found);
        }
    };
    let now = move || chosen.get().unwrap_or_else(|| kept.get());
    let turn = move |bits: u32, on: bool| {
        let before = untrack(now);
        let mut after = if on { before | bits } else { before & !bits };
        // What installs profiles looks at them, too: a device refuses one without the other.
        if on && bits & 2 != 0 {
            after |= 1 | 64;
        }
        if !on && bits & 1 != 0 {
            after &= !(2 | 128);
        }
        chosen.set(Some(after));
    };
    let say = announcer();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let rights = untrack(now);
        busy.set(true);
        spawn(async move {
            match apple_rights_set(rights).await {
                Ok(()) => {
                    problem.set(None);
                    kept.set(rights);
                    chosen.set(None);
                    say.done(t::rgt_saved(language));
                    again();
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    let boxes = RIGHTS.map(|(bits, words)| {
        let on = move || now() & bits == bits;
        view! {
            <label class="ticked-line">
                <input type="checkbox" prop:checked=on checked=untrack(on) on:change=boxed(move |e| turn(bits, event_target_checked(&e)))/>{words(language)}
            </label>
        }
    });
    view! {
        <Section title=t::rgt_title(language) about=t::rgt_about(language)>
            <Wait take=take>
                <form class="stack" on:submit=boxed(save)>
                    <div class="rights">{boxes}</div>
                    <Problem problem=problem/>
                    <div class="end"><button class="btn" disabled=move || busy.get() || now() == kept.get()>{t::save(language)}</button></div>
                </form>
            </Wait>
        </Section>
    }
    .erased()
}
