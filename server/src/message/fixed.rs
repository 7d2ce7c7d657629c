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
    somebody: "whoever looks after phones at {}",
};

const RU: Fixed = Fixed {
    ahead: "Откройте ссылку на телефоне. Это займёт около двух минут; ссылка действует до: {}.",
    copy: "или скопируйте её:",
    picture: "QR-код со ссылкой",
    computer: "Читаете на компьютере?",
    camera: "Наведите камеру телефона на код. Он есть и во вложении, если картинка не видна.",
    code: "Читаете на компьютере? Наведите камеру телефона на QR-код во вложении.",
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
            _ => "",
        })
    }
}
