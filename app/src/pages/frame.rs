//! The frame of every page: the side bar with counts, and the way out.

use crate::{
    api::session::{counts, me},
    text::{self, t},
    ui::{
        icon::{self, Icon},
        live::live,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use muster_domain::Language;

#[component]
pub(crate) fn Frame(children: Children) -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let me = Resource::new(|| (), |()| me());
    let counts = Resource::new(move || version.get(), |_| counts());
    let name = move || me.get().and_then(Result::ok).map(|m| m.workspace).unwrap_or_default();
    let initial = move || name().chars().next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let person = move || me.get().and_then(Result::ok).map(|m| m.name).unwrap_or_default();
    let count = move |pick: fn(&muster_domain::ports::Counts) -> u64| {
        counts.get().and_then(Result::ok).map(|c| pick(&c)).filter(|n| *n > 0)
    };
    let number = move |n: Option<u64>| n.map(|n| text::number(language, n)).unwrap_or_default();
    let other = match language {
        Language::En => Language::Ru,
        Language::Ru => Language::En,
    };
    view! {
        <div class="frame">
            <nav class="side" aria-label="Muster">
                <Transition>
                    <div class="space"><i>{initial}</i>{name}</div>
                </Transition>
                <Item href="/users" path=icon::USERS label=t::users(language)>
                    <Transition><b class="num">{move || number(count(|c| c.users))}</b></Transition>
                </Item>
                <Item href="/invitations" path=icon::MAIL label=t::invitations(language)>
                    <Transition><b class="crit">{move || count(|c| c.failed).map(|n| t::failed_count(language, n)).unwrap_or_default()}</b></Transition>
                </Item>
                <Item href="/devices" path=icon::DEVICE label=t::devices(language)>
                    <Transition><b class="num">{move || number(count(|c| c.devices))}</b></Transition>
                </Item>
                <Item href="/settings" path=icon::GEAR label=t::settings(language)><b></b></Item>
                <div class="account">
                    <form method="post" action="/session/language">
                        <button class="plain" name="language" value=other.tag() lang=other.tag()>{t::language_other(language)}</button>
                    </form>
                    <form method="post" action="/session/theme">
                        <button class="plain" aria-label=t::theme(language) title=t::theme(language)><Icon path=icon::HALF/></button>
                    </form>
                    <form method="post" action="/session/end">
                        <button class="plain"><Icon path=icon::OUT/><span>{t::sign_out(language)}</span></button>
                    </form>
                    <Transition><span class="who">{person}</span></Transition>
                </div>
            </nav>
            {children()}
        </div>
    }
    .into_any()
}

#[component]
fn Item(href: &'static str, path: &'static str, label: &'static str, children: Children) -> impl IntoView {
    let location = use_location();
    let here = move || location.pathname.with(|p| p.starts_with(href)).then_some("page");
    view! { <a href=href aria-current=here><Icon path=path/><span>{label}</span>{children()}</a> }
}
