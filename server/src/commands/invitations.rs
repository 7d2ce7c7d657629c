//! `muster invite` and `muster invitations`.

use super::{
    duration,
    open::{Muster, SET_ADDRESS},
    output, users,
};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use muster_domain::{
    EmailAddress, InvitationId, UserId, device::Platform, host::is_only_here, invitation::Invitation,
    query::Selection, usecase::send,
};
use serde_json::{Value, json};
use std::io::IsTerminal;

#[derive(Args)]
pub(super) struct Invite {
    /// Addresses of people who are in the Users list.
    #[arg(required_unless_present = "group")]
    emails: Vec<EmailAddress>,
    /// All members of this group.
    #[arg(long, value_name = "G")]
    group: Option<String>,
    /// Devices for each person.
    #[arg(long, default_value_t = 1, value_name = "N")]
    count: u32,
    /// Sends nothing and prints the links.
    #[arg(long)]
    print_link: bool,
    /// How long the links work, such as 90s, 30m, 12h or 14d; the workspace's setting if not given.
    #[arg(long, value_name = "DURATION", value_parser = duration::micros)]
    expires_in: Option<i64>,
}

#[derive(Subcommand)]
pub(super) enum Invitations {
    /// All invitations, the newest first.
    List,
    /// Ends invitations: their links connect nothing any more.
    Revoke {
        /// Ids, as `list` shows them.
        #[arg(required = true)]
        ids: Vec<InvitationId>,
    },
}

impl Invite {
    async fn people(&self, muster: &Muster) -> anyhow::Result<Vec<(UserId, String)>> {
        let mut people = Vec::new();
        for email in &self.emails {
            let id = muster.ports.store.user_by_email(muster.workspace, email).await?;
            let id = id.with_context(|| {
                format!("nobody has the address {email}: add them first, with `muster users import`")
            })?;
            // Whoever is named twice is one person, as in the console.
            if !people.iter().any(|(there, _)| *there == id) {
                people.push((id, email.to_string()));
            }
        }
        if let Some(group) = &self.group {
            let there = muster.ports.store.groups(muster.workspace).await?;
            if !there.iter().any(|g| g.name.to_lowercase() == group.to_lowercase()) {
                bail!("there is no group {group:?}: `muster groups list` shows them");
            }
            for user in users::all(muster).await? {
                let member = user.groups.iter().any(|g| g.to_lowercase() == group.to_lowercase());
                if member && !people.iter().any(|(id, _)| *id == user.id) {
                    people.push((user.id, user.email.unwrap_or_default()));
                }
            }
        }
        Ok(people)
    }

    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let people = self.people(muster).await?;
        let address = muster.public_url().await?;
        // For a person at a terminal; what a script reads holds the links and nothing else.
        if std::io::stderr().is_terminal() && is_only_here(&address) {
            eprintln!("muster: links begin with {address}, which no phone can reach: {SET_ADDRESS}");
        }
        if self.print_link {
            return self.print(muster, &people, json).await;
        }
        let ids = people.iter().map(|(id, _)| *id).collect();
        let selection = Selection::These { ids };
        let choices = send::Choices { devices: self.count, ..send::Choices::one_each(selection) };
        if muster.ports.store.settings(muster.workspace).await?.smtp.is_none() {
            eprintln!(
                "muster: no mail server is set: messages are kept as files, and the console shows them under /mails"
            );
        }
        let sent = send::send_for(&muster.ports, muster.workspace, None, &choices, self.expires_in).await?;
        if json {
            return output::document(&json!({
                "batch": sent.batch, "messages": sent.messages, "without_address": sent.without_address,
            }));
        }
        match sent.messages {
            1 => output::say!("1 message queued; it goes out in ten seconds, when the server runs"),
            n => output::say!("{n} messages queued; they go out in ten seconds, when the server runs"),
        }
        match sent.without_address {
            0 => {}
            1 => output::say!("1 person has no e-mail address and was left out"),
            n => output::say!("{n} people have no e-mail address and were left out"),
        }
        Ok(())
    }

    async fn print(&self, muster: &Muster, people: &[(UserId, String)], json: bool) -> anyhow::Result<()> {
        let ids: Vec<UserId> = people.iter().map(|(id, _)| *id).collect();
        let (made, expires_at) =
            send::links_for(&muster.ports, muster.workspace, &ids, self.count, self.expires_in).await?;
        let public_url = muster.public_url().await?;
        let mut documents = Vec::new();
        for (user, invitation) in made {
            let link = muster.link(&public_url, invitation);
            let email = people
                .iter()
                .find(|(id, _)| *id == user)
                .map(|(_, email)| email.as_str())
                .filter(|e| !e.is_empty());
            if !json {
                output::say!("{link}");
            }
            documents.push(json!({ "email": email, "link": link, "expires_at": expires_at.rfc3339() }));
        }
        if json { output::document(&Value::Array(documents)) } else { Ok(()) }
    }
}

fn row(i: Invitation) -> Value {
    json!({
        "id": i.id, "email": i.email, "state": i.state, "delivery": if i.link_given_out() { "link" } else { "mail" },
        "platform": i.platform.map(Platform::name), "sent_at": output::time(i.sent_at),
        "opened_at": output::time(i.opened_at), "enrolled_at": output::time(i.enrolled_at),
    })
}

impl Invitations {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let store = &muster.ports.store;
        match self {
            Self::List => {
                let mut rows = Vec::new();
                let mut last = None;
                loop {
                    let found = store.invitations_before(muster.workspace, last).await?;
                    let Some(oldest) = found.last() else { break };
                    last = Some(oldest.id);
                    rows.extend(found.into_iter().map(row));
                }
                output::table(
                    json,
                    &["id", "email", "state", "delivery", "platform", "sent_at", "opened_at", "enrolled_at"],
                    rows,
                )
            }
            Self::Revoke { ids } => {
                for id in &ids {
                    store
                        .revoke(muster.workspace, *id, muster.ports.clock.now())
                        .await
                        .with_context(|| format!("invitation {id}"))?;
                }
                if json {
                    return output::document(&json!({ "revoked": ids }));
                }
                output::say!("{} revoked", ids.len());
                Ok(())
            }
        }
    }
}
