//! How the browser calls the server's functions: a POST of JSON each, by code that is compiled once for all of them.

pub(crate) mod lean;

use crate::AppError;
use http::Method;
use leptos::server_fn::{
    Protocol,
    client::Client,
    codec::{FromReq, IntoRes, Json},
    error::{FromServerFnError, ServerFnErrorErr},
    request::ClientReq,
    response::ClientRes,
    server::Server,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{future::Future, pin::Pin};

/// A path with the workspace that this page was made for: the server refuses it when somebody has switched to another one
/// in another tab.
pub(crate) fn ours(path: &str) -> String {
    #[cfg(not(feature = "ssr"))]
    let shown = leptos::prelude::document()
        .document_element()
        .and_then(|html| html.get_attribute("data-workspace"))
        .unwrap_or_default();
    #[cfg(feature = "ssr")]
    let shown = leptos::prelude::use_context::<crate::services::Visit>()
        .and_then(|visit| visit.who)
        .map(|who| who.workspace.to_string())
        .unwrap_or_default();
    let and = if path.contains('?') { '&' } else { '?' };
    format!("{path}{and}workspace={shown}")
}

/// The text of an answer, when it is there.
type Text = Pin<Box<dyn Future<Output = Result<String, AppError>> + Send>>;

/// The protocol of every server function.
pub struct Wire;

impl<Input, Output, C, S> Protocol<Input, Output, C, S, AppError> for Wire
where
    Input: Serialize + FromReq<Json, S::Request, AppError> + Send,
    Output: IntoRes<Json, S::Response, AppError> + DeserializeOwned + Send,
    C: Client<AppError>,
    S: Server<AppError>,
{
    const METHOD: Method = Method::POST;

    async fn run_server<F, Fut>(request: S::Request, run: F) -> Result<S::Response, AppError>
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, AppError>> + Send,
    {
        let input = Input::from_req(request).await?;
        run(input).await?.into_res().await
    }

    async fn run_client(path: &str, input: Input) -> Result<Output, AppError> {
        let body = serde_json::to_string(&input).map_err(|_| unreadable())?;
        read(&ask::<C>(ours(path), body).await?)
    }
}

/// Sends a body and gives back the answer's.
fn ask<C: Client<AppError>>(path: String, body: String) -> Text {
    const JSON: &str = "application/json";
    Box::pin(async move {
        let request = C::Request::try_new_req_text(&path, JSON, JSON, body, Method::POST)?;
        let response = C::send(request).await?;
        let status = response.status();
        let failed = (400..=599).contains(&status);
        let text = response.try_into_string().await?;
        if !failed {
            return Ok(text);
        }
        // What is not the server's own comes from something before it, as from a proxy while Muster is away.
        let away = AppError::Failed { reference: String::new() };
        Err(lean::from_str(&text).unwrap_or_else(|_| if status >= 500 { away } else { unreadable() }))
    })
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, AppError> {
    lean::from_str(json).map_err(|_| unreadable())
}

fn unreadable() -> AppError {
    AppError::from_server_fn_error(ServerFnErrorErr::Deserialization(String::new()))
}
