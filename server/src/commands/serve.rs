//! `muster serve`: the server, until it is told to stop.

use super::{
    open::{LOCAL, Muster, SET_ADDRESS},
    output,
};
use crate::{
    adapters::{
        apns::{self, Apns},
        authority::LocalAuthority,
        certificates::AppleCertificates,
        drafts::DraftMailer,
        files::FileMailer,
        imports::Uploads,
        letters::Letters,
        packages::Shelved,
        profiles::ProfileCheck,
        sights::Sights,
        smtp::SmtpMailer,
        trial::SmtpTrial,
    },
    apple::{Apple, signing::Signers, trusted},
    config::{self, Config, Flags, address},
    headwind::{Headwind, held, held::Held},
    http::{self, Site, limit::Attempts, load::Load, scrape::Scrape, serve::Limits},
    jobs, message,
    packages::Shelf,
};
use anyhow::Context;
use app::services::{Guesses, Preview, PreviewHtml, Services};
use clap::Args;
use muster_domain::{host::is_only_here, usecase::sign_in};
use serde_json::json;
use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::broadcast,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What is in hand when the server is told to stop may take so long.
const GRACE: Duration = Duration::from_secs(30);
/// Changes that a slow page may be behind before it is told that everything changed.
const BEHIND: usize = 1024;

/// A test mail may take so long; less than any request.
const TRIAL: Duration = Duration::from_secs(20);

#[derive(Args)]
pub(super) struct Serve {
    /// Where to listen (MUSTER_LISTEN; 127.0.0.1:8080 if unset).
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// The address under which phones reach Muster, while the settings name none (MUSTER_PUBLIC_URL).
    #[arg(long, value_name = "URL", value_parser = address)]
    public_url: Option<String>,
    /// A proxy whose X-Forwarded-For is believed; may be given several times (MUSTER_TRUSTED_PROXIES).
    #[arg(long = "trust-proxy", value_name = "ADDR", value_delimiter = ',')]
    proxies: Vec<IpAddr>,
    /// A file with the bearer token that opens /metrics (MUSTER_METRICS_TOKEN_FILE); MUSTER_METRICS_TOKEN may hold the
    /// token itself. Without either there is no /metrics.
    #[arg(long, value_name = "FILE")]
    metrics_token_file: Option<PathBuf>,
    /// Requests that are worked on at once; what is too much is asked to come again (MUSTER_MAX_REQUESTS).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_requests: Option<u32>,
    /// Fills an empty workspace with a made-up company. No mail goes out for it.
    #[arg(long)]
    demo: bool,
}

fn preview(preview: &Preview) -> PreviewHtml {
    let rendered = message::render(
        preview.language,
        &message::Parts {
            company: &preview.company,
            person: &preview.person,
            link: &format!("{}/…", preview.address),
            note: preview.note.as_deref(),
            works_now: false,
            expires_at: preview.expires_at,
            help: preview.help.as_deref(),
            agent: preview.agent,
            owner: preview.owner,
            brand: &preview.brand,
        },
    );
    PreviewHtml { subject: rendered.subject, html: rendered.html }
}

/// The address before links while none is set: where the server listens, or, where that is everywhere, the address that
/// this machine has in its network.
fn default_address(listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() {
        // Nothing is sent: the system only says which address it would send from (TEST-NET-1, RFC 5737).
        let here = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
            socket.connect("192.0.2.1:9")?;
            socket.local_addr()
        });
        let here = here.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip());
        return format!("http://{}", SocketAddr::new(here, listen.port()));
    }
    if listen.port() == 8080 { LOCAL.to_owned() } else { format!("http://{listen}") }
}

/// Listens for SIGINT and SIGTERM from now on; what it answers ends with the first of them.
///
/// It is called before the address is told: whoever has read that may end the server at once, and orderly.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

impl Serve {
    /// What was given on the command line.
    pub(super) fn flags(&self, flags: &mut Flags) {
        flags.set("server.listen", self.listen.map(|a| a.to_string()));
        flags.set("server.public_url", self.public_url.clone());
        let proxies: Vec<String> = self.proxies.iter().map(ToString::to_string).collect();
        flags.set("server.trusted_proxies", (!proxies.is_empty()).then_some(proxies));
        let file = self.metrics_token_file.as_ref().map(|f| f.display().to_string());
        flags.set("server.metrics_token_file", file);
        flags.set("server.max_requests", self.max_requests);
    }

