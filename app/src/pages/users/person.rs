//! Adding and editing a person: the form, and what is wrong with it beside each field.

use crate::{
    AppError,
    api::{
        groups::groups_list,
        users::{user_add, user_edit, users_list},
    },
    text::{self, t},
    ui::{
        announce::{Announcer, announcer},
        dialog::{closed, focus, stand},
        fetch::Asked,
        flow::{Erased, For, Show, boxed, look, spawn},
        live::live,
    },
};
use leptos::{html, prelude::*};
use muster_domain::{
    EmailAddress, Language, PersonName, UserId,
    query::{UserFilter, UserQuery},
    user::{UserDetails, UserRow},
};

/// What stands in the form.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Edited {
    id: Option<UserId>,
    name: String,
    email: String,
    language: Option<Language>,
    groups: Vec<String>,
    /// A group that is typed and not taken yet.
    group: String,
}

/// Who has an address, if they are still there.
async fn holder(email: &str) -> Option<(UserId, String)> {
    let query = UserQuery {
        filter: UserFilter { search: email.to_owned(), ..UserFilter::default() },
        ..UserQuery::default()
    };
    let found = users_list(query).await.ok()?.page.rows.into_iter();
    let has = |row: &UserRow| row.email.as_ref().is_some_and(|has| has.eq_ignore_ascii_case(email));
    found.filter(has).map(|row| (row.id, row.name)).next()
}

/// What is wrong, beside the field where it is.
#[derive(Clone, Debug, Default, PartialEq)]
struct Wrong {
    name: Option<String>,
    email: Option<String>,
    groups: Option<String>,
    whole: Option<String>,
}

impl Edited {
    pub(super) fn of(row: &UserRow) -> Self {
        Self {
            id: Some(row.id),
            name: row.name.clone(),
            email: row.email.clone().unwrap_or_default(),
            language: row.language,
            groups: row.groups.clone(),
            group: String::new(),
        }
    }

    /// Takes the groups that are typed, separated by commas, unless they are there already in any case.
    fn take_group(&mut self) {
        for name in std::mem::take(&mut self.group).split(',').map(str::trim).filter(|n| !n.is_empty()) {
            let letters = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
            if !self.groups.iter().any(|g| letters(g) == letters(name)) {
                self.groups.push(name.to_owned());
            }
        }
    }

    fn details(&self, language: Language) -> Result<UserDetails, Wrong> {
        let mut wrong = Wrong::default();
        let name = self.name.parse::<PersonName>();
        if name.is_err() {
            wrong.name = Some(t::invalid_name(language).to_owned());
        }
        let typed = Some(self.email.trim()).filter(|email| !email.is_empty());
        let email = typed.map(str::parse::<EmailAddress>).transpose();
        if email.is_err() {
            wrong.email = Some(t::invalid_email(language).to_owned());
        }
        let groups = self.groups.iter().map(|g| g.parse()).collect::<Result<Vec<PersonName>, _>>();
        if groups.is_err() {
            wrong.groups = Some(t::users_invalid_group(language).to_owned());
        }
        match (name, email, groups) {
            (Ok(name), Ok(email), Ok(groups)) => {
                Ok(UserDetails { name, email, language: self.language, groups })
            }
            _ => Err(wrong),
        }
    }
}

impl Wrong {
    /// What the server refused. A conflict is the address: nothing else has to be the only one.
    fn of(language: Language, error: &AppError) -> Self {
        match error {
            AppError::Conflict => {
                Self { email: Some(t::users_email_taken(language).to_owned()), ..Self::default() }
            }
            error => Self { whole: Some(text::error(language, error)), ..Self::default() },
        }
    }

    /// The id of the first field with something wrong.
    fn first(&self) -> Option<&'static str> {
        let fields =
            [(&self.name, "person-name"), (&self.email, "person-email"), (&self.groups, "person-group")];
        fields.into_iter().find(|(wrong, _)| wrong.is_some()).map(|(_, id)| id)
    }
}

