//! The Leptos app of Muster: compiled for the server and for WebAssembly.
