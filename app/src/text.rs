//! The words of the console, made from `locales/` by the build; and numbers and times as each language writes them.

#[cfg(target_family = "wasm")]
pub(crate) mod words;

use crate::ui::flow::look;
use crate::{error::Invalid, ui::moment, zone::Zone};
use leptos::prelude::*;
use muster_domain::{
    Language, Timestamp,
    command::{CommandKind, Impossible, InvalidOrder},
    configuration::{Lack, Lacking},
    device::{AgentPermission, Platform, Reason, Status},
    invitation::{Invitation, Reach, State},
    pace::Through,
    settings::InvalidSetting,
    time::{DAY, MINUTE},
    usecase::outbox::LIMIT_REACHED,
};

/// One function for each text.
pub mod t {
    #![expect(missing_docs, reason = "the texts are in locales/")]
    #[cfg(target_family = "wasm")]
    use super::words::{fill, plural, text};
    #[cfg(not(target_family = "wasm"))]
    use super::{Form, form, number};
    use muster_domain::Language;
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// A plural form (Unicode CLDR, cardinal rules for whole numbers).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    One,
    Few,
    Many,
}

pub(crate) fn form(language: Language, n: u64) -> Form {
    match language {
        Language::En if n == 1 => Form::One,
        Language::En => Form::Many,
        Language::Ru => match (n % 10, n % 100) {
            (1, rest) if rest != 11 => Form::One,
            (2..=4, rest) if !(12..=14).contains(&rest) => Form::Few,
            _ => Form::Many,
        },
    }
}

/// A number with its thousands apart.
#[must_use]
pub fn number(language: Language, n: u64) -> String {
    let digits = n.to_string();
    let gap = match language {
        Language::En => ',',
        Language::Ru => '\u{a0}',
    };
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(gap);
        }
        out.push(digit);
    }
    out
}

/// How long ago, seen from `now`, which comes with the list so that server and browser agree.
#[must_use]
pub fn ago(language: Language, at: Timestamp, now: Timestamp) -> String {
    let minutes = u64::try_from(now.since(at).max(0) / MINUTE).unwrap_or(0);
    match minutes {
        0 => t::just_now(language).to_owned(),
        1..60 => t::minutes_ago(language, minutes),
        60..1440 => t::hours_ago(language, minutes / 60),
        _ => t::days_ago(language, u64::try_from(now.since(at).max(0) / DAY).unwrap_or(0)),
    }
}

/// The day of a moment on the wall of a zone, such as `12 Nov`, with the year if it is not this one.
fn date(language: Language, at: Timestamp, now: Timestamp, zone: &Zone) -> String {
    let (civil, here) = (zone.local(at).civil(), zone.local(now).civil());
    let month = t::months(language).split(' ').nth(usize::from(civil.month) - 1).unwrap_or_default();
    if civil.year == here.year {
        format!("{} {month}", civil.day)
    } else {
        format!("{} {month} {}", civil.day, civil.year)
    }
}

/// Yesterday, today or tomorrow, seen from `now`.
fn near_day(language: Language, at: Timestamp, now: Timestamp, zone: &Zone) -> Option<&'static str> {
    let day = |at: Timestamp| zone.local(at).0.div_euclid(DAY);
    match day(at) - day(now) {
        -1 => Some(t::yesterday(language)),
        0 => Some(t::today(language)),
        1 => Some(t::tomorrow(language)),
        _ => None,
    }
}

/// A moment seen from `now` in a zone: `today, 09:12`, `12 Nov, 09:12`.
#[must_use]
pub fn moment_in(language: Language, at: Timestamp, now: Timestamp, zone: &Zone) -> String {
    let civil = zone.local(at).civil();
    let day = near_day(language, at, now, zone).map_or_else(|| date(language, at, now, zone), str::to_owned);
    format!("{day}, {:02}:{:02}", civil.hour, civil.minute)
}

/// A moment that matters less the longer it is over: with the time while it is of these days, then the day alone.
#[must_use]
pub fn lately_in(language: Language, at: Timestamp, now: Timestamp, zone: &Zone) -> String {
    match near_day(language, at, now, zone) {
        Some(_) => moment_in(language, at, now, zone),
        None => date(language, at, now, zone),
    }
}

/// Tells a moment from the page's clock and in its zone; where there is none, in UTC from the moment itself.
fn told(at: Timestamp, words: impl FnOnce(Timestamp, &Zone) -> String) -> String {
    match moment::clock() {
        Some(clock) => look!(clock.zone, |zone| words(clock.now.get(), zone)),
        None => words(at.plus(-9 * DAY), &Zone::default()),
    }
}

