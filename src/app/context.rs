//! What a server needs before it can listen: folders, secrets, certificate, database.
use super::shell::Shell;
use super::{ESTABLISHMENTS, NAV, lists, seal};
use crate::access;
use crate::approvals;
use crate::clock::{Clock, Millis};
use crate::config::{self, Config, Listen};
use crate::context::Ctx;
use crate::db::{self, Db, Options, Tx};
use crate::events::Hub;
use crate::http::{Certificate, FleetAuthority, fleet_certificate};
use crate::jobs::Jobs;
use crate::monitoring;
use crate::sealing::Secret;
use crate::settings;
use crate::storage::{self, Storage};
use crate::terminals;
use crate::views::Views;
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Makes what an empty folder lacks; only the owner may look into it.
pub(super) fn make_folders(config: &Config) -> anyhow::Result<()> {
    let mut folders = vec![config.keys_folder.as_path()];
    if !config.database.is_postgres() {
        folders.extend(Path::new(&config.database.url).parent());
    }
    if let config::Storage::Folder(blobs) = &config.storage {
        folders.push(blobs);
    }
    for folder in folders {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    Ok(())
}

/// Keeps a second server away from a SQLite file: its jobs, counters and pages would know nothing of
/// what the first one does. The lock goes with the process, however that ends.
pub(super) fn only_server(config: &Config) -> anyhow::Result<Option<File>> {
    if config.database.is_postgres() {
        return Ok(None);
    }
    // However the file is named: links lead to one lock.
    let file = std::fs::canonicalize(&config.database.url);
    let file = file.unwrap_or_else(|_| config.database.url.clone().into());
    let place = format!("{}.lock", file.display());
    let at = || format!("cannot lock {place}");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&place)
        .with_context(at)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => anyhow::bail!(
            "another posfleet serves {}: stop it first, or use PostgreSQL for several servers",
            config.database.url
        ),
        Err(TryLockError::Error(e)) => Err(e).with_context(at),
    }
}

/// Where people and terminals reach the server: as configured, or by its first listener that asks for
/// no certificate.
pub(super) fn base_url(config: &Config, listeners: &[Listen]) -> String {
    if let Some(url) = &config.server.base_url {
        return url.clone();
    }
    let open = listeners.iter().find(|listen| !listen.is_mutual());
    let first = *open.unwrap_or(&listeners[0]);
    let scheme = if first.is_tls() { "https" } else { "http" };
    if first.at.ip().is_unspecified() {
        format!("{scheme}://localhost:{}", first.at.port())
    } else {
        format!("{scheme}://{}", first.at)
    }
}

/// The certificate of the TLS listeners, if there are any.
pub(super) fn certificate(
    config: &Config,
    listeners: &[Listen],
    names: &[String],
) -> anyhow::Result<Option<Certificate>> {
    if !listeners.iter().any(|listen| listen.is_tls()) {
        return Ok(None);
    }
    let files = match &config.tls.files {
        Some(files) => files.clone(),
        // Peers judge a certificate by their own clocks, so a clock moved by a test has no say.
        None => fleet_certificate(&config.keys_folder, names, &Clock::system())?,
    };
    Certificate::load(files).map(Some)
}

/// What the fleet certificate is made for: the host of the base URL first.
pub(super) fn certificate_names(
    config: &Config,
    base_url: &str,
    listeners: &[Listen],
) -> Vec<String> {
    let mut names: BTreeSet<String> = ["localhost", "127.0.0.1", "::1"]
        .into_iter()
        .map(ToOwned::to_owned)
        .collect();
    names.extend(config.server.extra_hosts.iter().cloned());
    names.extend(config.tls.names.iter().cloned());
    let addresses = listeners.iter().map(|listen| listen.at.ip());
    names.extend(
        addresses
            .filter(|ip| !ip.is_unspecified())
            .map(|ip| ip.to_string()),
    );
    let own = crate::http::host_of_url(base_url);
    if let Some(own) = &own {
        names.remove(own);
    }
    own.into_iter().chain(names).collect()
}

/// What commands work with that need no listener.
///
/// # Errors
/// When a folder or the database is not to be had.
pub async fn open(config: &Config, clock: Clock) -> anyhow::Result<Ctx> {
    make_folders(config)?;
    build(config, clock, &base_url(config, &config.server.listen)).await
}

