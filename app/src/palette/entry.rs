//! What the palette offers: pages and views, and what one may do. People, devices and messages come from the server.

use crate::{
    api::{
        find::{Hit, Kind as Found},
        session::Me,
    },
    text::{self, t},
    ui::icon,
};
use leptos_router::params::ParamsMap;
use muster_domain::{
    Language,
    account::{Permission, Role},
};

/// What an entry is, as its line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Page,
    View,
    Action,
    Person,
    Device,
    Message,
    Group,
}

/// What choosing an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Goes to a page of the console.
    Go(String),
    /// Goes to a page that the console's code does not make.
    Outside(&'static str),
    /// Fetches the list of this path as a file: as it is filtered, where it is the one that is shown.
    Export(&'static str),
    /// Sends a form, as the account's menu does: path, name, value.
    Form(&'static str, &'static str, String),
    /// Asks next whom instructions are for.
    SendTo,
    /// Shows the sheet of keys.
    Sheet,
}

/// A line of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) words: String,
    pub(super) more: String,
    pub(super) icon: &'static str,
    pub(super) act: Act,
}

impl Entry {
    fn new(kind: Kind, words: impl Into<String>, icon: &'static str, act: Act) -> Self {
        Self { kind, words: words.into(), more: String::new(), icon, act }
    }

    fn page(words: &str, icon: &'static str, path: &str) -> Self {
        Self::new(Kind::Page, words, icon, Act::Go(path.to_owned()))
    }

    fn view(words: String, icon: &'static str, path: &str) -> Self {
        Self::new(Kind::View, words, icon, Act::Go(path.to_owned()))
    }

    fn form(words: String, icon: &'static str, path: &'static str, name: &'static str, value: &str) -> Self {
        Self::new(Kind::Action, words, icon, Act::Form(path, name, value.to_owned()))
    }

    /// What was found, as a line.
    pub(super) fn found(language: Language, hit: Hit) -> Self {
        let (kind, icon, list) = match hit.kind {
            Found::Person => (Kind::Person, icon::PERSON, "users"),
            Found::Device => (Kind::Device, icon::DEVICE, "devices"),
            Found::Message => (Kind::Message, icon::MAIL, "invitations"),
            Found::Group => {
                let mut query = ParamsMap::new();
                query.insert("group", hit.id);
                let act = Act::Go(format!("/users{}", query.to_query_string()));
                return Self::new(Kind::Group, hit.name, icon::USERS, act);
            }
        };
        let more = [hit.state.map(|state| text::state(language, state).to_owned()), Some(hit.more)];
        let more: Vec<String> = more.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let act = Act::Go(format!("/{list}/{}", hit.id));
        Self { kind, words: hit.name, more: more.join(" · "), icon, act }
    }

    /// The same person, to be sent instructions.
    pub(super) fn for_sending(mut self) -> Self {
        if let Act::Go(path) = &mut self.act {
            path.push_str("?send=1");
        }
        self
    }

    /// Whether these words say which choice of several it is, as "dark" does of "Light or dark: Dark".
    pub(super) fn is_meant(&self, typed: &[String]) -> bool {
        let Some((_, choice)) = self.words.rsplit_once(": ") else { return true };
        let choice = folded(choice);
        let mut own = choice.split(|c: char| !c.is_alphanumeric());
        typed.is_empty() || own.any(|own| typed.iter().any(|word| own.starts_with(word.as_str())))
    }

    /// Whether all these words, in lower case, begin a word of it.
    pub(super) fn fits(&self, typed: &[String]) -> bool {
        let whole = folded(&format!("{} {}", self.words, self.more));
        let mut own = whole.split(|c: char| !c.is_alphanumeric());
        typed.iter().all(|word| own.clone().any(|own| own.starts_with(word.as_str())))
            || (own.next().is_some()
                && typed.len() == 1
                && typed.iter().any(|word| whole.contains(word.as_str())))
    }
}

/// In lower case, and without what is often left out.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

/// The words that were typed.
pub(super) fn typed(text: &str) -> Vec<String> {
    folded(text).split_whitespace().map(str::to_owned).collect()
}

/// What a kind is called.
pub(super) fn kind(language: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::Page => t::pal_page(language),
        Kind::View => t::pal_view(language),
        Kind::Action => t::pal_action(language),
        Kind::Person => t::pal_person(language),
        Kind::Device => t::inv_device(language),
        Kind::Message => t::message(language),
        Kind::Group => t::pal_group(language),
    }
}

