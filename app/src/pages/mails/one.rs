//! A kept message as its receiver would see it: HTML with the picture, plain text, attachments, headers.

use super::PATH;
use crate::{
    AppError,
    api::mails::{KeptView, mail_get},
    text::{self, t},
    ui::{
        fetch::Fetched,
        flow::{Erased, Wait},
        help::Help,
        icon::{self, Icon},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub(crate) fn OneMail() -> impl IntoView {
    let language = text::language();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    // A kept message never changes: no live change fetches it again.
    let mail = Fetched::new(move || id.get(), mail_get);
    let title = RwSignal::new(t::mails(language).to_owned());
    view! {
        <Title text=move || title.get()/>
        <main class="main">
            <p class="mail-back"><a class="link" href=PATH>{t::mails_back(language)}</a></p>
            <Wait>
                {move || mail.get().map(|mail| match mail {
                    Ok(mail) => {
                        title.set(mail.row.subject.clone());
                        view! { <Mail mail=mail/> }.erased()
                    }
                    Err(AppError::Forbidden) => view! { <p class="muted">{t::mails_forbidden(language)}</p> }.erased(),
                    Err(AppError::NotFound) => view! { <div class="empty"><h1 tabindex="-1">{t::gone(language)}</h1></div> }.erased(),
                    Err(error) => view! { <p class="note warn" role="alert">{text::error(language, &error)}</p> }.erased(),
                })}
            </Wait>
        </main>
    }
    .erased()
}

#[component]
fn Mail(mail: KeptView) -> impl IntoView {
    let language = text::language();
    let at = format!("{PATH}/{}", mail.row.id);
    let attachments = mail.attachments.into_iter().map(|(number, name, size)| {
        let size = t::mails_bytes(language, text::number(language, size));
        view! {
            <a class="btn" href=format!("{at}/parts/{number}") download=name.clone() rel="external">
                <Icon path=icon::FILE/>{name.clone()}<span class="muted">{size}</span>
            </a>
        }
    });
    let attachments = attachments.collect_view();
    let headers = mail.headers.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> });
    view! {
        <div class="head"><h1 tabindex="-1">{mail.row.subject.clone()}</h1><Help page="mail" about=t::mails(language)/></div>
        <p class="muted mail-facts">{mail.row.to.clone()}" · "{text::moment(language, mail.row.at)}</p>
        <div class="mail-parts"><span class="small muted">{t::mails_attachments(language)}</span>{attachments}</div>
        <div class="mail-html"><iframe sandbox="" title=mail.row.subject src=format!("{at}/html")></iframe></div>
        <details class="mail-more"><summary>{t::mails_text_part(language)}</summary><pre>{mail.text}</pre></details>
        <details class="mail-more"><summary>{t::mails_headers(language)}</summary><dl>{headers.collect_view()}</dl></details>
    }
    .erased()
}
