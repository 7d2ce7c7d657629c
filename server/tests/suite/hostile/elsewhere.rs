//! Ids of another workspace, one at a time and among one's own, in bodies, moves, lists and addresses. (Each function by
//! itself is in `server_functions`.)

use super::room::{Case, Ids, Room, call, send};
use reqwest::Method;
use serde_json::{Value, json};

pub fn cases(ids: &Ids) -> Vec<Case> {
    let theirs = &ids.theirs;
    let missing =
        |name, function, body: Value| Case { status: 404, ..call(name, function, body, "not_found") };
    let get = |name, path: String, back| send(name, Method::GET, path, b"", back);
    let person = json!({ "name": "Eve", "email": null, "language": null, "groups": [] });
    let choices = |ids: Value| json!({ "choices": { "selection": { "kind": "these", "ids": ids }, "devices": 1, "days": null, "language": null, "note": "" } });
    vec![
        missing("their person, changed", "user_edit", json!({ "id": theirs.user, "details": person })),
        missing("their person, deleted", "user_delete", json!({ "id": theirs.user })),
        missing("their device, moved here", "device_move", json!({ "id": theirs.device, "owner": ids.user })),
        missing("our device, moved there", "device_move", json!({ "id": ids.device, "owner": theirs.user })),
        missing("their device, asked", "device_ask_report", json!({ "id": theirs.device })),
        missing("their link", "invitation_link", json!({ "id": theirs.invitation })),
        // As an id that nobody has: what cannot be extended is not told apart.
        Case {
            status: 409,
            ..call(
                "their link, made longer",
                "invitation_extend",
                json!({ "id": theirs.invitation, "days": 90 }),
                "conflict",
            )
        },
        missing("their group, renamed", "group_rename", json!({ "name": "Theirs", "to": "Ours" })),
        call("their person, sent to", "send_now", choices(json!([theirs.user])), "nobody"),
        missing(
            "their workspace, left",
            "workspace_leave",
            json!({ "workspace": "019ab9d0-6c1e-7d43-8a55-0d3c1f3b9a10" }),
        ),
        get(
            "their person in a preview",
            format!("/preview?user={}&language=en&days=7", theirs.user),
            (404, ""),
        ),
        get(
            "an export of an older page of theirs",
            format!("/users.csv?workspace={}", theirs.workspace),
            (409, ""),
        ),
        get("their events", format!("/events?workspace={}", theirs.workspace), (409, "")),
        get(
            "an export by a filter that is none",
            "/users.csv?status=everything".into(),
            (400, "filters by something"),
        ),
        Case {
            status: 409,
            ..call(
                "a page of another workspace that writes",
                with_workspace(&theirs.workspace),
                json!({ "id": ids.user }),
                "elsewhere",
            )
        },
    ]
}

/// The function is named with the workspace that the page was made for.
fn with_workspace(id: &str) -> &'static str {
    format!("user_delete?workspace={id}").leak()
}

#[tokio::test]
async fn a29_an_id_of_another_workspace_reaches_nothing_there_and_nothing_comes_from_there() {
    let room = Room::open().await;
    room.refuses(cases(&room.ids)).await;
    for path in ["users", "devices", "invitations"] {
        let id = match path {
            "users" => &room.ids.theirs.user,
            "devices" => &room.ids.theirs.device,
            _ => &room.ids.theirs.invitation,
        };
        let page = room.owner.get(format!("{}/{path}/{id}", room.server.base)).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert!(!page.contains("Victim") && !page.contains("victim@"), "/{path}/…: {page}");
    }
    let list = room.owner.get(format!("{}/users.csv?group=Theirs", room.server.base)).send().await.unwrap();
    assert!(!list.text().await.unwrap().contains("Victim"));
}

#[tokio::test]
async fn a29_an_id_of_another_workspace_among_ones_own_is_left_out_or_refuses_all() {
    let room = Room::open().await;
    let both = json!({ "kind": "these", "ids": [room.ids.user, room.ids.theirs.user] });
    let (server, owner) = (&room.server, &room.owner);
    let (status, joined) =
        server.function(owner, "group_join", json!({ "group": "Night", "selection": both })).await;
    assert!(status == 404 || joined == json!(1), "{status} {joined}");
    let choices = json!({ "selection": both, "devices": 1, "days": null, "language": null, "note": "" });
    let (status, sent) = server.function(owner, "send_now", json!({ "choices": choices })).await;
    assert!(status == 404 || sent["messages"] == json!(1), "{status} {sent}");
    let theirs = server.json(&["--workspace", &room.ids.theirs.workspace, "invitations", "list"]);
    assert_eq!(theirs.as_array().unwrap().len(), 1);
    let theirs = server.json(&["--workspace", &room.ids.theirs.workspace, "users", "list"]);
    assert_eq!(theirs[0]["groups"], json!(["Theirs"]));
}
