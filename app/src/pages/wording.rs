//! The message in the company's own words, and how it looks: the form on the left, the very mail and phone page on the
//! right.

mod draft;
mod field;
mod look;
mod preview;
mod save;
mod trial;

use crate::{
    AppError,
    api::wording::{Desk, LogoShown, wording_get},
    text::{self, t},
    ui::{
        announce::announcer,
        fetch::Fetched,
        flow::{Erased, Show, Wait, boxed, look},
        help::Help,
        leave,
        live::live,
        skeleton::Bones,
        views::SettingsViews,
    },
};
use draft::{At, Draft, Wrong};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use muster_domain::{
    Language,
    wording::{Part, Words},
};
use std::cell::RefCell;

thread_local! {
    /// What was typed on the page when it was left, in this tab.
    static LEFT: RefCell<Option<Draft>> = const { RefCell::new(None) };
}

/// What was typed when the page was left the last time.
fn left_behind() -> Option<Draft> {
    // The server has one memory for everybody.
    if cfg!(feature = "hydrate") { LEFT.with_borrow_mut(Option::take) } else { None }
}

/// Words in each language, in the order of [`Language::ALL`].
type Both = [Words; 2];

/// The place of a language in [`Both`].
fn place(language: Language) -> usize {
    usize::from(language == Language::Ru)
}

/// A language in its own words.
fn tongue(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::Ru => "Русский",
    }
}

/// A part's name.
fn name(language: Language, part: Part) -> &'static str {
    match part {
        Part::Subject => t::own_subject(language),
        Part::Headline => t::own_headline(language),
        Part::Text => t::own_body(language),
        Part::Button => t::own_button(language),
        Part::Steps => t::own_steps(language),
        Part::Footer => t::own_footer(language),
    }
}

/// The form: what is typed, what is saved, what is wrong.
#[derive(Clone, Copy)]
struct Form {
    /// Of the console.
    language: Language,
    /// Of the words that are shown.
    tab: RwSignal<Language>,
    draft: RwSignal<Draft>,
    saved: RwSignal<Draft>,
    /// The usual words.
    usual: RwSignal<Both>,
    company: RwSignal<String>,
    logo: RwSignal<Option<LogoShown>>,
    my_email: RwSignal<String>,
    kept: RwSignal<bool>,
    said: RwSignal<save::Said>,
    /// Whether something came from the server yet.
    there: RwSignal<bool>,
    /// All that is wrong, as one types.
    wrong: Memo<Vec<Wrong>>,
    /// Counts live changes.
    version: RwSignal<u32>,
}

impl Form {
    fn new(tab: Language) -> Self {
        let draft = RwSignal::new(Draft::default());
        let there = RwSignal::new(false);
        Self {
            language: text::language(),
            tab: RwSignal::new(tab),
            draft,
            saved: RwSignal::new(Draft::default()),
            usual: RwSignal::new(Both::default()),
            company: RwSignal::new(String::new()),
            logo: RwSignal::new(None),
            my_email: RwSignal::new(String::new()),
            kept: RwSignal::new(false),
            said: RwSignal::new(save::Said::default()),
            there,
            wrong: Memo::new(move |_| if there.get() { look!(draft, |d| d.wrong()) } else { Vec::new() }),
            version: live().version,
        }
    }

    /// Takes what the server has; what was typed meanwhile stays.
    fn take(self, desk: &Desk) {
        let new = Draft::of(desk);
        let mut draft = self.draft.get_untracked();
        if self.there.get_untracked() {
            draft.follow(&self.saved.get_untracked(), &new);
        } else {
            draft = left_behind().unwrap_or_else(|| new.clone());
        }
        set_if_new(self.usual, Draft::usual(desk));
        set_if_new(self.draft, draft);
        set_if_new(self.saved, new);
        set_if_new(self.company, desk.company.clone());
        set_if_new(self.logo, desk.logo.clone());
        set_if_new(self.my_email, desk.my_email.clone());
        set_if_new(self.kept, desk.kept);
        set_if_new(self.there, true);
    }

    fn put(self, at: At, text: String) {
        self.draft.update(|d| d.put(at, text));
        if self.said.with_untracked(|said| *said != save::Said::Nothing) {
            self.said.set(save::Said::Nothing);
        }
    }

