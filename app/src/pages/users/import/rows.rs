//! The rows of a file, a part of them at a time: each with what becomes of it, and the way to leave it out.

use super::{
    file::{FOUND, Sight},
    mapping::picked,
    words,
};
use crate::{
    api::imports::{Fate, LONG, Look, Part, Shown, Which},
    text::{self, t},
    ui::{
        flow::{Erased, Show, boxed, look},
        icon::{self, Icon},
    },
};
use leptos::prelude::*;
use muster_domain::{Language, PersonName};
use muster_roster::columns::Column;

#[component]
pub(super) fn Rows(sight: Sight) -> impl IntoView {
    let language = text::language();
    let Sight { seen, part, .. } = sight;
    let kind = move |which: Which| look!(seen, |s| s.as_ref().map_or(0, |s| s.kinds[which as usize]));
    let pick = |which: Which| {
        let here = move || part.read().which == which;
        let hidden = move || which != Which::All && kind(which) == 0 && !here();
        let press = move |_| sight.turn(Vec::new(), Part { which, page: 0, long: true });
        view! {
            <button type="button" hidden=hidden aria-pressed=move || here().to_string() on:click=boxed(press)>
                {words::which(language, which)}<span class="num">{move || text::number(language, kind(which))}</span>
            </button>
        }
    };
    let few = move || {
        !part.read().long
            && kind(Which::All) > look!(seen, |s| s.as_ref().map_or(0, |s| s.shown.len() as u64))
    };
    view! {
        <section class="card mapping rows">
            <div class="switch" role="group" aria-label=t::imp_which(language)>{Which::ALL.map(pick).collect_view()}</div>
            <div class="scroll" tabindex="0" role="region" aria-label=t::imp_sample(language)>
                {move || look!(seen, |s| s.as_ref().map(|s| table(language, s, sight)))}
            </div>
            <div class="foot">
                <span class="num">{move || look!(seen, |s| s.as_ref().map(|s| range(language, s, kind(part.read().which))))}</span>
                <span class="end">
                    <Show when=few fallback=move || view! { <Turns sight=sight/> }.into_any()>
                        <button class="btn" on:click=boxed(move |_| sight.turn(vec![FOUND.to_owned()], Part { long: true, page: 0, ..part.get_untracked() }))>{t::imp_look_through(language)}</button>
                    </Show>
                </span>
            </div>
        </section>
    }
    .into_any()
}

fn range(language: Language, seen: &Look, total: u64) -> String {
    let n = |n| text::number(language, n);
    let to = seen.before + seen.shown.len() as u64;
    if to == 0 { String::from("0") } else { t::range(language, n(seen.before + 1), n(to), n(total)) }
}

/// The ways to the page before and after.
#[component]
fn Turns(sight: Sight) -> impl IntoView {
    let language = text::language();
    let Sight { seen, part, .. } = sight;
    let first = move || look!(seen, |s| s.as_ref().is_none_or(|s| s.before == 0));
    let last = move || {
        let which = part.read().which as usize;
        look!(seen, |s| s.as_ref().is_none_or(|s| s.before + s.shown.len() as u64 >= s.kinds[which]))
    };
    // At an end the other way gets the focus.
    let turn = move |on: bool| {
        let here = seen.read_untracked().as_ref().map_or(0, |s| s.before / LONG);
        let page = if on { here + 1 } else { here.saturating_sub(1) };
        let mut near = ["#rows-before:not(:disabled)", "#rows-after:not(:disabled)"].map(str::to_owned);
        if on {
            near.reverse();
        }
        sight.turn(
            near.into(),
            Part { page: u32::try_from(page).unwrap_or_default(), ..part.get_untracked() },
        );
    };
    view! {
        <button class="btn" id="rows-before" aria-label=t::previous(language) disabled=first on:click=boxed(move |_| turn(false))><Icon path=icon::LEFT/></button>
        <button class="btn" id="rows-after" aria-label=t::next(language) disabled=last on:click=boxed(move |_| turn(true))><Icon path=icon::RIGHT/></button>
    }
    .into_any()
}

