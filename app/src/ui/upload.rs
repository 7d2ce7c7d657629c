//! Files on their way to the server.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DragEvent, Event, File, HtmlInputElement, RequestInit, Response};

/// The file that was chosen.
pub(crate) fn chosen(event: &Event) -> Option<File> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = input.files()?.get(0);
    // The same one can be chosen again, after it was mended.
    input.set_value("");
    file
}

/// The file that was dropped.
pub(crate) fn dropped(event: &DragEvent) -> Option<File> {
    event.data_transfer()?.files()?.get(0)
}

/// Sends a file as the body of a POST; the name that the server answers. None if it did not arrive.
pub(crate) async fn send(path: &str, file: &Blob) -> Option<String> {
    let upload = |answer: &JsValue| js_sys::Reflect::get(answer, &"upload".into()).ok()?.as_string();
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(file);
    let response =
        JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(&crate::wire::ours(path), &init))
            .await
            .ok()?;
    let response: Response = response.dyn_into().ok()?;
    let answer = JsFuture::from(response.json().ok()?).await.ok()?;
    response.ok().then(|| upload(&answer)).flatten()
}
