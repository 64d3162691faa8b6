//! Many terminals in one process. They share one HTTP client and nothing else; each has its habits,
//! its storage and its own dice, so a fleet of one seed behaves alike whatever its order of events.
use super::backoff::Pace;
use super::counters::Counters;
use super::dice::Dice;
use super::fault::Fault;
use super::folder::Keep;
use super::habits::{Day, Habits};
use super::link::{Line, Weather};
use super::terminal::{Identity, Setup, Terminal, Watcher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Sales of one round that are written down: a fleet shall fit into memory.
const SALES_LOGGED: u64 = 20;
const SHORTEST_OUTAGE: Duration = Duration::from_secs(20);

/// One line of the roster.
#[derive(Debug, Clone)]
pub struct Member {
    pub identity: Identity,
    /// Drawn by chance when the roster does not say.
    pub model: Option<String>,
    pub country: Option<String>,
}

/// How much of real life a fleet has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Realism {
    /// Hours, sales, outages, slow and lossy links.
    Habits,
    /// Always open, nothing happens, perfect links: for measuring a server.
    Steady,
}

#[derive(Clone)]
pub struct Settings {
    pub seed: u64,
    pub realism: Realism,
    /// The members start within this time, evenly.
    pub ramp: Duration,
    /// How much faster than the world's the fleet's days pass.
    pub pace: f64,
    /// Takes the place of every member's own link.
    pub weather: Option<Weather>,
    pub backoff: Pace,
    /// Where each member gets a folder of its own; without it they forget all at the end.
    pub folder: Option<PathBuf>,
    /// Replaces credentials that the members of a former fleet hold.
    pub confirm: bool,
    /// Hears of everything, after the counters.
    pub watcher: Watcher,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            realism: Realism::Habits,
            ramp: Duration::from_secs(10),
            pace: 1.0,
            weather: None,
            backoff: Pace::default(),
            folder: None,
            confirm: false,
            watcher: Arc::new(|_, _| ()),
        }
    }
}

/// A fleet that is ready to run.
pub struct Fleet {
    line: Line,
    members: Vec<Member>,
    settings: Settings,
    counters: Arc<Counters>,
}

impl Fleet {
    #[must_use]
    pub fn new(line: Line, members: Vec<Member>, settings: Settings) -> Self {
        Self {
            line,
            members,
            settings,
            counters: Arc::default(),
        }
    }

    /// Counted while it runs.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        self.counters.clone()
    }

    /// Runs until `stop`, or until every member has given up. Needs a tokio runtime.
    pub async fn run(self, stop: CancellationToken) {
        let count = u32::try_from(self.members.len()).unwrap_or(u32::MAX).max(1);
        let mut all = JoinSet::new();
        for (index, member) in (0u32..).zip(self.members) {
            let mut dice = Dice::member(self.settings.seed, index.into());
            let starts = self.settings.ramp / count * index
                + dice.time(Duration::ZERO, self.settings.ramp / count);
            let line = self.line.clone();
            let settings = self.settings.clone();
            let counters = self.counters.clone();
            let stop = stop.clone();
            all.spawn(async move {
                let work = async {
                    tokio::time::sleep(starts).await;
                    let id = member.identity.terminal_id.clone();
                    if let Err(fault) = live(member, &line, &settings, &counters, dice).await {
                        counters.give_up();
                        tracing::warn!(terminal.id = id, %fault, "a terminal of the fleet gave up");
                    }
                };
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = work => {}
                }
            });
        }
        while all.join_next().await.is_some() {}
    }
}