/// Rows, each column with what it means.
fn table(language: Language, seen: &Look, sight: Sight) -> AnyView {
    let columns = seen.columns.clone();
    let head = columns.clone().into_iter().enumerate().map(|(place, column)| {
        let name = seen.names.get(place).filter(|n| !n.is_empty()).cloned();
        let name = name.unwrap_or_else(|| t::imp_column(language, place + 1));
        let all = columns.clone();
        let change = move |event: web_sys::Event| {
            let Some(to) = picked(&Column::ALL, &event) else { return };
            // What was chosen a moment ago may not have been looked at yet.
            let mut all = sight.how.with_untracked(|how| how.columns.clone()).unwrap_or_else(|| all.clone());
            if let Some(column) = all.get_mut(place) {
                *column = to;
            }
            sight.change(vec![format!("#means-{place}")], |how| how.columns = Some(all));
        };
        let options = Column::ALL.iter().enumerate().map(|(at, c)| {
            view! { <option value=at.to_string() selected=*c == column>{words::column(language, *c)}</option> }
        });
        view! {
            <th scope="col" class:nothing=column == Column::Nothing>
                <span>{name.clone()}</span>
                <select class="input" id=format!("means-{place}") aria-label=t::imp_means(language, name) on:change=boxed(change)>{options.collect_view()}</select>
            </th>
        }
    });
    let head = head.collect_view();
    let lines: Vec<_> = seen.shown.iter().map(|shown| shown.row.line).collect();
    let rows = seen.shown.iter().enumerate().map(|(place, shown)| {
        let cells = columns.iter().enumerate().map(|(place, column)| {
            let cell = shown.row.cells.get(place).cloned().unwrap_or_default();
            view! { <td class:nothing=*column == Column::Nothing>{cell}</td> }
        });
        // If it is not among these rows any more, the one beside it gets the focus.
        let beside = [Some(place), Some(place + 1), place.checked_sub(1)];
        let near = beside.into_iter().flatten().filter_map(|at| lines.get(at)).map(|line| format!("#row-{line}"));
        let near = near.chain([FOUND.to_owned()]).collect();
        view! {
            <tr class:out=matches!(shown.fate, Fate::LeftOut { .. })>
                <td class="fate"><div>{choice(language, shown, sight, near)}<div>{fate(language, shown, &columns, sight)}</div></div></td>
                {cells.collect_view()}
            </tr>
        }
    });
    view! {
        <table>
            <thead><tr><th scope="col" class="fate">{t::imp_fate(language)}</th>{head}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .erased()
}

/// Leaves a row out, or takes it in again; what is left out with all that are bad comes back with them.
fn choice(language: Language, shown: &Shown, sight: Sight, near: Vec<String>) -> Option<AnyView> {
    let line = shown.row.line;
    let out = match shown.fate {
        Fate::LeftOut { alone: false } => return None,
        Fate::LeftOut { alone: true } => true,
        _ => false,
    };
    let press = move |_| {
        sight.change(near.clone(), |how| {
            if !how.left_out.remove(&line) {
                how.left_out.insert(line);
            }
        });
    };
    let words = if out { t::imp_take_in_line(language, line) } else { t::imp_leave_out_line(language, line) };
    Some(
        view! {
            <button type="button" class="btn quiet" id=format!("row-{line}") title=words.clone() aria-label=words on:click=boxed(press)>{if out { "+" } else { "×" }}</button>
        }
        .erased(),
    )
}

/// A name that was made of the address, to be corrected. What is typed counts when the file is looked at again, and when it is
/// imported; emptied, the field has the name that was made.
fn name_of(
    language: Language,
    shown: &Shown,
    columns: &[Column],
    name: &PersonName,
    sight: Sight,
) -> AnyView {
    let line = shown.row.line;
    let address = columns.iter().position(|column| *column == Column::Email);
    let address = address.and_then(|place| shown.row.cells.get(place)).cloned().unwrap_or_default();
    let typed = RwSignal::new(sight.how.with_untracked(|how| how.named.contains_key(&line)));
    let (wrong, why) = (RwSignal::new(false), format!("why-{line}"));
    let change = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        let name = text.parse::<PersonName>();
        let empty = text.trim().is_empty();
        wrong.set(name.is_err() && !empty);
        typed.set(name.is_ok());
        sight.how.update_untracked(|how| match name {
            Ok(name) => _ = how.named.insert(line, name),
            Err(_) => _ = how.named.remove(&line),
        });
    };
    let words = move || match (wrong.get(), typed.get()) {
        (true, _) => t::imp_unsaved_names(language),
        (_, true) => t::imp_fate_new(language),
        _ => t::imp_made(language),
    };
    view! {
        <input class="input" id=format!("name-{line}") maxlength="120" autocomplete="off" aria-label=t::imp_name_of(language, &address)
            aria-invalid=move || wrong.get().to_string() aria-describedby=why.clone() value=name.to_string() on:change=boxed(change)/>
        <span class="sub" class:warn=move || !typed.get() && !wrong.get() class:crit=wrong id=why>{words}</span>
    }
    .erased()
}

/// What becomes of a row, in words.
fn fate(language: Language, shown: &Shown, columns: &[Column], sight: Sight) -> AnyView {
    let quiet = |words: &'static str| view! { <span class="muted">{words}</span> }.erased();
    match &shown.fate {
        Fate::New { made: None } => quiet(t::imp_fate_new(language)),
        Fate::New { made: Some(name) } => name_of(language, shown, columns, name, sight),
        Fate::There { change, .. } if change.is_none() => quiet(t::imp_fate_same(language)),
        Fate::There { name, change } => {
            let lines =
                words::change(language, name, change).into_iter().map(|line| view! { <span>{line}</span> });
            lines.collect_view().into_any()
        }
        Fate::Bad { why } => {
            let why = why.iter().map(|why| words::why(language, why)).collect::<Vec<_>>().join("; ");
            view! { <span class="sub crit">{why}</span> }.erased()
        }
        Fate::LeftOut { .. } => quiet(t::imp_fate_out(language)),
    }
}
