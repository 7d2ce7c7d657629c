//! A user's window: details, devices, messages with their history, and Send instructions for this one person.

use super::{
    PATH,
    person::{Edited, Person},
    send::{Send, Sheets, tongue},
    story::Stories,
};
use crate::{
    AppError,
    api::{
        devices::devices_list,
        invitations::{Story, user_messages},
        users::{user_delete, user_get},
    },
    text::{self, t},
    ui::{
        announce::announcer,
        confirm::Confirm,
        desk::{self, Desk},
        fetch::Fetched,
        flow::{Erased, For, Show, Wait, boxed, effect, look, spawn},
        help::Help,
        icon::{self, Icon},
        list::{Rows, merge, query_value},
        live::live,
        moment,
        once::once,
        parts::{Back, address},
        problem::Problem,
        role::may,
        skeleton::Bones,
        status::StatusView,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_params_map},
};
use muster_domain::{
    DeviceId, Language, UserId,
    account::Permission,
    device::Device,
    query::{DeviceQuery, LeaveOut, Selection, Window},
    user::UserRow,
};

/// All that stands in the window.
type Whole = (UserRow, Vec<Device>, Vec<Story>);

async fn whole(id: Option<UserId>) -> Result<Whole, AppError> {
    let id = id.ok_or_else(|| AppError::NotFound.told())?;
    let user = user_get(id).await?;
    let window = Window { page: 1, size: 200 };
    let devices = devices_list(DeviceQuery { owner: Some(id), window, ..DeviceQuery::default() }).await?;
    Ok((user, devices.page.rows, user_messages(id).await?))
}

#[component]
pub(crate) fn UserWindow() -> impl IntoView {
    let language = text::language();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<UserId>().ok()));
    let (sending, deleting) = (RwSignal::new(false), RwSignal::new(false));
    let version = live().version_unless(deleting);
    let shown = Fetched::new(move || (id.get(), version.get()), |(id, _)| whole(id));
    let user = RwSignal::new(None::<UserRow>);
    let devices: Rows<DeviceId, Device> = RwSignal::new(Vec::new());
    let stories = RwSignal::new(Vec::<Story>::new());
    let (problem, gone) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let take = move || match shown.get() {
        Some(Ok((row, owned, told))) => {
            problem.set(None);
            gone.set(false);
            merge(devices, owned, |d| d.id);
            stories.set(told);
            user.set(Some(row));
        }
        Some(Err(AppError::NotFound)) => gone.set(true),
        // What was there stays; the reason stands above it.
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    };
    let name = move || look!(user, |u| u.as_ref().map(|u| u.name.clone()).unwrap_or_default());
    let title = move || if gone.get() { t::users_gone(language).to_owned() } else { name() };
    let desk = Desk::new();
    // The window of the person before may still stand when the address names the next one.
    let here = use_location().pathname;
    let meant = move |user: &UserRow| look!(here, |here| here.ends_with(&user.id.to_string()));
    let ready = Signal::derive(move || look!(user, |user| user.as_ref().is_some_and(meant)));
    once("send", ready, move || sending.set(true));
    let edited = RwSignal::new(None::<Edited>);
    let edit = Callback::new(move |()| edited.set(user.with_untracked(|u| u.as_ref().map(Edited::of))));
    view! {
        <Title text=title/>
        <main class="main person">
            <Back to=PATH label=t::users(language)/>
            <desk::Dialogs desk=desk/>
            <Dialogs id=id user=user devices=devices stories=stories sending=sending deleting=deleting edited=edited/>
            <Problem problem=problem/>
            <Wait take=take bones=Bones::Window>
                <Show when=move || gone.get()>
                    <div class="empty"><h1 tabindex="-1">{t::users_gone(language)}</h1><span>{t::users_gone_text(language)}</span>
                        <a class="link" href=PATH>{t::users_back(language)}</a></div>
                </Show>
                <Show when=move || !gone.get() && user.read().is_some()>
                    <Head user=user sending=sending deleting=deleting edit=edit/>
                    <Details user=user/>
                    <Devices devices=devices/>
                    <Stories user=user stories=stories desk=desk/>
                </Show>
            </Wait>
        </main>
    }
    .erased()
}

