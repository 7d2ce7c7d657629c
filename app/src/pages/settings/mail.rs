//! The mail server: host, protection, port, user, password and sender.

use super::{
    Form, Keeping,
    draft::{Field, tls_name},
    field::{Below, Input, Select},
};
use crate::text::{self, t};
use crate::ui::flow::{Erased, Show, boxed, look};
use leptos::prelude::*;
use muster_domain::settings::SmtpTls;

#[component]
pub(super) fn Server(form: Form) -> impl IntoView {
    let language = text::language();
    let name = |tls| match tls {
        SmtpTls::Implicit => t::set_tls_implicit(language),
        SmtpTls::Required => t::set_tls_required(language),
        SmtpTls::Offered => t::set_tls_offered(language),
        SmtpTls::None => t::set_tls_none(language),
    };
    let ways = SmtpTls::ALL.into_iter().map(|tls| (tls_name(tls), name(tls).to_owned())).collect();
    view! {
        <Show when=move || look!(form.saved, |s| s.get(Field::Host).is_empty())>
            <p class="note warn"><span>{t::set_unset(language)}" "<a class="link" href="/mails">{t::set_read_kept(language)}</a></span></p>
        </Show>
        <Input form=form field=Field::Host label=t::set_host(language) help=t::set_host_help(language)/>
        <div class="row2">
            <Select form=form field=Field::Tls label=t::set_tls(language) help=t::set_tls_help(language) choices=ways/>
            <Input form=form field=Field::Port label=t::set_port(language) help="" kind="number"/>
        </div>
        <div class="row2">
            <Input form=form field=Field::User label=t::set_user(language) help=t::set_user_help(language)/>
            <Password form=form/>
        </div>
        <Input form=form field=Field::Sender label=t::set_sender(language) help=t::set_sender_help(language) kind="email"/>
    }
    .erased()
}

/// It is only ever written: kept, set anew, or removed.
#[component]
fn Password(form: Form) -> impl IntoView {
    let language = text::language();
    let choose = move |event| {
        form.refused.set(None);
        form.password.set(String::new());
        form.keeping.set(match event_target_value(&event).as_str() {
            "new" => Keeping::New,
            "remove" => Keeping::Remove,
            _ => Keeping::Keep,
        });
    };
    let value = move || match form.keeping.get() {
        Keeping::Keep => "keep",
        Keeping::New => "new",
        Keeping::Remove => "remove",
    };
    let typing = move || !form.has_password.get() || form.keeping.get() == Keeping::New;
    let typed = move |event| {
        form.refused.set(None);
        form.password.set(event_target_value(&event));
    };
    let wrong = move || form.problem(Field::Password).is_some().then_some("true");
    view! {
        <div class="set-field">
            <label for=move || if form.has_password.get() { "set-keeping".to_owned() } else { Field::Password.id() }>{t::set_password(language)}</label>
            <Show when=move || form.has_password.get()>
                <select class="input" id="set-keeping" aria-invalid=wrong aria-describedby=format!("{}-below", Field::Password.id()) prop:value=value on:change=boxed(choose)>
                    <option value="keep">{t::set_password_keep(language)}</option>
                    <option value="new">{t::set_password_new(language)}</option>
                    <option value="remove">{t::set_password_remove(language)}</option>
                </select>
            </Show>
            <Show when=typing>
                <input class="input" id=Field::Password.id() type="password" autocomplete="new-password" aria-label=t::set_password(language)
                    aria-describedby=format!("{}-below", Field::Password.id()) prop:value=move || form.password.get() on:input=boxed(typed)/>
            </Show>
            <Below form=form field=Field::Password help=t::set_password_help(language)/>
        </div>
    }
    .erased()
}
