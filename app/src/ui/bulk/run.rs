//! Asks the server for one part of an act.

use super::job::{Deed, Item};
use crate::{
    AppError,
    api::bulk::{devices_act, devices_put_back, invitations_act, invitations_put_back},
};
use muster_domain::bulk::{Change, Outcome};
use std::str::FromStr;

/// The ids of rows. They came from the server, so each is one.
fn ids<I: FromStr>(items: &[Item]) -> Vec<I> {
    items.iter().filter_map(|item| item.id.parse().ok()).collect()
}

fn changes<I: FromStr>(items: &[Item]) -> Vec<(I, Change)> {
    items.iter().filter_map(|item| Some((item.id.parse().ok()?, item.change.clone()?))).collect()
}

fn told<I: ToString>(outcomes: Vec<Outcome<I>>) -> Vec<Outcome<String>> {
    let told = |o: Outcome<I>| Outcome { id: o.id.to_string(), name: o.name, became: o.became };
    outcomes.into_iter().map(told).collect()
}

/// Does it to these rows; answers for each in its place.
pub(super) async fn act(deed: &Deed, items: &[Item]) -> Result<Vec<Outcome<String>>, AppError> {
    match deed {
        Deed::Messages(deed, begun) => invitations_act(ids(items), deed.clone(), *begun).await.map(told),
        Deed::Devices(deed, begun) => {
            let rows = items.iter().filter_map(|item| Some((item.id.parse().ok()?, item.n))).collect();
            devices_act(rows, deed.clone(), *begun).await.map(told)
        }
        Deed::MessagesBack => invitations_put_back(changes(items)).await.map(told),
        Deed::DevicesBack => devices_put_back(changes(items)).await.map(told),
    }
}
