//! How it looks: the button's colour, the logo, whom to ask. They are one for all languages.

use super::{
    Form,
    draft::At,
    field::{Below, invalid},
};
use crate::{
    api::wording::logo_remove,
    text::{self, t},
    ui::{
        announce::announcer,
        flow::{Erased, Show, boxed, look, spawn},
        upload,
    },
};
use leptos::prelude::*;
use muster_domain::{
    Language,
    look::{Colour, READABLE, VISIBLE},
};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Why a file was not taken, by the name that the server gives.
fn why(language: Language, refused: &str) -> &'static str {
    match refused {
        "empty" => t::own_logo_empty(language),
        "large" => t::own_logo_large(language),
        "kind" => t::own_logo_kind(language),
        "pixels" => t::own_logo_pixels(language),
        "damaged" => t::own_logo_damaged(language),
        "elsewhere" => t::acc_elsewhere(language),
        _ => t::own_logo_failed(language),
    }
}

/// Sends a file; why it was not taken, if it was not.
async fn send(file: &Blob) -> Result<(), String> {
    // What is far too large is not sent at all.
    if file.size() > 1_000_000.0 {
        return Err("large".into());
    }
    let lost = |_| String::new();
    let answer = upload::answer("/message/logo", file).await.ok_or_else(String::new)?;
    if answer.ok() {
        return Ok(());
    }
    match answer.status() {
        409 => return Err("elsewhere".into()),
        413 => return Err("large".into()),
        _ => {}
    }
    let told = JsFuture::from(answer.json().map_err(lost)?).await.map_err(lost)?;
    let refused = js_sys::Reflect::get(&told, &"refused".into()).map_err(lost)?;
    Err(refused.as_string().unwrap_or_default())
}

/// A contrast as people write it.
fn ratio(language: Language, contrast: f64) -> String {
    // Rounded down: what is not quite enough does not look like enough.
    let text = format!("{:.1}", (contrast * 10.0).floor() / 10.0);
    match language {
        Language::En => text,
        Language::Ru => text.replace('.', ","),
    }
}

/// What there is to say of a colour: which text stands on it, and whether the button can be seen.
fn about(language: Language, colour: Colour) -> String {
    let Some(on) = colour.text() else { return String::new() };
    let contrast = ratio(language, colour.contrast(on));
    let needed = ratio(language, READABLE);
    let mut words = if on == Colour::WHITE {
        t::own_on_white(language, contrast, needed)
    } else {
        t::own_on_black(language, contrast, needed)
    };
    let [light, dark] = Colour::GROUNDS.map(|ground| colour.contrast(ground) < VISIBLE);
    if light {
        words = format!("{words} {}", t::own_faint_light(language));
    }
    if dark {
        words = format!("{words} {}", t::own_faint_dark(language));
    }
    words
}

#[component]
fn Line(form: Form, at: At, label: &'static str, help: &'static str, mode: &'static str) -> impl IntoView {
    let value = move || look!(form.draft, |d| d.get(at).to_owned());
    view! {
        <div class="set-field">
            <label for=at.id()>{label}</label>
            <input class="input" id=at.id() type="text" inputmode=mode autocomplete="off" spellcheck="false"
                aria-describedby=format!("{}-below", at.id()) aria-invalid=invalid(form, at)
                value=form.draft.with_untracked(|d| d.get(at).to_owned())
                prop:value=value on:input=boxed(move |e| form.put(at, event_target_value(&e)))/>
            <Below form=form at=at help=help/>
        </div>
    }
    .erased()
}

#[component]
pub(super) fn Look(form: Form) -> impl IntoView {
    let language = form.language;
    view! {
        <section class="card own-card" aria-label=t::own_look(language)>
            <h2>{t::own_look(language)}</h2>
            <p class="set-help">{move || t::own_company(language, form.company.get())}" "<a class="link" href="/settings">{t::settings(language)}</a></p>
            <Accent form=form/>
            <Logo form=form/>
            <Line form=form at=At::Contact label=t::own_contact(language) help=t::own_contact_help(language) mode="text"/>
            <div class="row2">
                <Line form=form at=At::Phone label=t::own_phone(language) help="" mode="tel"/>
                <Line form=form at=At::Email label=t::own_email(language) help="" mode="email"/>
            </div>
        </section>
    }
    .erased()
}