/// The dialogs, apart from what is fetched, so that a live change leaves them alone.
#[component]
fn Dialogs(
    id: Memo<Option<UserId>>,
    user: RwSignal<Option<UserRow>>,
    devices: Rows<DeviceId, Device>,
    stories: RwSignal<Vec<Story>>,
    sending: RwSignal<bool>,
    deleting: RwSignal<bool>,
    edited: RwSignal<Option<Edited>>,
) -> impl IntoView {
    let language = text::language();
    let (invite, manage) = (may(Permission::Invite), may(Permission::Manage));
    let selection = Signal::derive(move || Selection::These { ids: id.get().into_iter().collect() });
    let name =
        Signal::derive(move || look!(user, |u| u.as_ref().map(|u| u.name.clone()).unwrap_or_default()));
    let problem = RwSignal::new(None::<String>);
    let (say, picked) = (announcer(), super::chosen().picked);
    let navigate = StoredValue::new(use_navigate());
    let delete = move || {
        let Some(id) = id.get_untracked() else { return };
        spawn(async move {
            match user_delete(id).await {
                // The question goes with the page: closed before, it would let the page ask for who is gone.
                Ok(()) => {
                    picked.update(|p| p.forget(id));
                    say.done(t::users_said_deleted(language, name.get_untracked()));
                    navigate.with_value(|go| go(PATH, NavigateOptions::default()));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    // "Add an address" in the Send dialog leads here with the form asked for.
    let asked = query_value("edit");
    effect(move || {
        if !asked.read().is_empty() && manage.get() && user.read().is_some() {
            edited.set(user.with_untracked(|u| u.as_ref().map(Edited::of)));
            let here = id.get_untracked().map(|id| format!("{PATH}/{id}")).unwrap_or_default();
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate.with_value(|go| go(&here, options));
        }
    });
    let lost = Signal::derive(move || {
        let names: Vec<String> =
            look!(devices, |d| d.iter().map(|(_, d)| look!(d, |d| d.name.clone())).collect());
        lost(language, &names, stories.with(Vec::len))
    });
    view! {
        <Show when=move || invite.get()>
            <Send selection=selection count=Signal::stored(1) nothing="" open=sending devices=true person=name note=RwSignal::new(String::new()) sent=|| {}/>
        </Show>
        <Show when=move || manage.get()>
            <Person edited=edited/>
            <Confirm open=deleting title=Signal::derive(move || t::users_delete_title(language, name.get())) text=lost action=t::delete(language) problem=problem confirmed=delete/>
        </Show>
    }
    .erased()
}

/// What goes with a person, by name.
fn lost(language: Language, devices: &[String], messages: usize) -> String {
    let mut parts = Vec::new();
    if !devices.is_empty() {
        parts.push(t::users_lost_devices(language, devices.len() as u64) + ": " + &devices.join(", "));
    }
    if messages > 0 {
        parts.push(t::users_lost_messages(language, messages as u64));
    }
    parts.push(t::users_lost_always(language).to_owned());
    parts.join("\n")
}

#[component]
fn Head(
    user: RwSignal<Option<UserRow>>,
    sending: RwSignal<bool>,
    deleting: RwSignal<bool>,
    edit: Callback<()>,
) -> impl IntoView {
    let language = text::language();
    let (invite, manage) = (may(Permission::Invite), may(Permission::Manage));
    let no_address = move || look!(user, |u| u.as_ref().is_some_and(|u| u.email.is_none()));
    let alone = Signal::derive(move || {
        let ids = look!(user, |u| u.iter().map(|u| u.id).collect());
        (Selection::These { ids }, LeaveOut::default())
    });
    view! {
        <div class="head">
            <h1 tabindex="-1">{move || look!(user, |u| u.as_ref().map(|u| u.name.clone()).unwrap_or_default())}</h1><Help page="users" about=t::users(language)/>
            <div class="end">
                <Show when=move || invite.get()>
                    <button class="btn primary" data-key="s" disabled=no_address on:click=boxed(move |_| sending.set(true))>
                        <Icon path=icon::MAIL/>{t::send_instructions(language)}
                    </button>
                </Show>
                <Show when=move || manage.get()>
                    <button class="btn" data-key="e" on:click=boxed(move |_| edit.run(()))>{t::users_edit(language)}</button>
                    <button class="btn danger" on:click=boxed(move |_| deleting.set(true))>{t::delete(language)}</button>
                </Show>
            </div>
        </div>
        <Show when=no_address>
            <div class="note warn"><Icon path=icon::WARNING/><div>{t::users_no_address(language)}
                <Show when=move || manage.get()>" "<button class="link" on:click=boxed(move |_| edit.run(()))>{t::users_add_address(language)}</button></Show>
                <Show when=move || invite.get()><Sheets people=alone count=Signal::stored(1)/></Show></div></div>
        </Show>
    }
    .erased()
}

#[component]
fn Details(user: RwSignal<Option<UserRow>>) -> impl IntoView {
    let language = text::language();
    let get = move |read: fn(&UserRow) -> String| {
        move || {
            look!(user, |u| u
                .as_ref()
                .map(read)
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| "—".into()))
        }
    };
    let mail_language = move || {
        let own = look!(user, |u| u.as_ref().and_then(|u| u.language));
        own.map_or_else(|| t::users_company_language(language), tongue)
    };
    let seen = move || {
        let at = look!(user, |u| u.as_ref().and_then(|u| u.last_seen));
        at.map_or_else(|| "—".to_owned(), |at| text::ago(language, at, moment::now()))
    };
    let email = get(|u| u.email.clone().unwrap_or_default());
    let status = move || {
        let (status, reasons) =
            look!(user, |u| u.as_ref().map(|u| (u.status, u.reasons.clone())).unwrap_or_default());
        view! { <StatusView status=status reasons=reasons/> }
    };
    view! {
        <dl class="facts card">
            <div><dt>{t::email(language)}</dt><dd>{move || address(&email())}</dd></div>
            <div><dt>{t::groups(language)}</dt><dd>{get(|u| u.groups.join(", "))}</dd></div>
            <div><dt>{t::users_mail_language(language)}</dt><dd>{mail_language}</dd></div>
            <div><dt>{t::status(language)}</dt><dd>{status}</dd></div>
            <div><dt>{t::last_seen(language)}</dt><dd>{seen}</dd></div>
        </dl>
    }
    .erased()
}

#[component]
fn Devices(devices: Rows<DeviceId, Device>) -> impl IntoView {
    let language = text::language();
    view! {
        <section aria-labelledby="owned">
            <h2 id="owned">{t::devices(language)}</h2>
            <div class="card">
                <table class="owned">
                    <thead><tr>
                        <th scope="col">{t::name(language)}</th>
                        <th scope="col">{t::platform(language)}</th>
                        <th scope="col">{t::status(language)}</th>
                        <th scope="col">{t::last_seen(language)}</th>
                    </tr></thead>
                    <tbody>
                        <For each=move || devices.get() key=|(id, _)| *id let((id, device))>
                            {
                                let device = RwSignal::from(device);
                                let model = move || look!(device, |d| d.facts.model.clone().filter(|m| *m != d.name).unwrap_or_default());
                                let runs = move || look!(device, |d| {
                                    format!("{} {}", text::platform(d.platform), d.facts.os_version.as_deref().unwrap_or_default())
                                });
                                view! {
                                    <tr>
                                        <td class="who"><a class="name" href=format!("/devices/{id}")>{move || look!(device, |d| d.name.clone())}</a><div class="sub">{model}</div></td>
                                        <td class="muted runs">{runs}</td>
                                        <td class="state">{move || look!(device, |d| view! { <StatusView status=Some(d.status) reasons=d.reasons.clone()/> })}</td>
                                        <td class="muted num seen" title=move || look!(device, |d| text::exact(language, d.last_seen))>{move || look!(device, |d| text::ago(language, d.last_seen, moment::now()))}</td>
                                    </tr>
                                }
                            }
                        </For>
                    </tbody>
                </table>
                <Show when=move || devices.read().is_empty()>
                    <div class="empty small"><b>{t::users_no_devices(language)}</b><span>{t::users_no_devices_text(language)}</span></div>
                </Show>
            </div>
        </section>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_before_deleting_names_what_is_lost() {
        let names = ["Pixel 8".to_owned(), "Galaxy S23".to_owned()];
        let en = lost(Language::En, &names, 3);
        assert!(
            en.contains("2 devices") && en.contains("Pixel 8, Galaxy S23") && en.contains("3 messages"),
            "{en}"
        );
        let ru = lost(Language::Ru, &[], 1);
        assert!(ru.contains("1 сообщение") && !ru.contains("устройств"), "{ru}");
    }
}
