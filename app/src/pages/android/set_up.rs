//! How phones fresh from their box are set up: said honestly before it is switched on, and what is still missing after.

use crate::{
    AppError,
    api::{
        android::{Android, android_set},
        settings::Password,
    },
    pages::apple::{Section, again},
    text::{self, t},
    ui::{
        announce::announcer,
        dialog::land,
        flow::{Erased, Show, boxed, effect, look, spawn},
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    package::NotReady,
    settings::{InvalidSetting, SetUp as Chosen},
};

/// What is missing for the code, if it is switched on.
fn missing(language: Language, there: &Android) -> Option<String> {
    let name = there.set_up.package.clone().unwrap_or_else(|| there.agent.clone());
    match there.missing? {
        NotReady::Off => None,
        NotReady::Address => Some(t::and_missing_address(language).to_owned()),
        NotReady::Package => Some(t::and_missing_package(language, name)),
        NotReady::Receiver => Some(t::and_missing_receiver(language, name)),
    }
}

/// A text that may be left out.
fn said(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[derive(Clone, Copy)]
struct Form {
    language: Language,
    kept: RwSignal<Chosen>,
    typed: RwSignal<Chosen>,
    has_password: RwSignal<bool>,
    password: RwSignal<String>,
    refused: RwSignal<Option<InvalidSetting>>,
}

impl Form {
    fn changed(self) -> bool {
        look!(self.password, |p| !p.is_empty())
            || look!(self.typed, |typed| look!(self.kept, |kept| typed != kept))
    }

    fn put(self, change: impl FnOnce(&mut Chosen)) {
        self.refused.set(None);
        self.typed.update(change);
    }
}

/// A line of text with its label, its help, and what is wrong with it.
#[component]
fn Line(
    form: Form,
    id: &'static str,
    label: &'static str,
    help: &'static str,
    problem: InvalidSetting,
    get: fn(&Chosen) -> Option<String>,
    put: fn(&mut Chosen, Option<String>),
    /// What stands there while nothing is typed.
    #[prop(into)]
    empty: Signal<String>,
    /// The id of a list of what may be meant.
    #[prop(optional)]
    list: Option<&'static str>,
) -> impl IntoView {
    let wrong = move || form.refused.get() == Some(problem);
    let value = move || look!(form.typed, |typed| get(typed).unwrap_or_default());
    view! {
        <div class="set-field">
            <label for=id>{label}</label>
            <input class="input" id=id type="text" autocomplete="off" spellcheck="false" list=list placeholder=move || empty.get()
                aria-describedby=format!("{id}-below") aria-invalid=move || wrong().then_some("true")
                prop:value=value on:input=boxed(move |e| { let text = said(&event_target_value(&e)); form.put(|typed| put(typed, text)); })/>
            <div id=format!("{id}-below")>
                <Show when=wrong><p class="set-error">{text::setting(form.language, problem)}</p></Show>
                <p class="set-help">{help}</p>
            </div>
        </div>
    }
    .erased()
}

#[component]
fn Tick(
    form: Form,
    label: &'static str,
    get: fn(&Chosen) -> bool,
    put: fn(&mut Chosen, bool),
) -> impl IntoView {
    let on = move || look!(form.typed, |typed| get(typed));
    view! {
        <label class="ticked-line">
            <input type="checkbox" prop:checked=on checked=untrack(on) on:change=boxed(move |e| { let is = event_target_checked(&e); form.put(|typed| put(typed, is)); })/>{label}
        </label>
    }
    .erased()
}

/// The network over which the package comes; its password is only ever written.
#[component]
fn Network(form: Form) -> impl IntoView {
    let language = form.language;
    let wrong = move || form.refused.get() == Some(InvalidSetting::SetUpPassword);
    // A password is of one network: another one does not get it.
    let other = move || look!(form.typed, |typed| look!(form.kept, |kept| typed.wifi != kept.wifi));
    let goes = move || form.has_password.get() && other() && look!(form.password, |p| p.is_empty());
    let empty = move || if form.has_password.get() && !other() { t::and_password_kept(language) } else { "" };
    view! {
        <div class="row2">
            <Line form=form id="and-wifi" label=t::and_wifi(language) help=t::and_wifi_help(language) problem=InvalidSetting::SetUpWifi
                get=|s| s.wifi.clone() put=|s, text| s.wifi = text empty=""/>
            <div class="set-field">
                <label for="and-password">{t::and_password(language)}</label>
                <input class="input" id="and-password" type="password" autocomplete="new-password" placeholder=empty
                    aria-describedby="and-password-below" aria-invalid=move || wrong().then_some("true")
                    prop:value=move || form.password.get() on:input=boxed(move |e| { form.refused.set(None); form.password.set(event_target_value(&e)); })/>
                <div id="and-password-below">
                    <Show when=wrong><p class="set-error">{t::and_bad_password(language)}</p></Show>
                    <Show when=goes><p class="set-error">{t::and_password_goes(language)}</p></Show>
                    <p class="set-help">{t::and_password_help(language)}</p>
                </div>
            </div>
        </div>
    }
    .erased()
}

/// What Google's set-up does with it: before anybody resets a phone.
#[component]
fn Honest() -> impl IntoView {
    let language = text::language();
    view! {
        <div class="note warn">
            <div>
                <b>{t::and_honest(language)}</b>
                <ul class="apl-told">
                    <li>{t::and_honest_google(language)}</li>
                    <li>{t::and_honest_appeal(language)}" "<a class="link" href="https://support.google.com/work/android/answer/16694822" rel="noreferrer" target="_blank">{t::and_honest_link(language)}</a></li>
                    <li>{t::and_honest_without(language)}</li>
                    <li>{t::and_honest_try(language)}</li>
                </ul>
            </div>
        </div>
    }
    .erased()
}

#[component]
pub(super) fn SetUp(there: RwSignal<Option<Android>>) -> impl IntoView {
    let language = text::language();
    let now = there.get_untracked();
    let kept = now.as_ref().map(|n| n.set_up.clone()).unwrap_or_default();
    let form = Form {
        language,
        kept: RwSignal::new(kept.clone()),
        typed: RwSignal::new(kept),
        has_password: RwSignal::new(now.is_some_and(|n| n.has_password)),
        password: RwSignal::new(String::new()),
        refused: RwSignal::new(None),
    };
    // What changed elsewhere is taken up unless somebody is typing here.
    effect(move || {
        let Some(found) = there.get() else { return };
        form.has_password.set(found.has_password);
        if !untrack(|| form.changed()) {
            form.typed.set(found.set_up.clone());
            form.kept.set(found.set_up);
        }
    });
    let (problem, busy, say) = (RwSignal::new(None::<String>), RwSignal::new(false), announcer());
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (typed, password) = (form.typed.get_untracked(), form.password.get_untracked());
        let password = if password.is_empty() { Password::Keep } else { Password::Set(password) };
        busy.set(true);
        spawn(async move {
            match android_set(typed.clone(), password).await {
                Ok(()) => {
                    problem.set(None);
                    form.kept.set(typed);
                    form.password.set(String::new());
                    say.done(t::and_saved(language));
                    again();
                }
                Err(AppError::Setting { problem }) => {
                    form.refused.set(Some(problem));
                    land(vec!["[aria-invalid=true]".to_owned()]);
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    let is_missing = move || look!(there, |there| there.as_ref().and_then(|there| missing(language, there)));
    let is_ready = move || look!(there, |there| there.as_ref().is_some_and(|there| there.missing.is_none()));
    let agent = Signal::derive(move || {
        look!(there, |there| there.as_ref().map(|t| t.agent.clone()).unwrap_or_default())
    });
    // Those that can own a phone.
    let named = move || {
        look!(there, |there| {
            let all = there.iter().flat_map(|there| &there.packages).filter(|s| s.package.receiver.is_some());
            all.map(|s| view! { <option value=s.package.name.clone()></option> }).collect_view()
        })
    };
    view! {
        <Section title=t::and_owned(language) about=t::and_owned_about(language)>
            <Honest/>
            <form class="stack" novalidate on:submit=boxed(save)>
                <Tick form=form label=t::and_offered(language) get=|s| s.offered put=|s, on| s.offered = on/>
                <Show when=move || is_missing().is_some()><p class="note warn"><span>{move || is_missing()}</span></p></Show>
                <Show when=is_ready><p class="set-help" role="status">{t::and_ready(language)}</p></Show>
                <Tick form=form label=t::and_mailed(language) get=|s| s.mailed put=|s, on| s.mailed = on/>
                <Line form=form id="and-package" label=t::and_package(language) help=t::and_package_help(language) problem=InvalidSetting::SetUpPackage
                    get=|s| s.package.clone() put=|s, text| s.package = text empty=agent list="and-packages"/>
                <datalist id="and-packages">{named}</datalist>
                <Network form=form/>
                <Tick form=form label=t::and_keep(language) get=|s| s.keep_apps put=|s, on| s.keep_apps = on/>
                <div class="row2">
                    <Line form=form id="and-locale" label=t::and_locale(language) help=t::and_locale_help(language) problem=InvalidSetting::SetUpLocale
                        get=|s| s.locale.clone() put=|s, text| s.locale = text empty=""/>
                    <Line form=form id="and-zone" label=t::and_zone(language) help=t::and_zone_help(language) problem=InvalidSetting::SetUpTimeZone
                        get=|s| s.time_zone.clone() put=|s, text| s.time_zone = text empty=""/>
                </div>
                <Problem problem=problem/>
                <div class="end"><button class="btn primary" disabled=move || busy.get() || !form.changed()>{t::save(language)}</button></div>
            </form>
        </Section>
    }
    .erased()
}
