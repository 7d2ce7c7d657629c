//! The words of the message that are not the company's to change: they explain what stands beside them.

use crate::html::escape;
use muster_domain::Language;

/// The fixed words of a language; `{}` is filled in.
pub(super) struct Fixed {
    /// What mail programs show beside the subject, with until when the link works.
    pub(super) ahead: &'static str,
    /// Before the link to copy.
    copy: &'static str,
    /// What the picture is.
    picture: &'static str,
    /// Who the picture is for.
    computer: &'static str,
    /// What to do with it.
    camera: &'static str,
    /// Both, where there is no picture.
    pub(super) code: &'static str,
    /// For whom the Android agent's code is.
    agent_head: &'static str,
    /// What to do with it.
    agent_text: &'static str,
    /// Both, where there is no picture.
    pub(super) agent_plain: &'static str,
    /// What the picture is.
    agent_picture: &'static str,
    /// For whom a new phone's code is.
    owner_head: &'static str,
    /// What to do with it, and what may be in the way.
    owner_text: &'static str,
    /// Both, where there is no picture.
    pub(super) owner_plain: &'static str,
    /// What the picture is.
    owner_picture: &'static str,
    /// Whom to ask where that is not set, with the company's name.
    pub(super) somebody: &'static str,
}

const EN: Fixed = Fixed {
    ahead: "Open the link on your phone. It takes about two minutes and works until {}.",
    copy: "or copy it:",
    picture: "QR code with the link",
    computer: "Reading this on a computer?",
    camera: "Point the phone’s camera at the code. It is also attached, in case this picture is missing.",
    code: "Reading this on a computer? Point the phone’s camera at the attached QR code.",
    agent_head: "Android, and the app asks for a server?",
    agent_text: "Press the QR sign beside the app’s field and point the phone at this code on another screen. Nothing is left to type. Not for iPhones.",
    agent_plain: "Android, and the app asks for a server? Open the link on a computer: its page has a code that the app scans, and nothing is left to type. Not for iPhones.",
    agent_picture: "QR code for the app on Android",
    owner_head: "A new Android phone of the company, fresh from its box?",
    owner_text: "Tap six times in one place on its very first screen, then point it at this code. Never erase a phone that is in use for it. If the phone says that the app is blocked, stop and ask: Google’s set-up takes approved apps alone.",
    owner_plain: "A new Android phone of the company, fresh from its box? Open the link on a computer: its page has the code for the phone’s very first screen. Never erase a phone that is in use for it. If the phone says that the app is blocked, stop and ask: Google’s set-up takes approved apps alone.",
    owner_picture: "QR code for a new Android phone",
    somebody: "whoever looks after phones at {}",
};

const RU: Fixed = Fixed {
    ahead: "Откройте ссылку на телефоне. Это займёт около двух минут; ссылка действует до: {}.",
    copy: "или скопируйте её:",
    picture: "QR-код со ссылкой",
    computer: "Читаете на компьютере?",
    camera: "Наведите камеру телефона на код. Он есть и во вложении, если картинка не видна.",
    code: "Читаете на компьютере? Наведите камеру телефона на QR-код во вложении.",
    agent_head: "Android, и приложение спрашивает сервер?",
    agent_text: "Нажмите значок QR рядом с полем в приложении и наведите телефон на этот код на другом экране. Вводить ничего не придётся. Не для iPhone.",
    agent_plain: "Android, и приложение спрашивает сервер? Откройте ссылку на компьютере: на странице есть код для приложения, и вводить ничего не придётся. Не для iPhone.",
    agent_picture: "QR-код для приложения на Android",
    owner_head: "Новый Android-телефон компании, только из коробки?",
    owner_text: "На самом первом экране нажмите шесть раз в одно место и наведите телефон на этот код. Не сбрасывайте ради этого телефон, которым пользуются. Если телефон сообщает, что приложение заблокировано, остановитесь и спросите: настройка Google принимает только одобренные приложения.",
    owner_plain: "Новый Android-телефон компании, только из коробки? Откройте ссылку на компьютере: на странице есть код для самого первого экрана телефона. Не сбрасывайте ради этого телефон, которым пользуются. Если телефон сообщает, что приложение заблокировано, остановитесь и спросите: настройка Google принимает только одобренные приложения.",
    owner_picture: "QR-код для нового Android-телефона",
    somebody: "те, кто в компании «{}» отвечает за телефоны",
};

impl Fixed {
    /// Those of a language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &EN,
            Language::Ru => &RU,
        }
    }

    /// The words of that name as they stand in HTML; nothing for any other name.
    pub(super) fn html(&self, name: &str) -> String {
        escape(match name {
            "copy" => self.copy,
            "picture" => self.picture,
            "computer" => self.computer,
            "camera" => self.camera,
            "agent_head" => self.agent_head,
            "agent_text" => self.agent_text,
            "agent_picture" => self.agent_picture,
            "owner_head" => self.owner_head,
            "owner_text" => self.owner_text,
            "owner_picture" => self.owner_picture,
            _ => "",
        })
    }
}
