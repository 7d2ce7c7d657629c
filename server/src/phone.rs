//! The page behind a link: what a person sees on the phone. Pure: a [`View`] becomes a whole document.
//!
//! Everything works without the script, which only waits for the phone, copies, and tells an iPad from a Mac.
//! What comes from outside is escaped (ABUSE A15, A40); there are no inline style attributes, so that the
//! content security policy can name the nonce alone.

mod parts;
#[cfg(test)]
mod tests;

use crate::message::{day_in_words, escape};
use muster_domain::{Language, Timestamp, detect::Visitor, invitation::Refusal};
use parts::{Folds, button, copy, steps, waiting};

const STYLE: &str = include_str!("../templates/phone/style.css");
const SCRIPT: &str = include_str!("../templates/phone/script.js");

/// How far the link came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State<'a> {
    /// No device yet.
    Waiting,
    /// A device is connected.
    Connected {
        /// Its model, if it said one.
        model: Option<&'a str>,
    },
    /// The link does not connect a device.
    Refused(Refusal),
    /// The person has just asked for a new link.
    Requested,
    /// No such link.
    Unknown,
}

/// What the person says the device is, by `?as=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// `android`, with Google Play.
    Android,
    /// `iphone`.
    Iphone,
    /// `ipad`.
    Ipad,
    /// `desktop`.
    Desktop,
}

impl Chosen {
    /// The value of `?as=`; anything else is no choice.
    #[must_use]
    pub fn from_query(value: &str) -> Option<Self> {
        match value {
            "android" => Some(Self::Android),
            "iphone" => Some(Self::Iphone),
            "ipad" => Some(Self::Ipad),
            "desktop" => Some(Self::Desktop),
            _ => None,
        }
    }
}

/// What the page is made of.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Its language.
    pub language: Language,
    /// The nonce of the content security policy.
    pub nonce: &'a str,
    /// The company's name.
    pub company: &'a str,
    /// The person's first name.
    pub person_first_name: &'a str,
    /// The link in full.
    pub link: &'a str,
    /// The link's path, `/token`.
    pub link_path: &'a str,
    /// Draws the link as an SVG, as [`crate::adapters::qr::svg`] does; the one value that is not escaped. Only
    /// computers are shown it, and drawing costs more than the rest of the page.
    pub svg_qr: fn(&str) -> String,
    /// What asks.
    pub visitor: Visitor,
    /// What the person says it is.
    pub chosen: Option<Chosen>,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// Whom to ask.
    pub help: Option<&'a str>,
    /// The agent's package on Google Play.
    pub agent_package: &'a str,
    /// Whether Apple devices can be connected.
    pub apple_ready: bool,
    /// How far the link came.
    pub state: State<'a>,
}

impl View<'_> {
    fn visitor(&self) -> Visitor {
        match self.chosen {
            None => self.visitor,
            Some(Chosen::Android) => Visitor::Android { play: true, in_app: false },
            Some(Chosen::Iphone) => match self.visitor {
                Visitor::Iphone { in_app } => Visitor::Iphone { in_app },
                _ => Visitor::Iphone { in_app: false },
            },
            Some(Chosen::Ipad) => match self.visitor {
                Visitor::Ipad { in_app } => Visitor::Ipad { in_app },
                _ => Visitor::Ipad { in_app: false },
            },
            Some(Chosen::Desktop) => Visitor::Desktop { maybe_ipad: false },
        }
    }

    fn say(&self, en: &'static str, ru: &'static str) -> &'static str {
        match self.language {
            Language::En => en,
            Language::Ru => ru,
        }
    }
}

/// The HTTP status that goes with the page.
#[must_use]
pub fn status(state: &State<'_>) -> u16 {
    match state {
        State::Unknown | State::Refused(Refusal::Unknown) => 404,
        _ => 200,
    }
}