#[component]
pub(super) fn Person(edited: RwSignal<Option<Edited>>) -> impl IntoView {
    let language = text::language();
    let dialog = NodeRef::<html::Dialog>::new();
    let wrong = RwSignal::new(Wrong::default());
    // Who has the address already.
    let taken = RwSignal::new(None::<(UserId, String)>);
    let busy = RwSignal::new(false);
    let (say, version) = (announcer(), live().version);
    let open = Memo::new(move |_| edited.with(Option::is_some));
    // As it was opened, and whether leaving it with what was typed since was asked about.
    let (before, asked) = (RwSignal::new(None::<Edited>), RwSignal::new(false));
    stand(dialog, open.into(), move || {
        wrong.set(Wrong::default());
        taken.set(None);
        busy.set(false);
        before.set(edited.get_untracked());
        asked.set(false);
    });
    // Esc is pressed by mistake: what was typed goes with the second one alone.
    let cancel = move |event: web_sys::Event| {
        if before.get_untracked() == edited.get_untracked() || asked.get_untracked() {
            edited.set(None);
        } else {
            event.prevent_default();
            asked.set(true);
        }
    };
    let put = move |change: &dyn Fn(&mut Edited)| {
        asked.set(false);
        edited.update(|e| e.iter_mut().for_each(change));
    };
    let fill = move |change: fn(&mut Edited, String)| {
        move |event: web_sys::Event| put(&|e| change(e, event_target_value(&event)))
    };
    let value = move |get: fn(&Edited) -> &str| {
        move || look!(edited, |e| e.as_ref().map(|e| get(e).to_owned()).unwrap_or_default())
    };
    let chosen = value(|e| e.language.map_or("", Language::tag));
    let choose = move |event: web_sys::Event| {
        let language = Language::from_tag(&event_target_value(&event));
        put(&|e| e.language = language);
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        put(&Edited::take_group);
        let Some(form) = edited.get_untracked() else { return };
        if busy.get_untracked() {
            return;
        }
        let fail = move |what: Wrong| {
            let field = what.first();
            wrong.set(what);
            taken.set(None);
            if let Some(field) = field {
                focus(&format!("#{field}"));
            }
        };
        let was = look!(before, |b| b.as_ref().and_then(|b| b.details(language).ok()));
        match form.details(language) {
            Err(what) => fail(what),
            Ok(details) => spawn(async move {
                busy.set(true);
                let done = match form.id {
                    Some(id) => user_edit(id, details, was).await.map(|()| None),
                    None => user_add(details).await.map(Some),
                };
                busy.set(false);
                match done {
                    Ok(added) => {
                        edited.set(None);
                        told(language, say, form.name.trim(), added);
                        version.update(|v| *v = v.wrapping_add(1));
                    }
                    Err(error) => {
                        fail(Wrong::of(language, &error));
                        if error == AppError::Conflict {
                            taken.set(holder(form.email.trim()).await);
                        }
                    }
                }
            }),
        }
    };
    let title = move || {
        let editing = look!(edited, |e| e.as_ref().is_some_and(|e| e.id.is_some()));
        if editing { t::users_edit_person(language) } else { t::add_person(language) }
    };
    view! {
        <dialog class="dialog small person-form" node_ref=dialog on:cancel=boxed(cancel) on:close=boxed(move |_| if closed(dialog) { edited.set(None) }) aria-labelledby="person-title">
            <form class="pane" novalidate on:submit=boxed(save)>
                <h2 id="person-title">{title}</h2>
                <Show when=move || look!(wrong, |w| w.whole.is_some())>
                    <p class="note crit" role="alert">{move || look!(wrong, |w| w.whole.clone())}</p>
                </Show>
                <Field id="person-name" label=t::name(language) wrong=Signal::derive(move || look!(wrong, |w| w.name.clone()))>
                    <input class="input" id="person-name" autocomplete="off" aria-describedby="person-name-wrong" aria-invalid=move || look!(wrong, |w| w.name.is_some()).to_string()
                        prop:value=value(|e| &e.name) on:input=boxed(fill(|e, v| e.name = v))/>
                </Field>
                <Field id="person-email" label=t::email(language) wrong=Signal::derive(move || look!(wrong, |w| w.email.clone()))>
                    <input class="input" id="person-email" type="email" autocomplete="off" aria-describedby="person-email-wrong" aria-invalid=move || look!(wrong, |w| w.email.is_some()).to_string()
                        prop:value=value(|e| &e.email) on:input=boxed(fill(|e, v| e.email = v))/>
                    {move || taken.get().map(|(id, name)| view! {
                        <a class="link holder" href=format!("{}/{id}", super::PATH) on:click=boxed(move |_| edited.set(None))>{t::users_email_of(language, name)}</a>
                    })}
                </Field>
                <Field id="person-group" label=t::groups(language) wrong=Signal::derive(move || look!(wrong, |w| w.groups.clone()))>
                    <Groups edited=edited open=open/>
                </Field>
                <Field id="person-language" label=t::users_mail_language(language) wrong=Signal::stored(None)>
                    <select class="input" id="person-language" prop:value=chosen on:change=boxed(choose)>
                        <option value="">{t::users_company_language(language)}</option>
                        <option value="en">"English"</option>
                        <option value="ru">"Русский"</option>
                    </select>
                </Field>
                <Show when=move || asked.get()><p class="note warn" role="alert">{t::users_unsaved(language)}</p></Show>
                <div class="end">
                    <button type="button" class="btn" on:click=boxed(move |_| edited.set(None))>{t::cancel(language)}</button>
                    <button class="btn primary" disabled=move || busy.get()>{t::save(language)}</button>
                </div>
            </form>
        </dialog>
    }
    .erased()
}

