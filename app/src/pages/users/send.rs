//! Send instructions: who gets a message and who cannot, the choices, the very mail; then undo and progress.

use super::Picked;
use crate::{
    api::invitations::{Shown, send_now, send_preview, send_progress, send_review, send_undo},
    text::{self, t},
    ui::live::live,
};
use leptos::{html, prelude::*, task::spawn_local};
use muster_domain::{BatchId, Language, usecase::send::Choices};
use std::time::Duration;

/// What was sent last, to undo and follow.
#[derive(Clone, Copy, PartialEq)]
struct Followed {
    batch: BatchId,
    /// Whether undoing was refused.
    late: bool,
}

#[component]
pub(super) fn Send(picked: RwSignal<Picked>, count: Signal<u64>, open: RwSignal<bool>) -> impl IntoView {
    let language = text::language();
    let dialog = NodeRef::<html::Dialog>::new();
    let (chosen, days, note) =
        (RwSignal::new(None::<Language>), RwSignal::new(7_u32), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<String>);
    let followed = RwSignal::new(None::<Followed>);
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if !open.get() {
            dialog.close();
        } else if !dialog.open() {
            problem.set(None);
            let _ = dialog.show_modal();
        }
    });
    let choices = move || Choices {
        selection: picked.with(Picked::selection),
        devices: 1,
        days: Some(days.get()),
        language: chosen.get(),
        note: note.get(),
    };
    let asked = move || (open.get() && count.get() > 0).then(|| picked.with(Picked::selection));
    let review = LocalResource::new(move || {
        let asked = asked();
        async move {
            match asked {
                Some(selection) => Some(send_review(selection).await),
                None => None,
            }
        }
    });
    let preview = LocalResource::new(move || {
        let asked = asked().map(|_| choices());
        async move {
            match asked {
                Some(choices) => send_preview(choices).await.ok(),
                None => None,
            }
        }
    });
    let source = move |shown: &Shown| {
        let note = js_sys::encode_uri_component(&note.get()).as_string().unwrap_or_default();
        format!(
            "/preview?user={}&language={}&days={}&note={note}",
            shown.user,
            shown.language.tag(),
            days.get()
        )
    };
    let reviewed = move || review.get().flatten().and_then(Result::ok);
    let messages = move || reviewed().map_or(0, |r| r.with_address);
    let without = move || reviewed().map_or(0, |r| r.total - r.with_address);
    let names = move || {
        reviewed()
            .map(|r| r.without.iter().map(|p| p.name.clone()).collect::<Vec<_>>().join(", "))
            .unwrap_or_default()
    };
    let send = move |_| {
        let choices = untrack(choices);
        spawn_local(async move {
            match send_now(choices).await {
                Ok(sent) => {
                    followed.set(Some(Followed { batch: sent.batch, late: false }));
                    note.set(String::new());
                    picked.set(Picked::Nobody);
                    open.set(false);
                }
                Err(error) => problem.set(Some(text::error(language, &error))),
            }
        });
    };
    let typed_days = move |event: web_sys::Event| {
        if let Ok(n) = event_target_value(&event).parse::<u32>() {
            days.set(n.clamp(1, 90));
        }
    };
    view! {
        <Show when=move || followed.read().is_some()>
            {move || followed.get().map(|f| view! { <Progress followed=f signal=followed/> })}
        </Show>
        <dialog class="dialog" node_ref=dialog on:close=move |_| open.set(false) aria-labelledby="send-title">
            <div class="pane">
                <h2 id="send-title">{move || if count.get() == 0 { t::send_instructions(language).to_owned() } else { t::send_title(language, messages()) }}</h2>
                <p class="muted">{move || if count.get() == 0 { t::nothing_selected(language) } else { t::send_text(language) }}</p>
                <Show when=move || { without() > 0 }>
                    <p class="note warn"><b>{move || t::cannot(language, without())}</b>" "{names}</p>
                </Show>
                <Show when=move || reviewed().is_some_and(|r| r.kept)><crate::pages::mails::Unset/></Show>
                <Show when=move || reviewed().is_some_and(|r| r.through.is_some())>
                    <p class="muted">{move || reviewed().and_then(|r| r.through).map(|at| text::through(language, at))}</p>
                </Show>
                <Show when=move || problem.read().is_some()><p class="note warn" role="alert">{move || problem.get()}</p></Show>
                <div class="row2">
                    <label>{t::language(language)}
                        <select class="input" on:change=move |e| chosen.set(Language::from_tag(&event_target_value(&e)))>
                            <option value="">{t::each_own(language)}</option>
                            <option value="en">"English"</option>
                            <option value="ru">"Русский"</option>
                        </select>
                    </label>
                    <label>{t::works_for(language)}
                        <input class="input" type="number" min="1" max="90" prop:value=move || days.get().to_string()
                            on:input=typed_days/>
                    </label>
                </div>
                <label>{t::note(language)}
                    <textarea class="input" rows="3" maxlength="1000" prop:value=note on:change=move |e| note.set(event_target_value(&e))></textarea>
                </label>
            </div>
            <div class="preview">
                {move || preview.get().flatten().map(|p| view! {
                    <p class="small muted">{t::preview_for(language, &p.person)}</p>
                    <p class="small"><b>{p.subject.clone()}</b></p>
                    <iframe sandbox="" title=p.subject.clone() src=source(&p)></iframe>
                })}
            </div>
            <div class="end">
                <span class="small muted hint">{t::undo_hint(language)}</span>
                <button class="btn" on:click=move |_| open.set(false)>{t::cancel(language)}</button>
                <button class="btn primary" disabled=move || messages() == 0 on:click=send>{move || t::send_button(language, messages())}</button>
            </div>
        </dialog>
    }
    .into_any()
}

