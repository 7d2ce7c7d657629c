//! `muster account`: accounts are made with a one-time link to set the password, never with a password.

use super::{open::Muster, output};
use anyhow::Context;
use clap::Subcommand;
use muster_domain::{
    EmailAddress, Language, PersonName,
    account::{self, Role},
    ports::{Delivery, StoreError, Stored, Ticket},
    usecase::{
        colleagues::{self, Wanted},
        sign_in,
    },
};
use serde_json::json;

#[derive(Subcommand)]
pub(super) enum Account {
    /// Adds an account and prints a one-time link to set its password.
    Create {
        /// What it signs in with.
        email: EmailAddress,
        /// The person's name; the address if left out.
        #[arg(long)]
        name: Option<PersonName>,
        /// owner, administrator, operator (invites only) or auditor (reads only).
        #[arg(long, default_value = "administrator", value_parser = role)]
        role: Role,
    },
    /// The workspace's accounts, and the role of each.
    List,
    /// Invites an address to the workspace and prints a one-time link, which works for seven days: for a new account, or
    /// for one that is in another workspace.
    Invite {
        /// Whom.
        email: EmailAddress,
        /// owner, administrator, operator (invites only) or auditor (reads only).
        #[arg(long, default_value = "administrator", value_parser = role)]
        role: Role,
        /// The language of an account that is made by it: en or ru.
        #[arg(long, default_value = "en", value_parser = language)]
        language: Language,
    },
    /// Takes an account out of the workspace; whoever is signed in there with it is signed out.
    Remove {
        /// What it signs in with.
        email: EmailAddress,
    },
    /// Gives an account another role; whoever is signed in with it is signed out.
    Role {
        /// What it signs in with.
        email: EmailAddress,
        /// owner, administrator, operator (invites only) or auditor (reads only).
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Prints a one-time link to set a new password; the old one works until then.
    Reset {
        /// What it signs in with.
        email: EmailAddress,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_name(text).ok_or_else(|| "one of owner, administrator, operator, auditor".to_owned())
}

fn language(text: &str) -> Result<Language, String> {
    Language::from_tag(text).ok_or_else(|| "one of en, ru".to_owned())
}

/// The account of an address, whichever workspaces it is in.
async fn account(muster: &Muster, email: &EmailAddress) -> anyhow::Result<account::Account> {
    let found = muster.ports.store.account_by_email(email).await?;
    Ok(found.with_context(|| format!("there is no account {email}"))?.0)
}

/// What the store refused, in words.
fn in_words(email: &EmailAddress, done: Stored<()>) -> anyhow::Result<()> {
    match done {
        Err(StoreError::State) => anyhow::bail!("{email} is the last owner"),
        Err(StoreError::NotFound) => anyhow::bail!("{email} is not in this workspace"),
        done => Ok(done?),
    }
}

impl Account {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let (email, secret) = match self {
            Self::Create { email, name, role } => {
                let name = name.map_or_else(|| email.as_str().parse(), Ok)?;
                let made =
                    sign_in::add_account(&muster.ports, muster.workspace, email.clone(), name, role).await;
                let secret = made.with_context(|| format!("the account {email}"))?;
                (email, secret)
            }
            Self::List => {
                let members = muster.ports.store.members(muster.workspace).await?;
                let rows = members.into_iter().map(|m| {
                    json!({ "email": m.email, "name": m.name, "role": m.role, "signed_in_at": output::time(m.signed_in_at) })
                });
                return output::table(json, &["email", "name", "role", "signed_in_at"], rows.collect());
            }
            Self::Invite { email, role, language } => {
                let wanted = Wanted { email: email.clone(), role, language };
                let made =
                    colleagues::invite(&muster.ports, muster.workspace, None, &wanted, Delivery::Shown);
                let (_, secret) = match made.await {
                    Err(StoreError::Exists) => {
                        anyhow::bail!("{email} has an account here or is invited already")
                    }
                    made => made?,
                };
                let link = format!("{}/join/{}", muster.public_url().await?, secret.0);
                if json {
                    return output::document(&json!({ "email": email, "role": role, "link": link }));
                }
                output::say!("{link}");
                return Ok(());
            }
            Self::Remove { email } => {
                let account = account(muster, &email).await?;
                in_words(&email, muster.ports.store.remove_member(muster.workspace, None, account.id).await)?;
                if json {
                    return output::document(&json!({ "removed": email }));
                }
                output::say!("{email} is removed");
                return Ok(());
            }
            Self::Role { email, role } => {
                let account = account(muster, &email).await?;
                let done = muster.ports.store.set_role(muster.workspace, None, account.id, role).await;
                in_words(&email, done)?;
                if json {
                    return output::document(&json!({ "email": email, "role": role }));
                }
                output::say!("{email} is {} now", role.name());
                return Ok(());
            }
            Self::Reset { email } => {
                let account = account(muster, &email).await?;
                (email, sign_in::ticket(&muster.ports, &Ticket::Password(account.id)).await?)
            }
        };
        let link = format!("{}/setup/{}", muster.public_url().await?, secret.0);
        if json {
            return output::document(&json!({ "email": email, "link": link }));
        }
        output::say!("{link}");
        Ok(())
    }
}
