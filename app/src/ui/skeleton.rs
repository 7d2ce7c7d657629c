//! What stands there until what is fetched has come: of about its size, so that nothing jumps.

use leptos::prelude::*;

/// What is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Bones {
    /// Something small: nothing stands there.
    #[default]
    Nothing,
    /// Tabs with their counts, beside other controls: their room alone.
    Tabs,
    /// The rows of a list.
    Rows,
    /// A window: its heading, facts and a list.
    Window,
    /// The dashboard: a line, and panels with figures.
    Panels,
}

/// Bars in place of lines; a screen reader hears the heading and then the rows themselves.
pub(crate) fn skeleton(bones: Bones) -> Option<AnyView> {
    let (class, bars) = match bones {
        Bones::Nothing => return None,
        Bones::Tabs => ("tabs-room", 0),
        Bones::Rows => ("skeleton rows", 12),
        Bones::Window => ("skeleton window", 7),
        Bones::Panels => ("skeleton panels", 5),
    };
    let bars: Vec<_> = (0..bars).map(|_| view! { <i></i> }).collect();
    Some(view! { <div class=class aria-hidden="true">{bars}</div> }.into_any())
}
