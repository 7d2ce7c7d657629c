//! The small shapes that pages are made of: steps, the big button, the waiting box, the folds.

use super::{View, help};
use crate::message::escape;

/// Numbered steps, each with a line below.
pub(super) fn steps(list: &[(&str, &str)]) -> String {
    let items: String = list
        .iter()
        .map(|(head, text)| format!("<li><b>{head}</b><span class=soft>{text}</span></li>"))
        .collect();
    format!("<ol>{items}</ol>")
}

/// The one big button.
pub(super) fn button(target: &str, label: &str) -> String {
    format!("<a class=\"btn primary\" rel=noreferrer href=\"{}\">{label}</a>", escape(target))
}

/// The link to select, and a button to copy it where there is a script.
pub(super) fn copy(view: &View<'_>) -> String {
    let link = escape(view.link);
    format!(
        "<code>{link}</code><button class=btn type=button hidden data-copy=\"{link}\" data-done=\"{}\">{}</button>",
        view.say("Copied", "Скопировано"),
        view.say("Copy the link", "Скопировать ссылку")
    )
}

/// The box that tells that the page is looking out for the phone.
pub(super) fn waiting(view: &View<'_>) -> String {
    format!(
        "<div class=wait role=status><i></i><span>{}</span></div>",
        view.say("Waiting for the phone to connect…", "Ждём подключения телефона…")
    )
}

/// The folds below.
pub(super) struct Folds<'v>(pub &'v View<'v>);

impl Folds<'_> {
    /// For Android: what is seen, what to do when it fails, whom to ask.
    pub(super) fn android(&self) -> String {
        format!("{}{}{}", self.sees(), self.fails(), self.asks())
    }

    /// For all others: there is no field to paste the link into.
    pub(super) fn apple(&self) -> String {
        format!("{}{}", self.sees(), self.asks())
    }

    fn sees(&self) -> String {
        let say = |en, ru| self.0.say(en, ru);
        fold(
            say("What the company can see", "Что видит компания"),
            &format!(
                "<p><b>{}</b></p><ul><li>{}<li>{}</ul><p><b>{}</b></p><ul><li>{}<li>{}</ul>",
                say("It can", "Может"),
                say(
                    "see the model, serial number, system version, battery and apps",
                    "видеть модель, серийный номер, версию системы, заряд и приложения"
                ),
                say(
                    "set rules, install work apps, lock the device or erase it",
                    "задавать правила, ставить рабочие приложения, блокировать или стирать устройство"
                ),
                say("It cannot", "Не может"),
                say("read your messages, mail or photos", "читать ваши сообщения, почту и смотреть фото"),
                say("hear calls or see your passwords", "слушать звонки и видеть пароли")
            ),
        )
    }

    fn fails(&self) -> String {
        let say = |en, ru| self.0.say(en, ru);
        fold(
            say("It does not work", "Не получается"),
            &format!(
                "<p><b>{}</b> {}</p>{}<p><b>{}</b> {}</p><p><b>{}</b> {}</p>",
                say("The app asks for a server.", "Приложение спрашивает сервер."),
                say(
                    "Paste this link into the field “Server”:",
                    "Вставьте эту ссылку в поле «Server» («Сервер»):"
                ),
                copy(self.0),
                say("Another store opens.", "Открывается другой магазин."),
                say(
                    "Google Play must be the default: Settings, Apps, Default apps, Opening links, Google Play. Then tap the button again.",
                    "Google Play должен быть основным: Настройки, Приложения, Приложения по умолчанию, Открытие ссылок, Google Play. Потом нажмите кнопку ещё раз."
                ),
                say(
                    "KNOX or another company’s management shows up.",
                    "Появляется KNOX или управление другой компании."
                ),
                say(
                    "Stop there: the app was started the wrong way. Uninstall it, install it again with the button above, and open it from Google Play. If it shows up again, ask for help.",
                    "Не продолжайте: приложение запущено не тем путём. Удалите его, установите заново кнопкой выше и откройте из Google Play. Если повторится, попросите помощи."
                )
            ),
        )
    }

    fn asks(&self) -> String {
        fold(self.0.say("Ask for help", "Попросить помощи"), &help(self.0))
    }
}

fn fold(head: &str, body: &str) -> String {
    format!("<details><summary>{head}</summary>{body}</details>")
}