/// Opens the database and builds what handlers hold.
pub(super) async fn build(config: &Config, clock: Clock, base_url: &str) -> anyhow::Result<Ctx> {
    let hub = Hub::default();
    let nudge = hub.clone();
    let options = Options {
        url: config.database.url.clone(),
        connections: config.database.connections,
        patience: Duration::from_secs(5),
    };
    // Migrations and the first connections block.
    let now = clock.now();
    let opened = tokio::task::spawn_blocking(move || {
        let db = Db::open(options, seal().on_events(move || nudge.nudge()))?;
        access::seed(&db, now)?;
        db.write_blocking(move |tx| terminals::seed_models(tx, now))?;
        let brand = db.read_blocking(settings::Brand::load)?;
        let sign_in = db.read_blocking(settings::SignIn::load)?;
        anyhow::Ok((db, brand, sign_in))
    });
    let (db, brand, sign_in) = opened.await??;
    let fleet = config.server.listen.iter().any(|listen| listen.is_mutual());
    let fleet = fleet.then(|| FleetAuthority::open(&config.keys_folder));
    Ok(Ctx {
        storage: Storage::open(&place(&config.storage), db.clone(), clock.clone())?,
        jobs: Jobs::new(db.clone(), clock.clone()),
        db,
        clock,
        views: Views::new()?,
        hub,
        secret: Secret::load_or_create(&config.keys_folder.join("server.secret"))?,
        base_url: base_url.into(),
        nav: NAV.into(),
        brand,
        sign_in,
        fleet: fleet.transpose()?,
    })
}

fn place(storage: &config::Storage) -> storage::Options {
    match storage {
        config::Storage::Folder(folder) => storage::Options::Folder(folder.clone()),
        config::Storage::S3(s3) => storage::Options::Bucket(Box::new(storage::Bucket {
            bucket: s3.bucket.clone(),
            region: Some(s3.region.clone()),
            endpoint: s3.endpoint.clone(),
            prefix: s3.prefix.clone(),
            path_style: s3.path_style,
            credentials: s3.credentials.as_ref().map(|own| storage::Credentials {
                access_key_id: own.access_key_id.clone(),
                secret_access_key: own.secret_access_key.clone(),
            }),
        })),
    }
}

/// The settings of the installation, and what their owners do about a change.
pub(super) fn board(ctx: &Ctx) -> settings::Board {
    let (jobs, brand, sign_in) = (ctx.jobs.clone(), ctx.brand.clone(), ctx.sign_in.clone());
    let nothing = |_: &mut Tx, _| Ok(());
    settings::Board {
        db: ctx.db.clone(),
        clock: ctx.clock.clone(),
        shell: Arc::new(shell(ctx)),
        storage: ctx.storage.clone(),
        brand: ctx.brand.clone(),
        groups: vec![
            settings::Listed {
                group: &settings::BRANDING,
                changing: nothing,
                changed: Arc::new(move |kept| brand.named(kept)),
            },
            settings::Listed {
                group: &settings::DEFAULTS,
                changing: nothing,
                changed: Arc::new(|_| ()),
            },
            settings::Listed {
                group: &terminals::PROFILE_SETTINGS,
                changing: terminals::changing_settings,
                changed: Arc::new(move |_| jobs.nudge(terminals::PROFILES_JOB)),
            },
            settings::Listed {
                group: &settings::SIGN_IN,
                changing: end_sessions_that_are_over,
                changed: Arc::new(move |kept| sign_in.told(kept)),
            },
            // Read whenever something is asked for.
            settings::Listed {
                group: &approvals::SETTINGS,
                changing: nothing,
                changed: Arc::new(|_| ()),
            },
            settings::Listed {
                group: &monitoring::LOGS_SETTINGS,
                changing: nothing,
                changed: Arc::new(|_| ()),
            },
        ],
    }
}

fn end_sessions_that_are_over(tx: &mut Tx, now: Millis) -> Result<(), db::Error> {
    let lasting = settings::SignIn::load(tx)?.lasting();
    access::end_what_is_over(tx, lasting, now)
}

/// What the gate asks.
///
/// # Errors
/// When what the configuration says of the provider cannot be used.
pub(super) fn authority(
    ctx: &Ctx,
    config: &Config,
    failures: &access::Failures,
) -> anyhow::Result<access::Authority> {
    let sign_in = ctx.sign_in.clone();
    let provider = |it| access::Provider::new(it, &ctx.base_url, ctx.clock.clone());
    Ok(access::Authority::new(access::Setup {
        db: ctx.db.clone(),
        clock: ctx.clock.clone(),
        secret: ctx.secret.clone(),
        base_url: ctx.base_url.to_string(),
        shell: Arc::new(shell(ctx)),
        establishments: ESTABLISHMENTS,
        client_per_minute: config.server.limits.client_per_minute,
        waiting: approvals::waiting,
        lasting: Arc::new(move || sign_in.lasting()),
        failures: failures.clone(),
        fleet: ctx.fleet.clone(),
        provider: config.openid.as_ref().map(provider).transpose()?,
    }))
}

fn shell(ctx: &Ctx) -> Shell {
    Shell {
        ctx: ctx.clone(),
        lists: lists::all(&ctx.clock),
    }
}
