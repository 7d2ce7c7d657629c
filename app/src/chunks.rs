//! The console's code comes to the browser in parts: the first holds what all pages share, the others are fetched when the
//! first of their pages is opened. They are few: what two share becomes a part of its own, what three share too, and so on.
//!
//! The first page comes alive at once and not in steps, so its part is fetched before ([`arrive`]).

use crate::{
    pages::{
        account::MyAccount,
        accounts::Accounts,
        android::Android,
        apple::Apple,
        audit::Audit,
        configurations::{Configurations, editor::Editor},
        dashboard::Dashboard,
        devices::{Devices, many as many_devices, window::DeviceWindow},
        invitations::{Invitations, many as many_messages, window::InvitationWindow},
        mails::{Mails, one::OneMail},
        settings::Settings,
        users::{Users, groups::Groups, import::Import, window::UserWindow},
        wording::Wording,
    },
    palette,
    text::{self, t},
    ui::{
        bulk::JobCard,
        flow::{boxed, effect},
        late::Coming,
        live::live,
    },
};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use leptos_router::LazyRoute;
use wasm_bindgen::JsValue;

/// A page whose code is in a part: the type for its route, and the two functions that the part holds and fetches.
macro_rules! pages {
    ($($chunk:ident: $($page:ident, $make:ident, $fetch:ident = $view:expr),+;)+) => {
        $($(
            #[leptos::wasm_split::wasm_split($chunk, wasm_split_path = ::leptos::wasm_split, preload($fetch), fallible)]
            fn $make() -> Result<AnyView, SplitLoaderError> {
                Ok($view.into_any())
            }

            #[doc = concat!("The route of [`", stringify!($make), "`].")]
            pub(crate) struct $page;

            impl $page {
                /// Fetches its part; whether it is there.
                async fn fetch() -> bool {
                    $fetch().await.is_ok()
                }
            }

            impl LazyRoute for $page {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    $make().await.unwrap_or_else(|_| anew())
                }

                async fn preload() {
                    // What is missing is fetched again when it is needed.
                    Self::fetch().await;
                }
            }
        )+)+
    };
}

pages! {
    users:
        UsersPage, users_page, fetch_users = view! { <Users/> };
    groups:
        GroupsPage, groups_page, fetch_groups = view! { <Groups/> };
    person:
        PersonPage, person_page, fetch_person = view! { <UserWindow/> };
    import:
        ImportPage, import_page, fetch_import = view! { <Import/> };
    devices:
        DevicesPage, devices_page, fetch_devices = view! { <Devices/> };
    device:
        DevicePage, device_page, fetch_device = view! { <DeviceWindow/> };
    messages:
        InvitationsPage, invitations_page, fetch_invitations = view! { <Invitations/> };
    message:
        InvitationPage, invitation_page, fetch_invitation = view! { <InvitationWindow/> },
        MailsPage, mails_page, fetch_mails = view! { <Mails/> },
        MailPage, mail_page, fetch_mail = view! { <OneMail/> };
    dashboard:
        DashboardPage, dashboard_page, fetch_dashboard = view! { <Dashboard/> };
    accounts:
        AccountsPage, accounts_page, fetch_accounts = view! { <Accounts/> },
        AccountPage, account_page, fetch_account = view! { <MyAccount/> },
        AuditPage, audit_page, fetch_audit = view! { <Audit/> };
    apple:
        ApplePage, apple_page, fetch_apple = view! { <Apple/> },
        AndroidPage, android_page, fetch_android = view! { <Android/> };
    configurations:
        ConfigurationsPage, configurations_page, fetch_configurations = view! { <Configurations/> },
        ConfigurationPage, configuration_page, fetch_configuration = view! { <Editor/> };
    settings:
        SettingsPage, settings_page, fetch_settings = view! { <Settings/> },
        WordingPage, wording_page, fetch_wording = view! { <Wording/> };
}

#[leptos::wasm_split::wasm_split(palette, wasm_split_path = ::leptos::wasm_split, preload(fetch_palette), fallible)]
fn palette_desk() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <palette::Desk/> }.into_any())
}

/// The command palette and the sheet of keys, when their part is there.
pub(crate) async fn palette() -> Result<AnyView, SplitLoaderError> {
    palette_desk().await
}

/// Views of the part of acts on messages and devices: the card of an act on many, and the questions before. It is one part,
/// since what they have in common is most of it.
macro_rules! acts {
    ($($made:ident = $make:ident($($arg:ident: $type:ty)?), $fetch:ident = $fetched:ident, $view:expr;)+) => {
        $(
            #[leptos::wasm_split::wasm_split(acts, wasm_split_path = ::leptos::wasm_split, preload($fetched), fallible)]
            fn $made($($arg: $type)?) -> Result<AnyView, SplitLoaderError> {
                Ok($view.into_any())
            }

            #[doc = concat!("Makes [`", stringify!($made), "`], at once if it is fetched.")]
            pub(crate) fn $make($($arg: $type)?) -> Coming<AnyView> {
                Box::pin($made($($arg)?))
            }

            #[doc = concat!("Fetches [`", stringify!($made), "`].")]
            pub(crate) fn $fetch() -> Coming<()> {
                Box::pin($fetched())
            }
        )+
    };
}

