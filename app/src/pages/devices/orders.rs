//! What a device can be told to do, and why not; and the question before each.

use super::window::Shown;
use crate::{
    api::{
        commands::{Able, Held, device_lists, device_order},
        profiles::profiles_list,
    },
    text::{self, t},
    ui::{
        announce::announcer,
        flow::{Erased, For, Show, boxed, effect, look, spawn},
        live::live,
        menu::closes,
        modal::{Modal, about},
        problem::Problem,
    },
};
use leptos::{html, prelude::*};
use muster_domain::{
    Language,
    command::{CommandKind, Impossible, Order},
    ports::ProfileRow,
};

/// What a kind of command is called.
pub(super) fn kind(language: Language, kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Report => t::cmd_report(language),
        CommandKind::DeviceInformation => t::cmd_device_information(language),
        CommandKind::SecurityInfo => t::cmd_security_info(language),
        CommandKind::ProfileList => t::cmd_profile_list(language),
        CommandKind::ApplicationList => t::cmd_application_list(language),
        CommandKind::CertificateList => t::cmd_certificate_list(language),
        CommandKind::Declarations => t::cmd_declarations(language),
        CommandKind::Lock => t::cmd_lock(language),
        CommandKind::ClearPasscode => t::cmd_clear_passcode(language),
        CommandKind::Restart => t::cmd_restart(language),
        CommandKind::ShutDown => t::cmd_shut_down(language),
        CommandKind::Rename => t::cmd_rename(language),
        CommandKind::Erase => t::cmd_erase(language),
        CommandKind::LostMode => t::cmd_lost_mode(language),
        CommandKind::EndLostMode => t::cmd_end_lost_mode(language),
        CommandKind::Locate => t::cmd_locate(language),
        CommandKind::PlaySound => t::cmd_play_sound(language),
        CommandKind::InstallProfile => t::cmd_install_profile(language),
        CommandKind::RemoveProfile => t::cmd_remove_profile(language),
        CommandKind::RenewIdentity => t::cmd_renew_identity(language),
        CommandKind::RemoveManagement => t::cmd_remove_management(language),
    }
}

/// What it does, for who is about to press the button.
fn explained(language: Language, kind: CommandKind, name: &str) -> String {
    match kind {
        CommandKind::Lock => t::ord_lock(language, name),
        CommandKind::ClearPasscode => t::ord_clear_passcode(language, name),
        CommandKind::Restart => t::ord_restart(language, name),
        CommandKind::ShutDown => t::ord_shut_down(language, name),
        CommandKind::Rename => t::ord_rename(language, name),
        CommandKind::Erase => t::ord_erase(language, name),
        CommandKind::LostMode => t::ord_lost_mode(language, name),
        CommandKind::EndLostMode => t::ord_end_lost_mode(language, name),
        CommandKind::Locate => t::ord_locate(language, name),
        CommandKind::PlaySound => t::ord_play_sound(language, name),
        CommandKind::InstallProfile => t::ord_install_profile(language, name),
        CommandKind::RemoveProfile => t::ord_remove_profile(language, name),
        CommandKind::RenewIdentity => t::ord_renew_identity(language, name),
        CommandKind::RemoveManagement => t::ord_remove_management(language, name),
        _ => String::new(),
    }
}

/// The menu of what can be told; what cannot stands there with its reason.
#[component]
pub(super) fn Menu(able: Signal<Able>, chosen: RwSignal<Option<CommandKind>>) -> impl IntoView {
    let language = text::language();
    let menu = NodeRef::<html::Details>::new();
    let key = closes(menu, ".orders summary");
    let rows =
        move || able.get().into_iter().filter(|(kind, _)| *kind != CommandKind::Report).collect::<Vec<_>>();
    let row = move |(what, why): (CommandKind, Option<Impossible>)| {
        let class = if what.is_grave() { "grave" } else { "" };
        let press = move |_| {
            if let Some(menu) = menu.get_untracked() {
                menu.set_open(false);
            }
            chosen.set(Some(what));
        };
        let reason = why.map(|why| text::impossible(language, why)).unwrap_or_default();
        let id = format!("why-{}", what.name());
        view! {
            <li>
                <button type="button" class=class disabled=why.is_some() aria-describedby=id.clone() on:click=boxed(press)>{kind(language, what)}</button>
                <span class="sub" id=id>{reason}</span>
            </li>
        }
    };
    view! {
        <details class="orders" node_ref=menu on:keydown=boxed(key)>
            <summary class="btn">{t::ord_menu(language)}</summary>
            <ul class="menu"><For each=rows key=|(kind, why)| format!("{} {}", kind.name(), why.is_some()) children=row/></ul>
        </details>
    }
    .erased()
}

/// What was typed and chosen for an order.
#[derive(Clone, Debug, Default)]
struct Typed {
    message: String,
    phone: String,
    name: String,
    keep_data_plan: bool,
    /// The place of the chosen profile in its list.
    choice: String,
    named: String,
}

fn filled(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|t| !t.trim().is_empty())
}

