//! The table of all server functions: who may call each, and how it reaches for ids.

use muster_domain::{
    AccountId, BatchId, ConfigurationId, DeviceId, InvitationId, OfferId, SessionId, UserId, WorkspaceId,
    account::Role, settings::Settings,
};
use serde_json::{Value, json};

/// What a function needs: which roles may call it, and which body reaches for the given ids.
pub struct Call {
    pub name: &'static str,
    pub may: &'static [Role],
    pub body: fn(&Ids) -> Value,
    /// Whether the body names ids, which are refused when they are another workspace's.
    pub names: bool,
}

pub const READ: &[Role] = &[Role::Owner, Role::Administrator, Role::Operator, Role::Auditor];
pub const INVITE: &[Role] = &[Role::Owner, Role::Administrator, Role::Operator];
pub const MANAGE: &[Role] = &[Role::Owner, Role::Administrator];
pub const AUDIT: &[Role] = &[Role::Owner, Role::Administrator, Role::Auditor];

/// The functions whose call in the table is not possible: a message that still waits cannot be sent again, and an Android has no
/// command to be taken back, is not called by Apple, and does not move.
pub const IMPOSSIBLE: &[&str] = &[
    "invitation_resend",
    "device_order_cancel",
    "device_call",
    "device_let_move",
    "device_is_the_same",
    "device_asked_again",
    "profile_delete",
    "configurations_order",
    "package_delete",
];

/// The functions whose call in the table does something, which the audit log tells. (Others of the table ask for what changes
/// nothing: settings as they are, nobody to be added, nothing that has failed.)
pub const TOLD: &[&str] = &[
    "user_add",
    "user_edit",
    "user_delete",
    "group_add",
    "group_rename",
    "group_join",
    "group_leave",
    "group_delete",
    "import_write",
    "send_now",
    "send_undo",
    "invitation_renew",
    "invitation_revoke",
    "invitation_extend",
    "invitation_link",
    "mail_get",
    "invitations_act",
    "devices_act",
    "device_rename",
    "device_move",
    "device_delete",
    "device_ask_report",
    "device_order",
    "profile_upload",
    "configuration_save",
    "configuration_delete",
    "wording_set",
    "account_invite",
    "account_invite_again",
    "account_invite_revoke",
    "account_role",
    "account_remove",
    "account_rename",
    "account_password",
    "account_session_end",
    "account_sessions_end",
    "workspace_leave",
    "look_set",
    "apple_request",
    "apple_account_set",
];

/// The name of the message that was kept for a person.
pub fn kept(ids: &Ids) -> String {
    format!("20260921T141320Z-{}-{}-1", ids.workspace, ids.invitation)
}

/// The name of a person's group, as no other workspace has it.
pub fn group(user: UserId) -> String {
    format!("Group of {user}")
}

#[derive(Clone, Copy)]
pub struct Ids {
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub invitation: InvitationId,
    pub device: DeviceId,
    pub batch: BatchId,
    pub configuration: ConfigurationId,
    /// An account of the workspace.
    pub account: AccountId,
    /// A session: one's own in one's own workspace.
    pub session: SessionId,
    /// An account's invitation.
    pub offer: OfferId,
    /// A file of people that was uploaded.
    pub file: &'static str,
}

pub fn choices(ids: &Ids) -> Value {
    json!({ "selection": { "kind": "these", "ids": [ids.user] }, "devices": 1, "days": null, "language": null, "note": "" })
}

/// Words as they are by themselves.
fn own() -> Value {
    let mut words = usual();
    words["button"] = "Go".into();
    words
}

fn usual() -> Value {
    json!(muster_domain::wording::Words::usual(muster_domain::Language::En, false))
}

/// Just these rows, in the order of the list.
fn pick(ids: Value) -> Value {
    json!({ "pick": { "query": {}, "these": ids, "except": [] } })
}

