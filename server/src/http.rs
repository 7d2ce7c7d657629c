//! HTTP: the routes, and the layers around all of them.

pub mod agent;
pub mod api_docs;
pub mod apple;
pub mod assets;
pub mod certificate;
pub mod client;
pub mod console;
pub mod enrol;
pub mod events;
pub mod export;
pub mod fault;
pub mod guard;
pub mod guide;
pub mod headwind;
pub mod health;
pub mod import;
pub mod instance;
pub mod intake;
pub mod join;
pub mod kept;
pub mod limit;
pub mod load;
pub mod logo;
pub mod package;
pub mod page;
pub mod preview;
pub mod probe;
pub mod scrape;
pub mod serve;
pub mod session;
pub mod setup;
pub mod sheets;
pub mod sign_in;
pub mod trace;
mod within;
pub mod wording;
mod words;
mod workspaces;
mod zip;

use crate::apple::paths;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::{any, get, post, put},
};
use leptos::prelude::provide_context;
use muster_domain::{
    WorkspaceId,
    audit::{Act, By},
    usecase::Ports,
};
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::sync::broadcast;
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

/// Bytes of a request's body at most.
const BODY: usize = 1 << 20;
/// How long a file of people may take to come.
const FILE_TIME: Duration = Duration::from_secs(300);
/// A request that takes longer is ended; event streams answer at once and go on.
const TIME: Duration = Duration::from_secs(30);

/// What all routes share.
pub struct Site {
    /// The ports.
    pub ports: Ports,
    /// The workspace of the first run.
    pub workspace: WorkspaceId,
    /// The address of links while the workspace sets none; without a slash at the end.
    pub address: String,
    /// The name of this running server.
    pub instance: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// What changed, for live pages.
    pub changes: broadcast::Sender<muster_domain::ports::Change>,
    /// Attempts to sign in.
    pub attempts: Arc<limit::Attempts>,
    /// Ends event streams when the server stops.
    pub stop: tokio_util::sync::CancellationToken,
    /// The services of the app.
    pub services: app::services::Services,
    /// How much is done at once.
    pub load: load::Load,
    /// Who may read the figures.
    pub scrape: scrape::Scrape,
    /// What Apple's routes need.
    pub apple: crate::apple::Apple,
    /// What the Headwind agent's routes need.
    pub headwind: crate::headwind::Headwind,
    /// Files of people.
    pub uploads: Arc<crate::adapters::imports::Uploads>,
    /// Android packages.
    pub packages: Arc<crate::packages::Shelf>,
}

impl Site {
    /// The ports in the name of whoever asks from this address, for what the audit log tells.
    fn acting(&self, by: By, from: &str) -> Ports {
        let act = Act { by, from: Some(from.to_owned()), at: self.ports.clock.now() };
        Ports { store: self.ports.store.acting(act), ..self.ports.clone() }
    }

    /// Whether browsers reach this server by HTTPS: as the settings say at this moment, or else the server's own address.
    pub async fn secure(&self) -> bool {
        let set =
            self.ports.store.settings(self.workspace).await.ok().and_then(|settings| settings.public_url);
        set.as_ref().unwrap_or(&self.address).starts_with("https://")
    }
}

/// What handlers take.
pub type Shared = State<Arc<Site>>;