/// The whole HTML document, below 15 kB.
#[must_use]
pub fn page(view: &View<'_>) -> String {
    let (title, body, waits) = match view.state {
        State::Waiting => {
            let (title, body) = waiting_body(view);
            (title, body, true)
        }
        State::Connected { model } => {
            (view.say("Connected", "Подключено"), connected(view, model, false), false)
        }
        State::Requested => {
            let title = view.say("We have passed it on", "Просьба передана");
            let text = view.say(
                "A new link will come by e-mail once somebody has agreed. You can close this page.",
                "Новая ссылка придёт по почте, когда её разрешат. Эту страницу можно закрыть.",
            );
            (title, format!("<h1>{title}</h1><p class=soft>{text}</p>{}", help(view)), false)
        }
        State::Refused(refusal) => {
            let (title, body) = refused(view, refusal);
            (title, body, false)
        }
        State::Unknown => {
            let (title, body) = refused(view, Refusal::Unknown);
            (title, body, false)
        }
    };
    let company = escape(view.company);
    let initial =
        view.company.chars().find(|c| c.is_alphanumeric()).unwrap_or('M').to_uppercase().to_string();
    let mac = matches!(view.visitor(), Visitor::Desktop { maybe_ipad: true });
    let nonce = escape(view.nonce);
    format!(
        "<!doctype html><html lang={lang}><head><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\">\
         <meta name=robots content=noindex><meta name=referrer content=no-referrer><title>{title} · {company}</title>\
         <style nonce=\"{nonce}\">{STYLE}</style></head><body data-path=\"{path}\"{mac}{waits}><main>\
         <header><i aria-hidden=true>{initial}</i>{company}</header>{body}</main>\
         <script nonce=\"{nonce}\">{SCRIPT}</script></body></html>",
        lang = view.language.tag(),
        path = escape(view.link_path),
        mac = if mac && waits { " data-mac=1" } else { "" },
        waits = if waits { " data-wait=1" } else { "" },
        initial = escape(&initial),
    )
}

fn waiting_body(view: &View<'_>) -> (&'static str, String) {
    let (title, inner) = match view.visitor() {
        Visitor::Android { play: true, in_app } => android(view, in_app),
        Visitor::Android { play: false, .. } => android_without_play(view),
        Visitor::Iphone { in_app } => apple(view, false, in_app),
        Visitor::Ipad { in_app } => apple(view, true, in_app),
        Visitor::Desktop { .. } | Visitor::Bot | Visitor::Other => desktop(view),
    };
    let footer = format!(
        "<footer class=\"small soft\"><p>{}</p><p>{}</p></footer>",
        match view.language {
            Language::En => format!(
                "For {}, one device, until {}.",
                escape(view.person_first_name),
                day_in_words(view.language, view.expires_at)
            ),
            Language::Ru => format!(
                "Для: {}. Одно устройство, до {}.",
                escape(view.person_first_name),
                day_in_words(view.language, view.expires_at)
            ),
        },
        others(view)
    );
    (title, format!("<div id=todo><h1>{title}</h1>{inner}{footer}</div>{}", connected(view, None, true)))
}

fn android(view: &View<'_>, in_app: bool) -> (&'static str, String) {
    let title = view.say("Connect this phone", "Подключите этот телефон");
    let play = format!(
        "https://play.google.com/store/apps/details?id={}&referrer={}",
        percent(view.agent_package),
        percent(view.link)
    );
    let lead = view.say(
        "About two minutes. You need nothing but this phone.",
        "Около двух минут. Нужен только этот телефон.",
    );
    let hint = if in_app {
        format!(
            "<p class=warn>{}</p>",
            view.say(
                "This page is open inside another app. If the button does nothing, open the page in your browser: menu, “Open in browser”.",
                "Страница открыта внутри другого приложения. Если кнопка не работает, откройте её в браузере: меню, «Открыть в браузере»."
            )
        )
    } else {
        String::new()
    };
    let list = [
        (
            view.say("Install the app", "Установите приложение"),
            view.say("Google Play opens on the right page.", "Google Play откроется на нужной странице."),
        ),
        (
            view.say("Open it and say yes", "Откройте его и соглашайтесь"),
            view.say("It connects by itself.", "Оно подключится само."),
        ),
        (
            view.say("Come back here", "Вернитесь сюда"),
            view.say("This page tells you when it is done.", "Страница сообщит, когда всё готово."),
        ),
    ];
    let body = format!(
        "<p class=soft>{lead}</p>{hint}{}{}{}{}",
        steps(&list),
        button(&play, view.say("Get it on Google Play", "Открыть в Google Play")),
        waiting(view),
        Folds(view).android()
    );
    (title, body)
}

