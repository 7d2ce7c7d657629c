//! Addresses that are pasted: found in any text, with names to correct.

use super::{file::FOUND, words};
use crate::{
    api::{
        groups::groups_list,
        imports::{PastedPeople, pasted_look, people_add},
    },
    text::{self, t},
    ui::{
        dialog::{focus, land},
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
    /// Their place among all that were found, in ids.
    place: usize,
    email: EmailAddress,
    name: RwSignal<String>,
    /// Whether the name is told to be none.
    wrong: RwSignal<bool>,
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
    let (no_groups, looked) = (RwSignal::new(false), StoredValue::new(0));
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
                    // Places go on, so that who was read anew is somebody else.
                    let first = looked.get_value();
                    looked.set_value(first + look.pasted.people.len());
                    found.set(people(&look, first));
                    seen.set(Some(look));
                    land(vec![FOUND.to_owned()]);
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
        no_groups.set(groups.is_err());
        let (people, groups) = match (people, groups) {
            (Ok(people), Ok(groups)) => (people, groups),
            (Err(place), _) => return go(format!("#name-{place}")),
            (_, Err(_)) => return go(GROUPS.to_owned()),
        };
        busy.set(true);
        problem.set(None);
        spawn(async move {
            match people_add(people, groups).await {
                Ok(imported) => {
                    version.update(|v| *v = v.wrapping_add(1));
                    done.set(Some(imported));
                    land(vec![super::DONE.to_owned()]);
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    let count = move || look!(found, |f| f.len() as u64);
    let wrong = move || look!(found, |f| f.iter().filter(|person| person.wrong.get()).count() as u64);
    // Who is there already is not added, and may still join the groups.
    let new = move || look!(found, |f| f.iter().filter(|person| person.there.is_none()).count() as u64);
    view! {
        <form class="stack" on:submit=boxed(read)>
            <label>{t::imp_paste_label(language)}
                <textarea class="input" id="pasted" rows="6" spellcheck="false" placeholder=t::imp_paste_hint(language) prop:value=typed on:input=boxed(move |e| typed.set(event_target_value(&e)))></textarea>
            </label>
            <div><button class="btn" class:primary=move || count() == 0 disabled=move || busy.get() || look!(typed, |t| t.trim().is_empty())>{t::imp_read(language)}</button></div>
        </form>
        <Problem problem=problem grave=true/>
        <Show when=move || seen.read().is_some()>
            <p role="status" id="import-found" tabindex="-1"><b>{move || if count() == 0 { t::imp_none_found(language).to_owned() } else { t::imp_found(language, count()) }}</b></p>
            <Rest seen=seen/>
        </Show>
        <Show when=move || { count() > 0 }>
            <ul class="card pasted">
                <For each=move || found.get() key=|f| f.place let(person)><Row person=person found=found/></For>
            </ul>
            <Groups groups=groups wrong=no_groups/>
            <div class="end import-end">
                <span class="why" role="status">{move || Some(wrong()).filter(|n| *n > 0).map(|n| t::imp_names_bad(language, n))}</span>
                <button class="btn primary" disabled=move || busy.get() on:click=boxed(add)>{move || t::imp_add(language, if new() == 0 { count() } else { new() })}</button>
            </div>
        </Show>
    }
    .into_any()
}

fn people(look: &PastedPeople, first: usize) -> Vec<Found> {
    let found = look.pasted.people.iter().enumerate().filter_map(|(place, person)| {
        let email = person.details.email.clone()?;
        Some(Found {
            place: first + place,
            there: look.there.get(&email.key()).cloned(),
            email,
            name: RwSignal::new(person.details.name.as_str().to_owned()),
            wrong: RwSignal::new(false),
            made: person.invented,
        })
    });
    found.collect()
}

/// What is to be written, or the place of the first name that is none; each such name is marked.
fn look_at(found: &[Found]) -> Result<Vec<UserDetails>, usize> {
    let mut wrong = None;
    let mut people = Vec::new();
    for person in found {
        let name = person.name.get_untracked().parse::<PersonName>();
        person.wrong.set(name.is_err());
        match name {
            Ok(name) => people.push(UserDetails {
                name,
                email: Some(person.email.clone()),
                language: None,
                groups: Vec::new(),
            }),
            Err(_) => wrong = wrong.or(Some(person.place)),
        }
    }
    wrong.map_or(Ok(people), Err)
}

/// The field of the groups that all of them join.
const GROUPS: &str = "#import-groups";

/// Goes to a field with something wrong in it, wherever it is on the page.
fn go(field: String) {
    focus(&field);
    if let Ok(Some(field)) = document().query_selector(&field) {
        field.scroll_into_view_with_bool(false);
    }
}

fn parsed(groups: &str) -> Result<Vec<PersonName>, muster_domain::text::InvalidText> {
    groups.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::parse).collect()
}

#[component]
fn Row(person: Found, found: RwSignal<Vec<Found>>) -> impl IntoView {
    let language = text::language();
    let Found { place, email, name, wrong, made, there } = person;
    let is_there = there.is_some();
    let words = match there {
        Some(name) => t::imp_is_there(language, name),
        None if made => t::imp_made(language).to_owned(),
        None => String::new(),
    };
    // The next one has the focus then, or else the one before.
    let without = move |_| {
        let near = look!(found, |all| {
            let at = all.iter().position(|p| p.place == place).unwrap_or_default();
            let beside = [all.get(at + 1), at.checked_sub(1).and_then(|at| all.get(at))];
            beside.into_iter().flatten().next().map(|p| format!("#without-{}", p.place))
        });
        found.update(|f| f.retain(|p| p.place != place));
        land(vec![near.unwrap_or_else(|| FOUND.to_owned())]);
    };
    let typed = move |event: web_sys::Event| {
        name.set(event_target_value(&event));
        wrong.update(|wrong| *wrong = *wrong && name.get_untracked().parse::<PersonName>().is_err());
    };
    let (field, why) = (format!("name-{place}"), format!("name-{place}-wrong"));
    view! {
        <li>
            <div>
                <input class="input" id=field maxlength="120" autocomplete="off" aria-label=t::imp_name_of(language, &email) disabled=is_there prop:value=name
                    aria-invalid=move || wrong.get().to_string() aria-describedby=why.clone() on:input=boxed(typed)/>
                <p class="wrong" id=why>{move || wrong.get().then(|| t::imp_unsaved_names(language))}</p>
            </div>
            <span class="who"><span>{email.as_str().to_owned()}</span><span class="sub" class:warn=made && !is_there>{words}</span></span>
            <button type="button" class="btn quiet" id=format!("without-{place}") aria-label=t::imp_without(language, &email) on:click=boxed(without)>"×"</button>
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
                    .map(|b| {
                        format!(
                            "{}: {} {}",
                            t::imp_line(language, b.line),
                            b.text,
                            words::invalid(language, b.why)
                        )
                    })
                    .collect::<Vec<_>>()
            })
            .unwrap_or_default())
    };
    let left_over = move || {
        look!(seen, |s| s
            .as_ref()
            .map(|s| {
                s.pasted
                    .left_over
                    .iter()
                    .map(|l| format!("{}: {}", t::imp_line(language, l.line), l.text))
                    .collect::<Vec<_>>()
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
fn Groups(groups: RwSignal<String>, wrong: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let known = Asked::new(groups_list);
    view! {
        <label class="part">{t::imp_join(language)}
            <input class="input" id="import-groups" autocomplete="off" list="import-known" placeholder=t::imp_join_hint(language) prop:value=groups aria-invalid=move || wrong.get().to_string() aria-describedby="import-groups-wrong"
                on:input=boxed(move |e| { groups.set(event_target_value(&e)); wrong.set(false); })/>
        </label>
        <p class="wrong" id="import-groups-wrong">{move || wrong.get().then(|| t::users_invalid_group(language))}</p>
        <datalist id="import-known">
            {move || known.get().and_then(Result::ok).unwrap_or_default().into_iter().map(|g| view! { <option value=g.name></option> }).collect_view()}
        </datalist>
    }
    .into_any()
}