acts! {
    card_made = job_card(), job_card_there = fetch_card, view! { <JobCard/> };
    messages_made = message_questions(asked: many_messages::Asked), message_questions_there = fetch_message_questions,
        view! { <many_messages::Questions asked=asked/> };
    devices_made = device_questions(asked: many_devices::Asked), device_questions_there = fetch_device_questions,
        view! { <many_devices::Questions asked=asked/> };
}

/// Instead of a page whose part cannot be fetched, since the server is away or was upgraded: the way to load it anew.
fn anew() -> AnyView {
    let language = text::language();
    let load = || {
        let _ = window().location().reload();
    };
    // By itself once the server, which was away, is there again.
    let connected = live().connected;
    let mut lost = false;
    effect(move || {
        let is_open = connected.get();
        if lost && is_open {
            load();
        }
        lost |= !is_open;
    });
    let again = move |_| load();
    view! {
        <main class="main missing">
            <h1 tabindex="-1">{t::part_missing(language)}</h1>
            <p class="muted">{t::part_missing_text(language)}</p>
            <button class="btn primary" on:click=boxed(again)>{t::part_again(language)}</button>
        </main>
    }
    .into_any()
}

/// The parts, as [`part`] names them.
const PARTS: [&str; 15] = [
    "palette",
    "acts",
    "users",
    "groups",
    "person",
    "import",
    "devices",
    "device",
    "messages",
    "message",
    "dashboard",
    "accounts",
    "settings",
    "apple",
    "configurations",
];

/// The part that the page at this path is in.
pub(crate) fn part(path: &str) -> Option<&'static str> {
    let mut names = path.trim_start_matches('/').split('/');
    match (names.next(), names.next()) {
        (Some("users"), Some(_)) => Some("person"),
        (Some("users"), _) => Some("users"),
        (Some("groups"), _) => Some("groups"),
        (Some("import"), _) => Some("import"),
        (Some("devices"), Some(_)) => Some("device"),
        (Some("devices"), _) => Some("devices"),
        (Some("invitations"), Some(_)) | (Some("mails"), _) => Some("message"),
        (Some("invitations"), _) => Some("messages"),
        (Some("dashboard"), _) => Some("dashboard"),
        (Some("accounts" | "account" | "audit"), _) => Some("accounts"),
        (Some("settings"), Some(_)) => Some("apple"),
        (Some("configurations"), _) => Some("configurations"),
        (Some("settings" | "message"), _) => Some("settings"),
        _ => None,
    }
}

/// Fetches a part, and makes all its pages ready to be shown at once; whether it is there.
async fn fetch(part: &str) -> bool {
    match part {
        "palette" => fetch_palette().await.is_ok(),
        "acts" => job_card_there().await.is_ok(),
        "users" => UsersPage::fetch().await,
        "groups" => GroupsPage::fetch().await,
        "person" => PersonPage::fetch().await,
        "import" => ImportPage::fetch().await,
        "devices" => DevicesPage::fetch().await,
        "device" => DevicePage::fetch().await,
        "messages" => InvitationsPage::fetch().await,
        "message" => InvitationPage::fetch().await && MailsPage::fetch().await && MailPage::fetch().await,
        "dashboard" => DashboardPage::fetch().await,
        "accounts" => AccountsPage::fetch().await && AccountPage::fetch().await && AuditPage::fetch().await,
        "apple" => ApplePage::fetch().await && AndroidPage::fetch().await,
        "configurations" => ConfigurationsPage::fetch().await && ConfigurationPage::fetch().await,
        "settings" => SettingsPage::fetch().await && WordingPage::fetch().await,
        _ => true,
    }
}

/// Fetches the part of the page at this path, so that it can come alive at once; whether it can.
pub async fn arrive(path: &str) -> bool {
    match part(path) {
        Some(part) => fetch(part).await,
        None => true,
    }
}

/// Whether the browser asks to save data, or is on a very slow line. (Not every browser tells.)
fn is_spared() -> bool {
    let get = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &JsValue::from_str(name)).ok();
    let Some(line) = get(&window().navigator(), "connection").filter(JsValue::is_object) else {
        return false;
    };
    let saves = get(&line, "saveData").and_then(|v| v.as_bool()).unwrap_or(false);
    let kind = get(&line, "effectiveType").and_then(|v| v.as_string()).unwrap_or_default();
    saves || kind.ends_with("2g")
}

/// Fetches all other parts, so that the pages they are for open at once, also while the server is away.
/// Not over a connection that is to be spared: then each comes when it is needed.
pub async fn fetch_rest() {
    if is_spared() {
        return;
    }
    for part in PARTS {
        // What is missing is fetched again when it is needed.
        fetch(part).await;
    }
}