/// An act on a person's device.
fn numbered(ids: &Ids, deed: Value) -> Value {
    json!({ "rows": [[ids.device, 1]], "deed": deed, "begun": 0 })
}

/// A change that nobody made, so that there is nothing to be put back.
fn change() -> Value {
    json!({ "name": { "was": "Before", "set": "After" } })
}

pub fn calls() -> Vec<Call> {
    let call = |name, may, names, body| Call { name, may, names, body };
    vec![
        call("users_list", READ, false, |_| json!({ "query": {} })),
        call("users_still_there", READ, false, |i| json!({ "ids": [i.user] })),
        call("user_get", READ, true, |i| json!({ "id": i.user })),
        call(
            "user_add",
            MANAGE,
            false,
            |_| json!({ "details": { "name": "New", "email": null, "language": null, "groups": [] } }),
        ),
        call(
            "user_edit",
            MANAGE,
            true,
            |i| json!({ "id": i.user, "details": { "name": "X", "email": null, "language": null, "groups": [] } }),
        ),
        call("user_delete", MANAGE, true, |i| json!({ "id": i.user })),
        call("users_presets", READ, false, |_| json!({})),
        call("groups_list", READ, false, |_| json!({})),
        call("groups_missing", READ, false, |i| json!({ "names": [group(i.user)] })),
        call("groups_page", READ, false, |_| json!({ "query": {} })),
        call("group_add", MANAGE, false, |_| json!({ "name": "New" })),
        call("group_rename", MANAGE, true, |i| json!({ "name": group(i.user), "to": "Other" })),
        call(
            "group_join",
            MANAGE,
            false,
            |i| json!({ "group": "Night", "selection": { "kind": "these", "ids": [i.user] } }),
        ),
        call(
            "group_leave",
            MANAGE,
            true,
            |i| json!({ "group": group(i.user), "selection": { "kind": "these", "ids": [i.user] } }),
        ),
        call("group_delete", MANAGE, true, |i| json!({ "name": group(i.user) })),
        call("import_look", MANAGE, true, |i| json!({ "upload": i.file, "how": {}, "part": {} })),
        call("import_state", MANAGE, true, |i| json!({ "upload": i.file })),
        call("import_write", MANAGE, true, |i| json!({ "upload": i.file, "how": {} })),
        call("pasted_look", MANAGE, false, |_| json!({ "text": "a@example.org" })),
        call("people_add", MANAGE, false, |_| json!({ "people": [], "groups": [] })),
        call("send_review", INVITE, false, |i| json!({ "selection": { "kind": "these", "ids": [i.user] } })),
        call("send_preview", INVITE, true, |i| json!({ "choices": choices(i) })),
        call("send_now", INVITE, true, |i| json!({ "choices": choices(i) })),
        call("send_undo", INVITE, true, |i| json!({ "batch": i.batch })),
        call("send_retry", INVITE, true, |i| json!({ "batch": i.batch })),
        call("user_messages", READ, true, |i| json!({ "user": i.user })),
        call("send_progress", READ, true, |i| json!({ "batch": i.batch })),
        call("invitations_list", READ, false, |_| json!({ "query": {} })),
        call("invitations_counts", READ, false, |_| json!({})),
        call("invitation_get", READ, true, |i| json!({ "id": i.invitation })),
        call("invitation_steps", READ, false, |i| json!({ "id": i.invitation })),
        call("invitation_resend", INVITE, true, |i| json!({ "id": i.invitation })),
        call("invitation_renew", INVITE, true, |i| json!({ "id": i.invitation })),
        call("invitation_revoke", INVITE, true, |i| json!({ "id": i.invitation })),
        call("invitation_extend", INVITE, true, |i| json!({ "id": i.invitation, "days": 7 })),
        call("invitation_link", INVITE, true, |i| json!({ "id": i.invitation })),
        call("devices_list", READ, false, |_| json!({ "query": {} })),
        call("devices_counts", READ, false, |_| json!({})),
        call("device_get", READ, true, |i| json!({ "id": i.device })),
        call("device_rename", MANAGE, true, |i| json!({ "id": i.device, "name": "X" })),
        call("device_move", MANAGE, true, |i| json!({ "id": i.device, "owner": i.user })),
        call("device_delete", MANAGE, true, |i| json!({ "id": i.device })),
        call("device_commands", READ, true, |i| json!({ "id": i.device })),
        call("device_ask_report", MANAGE, true, |i| json!({ "id": i.device })),
        // The device of the table is an Android, which can do none of this: that it is another workspace's is seen first.
        call(
            "device_order",
            MANAGE,
            true,
            |i| json!({ "id": i.device, "order": { "kind": "plain", "what": "report" }, "named": null }),
        ),
        call("device_order_cancel", MANAGE, true, |i| json!({ "id": i.device, "command": i.batch })),
        call("device_call", MANAGE, true, |i| json!({ "id": i.device })),
        call("device_let_move", MANAGE, true, |i| json!({ "id": i.device })),
        call("device_is_the_same", MANAGE, true, |i| json!({ "id": i.device })),
        call("device_asked_again", MANAGE, true, |i| json!({ "id": i.device, "yes": true })),
        call("device_lists", READ, false, |i| json!({ "id": i.device })),
        call("android_get", MANAGE, false, |_| json!({})),
        call("android_set", MANAGE, false, |_| json!({ "set_up": {}, "password": { "kind": "keep" } })),
        call("agent_secret_set", MANAGE, false, |_| json!({ "secret": { "kind": "keep" } })),
        call("package_delete", MANAGE, true, |i| json!({ "id": i.batch })),
        call("profiles_list", MANAGE, false, |_| json!({})),
        call("configurations_list", MANAGE, false, |_| json!({})),
        call("configuration_get", MANAGE, true, |i| json!({ "id": i.configuration, "version": null })),
        call("configuration_preview", MANAGE, true, configuration),
        call("configuration_save", MANAGE, true, configuration),
        call("configurations_order", MANAGE, true, |i| json!({ "ids": [i.configuration, i.configuration] })),
        call("configuration_delete", MANAGE, true, |i| json!({ "id": i.configuration })),
        call("device_log", MANAGE, true, |i| json!({ "id": i.device, "before": null })),
        call("apple_rights", MANAGE, false, |_| json!({})),
        call("apple_rights_set", MANAGE, false, |_| json!({ "rights": 8191 })),
        call("profile_upload", MANAGE, false, |_| json!({ "file": profile() })),
        call("profile_delete", MANAGE, true, |i| json!({ "id": i.batch })),
        // Each row is answered for itself: ids of another workspace are not there.
        call("invitations_pick", INVITE, false, |i| {
            let mut pick = pick(json!([i.invitation]));
            pick["act"] = json!("resend");
            pick
        }),
        call(
            "invitations_act",
            INVITE,
            false,
            |i| json!({ "ids": [i.invitation], "deed": "revoke", "begun": 0 }),
        ),
        call(
            "invitations_act",
            INVITE,
            false,
            |i| json!({ "ids": [i.invitation], "deed": { "extend": { "days": 30 } }, "begun": 0 }),
        ),
        call("invitations_put_back", INVITE, false, |i| json!({ "rows": [[i.invitation, change()]] })),
        call("devices_pick", MANAGE, false, |i| pick(json!([i.device]))),
        call("devices_act", MANAGE, false, |i| {
            numbered(i, json!({ "rename": { "pattern": "{owner} {n}" } }))
        }),
        call("devices_act", MANAGE, false, |i| numbered(i, json!("delete"))),
        call("devices_put_back", MANAGE, false, |i| json!({ "rows": [[i.device, change()]] })),
        call("settings_get", MANAGE, false, |_| json!({})),
        call(
            "settings_set",
            MANAGE,
            false,
            |_| json!({ "settings": Settings::default(), "password": { "kind": "keep" } }),
        ),
        call(
            "settings_try",
            MANAGE,
            false,
            // Nobody listens there, and the refusal comes from the machine itself.
            |_| {
                let smtp = json!({ "host": "127.0.0.1", "port": 1, "tls": "none", "user": null });
                json!({ "settings": { "smtp": smtp, "sender": "it@example.org" }, "password": { "kind": "remove" }, "to": "me@example.org" })
            },
        ),
        call("settings_queue", MANAGE, false, |_| json!({})),
        call("wording_get", MANAGE, false, |_| json!({})),
        call("wording_set", MANAGE, false, |_| json!({ "language": "en", "words": own() })),
        call("wording_try", MANAGE, false, |_| json!({ "language": "ru", "words": usual() })),
        call("look_set", MANAGE, false, |_| json!({ "look": { "accent": "#aa3300" }, "contact": "IT" })),
        call("logo_remove", MANAGE, false, |_| json!({})),
        call("apple_get", MANAGE, false, |_| json!({})),
        call("apple_request", MANAGE, false, |_| json!({})),
        call("apple_vendor_set", MANAGE, false, |_| json!({ "upload": { "files": ["AAAA"] } })),
        call("apple_vendor_remove", MANAGE, false, |_| json!({})),
        call("apple_signing_set", MANAGE, false, |_| json!({ "upload": { "files": ["AAAA"] } })),
        call("apple_signing_remove", MANAGE, false, |_| json!({})),
        call(
            "apple_upload",
            MANAGE,
            false,
            |_| json!({ "upload": { "files": ["AAAA"] }, "account": "", "cut_off": null }),
        ),
        call("apple_account_set", MANAGE, false, |_| json!({ "account": "it@example.org" })),
        call("apple_tell", INVITE, false, |_| json!({})),
        call("mails_list", INVITE, false, |_| json!({ "query": { "window": { "page": 1, "size": 50 } } })),
        call("mail_get", INVITE, true, |i| json!({ "id": kept(i) })),
        call("audit_list", AUDIT, false, |_| json!({ "query": {} })),
        call("overview", READ, false, |_| json!({ "period": "week", "zone": "0" })),
        call("accounts_list", READ, false, |_| json!({})),
        call(
            "account_invite",
            MANAGE,
            false,
            |_| json!({ "email": "new@example.org", "role": "auditor", "language": "en", "mail": true }),
        ),
        call("account_invite_again", MANAGE, true, |i| json!({ "id": i.offer, "mail": true })),
        call("account_invite_revoke", MANAGE, true, |i| json!({ "id": i.offer })),
        call("account_role", MANAGE, true, |i| json!({ "account": i.account, "role": "auditor" })),
        call("account_remove", MANAGE, true, |i| json!({ "account": i.account })),
        call("account_get", READ, false, |_| json!({})),
        call("account_rename", READ, false, |_| json!({ "name": "Me" })),
        call(
            "account_password",
            READ,
            false,
            |_| json!({ "present": "long enough 1", "new": "long enough 2" }),
        ),
        call("account_session_end", READ, true, |i| json!({ "id": i.session })),
        call("account_sessions_end", READ, false, |_| json!({})),
        call("workspace_leave", READ, true, |i| json!({ "workspace": i.workspace })),
        call("find", READ, false, |_| json!({ "text": "a" })),
        call("counts", READ, false, |_| json!({})),
        call("me", READ, false, |_| json!({})),
    ]
}

/// A configuration in other words.
fn configuration(ids: &Ids) -> Value {
    let volume = json!({ "field": "volume", "text": "40", "rows": [] });
    let audience = json!({ "everybody": true, "groups": [] });
    json!({
        "id": ids.configuration, "base": 1, "name": format!("Of {}", ids.configuration), "audience": audience,
        "form": { "entries": [volume] }, "restored": null
    })
}

/// A small configuration profile in base64.
fn profile() -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.encode(include_str!("wifi.mobileconfig"))
}
