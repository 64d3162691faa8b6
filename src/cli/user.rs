//! `posfleet user`: operators, from the server's own console. Works beside a running server.
use super::Place;
use crate::access::{self, Limits, Scope};
use crate::app;
use crate::clock::Clock;
use crate::context::Ctx;
use anyhow::{Context as _, bail};
use std::io::Read as _;
use std::path::Path;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Add an operator; prints a one-time link to choose a password by
    Add(Add),
    /// Print a one-time link to choose a new password by, or take a lost second factor away
    Reset(Reset),
    /// Say which establishments an operator sees, from his next request on
    Limit(Limit),
    /// Say which roles an operator holds, from his next request on
    Roles(Give),
    /// List operators
    List(Place),
}

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// Letters a to z, digits and . _ @ + -
    login: String,
    /// Code of a role: administrator, operator, support, key-officer, viewer or one of your own
    /// [default: viewer, but administrator while there is none]
    #[arg(long)]
    role: Option<String>,
    /// Name to show; the login when absent
    #[arg(long)]
    name: Option<String>,
    /// Code of an establishment that he is to see; may be repeated [default: all]
    #[arg(long = "establishment", value_name = "CODE")]
    establishments: Vec<String>,
    /// Read the password from standard input instead of printing a link
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Args)]
pub(super) struct Reset {
    login: String,
    /// Take the second factor away instead; the password stays
    #[arg(long)]
    second_factor: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Args)]
pub(super) struct Limit {
    login: String,
    /// Code of an establishment that he is to see; may be repeated
    #[arg(
        long = "establishment",
        value_name = "CODE",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    establishments: Vec<String>,
    /// Let him see every establishment, also those that are added later
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Args)]
pub(super) struct Give {
    login: String,
    /// Code of a role; may be repeated. He holds these and no others
    #[arg(long = "role", value_name = "CODE", required = true)]
    roles: Vec<String>,
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Add(args) => add(args),
        Command::Reset(args) => reset(args),
        Command::Limit(args) => limit(args),
        Command::Roles(args) => roles(args),
        Command::List(place) => list(place),
    }
}

fn add(args: &Add) -> anyhow::Result<()> {
    let password = args.password_stdin.then(read_password).transpose()?;
    let ctx = open(&args.place)?;
    let name = args.name.as_deref().unwrap_or(&args.login);
    let role = match &args.role {
        Some(role) => role.as_str(),
        None => default_role(&ctx)?,
    };
    let who = (args.login.as_str(), name, role);
    let limits = match args.establishments.as_slice() {
        [] => Limits::All,
        codes => Limits::Only(codes.to_vec()),
    };
    let link = access::add_limited_operator(
        &ctx.db,
        &ctx.base_url,
        who,
        password.as_deref(),
        (app::ESTABLISHMENTS, limits),
        ctx.now(),
    )?;
    match link {
        Some(link) => print_link(&args.login, &link),
        None => println!("{} can sign in at {}", args.login, ctx.base_url),
    }
    Ok(())
}

/// A fleet whose first operator could only look would have nobody to give rights.
fn default_role(ctx: &Ctx) -> anyhow::Result<&'static str> {
    let is_governed = access::list_operators(&ctx.db)?
        .iter()
        .any(|one| one.roles.iter().any(|role| role == access::ADMINISTRATOR));
    Ok(if is_governed {
        access::VIEWER
    } else {
        access::ADMINISTRATOR
    })
}

fn reset(args: &Reset) -> anyhow::Result<()> {
    let ctx = open_existing(&args.place)?;
    if args.second_factor {
        let had = access::reset_second_factor(&ctx.db, &args.login, ctx.now())?;
        let (login, told) = (&args.login, if had { "no longer has" } else { "had no" });
        println!("{login} {told} second factor");
        return Ok(());
    }
    let link = access::reset_operator(&ctx.db, &ctx.base_url, &args.login, ctx.now())?;
    print_link(&args.login, &link);
    Ok(())
}

fn limit(args: &Limit) -> anyhow::Result<()> {
    let ctx = open_existing(&args.place)?;
    let (limits, told) = if args.all {
        (Limits::All, "every establishment".to_owned())
    } else {
        let codes = args.establishments.clone();
        let told = format!("only {}", codes.join(", "));
        (Limits::Only(codes), told)
    };
    let now = ctx.now();
    access::limit_operator(&ctx.db, app::ESTABLISHMENTS, &args.login, limits, now)?;
    println!("{} sees {told}", args.login);
    Ok(())
}

fn roles(args: &Give) -> anyhow::Result<()> {
    let ctx = open_existing(&args.place)?;
    let (roles, now) = (args.roles.clone(), ctx.now());
    access::give_roles(&ctx.db, app::ESTABLISHMENTS, &args.login, roles, now)?;
    println!("{} holds {}", args.login, args.roles.join(", "));
    Ok(())
}

fn print_link(login: &str, link: &str) {
    println!("{login} chooses a password here (once, within 24 hours):");
    println!("  {link}");
}

fn list(place: &Place) -> anyhow::Result<()> {
    let ctx = open_existing(place)?;
    for one in access::list_operators(&ctx.db)? {
        let last = match one.last_sign_in_at {
            Some(at) => at.rfc3339(),
            None if one.has_password => "never signed in".to_owned(),
            None => "no password yet".to_owned(),
        };
        let roles = one.roles.join(",");
        let sees = told(&ctx, &one.scope)?;
        println!(
            "{}\t{}\t{}\t{}\t{last}\t{sees}",
            one.login, one.state, roles, one.name
        );
    }
    Ok(())
}

/// The codes of the establishments that somebody sees, or `all`.
fn told(ctx: &Ctx, scope: &Scope) -> anyhow::Result<String> {
    let Scope::Only(these) = scope else {
        return Ok("all".to_owned());
    };
    let by_id = app::ESTABLISHMENTS.by_id;
    let named = ctx.db.read_blocking(|conn| by_id(conn, these))?;
    let mut codes: Vec<String> = named.into_iter().map(|it| it.code).collect();
    codes.sort_unstable();
    Ok(codes.join(","))
}

/// The first line of standard input, so that the password stands in no process list.
fn read_password() -> anyhow::Result<String> {
    let mut text = String::new();
    let most = 4096;
    std::io::stdin()
        .take(most)
        .read_to_string(&mut text)
        .context("cannot read the password from standard input")?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// [`open`], for what looks at an installation: none is made where there is none.
pub(super) fn open_existing(place: &Place) -> anyhow::Result<Ctx> {
    let config = place.load()?;
    let file = Path::new(&config.database.url);
    if !config.database.is_postgres() && !file.exists() {
        bail!(
            "there is no database at {}: name the server's own --data or --config",
            file.display()
        );
    }
    open(place)
}

/// The database and what else an operation needs, without a server.
pub(super) fn open(place: &Place) -> anyhow::Result<Ctx> {
    let config = place.load()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(app::open(&config, Clock::system()))
}
