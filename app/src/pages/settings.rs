//! Settings of the workspace, in calm sections; what was typed stays until it is saved or discarded.

mod draft;
mod field;
mod mail;
mod queue;
mod save;
pub(in crate::pages) mod told;
mod trial;

use crate::{
    AppError,
    api::settings::{Configured, Password, settings_get},
    text::{self, t},
    ui::{
        announce::{Announcer, announcer},
        fetch::Fetched,
        flow::{Erased, Show, Wait, boxed, look},
        help::Help,
        live::live,
        problem::Problem,
        skeleton::Bones,
        views::SettingsViews,
    },
};
use draft::{Draft, Field, Problem};
use field::{Input, Section};
use leptos::prelude::*;
use muster_domain::{Language, settings::PRESETS};

/// What becomes of the password, as the menu beside it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Keeping {
    #[default]
    Keep,
    New,
    Remove,
}

/// The form: what is typed, what is saved, what is wrong.
#[derive(Clone, Copy)]
struct Form {
    language: Language,
    /// Counts live changes: after saving, all of the page fetches again.
    version: RwSignal<u32>,
    said: RwSignal<save::Said>,
    draft: RwSignal<Draft>,
    saved: RwSignal<Draft>,
    keeping: RwSignal<Keeping>,
    password: RwSignal<String>,
    has_password: RwSignal<bool>,
    own_url: RwSignal<String>,
    my_email: RwSignal<String>,
    /// Problems are shown from the first attempt on, and then with each key.
    tried: RwSignal<bool>,
    /// What the server did not take.
    refused: RwSignal<Option<(Field, Problem)>>,
    problems: Memo<Vec<(Field, Problem)>>,
}

impl Form {
    fn new() -> Self {
        let draft = RwSignal::new(Draft::default());
        let tried = RwSignal::new(false);
        let refused = RwSignal::new(None);
        let problems = Memo::new(move |_| {
            let mut problems = if tried.get() { look!(draft, |d| d.settings().1) } else { Vec::new() };
            problems.extend(refused.get());
            problems
        });
        Self {
            language: text::language(),
            version: live().version,
            said: RwSignal::new(save::Said::default()),
            draft,
            saved: RwSignal::new(Draft::default()),
            keeping: RwSignal::new(Keeping::Keep),
            password: RwSignal::new(String::new()),
            has_password: RwSignal::new(false),
            own_url: RwSignal::new(String::new()),
            my_email: RwSignal::new(String::new()),
            tried,
            refused,
            problems,
        }
    }

    /// Takes what the server has; what was typed meanwhile stays.
    fn take(self, now: &Configured) {
        let new = Draft::of(&now.settings);
        let before = self.saved.get_untracked();
        let mut draft = self.draft.get_untracked();
        draft.follow(&before, &new);
        set_if_new(self.draft, draft);
        set_if_new(self.saved, new);
        set_if_new(self.has_password, now.has_password);
        set_if_new(self.own_url, now.own_url.clone());
        set_if_new(self.my_email, now.my_email.clone());
    }

    fn put(self, field: Field, text: String) {
        self.refused.update(|r| *r = r.take().filter(|(at, _)| *at != field));
        self.draft.update(|d| d.put(field, text));
    }

    fn problem(self, field: Field) -> Option<Problem> {
        look!(self.problems, |p| p.iter().find(|(at, _)| *at == field).map(|(_, problem)| *problem))
    }

    /// What the request says about the password.
    fn password(self) -> Password {
        let typed = self.password.get_untracked();
        match (self.has_password.get_untracked(), self.keeping.get_untracked()) {
            (true, Keeping::Remove) => Password::Remove,
            (true, Keeping::Keep) => Password::Keep,
            _ if typed.is_empty() => Password::Keep,
            _ => Password::Set(typed),
        }
    }

