//! The Muster server: its commands, HTTP, mail and pages, and the machine behind the domain's ports.

pub mod adapters;
pub mod apple;
pub mod commands;
pub mod config;
pub mod demo;
pub mod guide;
pub mod headwind;
pub mod html;
pub mod http;
pub mod jobs;
pub mod logging;
pub mod message;
pub mod metrics;
pub mod packages;
pub mod phone;
pub mod system;
