//! What the log's names are called.

use crate::{pages::accounts, text::t};
use muster_domain::{
    Language,
    account::Role,
    audit::{Action, Area, Difference},
};

/// What was done, before the name of what it was done to.
pub(super) fn action(language: Language, action: Action) -> &'static str {
    match action {
        Action::UserAdded => t::aud_user_added(language),
        Action::UserChanged => t::aud_user_changed(language),
        Action::UserDeleted => t::aud_user_deleted(language),
        Action::UsersImported => t::aud_user_imported(language),
        Action::GroupAdded => t::aud_group_added(language),
        Action::GroupRenamed => t::aud_group_renamed(language),
        Action::GroupDeleted => t::aud_group_deleted(language),
        Action::GroupJoined => t::aud_group_joined(language),
        Action::GroupLeft => t::aud_group_left(language),
        Action::InstructionsSent => t::aud_invitation_sent(language),
        Action::InstructionsUndone => t::aud_invitation_undone(language),
        Action::InvitationResent => t::aud_invitation_resent(language),
        Action::FailuresResent => t::aud_invitation_failures_resent(language),
        Action::InvitationRenewed => t::aud_invitation_renewed(language),
        Action::InvitationRevoked => t::aud_invitation_revoked(language),
        Action::InvitationExtended => t::aud_invitation_extended(language),
        Action::LinkShown => t::aud_invitation_link_shown(language),
        Action::DeviceConnected => t::aud_device_connected(language),
        Action::DeviceReconnected => t::aud_device_reconnected(language),
        Action::DeviceLeft => t::aud_device_left(language),
        Action::DeviceRenamed => t::aud_device_renamed(language),
        Action::DeviceMoved => t::aud_device_moved(language),
        Action::DeviceDeleted => t::aud_device_deleted(language),
        Action::CommandQueued => t::aud_device_command(language),
        Action::ProfileUploaded => t::aud_profile_uploaded(language),
        Action::ProfileDeleted => t::aud_profile_deleted(language),
        Action::PackageUploaded => t::aud_package_uploaded(language),
        Action::PackageDeleted => t::aud_package_deleted(language),
        Action::CommandCancelled => t::aud_command_cancelled(language),
        Action::DeviceIsTheSame => t::aud_is_the_same(language),
        Action::DevicePossibleCopy => t::aud_possible_copy(language),
        Action::DeviceLinkUsedAgain => t::aud_link_used_again(language),
        Action::DeviceMayConnectAgain => t::aud_may_connect_again(language),
        Action::DeviceLinkUseDismissed => t::aud_link_use_dismissed(language),
        Action::DeviceMayMove => t::aud_may_move(language),
        Action::ConfigurationAdded => t::aud_cfg_added(language),
        Action::ConfigurationChanged => t::aud_cfg_changed(language),
        Action::ConfigurationRestored => t::aud_cfg_restored(language),
        Action::ConfigurationDeleted => t::aud_cfg_deleted(language),
        Action::ConfigurationsOrdered => t::aud_cfg_ordered(language),
        Action::SettingsChanged => t::aud_settings_changed(language),
        Action::WordingChanged => t::aud_settings_wording(language),
        Action::LookChanged => t::aud_settings_look(language),
        Action::LogoChanged => t::aud_settings_logo(language),
        Action::SecretChanged => t::aud_settings_secret(language),
        Action::PushRequestMade => t::aud_settings_apple_request(language),
        Action::PushRequestSigned => t::aud_settings_apple_signed(language),
        Action::VendorChanged => t::aud_settings_apple_vendor(language),
        Action::PushCertificateChanged => t::aud_settings_apple_certificate(language),
        Action::PushKeyExported => t::aud_settings_apple_export(language),
        Action::SigningChanged => t::aud_settings_apple_signing(language),
        Action::AccountAdded => t::aud_account_added(language),
        Action::AccountInvited => t::aud_account_invited(language),
        Action::OfferRenewed => t::aud_account_invited_again(language),
        Action::OfferRevoked => t::aud_account_invitation_revoked(language),
        Action::AccountJoined => t::aud_account_joined(language),
        Action::AccountRemoved => t::aud_account_removed(language),
        Action::AccountLeft => t::aud_account_left(language),
        Action::AccountRenamed => t::aud_account_renamed(language),
        Action::SessionsEnded => t::aud_account_sessions_ended(language),
        Action::WorkspaceMade => t::aud_account_workspace(language),
        Action::RoleChanged => t::aud_account_role(language),
        Action::PasswordChanged => t::aud_account_password(language),
        Action::TicketMade => t::aud_account_ticket(language),
        Action::SignedIn => t::aud_account_signed_in(language),
        Action::SignInRefused => t::aud_account_refused(language),
        Action::SignedOut => t::aud_account_signed_out(language),
        Action::ListExported => t::aud_list_exported(language),
    }
}