/// Says what was done: somebody new may stand on another page of the list.
fn told(language: Language, say: Announcer, name: &str, added: Option<UserId>) {
    match added {
        Some(id) => say.done_at(t::users_said_added(language, name), format!("{}/{id}", super::PATH)),
        None => say.done(t::users_said_saved(language, name)),
    }
}

/// A field with its label above and what is wrong below.
#[component]
fn Field(
    id: &'static str,
    label: &'static str,
    wrong: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="part">
            <label for=id>{label}</label>
            {children()}
            <p class="wrong" role="alert" id=format!("{id}-wrong")>{move || wrong.get()}</p>
        </div>
    }
    .erased()
}

/// The groups of a person: each can be taken away, more are typed, with the workspace's groups to choose from.
#[component]
fn Groups(edited: RwSignal<Option<Edited>>, open: Memo<bool>) -> impl IntoView {
    let language = text::language();
    let known = Asked::new(move || {
        let open = open.get();
        async move { if open { groups_list().await.unwrap_or_default() } else { Vec::new() } }
    });
    let put = move |change: &dyn Fn(&mut Edited)| edited.update(|e| e.iter_mut().for_each(change));
    let groups = move || look!(edited, |e| e.as_ref().map(|e| e.groups.clone()).unwrap_or_default());
    let typed = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        put(&|e| e.group.clone_from(&text));
        // A comma ends a group; a choice from the list is one at once.
        let chosen = known.get().is_some_and(|known| known.iter().any(|group| group.name == text));
        if text.contains(',') || chosen {
            put(&Edited::take_group);
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let waits = edited.with_untracked(|e| e.as_ref().is_some_and(|e| !e.group.trim().is_empty()));
        if event.key() == "Enter" && waits {
            event.prevent_default();
            put(&Edited::take_group);
        }
    };
    view! {
        <ul class="tags" class:none=move || groups().is_empty()>
            <For each=groups key=Clone::clone let(group)>
                {
                    let name = StoredValue::new(group);
                    view! {
                        <li><span class="tag">{name.get_value()}
                            <button type="button" aria-label=t::users_remove_group(language, name.get_value())
                                on:click=boxed(move |_| put(&|e| e.groups.retain(|g| *g != name.get_value())))>"×"</button></span></li>
                    }
                }
            </For>
        </ul>
        <input class="input" id="person-group" autocomplete="off" list="person-groups" placeholder=t::users_add_group(language) aria-describedby="person-group-wrong"
            prop:value=move || look!(edited, |e| e.as_ref().map(|e| e.group.clone()).unwrap_or_default()) on:input=boxed(typed) on:keydown=boxed(key)/>
        <datalist id="person-groups">
            {move || known.get().unwrap_or_default().into_iter().map(|g| view! { <option value=g.name></option> }).collect_view()}
        </datalist>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_says_what_is_wrong_with_it_and_the_first_is_named() {
        let form = Edited {
            name: " ".into(),
            email: "ada@".into(),
            groups: vec!["x".repeat(121)],
            ..Edited::default()
        };
        let wrong = form.details(Language::Ru).unwrap_err();
        assert_eq!(wrong.first(), Some("person-name"));
        assert!(wrong.name.is_some() && wrong.email.is_some() && wrong.groups.is_some());
        let wrong = Edited { name: "Ada".into(), ..form }.details(Language::En).unwrap_err();
        assert_eq!((wrong.first(), wrong.name), (Some("person-email"), None));
    }

    #[test]
    fn the_language_and_the_groups_of_a_person_are_kept_when_the_name_changes() {
        let form = Edited {
            name: "Ada".into(),
            language: Some(Language::Ru),
            groups: vec!["Ward 3".into()],
            ..Edited::default()
        };
        let details = form.details(Language::En).unwrap();
        assert_eq!(details.language, Some(Language::Ru));
        assert_eq!(details.groups, vec!["Ward 3".parse().unwrap()]);
        assert_eq!(details.email, None);
    }

    #[test]
    fn a_typed_group_is_taken_once() {
        let mut form =
            Edited { groups: vec!["Ward 3".into()], group: " ward 3, Nurses ,".into(), ..Edited::default() };
        form.take_group();
        assert_eq!(
            (form.groups, form.group),
            (vec!["Ward 3".to_owned(), "Nurses".to_owned()], String::new())
        );
    }

    #[test]
    fn an_address_that_somebody_has_is_said_at_the_address() {
        assert_eq!(Wrong::of(Language::En, &AppError::Conflict).first(), Some("person-email"));
        assert_eq!(Wrong::of(Language::En, &AppError::Forbidden).first(), None);
    }
}