fn android_without_play(view: &View<'_>) -> (&'static str, String) {
    let title = view.say("This device has no Google Play", "На этом устройстве нет Google Play");
    let text = view.say(
        "The app comes from Google Play, which this device does not seem to have. If somebody has put the app on it for you, open it and paste this link into the field “Server”:",
        "Приложение ставится из Google Play, а на этом устройстве его, похоже, нет. Если приложение вам уже поставили, откройте его и вставьте эту ссылку в поле «Server» («Сервер»):",
    );
    let other = view.say("It does have Google Play", "Google Play здесь есть");
    let body = format!(
        "<p class=soft>{text}</p>{}<a class=btn href=\"?as=android\">{other}</a>{}{}",
        copy(view),
        waiting(view),
        Folds(view).android()
    );
    (title, body)
}

fn apple(view: &View<'_>, ipad: bool, in_app: bool) -> (&'static str, String) {
    let title = if ipad {
        view.say("Connect this iPad", "Подключите этот iPad")
    } else {
        view.say("Connect this iPhone", "Подключите этот iPhone")
    };
    if !view.apple_ready {
        let title = if ipad {
            view.say("An iPad cannot be connected yet", "iPad пока нельзя подключить")
        } else {
            view.say("An iPhone cannot be connected yet", "iPhone пока нельзя подключить")
        };
        let text = view.say(
            "The company has not set up what Apple asks for. It is not your fault, and there is nothing to install. Your link stays good: use it on an Android phone, or come back when you are told.",
            "Компания ещё не настроила то, чего требует Apple. Вы ни в чём не ошиблись, и устанавливать ничего не нужно. Ссылка остаётся действительной: откройте её на телефоне с Android или вернитесь, когда вам скажут.",
        );
        return (title, format!("<p class=soft>{text}</p>{}", help(view)));
    }
    if in_app {
        let title = view.say("Open this in Safari", "Откройте эту страницу в Safari");
        let text = view.say(
            "Only Safari can install the profile. Tap the compass or the share button and “Open in Safari”, or copy the link and paste it into Safari.",
            "Установить профиль может только Safari. Нажмите значок компаса или «Поделиться» и «Открыть в Safari» или скопируйте ссылку и вставьте её в Safari.",
        );
        return (title, format!("<p class=soft>{text}</p>{}{}", copy(view), Folds(view).apple()));
    }
    let list = [
        (
            view.say("Download the profile", "Загрузите профиль"),
            view.say("Tap the button below, then Allow.", "Нажмите кнопку ниже, затем «Разрешить»."),
        ),
        (
            view.say("Open Settings, “Profile Downloaded”", "Откройте Настройки, «Профиль загружен»"),
            view.say(
                "Tap Install, top right, and enter the passcode. A warning about “Mobile Device Management” is expected: Install, then Trust.",
                "Нажмите «Установить» справа вверху и введите код-пароль. Предупреждение об управлении устройством ожидаемо: «Установить», затем «Доверять».",
            ),
        ),
        (
            view.say("Come back here", "Вернитесь сюда"),
            view.say("This page tells you when it is done.", "Страница сообщит, когда всё готово."),
        ),
    ];
    let body = format!(
        "<p class=soft>{}</p>{}{}{}{}",
        view.say("About two minutes. You need the passcode.", "Около двух минут. Понадобится код-пароль."),
        steps(&list),
        button(&format!("{}/profile", view.link_path), view.say("Download the profile", "Загрузить профиль")),
        waiting(view),
        Folds(view).apple()
    );
    (title, body)
}

fn desktop(view: &View<'_>) -> (&'static str, String) {
    let title = view.say("Open this on your phone", "Откройте это на телефоне");
    let text = view.say(
        "Point the phone’s camera at the code, or type the link into its browser.",
        "Наведите камеру телефона на код или наберите ссылку в его браузере.",
    );
    let body = format!(
        "<p class=soft>{text}</p><div class=qr>{}</div>{}{}{}",
        (view.svg_qr)(view.link),
        copy(view),
        waiting(view),
        Folds(view).apple()
    );
    (title, body)
}

