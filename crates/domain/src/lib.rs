//! The rules of Muster: types, use cases and ports; no I/O, builds for WebAssembly too.