#[component]
fn Progress(followed: Followed, signal: RwSignal<Option<Followed>>) -> impl IntoView {
    let language = text::language();
    let version = live().version;
    let beat = RwSignal::new(0_u32);
    // While messages wait the bar counts by itself, also when the stream is down.
    if let Ok(timer) =
        set_interval_with_handle(move || beat.update(|b| *b = b.wrapping_add(1)), Duration::from_secs(1))
    {
        on_cleanup(move || timer.clear());
    }
    let progress = LocalResource::new(move || {
        let _ = (version.get(), beat.get());
        send_progress(followed.batch)
    });
    let undo = move |_| {
        spawn_local(async move {
            let late = send_undo(followed.batch).await.is_err();
            signal.set(Some(Followed { late, ..followed }));
            version.update(|v| *v = v.wrapping_add(1));
        });
    };
    let line = move || {
        let Some(Ok(p)) = progress.get() else { return String::new() };
        let number = |n| text::number(language, n);
        let mut line = if p.undone {
            t::undone(language).to_owned()
        } else if p.queued == p.total {
            t::sending_soon(language, p.total)
        } else if p.queued > 0 {
            t::sending(language, number(p.sent), number(p.total))
        } else {
            t::all_sent(language, p.sent)
        };
        if p.failed > 0 {
            line = format!("{line}, {}", t::some_failed(language, p.failed));
            for (_, name, why) in &p.failures {
                line.push_str(&format!("\n{name}: {why}"));
            }
        }
        if let Some(why) = &p.delayed {
            line = format!("{line}\n{}", t::delayed(language, text::waits(language, why)));
        }
        if let Some(at) = p.through {
            line = format!("{line}\n{}", text::through(language, at));
        }
        if followed.late {
            line = format!("{line}\n{}", t::undo_late(language));
        }
        line
    };
    let may_undo = move || {
        progress.get().is_some_and(|p| p.is_ok_and(|p| !p.undone && p.queued == p.total && p.total > 0))
            && !followed.late
    };
    view! {
        <div class="progress" role="status">
            <span class="lines">{line}</span>
            <Show when=may_undo><button class="btn" on:click=undo>{t::undo(language)}</button></Show>
            <button class="btn quiet" on:click=move |_| signal.set(None)>{t::close(language)}</button>
        </div>
    }
    .into_any()
}
