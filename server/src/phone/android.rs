//! Pages for phones with Android.

use super::{
    Chosen, Package, View, folds,
    parts::{button, copy, percent, steps, waiting},
};
use crate::html::escape;
use app::text::t;
use muster_domain::Language;

/// Google Play's page of the agent; the link travels as the install referrer.
pub(super) fn play(view: &View<'_>) -> String {
    format!(
        "https://play.google.com/store/apps/details?id={}&referrer={}",
        percent(view.agent_package),
        percent(view.link)
    )
}

/// The steps and the one button.
pub(super) fn page(view: &View<'_>, in_app: bool) -> (&'static str, String) {
    let l = view.language;
    let hint = if in_app { format!("<p class=warn>{}</p>", t::phone_in_app(l)) } else { String::new() };
    let install = (t::phone_step_install(l), t::phone_step_install_text(l));
    let back = (t::phone_step_back(l), t::phone_step_back_text(l));
    let number = view.headwind.map(|agent| format!("<span class=one>{}</span>", escape(agent.number)));
    let number = number.map(|number| t::phone_number(l, number));
    let (list, typed) = match &number {
        // It learns nothing from Google Play, and does not say whether another management holds the phone.
        Some(number) => (
            [vec![install], set_up(view, Some(number))].concat(),
            format!("{}<p class=warn>{}</p>", copy(view), t::phone_emm(l)),
        ),
        None => (vec![install, (t::phone_step_open(l), t::phone_step_open_text(l)), back], String::new()),
    };
    let otherwise = match number {
        Some(_) => String::new(),
        None => format!("<p class=\"small soft\">{}</p>", t::phone_play_hint(l)),
    };
    let body = format!(
        "<p class=soft>{}</p>{hint}{}{typed}{}{otherwise}{}{}{}{}",
        t::phone_two_minutes(l),
        steps(&list),
        button(&play(view), t::phone_play(l)),
        waiting(view),
        folds::sees(view),
        folds::fails(view),
        folds::asks(view)
    );

    (t::phone_connect(l), body)
}

/// What the agent asks for once it is there, and the way back.
fn set_up<'s>(view: &View<'_>, number: Option<&'s str>) -> Vec<(&'s str, &'s str)> {
    let l = view.language;
    let mut list = vec![(t::phone_server(l), t::phone_server_text(l))];
    if let Some(number) = number {
        list.push((number, t::phone_number_text(l)));
        list.push((t::phone_allow_all(l), t::phone_allow_all_text(l)));
    }
    list.push((t::phone_step_back(l), t::phone_step_back_text(l)));
    list
}

/// Megabytes as people write them.
fn megabytes(language: Language, bytes: u64) -> String {
    let tenths = (bytes.saturating_mul(10) + (1 << 19)) >> 20;
    let point = if language == Language::Ru { ',' } else { '.' };
    format!("{}{point}{}", tenths / 10, tenths % 10)
}

/// The package from this server, with what it should be.
fn package(view: &View<'_>, package: &Package<'_>) -> String {
    let (l, size) = (view.language, megabytes(view.language, package.size));
    format!(
        "{}<p class=\"small soft\">SHA-256 {}</p>",
        button(package.address, &t::phone_apk(l, size, escape(package.version))),
        escape(package.sha256)
    )
}

/// A device that seems to be without Google Play; the person may know better.
pub(super) fn without_play(view: &View<'_>) -> (&'static str, String) {
    let l = view.language;
    let number = view.headwind.map(|agent| format!("<span class=one>{}</span>", escape(agent.number)));
    let number = number.map(|number| t::phone_number(l, number));
    let after = set_up(view, number.as_deref());
    let (intro, list, button) = match &view.package {
        Some(own) => {
            let mut list = vec![
                (t::phone_apk_get(l), t::phone_apk_get_text(l)),
                (t::phone_apk_install(l), t::phone_apk_install_text(l)),
            ];
            list.extend(after);
            (t::phone_apk_text(l, view.company()), list, package(view, own))
        }
        None => (t::phone_no_play_text(l).to_owned(), after, String::new()),
    };
    let emm = view.headwind.map(|_| format!("<p class=warn>{}</p>", t::phone_emm(l))).unwrap_or_default();
    let body = format!(
        "<p class=soft>{intro}</p>{}{button}{}{emm}<a class=btn href=\"{}\">{}</a>{}{}{}",
        steps(&list),
        copy(view),
        view.again(Some(Chosen::Android), view.kept()),
        t::phone_has_play(l),
        waiting(view),
        folds::sees(view),
        folds::asks(view)
    );
    (t::phone_no_play(l), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn megabytes_are_rounded_and_have_the_languages_point() {
        let said: Vec<String> = [0, 52_429, 4_404_019, 300 << 20].map(|n| megabytes(Language::En, n)).into();
        assert_eq!(said, ["0.0", "0.1", "4.2", "300.0"]);
        assert_eq!(megabytes(Language::Ru, 4_404_019), "4,2");
    }
}