/// All that this role may go to and do.
pub(super) fn all(language: Language, role: Role, me: Option<&Me>) -> Vec<Entry> {
    let (manage, invite) = (role.may(Permission::Manage), role.may(Permission::Invite));
    let mut all = Vec::new();
    if invite {
        all.push(Entry::new(Kind::Action, t::pal_send_to(language), icon::MAIL, Act::SendTo));
    }
    if manage {
        let add =
            |words: &str, path: &str| Entry::new(Kind::Action, words, icon::PLUS, Act::Go(path.to_owned()));
        all.push(add(t::imp_title(language), "/import"));
        all.push(add(t::pal_add_person(language), "/users?add=1"));
        all.push(add(t::acc_invite(language), "/accounts?invite=1"));
    }
    all.extend(pages(language, role));
    all.extend(views(language));
    all.extend(own(language, me));
    if role.may(Permission::Accounts) {
        all.push(Entry::new(
            Kind::Action,
            t::acc_new_space(language),
            icon::PLUS,
            Act::Outside("/workspaces/new"),
        ));
    }
    all.extend(acts(language, role));
    all.extend(exports(language, role));
    all.push(Entry::form(t::sign_out(language).to_owned(), icon::OUT, "/session/end", "", ""));
    all.push(Entry::form(t::users_sign_out_all(language).to_owned(), icon::OUT, "/session/end-all", "", ""));
    all
}

/// What is done with the rows that are ticked in a list: the way to the list, and what comes first there.
fn acts(language: Language, role: Role) -> Vec<Entry> {
    let of = |list: &str, words: &str, first: &str, icon, path: &str| Entry {
        more: first.to_owned(),
        ..Entry::new(Kind::Action, format!("{list}: {words}"), icon, Act::Go(path.to_owned()))
    };
    let message = |words| {
        of(t::invitations(language), words, t::bulk_strip_messages(language), icon::MAIL, "/invitations")
    };
    let device =
        |words| of(t::devices(language), words, t::bulk_strip_devices(language), icon::DEVICE, "/devices");
    let mut acts = Vec::new();
    if role.may(Permission::Invite) {
        acts.extend([t::resend(language), t::inv_extend(language), t::revoke(language)].map(message));
    }
    if role.may(Permission::Manage) {
        acts.extend([t::dev_rename(language), t::dev_move(language), t::delete(language)].map(device));
    }
    acts
}

/// The lists as files.
fn exports(language: Language, role: Role) -> impl Iterator<Item = Entry> {
    use Permission::{Audit, Read, SeeLinks};
    let lists = [
        (Read, t::users(language), "/users"),
        (Read, t::groups(language), "/groups"),
        (Read, t::invitations(language), "/invitations"),
        (Read, t::devices(language), "/devices"),
        (Read, t::acc_title(language), "/accounts"),
        (Audit, t::audit(language), "/audit"),
        (SeeLinks, t::mails(language), "/mails"),
    ];
    lists.into_iter().filter(move |(permission, ..)| role.may(*permission)).map(move |(_, list, path)| {
        let words = format!("{list}: {}", t::export(language));
        Entry::new(Kind::Action, words, icon::FILE, Act::Export(path))
    })
}

fn pages(language: Language, role: Role) -> impl Iterator<Item = Entry> {
    let page = |permission, words, icon, path| role.may(permission).then(|| Entry::page(words, icon, path));
    use Permission::{Audit, Configure, Read, SeeLinks};
    [
        page(Read, t::dash(language), icon::BARS, "/dashboard"),
        page(Read, t::users(language), icon::USERS, "/users"),
        page(Read, t::groups(language), icon::USERS, "/groups"),
        page(Read, t::invitations(language), icon::MAIL, "/invitations"),
        page(Read, t::devices(language), icon::DEVICE, "/devices"),
        page(Configure, t::settings(language), icon::GEAR, "/settings"),
        page(Configure, t::apl_title(language), icon::GEAR, "/settings/apple"),
        page(Configure, t::cfg_title(language), icon::GEAR, "/configurations"),
        page(Configure, t::and_title(language), icon::GEAR, "/settings/android"),
        page(Configure, t::own_title(language), icon::GEAR, "/message"),
        page(Read, t::acc_title(language), icon::USERS, "/accounts"),
        page(Audit, t::audit(language), icon::FILE, "/audit"),
        page(SeeLinks, t::mails(language), icon::FILE, "/mails"),
        page(Read, t::acc_mine(language), icon::PERSON, "/account"),
    ]
    .into_iter()
    .flatten()
}

