//! The very mail and phone page, made by the server of what stands in the form, a moment after the last key.
//!
//! Each is a document of its own in a frame without scripts. Every new one gets a new frame, which takes the older one's
//! place when it has come: so nothing flickers, and the browser's way back has no entry for each key.

use super::{
    Form,
    draft::{At, Draft},
    place,
};
use crate::{
    text::t,
    ui::flow::{Erased, For, Show, boxed, effect, look},
    wire::ours,
};
use leptos::{html, prelude::*};
use muster_domain::{Language, wording::Part};
use std::time::Duration;

/// So long after the last key the preview follows.
const PAUSE: Duration = Duration::from_millis(400);

/// What is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Way {
    phone_page: bool,
    wide: bool,
    dark: bool,
}

/// The frames: the one that is seen, and the one that is on its way.
#[derive(Clone, Copy)]
struct Frames {
    all: RwSignal<Vec<u32>>,
    /// The newest that was asked for.
    asked: StoredValue<u32>,
}

impl Frames {
    /// A frame has come; those before it go. What is empty yet comes too, at once.
    fn came(self, number: u32) {
        if self.asked.get_value() >= number && self.all.with_untracked(|all| all.first() != Some(&number)) {
            self.all.update(|all| all.retain(|other| *other >= number));
        }
    }
}

/// The number of the next frame.
fn next(frames: Frames) -> u32 {
    frames.all.with_untracked(|all| all.last().copied().unwrap_or_default()).wrapping_add(1)
}

fn frame_name(number: u32) -> String {
    format!("own-frame-{number}")
}

/// What stands in the fields of a part, by the names that the server knows.
fn hidden(form: Form, asked: RwSignal<Draft>) -> Vec<AnyView> {
    let part = |part: Part| {
        let value = move || look!(asked, |d| d.words[place(form.tab.get())].get(part).to_owned());
        view! { <input type="hidden" name=part.name() prop:value=value/> }.into_any()
    };
    let look = |(name, at): (&'static str, At)| {
        let value = move || look!(asked, |d| d.get(at).to_owned());
        view! { <input type="hidden" name=name prop:value=value/> }.into_any()
    };
    let looks =
        [("accent", At::Accent), ("contact", At::Contact), ("phone", At::Phone), ("email", At::Email)];
    Part::ALL.into_iter().map(part).chain(looks.map(look)).collect()
}

#[component]
pub(super) fn Preview(form: Form) -> impl IntoView {
    let language = form.language;
    let way = RwSignal::new(Way { phone_page: false, wide: true, dark: false });
    let frames = Frames { all: RwSignal::new(Vec::new()), asked: StoredValue::new(0) };
    // What the hidden form sends: the last draft that is right.
    let asked = RwSignal::new(Draft::default());
    let post = NodeRef::<html::Form>::new();
    let wrong = move || {
        let tab = form.tab.get();
        look!(form.wrong, |w| w.iter().any(|w| matches!(w.at, At::Part(of, _) if of == tab)))
    };
    let latest = StoredValue::new(0_u32);
    let show = move || {
        if untrack(wrong) || untrack(|| !form.there.get()) {
            return;
        }
        asked.set(form.draft.get_untracked());
        let number = next(frames);
        frames.all.update(|all| all.push(number));
        // The frame and the fields are there after this turn.
        request_animation_frame(move || {
            if let Some(post) = post.try_get_untracked().flatten() {
                frames.asked.set_value(number);
                post.set_target(&frame_name(number));
                let _ = post.submit();
            }
        });
    };
    effect(move || {
        form.draft.track();
        form.tab.track();
        form.logo.track();
        form.there.track();
        form.company.track();
        way.track();
        latest.update_value(|n| *n = n.wrapping_add(1));
        let mine = latest.get_value();
        let pause = if frames.all.with_untracked(Vec::is_empty) { Duration::ZERO } else { PAUSE };
        set_timeout(
            move || {
                if latest.try_get_value() == Some(mine) {
                    show();
                }
            },
            pause,
        );
    });
    let pick = move |label: &'static str, is: fn(&Way) -> bool, to: fn(&mut Way)| {
        view! { <button type="button" aria-pressed=move || look!(way, |w| is(w)).to_string() on:click=boxed(move |_| way.update(to))>{label}</button> }
    };
    let frame = move |number: u32| {
        view! {
            <iframe sandbox="" name=frame_name(number) title=t::own_preview(language)
                class:waits=move || look!(frames.all, |all| all.first() != Some(&number)) on:load=boxed(move |_| frames.came(number))></iframe>
        }
    };
    let theme = move || if look!(way, |w| w.dark) { "dark" } else { "light" };
    let what = move || if look!(way, |w| w.phone_page) { "phone" } else { "mail" };
    let tag = move || Language::tag(form.tab.get());
    view! {
        <section class="own-preview" aria-label=t::own_preview(language)>
            <div class="own-top">
                <div class="switch" role="group" aria-label=t::own_what(language)>
                    {pick(t::own_mail(language), |w| !w.phone_page, |w| w.phone_page = false)}
                    {pick(t::own_page(language), |w| w.phone_page, |w| w.phone_page = true)}
                </div>
                <div class="switch own-widths" role="group" aria-label=t::own_width(language)>
                    {pick(t::own_wide(language), |w| w.wide, |w| w.wide = true)}
                    {pick(t::own_narrow(language), |w| !w.wide, |w| w.wide = false)}
                </div>
                <div class="switch" role="group" aria-label=t::theme(language)>
                    {pick(t::users_theme_light(language), |w| !w.dark, |w| w.dark = false)}
                    {pick(t::users_theme_dark(language), |w| w.dark, |w| w.dark = true)}
                </div>
            </div>
            <Show when=wrong><p class="note warn own-stale" role="status">{t::own_stale(language)}</p></Show>
            <form method="post" action=ours("/message/preview") node_ref=post hidden>
                <input type="hidden" name="language" prop:value=tag/>
                <input type="hidden" name="what" prop:value=what/>
                <input type="hidden" name="theme" prop:value=theme/>
                {hidden(form, asked)}
            </form>
            <div class="own-frames" class:narrow=move || look!(way, |w| !w.wide)>
                <For each=move || frames.all.get() key=|number| *number children=frame/>
            </div>
        </section>
    }
    .erased()
}
