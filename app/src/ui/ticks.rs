//! The check boxes of a list: one for each row, one for the page; with Shift, a range.

use super::picked::Picked;
use crate::{
    text::{self, t},
    ui::{
        flow::{Erased, Show, boxed, look},
        list::Rows,
    },
};
use leptos::prelude::*;

/// The check boxes of a list.
pub(crate) struct Ticks<I: 'static> {
    /// Whether all rows of the page are ticked.
    all: Memo<bool>,
    /// Whether some are.
    some: Memo<bool>,
    /// Ticks the page, or unticks it.
    page: Callback<()>,
    /// A row's box was pressed, with Shift or without.
    pub(crate) row: Callback<(I, bool)>,
}

impl<I> Clone for Ticks<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I> Copy for Ticks<I> {}

/// The check boxes of these rows.
pub(crate) fn ticks<I, F, R>(rows: Rows<I, R>, picked: RwSignal<Picked<I, F>>) -> Ticks<I>
where
    I: Copy + Ord + Send + Sync + 'static,
    F: Send + Sync + 'static,
    R: Send + Sync + 'static,
{
    let last = StoredValue::new(None::<I>);
    let on_page = move || look!(rows, |r| r.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    let all = Memo::new(move |_| {
        let ids = on_page();
        !ids.is_empty() && ids.iter().all(|id| look!(picked, |p| p.has(*id)))
    });
    let some = Memo::new(move |_| !all.get() && on_page().iter().any(|id| look!(picked, |p| p.has(*id))));
    let page = Callback::new(move |()| {
        let on = !all.get_untracked();
        picked.update(|p| untrack(on_page).into_iter().for_each(|id| p.put(id, on)));
    });
    // With Shift all rows from the last one ticked to this one follow it.
    let row = Callback::new(move |(id, shift): (I, bool)| {
        let on = !picked.with_untracked(|p| p.has(id));
        let range = if shift { between(&untrack(on_page), last.get_value(), id) } else { vec![id] };
        picked.update(|p| range.into_iter().for_each(|id| p.put(id, on)));
        last.set_value(Some(id));
    });
    Ticks { all, some, page, row }
}

/// The rows from one to another, both with them; just the second if the first is not here.
fn between<I: Copy + PartialEq>(ids: &[I], from: Option<I>, to: I) -> Vec<I> {
    let place = |id: I| ids.iter().position(|i| *i == id);
    match (from.and_then(place), place(to)) {
        (Some(a), Some(b)) => ids[a.min(b)..=a.max(b)].to_vec(),
        _ => vec![to],
    }
}

impl<I> Ticks<I> {
    /// The head of the column, for who may do something with many.
    pub(crate) fn head(self, may: Signal<bool>) -> AnyView {
        head(may, self.all, self.some, self.page)
    }
}

fn head(may: Signal<bool>, all: Memo<bool>, some: Memo<bool>, page: Callback<()>) -> AnyView {
    let language = text::language();
    view! {
        <Show when=move || may.get()>
            <th class="tick"><input type="checkbox" class="check" aria-label=t::select_page(language) prop:checked=all prop:indeterminate=some on:change=boxed(move |_| page.run(()))/></th>
        </Show>
    }
    .erased()
}

/// The box of a row.
#[component]
pub(crate) fn Tick(
    /// Who may do something with many sees it.
    may: Signal<bool>,
    /// Whether it is ticked.
    on: Memo<bool>,
    /// What the row is called.
    #[prop(into)]
    name: Signal<String>,
    /// It was pressed, with Shift or without.
    #[prop(into)]
    pressed: Callback<bool>,
) -> impl IntoView {
    let language = text::language();
    view! {
        <Show when=move || may.get()>
            <td class="tick">
                <input type="checkbox" class="check" aria-label=move || look!(name, |n| t::select_row(language, n)) prop:checked=on
                    on:click=boxed(move |event: leptos::ev::MouseEvent| pressed.run(event.shift_key()))/>
            </td>
        </Show>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_goes_both_ways_and_needs_both_ends() {
        let ids = [1, 2, 3, 4];
        assert_eq!(between(&ids, Some(4), 2), [2, 3, 4]);
        assert_eq!(between(&ids, Some(1), 2), [1, 2]);
        assert_eq!(between(&ids, Some(9), 2), [2]);
        assert_eq!(between(&ids, None, 2), [2]);
    }
}