/// Also the hidden part that the script shows when the phone has connected.
fn connected(view: &View<'_>, model: Option<&str>, hidden: bool) -> String {
    let device = format!("<b id=model>{}</b>", escape(model.unwrap_or(view.say("device", "устройство"))));
    let (name, company) = (escape(view.person_first_name), escape(view.company));
    let (title, text) = match view.language {
        Language::En => (
            "Connected",
            format!("This {device} is now one of {name}’s devices at {company}. You can close this page."),
        ),
        Language::Ru => (
            "Подключено",
            format!("Готово: {device} теперь подключено, {company}, {name}. Эту страницу можно закрыть."),
        ),
    };
    let hidden = if hidden { " hidden" } else { "" };
    format!(
        "<section id=done class=done role=status tabindex=-1{hidden}><span><svg viewBox=\"0 0 16 16\" aria-hidden=true><path d=\"M3.5 8.5l3 3 6-7\"/></svg></span>\
         <h1>{title}</h1><p class=soft>{text}</p></section>"
    )
}

fn refused(view: &View<'_>, refusal: Refusal) -> (&'static str, String) {
    let (title, text) = match refusal {
        Refusal::Expired => (
            view.say("This link has expired", "Срок действия ссылки истёк"),
            view.say(
                "Links work for a few days only. Ask for a new one: it comes by e-mail.",
                "Ссылки действуют всего несколько дней. Попросите новую: она придёт по почте.",
            ),
        ),
        Refusal::Revoked => (
            view.say("This link was withdrawn", "Ссылка отозвана"),
            view.say(
                "The company has ended it. If you still need to connect a phone, ask for a new message.",
                "Компания её отменила. Если телефон всё же нужно подключить, попросите новое письмо.",
            ),
        ),
        Refusal::Used => (
            view.say("This link has already connected a device", "По этой ссылке устройство уже подключено"),
            view.say(
                "Each link connects one device. For this one, ask for a second message. If you did not connect any device yourself, say so at once: somebody else may have used your link.",
                "Одна ссылка подключает одно устройство. Для этого попросите второе письмо. Если вы сами ничего не подключали, сразу сообщите об этом: возможно, ссылкой воспользовался кто-то другой.",
            ),
        ),
        Refusal::OtherManagement => (
            view.say("This device is managed by somebody else", "Устройством управляет кто-то другой"),
            view.say(
                "It belongs to another company’s system, and a device can have only one. Ask its owner to release it, or use another device.",
                "Оно подключено к системе другой компании, а система может быть только одна. Попросите владельца отключить его или возьмите другое устройство.",
            ),
        ),
        Refusal::Unknown => (
            view.say("This link is not known", "Такой ссылки нет"),
            view.say(
                "Perhaps a newer message replaced it, or a part of it is missing. Open the link in the newest message, or point the camera at its QR code.",
                "Возможно, её заменило более новое письмо или она скопирована не целиком. Откройте ссылку из последнего письма или наведите камеру на QR-код из него.",
            ),
        ),
    };
    let form = if refusal == Refusal::Expired {
        format!(
            "<form method=post action=\"{}/request\"><button class=\"btn primary\">{}</button></form>",
            escape(view.link_path),
            view.say("Ask for a new link", "Попросить новую ссылку")
        )
    } else {
        String::new()
    };
    (title, format!("<h1>{title}</h1><p class=soft>{text}</p>{form}{}", help(view)))
}

/// Whom to ask.
fn help(view: &View<'_>) -> String {
    match view.help {
        Some(help) => {
            format!("<p>{} <b>{}</b></p>", view.say("Whom to ask:", "Кого спросить:"), escape(help))
        }
        None => format!(
            "<p class=soft>{}</p>",
            view.say("Ask the person who sent you the link.", "Спросите того, кто прислал вам ссылку.")
        ),
    }
}

fn others(view: &View<'_>) -> String {
    format!(
        "{} <a href=\"?as=android\">Android</a> · <a href=\"?as=iphone\">iPhone</a> · <a href=\"?as=ipad\">iPad</a> · <a href=\"?as=desktop\">{}</a>",
        view.say("This is another kind of device:", "Это другое устройство:"),
        view.say("computer", "компьютер")
    )
}

/// Everything but the unreserved characters of RFC 3986, section 2.3.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