    fn changed(self) -> bool {
        let password = if self.has_password.get() {
            self.keeping.get() != Keeping::Keep
        } else {
            look!(self.password, |p| !p.is_empty())
        };
        password || look!(self.draft, |d| look!(self.saved, |s| d != s))
    }

    fn forget_password(self) {
        self.keeping.set(Keeping::Keep);
        self.password.set(String::new());
    }

    /// Goes back to what is saved, as if nothing had been tried.
    fn discard(self) {
        self.draft.set(self.saved.get_untracked());
        self.forget_password();
        self.tried.set(false);
        self.refused.set(None);
        self.said.set(save::Said::default());
    }

    /// The page is left: what was typed stays for when one comes back, and that is said.
    fn leave(self, say: Announcer) {
        if untrack(|| self.changed()) {
            say.done(t::set_kept(self.language));
        } else {
            self.discard();
        }
    }
}

/// Puts the form into the context. It is the console's, not the page's: what was typed outlives a look at another page.
/// Before the console itself is left, the browser asks.
pub(crate) fn provide() {
    let form = Form::new();
    provide_context(form);
    #[cfg(feature = "hydrate")]
    window_event_listener(leptos::ev::beforeunload, move |event| {
        if untrack(|| form.changed()) {
            event.prevent_default();
        }
    });
}

fn set_if_new<T: Clone + PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

#[component]
pub(crate) fn Settings() -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let form = use_context::<Form>().unwrap_or_else(Form::new);
    let say = announcer();
    on_cleanup(move || {
        if cfg!(feature = "hydrate") {
            form.leave(say);
        }
    });
    let there = Fetched::new(move || version.get(), |_| settings_get());
    let problem = RwSignal::new(None::<String>);
    let forbidden = RwSignal::new(false);
    let take = move || match there.get() {
        Some(Ok(now)) => {
            form.take(&now);
            set_if_new(forbidden, false);
            set_if_new(problem, None);
        }
        Some(Err(AppError::Forbidden)) => set_if_new(forbidden, true),
        // What was typed stays; the reason stands above it.
        Some(Err(error)) => set_if_new(problem, Some(text::error(language, &error))),
        None => {}
    };
    view! {
        <main class="main set">
            <div class="head"><h1 tabindex="-1">{t::settings(language)}</h1><Help page="settings" about=t::settings(language)/><SettingsViews/></div>
            <Wait take=take bones=Bones::Window>
                <Problem problem=problem/>
                <Show when=move || !forbidden.get() fallback=move || view! { <p class="muted">{t::set_forbidden(language)}</p> }>
                    // Not before they are known: nobody shall take an empty form for their settings.
                    <Show when=move || look!(form.saved, |s| !s.get(Field::Name).is_empty())><Sections form=form/></Show>
                </Show>
            </Wait>
        </main>
    }
    .erased()
}

