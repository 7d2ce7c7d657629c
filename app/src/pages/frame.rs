//! The frame of every page: the side bar with counts, the account's menu, what was sent last, and the titles.

mod seek;

use crate::{
    AppError,
    api::session::{Me, counts, me},
    text::{self, t},
    ui::{
        bulk::JobStand,
        dialog,
        fetch::Fetched,
        flow::{Erased, Show, Wait, boxed, effect, look, spawn},
        follow::Following,
        icon::{self, Icon},
        keys,
        live::live,
        menu, moment,
        role::{self, may},
        views::SETTINGS,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use muster_domain::{Language, account::Permission};
use seek::Seek;
use std::time::Duration;

#[component]
pub(crate) fn Frame(children: Children) -> impl IntoView {
    let language = text::language();
    let (version, connected) = (live().version, live().connected);
    // The stream ends with the session or with a change of role: who one is may have changed when it comes back.
    let again = RwSignal::new(0_u32);
    let elsewhere = RwSignal::new(false);
    Effect::new(move |before: Option<bool>| {
        let is_open = connected.get();
        match (before, is_open) {
            (Some(true), false) => set_timeout(move || ask_why(connected, elsewhere), PATIENCE),
            (Some(false), true) => again.update(|n| *n = n.wrapping_add(1)),
            _ => {}
        }
        is_open
    });
    let me = Fetched::new(move || again.get(), |_| me());
    let hear = role::ear();
    effect(move || {
        if let Some(Ok(me)) = me.get() {
            hear(me.role);
        }
    });
    let standing = Fetched::new(move || version.get(), |_| counts());
    // Not a memo: read there, what is fetched is not waited for, and the page would come without it.
    let name = move || standing.get().and_then(Result::ok).map(|s| s.workspace).unwrap_or_default();
    let person = move || me.get().and_then(Result::ok).map(|m| m.name).unwrap_or_default();
    let count = move |pick: fn(&muster_domain::ports::Counts) -> u64| {
        standing.get().and_then(Result::ok).map(|s| pick(&s.counts)).filter(|n| *n > 0)
    };
    let number = move |n: Option<u64>| n.map(|n| text::number(language, n)).unwrap_or_default();
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        dialog::focus("#content");
    };
    let settings = if may(Permission::Configure).get_untracked() { "/settings" } else { "/accounts" };
    let path = use_location().pathname;
    // A page that is gone took the focus with it: the next one's heading gets it.
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some() {
            dialog::focus_heading();
        } else {
            dialog::see_heading();
        }
    });
    view! {
        <Title formatter=whole text=move || look!(path, |path| title(language, path))/>
        <a class="skip" href="#content" on:click=boxed(skip)>{t::users_skip(language)}</a>
        <div class="frame">
            <nav class="side" aria-label="Muster">
                <Wait><Spaces me=me name=Signal::derive(name)/></Wait>
                <Seek/>
                <Item href="/dashboard" path=icon::BARS label=t::dash(language)><b></b></Item>
                <Item href="/users" path=icon::USERS label=t::users(language)>
                    <Wait><b class="num">{move || number(count(|c| c.users))}</b></Wait>
                </Item>
                <Item href="/invitations" path=icon::MAIL label=t::invitations(language)>
                    <Wait><b class="crit">{move || count(|c| c.failed).map(|n| t::failed_count(language, n)).unwrap_or_default()}</b></Wait>
                </Item>
                <Item href="/devices" path=icon::DEVICE label=t::devices(language)>
                    <Wait><b class="num">{move || number(count(|c| c.devices))}</b></Wait>
                </Item>
                <Item href=settings path=icon::GEAR label=t::settings(language)><b></b></Item>
                <Wait><Account person=Signal::derive(person) me=me/></Wait>
            </nav>
            <div class="column" id="content" tabindex="-1">
                <Show when=move || elsewhere.get()>
                    <p class="note warn elsewhere" role="alert"><span>
                        {t::acc_elsewhere_text(language)}" "
                        <a class="link" href="/users" rel="external">{t::acc_load(language)}</a>
                    </span></p>
                </Show>
                <Following/>
                <JobStand/>
                // What paper does not know by itself: whose list it is, and of when.
                <Wait><p class="paper">{name}" · "{move || text::exact(language, moment::now())}</p></Wait>
                {children()}
            </div>
        </div>
    }
    .erased()
}