/// A day, such as `12 Nov`, in the browser's time zone.
#[must_use]
pub fn day(language: Language, at: Timestamp) -> String {
    told(at, |now, zone| date(language, at, now, zone))
}

/// A day with the time, in the browser's time zone.
#[must_use]
pub fn moment(language: Language, at: Timestamp) -> String {
    told(at, |now, zone| moment_in(language, at, now, zone))
}

/// A moment that needs no other to be understood, as on paper: `12 Nov 2026, 09:12`.
#[must_use]
pub fn exact(language: Language, at: Timestamp) -> String {
    told(at, |_, zone| {
        let civil = zone.local(at).civil();
        // Seen from another year, the year is told.
        let day = date(language, at, at.plus(-400 * DAY), zone);
        format!("{day}, {:02}:{:02}", civil.hour, civil.minute)
    })
}

/// [`lately_in`] the browser's time zone.
#[must_use]
pub fn lately(language: Language, at: Timestamp) -> String {
    told(at, |now, zone| lately_in(language, at, now, zone))
}

/// A platform's name as its maker writes it.
#[must_use]
pub fn platform(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "Android",
        Platform::Ios => "iOS",
        Platform::Ipados => "iPadOS",
    }
}

/// What people call the devices of a platform.
#[must_use]
pub fn devices_of(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "Android",
        Platform::Ios => "iPhone",
        Platform::Ipados => "iPad",
    }
}

/// An invitation's state in words.
#[must_use]
pub fn state(language: Language, state: State) -> &'static str {
    match state {
        State::Queued => t::state_queued(language),
        State::Sent => t::state_sent(language),
        State::Opened => t::state_opened(language),
        State::Enrolling => t::state_enrolling(language),
        State::Enrolled => t::state_enrolled(language),
        State::Failed => t::state_failed(language),
        State::Expired => t::state_expired(language),
        State::Revoked => t::state_revoked(language),
    }
}

/// How far messages came at least, in words.
#[must_use]
pub fn reach(language: Language, reach: Reach) -> &'static str {
    match reach {
        Reach::Sent => t::state_sent(language),
        Reach::Opened => t::state_opened(language),
        Reach::Started => t::state_enrolling(language),
        Reach::Connected => t::state_enrolled(language),
    }
}

/// How far an invitation came. A link that nobody mailed was given out by hand.
#[must_use]
pub fn invitation(language: Language, i: &Invitation) -> &'static str {
    match (i.state, i.sent_at) {
        (State::Sent, None) => t::state_given_out(language),
        (state, _) => self::state(language, state),
    }
}

/// What else is known of a link that was opened: somebody waits with a device that cannot be connected yet (`apple_waits`).
#[must_use]
pub fn waits(
    language: Language,
    state: State,
    platform: Option<Platform>,
    apple_waits: bool,
) -> Option<&'static str> {
    match (state, platform.filter(|_| apple_waits)?) {
        (State::Opened, Platform::Ios) => Some(t::opened_iphone_waits(language)),
        (State::Opened, Platform::Ipados) => Some(t::opened_ipad_waits(language)),
        _ => None,
    }
}

/// A status in a word.
#[must_use]
pub fn status(language: Language, status: Status) -> &'static str {
    match status {
        Status::Ok => t::ok(language),
        Status::Warning => t::warning(language),
        Status::Critical => t::critical(language),
    }
}

