//! The words of a message where the company has none of its own.

use super::{Wording, Words};
use crate::Language;

impl Words {
    /// The words of a language; where it is set whom to ask, they say so.
    #[must_use]
    pub fn usual(language: Language, contact: bool) -> Self {
        let [subject, headline, text, button, steps, ends] = match language {
            Language::En => [
                "Connect your phone to {{company}}",
                "Connect your phone to {{company}}",
                "Hello {{name}},\nopen this link on the phone or tablet that you want to use at work. It takes about two minutes.",
                "Connect this phone",
                "Open the link on the phone.\nFollow the page: it installs an app, or on an iPhone or iPad a profile.\nCome back to the page: it tells you when the phone is connected.",
                "The link connects one device, until {{expires}}. For a second device, ask for a second message.",
            ],
            Language::Ru => [
                "Подключите телефон: {{company}}",
                "Подключите телефон: {{company}}",
                "Здравствуйте, {{name}}!\nОткройте эту ссылку на телефоне или планшете, которым будете пользоваться на работе. Это займёт около двух минут.",
                "Подключить этот телефон",
                "Откройте ссылку на телефоне.\nСледуйте странице: она установит приложение, а на iPhone или iPad профиль.\nВернитесь на страницу: она сообщит, когда телефон будет подключён.",
                "Ссылка подключает одно устройство и действует до: {{expires}}. Для второго устройства попросите второе письмо.",
            ],
        };
        let help = match (language, contact) {
            (Language::En, true) => {
                "Not expecting this, or something does not work? Ask {{contact}}. Nothing happens until you install something."
            }
            (Language::En, false) => {
                "Not expecting this, or something does not work? Reply to this message, or ask whoever looks after phones at {{company}}. Nothing happens until you install something."
            }
            (Language::Ru, true) => {
                "Не ждали этого письма или что-то не получается? Спросите: {{contact}}. Пока вы ничего не установите, ничего не изменится."
            }
            (Language::Ru, false) => {
                "Не ждали этого письма или что-то не получается? Ответьте на него или спросите тех, кто в компании «{{company}}» отвечает за телефоны. Пока вы ничего не установите, ничего не изменится."
            }
        };
        Self {
            subject: subject.into(),
            headline: headline.into(),
            text: text.into(),
            button: button.into(),
            steps: steps.into(),
            footer: format!("{ends}\n{help}"),
        }
    }
}

impl Wording {
    /// [`Words::usual`], parsed.
    #[must_use]
    pub fn usual(language: Language, contact: bool) -> Self {
        Words::usual(language, contact).parse().unwrap_or_else(|_| unreachable!("constant words"))
    }
}