/// What an entry is about.
pub(super) fn area(language: Language, area: Area) -> &'static str {
    match area {
        Area::User => t::aud_area_user(language),
        Area::Group => t::aud_area_group(language),
        Area::Invitation => t::aud_area_invitation(language),
        Area::Device => t::aud_area_device(language),
        Area::Settings => t::aud_area_settings(language),
        Area::Account => t::aud_area_account(language),
        Area::List => t::aud_area_list(language),
    }
}

/// What a value is the value of; a setting by the name that its page has for it.
pub(super) fn field(language: Language, field: &str) -> &str {
    match field {
        "name" => t::aud_field_name(language),
        "version" => t::aud_field_version(language),
        "order" => t::aud_field_order(language),
        "email" => t::aud_field_email(language),
        "language" => t::aud_field_language(language),
        "groups" => t::aud_field_groups(language),
        "devices" => t::aud_field_devices(language),
        "invitations" => t::aud_field_invitations(language),
        "added" => t::aud_field_added(language),
        "updated" => t::aud_field_updated(language),
        "people" => t::aud_field_people(language),
        "names" => t::aud_field_names(language),
        "messages" => t::aud_field_messages(language),
        "way" => t::aud_field_way(language),
        "until" => t::aud_field_until(language),
        "note" => t::aud_field_note(language),
        "owner" => t::aud_field_owner(language),
        "model" => t::aud_field_model(language),
        "command" => t::aud_field_command(language),
        "role" => t::aud_field_role(language),
        "state" => t::aud_field_state(language),
        "filter" => t::aud_field_filter(language),
        "subject" => t::own_subject(language),
        "headline" => t::own_headline(language),
        "text" => t::own_body(language),
        "button" => t::own_button(language),
        "steps" => t::own_steps(language),
        "footer" => t::own_footer(language),
        "accent" => t::own_colour(language),
        "contact" | "help_contact" => t::own_contact(language),
        "public_url" => t::set_public_url(language),
        "smtp.host" => t::aud_field_host(language),
        "smtp.port" => t::aud_field_port(language),
        "smtp.tls" => t::aud_field_tls(language),
        "smtp.user" => t::aud_field_user(language),
        "sender" => t::set_sender(language),
        "link_days" => t::set_link_days(language),
        "agent_package" => t::set_package(language),
        "silence.warning_days" => t::aud_field_warning(language),
        "silence.critical_days" => t::aud_field_critical(language),
        "apple.minimum_os" => t::set_minimum_os(language),
        "apple.rights" => t::rgt_title(language),
        "headwind.owned" => t::set_owned(language),
        "headwind.signed" => t::set_signed(language),
        "headwind.minimum_agent" => t::set_minimum_agent(language),
        "headwind.set_up.offered" => t::and_offered(language),
        "headwind.set_up.mailed" => t::and_mailed(language),
        "headwind.set_up.package" => t::and_package(language),
        "headwind.set_up.wifi" => t::and_wifi(language),
        "headwind.set_up.keep_apps" => t::and_keep(language),
        "headwind.set_up.locale" => t::and_locale(language),
        "headwind.set_up.time_zone" => t::and_zone(language),
        "sha256" => "SHA-256",
        "checksum" => t::and_checksum(language),
        "mail_per_minute" => t::set_per_minute(language),
        "mail_per_day" => t::set_per_day(language),
        "undo" => t::aud_field_undo(language),
        "phone" => t::own_phone(language),
        "logo" => t::own_logo(language),
        "topic" => t::aud_field_topic(language),
        "serial" => t::aud_field_serial(language),
        "apple_account" => t::aud_field_apple_account(language),
        other => other,
    }
}

