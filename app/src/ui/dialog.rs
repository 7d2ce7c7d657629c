//! When a modal dialog counts as closed.

use leptos::{html, prelude::*};

/// Whether a dialog's `close` event still tells the truth. It comes a moment after the dialog has gone, and whoever is
/// quick has opened it again by then. (`cancel`, for Esc, comes before; so dialogs listen to both.)
pub(crate) fn closed(dialog: NodeRef<html::Dialog>) -> bool {
    dialog.get_untracked().is_none_or(|dialog| !dialog.open())
}