    pub(super) async fn run(self, muster: Muster, config: Config, json: bool) -> anyhow::Result<()> {
        let started = muster.ports.clock.now();
        let config::Server { listen, public_url, trusted_proxies, metrics_token, max_requests, hold } =
            config.server;
        let scrape = Scrape::new(metrics_token.as_deref(), started);
        let listener = TcpListener::bind(listen).await.with_context(|| {
            format!("cannot listen on {listen}: choose another address with --listen ADDR:PORT")
        })?;
        if self.demo {
            crate::demo::fill(&muster.ports, muster.workspace).await?.tell();
        }
        let stopped = stopped().context("cannot listen for SIGTERM")?;
        let listen = listener.local_addr()?;
        let address = public_url.unwrap_or_else(|| default_address(listen));
        muster.served_at(&address)?;
        let (changes, _) = broadcast::channel(BEHIND);
        let stop = CancellationToken::new();
        let work = TaskTracker::new();
        let store = muster.ports.store.clone();
        work.spawn(stop.clone().run_until_cancelled_owned(http::events::publish(
            store,
            muster.sqlite.committed(),
            changes.clone(),
        )));
        // Not waited for: nobody asks for it before a link was made with it, and a commit takes its time.
        let (store, remembered) = (muster.ports.store.clone(), address.clone());
        work.spawn(async move {
            if let Err(error) = store.remember_address(&remembered).await {
                tracing::error!(%error, "the server's own address");
            }
        });
        work.spawn(jobs::sweep(muster.ports.clone(), stop.clone()));
        let files = FileMailer::new(muster.data().join("mail"));
        let mails = Arc::new(jobs::mail::Mails {
            ports: muster.ports.clone(),
            address: address.clone(),
            smtp: SmtpMailer::default(),
            files: files.clone(),
            worker: sign_in::Secret::new(&muster.ports).0,
        });
        work.spawn(jobs::mail::run(mails, muster.sqlite.committed(), stop.clone()));
        let push = Apns::new(
            muster.ports.clone(),
            &config.apple.push_url,
            config.apple.push_trust,
            apns::Limits::default(),
        )?;
        let calls = Arc::new(jobs::calls::Calls { ports: muster.ports.clone(), push: Arc::new(push) });
        work.spawn(jobs::calls::run(calls, muster.sqlite.committed(), stop.clone()));
        let reminders = jobs::reminders::Reminders {
            ports: muster.ports.clone(),
            address: address.clone(),
            smtp: SmtpMailer::default(),
            files: files.clone(),
        };
        work.spawn(jobs::reminders::run(reminders, stop.clone()));
        let headwind = Headwind { held: Held::default(), hold };
        let (questions, news) = (headwind.held.clone(), changes.subscribe());
        work.spawn(held::run(muster.ports.clone(), questions, news, stop.clone()));
        work.close();
        let owner =
            sign_in::owner_link(&muster.ports).await?.map(|link| format!("{address}/setup/{}", link.0));
        let public = muster.public_url().await?;
        if is_only_here(&public) {
            tracing::info!(address = public, "no phone can reach this address: {SET_ADDRESS}");
        }
        if json {
            let document =
                json!({ "listen": format!("http://{listen}"), "public_url": address, "owner_link": owner });
            output::document(&document)?;
        } else {
            // Whoever reads this may have seen enough: a closed stdout must not end the server.
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "Muster listens on http://{listen}; phones reach it at {public}");
            if let Some(link) = owner {
                let _ = writeln!(out, "Create the owner's account (the link works once, for a day): {link}");
            }
        }
        let packages = Arc::new(Shelf::new(muster.data()));
        match packages.sweep(&*muster.ports.store).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "files of packages that were left over"),
            Err(error) => tracing::error!(%error, "files of packages"),
        }
        let uploads = Arc::new(Uploads::new(muster.ports.clone()));
        let trial = Arc::new(SmtpTrial::new(muster.ports.clock.clone(), muster.ports.secrets.clone(), TRIAL));
        let attempts = Arc::new(Attempts::default());
        let (counted, clock) = (attempts.clone(), muster.ports.clock.clone());
        let guesses: Guesses = Arc::new(move |account| counted.may_guess(account, clock.now()));
        let sights = Sights::default();
        let services = Services {
            imports: uploads.clone(),
            ports: muster.ports.clone(),
            public_url: address.clone(),
            assets: http::assets::names(),
            preview: Arc::new(preview),
            drafts: Arc::new(DraftMailer {
                ports: muster.ports.clone(),
                address: address.clone(),
                files: files.clone(),
                trial: trial.clone(),
            }),
            kept: Arc::new(files),
            trial,
            letters: Arc::new(Letters::new(muster.ports.clone(), TRIAL)),
            profiles: Arc::new(ProfileCheck),
            packages: Arc::new(Shelved(packages.clone())),
            certificates: Arc::new(AppleCertificates::new(
                muster.ports.clone(),
                trusted(&config.apple.trust),
            )),
            guesses,
            sight: Arc::new(move |account, mail, now| sights.begins(account, mail, now)),
        };
        let instance = http::instance::make(muster.data(), &*muster.ports.secrets)?;
        let apple = Apple {
            authority: LocalAuthority::new(muster.ports.clone()),
            trust: config.apple.trust,
            pin: config.apple.pin,
            signers: Signers::default(),
            certificate_header: config.apple.certificate_header,
        };
        let site = Site {
            uploads,
            packages,
            apple,
            headwind,
            instance,
            ports: muster.ports,
            workspace: muster.workspace,
            address,
            proxies: trusted_proxies.clone(),
            changes,
            attempts,
            services,
            stop: stop.clone(),
            load: Load::new(max_requests as usize),
            scrape,
        };
        let router = http::router(Arc::new(site));
        let ended = stop.clone();
        tokio::spawn(async move {
            stopped.await;
            tracing::info!("stopping: what is in hand is finished");
            ended.cancel();
        });
        let served = stop.clone();
        let server = tokio::spawn(async move {
            http::serve::serve(listener, router, &trusted_proxies, Limits::of_system(), served).await;
        });
        stop.cancelled().await;
        let all = async {
            let _ = server.await;
            work.wait().await;
        };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("some requests took too long and were cut off");
        }
        Ok(())
    }
}
