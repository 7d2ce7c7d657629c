//! The WebAssembly entry point of the console: hydrates the app, nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page when the module is loaded.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let path = leptos::prelude::window().location().pathname().unwrap_or_default();
    app::arrive(&path).await;
    leptos::mount::hydrate_body(app::App);
}

/// Called by the page a moment later.
#[wasm_bindgen]
pub async fn rest() {
    app::fetch_rest().await;
}
