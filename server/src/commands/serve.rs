//! `muster serve`: the server, until it is told to stop.

use super::open::{LOCAL, Muster};
use crate::{
    adapters::{files::FileMailer, smtp::SmtpMailer, trial::SmtpTrial},
    http::{self, Site, limit::Attempts},
    jobs, message,
};
use anyhow::Context;
use app::services::{Preview, PreviewHtml, Services};
use axum::serve::ListenerExt;
use clap::Args;
use muster_domain::usecase::sign_in;
use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, sync::broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What is in hand when the server is told to stop may take so long.
const GRACE: Duration = Duration::from_secs(30);
/// Changes that a slow page may be behind before it is told that everything changed.
const BEHIND: usize = 1024;

/// A test mail may take so long; less than any request.
const TRIAL: Duration = Duration::from_secs(20);

#[derive(Args)]
pub(super) struct Serve {
    /// Where to listen.
    #[arg(long, env = "MUSTER_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
    listen: SocketAddr,
    /// The address under which phones reach Muster, while the settings name none.
    #[arg(long, env = "MUSTER_PUBLIC_URL", value_name = "URL", value_parser = address)]
    public_url: Option<String>,
    /// A proxy whose X-Forwarded-For is believed; may be given several times.
    #[arg(long = "trust-proxy", env = "MUSTER_TRUST_PROXY", value_name = "ADDR", value_delimiter = ',')]
    proxies: Vec<IpAddr>,
}

fn address(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/').to_owned();
    let settings = muster_domain::settings::Settings { public_url: Some(url.clone()), ..Default::default() };
    settings.check().map_err(|e| e.to_string())?;
    Ok(url)
}

fn preview(preview: &Preview) -> PreviewHtml {
    let rendered = message::render(
        preview.language,
        &message::Parts {
            company: &preview.company,
            person: &preview.person,
            link: "https://…/…",
            note: preview.note.as_deref(),
            expires_at: preview.expires_at,
            help: preview.help.as_deref(),
        },
    );
    PreviewHtml { subject: rendered.subject, html: rendered.html }
}

async fn stopped() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

impl Serve {
    pub(super) async fn run(self, muster: Muster, data: &Path) -> anyhow::Result<()> {
        let listener = TcpListener::bind(self.listen)
            .await
            .with_context(|| format!("cannot listen on {}", self.listen))?;
        let listen = listener.local_addr()?;
        let default = if listen.port() == 8080 { LOCAL.to_owned() } else { format!("http://{listen}") };
        let address = self.public_url.unwrap_or(default);
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
        work.spawn(jobs::sweep(muster.ports.clone(), stop.clone()));
        let files = FileMailer { dir: data.join("mail") };
        let mails = Arc::new(jobs::mail::Mails {
            ports: muster.ports.clone(),
            address: address.clone(),
            smtp: SmtpMailer::default(),
            files: files.clone(),
            worker: sign_in::Secret::new(&muster.ports).0,
            limited: tokio::sync::Mutex::new(()),
        });
        work.spawn(jobs::mail::run(mails, muster.sqlite.committed(), stop.clone()));
        work.close();
        println!("Muster listens on http://{listen}; phones reach it at {address}");
        if let Some(link) = sign_in::owner_link(&muster.ports).await? {
            println!(
                "Create the owner's account (the link works once, for a day): {address}/setup/{}",
                link.0
            );
        }
        let services = Services {
            ports: muster.ports.clone(),
            public_url: address.clone(),
            assets: http::assets::names(),
            preview: Arc::new(preview),
            kept: Arc::new(files),
            trial: Arc::new(SmtpTrial {
                clock: muster.ports.clock.clone(),
                secrets: muster.ports.secrets.clone(),
                limit: TRIAL,
            }),
        };
        let site = Site {
            ports: muster.ports,
            workspace: muster.workspace,
            address,
            proxies: self.proxies.into_iter().map(|p| p.to_canonical()).collect(),
            changes,
            attempts: Attempts::default(),
            services,
            stop: stop.clone(),
        };
        let app = http::router(Arc::new(site)).into_make_service_with_connect_info::<SocketAddr>();
        // Without it, small answers in several writes wait 40 ms for an acknowledgement.
        let listener = listener.tap_io(|tcp| {
            if let Err(error) = tcp.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY");
            }
        });
        let ended = stop.clone();
        let served = axum::serve(listener, app).with_graceful_shutdown(async move {
            stopped().await;
            tracing::info!("stopping: what is in hand is finished");
            ended.cancel();
        });
        let server = tokio::spawn(served.into_future());
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
