//! The WebAssembly entry point of the console: hydrates the app, nothing else.
