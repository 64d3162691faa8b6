//! `posfleet terminal`: one reference terminal on the command line, telling what it does.
use crate::reference::{
    Day, Dice, Fault, Habits, Identity, Keep, Line, Note, Setup, Terminal, Watcher, Weather,
};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address of the server, such as <https://fleet.example>
    #[arg(long, value_name = "URL")]
    server: String,
    /// The terminal's id, as registered
    #[arg(long)]
    tid: String,
    /// The device's serial number, as registered
    #[arg(long)]
    serial: String,
    /// The activation code; needed until the terminal is activated
    #[arg(long, default_value = "")]
    code: String,
    /// Where the terminal keeps its credential, its licence and its journal
    #[arg(long)]
    folder: PathBuf,
    /// Certificate authority (PEM) that the server's certificate must descend from
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The server's address for certificates, such as <https://fleet.example:8444>: ask for one at
    /// activation, and go there with it
    #[arg(long, value_name = "URL")]
    mtls: Option<String>,
    /// The model that the terminal says it is
    #[arg(long, default_value = "F20")]
    model: String,
    /// Replace the credential that another device holds for this terminal
    #[arg(long)]
    confirm: bool,
    /// Play a slow link: files arrive at so many bytes per second
    #[arg(long, value_name = "BYTES")]
    slow: Option<u32>,
    /// Make believe that it sold so much, and write that into its logs
    #[arg(long, value_name = "SALES", default_value_t = 3)]
    sales: u32,
    /// Check in once, do the work that waits, and end
    #[arg(long)]
    once: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let mut line = line(&args.server, args.ca.as_deref())?;
    if let Some(server) = &args.mtls {
        line = line
            .with_certificates_at(server)
            .with_context(|| format!("cannot use {server} with a certificate"))?;
    }
    let keep = Keep::folder(&args.folder)
        .with_context(|| format!("cannot use the folder {}", args.folder.display()))?;
    let seed = args
        .tid
        .bytes()
        .fold(7, |h: u64, b| h.wrapping_mul(31) + u64::from(b));
    let mut dice = Dice::new(seed);
    let habits = Habits::draw(&mut dice, Some(&args.model), None);
    let setup = Setup {
        weather: Weather {
            bytes_per_second: args.slow,
            ..Weather::default()
        },
        seed: dice.roll(),
        status: Day::draw(&mut dice).status(&habits, &args.serial),
        session: habits.session(&mut dice),
        watcher: teller(),
        ..Setup::default()
    };
    let identity = Identity {
        terminal_id: args.tid.clone(),
        serial_number: args.serial.clone(),
        activation_code: args.code.clone(),
    };
    let mut terminal = Terminal::open(identity, &line, keep, setup)?;
    if !terminal.is_activated() && args.code.is_empty() {
        bail!("this terminal is not activated yet: give its activation code with --code");
    }
    super::runtime()?.block_on(async {
        terminal.sell(args.sales).await?;
        if args.once {
            terminal
                .activate_patiently(args.confirm)
                .await
                .map_err(explain)?;
            terminal.round().await?;
            return Ok(());
        }
        let stop = CancellationToken::new();
        let told = stop.clone();
        tokio::spawn(async move {
            super::serve::told_to_stop().await.ok();
            told.cancel();
        });
        terminal.run(args.confirm, &stop).await.map_err(explain)
    })
}

/// A line to the server, pinned to the CA file where one is given.
pub(super) fn line(server: &str, ca: Option<&Path>) -> anyhow::Result<Line> {
    let pem = ca
        .map(|file| std::fs::read(file).with_context(|| format!("cannot read {}", file.display())))
        .transpose()?;
    Line::new(server, pem.as_deref()).with_context(|| format!("cannot use {server} as a server"))
}

fn explain(fault: Fault) -> anyhow::Error {
    let hint = match fault.code() {
        Some("terminal.already-activated") => {
            "another device holds this terminal's credential; --confirm replaces it"
        }
        Some("terminal.activation-refused") => {
            "check the id, the serial number and the code: a code lives a day and three tries"
        }
        _ => return fault.into(),
    };
    anyhow::Error::new(fault).context(hint)
}

/// Prints one line for everything that a person would want to see.
fn teller() -> Watcher {
    Arc::new(|_, note| match note {
        Note::Activated => println!("activated"),
        Note::Renewed => println!("renewed its certificate"),
        Note::CheckedIn {
            took,
            work,
            with_status,
            next,
        } => {
            let told = if *with_status {
                ", told its status"
            } else {
                ""
            };
            let next = next.as_secs();
            println!("checked in ({took:.1?}{told}): {work} to do, next in {next} s");
        }
        Note::Listened { woken: true } => println!("woken: work waits"),
        Note::Listened { woken: false } => {}
        Note::Logged { name, received } => println!("log {name}: {received} bytes are there"),
        Note::Resumed { from } => println!("download goes on at byte {from}"),
        Note::Installed { file_name, bytes } => println!("installed {file_name} ({bytes} bytes)"),
        Note::Configured(profile) => println!(
            "log level {}",
            profile.log_level.as_deref().unwrap_or("as it was")
        ),
        Note::Reported { id, state } => println!("work {id}: {state:?}"),
        Note::Fault(fault) => eprintln!("{fault}"),
        Note::Waits(wait) => eprintln!("tries again in {wait:.1?}"),
    })
}
