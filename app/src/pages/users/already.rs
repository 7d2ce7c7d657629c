//! Who of those that are chosen has a device or an open message already: told before sending, and left out if one likes.

use crate::{
    api::invitations::Review,
    text::{self, t},
    ui::flow::{Erased, Show, boxed, look},
};
use leptos::prelude::*;
use muster_domain::{Language, ports::Already, query::LeaveOut};

#[component]
pub(super) fn AlreadyThere(
    reviewed: RwSignal<Option<Review>>,
    leave_out: RwSignal<LeaveOut>,
) -> impl IntoView {
    view! {
        <Line id="has-device" reviewed=reviewed leave_out=leave_out words=t::send_connected
            count=|already| already.connected is_out=|out| out.connected put=|out, is| out.connected = is/>
        <Line id="has-message" reviewed=reviewed leave_out=leave_out words=t::send_open
            count=|already| already.open is_out=|out| out.open put=|out, is| out.open = is/>
    }
    .erased()
}

/// How many there are of one kind, while there are some, with the check box.
#[component]
fn Line(
    id: &'static str,
    reviewed: RwSignal<Option<Review>>,
    leave_out: RwSignal<LeaveOut>,
    words: fn(Language, u64) -> String,
    count: fn(&Already) -> u64,
    is_out: fn(&LeaveOut) -> bool,
    put: fn(&mut LeaveOut, bool),
) -> impl IntoView {
    let language = text::language();
    let n = move || look!(reviewed, |r| r.as_ref().map_or(0, |r| count(&r.already)));
    let turn = move |event: web_sys::Event| leave_out.update(|out| put(out, event_target_checked(&event)));
    view! {
        <Show when=move || { n() > 0 }>
            <div class="note already"><span id=id>{move || words(language, n())}</span>
                <label class="row"><input type="checkbox" class="check" aria-labelledby=format!("{id} {id}-out") prop:checked=move || look!(leave_out, |out| is_out(out)) on:change=boxed(turn)/><span id=format!("{id}-out")>{t::send_leave_out(language)}</span></label>
            </div>
        </Show>
    }
    .erased()
}