    fn changed(self) -> bool {
        look!(self.draft, |d| look!(self.saved, |s| d != s))
    }

    fn discard(self) {
        self.draft.set(self.saved.get_untracked());
        self.said.set(save::Said::Nothing);
    }
}

fn set_if_new<T: Clone + PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

#[component]
pub(crate) fn Wording() -> impl IntoView {
    let language = text::language();
    let asked = use_query_map().read_untracked().get("language");
    let tab = asked.as_deref().and_then(Language::from_tag);
    let form = Form::new(tab.unwrap_or(language));
    let version = form.version;
    let there = Fetched::new(move || version.get(), |_| wording_get());
    let take = move || {
        if let Some(Ok(desk)) = there.get() {
            form.take(&desk);
        }
    };
    let say = announcer();
    let dirty = move || form.there.get() && form.changed();
    let going = leave::guard(dirty, move || {
        LEFT.set(form.draft.try_get_untracked());
        say.done(t::set_kept(form.language));
    });
    let problem = move || match there.get() {
        Some(Err(AppError::Forbidden)) => Some(t::set_forbidden(language).to_owned()),
        Some(Err(error)) => Some(text::error(language, &error)),
        _ => None,
    };
    view! {
        <main class="main set own">
            <div class="head"><h1 tabindex="-1">{t::own_title(language)}</h1><Help page="message" about=t::own_title(language)/><SettingsViews/></div>
            <p class="muted set-intro">{t::own_intro(language)}</p>
            <Wait take=take bones=Bones::Window>
                {move || problem().map(|why| view! { <p class="note warn" role="alert">{why}</p> })}
                <Show when=move || form.there.get()><Desk form=form/></Show>
            </Wait>
            <leave::Ask going=going discard=Callback::new(move |()| form.discard())/>
        </main>
    }
    .erased()
}

/// Form and preview, side by side; on a phone one behind the other.
#[component]
fn Desk(form: Form) -> impl IntoView {
    let language = form.language;
    let shows = RwSignal::new(false);
    let pick = move |preview: bool, label: &'static str| {
        let press = move |_| shows.set(preview);
        view! { <button type="button" aria-pressed=move || (shows.get() == preview).to_string() on:click=boxed(press)>{label}</button> }
    };
    view! {
        <div class="own-desk" class:shows=move || shows.get()>
            <div class="own-side switch" role="group" aria-label=t::own_pane(language)>
                {pick(false, t::own_words(language))}{pick(true, t::own_preview(language))}
            </div>
            <form class="own-form" novalidate on:submit=boxed(move |event| save::save(form, &event))>
                <Parts form=form/>
                <trial::Trial form=form/>
                <look::Look form=form/>
                <save::Bar form=form/>
            </form>
            <preview::Preview form=form/>
        </div>
    }
    .erased()
}

/// The parts of the message in the language that is chosen.
#[component]
fn Parts(form: Form) -> impl IntoView {
    let language = form.language;
    let tab = move |l: Language| {
        let press = move |_| form.tab.set(l);
        let wrong =
            move || look!(form.wrong, |w| w.iter().any(|w| matches!(w.at, At::Part(of, _) if of == l)));
        view! {
            <button type="button" lang=l.tag() aria-pressed=move || (form.tab.get() == l).to_string() on:click=boxed(press)>
                {tongue(l)}
                <Show when=wrong><span class="own-wrong" role="img" aria-label=t::own_wrong(language)>"!"</span></Show>
            </button>
        }
    };
    let parts = move |l: Language| {
        let fields = Part::ALL.map(|part| view! { <field::Text form=form at=At::Part(l, part) part=part/> });
        view! {
            <div class="own-parts" hidden=move || form.tab.get() != l>
                {fields.collect_view()}
                <save::Reset form=form of=l/>
            </div>
        }
    };
    view! {
        <section class="card own-card" aria-label=t::own_title(language)>
            <div class="own-top">
                <div class="switch" role="group" aria-label=t::own_language(language)>{Language::ALL.map(tab).collect_view()}</div>
            </div>
            {Language::ALL.map(parts).collect_view()}
        </section>
    }
    .erased()
}
