//! `posfleet fleet`: many reference terminals against a server, with a line of counters now and
//! then and a summary at the end.
use crate::reference::{Fleet, Identity, Member, Realism, Settings, Weather};
use anyhow::{Context as _, bail, ensure};
use std::path::PathBuf;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address of the server, such as <https://fleet.example>
    #[arg(long, value_name = "URL")]
    server: String,
    /// CSV file: tid, serial number, activation code, and optionally model and country
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// How many terminals of the roster run; all by default
    #[arg(long, value_name = "N")]
    terminals: Option<usize>,
    /// Certificate authority (PEM) that the server's certificate must descend from
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Where the terminals keep their credentials; without it a code serves for this run only
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Replace credentials that a former fleet holds
    #[arg(long)]
    confirm: bool,
    /// The fleet's dice: the same seed gives the same fleet
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds within which all terminals start
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    ramp: u64,
    /// How much faster than the world's the fleet's days pass
    #[arg(long, default_value_t = 1.0)]
    pace: f64,
    /// Share of messages that get lost, each way, such as 0.3
    #[arg(long, value_name = "SHARE")]
    loss: Option<f64>,
    /// Always open, nothing happens, perfect links: for measuring a server
    #[arg(long)]
    steady: bool,
    /// End after so many seconds
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&args.roster)
        .with_context(|| format!("cannot read {}", args.roster.display()))?;
    let mut members = roster(&text)?;
    if let Some(count) = args.terminals {
        let have = members.len();
        ensure!(
            have >= count,
            "the roster has {have} terminals, not {count}"
        );
        members.truncate(count);
    }
    if let Some(loss) = args.loss {
        ensure!(
            (0.0..1.0).contains(&loss),
            "a loss is a share from 0 up to 1"
        );
    }
    ensure!(args.pace > 0.0, "the pace is more than 0");
    let line = super::terminal::line(&args.server, args.ca.as_deref())?;
    let fleet = Fleet::new(line, members, settings(args));
    let counters = fleet.counters();
    super::runtime()?.block_on(async {
        let stop = CancellationToken::new();
        let mut running = tokio::spawn(fleet.run(stop.clone()));
        let limit = Duration::from_secs(args.seconds.unwrap_or(u64::MAX / 4));
        let mut tell = tokio::time::interval(Duration::from_secs(10));
        tell.tick().await;
        let over = async {
            tokio::select! {
                told = super::serve::told_to_stop() => told,
                () = tokio::time::sleep(limit) => Ok(()),
            }
        };
        tokio::pin!(over);
        loop {
            tokio::select! {
                _ = tell.tick() => println!("{counters}"),
                told = &mut over => { told?; break }
                ended = &mut running => { ended?; println!("{counters}"); return Ok(()) }
            }
        }
        stop.cancel();
        running.await?;
        println!("{counters}");
        Ok(())
    })
}

fn settings(args: &Args) -> Settings {
    Settings {
        seed: args.seed,
        realism: if args.steady {
            Realism::Steady
        } else {
            Realism::Habits
        },
        ramp: Duration::from_secs(args.ramp),
        pace: args.pace,
        weather: args.loss.map(|loss| Weather {
            loss,
            doubled: loss,
            ..Weather::default()
        }),
        folder: args.folder.clone(),
        confirm: args.confirm,
        ..Settings::default()
    }
}

/// Lines of `tid,serial,activation_code[,model[,country]]`; a heading and empty lines are skipped.
fn roster(text: &str) -> anyhow::Result<Vec<Member>> {
    let mut members = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let cells: Vec<&str> = line
            .split(',')
            .map(|c| c.trim().trim_matches('"'))
            .collect();
        let heading = number == 1 && cells[0].eq_ignore_ascii_case("tid");
        if line.trim().is_empty() || heading {
            continue;
        }
        let [tid, serial, code, more @ ..] = &cells[..] else {
            bail!("line {number} of the roster lacks a serial number or an activation code");
        };
        let cell = |n: usize| {
            more.get(n)
                .filter(|c| !c.is_empty())
                .map(|c| (*c).to_owned())
        };
        members.push(Member {
            identity: Identity {
                terminal_id: (*tid).to_owned(),
                serial_number: (*serial).to_owned(),
                activation_code: (*code).to_owned(),
            },
            model: cell(0),
            country: cell(1),
        });
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roster_is_read_with_and_without_its_optional_columns() {
        let text = "tid,serial,activation_code,model\nT1,S1,AAAAA-AAAAA\n\n\"T2\", S2 ,B,F20,FR\n";
        let members = roster(text).unwrap();
        assert_eq!(members.len(), 2);
        assert_eq!(members[0].identity.terminal_id, "T1");
        assert_eq!(members[0].model, None);
        assert_eq!(members[1].identity.serial_number, "S2");
        assert_eq!(members[1].country.as_deref(), Some("FR"));
        assert!(roster("T1,S1").is_err());
    }
}
