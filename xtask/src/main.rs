//! The build, run, test and bench commands of Muster.

fn main() {}
