//! The APNs certificate of each workspace that has one, or in which somebody waits for one.

use super::Finding;
use crate::system::keys::Keys;
use muster_domain::{
    Timestamp, WorkspaceId,
    apple::{
        certificate::KEY_CONTEXT,
        reminder::{Urgency, urgency},
        signing,
    },
    ports::{
        AppleStore, AppleWaitingStore, PushCertificateStore, Secrets, SigningCertificateStore, Stored,
        WorkspaceStore,
    },
};
use muster_store::Sqlite;

const CHECK: &str = "apple";
const RENEW: &str =
    "renew it (never make a new one) at identity.apple.com/pushcert, and upload it: Settings, Apple";

/// Looks at all of them; nothing is said where no Apple device is wanted.
pub(super) async fn look(store: &Sqlite, keys: Option<&Keys>, now: Timestamp) -> Vec<Finding> {
    match all(store, keys, now).await {
        Ok(found) => found,
        Err(error) => vec![Finding::failed(CHECK, format!("cannot be read: {error}"), "run doctor again")],
    }
}

async fn all(store: &Sqlite, keys: Option<&Keys>, now: Timestamp) -> Stored<Vec<Finding>> {
    let mut found = Vec::new();
    for workspace in store.workspaces().await? {
        found.extend(one(store, workspace, keys, now).await?);
        found.extend(signature(store, workspace, keys, now).await?);
    }
    Ok(found)
}

async fn one(
    store: &Sqlite,
    workspace: WorkspaceId,
    keys: Option<&Keys>,
    now: Timestamp,
) -> Stored<Option<Finding>> {
    let name = store.settings(workspace).await?.name;
    let waiting = store.apple_waiting(workspace).await?;
    let Some(certificate) = store.push_certificate(workspace).await? else {
        let they = if waiting == 1 { "person waits" } else { "people wait" };
        let words = format!("{name}: no APNs certificate, and {waiting} {they} with an iPhone or iPad");
        let mend = "Settings, Apple (or: muster apple cert csr)";
        return Ok((waiting > 0).then(|| Finding::warning(CHECK, words, mend)));
    };
    let sealed = store.push_key(workspace).await?.unwrap_or_default();
    if keys.is_some_and(|keys| keys.open(KEY_CONTEXT, &sealed).is_none()) {
        let words = format!("{name}: the certificate's key cannot be opened with this muster.key");
        return Ok(Some(Finding::failed(CHECK, words, "put the right muster.key back from a backup")));
    }
    if keys.is_none() {
        let words = format!("{name}: whether the key of the APNs certificate can be opened cannot be said");
        return Ok(Some(Finding::warning(CHECK, words, "put the right muster.key back from a backup")));
    }
    let cut_off = certificate.cuts_off(&store.topics(workspace).await?);
    if cut_off > 0 {
        let words = format!(
            "{name}: {cut_off} connected Apple devices are cut off: they were connected by a certificate for another topic"
        );
        let mend = "upload the former certificate, renewed, or connect them anew: Settings, Apple";
        return Ok(Some(Finding::warning(CHECK, words, mend)));
    }
    let (days, end) = (certificate.days_left(now), certificate.not_after);
    if !certificate.holds_at(now) && days >= 0 {
        let words = format!("{name}: the APNs certificate holds from {} only", certificate.not_before);
        return Ok(Some(Finding::failed(CHECK, words, "set the server's clock")));
    }
    Ok(Some(match urgency(days) {
        _ if days < 0 => {
            Finding::failed(CHECK, format!("{name}: the APNs certificate ended on {end}"), RENEW)
        }
        Urgency::Calm => Finding::ok(CHECK, format!("{name}: the APNs certificate holds for {days} days")),
        Urgency::Warning | Urgency::Critical => Finding::warning(
            CHECK,
            format!("{name}: the APNs certificate ends in {days} days, on {end}"),
            RENEW,
        ),
    }))
}

/// The certificate that signs profiles. Without it nobody is cut off: Muster's own authority signs in its place.
async fn signature(
    store: &Sqlite,
    workspace: WorkspaceId,
    keys: Option<&Keys>,
    now: Timestamp,
) -> Stored<Option<Finding>> {
    const RENEW: &str =
        "upload the renewed one: Settings, Apple (or: muster apple signing upload), or remove it";
    let Some((certificate, sealed)) = store.signing_certificate(workspace).await? else { return Ok(None) };
    let name = store.settings(workspace).await?.name;
    let instead = "profiles are signed by Muster's own authority, and Settings says \"Not Verified\"";
    if keys.is_some_and(|keys| keys.open(signing::KEY_CONTEXT, &sealed).is_none()) {
        let words = format!(
            "{name}: the key of the certificate that signs profiles cannot be opened with this muster.key: {instead}"
        );
        return Ok(Some(Finding::warning(CHECK, words, "upload certificate and key again: Settings, Apple")));
    }
    let (days, end) = (certificate.days_left(now), certificate.not_after);
    Ok(Some(if now > end {
        let words = format!("{name}: the certificate that signs profiles ended on {end}: {instead}");
        Finding::warning(CHECK, words, RENEW)
    } else if now < certificate.not_before {
        let from = certificate.not_before;
        let words = format!("{name}: the certificate that signs profiles holds from {from} only: {instead}");
        Finding::warning(CHECK, words, "set the server's clock")
    } else if urgency(days) == Urgency::Calm {
        Finding::ok(CHECK, format!("{name}: the certificate that signs profiles holds for {days} days"))
    } else {
        let words = format!("{name}: the certificate that signs profiles ends in {days} days, on {end}");
        Finding::warning(CHECK, words, RENEW)
    }))
}
