//! What runs beside the listeners for as long as the server does.
use super::{jobs, operations};
use crate::access::Failures;
use crate::clock::Clock;
use crate::config::Config;
use crate::context::Ctx;
use crate::db::Db;
use crate::http::{Certificate, fleet_certificate};
use crate::jobs::Crew;
use crate::tasks::Waits;
use crate::terminals::Desk;
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often the certificate files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// How often the fleet certificate's age is looked at.
const RENEW_EVERY: Duration = Duration::from_hours(1);
/// How long sign-ins that failed wait to be written.
const NOTE_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Background {
    tasks: Vec<JoinHandle<()>>,
    crew: Crew,
    failures: (Failures, Db),
}

impl Background {
    pub(super) fn start(
        config: &Config,
        (ctx, desk, waits, failures): (&Ctx, &Desk, &Waits, Failures),
        certificate: Option<Certificate>,
        names: Vec<String>,
    ) -> Self {
        let mut tasks = Vec::new();
        let (hub, db) = (ctx.hub.clone(), ctx.db.clone());
        tasks.push(tokio::spawn(async move { hub.follow(db).await }));
        let (brand, hub, db) = (ctx.brand.clone(), ctx.hub.clone(), ctx.db.clone());
        tasks.push(tokio::spawn(async move { brand.follow(db, hub).await }));
        let (sign_in, hub, db) = (ctx.sign_in.clone(), ctx.hub.clone(), ctx.db.clone());
        tasks.push(tokio::spawn(async move { sign_in.follow(db, hub).await }));
        tasks.push(tokio::spawn(note_failures(failures.clone(), ctx.clone())));
        let (hub, ears) = (ctx.hub.clone(), desk.clone());
        tasks.push(tokio::spawn(async move { ears.hear(hub).await }));
        if config.operations.listen.is_some() {
            match operations::recorder() {
                Ok(recorder) => tasks.push(tokio::spawn(operations::upkeep(recorder))),
                Err(cause) => tracing::error!(error = %format!("{cause:#}"), "no metrics"),
            }
        }
        if let Some(certificate) = certificate {
            tasks.push(tokio::spawn(watch(certificate)));
            if config.tls.files.is_none() {
                tasks.push(tokio::spawn(renew(config.keys_folder.clone(), names)));
            }
        }
        Self {
            tasks,
            crew: ctx.jobs.start(jobs::all(ctx, desk, waits)),
            failures: (failures, ctx.db.clone()),
        }
    }

    /// Ends every task; none of them holds work that is not in the database, but for what is written last.
    pub(super) async fn stop(self) {
        self.crew.stop().await;
        for task in self.tasks {
            task.abort();
            task.await.ok();
        }
        let (failures, db) = self.failures;
        failures.finish(&db).await;
    }
}

async fn watch(certificate: Certificate) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let certificate = certificate.clone();
        let look = tokio::task::spawn_blocking(move || certificate.look_again());
        look.await.ok();
    }
}

/// Sign-ins that failed are written a little later, together.
async fn note_failures(failures: Failures, ctx: Ctx) {
    loop {
        tokio::time::sleep(NOTE_EVERY).await;
        failures.write(&ctx.db, ctx.now()).await;
    }
}

/// The watcher finds what this writes.
async fn renew(keys_folder: PathBuf, names: Vec<String>) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let (folder, names) = (keys_folder.clone(), names.clone());
        let renewed = tokio::task::spawn_blocking(move || {
            fleet_certificate(&folder, &names, &Clock::system())
        });
        if let Ok(Err(cause)) = renewed.await {
            tracing::error!(error = %format!("{cause:#}"), "cannot renew the server certificate");
        }
    }
}
