//! Send instructions: who gets a message and who cannot, the choices, the very mail.

use super::{PATH, already::AlreadyThere};
use crate::{
    api::invitations::{Review, send_now, send_preview, send_review},
    text::{self, t},
    ui::{
        dialog::{closed, stand},
        fetch::Asked,
        flow::{Erased, For, Show, boxed, effect, look, spawn},
        follow::follow,
        icon::{self, Icon},
        live::live,
        moment,
        problem::Problem,
        role::may,
    },
    wire::ours,
};
use leptos::{html, prelude::*};
use muster_domain::{
    Language,
    account::Permission,
    query::{LeaveOut, Selection},
    usecase::send::Choices,
};
use std::time::Duration;

/// Lifetimes to choose from, in days; the workspace's own is added.
const LIFETIMES: [u32; 6] = [1, 3, 7, 14, 30, 90];
/// People without an address who are named one by one.
const NAMED: usize = 200;

/// The lifetimes with the workspace's own among them.
fn lifetimes(own: u32) -> Vec<u32> {
    let mut days = LIFETIMES.to_vec();
    if !days.contains(&own) {
        days.push(own);
        days.sort_unstable();
    }
    days
}

#[component]
pub(super) fn Send(
    /// To whom.
    selection: Signal<Selection>,
    /// How many these are, or how many groups; none, and `nothing` says what to tick first.
    count: Signal<u64>,
    /// What is said while nothing is ticked.
    nothing: &'static str,
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// Whether to ask for how many devices, as for one person.
    #[prop(optional)]
    devices: bool,
    /// The name of the one person it is for.
    #[prop(optional, into)]
    person: Option<Signal<String>>,
    /// The sender's note. It outlives the dialog until it is sent.
    note: RwSignal<String>,
    /// When it was sent.
    #[prop(into)]
    sent: Callback<()>,
) -> impl IntoView {
    let language = text::language();
    let dialog = NodeRef::<html::Dialog>::new();
    let (chosen, days) = (RwSignal::new(None::<Language>), RwSignal::new(None::<u32>));
    let shown_note = RwSignal::new(note.get_untracked());
    let number = RwSignal::new(1_u32);
    let leave_out = RwSignal::new(LeaveOut::default());
    let problem = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let configure = may(Permission::Configure);
    let reviewed = RwSignal::new(None::<Review>);
    let (follow, clock, version) = (follow(), moment::clock(), live().version);
    stand(dialog, open.into(), move || {
        problem.set(None);
        reviewed.set(None);
        number.set(1);
        leave_out.set(LeaveOut::default());
    });
    let asked =
        Memo::new(move |_| (open.get() && count.get() > 0).then(|| (selection.get(), leave_out.get())));
    // People may get an address while the dialog stands open: a live change reviews again.
    let review = Asked::new(move || {
        let (asked, _) = (asked.get(), version.get());
        async move {
            match asked {
                Some((selection, leave_out)) => Some(send_review(selection, leave_out).await),
                None => None,
            }
        }
    });
    effect(move || match review.get().flatten() {
        Some(Ok(review)) => reviewed.set(Some(review)),
        Some(Err(error)) => problem.set(Some(text::error(language, &error))),
        None => {}
    });
    let own = move || look!(reviewed, |r| r.as_ref().map_or(7, |r| r.link_days));
    let works = move || days.get().unwrap_or_else(own);
    let choices = move || Choices {
        selection: selection.get(),
        leave_out: leave_out.get(),
        devices: number.get(),
        days: days.get(),
        language: chosen.get(),
        note: note.get(),
    };
    let preview = Asked::new(move || {
        let asked = asked.get().map(|(selection, leave_out)| Choices {
            selection,
            leave_out,
            devices: 1,
            days: days.get(),
            language: chosen.get(),
            note: String::new(),
        });
        async move {
            match asked {
                Some(choices) => send_preview(choices).await.ok(),
                None => None,
            }
        }
    });
    let source = Memo::new(move |_| {
        let shown = preview.get().flatten()?;
        let note = js_sys::encode_uri_component(&shown_note.get()).as_string().unwrap_or_default();
        let (user, language) = (shown.user, shown.language.tag());
        Some(format!("/preview?user={user}&language={language}&days={}&note={note}", works()))
    });
    // Another `src` would be a step of the browser's history, which Back takes before it leaves the page.
    let frame = NodeRef::<html::Iframe>::new();
    effect(move || {
        let (frame, source) = (frame.get(), source.get());
        let window = frame.and_then(|frame| frame.content_window());
        if let (Some(window), Some(source)) = (window, source) {
            let _ = window.location().replace(&source);
        }
    });
    let only_here = move || look!(reviewed, |r| r.as_ref().and_then(|r| r.only_here.clone()));
    let through = move || look!(reviewed, |r| r.as_ref().and_then(|r| r.through));
    let people = move || look!(reviewed, |r| r.as_ref().map_or(0, |r| r.with_address));
    let messages = move || people() * u64::from(number.get());
    let without = move || look!(reviewed, |r| r.as_ref().map_or(0, |r| r.total - r.with_address));
    let send = move |_| {
        let choices = untrack(choices);
        busy.set(true);
        problem.set(None);
        spawn(async move {
            match send_now(choices).await {
                Ok(done) => {
                    follow.begin(done.batch);
                    note.set(String::new());
                    shown_note.set(String::new());
                    open.set(false);
                    sent.try_run(());
                    version.update(|v| *v = v.wrapping_add(1));
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
            busy.set(false);
        });
    };
    // The preview follows a moment after the last key.
    let latest = StoredValue::new(0_u32);
    let noted = move |event: web_sys::Event| {
        note.set(event_target_value(&event));
        latest.update_value(|n| *n = n.wrapping_add(1));
        let mine = latest.get_value();
        let show = move || {
            if latest.try_get_value() == Some(mine) {
                shown_note.set(note.get_untracked());
            }
        };
        set_timeout(show, Duration::from_millis(400));
    };
    let title = move || match (count.get(), person) {
        (0, _) => t::send_instructions(language).to_owned(),
        (_, Some(name)) => t::users_send_to(language, name.get()),
        _ => t::send_title(language, people()),
    };
    let options = move || {
        let now = clock.map(|c| c.now.get()).unwrap_or_default();
        let option = move |n: u32| {
            let until = text::day(language, now.plus_days(n));
            let words = t::users_days(language, u64::from(n));
            let chosen = days.get_untracked().unwrap_or_else(own) == n;
            view! { <option value=n.to_string() selected=chosen>{t::users_until(language, until, words)}</option> }
        };
        lifetimes(own()).into_iter().map(option).collect_view()
    };
    view! {
        <dialog class="dialog send" node_ref=dialog on:cancel=boxed(move |_: web_sys::Event| open.set(false)) on:close=boxed(move |_| if closed(dialog) { open.set(false) }) aria-labelledby="send-title">
            <div class="pane">
                <h2 id="send-title" tabindex="-1" autofocus>{title}</h2>
                <p class="muted">{move || if count.get() == 0 { nothing } else { t::send_text(language) }}</p>
                <Show when=move || { without() > 0 }><Without reviewed=reviewed people=Signal::derive(move || (selection.get(), leave_out.get()))/></Show>
                {person.is_none().then(|| view! { <AlreadyThere reviewed=reviewed leave_out=leave_out/> })}
                <Show when=move || look!(reviewed, |r| r.as_ref().is_some_and(|r| r.kept))><crate::pages::mails::Unset/></Show>
                <Show when=move || only_here().is_some()>
                    <p class="note warn"><span>{move || only_here().map(|address| t::send_only_here(language, address))}" "
                        <a class="link" href="/settings">{t::set_open_address(language)}</a></span></p>
                </Show>
                <Show when=move || through().is_some()>
                    <p class="muted">{move || through().map(|at| text::through(language, at))}</p>
                </Show>
                <div class="row2">
                    <div><label for="send-language">{t::language(language)}</label>
                        <select class="input" id="send-language" on:change=boxed(move |e| chosen.set(Language::from_tag(&event_target_value(&e))))>
                            <option value="">{t::each_own(language)}</option>
                            <option value="en">"English"</option>
                            <option value="ru">"Русский"</option>
                        </select></div>
                    <div><label for="send-days">{t::users_works_for(language)}</label>
                        <select class="input" id="send-days" on:change=boxed(move |e| days.set(event_target_value(&e).parse().ok()))>
                            {options}
                        </select></div>
                </div>
                {devices.then(|| view! {
                    <div><label for="send-devices">{t::users_how_many(language)}</label>
                        <select class="input" id="send-devices" prop:value=move || number.get().to_string()
                            on:change=boxed(move |e| number.set(event_target_value(&e).parse().unwrap_or(1)))>
                            {(1..=10_u32).map(|n| view! { <option value=n.to_string()>{t::users_devices_count(language, u64::from(n))}</option> }).collect_view()}
                        </select></div>
                })}
                <div><label for="send-note">{t::note(language)}</label>
                    <textarea class="input" id="send-note" rows="3" maxlength="1000" prop:value=note on:input=boxed(noted)></textarea></div>
            </div>
            <div class="preview">
                {move || preview.get().flatten().map(|p| view! {
                    <p class="small muted">{t::users_preview(language, &p.person, tongue(p.language))}</p>
                    <p class="small"><b>{p.subject.clone()}</b></p>
                    <Show when=move || configure.get()><p class="small"><a class="link" href=format!("/message?language={}", p.language.tag())>{t::own_change(language)}</a></p></Show>
                    <iframe sandbox="" title=p.subject.clone() node_ref=frame></iframe>
                })}
            </div>
            <div class="end">
                <Problem problem=problem grave=true/>
                <span class="small muted hint">{t::undo_hint(language)}</span>
                <button class="btn" on:click=boxed(move |_| open.set(false))>{t::cancel(language)}</button>
                <button class="btn primary" disabled=move || messages() == 0 || busy.get() on:click=boxed(send)>{move || t::send_button(language, messages())}</button>
            </div>
        </dialog>
    }
    .erased()
}

/// A language in its own words.
pub(super) fn tongue(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::Ru => "Русский",
    }
}

/// Who cannot be sent one, and the way out: their own windows, where an address can be added.
#[component]
fn Without(reviewed: RwSignal<Option<Review>>, people: Signal<(Selection, LeaveOut)>) -> impl IntoView {
    let language = text::language();
    let manage = may(Permission::Manage);
    let total = move || look!(reviewed, |r| r.as_ref().map_or(0, |r| r.total - r.with_address));
    let named = move || {
        let people = look!(reviewed, |r| r.as_ref().map(|r| r.without.clone()).unwrap_or_default());
        people.into_iter().take(NAMED).map(|p| (p.id, p.name)).collect::<Vec<_>>()
    };
    let more = move || total().saturating_sub(NAMED as u64);
    view! {
        <div class="note warn"><Icon path=icon::WARNING/><div>
            <b>{move || t::cannot(language, total())}</b>
            <ul class="cannot">
                <For each=named key=|(id, _)| *id let((id, name))>
                    <li>{name}
                        <Show when=move || manage.get()>" "<a class="link" href=format!("{PATH}/{id}?edit=email")>{t::users_add_address(language)}</a></Show>
                    </li>
                </For>
            </ul>
            <Show when=move || { more() > 0 }><span>{move || t::users_and_more(language, more())}</span></Show>
            <Sheets people=people count=Signal::derive(total)/>
        </div></div>
    }
    .erased()
}

/// The way to sheets of paper with a link and a QR code for those of a selection who cannot be sent a message. A form, so that it
/// works before anything is loaded, and in a tab of its own.
#[component]
pub(super) fn Sheets(
    /// Of whom those without an address are meant, and who of them is left out.
    people: Signal<(Selection, LeaveOut)>,
    /// How many these are.
    count: Signal<u64>,
) -> impl IntoView {
    let language = text::language();
    let links = may(Permission::SeeLinks);
    let people = move || look!(people, |p| serde_json::to_string(p).unwrap_or_default());
    view! {
        <Show when=move || links.get() && { count.get() > 0 }>
            <form action=ours("/sheets") method="post" target="_blank">
                <input type="hidden" name="people" value=people/>
                <button class="link">{move || t::users_sheets(language, count.get())}</button>
            </form>
        </Show>
    }
    .erased()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspaces_own_lifetime_is_among_the_choices_and_in_order() {
        assert_eq!(lifetimes(7), LIFETIMES);
        assert_eq!(lifetimes(10), [1, 3, 7, 10, 14, 30, 90]);
    }
}
