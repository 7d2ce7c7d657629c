//! The APNs certificate: how far one is, the request, the vendor's certificate, uploads, and who waits.

use crate::{AppError, wire::Wire};
#[cfg(feature = "ssr")]
use crate::{error::Invalid, services::allowed};
use leptos::prelude::*;
use muster_domain::{
    Timestamp,
    apple::{CertificateProblem, CertificateWarning},
    ports::AppleTold,
};
#[cfg(feature = "ssr")]
use muster_domain::{account::Permission, host::is_for_apple, ports::StoreError, text::line};
use serde::{Deserialize, Serialize};

/// A certificate that is there. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its topic.
    pub topic: String,
    /// Its serial number, by which Apple's portal names it.
    pub serial: String,
    /// From when it holds.
    pub not_before: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// The Apple account it was made with.
    pub account: Option<String>,
    /// When it came.
    pub uploaded_at: Timestamp,
    /// Whether pushes can be sent by it now.
    pub holds: bool,
    /// Whole days until it ends; negative once it has ended.
    pub days_left: i64,
}

/// The workspace's own vendor certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vendor {
    /// Whose it is.
    pub name: String,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// Whether it holds now.
    pub holds: bool,
}

/// The workspace's own certificate for signing profiles. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signing {
    /// Whose it is.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// From when it holds.
    pub not_before: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// Whether profiles are signed by it now.
    pub holds: bool,
    /// Whole days until it ends; negative once it has ended.
    pub days_left: i64,
}

/// How far one is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The certificate.
    pub certificate: Option<Certificate>,
    /// When the request was made that waits for Apple's answer.
    pub request: Option<Timestamp>,
    /// The vendor certificate.
    pub vendor: Option<Vendor>,
    /// The certificate that signs profiles.
    pub signing: Option<Signing>,
    /// Connected Apple devices.
    pub devices: u64,
    /// Those of them that the certificate cannot call, since they were connected by one for another topic.
    pub cut_off: u64,
    /// The address under which phones reach this server is one that iPhones and iPads take.
    pub reached: bool,
    /// Messages whose people wait with an iPhone or iPad.
    pub waiting: u64,
}

/// Files, as they came.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Each in base64.
    pub files: Vec<String>,
    /// The password of a PKCS#12 file.
    pub password: Option<String>,
}

impl std::fmt::Debug for Upload {
    /// Never shows a key or a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Upload({})", self.files.len())
    }
}

/// How far one is.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "apple_get", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_get() -> Result<Progress, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let (store, workspace, now) = (&s.ports.store, who.workspace, s.ports.clock.now());
    let certificate = store.push_certificate(workspace).await?;
    let cut_off = match &certificate {
        Some(certificate) => certificate.cuts_off(&store.topics(workspace).await?),
        None => 0,
    };
    let settings = store.settings(workspace).await?;
    let reached = is_for_apple(settings.public_url.as_ref().unwrap_or(&s.public_url));
    let certificate = certificate.map(|c| Certificate {
        holds: c.holds_at(now),
        days_left: c.days_left(now),
        topic: c.topic,
        serial: c.serial,
        not_before: c.not_before,
        not_after: c.not_after,
        account: c.account,
        uploaded_at: c.uploaded_at,
    });
    let request = store.push_request(workspace).await?.map(|(request, _)| request.made_at);
    let vendor = store.push_vendor(workspace).await?.map(|(vendor, _)| Vendor {
        name: vendor.name,
        not_after: vendor.not_after,
        holds: now <= vendor.not_after,
    });
    let signing = store.signing_certificate(workspace).await?.map(|(c, _)| Signing {
        holds: c.holds_at(now),
        days_left: c.days_left(now),
        subject: c.subject,
        issuer: c.issuer,
        not_before: c.not_before,
        not_after: c.not_after,
    });
    let (devices, waiting) = (store.apple_devices(workspace).await?, store.apple_waiting(workspace).await?);
    Ok(Progress { certificate, request, vendor, signing, devices, cut_off, reached, waiting })
}

/// Makes a key and a request; an earlier request, and an answer to it, is over.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "apple_request", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_request() -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.certificates.request(&s.ports.store, who.workspace).await?)
}

/// Takes the workspace's own vendor certificate, with what is worth knowing of it; or says all that is wrong with it.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "apple_vendor_set", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_vendor_set(
    /// Certificate, key and chain.
    upload: Upload,
) -> Result<Result<Vec<CertificateWarning>, Vec<CertificateProblem>>, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.certificates.vendor(&s.ports.store, who.workspace, upload).await?)
}

/// Removes the vendor certificate and its key.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "apple_vendor_remove", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_vendor_remove() -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.ports.store.set_push_vendor(who.workspace, None).await?)
}

/// Takes the workspace's own certificate for signing profiles; or says all that is wrong with it.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "apple_signing_set", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_signing_set(
    /// Certificate, key and chain.
    upload: Upload,
) -> Result<Result<Vec<CertificateWarning>, Vec<CertificateProblem>>, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.certificates.signing(&s.ports.store, who.workspace, upload).await?)
}

/// Removes that certificate and its key: profiles are signed by Muster's own again.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "apple_signing_remove", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_signing_remove() -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.ports.store.set_signing_certificate(who.workspace, None).await?)
}

/// An account as it was typed: one line, or nothing.
#[cfg(feature = "ssr")]
fn noted(account: &str) -> Result<Option<String>, AppError> {
    let account = account.trim();
    if account.is_empty() {
        return Ok(None);
    }
    let kept = line(account, 200);
    kept.map(Some).map_err(|why| AppError::refused(Invalid::Other, format!("the Apple account: {why}")))
}

/// Takes a certificate: Apple's answer, or one with its key; or says all that is wrong with it.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "apple_upload", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_upload(
    /// The certificate, and its key where that is not here.
    upload: Upload,
    /// The Apple account that it was made with; empty where that is not said.
    account: String,
    /// How many connected Apple devices it may cut off.
    cut_off: Option<u64>,
) -> Result<Result<Vec<CertificateWarning>, Vec<CertificateProblem>>, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let account = noted(&account)?;
    Ok(s.certificates.upload(&s.ports.store, who.workspace, upload, account, cut_off).await?)
}

/// Notes with which Apple account the certificate was made.
///
/// # Errors
/// [`AppError`]; [`AppError::NotFound`] without a certificate.
#[server(endpoint = "apple_account_set", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_account_set(
    /// The account; empty for none.
    account: String,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let account = noted(&account)?;
    Ok(s.ports.store.set_push_account(who.workspace, account.as_deref()).await?)
}

/// Sends those who wait with an iPhone or iPad their instructions again, with the same links: it works now.
///
/// # Errors
/// [`AppError`]; [`AppError::Conflict`] while it does not.
#[server(endpoint = "apple_tell", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_tell() -> Result<AppleTold, AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    let (store, now) = (&s.ports.store, s.ports.clock.now());
    let settings = store.settings(who.workspace).await?;
    let reached = is_for_apple(settings.public_url.as_ref().unwrap_or(&s.public_url));
    if !reached || !store.push_certificate(who.workspace).await?.is_some_and(|c| c.holds_at(now)) {
        return Err(StoreError::State.into());
    }
    let end = now.plus_days(settings.link_days);
    Ok(store.tell_apple_waiting(who.workspace, end, now).await?)
}
