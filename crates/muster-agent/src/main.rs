//! The reference agent of Muster: a command-line program on the agent protocol.

fn main() {}
