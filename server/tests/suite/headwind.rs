//! The Headwind agent's protocol at the running server: the link that binds, the address that proves, commands, refusals.

mod abuse;
mod agent;
mod configurations;
mod kit;
mod life;
mod owner;
mod packages;
mod phone;
