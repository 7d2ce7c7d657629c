//! The Leptos app of Muster: compiled for the server and for WebAssembly.

#![recursion_limit = "256"]

pub mod api;
#[cfg(feature = "ssr")]
pub mod asked;
mod chunks;
pub mod error;
mod pages;
mod palette;
#[cfg(feature = "ssr")]
pub mod services;
pub mod text;
mod ui;
mod wire;
pub mod zone;

pub use chunks::{arrive, fetch_rest};
pub use error::AppError;
#[cfg(target_family = "wasm")]
pub use text::words::speak;
pub use zone::Zone;

use chunks::{
    AccountPage, AccountsPage, AndroidPage, ApplePage, AuditPage, ConfigurationPage, ConfigurationsPage,
    DashboardPage, DevicePage, DevicesPage, GroupsPage, ImportPage, InvitationPage, InvitationsPage,
    MailPage, MailsPage, PersonPage, SettingsPage, UsersPage, WordingPage,
};
use leptos::prelude::*;
use leptos_router::{
    Lazy, SsrMode,
    components::{FlatRoutes, Redirect, Route, Router},
    path,
};
use pages::{frame::Frame, missing::Missing};

/// The pages of the console, for the server's router.
pub const PATHS: &[&str] = &[
    "/",
    "/dashboard",
    "/users",
    "/users/{id}",
    "/groups",
    "/import",
    "/devices",
    "/devices/{id}",
    "/invitations",
    "/invitations/{id}",
    "/accounts",
    "/account",
    "/settings",
    "/settings/android",
    "/settings/apple",
    "/configurations",
    "/configurations/{id}",
    "/message",
    "/mails",
    "/mails/{id}",
    "/audit",
];

/// The language of the visit: from the server's context, or from the document that it made.
fn visit_language() -> muster_domain::Language {
    #[cfg(feature = "ssr")]
    {
        use_context::<services::Visit>().map(|v| v.language).unwrap_or_default()
    }
    #[cfg(not(feature = "ssr"))]
    {
        let tag =
            document().document_element().and_then(|html| html.get_attribute("lang")).unwrap_or_default();
        muster_domain::Language::from_tag(&tag).unwrap_or_default()
    }
}

/// A page whose code comes in a part of its own.
fn page<P>() -> Lazy<P> {
    Lazy::new()
}

/// The console.
#[component]
pub fn App() -> impl IntoView {
    provide_context(visit_language());
    ui::live::provide();
    ui::role::provide();
    ui::moment::provide();
    ui::announce::provide();
    ui::follow::provide();
    ui::bulk::provide();
    ui::keys::provide();
    pages::users::provide();
    pages::settings::provide();
    leptos_meta::provide_meta_context();
    view! {
        <Router>
            <Frame>
                <FlatRoutes fallback=Missing>
                    <Route path=path!("/") view=|| view! { <Redirect path="/users"/> } ssr=SsrMode::Async/>
                    <Route path=path!("/dashboard") view={page::<DashboardPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/users") view={page::<UsersPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/users/:id") view={page::<PersonPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/groups") view={page::<GroupsPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/import") view={page::<ImportPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/devices") view={page::<DevicesPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/devices/:id") view={page::<DevicePage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/invitations") view={page::<InvitationsPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/invitations/:id") view={page::<InvitationPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/accounts") view={page::<AccountsPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/account") view={page::<AccountPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view={page::<SettingsPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/settings/android") view={page::<AndroidPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/settings/apple") view={page::<ApplePage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/configurations") view={page::<ConfigurationsPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/configurations/:id") view={page::<ConfigurationPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/message") view={page::<WordingPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/mails") view={page::<MailsPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/audit") view={page::<AuditPage>()} ssr=SsrMode::Async/>
                    <Route path=path!("/mails/:id") view={page::<MailPage>()} ssr=SsrMode::Async/>
                </FlatRoutes>
            </Frame>
            <ui::keys::Heard/>
            <ui::place::Kept/>
            <ui::pressed::Pressed/>
        </Router>
    }
}

/// The document around the console.
#[cfg(feature = "ssr")]
pub fn document_of(assets: &services::Assets, visit: &services::Visit, path: &str) -> impl IntoView + use<> {
    use leptos::nonce::use_nonce;
    let nonce = use_nonce();
    let texts = assets.texts.get(visit.language.tag()).map(|file| format!("/pkg/{file}")).unwrap_or_default();
    let start = format!(
        "const late = () => document.body.prepend(document.getElementById('late').content);
        const words = fetch('{texts}').then(answer => answer.ok ? answer.text() : '');
        Promise.all([import('/pkg/{}'), words]).then(async ([{{ default: init, hydrate, rest }}, texts]) => {{
            await init({{ module_or_path: '/pkg/{}' }});
            if (!await hydrate(texts)) return late();
            performance.mark('hydrated');
            setTimeout(rest, 1000);
        }}).catch(late)",
        assets.js, assets.wasm
    );
    let css = format!("/pkg/{}", assets.css);
    let font = format!("/pkg/{}", assets.fonts);
    let module = format!("/pkg/{}", assets.js);
    // What the page comes alive with is on its way before the first script runs.
    let parts = chunks::part(path).and_then(|part| assets.parts.get(part)).into_iter().flatten();
    let code = std::iter::once(&assets.wasm).chain(parts).map(|file| format!("/pkg/{file}"));
    let code: Vec<_> = code
        .map(|file| view! { <link rel="preload" href=file r#as="fetch" crossorigin="anonymous"/> })
        .collect();
    let theme = visit.theme.clone();
    let zone = use_context::<Zone>().map(|zone| zone.text());
    let now = use_context::<services::Services>().map(|s| s.ports.clock.now().0.to_string());
    let role = visit.who.as_ref().map(|who| who.role.name());
    let workspace = visit.who.as_ref().map(|who| who.workspace.to_string());
    view! {
        <!DOCTYPE html>
        <html lang=visit.language.tag() data-theme=theme data-role=role data-workspace=workspace data-zone=zone data-now=now>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <leptos_meta::MetaTags/>
                <link rel="stylesheet" href=css/>
                <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="preload" href=texts r#as="fetch" r#type="text/plain" crossorigin="anonymous"/>
                <link rel="modulepreload" href=module nonce=nonce.clone()/>
                {code}
                <template id="late">
                    <p class="late" role="alert">
                        {text::t::page_late(visit.language)}" "<a class="btn" href="">{text::t::part_again(visit.language)}</a>
                    </p>
                </template>
                <script type="module" nonce=nonce inner_html=start></script>
            </head>
            <body>
                <App/>
                <noscript><p class="noscript">{text::t::no_script(visit.language)}</p></noscript>
            </body>
        </html>
    }
}