#[component]
fn Sections(form: Form) -> impl IntoView {
    let language = text::language();
    let own = Signal::derive(move || t::set_public_url_help(language, form.own_url.get()));
    view! {
        <form class="set-form" novalidate on:submit=boxed(move |event| save::save(form, &event))>
            <Section title=t::set_company(language) about=t::set_company_text(language)>
                <Input form=form field=Field::Name label=t::set_name(language) help=t::set_name_help(language)/>
                <Input form=form field=Field::PublicUrl label=t::set_public_url(language) help=own kind="url"/>
                <Input form=form field=Field::Help label=t::set_help_contact(language) help=t::set_help_contact_help(language)/>
                <field::Select form=form field=Field::Language label=t::set_language(language) help=t::set_language_help(language)
                    choices=vec![("en", "English".to_owned()), ("ru", "Русский".to_owned())]/>
                <p class="set-queue"><span class="muted">{t::own_intro(language)}</span><a class="link" href="/message">{t::own_change(language)}</a></p>
            </Section>
            <Section title=t::set_mail(language) about=t::set_mail_text(language)>
                <mail::Server form=form/>
                <trial::Trial form=form/>
                <queue::Queue/>
            </Section>
            <Section title=t::set_pace(language) about=t::set_pace_text(language)>
                <Pace form=form/>
            </Section>
            <Section title=t::set_links(language) about=t::set_links_text(language)>
                <Input form=form field=Field::LinkDays label=t::set_link_days(language) help=t::set_link_days_help(language) kind="number"/>
                <Input form=form field=Field::Package label=t::set_package(language) help=t::set_package_help(language)/>
            </Section>
            <Section title=t::set_silence(language) about=t::set_silence_text(language)>
                <div class="row2">
                    <Input form=form field=Field::WarningDays label=t::set_warning_days(language) help=t::set_silence_help(language) kind="number"/>
                    <Input form=form field=Field::CriticalDays label=t::set_critical_days(language) help="" kind="number"/>
                </div>
                <Input form=form field=Field::MinimumOs label=t::set_minimum_os(language) help=t::set_minimum_os_help(language)/>
                <Input form=form field=Field::MinimumAgent label=t::set_minimum_agent(language) help=t::set_minimum_agent_help(language)/>
                <field::Select form=form field=Field::Owned label=t::set_owned(language) help=t::set_owned_help(language)
                    choices=vec![("", t::set_owned_no(language).to_owned()), (draft::YES, t::set_owned_yes(language).to_owned())]/>
            </Section>
            <save::Bar form=form/>
        </form>
    }
    .erased()
}

/// The place of a preset whose numbers stand in the form.
fn preset(draft: &Draft) -> Option<usize> {
    let number = |field| draft.get(field).trim().parse::<u32>().ok();
    PRESETS.iter().position(|p| {
        number(Field::PerMinute) == Some(p.per_minute) && number(Field::PerDay) == Some(p.per_day)
    })
}

/// What the provider allows: a preset, or numbers of one's own.
#[component]
fn Pace(form: Form) -> impl IntoView {
    let language = text::language();
    let chosen_own = RwSignal::new(false);
    let found = Memo::new(move |_| form.draft.with(preset));
    let own = Memo::new(move |_| chosen_own.get() || found.get().is_none());
    let value = move || match found.get() {
        Some(place) if !own.get() => place.to_string(),
        _ => "own".to_owned(),
    };
    let choose = move |event| {
        let place = event_target_value(&event).parse::<usize>().ok().and_then(|n| PRESETS.get(n));
        chosen_own.set(place.is_none());
        if let Some(preset) = place {
            form.put(Field::PerMinute, preset.per_minute.to_string());
            form.put(Field::PerDay, preset.per_day.to_string());
        }
    };
    let number = |n: u32| text::number(language, u64::from(n));
    let name = move |place: usize| match PRESETS.get(place) {
        Some(p) if p.provider.is_empty() => t::set_preset_none(language).to_owned(),
        Some(p) if p.per_minute > 0 => {
            t::set_preset_minute_day(language, number(p.per_day), number(p.per_minute), p.provider)
        }
        Some(p) => t::set_preset_day(language, number(p.per_day), p.provider),
        None => String::new(),
    };
    let options = (0..PRESETS.len()).map(|n| view! { <option value=n.to_string() selected=move || found.get() == Some(n) && !own.get()>{name(n)}</option> });
    view! {
        <div class="set-field">
            <label for="set-preset">{t::set_preset(language)}</label>
            <select class="input" id="set-preset" prop:value=value on:change=boxed(choose)>
                {options.collect_view()}
                <option value="own" selected=move || own.get()>{t::set_preset_own(language)}</option>
            </select>
        </div>
        <Show when=move || own.get()>
            <div class="row2">
                <Input form=form field=Field::PerMinute label=t::set_per_minute(language) help=t::set_limit_help(language) kind="number"/>
                <Input form=form field=Field::PerDay label=t::set_per_day(language) help=t::set_limit_help(language) kind="number"/>
            </div>
        </Show>
    }
    .erased()
}
