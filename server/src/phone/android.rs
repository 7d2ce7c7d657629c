//! Pages for phones with Android.

use super::{
    Chosen, View, folds,
    parts::{button, copy, percent, steps, waiting},
};
use crate::html::escape;
use app::text::t;

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
        Some(number) => {
            let server = (t::phone_server(l), t::phone_server_text(l));
            let number = (number.as_str(), t::phone_number_text(l));
            let allow = (t::phone_allow_all(l), t::phone_allow_all_text(l));
            (
                vec![install, server, number, allow, back],
                format!("{}<p class=warn>{}</p>", copy(view), t::phone_emm(l)),
            )
        }
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

/// A device that seems to be without Google Play; the person may know better.
pub(super) fn without_play(view: &View<'_>) -> (&'static str, String) {
    let l = view.language;
    let body = format!(
        "<p class=soft>{}</p>{}<a class=btn href=\"{}\">{}</a>{}{}{}",
        t::phone_no_play_text(l),
        copy(view),
        view.again(Some(Chosen::Android), view.kept()),
        t::phone_has_play(l),
        waiting(view),
        folds::sees(view),
        folds::asks(view)
    );
    (t::phone_no_play(l), body)
}