/// Why a status is not ok.
#[must_use]
pub fn reason(language: Language, reason: &Reason) -> String {
    match reason {
        Reason::Left => t::reason_left(language).to_owned(),
        Reason::ManagedBy { name } => t::reason_managed(language, name),
        Reason::ProtectionOff => t::reason_protection(language).to_owned(),
        Reason::NotConnected { days } => t::reason_silent(language, u64::from(*days)),
        Reason::StorageLow => t::reason_storage(language).to_owned(),
        Reason::ProfileRemoved => t::reason_profile(language).to_owned(),
        Reason::NoPasscode => t::reason_no_passcode(language).to_owned(),
        Reason::PasscodeNotCompliant => t::reason_passcode(language).to_owned(),
        Reason::DataProtectionOff => t::reason_data(language).to_owned(),
        Reason::SystemTooOld { has, wants } => t::reason_old(language, has, wants),
        Reason::LostMode => t::reason_lost_mode(language).to_owned(),
        Reason::CutOff => t::reason_cut_off(language).to_owned(),
        Reason::PossibleCopy => t::reason_copy(language).to_owned(),
        Reason::Erased => t::reason_erased(language).to_owned(),
        Reason::OtherBuild => t::reason_other_build(language).to_owned(),
        Reason::LinkUsedAgain => t::reason_link_used_again(language).to_owned(),
        Reason::PermissionsMissing { which } => {
            let named: Vec<_> = which.iter().map(|which| permission(language, *which)).collect();
            t::reason_permissions(language, named.join(", "))
        }
        Reason::NotOwned => t::reason_not_owned(language).to_owned(),
        Reason::BatteryLow { percent } => t::reason_battery(language, percent),
        Reason::AgentTooOld { has, wants } => t::reason_agent_old(language, has, wants),
        Reason::Locked => t::reason_locked(language).to_owned(),
        Reason::LauncherNotDefault { has } => t::reason_launcher(language, has),
        Reason::AppsNotAsConfigured { which } => t::reason_apps(language, lacking(language, which)),
        Reason::FilesNotAsConfigured { which } => t::reason_files(language, lacking(language, which)),
        Reason::IdentityEnds { days: 0 } => t::reason_identity_over(language).to_owned(),
        Reason::PushCertificateEnds { days: 0 } => t::reason_push_over(language).to_owned(),
        Reason::IdentityEnds { days } => t::reason_identity(language, u64::from(*days)),
        Reason::PushGone => t::reason_push_gone(language).to_owned(),
        Reason::PushCertificateEnds { days } => t::reason_push_ends(language, u64::from(*days)),
    }
}

/// What a device lacks of what it was told, one after another.
fn lacking(language: Language, which: &[Lacking]) -> String {
    let one = |lacking: &Lacking| match &lacking.how {
        Lack::Missing => t::lack_missing(language, &lacking.what),
        Lack::StillThere => t::lack_there(language, &lacking.what),
        Lack::Version { has, wants } => t::lack_version(language, has, wants, &lacking.what),
        Lack::Content => t::lack_content(language, &lacking.what),
    };
    which.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What an agent is not allowed to do, after "not allowed to".
fn permission(language: Language, which: AgentPermission) -> &'static str {
    match which {
        AgentPermission::Admin => t::perm_admin(language),
        AgentPermission::Overlay => t::perm_overlay(language),
        AgentPermission::Usage => t::perm_usage(language),
    }
}

/// What went wrong, in words that say what to do.
#[must_use]
pub fn error(language: Language, error: &crate::AppError) -> String {
    use crate::AppError;
    match error {
        AppError::SignedOut => t::users_signed_out(language).to_owned(),
        AppError::Forbidden => t::forbidden(language).to_owned(),
        AppError::Elsewhere => t::acc_elsewhere(language).to_owned(),
        AppError::NotFound => t::gone(language).to_owned(),
        AppError::Conflict => t::conflict(language).to_owned(),
        AppError::Invalid { code, message } => invalid(language, *code, message).to_owned(),
        AppError::Setting { problem } => setting(language, *problem).to_owned(),
        AppError::Failed { reference } if reference.is_empty() => t::unreachable(language).to_owned(),
        AppError::Busy => t::busy(language).to_owned(),
        AppError::Order { problem } => order(language, *problem).to_owned(),
        AppError::Unable { why } => impossible(language, *why).to_owned(),
        AppError::Failed { reference } => {
            t::failed(language, format!("{}{reference}{}", AROUND_REFERENCE[0], AROUND_REFERENCE[1]))
        }
    }
}

/// What stands around a reference in words, unseen: it keeps its own direction (Unicode's isolates), and is found by them.
const AROUND_REFERENCE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// The reference that the words of an [`error`] have, to be copied.
pub fn reference(words: &str) -> Option<&str> {
    let [before, after] = AROUND_REFERENCE;
    Some(words.split_once(before)?.1.split_once(after)?.0)
}

/// What is wrong with what was typed. `message` is the server's own, where there are no words for it here.
fn invalid(language: Language, code: Invalid, message: &str) -> &str {
    match code {
        Invalid::Request => t::users_invalid_request(language),
        Invalid::Nobody => t::nobody(language),
        Invalid::Many => t::send_many(language),
        Invalid::Devices => t::users_invalid_devices(language),
        Invalid::LinkDays => t::users_invalid_days(language),
        Invalid::LinkLonger => t::inv_longer(language),
        Invalid::Note => t::users_invalid_note(language),
        Invalid::Password => t::acc_wrong_password(language),
        Invalid::NewPassword => t::acc_password_rule(language),
        Invalid::Often => t::acc_too_often(language),
        Invalid::Rows => t::bulk_too_many(language),
        Invalid::DeviceName => t::ord_other_name(language),
        Invalid::DeviceCount => t::ord_other_count(language),
        Invalid::Other => message,
    }
}

