//! What the console and the command line do with the APNs certificate: the key and the request, the vendor's signature, the
//! certificate that comes back, and its export.

use super::{
    check::{self, Accepted, Here, Owner},
    files,
};
use muster_apple_mdm::push_request;
use muster_domain::{
    WorkspaceId,
    apple::{
        CertificateProblem as Problem, CertificateWarning as Warning, PushRequest, VendorCertificate,
        certificate::{KEY_CONTEXT, VENDOR_CONTEXT},
        check::may_follow,
    },
    audit::{Action, Note, Subject},
    ports::{StoreError, Stored},
    text::line,
    usecase::Ports,
};
use muster_pki::{
    algorithm::Digest,
    certificate::Certificate,
    key::{PublicKey, RsaSize, SigningKey, write_pem},
    name::{Attribute, MAX_VALUE, Name},
    pkcs12, request,
};
use zeroize::Zeroizing;

pub use files::{Files, MOST_BYTES, MOST_FILES};

/// What was taken, or all that is wrong with it.
pub type Checked<T> = Result<T, Vec<Problem>>;

/// The shortest password of an export, in characters.
pub const SHORTEST: usize = 8;

pub(super) fn failed(why: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(why.to_string())
}

/// What takes its time, away from the threads that serve.
pub(super) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Stored<T> {
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

/// A request in PEM.
#[must_use]
pub fn csr_pem(request: &PushRequest) -> String {
    write_pem("CERTIFICATE REQUEST", &request.csr)
}

fn subject(company: &str) -> Name {
    let company: String = company.chars().filter(|c| !c.is_control()).take(MAX_VALUE).collect();
    let parts = [(Attribute::Organization, company.as_str()), (Attribute::CommonName, "Muster MDM Push")];
    let whole = Name::new(&parts).or_else(|_| Name::new(&parts[1..]));
    whole.unwrap_or_else(|_| unreachable!("a constant name"))
}

/// Makes a key, which never leaves the server, and a request with it, in the place of an earlier one.
///
/// # Errors
/// [`StoreError`].
pub async fn make_request(ports: &Ports, workspace: WorkspaceId) -> Stored<PushRequest> {
    let name = subject(ports.store.settings(workspace).await?.name.as_str());
    let made = aside(move || {
        let key = SigningKey::generate_rsa(RsaSize::Bits2048)?;
        Ok((request::make(&name, &key, None)?, key.to_pkcs8()?))
    });
    let (csr, key) = made.await?.map_err(|error: muster_pki::key::KeyError| failed(error))?;
    let request = PushRequest { csr, made_at: ports.clock.now() };
    let sealed = ports.secrets.seal(KEY_CONTEXT, &key);
    ports.store.set_push_request(workspace, Some((request.clone(), sealed))).await?;
    Ok(request)
}

pub(super) fn opened(ports: &Ports, context: &str, sealed: &[u8]) -> Stored<SigningKey> {
    let key = ports.secrets.open(context, sealed).map(Zeroizing::new);
    let key = key.ok_or_else(|| failed("the key was sealed with another muster.key"))?;
    SigningKey::from_der(&key).map_err(failed)
}

/// What Apple's portal takes, signed by the workspace's vendor certificate.
///
/// # Errors
/// [`StoreError::NotFound`] without a request, [`StoreError::State`] without a vendor certificate that holds now.
pub async fn signed_request(ports: &Ports, workspace: WorkspaceId) -> Stored<String> {
    let (request, _) = ports.store.push_request(workspace).await?.ok_or(StoreError::NotFound)?;
    let (vendor, sealed) = ports.store.push_vendor(workspace).await?.ok_or(StoreError::State)?;
    let now = ports.clock.now().seconds();
    let holds = |der: &Vec<u8>| Certificate::from_der(der).is_ok_and(|certificate| certificate.holds_at(now));
    if !vendor.chain.iter().all(holds) {
        return Err(StoreError::State);
    }
    let key = opened(ports, VENDOR_CONTEXT, &sealed)?;
    let signed = signed_by(&request.csr, &vendor, key).await?;
    let note = Note::new(Action::PushRequestSigned, Subject::named(vendor.name));
    ports.store.note(workspace, note).await?;
    Ok(signed)
}

async fn signed_by(csr: &[u8], vendor: &VendorCertificate, key: SigningKey) -> Stored<String> {
    let (csr, chain) = (csr.to_vec(), vendor.chain.clone());
    let signed = aside(move || {
        let signature = key.sign(Digest::Sha256, &csr).map_err(failed)?;
        push_request::encoded(&csr, &chain, &signature).map_err(failed)
    });
    signed.await?
}

/// The same by a vendor certificate that is not kept, with what is worth knowing of it.
///
/// # Errors
/// [`StoreError`].
pub async fn sign_with(
    ports: &Ports,
    workspace: WorkspaceId,
    csr: &[u8],
    vendor: Files,
) -> Stored<Checked<(String, Vec<Warning>)>> {
    let now = ports.clock.now();
    match aside(move || check::vendor(files::read(&vendor), now)).await? {
        Ok((vendor, key, warnings)) => {
            let signed = signed_by(csr, &vendor, key).await?;
            let note = Note::new(Action::PushRequestSigned, Subject::named(vendor.name));
            ports.store.note(workspace, note).await?;
            Ok(Ok((signed, warnings)))
        }
        Err(problems) => Ok(Err(problems)),
    }
}

/// Takes the workspace's own vendor certificate, with its key and the chain to Apple's root.
///
/// # Errors
/// [`StoreError`].
pub async fn set_vendor(
    ports: &Ports,
    workspace: WorkspaceId,
    uploaded: Files,
) -> Stored<Checked<Vec<Warning>>> {
    let now = ports.clock.now();
    match aside(move || check::vendor(files::read(&uploaded), now)).await? {
        Ok((vendor, key, warnings)) => {
            let key = key.to_pkcs8().map_err(failed)?;
            let sealed = ports.secrets.seal(VENDOR_CONTEXT, &key);
            ports.store.set_push_vendor(workspace, Some((vendor, sealed))).await?;
            Ok(Ok(warnings))
        }
        Err(problems) => Ok(Err(problems)),
    }
}

/// Takes a certificate: Apple's answer to the request, or one with its key. All that is wrong with it is named.
///
/// # Errors
/// [`StoreError`].
pub async fn upload(
    ports: &Ports,
    workspace: WorkspaceId,
    uploaded: Files,
    account: Option<String>,
    cut_off: Option<u64>,
) -> Stored<Checked<Vec<Warning>>> {
    let store = &ports.store;
    let read = aside(move || files::read(&uploaded)).await?;
    let present = store.push_certificate(workspace).await?;
    let (request, key) = (store.push_request(workspace).await?, store.push_key(workspace).await?);
    let mut keys: Vec<(Owner, PublicKey)> = Vec::new();
    for (owner, sealed) in
        [(Owner::Request, request.as_ref().map(|(_, key)| key)), (Owner::Present, key.as_ref())]
    {
        if let Some(sealed) = sealed {
            keys.push((owner, opened(ports, KEY_CONTEXT, sealed)?.public().clone()));
        }
    }
    let topics = store.topics(workspace).await?;
    let account = account.and_then(|account| line(&account, 200).ok()).filter(|a| !a.is_empty());
    let now = ports.clock.now();
    let here = Here { now, present: present.as_ref(), keys, topics, account, cut_off };
    let Accepted { certificate, owner, warnings } = match check::push(&read, &here) {
        Ok(accepted) => accepted,
        Err(problems) => return Ok(Err(problems)),
    };
    let sealed = match owner {
        Owner::Request => request.map(|(_, key)| key),
        Owner::Present => key,
        Owner::File(place) => match read.keys.get(place) {
            Some(key) => Some(ports.secrets.seal(KEY_CONTEXT, &key.to_pkcs8().map_err(failed)?)),
            None => None,
        },
    };
    let sealed = sealed.ok_or(StoreError::State)?;
    match store.set_push_certificate(workspace, &certificate, &sealed, cut_off).await {
        Ok(()) => {
            // Who was cut off shows in the list at once, and who was put back.
            if present.is_some_and(|present| present.topic != certificate.topic) {
                store.refresh_statuses(workspace, now).await?;
            }
            Ok(Ok(warnings))
        }
        // A device connected just now, or a colleague was faster: what holds now is asked anew.
        Err(StoreError::State) => {
            let present = store.push_certificate(workspace).await?.map(|present| present.topic);
            let devices = check::cut_off(&store.topics(workspace).await?, &certificate.topic);
            let why = may_follow(present.as_deref(), &certificate.topic, devices, cut_off).err();
            why.map_or(Err(StoreError::State), |why| Ok(Err(vec![why])))
        }
        Err(error) => Err(error),
    }
}

/// The certificate with its key and chain, as PKCS#12 behind a password.
///
/// # Errors
/// [`StoreError::NotFound`] without a certificate; [`StoreError::State`] for a password shorter than [`SHORTEST`].
pub async fn export(ports: &Ports, workspace: WorkspaceId, password: &str) -> Stored<Vec<u8>> {
    if password.chars().count() < SHORTEST || password.chars().any(char::is_control) {
        return Err(StoreError::State);
    }
    let store = &ports.store;
    let certificate = store.push_certificate(workspace).await?.ok_or(StoreError::NotFound)?;
    let sealed = store.push_key(workspace).await?.ok_or(StoreError::NotFound)?;
    let key = opened(ports, KEY_CONTEXT, &sealed)?;
    let chain = certificate.chain.iter().map(|der| Certificate::from_der(der));
    let chain: Vec<Certificate> = chain.collect::<Result<_, _>>().map_err(failed)?;
    let (password, secrets) = (Zeroizing::new(password.to_owned()), ports.secrets.clone());
    let file = aside(move || {
        let (own, others) = chain.split_first().ok_or(StoreError::NotFound)?;
        let mut random = |octets: &mut [u8]| secrets.fill(octets);
        pkcs12::write(&key, own, others, &password, &mut random).map_err(failed)
    });
    let file = file.await??;
    let note = Note::new(Action::PushKeyExported, Subject::default()).now("serial", &certificate.serial);
    ports.store.note(workspace, note).await?;
    Ok(file)
}
