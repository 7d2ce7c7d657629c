//! Addresses that are pasted: found in any text, with names to correct.

use super::words;
use crate::{
    api::{
        groups::groups_list,
        imports::{PastedPeople, pasted_look, people_add},
    },
    text::{self, t},
    ui::{
        dialog::focus,
        fetch::Asked,
        flow::{Erased, For, Show, boxed, look, spawn},
        live::live,
        problem::Problem,
    },
};
use leptos::prelude::*;
use muster_domain::{EmailAddress, PersonName, ports::Imported, user::UserDetails};

/// Letters that one request takes.
const MOST: usize = 900_000;

/// Someone who was found.
#[derive(Clone)]
struct Found {
    email: EmailAddress,
    name: RwSignal<String>,
    /// Whether the name was made of the address.
    made: bool,
    /// The name of who has the address already.
    there: Option<String>,
}

#[component]
pub(super) fn Paste(done: RwSignal<Option<Imported>>) -> impl IntoView {
    let language = text::language();
    let (typed, groups) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (seen, found) = (RwSignal::new(None::<PastedPeople>), RwSignal::new(Vec::<Found>::new()));
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let version = live().version;
    let read = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = typed.get_untracked();
        problem.set(None);
        if text.len() > MOST {
            return problem.set(Some(t::imp_paste_large(language).to_owned()));
        }
        busy.set(true);
        spawn(async move {
            match pasted_look(text).await {
                Ok(Ok(look)) => {
                    found.set(people(&look));
                    seen.set(Some(look));
                }
                Ok(Err(why)) => problem.set(Some(words::too_much(language, why))),
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    let add = move |_| {
        let groups = parsed(&groups.get_untracked());
        let people = look_at(&found.get_untracked());
        let (people, groups) = match (people, groups) {
            (Ok(people), Ok(groups)) => (people, groups),
            (Err(names), _) => return problem.set(Some(t::imp_unsaved_names(language, names))),
            (_, Err(_)) => return problem.set(Some(t::users_invalid_group(language).to_owned())),
        };
        busy.set(true);
        problem.set(None);
        spawn(async move {
            match people_add(people, groups).await {
                Ok(imported) => {
                    version.update(|v| *v = v.wrapping_add(1));
                    done.set(Some(imported));
                    focus("h1");
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    let count = move || look!(found, |f| f.len() as u64);
    view! {
        <form class="stack" on:submit=boxed(read)>
            <label>{t::imp_paste_label(language)}
                <textarea class="input" id="pasted" rows="6" spellcheck="false" placeholder=t::imp_paste_hint(language) prop:value=typed on:input=boxed(move |e| typed.set(event_target_value(&e)))></textarea>
            </label>
            <div><button class="btn" class:primary=move || count() == 0 disabled=move || busy.get() || look!(typed, |t| t.trim().is_empty())>{t::imp_read(language)}</button></div>
        </form>
        <Problem problem=problem grave=true/>
        <Show when=move || seen.read().is_some()>
            <p role="status"><b>{move || if count() == 0 { t::imp_none_found(language).to_owned() } else { t::imp_found(language, count()) }}</b></p>
            <Rest seen=seen/>
        </Show>
        <Show when=move || { count() > 0 }>
            <ul class="card pasted">
                <For each=move || found.get() key=|f| f.email.key() let(person)><Row person=person found=found/></For>
            </ul>
            <Groups groups=groups/>
            <div class="end import-end">
                <button class="btn primary" disabled=move || busy.get() on:click=boxed(add)>{move || t::imp_add(language, count())}</button>
            </div>
        </Show>
    }
    .into_any()
}

fn people(look: &PastedPeople) -> Vec<Found> {
    let found = look.pasted.people.iter().filter_map(|person| {
        let email = person.details.email.clone()?;
        Some(Found {
            there: look.there.get(&email.key()).cloned(),
            email,
            name: RwSignal::new(person.details.name.as_str().to_owned()),
            made: person.invented,
        })
    });
    found.collect()
}

/// What is to be written, or the names that are none.
fn look_at(found: &[Found]) -> Result<Vec<UserDetails>, String> {
    let mut wrong = Vec::new();
    let mut people = Vec::new();
    for person in found {
        match person.name.get_untracked().parse::<PersonName>() {
            Ok(name) => people.push(UserDetails {
                name,
                email: Some(person.email.clone()),
                language: None,
                groups: Vec::new(),
            }),
            Err(_) => wrong.push(person.email.as_str().to_owned()),
        }
    }
    if wrong.is_empty() { Ok(people) } else { Err(wrong.join(", ")) }
}

fn parsed(groups: &str) -> Result<Vec<PersonName>, muster_domain::text::InvalidText> {
    groups.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::parse).collect()
}

#[component]
fn Row(person: Found, found: RwSignal<Vec<Found>>) -> impl IntoView {
    let language = text::language();
    let Found { email, name, made, there } = person;
    let is_there = there.is_some();
    let words = match there {
        Some(name) => t::imp_is_there(language, name),
        None if made => t::imp_made(language).to_owned(),
        None => String::new(),
    };
    let key = email.key();
    let without = move |_| found.update(|f| f.retain(|p| p.email.key() != key));
    view! {
        <li>
            <input class="input" maxlength="120" autocomplete="off" aria-label=t::imp_name_of(language, &email) disabled=is_there prop:value=name
                on:input=boxed(move |e| name.set(event_target_value(&e)))/>
            <span class="who"><span>{email.as_str().to_owned()}</span><span class="sub" class:warn=made && !is_there>{words}</span></span>
            <button type="button" class="btn quiet" aria-label=t::imp_without(language, &email) on:click=boxed(without)>"×"</button>
        </li>
    }
    .erased()
}

/// What was not understood, so that nothing is lost unseen.
#[component]
fn Rest(seen: RwSignal<Option<PastedPeople>>) -> impl IntoView {
    let language = text::language();
    let bad = move || {
        look!(seen, |s| s
            .as_ref()
            .map(|s| {
                s.pasted
                    .bad
                    .iter()
                    .map(|b| format!("{}: {} {}", b.line, b.text, words::invalid(language, b.why)))
                    .collect::<Vec<_>>()
            })
            .unwrap_or_default())
    };
    let left_over = move || {
        look!(seen, |s| s
            .as_ref()
            .map(|s| {
                s.pasted.left_over.iter().map(|l| format!("{}: {}", l.line, l.text)).collect::<Vec<_>>()
            })
            .unwrap_or_default())
    };
    let repeated = move || look!(seen, |s| s.as_ref().map_or(0, |s| u64::from(s.pasted.repeated)));
    let list = |words: &'static str, lines: Vec<String>| {
        (!lines.is_empty()).then(|| {
            let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
            view! { <div class="note warn bad"><div><b>{words}</b><ul>{lines}</ul></div></div> }
        })
    };
    view! {
        {move || list(t::imp_no_address(language), bad())}
        {move || list(t::imp_left_over(language), left_over())}
        <p class="muted">{move || Some(repeated()).filter(|n| *n > 0).map(|n| t::imp_repeated(language, n))}</p>
    }
    .into_any()
}

/// The groups that all of them join.
#[component]
fn Groups(groups: RwSignal<String>) -> impl IntoView {
    let language = text::language();
    let known = Asked::new(groups_list);
    view! {
        <label class="part">{t::imp_join(language)}
            <input class="input" id="import-groups" autocomplete="off" list="import-known" placeholder=t::imp_join_hint(language) prop:value=groups on:input=boxed(move |e| groups.set(event_target_value(&e)))/>
        </label>
        <datalist id="import-known">
            {move || known.get().and_then(Result::ok).unwrap_or_default().into_iter().map(|g| view! { <option value=g.name></option> }).collect_view()}
        </datalist>
    }
    .into_any()
}