/// How long the stream of events may be away before the server is asked why. A page that one leaves loses it too.
const PATIENCE: Duration = Duration::from_secs(1);

/// Goes to the sign-in if the stream of events is lost because the session is over, and says so if it looks at another
/// workspace by now.
fn ask_why(connected: RwSignal<bool>, elsewhere: RwSignal<bool>) {
    if connected.get_untracked() {
        return;
    }
    spawn(async move {
        match me().await {
            Err(AppError::SignedOut) => _ = window().location().assign(&sign_in()),
            Err(AppError::Elsewhere) => elsewhere.set(true),
            _ => {}
        }
    });
}

/// The sign-in, which leads back here.
fn sign_in() -> String {
    let location = window().location();
    let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    format!("/login?back={}", js_sys::encode_uri_component(&here))
}

/// The first letters of the first words of a name; the style shows them as capitals.
fn initials(name: &str, most: usize) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(most).collect()
}

/// The title as browsers show it. The server's page takes it as HTML, and it may hold a person's name (ABUSE A15).
fn whole(title: String) -> String {
    #[cfg(feature = "ssr")]
    let title = html_escape::encode_text(&title);
    format!("{title} · Muster")
}

/// The title of a page whose view sets none of its own.
fn title(language: Language, path: &str) -> String {
    let title = match path.split('/').nth(1) {
        Some("dashboard") => t::dash(language),
        Some("users") => t::users(language),
        Some("groups") => t::groups(language),
        Some("import") => t::imp_title(language),
        Some("invitations") => t::invitations(language),
        Some("devices") => t::devices(language),
        Some("settings") => t::settings(language),
        Some("configurations") => t::cfg_title(language),
        Some("message") => t::own_title(language),
        Some("mails") => t::mails(language),
        Some("audit") => t::audit(language),
        Some("accounts") => t::acc_title(language),
        Some("account") => t::acc_mine(language),
        _ => "Muster",
    };
    title.to_owned()
}

/// The workspace; opened, the others that one is in. Plain forms: they work before the page is alive.
#[component]
fn Spaces(me: Fetched<Result<Me, AppError>>, name: Signal<String>) -> impl IntoView {
    let language = text::language();
    let details = NodeRef::<leptos::html::Details>::new();
    let key = menu::closes(details, "#space");
    let found = role::may(Permission::Accounts);
    view! {
        <details class="space" node_ref=details on:keydown=boxed(key)>
            <summary id="space" aria-label=move || t::acc_switcher(language, name.get())>
                <i aria-hidden="true" data-initials=move || initials(&name.get(), 1)></i><span>{move || name.get()}</span><Icon path=icon::DOWN/>
            </summary>
            <div class="menu">
                <Choices me=me/>
                <Show when=move || found.get()><a class="plain" href="/workspaces/new" rel="external">{t::acc_new_space(language)}</a></Show>
            </div>
        </details>
    }
    .erased()
}

/// The workspaces that one is in, the present one marked.
#[component]
fn Choices(me: Fetched<Result<Me, AppError>>) -> impl IntoView {
    let language = text::language();
    let all = move || {
        let space = |me: &Me, (id, name): (_, String)| {
            let here = (me.workspace == id).then_some("true");
            view! { <button class="plain" name="workspace" value=id.to_string() aria-current=here>{name}</button> }
        };
        let me = me.get().and_then(Result::ok);
        me.map(|me| me.spaces.iter().cloned().map(|one| space(&me, one)).collect_view())
    };
    view! { <form class="spaces" method="post" action="/session/workspace" aria-label=t::acc_spaces(language)>{all}</form> }.erased()
}