/// What a kind of command is called.
#[must_use]
pub fn command(language: Language, kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Report => t::cmd_report(language),
        CommandKind::DeviceInformation => t::cmd_device_information(language),
        CommandKind::SecurityInfo => t::cmd_security_info(language),
        CommandKind::ProfileList => t::cmd_profile_list(language),
        CommandKind::ApplicationList => t::cmd_application_list(language),
        CommandKind::CertificateList => t::cmd_certificate_list(language),
        CommandKind::Declarations => t::cmd_declarations(language),
        CommandKind::Lock => t::cmd_lock(language),
        CommandKind::Unlock => t::cmd_unlock(language),
        CommandKind::ResetPassword => t::cmd_reset_password(language),
        CommandKind::RunApp => t::cmd_run_app(language),
        CommandKind::ClearPasscode => t::cmd_clear_passcode(language),
        CommandKind::Restart => t::cmd_restart(language),
        CommandKind::ShutDown => t::cmd_shut_down(language),
        CommandKind::Rename => t::cmd_rename(language),
        CommandKind::Erase => t::cmd_erase(language),
        CommandKind::LostMode => t::cmd_lost_mode(language),
        CommandKind::EndLostMode => t::cmd_end_lost_mode(language),
        CommandKind::Locate => t::cmd_locate(language),
        CommandKind::PlaySound => t::cmd_play_sound(language),
        CommandKind::InstallProfile => t::cmd_install_profile(language),
        CommandKind::RemoveProfile => t::cmd_remove_profile(language),
        CommandKind::RenewIdentity => t::cmd_renew_identity(language),
        CommandKind::RemoveManagement => t::cmd_remove_management(language),
    }
}

/// What is wrong with what was typed for a command.
#[must_use]
pub fn order(language: Language, problem: InvalidOrder) -> &'static str {
    match problem {
        InvalidOrder::Message => t::ord_bad_message(language),
        InvalidOrder::Phone => t::ord_bad_phone(language),
        InvalidOrder::Nothing => t::ord_bad_nothing(language),
        InvalidOrder::Name => t::ord_bad_name(language),
        InvalidOrder::Password => t::ord_bad_password(language),
        InvalidOrder::Package => t::ord_bad_package(language),
        InvalidOrder::Kind => t::users_invalid_request(language),
        InvalidOrder::Management => t::ord_bad_management(language),
    }
}

/// A sentence, with a capital at its beginning.
#[must_use]
pub fn capital(sentence: &str) -> String {
    let mut rest = sentence.chars();
    rest.next().map(char::to_uppercase).into_iter().flatten().chain(rest).collect()
}

/// Why a device cannot be asked for something.
#[must_use]
pub fn impossible(language: Language, why: Impossible) -> &'static str {
    match why {
        Impossible::Platform => t::why_platform(language),
        Impossible::Left => t::why_left(language),
        Impossible::NotSupervised => t::why_supervised(language),
        Impossible::NoRight => t::why_right(language),
        Impossible::TooOld => t::why_old(language),
        Impossible::NotLost => t::why_not_lost(language),
        Impossible::Lost => t::why_lost(language),
        Impossible::NotLocked => t::why_not_locked(language),
        Impossible::NotOwned => t::why_not_owned(language),
        Impossible::NoAdmin => t::why_admin(language),
        Impossible::NoOverlay => t::why_overlay(language),
        Impossible::PossibleCopy => t::why_copy(language),
        Impossible::NoUnlockToken => t::why_unlock(language),
    }
}

/// What is wrong with a setting.
#[must_use]
pub fn setting(language: Language, problem: InvalidSetting) -> &'static str {
    match problem {
        InvalidSetting::PublicUrl => t::set_bad_public_url(language),
        InvalidSetting::AgentPackage => t::set_bad_package(language),
        InvalidSetting::LinkDays => t::set_bad_link_days(language),
        InvalidSetting::Silence => t::set_bad_silence(language),
        InvalidSetting::SmtpHost => t::set_bad_host(language),
        InvalidSetting::SmtpPort => t::set_bad_port(language),
        InvalidSetting::SmtpUser => t::set_bad_user(language),
        InvalidSetting::SmtpPassword => t::set_password_again(language),
        InvalidSetting::HelpContact => t::set_bad_help(language),
        InvalidSetting::AppleMinimumOs => t::set_bad_minimum_os(language),
        InvalidSetting::AppleRights => t::set_bad_rights(language),
        InvalidSetting::MinimumAgent => t::set_bad_minimum_agent(language),
        InvalidSetting::SetUpPackage => t::set_bad_package(language),
        InvalidSetting::SetUpWifi => t::and_bad_wifi(language),
        InvalidSetting::SetUpPassword => t::and_bad_password(language),
        InvalidSetting::SetUpLocale => t::and_bad_locale(language),
        InvalidSetting::SetUpTimeZone => t::and_bad_zone(language),
        InvalidSetting::AgentSecret => t::and_bad_secret(language),
    }
}