/// The values before and after, as people say them.
pub(super) fn values(language: Language, change: &Difference) -> (Option<&str>, Option<&str>) {
    let said = |text| value(language, &change.field, text);
    (change.before.as_deref().map(said), change.after.as_deref().map(said))
}

/// A value as people say it, where the log has a name that only programs use.
fn value<'v>(language: Language, field: &str, value: &'v str) -> &'v str {
    match (field, value) {
        ("way", "mail") => t::aud_way_mail(language),
        ("way", "link") => t::aud_way_link(language),
        ("undo", "yes") => t::aud_yes(language),
        ("language", "en") => "English",
        ("language", "ru") => "Русский",
        ("smtp.tls", "implicit") => t::set_tls_implicit(language),
        ("smtp.tls", "required") => t::set_tls_required(language),
        ("smtp.tls", "offered") => t::set_tls_offered(language),
        ("smtp.tls", "none") => t::set_tls_none(language),
        ("role", name) => Role::from_name(name).map_or(name, |role| accounts::words::role(language, role)),
        // The name that the picture is found by says nothing to people.
        ("logo", size) => size.split_once(", ").map_or(size, |(size, _)| size),
        (_, other) => other,
    }
}

/// What an entry was done to, by the name that pages have for it.
pub(super) fn subject(language: Language, action: Action, name: &str) -> &str {
    match (action, name) {
        (Action::WordingChanged, _) => value(language, "language", name),
        (Action::ListExported, "users") => t::users(language),
        (Action::ListExported, "groups") => t::groups(language),
        (Action::ListExported, "devices") => t::devices(language),
        (Action::ListExported, "invitations") => t::invitations(language),
        (Action::ListExported, "audit") => t::audit(language),
        (Action::ListExported, "accounts") => t::acc_title(language),
        (Action::ListExported, "mails") => t::mails(language),
        (_, other) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::{audit::Note, audit::Subject, settings::*};

    #[test]
    fn each_setting_has_the_name_that_its_page_has_for_it() {
        let smtp = Smtp { host: "h".into(), port: 25, tls: SmtpTls::None, user: Some("u".into()) };
        let settings = Settings {
            public_url: Some("https://m.example.org".into()),
            smtp: Some(smtp),
            sender: Some("it@example.org".parse().unwrap()),
            help_contact: Some("IT".into()),
            apple: Apple { minimum_os: Some("17".into()), ..Apple::default() },
            headwind: Headwind {
                minimum_agent: Some("6.30".into()),
                set_up: SetUp {
                    package: Some("com.example.launcher".into()),
                    wifi: Some("Office".into()),
                    locale: Some("de_DE".into()),
                    time_zone: Some("Europe/Berlin".into()),
                    ..SetUp::default()
                },
                ..Headwind::default()
            },
            ..Settings::default()
        };
        let all = serde_json::to_value(&settings).unwrap();
        let note = Note::new(Action::SettingsChanged, Subject::default());
        let changes = note.differing(&serde_json::Value::Null, &all).changes;
        assert_eq!(changes.len(), 27, "{changes:?}");
        for language in Language::ALL {
            for change in &changes {
                assert_ne!(field(language, &change.field), change.field);
            }
            for tls in SmtpTls::ALL {
                let name = serde_json::to_value(tls).unwrap();
                let name = name.as_str().unwrap();
                assert_ne!(value(language, "smtp.tls", name), name);
            }
        }
    }
}
