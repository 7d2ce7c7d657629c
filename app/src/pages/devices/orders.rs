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
        dialog,
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
    device::Platform,
    ports::ProfileRow,
};

/// What it does, for who is about to press the button.
pub(super) fn explained(language: Language, kind: CommandKind, name: &str, android: bool) -> String {
    match kind {
        CommandKind::Lock if android => t::ord_lock_agent(language, name),
        CommandKind::Lock => t::ord_lock(language, name),
        CommandKind::Unlock => t::ord_unlock(language, name),
        CommandKind::ResetPassword => t::ord_reset_password(language, name),
        CommandKind::RunApp => t::ord_run_app(language, name),
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
                // What closes the dialog gives the focus back to what has it now; this row is hidden by then.
                dialog::focus(".orders summary");
            }
            chosen.set(Some(what));
        };
        let reason = why.map(|why| text::impossible(language, why)).unwrap_or_default();
        let id = format!("why-{}", what.name());
        view! {
            <li>
                <button type="button" class=class disabled=why.is_some() aria-describedby=id.clone() on:click=boxed(press)>{text::command(language, what)}</button>
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
pub(super) struct Typed {
    message: String,
    phone: String,
    name: String,
    keep_data_plan: bool,
    password: String,
    package: String,
    /// The place of the chosen profile in its list.
    choice: String,
    /// What confirms it: the device's name, or how many they are.
    pub(super) named: String,
}

/// A profile that can be chosen.
#[derive(Clone, Debug)]
pub(super) enum Choice {
    /// To be installed.
    Uploaded(ProfileRow),
    /// To be removed.
    Installed(Held),
}

impl Choice {
    fn name(&self) -> &str {
        match self {
            Self::Uploaded(row) => &row.name,
            Self::Installed(held) => &held.name,
        }
    }

    fn order(&self) -> Order {
        match self {
            Self::Uploaded(row) => Order::InstallProfile { profile: row.id, name: row.name.clone() },
            Self::Installed(held) => {
                Order::RemoveProfile { identifier: held.id.clone(), name: held.name.clone() }
            }
        }
    }
}

impl Typed {
    /// Nothing is typed yet; an eSIM stays unless somebody says otherwise.
    pub(super) fn fresh() -> Self {
        Self { keep_data_plan: true, ..Self::default() }
    }

    /// The order; none if there is still something to choose.
    pub(super) fn order(&self, kind: CommandKind, choices: &[Choice]) -> Option<Order> {
        let (message, phone) = (filled(&self.message), filled(&self.phone));
        Some(match kind {
            CommandKind::Lock => Order::Lock { message, phone },
            CommandKind::LostMode => Order::LostMode { message, phone },
            CommandKind::Rename => Order::Rename { name: self.name.clone() },
            CommandKind::Erase => Order::Erase { keep_data_plan: self.keep_data_plan },
            CommandKind::ResetPassword => Order::ResetPassword { password: self.password.clone() },
            CommandKind::RunApp => Order::RunApp { package: self.package.trim().to_owned() },
            CommandKind::InstallProfile | CommandKind::RemoveProfile => {
                choices.get(self.choice.parse::<usize>().ok()?)?.order()
            }
            what => Order::Plain { what },
        })
    }
}

/// What a kind of command needs to know.
#[component]
pub(super) fn Fields(
    #[prop(into)] kind: Signal<Option<CommandKind>>,
    typed: RwSignal<Typed>,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    /// The label of the field that confirms what cannot be undone.
    #[prop(into)]
    confirm: Signal<String>,
    /// Whether it is for an Android, which has no eSIM that could stay.
    #[prop(into)]
    android: Signal<bool>,
) -> impl IntoView {
    let language = text::language();
    let is = move |kinds: &'static [CommandKind]| move || kind.get().is_some_and(|k| kinds.contains(&k));
    let grave = move || kind.get().is_some_and(CommandKind::is_grave);
    let put = move |change: fn(&mut Typed, String)| {
        boxed(move |e: web_sys::Event| typed.update(|t| change(t, event_target_value(&e))))
    };
    let numbered = move || {
        let names = look!(choices, |all| all.iter().map(|c| c.name().to_owned()).collect::<Vec<_>>());
        names.into_iter().enumerate().collect::<Vec<_>>()
    };
    let none = move || look!(choices, |all| all.is_empty());
    view! {
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
        <Show when=is(&[CommandKind::ResetPassword])>
            <label>{t::ord_password(language)}
                <input class="input" required minlength="4" maxlength="16" autocomplete="off" spellcheck="false" prop:value=move || look!(typed, |t| t.password.clone()) on:input=put(|t, v| t.password = v)/>
            </label>
        </Show>
        <Show when=is(&[CommandKind::RunApp])>
            <label>{t::ord_package(language)}
                <input class="input" required maxlength="255" autocomplete="off" spellcheck="false" placeholder="com.android.chrome" prop:value=move || look!(typed, |t| t.package.clone()) on:input=put(|t, v| t.package = v)/>
            </label>
        </Show>
        <Show when=move || kind.get() == Some(CommandKind::Erase) && !android.get()>
            <label class="ticked-line"><input type="checkbox" prop:checked=move || look!(typed, |t| t.keep_data_plan) on:change=boxed(move |e| typed.update(|t| t.keep_data_plan = event_target_checked(&e)))/>{t::ord_keep_plan(language)}</label>
        </Show>
        <Show when=is(&[CommandKind::InstallProfile, CommandKind::RemoveProfile])>
            <label>{t::ord_profile(language)}
                <select class="input" required prop:value=move || look!(typed, |t| t.choice.clone()) on:change=put(|t, v| t.choice = v)>
                    <option value="">{move || if none() { t::ord_no_profile(language) } else { "" }}</option>
                    <For each=numbered key=|(n, name)| format!("{n} {name}") let(choice)>
                        <option value=choice.0.to_string()>{choice.1.clone()}</option>
                    </For>
                </select>
            </label>
        </Show>
        <Show when=grave>
            <label>{move || confirm.get()}
                <input class="input" required autocomplete="off" spellcheck="false" prop:value=move || look!(typed, |t| t.named.clone()) on:input=put(|t, v| t.named = v)/>
            </label>
        </Show>
    }
    .erased()
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
        typed.set(Typed::fresh());
        if *kind == CommandKind::Rename {
            let name = device.get_untracked().map(|(_, name)| name).unwrap_or_default();
            typed.update(|t| t.name = name);
        }
        problem.set(None);
    });
    let choices = RwSignal::new(Vec::<Choice>::new());
    effect(move || {
        let (kind, device) = (chosen.get(), device.get_untracked());
        choices.set(Vec::new());
        spawn(async move {
            match (kind, device) {
                (Some(CommandKind::InstallProfile), _) => choices.set(uploaded().await),
                (Some(CommandKind::RemoveProfile), Some((id, _))) => {
                    let all = device_lists(id).await.ok().and_then(|l| l.profiles).map(|(_, all)| all);
                    let managed = all.unwrap_or_default().into_iter().filter(|p| p.managed);
                    choices.set(managed.map(Choice::Installed).collect());
                }
                _ => {}
            }
        });
    });
    let (say, version) = (announcer(), live().version);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(what), Some((id, name))) = (chosen.get_untracked(), device.get_untracked()) else { return };
        let order = choices.with_untracked(|all| typed.with_untracked(|t| t.order(what, all)));
        let Some(order) = order else {
            problem.set(Some(t::ord_choose(language).to_owned()));
            return;
        };
        let named = typed.with_untracked(|t| filled(&t.named)).filter(|_| what.is_grave());
        busy.set(true);
        spawn(async move {
            match device_order(id, order, named).await {
                Ok(()) => {
                    open.set(false);
                    say.done(t::ord_said(language, text::command(language, what), name));
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    let name = move || device.get().map(|(_, name)| name).unwrap_or_default();
    // Many are called alike: whose it is, and its serial number, tell them apart.
    let which = move || {
        look!(shown, |s| s.as_ref().map(|f| {
            let serial = f.device.facts.serial.clone().map(|serial| t::ord_serial(language, serial));
            [Some(f.device.owner_name.clone()), f.device.facts.model.clone(), serial]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ")
        }))
        .unwrap_or_default()
    };
    let title = Signal::derive(move || {
        chosen.get().map(|k| text::command(language, k)).unwrap_or_default().to_owned()
    });
    let android = Signal::derive(move || {
        look!(shown, |s| s.as_ref().is_some_and(|f| f.device.platform == Platform::Android))
    });
    let text =
        move || chosen.get().map(|k| explained(language, k, &name(), android.get())).unwrap_or_default();
    let grave = move || chosen.get().is_some_and(CommandKind::is_grave);
    let class = move || if grave() { "btn danger" } else { "btn primary" };
    let confirm = Signal::derive(move || t::ord_type_name(language, name()));
    view! {
        <Modal open=open title=title>
            <form class="stack" on:submit=boxed(send)>
                // Made with each opening: what the server wrote of a closed dialog is taken for what it is, and would stay empty.
                <Show when=move || chosen.get().is_some()><p class="which">{which}</p></Show>
                <p class="muted">{text}</p>
                <Problem problem=problem/>
                <Fields kind=chosen typed=typed choices=choices confirm=confirm android=android/>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                    <button class=class disabled=move || busy.get()>{move || title.get()}</button>
                </div>
            </form>
        </Modal>
    }
    .erased()
}

/// The profiles that can be installed.
pub(super) async fn uploaded() -> Vec<Choice> {
    profiles_list().await.unwrap_or_default().into_iter().map(Choice::Uploaded).collect()
}
