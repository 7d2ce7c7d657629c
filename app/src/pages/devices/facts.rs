//! What a device told about itself: battery, storage and protection first, then the rest.

use super::{
    window::Shown,
    words::{bytes, platform},
};
use crate::{
    api::devices::DeviceWindow,
    text::{self, t},
    ui::{
        flow::{Erased, look},
        parts::address,
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    device::{AppleFacts, HeadwindFacts, Place, Platform},
    ports::{DeviceConfiguration, NamedVersion},
};

/// A line of facts. It stays in the page and hides while it is empty, so that links beside it keep the focus.
#[component]
pub(in crate::pages) fn Fact(label: &'static str, #[prop(into)] value: Signal<String>) -> impl IntoView {
    view! {
        <div class="fact" hidden=move || value.read().is_empty()><dt>{label}</dt><dd>{move || value.get()}</dd></div>
    }
    .erased()
}

/// A part of what is shown, as a signal.
fn part(shown: Shown, get: impl Fn(&DeviceWindow) -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(move || look!(shown, |s| s.as_ref().map(&get).unwrap_or_default()))
}

fn battery(language: Language, found: &DeviceWindow) -> String {
    let facts = &found.device.facts;
    match (facts.battery_percent, facts.battery_charging) {
        (Some(percent), Some(true)) => t::dev_charging(language, percent),
        (Some(percent), _) => format!("{percent}\u{a0}%"),
        (None, _) => t::dev_not_told(language).to_owned(),
    }
}

fn protection(language: Language, found: &DeviceWindow) -> String {
    match found.device.facts.protection {
        Some(true) => t::dev_protection_on(language).to_owned(),
        Some(false) => t::dev_protection_off(language).to_owned(),
        // Of an iPhone there are passcode and encryption in its place.
        None if found.device.platform != Platform::Android => String::new(),
        // Headwind's agent has no word for it.
        None if found.device.facts.headwind.is_some() => String::new(),
        None => t::dev_not_told(language).to_owned(),
    }
}

/// What an iPhone or iPad told; empty for others.
fn apple(found: &DeviceWindow, words: impl Fn(&AppleFacts) -> Option<&'static str>) -> String {
    found.device.facts.apple.as_deref().and_then(words).unwrap_or_default().to_owned()
}

/// What a Headwind agent told; empty for others.
fn headwind(found: &DeviceWindow, words: impl Fn(&HeadwindFacts) -> Option<String>) -> String {
    found.device.facts.headwind.as_deref().and_then(words).unwrap_or_default()
}

/// Which configuration it has, and which it is to have; empty for devices without the agent.
fn configuration(language: Language, found: &DeviceWindow) -> String {
    if found.device.facts.headwind.is_none() {
        return String::new();
    }
    let words = |named: Option<&NamedVersion>| match named {
        Some(named) => t::dev_cfg_is(language, &named.name, named.version),
        None => t::dev_cfg_none(language).to_owned(),
    };
    let DeviceConfiguration { wanted, fetched } = &found.configuration;
    if wanted == fetched || found.device.left_at.is_some() {
        return words(fetched.as_ref());
    }
    t::dev_cfg_waits(language, words(fetched.as_ref()), words(wanted.as_ref()))
}

/// Where it was, and when.
fn at(language: Language, place: Place) -> String {
    format!("{} · {}", place.degrees(), text::moment(language, place.at))
}

fn imei(found: &DeviceWindow) -> Option<String> {
    let facts = &found.device.facts;
    let apple = facts.apple.as_deref().and_then(|apple| apple.imei.clone());
    apple.or_else(|| facts.headwind.as_deref().and_then(|its| its.imei.clone()))
}

fn yes_or_no(language: Language, told: Option<bool>) -> Option<&'static str> {
    told.map(|yes| if yes { t::dev_yes(language) } else { t::dev_no(language) })
}

fn passcode(language: Language, apple: &AppleFacts) -> Option<&'static str> {
    match (apple.passcode?, apple.passcode_compliant) {
        (false, _) => Some(t::reason_no_passcode(language)),
        (true, Some(false)) => Some(t::reason_passcode(language)),
        (true, _) => Some(t::dev_yes(language)),
    }
}

/// Until when its identity holds; Muster renews it before.
fn identity(language: Language, found: &DeviceWindow) -> String {
    let end = found.device.facts.apple.as_deref().and_then(|apple| apple.identity_ends);
    end.map(|end| text::day(language, end)).unwrap_or_default()
}

/// Free and all storage, if the device told both and they make sense.
fn storage(found: &DeviceWindow) -> Option<(u64, u64)> {
    let (free, total) = (found.device.facts.storage_free_bytes?, found.device.facts.storage_total_bytes?);
    (total > 0 && free <= total).then_some((free, total))
}

