//! What must be refused, with the real program: each test is named after its line in ABUSE.

mod agents;
mod colleagues;
mod figures;
mod hosts;
mod input;
mod links;
mod markup;
mod origins;
mod secrets;
mod sign_in;
mod streams;
mod wording;