/// One member's life; it ends only by a fault that no waiting mends.
async fn live(
    member: Member,
    line: &Line,
    settings: &Settings,
    counters: &Arc<Counters>,
    mut dice: Dice,
) -> Result<(), Fault> {
    let habits = habits(&member, settings, &mut dice);
    let mut day = Day::draw(&mut dice);
    let serial = member.identity.serial_number.clone();
    let mut terminal = open(member, line, settings, counters, &habits, &day, &mut dice)?;
    terminal.activate_patiently(settings.confirm).await?;
    let mut fails_at = Instant::now() + real(settings, dice.wait(habits.outage_every));
    let mut lived = Instant::now();
    // Whoever installs a terminal sees it come online, whatever the hour.
    let mut installed = false;
    loop {
        if let Some(closed) = closed_for(&habits, settings).filter(|_| installed) {
            tokio::time::sleep(real(settings, closed)).await;
            terminal.session = habits.session(&mut dice);
            lived = Instant::now();
        }
        if settings.realism == Realism::Habits {
            let passed = lived.elapsed().mul_f64(settings.pace);
            lived = Instant::now();
            let before = day.sales();
            day.live(&habits, passed, true, "", &mut dice);
            let sold = day.sales().saturating_sub(before).min(SALES_LOGGED);
            terminal.sell(u32::try_from(sold).unwrap_or(0)).await?;
            terminal.status = day.status(&habits, &serial);
            day.tell(&mut terminal.session);
        }
        installed = true;
        let cut = tokio::select! {
            turned = terminal.turn() => { turned?; false }
            () = tokio::time::sleep_until(fails_at), if settings.realism == Realism::Habits => true,
        };
        if cut {
            counters.outage();
            let lasts = dice.wait(Duration::from_mins(3)).max(SHORTEST_OUTAGE);
            tokio::time::sleep(lasts).await;
            let now = chrono::DateTime::<chrono::Utc>::from(SystemTime::now()).to_rfc3339();
            let passed = lived.elapsed().mul_f64(settings.pace);
            lived = Instant::now();
            day.live(&habits, passed, false, &now, &mut dice);
            // The first word after an outage is how much waits; the next, that it was sent.
            terminal.status = day.status(&habits, &serial);
            if let Err(fault @ Fault::Folder(_)) = terminal.round().await {
                return Err(fault);
            }
            fails_at = Instant::now() + real(settings, dice.wait(habits.outage_every));
        }
    }
}

fn habits(member: &Member, settings: &Settings, dice: &mut Dice) -> Habits {
    let mut habits = Habits::draw(dice, member.model.as_deref(), member.country.as_deref());
    if settings.realism == Realism::Steady {
        habits.opening = None;
        habits.weather = Weather::default();
        habits.listens = true;
        habits.clock_ahead_ms = 0;
    }
    if let Some(weather) = &settings.weather {
        habits.weather = weather.clone();
    }
    habits
}

fn open(
    member: Member,
    line: &Line,
    settings: &Settings,
    counters: &Arc<Counters>,
    habits: &Habits,
    day: &Day,
    dice: &mut Dice,
) -> Result<Terminal, Fault> {
    let keep = match &settings.folder {
        Some(folder) => Keep::folder(folder.join(&member.identity.terminal_id))?,
        None => Keep::memory(),
    };
    let (counters, also) = (counters.clone(), settings.watcher.clone());
    let setup = Setup {
        weather: habits.weather.clone(),
        pace: settings.backoff,
        seed: dice.roll(),
        listens: habits.listens,
        clock_ahead_ms: habits.clock_ahead_ms,
        status: day.status(habits, &member.identity.serial_number),
        session: habits.session(dice),
        watcher: Arc::new(move |id, note| {
            counters.note(note);
            also(id, note);
        }),
    };
    Terminal::open(member.identity, line, keep, setup)
}

/// A time of the fleet's days in the world's.
fn real(settings: &Settings, time: Duration) -> Duration {
    time.div_f64(settings.pace.max(0.001))
}

/// How long a switched-off terminal stays so, in the fleet's time.
fn closed_for(habits: &Habits, settings: &Settings) -> Option<Duration> {
    if !habits.off_when_closed {
        return None;
    }
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    habits.closed_for(since.as_secs_f64() * settings.pace / 60.0)
}
