//! The WebAssembly entry point of the console: hydrates the app, nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page when the module is loaded, with the texts of its language; whether it came alive. It does not while
/// these or the part for this page are missing: it stays as the server wrote it.
#[wasm_bindgen]
pub async fn hydrate(texts: String) -> bool {
    console_error_panic_hook::set_once();
    if !app::speak(texts) {
        return false;
    }
    let path = leptos::prelude::window().location().pathname().unwrap_or_default();
    let arrived = app::arrive(&path).await;
    if arrived {
        leptos::mount::hydrate_body(app::App);
    }
    arrived
}

/// Called by the page a moment later.
#[wasm_bindgen]
pub async fn rest() {
    app::fetch_rest().await;
}
