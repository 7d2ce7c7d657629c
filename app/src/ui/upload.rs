//! Files on their way to the server.

use crate::AppError;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DragEvent, Event, File, FileList, HtmlInputElement, ProgressEvent, RequestInit, Response,
    XmlHttpRequest,
};

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

/// Sends a file as the body of a POST; the name that the server answers.
///
/// # Errors
/// What the server says against who sends it; nothing if the file did not arrive.
pub(crate) async fn send(path: &str, file: &Blob) -> Result<String, Option<AppError>> {
    let response = answer(path, file).await.ok_or(None)?;
    match response.status() {
        401 => return Err(Some(AppError::SignedOut)),
        403 => return Err(Some(AppError::Forbidden)),
        409 => return Err(Some(AppError::Elsewhere)),
        _ => {}
    }
    name(&response).await.ok_or(None)
}

/// Sends a file as the body of a POST; what the server answers, if the file arrived.
pub(crate) async fn answer(path: &str, file: &Blob) -> Option<Response> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(file);
    let asked = leptos::prelude::window().fetch_with_str_and_init(&crate::wire::ours(path), &init);
    JsFuture::from(asked).await.ok()?.dyn_into().ok()
}

/// A file on its way, of which one sees how far it is, and which can be stopped.
pub(crate) struct Sending(XmlHttpRequest);

impl Sending {
    /// Begins. `far` is told how much of a hundred has gone, `ended` the status and the body of the answer, or nothing if it did not
    /// arrive or was stopped.
    pub(crate) fn begin(
        path: &str,
        file: &Blob,
        far: impl Fn(u8) + 'static,
        ended: impl FnOnce(Option<(u16, String)>) + 'static,
    ) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        request.open("POST", &crate::wire::ours(path)).ok()?;
        let told = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            if event.total() > 0.0 {
                far((event.loaded() * 100.0 / event.total()) as u8);
            }
        });
        request.upload().ok()?.set_onprogress(Some(told.into_js_value().unchecked_ref()));
        let its = request.clone();
        let end = Closure::once_into_js(move || {
            let status = its.status().unwrap_or_default();
            let body = its.response_text().ok().flatten().unwrap_or_default();
            ended((status != 0).then_some((status, body)));
        });
        request.set_onloadend(Some(end.unchecked_ref()));
        request.send_with_opt_blob(Some(file)).ok()?;
        Some(Self(request))
    }

    /// Stops it.
    pub(crate) fn stop(&self) {
        let _ = self.0.abort();
    }
}

async fn name(response: &Response) -> Option<String> {
    let upload = |answer: &JsValue| js_sys::Reflect::get(answer, &"upload".into()).ok()?.as_string();
    let answer = JsFuture::from(response.json().ok()?).await.ok()?;
    response.ok().then(|| upload(&answer)).flatten()
}

/// The files that were chosen.
pub(crate) fn all_chosen(event: &Event) -> Vec<File> {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else { return Vec::new() };
    let files = listed(input.files());
    input.set_value("");
    files
}

/// The files that were dropped.
pub(crate) fn all_dropped(event: &DragEvent) -> Vec<File> {
    listed(event.data_transfer().and_then(|transfer| transfer.files()))
}

fn listed(files: Option<FileList>) -> Vec<File> {
    files.map(|files| (0..files.length()).filter_map(|n| files.get(n)).collect()).unwrap_or_default()
}

/// A file's content in base64, as it travels in a call.
pub(crate) async fn base64(file: &Blob) -> Option<String> {
    let buffer = JsFuture::from(file.array_buffer()).await.ok()?;
    let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
    // `btoa` takes a character for each octet.
    let text: String = bytes.into_iter().map(char::from).collect();
    leptos::prelude::window().btoa(&text).ok()
}