#[component]
pub(super) fn Health(shown: Shown) -> impl IntoView {
    let language = text::language();
    let room = Memo::new(move |_| look!(shown, |s| s.as_ref().and_then(storage)));
    let words = move || match room.get() {
        Some((free, total)) => t::dev_storage_free(language, bytes(language, free), bytes(language, total)),
        None => t::dev_not_told(language).to_owned(),
    };
    // Nor for storage.
    let tells = move || {
        let of_headwind = look!(shown, |s| s.as_ref().is_some_and(|s| s.device.facts.headwind.is_some()));
        room.read().is_some() || !of_headwind
    };
    // In thousandths, so that the numbers stay small.
    let used = move || {
        room.get().map_or(0, |(free, total)| (u128::from(total - free) * 1000 / u128::from(total)) as u32)
    };
    view! {
        <dl class="known">
            <Fact label=t::dev_battery(language) value=part(shown, move |f| battery(language, f))/>
            <div class="fact" hidden=move || !tells()>
                <dt>{t::dev_storage(language)}</dt>
                <dd>
                    <span>{words}</span>
                    <meter class="room" hidden=move || room.read().is_none() min="0" max="1000" high="950" optimum="0"
                        value=move || used().to_string() aria-label=t::dev_storage_used(language)></meter>
                </dd>
            </div>
            <Fact label=t::dev_protection(language) value=part(shown, move |f| protection(language, f))/>
            <Fact label=t::dev_passcode(language) value=part(shown, move |f| apple(f, |a| passcode(language, a)))/>
            <Fact label=t::dev_encrypted(language) value=part(shown, move |f| apple(f, |a| yes_or_no(language, a.data_protection)))/>
            <Fact label=t::dev_managed_by(language) value=part(shown, |f| f.device.facts.managed_by.clone().unwrap_or_default())/>
            <Fact label=t::last_seen(language) value=part(shown, move |f| text::moment(language, f.device.last_seen))/>
        </dl>
    }
    .erased()
}

#[component]
pub(super) fn Facts(shown: Shown) -> impl IntoView {
    let language = text::language();
    let fact =
        move |get: fn(&DeviceWindow) -> Option<String>| part(shown, move |f| get(f).unwrap_or_default());
    let owner = part(shown, |f| f.device.owner_name.clone());
    let email = part(shown, |f| f.device.owner_email.clone().unwrap_or_default());
    let owner_link = part(shown, |f| format!("/users/{}", f.device.owner));
    let message = part(shown, move |f| text::moment(language, f.invitation.created_at));
    let message_link = part(shown, |f| format!("/invitations/{}", f.device.invitation));
    view! {
        <dl class="known">
            <div class="fact">
                <dt>{t::owner(language)}</dt>
                <dd><a class="link" href=move || owner_link.get()>{move || owner.get()}</a><div class="sub">{move || address(&email.get())}</div></dd>
            </div>
            <Fact label=t::dev_manufacturer(language) value=fact(|f| f.device.facts.manufacturer.clone())/>
            <Fact label=t::model(language) value=fact(|f| f.device.facts.model.clone())/>
            <Fact label=t::dev_system(language) value=part(shown, |f| platform(&f.device))/>
            <Fact label=t::dev_agent(language) value=fact(|f| f.device.facts.agent_version.clone())/>
            <Fact label=t::dev_serial(language) value=fact(|f| f.device.facts.serial.clone())/>
            <Fact label=t::dev_imei(language) value=fact(imei)/>
            <Fact label=t::dev_phone(language) value=part(shown, |f| headwind(f, |h| h.phone.clone()))/>
            <Fact label=t::dev_number(language) value=part(shown, |f| headwind(f, |h| h.number.clone()))/>
            <Fact label=t::dev_owned(language) value=part(shown, move |f| headwind(f, |h| yes_or_no(language, h.owner).map(str::to_owned)))/>
            <Fact label=t::dev_launcher(language) value=part(shown, |f| headwind(f, |h| h.launcher.clone()))/>
            <Fact label=t::dev_configuration(language) value=part(shown, move |f| configuration(language, f))/>
            <Fact label=t::dev_place(language) value=part(shown, move |f| headwind(f, |h| h.place.map(|place| at(language, place))))/>
            <Fact label=t::dev_pin(language) value=fact(|f| f.commands.pin.clone())/>
            <Fact label=t::dev_supervised(language) value=part(shown, move |f| apple(f, |a| yes_or_no(language, a.supervised)))/>
            <Fact label=t::dev_identity(language) value=part(shown, move |f| identity(language, f))/>
            <Fact label=t::dev_hardware(language) value=fact(|f| f.invitation.hardware_id.clone())/>
            <Fact label=t::dev_own_name(language) value=fact(|f| f.device.facts.name.clone())/>
            <Fact label=t::dev_enrolled(language) value=part(shown, move |f| text::moment(language, f.device.enrolled_at))/>
            <Fact label=t::dev_left(language) value=part(shown, move |f| f.device.left_at.map(|at| text::moment(language, at)).unwrap_or_default())/>
            <div class="fact">
                <dt>{t::dev_message(language)}</dt>
                <dd><a class="link" href=move || message_link.get()>{move || message.get()}</a></dd>
            </div>
        </dl>
    }
    .erased()
}
