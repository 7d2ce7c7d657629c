//! `muster account`: accounts are made with a one-time link to set the password, never with a password.

use super::{open::Muster, output};
use anyhow::Context;
use clap::Subcommand;
use muster_domain::{
    EmailAddress, PersonName,
    account::Role,
    ports::{StoreError, Ticket},
    usecase::sign_in,
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
            Self::Role { email, role } => {
                let found = muster.ports.store.account_by_email(&email).await?;
                let (account, _) = found.with_context(|| format!("there is no account {email}"))?;
                match muster.ports.store.set_role(muster.workspace, account.id, role).await {
                    Err(StoreError::State) => anyhow::bail!("{email} is the last owner"),
                    done => done?,
                }
                if json {
                    return output::document(&json!({ "email": email, "role": role }));
                }
                println!("{email} is {} now", role.name());
                return Ok(());
            }
            Self::Reset { email } => {
                let found = muster.ports.store.account_by_email(&email).await?;
                let (account, _) = found.with_context(|| format!("there is no account {email}"))?;
                (email, sign_in::ticket(&muster.ports, &Ticket::Password(account.id)).await?)
            }
        };
        let link = format!("{}/setup/{}", muster.public_url().await?, secret.0);
        if json {
            return output::document(&json!({ "email": email, "link": link }));
        }
        println!("{link}");
        Ok(())
    }
}