#[component]
fn Item(href: &'static str, path: &'static str, label: &'static str, children: Children) -> impl IntoView {
    let location = use_location();
    let here = move || {
        look!(location.pathname, |p| match p.strip_prefix(href) {
            // Groups are the other view of people, and the import their way in.
            None if href == "/users" && (p.starts_with("/groups") || p.starts_with("/import")) =>
                Some("true"),
            None if SETTINGS.contains(&href) && SETTINGS.iter().any(|view| p.starts_with(view)) =>
                Some("true"),
            Some("") => Some("page"),
            Some(rest) if rest.starts_with('/') => Some("true"),
            _ => None,
        })
    };
    view! { <a href=href aria-current=here><Icon path=path/><span>{label}</span>{children()}</a> }
}

/// Who is signed in; opened, the language, the theme, and the ways out. Plain forms: they work before the page is
/// alive, and lead back to where one was.
#[component]
fn Account(person: Signal<String>, me: Fetched<Result<Me, AppError>>) -> impl IntoView {
    let language = text::language();
    let details = NodeRef::<leptos::html::Details>::new();
    let location = use_location();
    let back = Signal::derive(move || {
        let (path, query) = (location.pathname.get(), location.search.get());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    });
    // It leads to pages, and is not in their way then.
    effect(move || {
        location.pathname.track();
        if let Some(details) = details.get() {
            details.set_open(false);
        }
    });
    let theme = theme();
    let keys = keys::keys();
    let sheet = move |_| {
        if let Some(keys) = keys {
            keys.open(keys.sheet);
        }
    };
    let palette = move |_| {
        if let Some(keys) = keys {
            keys.open(keys.palette);
        }
    };
    let key = menu::closes(details, "#account");
    let themes = [
        ("system", t::users_theme_system(language)),
        ("light", t::users_theme_light(language)),
        ("dark", t::users_theme_dark(language)),
    ];
    let languages = Language::ALL.map(|l| (l, if l == Language::En { "English" } else { "Русский" }));
    view! {
        <details class="account" node_ref=details on:keydown=boxed(key)>
            <summary id="account" aria-label=move || t::users_account(language, person.get())>
                <i aria-hidden="true" data-initials=move || initials(&person.get(), 2)></i><span>{move || person.get()}</span>
            </summary>
            <div class="menu">
                // Where there is no room for the switcher of the side bar.
                <div class="narrow"><Choices me=me/></div>
                <a class="plain" href="/account"><Icon path=icon::PERSON/>{t::acc_mine(language)}</a>
                <a class="plain" href="/accounts"><Icon path=icon::USERS/>{t::acc_title(language)}</a>
                <form method="post" action="/session/language" aria-label=t::language(language)>
                    <input type="hidden" name="back" value=back/>
                    {languages.map(|(l, word)| view! {
                        <button name="language" value=l.tag() lang=l.tag() aria-pressed=(l == language).to_string()>{word}</button>
                    })}
                </form>
                <form method="post" action="/session/theme" aria-label=t::theme(language)>
                    <input type="hidden" name="back" value=back/>
                    {themes.map(|(name, word)| view! {
                        <button name="theme" value=name aria-pressed=(name == theme).to_string()>{word}</button>
                    })}
                </form>
                <button class="plain seek-menu" on:click=boxed(palette)><Icon path=icon::SEARCH/>{t::pal_button(language)}</button>
                <button class="plain keyed" on:click=boxed(sheet)><Icon path=icon::TODO/>{t::keys_title(language)}</button>
                <form method="post" action="/session/end"><button class="plain"><Icon path=icon::OUT/>{t::sign_out(language)}</button></form>
                <form method="post" action="/session/end-all"><button class="plain"><Icon path=icon::OUT/>{t::users_sign_out_all(language)}</button></form>
            </div>
        </details>
    }
    .erased()
}

/// The theme that the document was made with.
fn theme() -> String {
    #[cfg(feature = "ssr")]
    let theme = use_context::<crate::services::Visit>().and_then(|v| v.theme);
    #[cfg(not(feature = "ssr"))]
    let theme = document().document_element().and_then(|html| html.get_attribute("data-theme"));
    theme.unwrap_or_else(|| "system".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_letters_of_the_first_words() {
        assert_eq!(initials("Rosa Klein", 2), "RK");
        assert_eq!(initials("дарья волкова-петрова третья", 2), "дв");
        assert_eq!(initials("", 1), "");
    }
}
