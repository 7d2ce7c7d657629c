//! Icons: strokes on a grid of 16.

use leptos::prelude::*;

pub(crate) const USERS: &str = "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M11 3a2.3 2.3 0 0 1 0 4.2M12 9.8c1.6.5 2.6 1.8 2.6 3.7";
pub(crate) const PERSON: &str =
    "M8 7.5a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM3 13.6c0-2.7 2.2-4.2 5-4.2s5 1.5 5 4.2";
pub(crate) const MAIL: &str = "M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5";
pub(crate) const DEVICE: &str = "M4.5 1.8h7v12.4h-7zM7.2 12h1.6";
pub(crate) const SEARCH: &str = "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7L14 14";
pub(crate) const PLUS: &str = "M8 3v10M3 8h10";
pub(crate) const OK: &str = "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.3 8.2l1.9 1.9 3.5-3.9";
pub(crate) const WARNING: &str = "M8 2.3l6.2 11.2H1.8zM8 6.6v3.2M8 11.6v.1";
pub(crate) const CRITICAL: &str = "M5.6 2h4.8L14 5.6v4.8L10.4 14H5.6L2 10.4V5.6zM8 5v3.6M8 10.9v.1";
pub(crate) const LEFT: &str = "M10 4L6 8l4 4";
pub(crate) const RIGHT: &str = "M6 4l4 4-4 4";
pub(crate) const DOWN: &str = "M4 6l4 4 4-4";
pub(crate) const OUT: &str = "M6 2.5H3v11h3M7 8h7M11.2 5.2L14 8l-2.8 2.8";
pub(crate) const GEAR: &str = "M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6L5 5M11 11l1.4 1.4M3.6 12.4L5 11M11 5l1.4-1.4";
pub(crate) const BARS: &str = "M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5v-6M13.5 13.5v-11";
pub(crate) const TODO: &str = "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z";
pub(crate) const FILTER: &str = "M2 3h12L9.5 8.5V13l-3-1.5v-3z";
pub(crate) const FILE: &str = "M4 1.8h5l3.2 3.2v9.2H4zM8.8 2v3.2H12";

#[component]
pub(crate) fn Icon(path: &'static str) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=path></path></svg> }
}