/// The colour, as a text and in the browser's own chooser.
#[component]
fn Accent(form: Form) -> impl IntoView {
    let language = form.language;
    let at = At::Accent;
    let value = move || look!(form.draft, |d| d.get(at).to_owned());
    let colour = move || look!(form.draft, |d| d.accent());
    let chosen = move || colour().map_or_else(|| "#0b5f7d".to_owned(), |c| c.to_string());
    let typed = move |event| form.put(at, event_target_value(&event));
    view! {
        <div class="set-field">
            <label for=at.id()>{t::own_colour(language)}</label>
            <span class="own-colour">
                <input type="color" aria-label=t::own_colour_pick(language) prop:value=chosen on:input=boxed(typed)/>
                <input class="input" id=at.id() type="text" autocomplete="off" spellcheck="false" placeholder="#0b5f7d"
                    aria-describedby=format!("{0}-below {0}-said", at.id()) aria-invalid=invalid(form, at)
                    value=form.draft.with_untracked(|d| d.get(at).to_owned()) prop:value=value on:input=boxed(typed)/>
            </span>
            <p class="set-help" id=format!("{}-said", at.id()) role="status">{move || colour().map(|c| about(language, c))}</p>
            <Below form=form at=at help=t::own_colour_help(language)/>
        </div>
    }
    .erased()
}

/// The logo is taken when it is chosen: the server draws it anew, and the preview shows what became of it.
#[component]
fn Logo(form: Form) -> impl IntoView {
    let language = form.language;
    let problem = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let say = announcer();
    let again = move || form.version.update(|v| *v = v.wrapping_add(1));
    let chosen = move |event: web_sys::Event| {
        let Some(file) = upload::chosen(&event) else { return };
        busy.set(true);
        problem.set(None);
        spawn(async move {
            match send(&file).await {
                Ok(()) => {
                    say.done(t::own_logo_done(language));
                    again();
                }
                Err(refused) => problem.set(Some(why(language, &refused).to_owned())),
            }
            busy.set(false);
        });
    };
    let remove = move |_| {
        problem.set(None);
        spawn(async move {
            match logo_remove().await {
                Ok(()) => again(),
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    view! {
        <div class="set-field">
            <label for="own-logo">{t::own_logo(language)}</label>
            <div class="own-logo">
                {move || form.logo.get().map(|logo| view! {
                    <img src=logo.address width=logo.width.to_string() height=logo.height.to_string() alt=t::own_logo_now(language)/>
                })}
                <label class="btn file">
                    {t::own_logo_choose(language)}
                    <input id="own-logo" type="file" accept="image/png,image/jpeg" aria-describedby="own-logo-below"
                        aria-invalid=move || problem.read().is_some().then_some("true") disabled=move || busy.get() on:change=boxed(chosen)/>
                </label>
                <Show when=move || form.logo.read().is_some()>
                    <button type="button" class="btn" on:click=boxed(remove)>{t::own_logo_remove(language)}</button>
                </Show>
            </div>
            <div id="own-logo-below">
                <Show when=move || problem.read().is_some()><p class="set-error" role="alert">{move || problem.get()}</p></Show>
                <p class="set-help">{t::own_logo_help(language)}</p>
            </div>
        </div>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_colour_names_the_text_on_it_and_where_the_button_is_faint() {
        let said = |colour: &str, language| about(language, colour.parse().unwrap());
        assert!(said("#0b5f7d", Language::En).starts_with("White text"), "{}", said("#0b5f7d", Language::En));
        let yellow = said("#ffee00", Language::En);
        assert!(yellow.starts_with("Black text") && yellow.contains("light"), "{yellow}");
        assert!(said("#101010", Language::Ru).contains("тёмн"));
        assert_eq!(
            (ratio(Language::Ru, 4.59), ratio(Language::En, 21.0)),
            ("4,5".to_owned(), "21.0".to_owned())
        );
    }
}
