//! HTTP: the routes, and the layers around all of them.

pub mod agent;
pub mod assets;
pub mod client;
pub mod console;
pub mod enrol;
pub mod events;
pub mod guard;
pub mod health;
pub mod kept;
pub mod limit;
pub mod page;
pub mod preview;
pub mod session;
pub mod setup;
pub mod sign_in;
mod words;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware,
    response::Response,
    routing::{any, get, post},
};
use leptos::prelude::provide_context;
use muster_domain::{WorkspaceId, usecase::Ports};
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::sync::broadcast;
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, timeout::TimeoutLayer};

/// Bytes of a request's body at most.
const BODY: usize = 1 << 20;
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
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
    /// What changed, for live pages.
    pub changes: broadcast::Sender<muster_domain::ports::Change>,
    /// Attempts to sign in.
    pub attempts: limit::Attempts,
    /// Ends event streams when the server stops.
    pub stop: tokio_util::sync::CancellationToken,
    /// The services of the app.
    pub services: app::services::Services,
}

/// What handlers take.
pub type Shared = State<Arc<Site>>;

/// All routes with all layers.
pub fn router(site: Arc<Site>) -> Router {
    // Once for the process; a second call says so and changes nothing.
    let _ = any_spawner::Executor::init_tokio();
    let mut router = Router::new();
    for path in app::PATHS {
        router = router.route(path, get(console::page));
    }
    router
        .route("/favicon.ico", get(assets::icon))
        .route("/pkg/{name}", get(assets::serve))
        .route("/preview", get(preview::show))
        .route("/mails/{id}/html", get(kept::html))
        .route("/mails/{id}/parts/{number}", get(kept::part))
        .route("/session/language", post(session::language_chosen))
        .route("/session/theme", post(session::theme_turned))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/login", get(sign_in::form).post(sign_in::submit))
        .route("/setup/{link}", get(setup::form).post(setup::submit))
        .route("/session/end", post(session::end))
        .route("/session/end-all", post(session::end_all))
        .route("/events", get(events::stream))
        .route("/api/fn/{name}", any(server_function))
        .route("/agent/v1/devices/{id}/check-in", post(agent::check_in))
        .route("/agent/v1/devices/{id}/report", post(agent::report))
        .route("/agent/v1/devices/{id}/commands/{command}/ack", post(agent::ack))
        .route("/agent/v1/devices/{id}/leave", post(agent::leave))
        .route("/{token}", get(enrol::look))
        .route("/{token}/opened", post(enrol::opened))
        .route("/{token}/state", get(enrol::state))
        .route("/{token}/request", post(enrol::request))
        .route("/{token}/claim", post(agent::claim))
        .layer(middleware::from_fn_with_state(site.clone(), guard::layer))
        .layer(RequestBodyLimitLayer::new(BODY))
        .layer(TimeoutLayer::with_status_code(http::StatusCode::REQUEST_TIMEOUT, TIME))
        .layer(CatchPanicLayer::new())
        .with_state(site)
}

/// Server functions, with who asks in their context.
async fn server_function(State(site): Shared, request: Request<Body>) -> Response {
    use axum::response::IntoResponse;
    let visit = session::visit(&site, request.headers()).await;
    let services = site.services.clone();
    let context = move || {
        provide_context(services.clone());
        provide_context(visit.clone());
    };
    leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
}
