//! What several pages use.

pub(crate) mod announce;
pub(crate) mod chart;
pub(crate) mod chips;
pub(crate) mod confirm;
pub(crate) mod desk;
pub(crate) mod dialog;
pub(crate) mod fetch;
pub(crate) mod flow;
pub(crate) mod follow;
pub(crate) mod help;
pub(crate) mod icon;
pub(crate) mod list;
pub(crate) mod live;
pub(crate) mod menu;
pub(crate) mod modal;
pub(crate) mod moment;
pub(crate) mod more;
pub(crate) mod parts;
pub(crate) mod role;
pub(crate) mod status;
pub(crate) mod tabs;
pub(crate) mod upload;
pub(crate) mod views;