/// The question before a command.
#[component]
pub(super) fn Ask(shown: Shown, chosen: RwSignal<Option<CommandKind>>) -> impl IntoView {
    let language = text::language();
    let typed = RwSignal::new(Typed::default());
    let (problem, busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let device =
        Memo::new(move |_| look!(shown, |s| s.as_ref().map(|f| (f.device.id, f.device.name.clone()))));
    let open = about(chosen, move |kind| {
        typed.set(Typed { keep_data_plan: true, ..Typed::default() });
        if *kind == CommandKind::Rename {
            let name = device.get_untracked().map(|(_, name)| name).unwrap_or_default();
            typed.update(|t| t.name = name);
        }
        problem.set(None);
    });
    let uploaded = RwSignal::new(Vec::<ProfileRow>::new());
    let installed = RwSignal::new(Vec::<Held>::new());
    effect(move || {
        let (kind, device) = (chosen.get(), device.get_untracked());
        spawn(async move {
            match (kind, device) {
                (Some(CommandKind::InstallProfile), _) => {
                    uploaded.set(profiles_list().await.unwrap_or_default())
                }
                (Some(CommandKind::RemoveProfile), Some((id, _))) => {
                    let all = device_lists(id).await.ok().and_then(|l| l.profiles).map(|(_, all)| all);
                    installed.set(all.unwrap_or_default().into_iter().filter(|p| p.managed).collect());
                }
                _ => {}
            }
        });
    });
    let order = move |kind: CommandKind| {
        let typed = typed.get_untracked();
        let place = typed.choice.parse::<usize>().ok();
        Some(match kind {
            CommandKind::Lock => Order::Lock { message: filled(&typed.message), phone: filled(&typed.phone) },
            CommandKind::LostMode => {
                Order::LostMode { message: filled(&typed.message), phone: filled(&typed.phone) }
            }
            CommandKind::Rename => Order::Rename { name: typed.name },
            CommandKind::Erase => Order::Erase { keep_data_plan: typed.keep_data_plan },
            CommandKind::InstallProfile => uploaded.with_untracked(|all| {
                let row = all.get(place?)?;
                Some(Order::InstallProfile { profile: row.id, name: row.name.clone() })
            })?,
            CommandKind::RemoveProfile => installed.with_untracked(|all| {
                let held = all.get(place?)?;
                Some(Order::RemoveProfile { identifier: held.id.clone(), name: held.name.clone() })
            })?,
            what => Order::Plain { what },
        })
    };
    let (say, version) = (announcer(), live().version);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(what), Some((id, name))) = (chosen.get_untracked(), device.get_untracked()) else { return };
        let Some(order) = order(what) else {
            problem.set(Some(t::ord_choose(language).to_owned()));
            return;
        };
        let named = typed.with_untracked(|t| filled(&t.named)).filter(|_| what.is_grave());
        busy.set(true);
        spawn(async move {
            match device_order(id, order, named).await {
                Ok(()) => {
                    open.set(false);
                    say.done(t::ord_said(language, kind(language, what), name));
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    let is = move |kinds: &'static [CommandKind]| move || chosen.get().is_some_and(|k| kinds.contains(&k));
    let name = move || device.get().map(|(_, name)| name).unwrap_or_default();
    let title =
        Signal::derive(move || chosen.get().map(|k| kind(language, k)).unwrap_or_default().to_owned());
    let text = move || chosen.get().map(|k| explained(language, k, &name())).unwrap_or_default();
    let grave = move || chosen.get().is_some_and(CommandKind::is_grave);
    let class = move || if grave() { "btn danger" } else { "btn primary" };
    let put = move |change: fn(&mut Typed, String)| {
        boxed(move |e: web_sys::Event| typed.update(|t| change(t, event_target_value(&e))))
    };
    let chooses = is(&[CommandKind::InstallProfile, CommandKind::RemoveProfile]);
    let choices = move || match chosen.get() {
        Some(CommandKind::InstallProfile) => {
            look!(uploaded, |all| all.iter().map(|p| p.name.clone()).collect())
        }
        Some(CommandKind::RemoveProfile) => {
            look!(installed, |all| all.iter().map(|p| p.name.clone()).collect())
        }
        _ => Vec::new(),
    };
    let numbered = move || choices().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <Modal open=open title=title>
            <form class="stack" on:submit=boxed(send)>
                <p class="muted">{text}</p>
                <Problem problem=problem/>
                <Show when=is(&[CommandKind::Lock, CommandKind::LostMode])>
                    <label>{t::ord_message(language)}
                        <textarea class="input" rows="3" maxlength="500" prop:value=move || look!(typed, |t| t.message.clone()) on:input=put(|t, v| t.message = v)></textarea>
                    </label>
                    <label>{t::ord_phone(language)}
                        <input class="input" type="tel" maxlength="32" autocomplete="off" prop:value=move || look!(typed, |t| t.phone.clone()) on:input=put(|t, v| t.phone = v)/>
                    </label>
                </Show>
                <Show when=is(&[CommandKind::Rename])>
                    <label>{t::name(language)}
                        <input class="input" required maxlength="63" autocomplete="off" prop:value=move || look!(typed, |t| t.name.clone()) on:input=put(|t, v| t.name = v)/>
                    </label>
                </Show>
                <Show when=is(&[CommandKind::Erase])>
                    <label class="check"><input type="checkbox" prop:checked=move || look!(typed, |t| t.keep_data_plan) on:change=boxed(move |e| typed.update(|t| t.keep_data_plan = event_target_checked(&e)))/>{t::ord_keep_plan(language)}</label>
                </Show>
                <Show when=chooses>
                    <label>{t::ord_profile(language)}
                        <select class="input" required prop:value=move || look!(typed, |t| t.choice.clone()) on:change=put(|t, v| t.choice = v)>
                            <option value="">{move || if choices().is_empty() { t::ord_no_profile(language) } else { "" }}</option>
                            <For each=numbered key=|(n, name)| format!("{n} {name}") let(choice)>
                                <option value=choice.0.to_string()>{choice.1.clone()}</option>
                            </For>
                        </select>
                    </label>
                </Show>
                <Show when=grave>
                    <label>{move || t::ord_type_name(language, name())}
                        <input class="input" required autocomplete="off" spellcheck="false" prop:value=move || look!(typed, |t| t.named.clone()) on:input=put(|t, v| t.named = v)/>
                    </label>
                </Show>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class=class disabled=move || busy.get()>{move || title.get()}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}
