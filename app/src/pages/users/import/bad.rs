//! The rows that have to be mended, each with what is wrong with it, and the way to leave them out.

use super::{
    file::{DO, FOUND, Sight},
    words,
};
use crate::{
    text::{self, t},
    ui::{
        flow::{For, Show, boxed, look},
        icon::{self, Icon},
    },
};
use leptos::prelude::*;

#[component]
pub(super) fn Bad(sight: Sight) -> impl IntoView {
    let language = text::language();
    let seen = sight.seen;
    let total = move || look!(seen, |s| s.as_ref().map_or(0, |s| s.bad_total));
    let left_out = move || look!(seen, |s| s.as_ref().map_or(0, |s| s.left_out));
    let rows = move || look!(seen, |s| s.as_ref().map(|s| s.bad.clone()).unwrap_or_default());
    let more = move || total().saturating_sub(rows().len() as u64);
    let back = move |_| {
        sight.change(vec![FOUND.to_owned()], |how| {
            how.left_out.clear();
            how.without_bad = false;
        });
    };
    let all = move |_| sight.change(vec![DO.to_owned(), FOUND.to_owned()], |how| how.without_bad = true);
    // The next that is left gets the focus, or else the one before.
    let one = move |line: u32| {
        let mut near: Vec<_> = rows().into_iter().map(|row| row.line).collect();
        if let Some(place) = near.iter().position(|other| *other == line) {
            near.rotate_left(place);
            near.remove(0);
            let after = near.len() - place;
            near[after..].reverse();
        }
        let near = near.into_iter().map(|line| format!("#bad-{line}"));
        let near = near.chain([DO.to_owned(), FOUND.to_owned()]).collect();
        sight.change(near, |how| {
            how.left_out.insert(line);
        });
    };
    view! {
        <Show when=move || { left_out() > 0 }>
            <p class="note"><span>{move || t::imp_left_out(language, left_out())}" "
                <button class="link" on:click=boxed(back)>{t::imp_take_back(language)}</button></span></p>
        </Show>
        <Show when=move || { total() > 0 }>
            <section class="note warn bad"><Icon path=icon::WARNING/><div>
                <b role="status">{move || t::imp_bad(language, total())}</b>
                <p>{t::imp_bad_text(language)}</p>
                <button class="btn" on:click=boxed(all)>{move || t::imp_leave_out_all(language, total())}</button>
                <ul class="failures">
                    <For each=rows key=|row| row.line let(row)>
                        {
                            let line = row.line;
                            let why = row.why.iter().map(|why| words::why(language, why)).collect::<Vec<_>>().join("; ");
                            view! {
                                <li><span><b>{t::imp_line(language, line)}</b>": "{why}<span class="sub">{row.cells.join(" · ")}</span></span>
                                    <button class="link" id=format!("bad-{line}") aria-label=t::imp_leave_out_line(language, line)
                                        on:click=boxed(move |_| one(line))>{t::imp_leave_out(language)}</button></li>
                            }
                        }
                    </For>
                </ul>
                <Show when=move || { more() > 0 }><p>{move || t::imp_bad_more(language, more())}</p></Show>
            </div></section>
        </Show>
    }
    .into_any()
}