fn views(language: Language) -> Vec<Entry> {
    let of = |list: &str, words: &str| format!("{list}: {words}");
    let (users, devices, messages) = (t::users(language), t::devices(language), t::invitations(language));
    vec![
        Entry::view(of(users, t::never_invited(language)), icon::USERS, "/users?message=never"),
        Entry::view(
            of(users, t::users_not_connected(language)),
            icon::USERS,
            "/users?message=ever&devices=0",
        ),
        Entry::view(of(users, t::users_without_device(language)), icon::USERS, "/users?devices=0"),
        Entry::view(of(users, t::users_has_none(language)), icon::USERS, "/users?address=no"),
        Entry::view(of(devices, t::critical(language)), icon::DEVICE, "/devices?status=critical"),
        Entry::view(of(devices, t::warning(language)), icon::DEVICE, "/devices?status=warning"),
        Entry::view(of(messages, t::state_failed(language)), icon::MAIL, "/invitations?state=failed"),
        Entry::view(of(messages, t::inv_asking(language)), icon::MAIL, "/invitations?state=asking"),
    ]
}

/// What belongs to the account: other workspaces, the theme, the language, the keys.
fn own(language: Language, me: Option<&Me>) -> Vec<Entry> {
    let spaces = me.iter().flat_map(|me| me.spaces.iter().filter(|(id, _)| *id != me.workspace));
    let mut own: Vec<Entry> = spaces
        .map(|(id, name)| {
            let words = t::acc_switch_to(language, name);
            Entry::form(words, icon::RIGHT, "/session/workspace", "workspace", &id.to_string())
        })
        .collect();
    let themes = [
        ("system", t::users_theme_system(language)),
        ("light", t::users_theme_light(language)),
        ("dark", t::users_theme_dark(language)),
    ];
    own.extend(themes.map(|(value, words)| {
        Entry::form(format!("{}: {words}", t::theme(language)), icon::GEAR, "/session/theme", "theme", value)
    }));
    let tongues = Language::ALL.map(|l| (l, if l == Language::En { "English" } else { "Русский" }));
    own.extend(tongues.into_iter().filter(|(l, _)| *l != language).map(|(l, words)| {
        Entry::form(
            format!("{}: {words}", t::pal_language(language)),
            icon::GEAR,
            "/session/language",
            "language",
            l.tag(),
        )
    }));
    let guide = Entry::new(Kind::Page, t::keys_guide(language), icon::FILE, Act::Outside("/guide"));
    own.push(Entry { more: t::pal_help(language).to_owned(), ..guide });
    own.push(Entry::new(Kind::Action, t::keys_title(language), icon::GEAR, Act::Sheet));
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(role: Role) -> Vec<String> {
        all(Language::En, role, None).into_iter().map(|entry| entry.words).collect()
    }

    #[test]
    fn each_role_is_offered_what_it_may_do_alone() {
        let (owner, auditor, operator) = (words(Role::Owner), words(Role::Auditor), words(Role::Operator));
        let has = |all: &[String], words: &str| all.iter().any(|own| own == words);
        for words in ["Settings", "Invite a colleague", "Add person", "Audit log"] {
            assert!(has(&owner, words), "{words} in {owner:?}");
            assert!(!has(&operator, words), "{words} in {operator:?}");
        }
        assert!(has(&operator, "Send instructions to…") && !has(&auditor, "Send instructions to…"));
        assert!(has(&operator, "Invitations: Withdraw") && !has(&operator, "Devices: Rename"));
        assert!(has(&owner, "Devices: Rename") && !has(&auditor, "Invitations: Withdraw"));
        assert!(has(&operator, "Users: Export as CSV") && !has(&operator, "Audit log: Export as CSV"));
        assert!(has(&auditor, "Audit log: Export as CSV") && !has(&auditor, "Kept messages: Export as CSV"));
        assert!(has(&auditor, "Audit log") && !has(&auditor, "Settings") && has(&auditor, "Sign out"));
    }

    #[test]
    fn an_entry_fits_by_the_beginnings_of_its_words_in_any_order() {
        let entry = Entry::page("Light or dark: Тёмная", icon::GEAR, "/");
        for text in ["li", "dark light", "темн", "ТЁМ light", "ght"] {
            assert!(entry.fits(&typed(text)), "{text}");
        }
        for text in ["night", "light x", "ght ark"] {
            assert!(!entry.fits(&typed(text)), "{text}");
        }
    }

    #[test]
    fn of_several_choices_the_one_that_is_typed_is_meant() {
        let meant = |words: &str, text: &str| Entry::page(words, icon::GEAR, "/").is_meant(&typed(text));
        assert!(meant("Light or dark: Dark", "dark") && !meant("Light or dark: Light", "dark"));
        assert!(meant("Light or dark: Light", "") && meant("Settings", "x"));
    }
}