/// All routes with all layers.
pub fn router(site: Arc<Site>) -> Router {
    // Once for the process; a second call says so and changes nothing.
    let _ = any_spawner::Executor::init_tokio();
    // From the outside in.
    let around = |time| {
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(site.clone(), around))
            .layer(CatchPanicLayer::new())
            .layer(TimeoutLayer::with_status_code(http::StatusCode::REQUEST_TIMEOUT, time))
    };
    // These look at who sends before they take it in, each up to a limit of its own.
    let up_to = RequestBodyLimitLayer::new;
    let files = post(import::file).layer(up_to(muster_roster::limits::TEXT));
    let files = Router::new().route("/import/file", files).layer(around(FILE_TIME));
    let package = post(package::take).layer(up_to(crate::packages::FILE));
    let package = Router::new().route(package::UPLOAD, package).layer(around(package::TIME));
    let large = Router::new()
        .route("/message/logo", post(logo::take).layer(up_to(crate::adapters::logo::FILE)))
        .route(paths::COMMANDS, put(apple::commands::take))
        .route(paths::CHECK_IN, put(apple::check_in::take))
        .layer(around(TIME));
    // A question is held until there is news.
    let held = Router::new()
        .route("/{token}/rest/notification/polling/{number}", get(headwind::poll))
        .layer(around(site.headwind.hold + TIME));
    let mut router = Router::new();
    for &path in app::PATHS {
        router = router.route(path, get(console::page));
        if path != "/" {
            router = router.route(&format!("{path}/"), get(console::slashed));
        }
    }
    router
        .route("/users.csv", get(export::users))
        .route("/audit.csv", get(export::audit))
        .route("/groups.csv", get(export::groups))
        .route("/devices.csv", get(export::devices))
        .route("/invitations.csv", get(export::invitations))
        .route("/accounts.csv", get(export::accounts))
        .route("/mails.csv", get(export::mails))
        .route("/favicon.ico", get(assets::icon))
        .route("/pkg/{name}", get(assets::serve))
        .route("/preview", get(preview::show))
        .route("/message/preview", post(wording::preview))
        .route("/logo/{name}", get(logo::show))
        .route("/apk/{address}", get(package::fetch))
        .route("/settings/apple/request.csr", get(certificate::request))
        .route("/settings/apple/request.plist", post(certificate::signed_request))
        .route("/settings/apple/export", post(certificate::export))
        .route("/mails/{id}/html", get(kept::html))
        .route("/mails/{id}/parts/{number}", get(kept::part))
        .route("/sheets", get(sheets::show).post(sheets::make))
        .route("/session/language", post(session::language_chosen))
        .route("/session/theme", post(session::theme_turned))
        .route("/guide", get(guide::index))
        .route("/guide/", get(console::slashed))
        .route("/guide/{page}", get(guide::show))
        .route("/guide/pictures/{name}", get(guide::picture))
        .route("/healthz", get(health::alive))
        .route(instance::PATH, get(instance::show))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(scrape::show))
        .route("/api/openapi.json", get(api_docs::document))
        .route("/api/docs", get(api_docs::show))
        .route("/login", get(sign_in::form).post(sign_in::submit))
        .route("/setup/{link}", get(setup::form).post(setup::submit))
        .route("/join/{link}", get(join::form).post(join::submit))
        .route("/workspaces/new", get(workspaces::form).post(workspaces::submit))
        .route("/session/workspace", post(session::switched))
        .route("/session/end", post(session::end))
        .route("/session/end-all", post(session::end_all))
        .route("/events", get(events::stream))
        .route("/api/fn/{name}", any(server_function))
        .route("/agent/v1/devices/{id}/check-in", post(agent::check_in))
        .route("/agent/v1/devices/{id}/report", post(agent::report))
        .route("/agent/v1/devices/{id}/commands/{command}/ack", post(agent::ack))
        .route("/agent/v1/devices/{id}/leave", post(agent::leave))
        .route("/{token}", get(enrol::look))
        .route("/{token}/", get(enrol::slashed))
        .route("/{token}/opened", post(enrol::opened))
        .route("/{token}/state", get(enrol::state))
        .route("/{token}/code.png", get(enrol::code))
        .route("/{token}/owner.png", get(enrol::owner))
        .route("/{token}/request", post(enrol::request))
        .route("/{token}/claim", post(agent::claim))
        .route("/{token}/rest/{*call}", any(headwind::call))
        .route("/{token}/profile", get(apple::profile::fetch))
        .route(paths::SCEP, get(apple::scep::operation).post(apple::scep::operation))
        .route(paths::REVOKED, get(apple::scep::revoked))
        .fallback(console::missing)
        // From the inside out: what comes last sees a request first and its answer last.
        .layer(ServiceBuilder::new().layer(zip::layer()).layer(middleware::from_fn(zip::mark)))
        .layer(around(TIME))
        .merge(files)
        .merge(package)
        .merge(large)
        .merge(held)
        .with_state(site)
}

/// Our own layers, the outermost first. They are one, since each layer of a router is a box that every request makes
/// anew, with all that is in it.
async fn around(State(site): Shared, request: Request<Body>, next: Next) -> Response {
    let site = &*site;
    let load = |request| load::layer(site, request, |request| next.run(request));
    let probe = |request| probe::layer(site, request, load);
    let fault = |request| fault::layer(site, request, probe);
    let guard = |request| guard::layer(site, request, fault);
    trace::layer(site, request, guard).await
}

/// Server functions, with who asks in their context.
async fn server_function(State(site): Shared, request: Request<Body>) -> Response {
    use axum::response::IntoResponse;
    // Leptos would answer with words for who writes the server.
    if !trace::is_function(request.uri().path()) {
        return (http::StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    }
    let visit = session::visit(&site, request.headers(), request.extensions()).await;
    if visit.who.as_ref().is_some_and(|who| session::is_elsewhere(request.headers(), who)) {
        return (http::StatusCode::CONFLICT, axum::Json(app::AppError::Elsewhere)).into_response();
    }
    let services = site.services.clone();
    let id = request.extensions().get::<app::services::RequestId>().cloned();
    let context = move || {
        provide_context(services.clone());
        provide_context(visit.clone());
        if let Some(id) = &id {
            provide_context(id.clone());
        }
    };
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}