/// Why a message waits: the server's words, or our own in the reader's language.
#[must_use]
pub fn delay(language: Language, why: &str) -> String {
    if why == LIMIT_REACHED { t::set_limit_reached(language).to_owned() } else { why.to_owned() }
}

/// When all that waits will be through: a time of the day within half a day, where it can be no other day's, or days.
#[must_use]
pub fn through(language: Language, through: Through) -> String {
    match through.minutes {
        0 => t::set_through_soon(language).to_owned(),
        1..720 => t::set_through_at(language, clock(through.at)),
        minutes => t::set_through_days(language, u64::from(minutes.div_ceil(1440))),
    }
}

/// The time of the day in the browser's time zone.
fn clock(at: Timestamp) -> String {
    told(at, |_, zone| {
        let civil = zone.local(at).civil();
        format!("{:02}:{:02}", civil.hour, civil.minute)
    })
}

/// The language of this visit.
#[must_use]
pub fn language() -> Language {
    use_context::<Language>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_counts_in_three_forms_and_thousands_stand_apart() {
        let ru = |n| t::selected(Language::Ru, n);
        assert_eq!(ru(1), "Выбран 1 человек");
        assert_eq!(ru(3), "Выбрано 3 человека");
        assert_eq!(ru(11), "Выбрано 11 человек");
        assert_eq!(ru(21), "Выбран 21 человек");
        assert_eq!(ru(12_431), "Выбран 12\u{a0}431 человек");
        assert_eq!(t::selected(Language::En, 12_431), "12,431 people selected");
    }

    #[test]
    fn days_are_named_on_the_wall_of_the_zone_not_in_utc() {
        let zone = |text: &str| Zone::parse(text).unwrap();
        // 2026-11-24, 22:30 UTC: in Moscow it is tomorrow already.
        let now = Timestamp(1_795_559_400_000_000);
        let hours = |n: i64| now.plus(n * 60 * MINUTE);
        let en = |at, zone: &Zone| moment_in(Language::En, at, now, zone);
        let (utc, moscow) = (zone("0"), zone("180"));
        assert_eq!(en(now, &utc), "today, 22:30");
        assert_eq!(en(now, &moscow), "today, 01:30");
        assert_eq!(en(hours(-3), &utc), "today, 19:30");
        assert_eq!(en(hours(-3), &moscow), "yesterday, 22:30");
        assert_eq!(en(hours(2), &utc), "tomorrow, 00:30");
        assert_eq!(en(hours(-24 * 12), &utc), "12 Nov, 22:30");
        assert_eq!(en(hours(-24 * 365), &utc), "24 Nov 2025, 22:30");
        assert_eq!(moment_in(Language::Ru, hours(-3), now, &moscow), "вчера, 22:30");
        assert_eq!(exact(Language::En, now), "24 Nov 2026, 22:30");
        assert_eq!(exact(Language::Ru, hours(-24 * 12)), "12 ноя 2026, 22:30");
        assert_eq!(lately_in(Language::En, hours(-24 * 12), now, &utc), "12 Nov");
        assert_eq!(lately_in(Language::En, hours(-24), now, &utc), "yesterday, 22:30");
    }

    #[test]
    fn every_refusal_has_words_in_both_languages() {
        for code in Invalid::ALL.into_iter().filter(|code| *code != Invalid::Other) {
            let (en, ru) = (invalid(Language::En, code, "?"), invalid(Language::Ru, code, "?"));
            assert!(en != "?" && ru != "?" && en != ru, "{code:?}");
            assert!(ru.chars().any(|c| ('а'..='я').contains(&c)), "{ru}");
        }
        assert_eq!(invalid(Language::Ru, Invalid::Other, "why"), "why");
    }

    #[test]
    fn times_are_told_from_now() {
        let now = Timestamp(100 * DAY);
        for (before, text) in
            [(0, "just now"), (5 * MINUTE, "5 min ago"), (120 * MINUTE, "2 h ago"), (9 * DAY, "9 days ago")]
        {
            assert_eq!(ago(Language::En, now.plus(-before), now), text);
        }
    }
}
