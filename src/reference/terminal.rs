//! A terminal as a vendor would write one: check-in, long poll, and the rounds of its life. Activation,
//! work and certificates stand in files of their own.
//!
//! Every public step is one exchange and may fail; [`Terminal::run`] is the life that strings them
//! together. Dropping a terminal in the middle of anything is a power cut: what it keeps is valid.
use super::backoff::{Backoff, Pace};
use super::certificate;
use super::dice::Dice;
use super::fault::Fault;
use super::folder::Keep;
use super::journal::Journal;
use super::link::{Call, Line, Link, Weather};
use super::wire::{self, Answer, CheckIn, Profile, Session, Status, Waited};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

pub(super) const TOKEN: &str = "token";
pub(super) const STATUS: &str = "status.json";
pub(super) const PROFILE: &str = "profile.json";
/// The log levels that this terminal knows.
const LOG_LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];
pub(super) const JOURNAL: &str = "journal.json";

/// Who the terminal is, as written on its paper.
#[derive(Debug, Clone)]
pub struct Identity {
    pub terminal_id: String,
    pub serial_number: String,
    /// Needed once; empty when a token is kept already.
    pub activation_code: String,
}

/// What a terminal did, for whoever watches it.
#[derive(Debug)]
pub enum Note<'a> {
    Activated,
    /// The next certificate is in force.
    Renewed,
    CheckedIn {
        took: Duration,
        work: usize,
        with_status: bool,
        next: Duration,
    },
    /// A long poll ended; `woken` when work waits.
    Listened {
        woken: bool,
    },
    /// A download goes on where it stopped.
    Resumed {
        from: u64,
    },
    Installed {
        file_name: &'a str,
        bytes: u64,
    },
    /// A part of a log is with the server.
    Logged {
        name: &'a str,
        received: usize,
    },
    /// It uses other parameters from now on.
    Configured(&'a Profile),
    Reported {
        id: i32,
        state: wire::State,
    },
    Fault(&'a Fault),
    /// Quiet until the next try.
    Waits(Duration),
}

/// Called with the terminal's id and what happened.
pub type Watcher = Arc<dyn Fn(&str, &Note<'_>) + Send + Sync>;

/// Everything about a terminal that has a sensible default.
#[derive(Clone)]
pub struct Setup {
    pub weather: Weather,
    pub pace: Pace,
    pub seed: u64,
    /// Parks a long poll between check-ins.
    pub listens: bool,
    /// How far the terminal's clock is ahead of the true time.
    pub clock_ahead_ms: i64,
    pub status: Status,
    pub session: Session,
    pub watcher: Watcher,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            weather: Weather::default(),
            pace: Pace::default(),
            seed: 1,
            listens: true,
            clock_ahead_ms: 0,
            status: Status::default(),
            session: Session::default(),
            watcher: Arc::new(|_, _| ()),
        }
    }
}

pub struct Terminal {
    pub(super) identity: Identity,
    /// Where it activates, and whose authority it trusts.
    pub(super) home: Line,
    pub(super) link: Link,
    pub(super) keep: Keep,
    /// What the terminal would say of itself now; the next check-in tells what changed.
    pub status: Status,
    pub session: Session,
    /// How far the terminal's clock is ahead of the true time.
    pub clock_ahead_ms: i64,
    pub(super) own: Own,
    pub(super) accepted: Option<Status>,
    pub(super) session_told: Option<Session>,
    /// The parameters in use, and whether the server has been told so.
    pub(super) profile: Option<Profile>,
    profile_told: bool,
    status_wanted: bool,
    pub(super) wait_url: Option<String>,
    pub(super) journal: Journal,
    pub(super) backoff: Backoff,
    pub(super) listens: bool,
    pub(super) wake: Wake,
    watcher: Watcher,
}

/// What it proves itself by.
#[derive(Debug)]
pub(super) enum Own {
    Nothing,
    Token(String),
    /// The one that its line shows.
    Certificate,
}

/// How the last long poll ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wake {
    Not,
    /// It said that work waits.
    Woken,
    /// It said so, and there was none.
    InVain,
}

impl Terminal {
    /// Takes up what `keep` holds.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(identity: Identity, line: &Line, keep: Keep, setup: Setup) -> Result<Self, Fault> {
        let token = keep.read(TOKEN)?.and_then(|b| String::from_utf8(b).ok());
        let token = token.filter(|token| !token.is_empty());
        let certified = certificate::line_of(&keep, line)?;
        let own = match (&certified, token) {
            (Some(_), _) => Own::Certificate,
            (None, Some(token)) => Own::Token(token),
            (None, None) => Own::Nothing,
        };
        Ok(Self {
            home: line.clone(),
            link: Link {
                line: certified.unwrap_or_else(|| line.clone()),
                weather: setup.weather,
                dice: Dice::new(setup.seed),
            },
            status: setup.status,
            session: setup.session,
            clock_ahead_ms: setup.clock_ahead_ms,
            own,
            accepted: keep.read_json(STATUS)?,
            session_told: None,
            profile: keep.read_json(PROFILE)?,
            profile_told: false,
            status_wanted: false,
            wait_url: None,
            journal: keep.read_json(JOURNAL)?.unwrap_or_default(),
            backoff: Backoff::new(setup.pace),
            listens: setup.listens,
            wake: Wake::Not,
            watcher: setup.watcher,
            identity,
            keep,
        })
    }

    #[must_use]
    pub fn terminal_id(&self) -> &str {
        &self.identity.terminal_id
    }

    #[must_use]
    pub fn is_activated(&self) -> bool {
        !matches!(self.own, Own::Nothing)
    }

    pub(super) fn is_certified(&self) -> bool {
        matches!(self.own, Own::Certificate)
    }

    /// The parameters in use.
    #[must_use]
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// What became of the work so far.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    pub fn weather(&mut self) -> &mut Weather {
        &mut self.link.weather
    }

    pub(super) fn note(&self, note: &Note<'_>) {
        (self.watcher)(&self.identity.terminal_id, note);
    }

    /// What to send along; nothing where the certificate says it.
    pub(super) fn token(&self) -> Result<Option<String>, Fault> {
        match &self.own {
            Own::Token(token) => Ok(Some(token.clone())),
            Own::Certificate => Ok(None),
            Own::Nothing => Err(Fault::NotActivated),
        }
    }

    /// One check-in: tells what changed, hears what to do.
    pub async fn check_in(&mut self) -> Result<Answer, Fault> {
        let began = Instant::now();
        let with_status = self.status_wanted || self.accepted.as_ref() != Some(&self.status);
        let with_session =
            !self.session.id.is_empty() && self.session_told.as_ref() != Some(&self.session);
        let profile = self.profile.as_ref().filter(|_| !self.profile_told);
        let with_profile = profile.is_some();
        let body = CheckIn {
            terminal_time: self.local_time(),
            session: with_session.then_some(&self.session),
            status: with_status.then_some(&self.status),
            profile,
        };
        let url = self.link.line.resolve(wire::CHECK_IN)?;
        let token = self.token()?;
        let call = Call::post(url, token.as_deref(), &body)?;
        let answer: Answer = self.link.ask(call).await?;
        self.status_wanted = answer.status_wanted;
        self.wait_url.clone_from(&answer.wait_url);
        self.profile_told |= with_profile;
        if let Some(wish) = &answer.profile {
            self.configure(wish).await?;
        }
        if with_session {
            self.session_told = Some(self.session.clone());
        }
        if with_status {
            self.accepted = Some(self.status.clone());
            let status = self.status.clone();
            self.keep
                .off(move |keep| keep.write_json(STATUS, &status))
                .await?;
        }
        self.note(&Note::CheckedIn {
            took: began.elapsed(),
            work: answer.work.len(),
            with_status,
            next: next_of(&answer),
        });
        Ok(answer)
    }

    /// Uses the parameters from now on, and says so at the next check-in. A log level of a newer
    /// server is taken note of, and the one in use stays and is told.
    async fn configure(&mut self, wish: &Profile) -> Result<(), Fault> {
        let known = |level: &String| LOG_LEVELS.contains(&level.as_str());
        let in_use = self.profile.take().and_then(|it| it.log_level);
        let profile = Profile {
            version: wish.version.clone(),
            log_level: wish.log_level.clone().filter(known).or(in_use),
        };
        let kept = profile.clone();
        self.keep
            .off(move |keep| keep.write_json(PROFILE, &kept))
            .await?;
        self.note(&Note::Configured(&profile));
        self.profile = Some(profile);
        self.profile_told = false;
        Ok(())
    }

    /// A check-in with all that follows from it: the status when the server asked for it, the work,
    /// the reports that were lost before. Returns the time until the next one.
    pub async fn round(&mut self) -> Result<Duration, Fault> {
        match self.take_up_next().await {
            Ok(()) => {}
            Err(fault @ Fault::Folder(_)) => return Err(fault),
            // If the one of before is not in force any more, the check-in tells.
            Err(fault) => self.note(&Note::Fault(&fault)),
        }
        let mut answer = self.check_in().await?;
        if self.status_wanted {
            answer = self.check_in().await?;
            self.status_wanted = false;
        }
        self.wake = match self.wake {
            Wake::Woken if answer.work.is_empty() => Wake::InVain,
            _ => Wake::Not,
        };
        for work in &answer.work {
            self.perform(work).await?;
        }
        for id in self.journal.undelivered() {
            self.deliver(id).await?;
        }
        self.send_due().await?;
        Ok(next_of(&answer))
    }

    /// Parks until work waits or `timeout` passes. True when work waits.
    pub async fn wait(&mut self, timeout: Duration) -> Result<bool, Fault> {
        let link = self.wait_url.as_deref().unwrap_or(wire::WAIT);
        let mut url = self.link.line.resolve(link)?;
        let seconds = timeout.as_secs().clamp(1, 55);
        url.query_pairs_mut()
            .append_pair("timeout_s", &seconds.to_string());
        let token = self.token()?;
        let patience = Duration::from_secs(seconds + 15);
        let call = Call::get(url, token.as_deref()).patience(patience);
        let waited: Waited = self.link.ask(call).await?;
        self.note(&Note::Listened {
            woken: waited.work_waiting,
        });
        Ok(waited.work_waiting)
    }

    /// The terminal's own clock, right or wrong.
    fn local_time(&self) -> String {
        let now = chrono::DateTime::<chrono::Utc>::from(SystemTime::now());
        let shown = now + chrono::Duration::milliseconds(self.clock_ahead_ms);
        shown.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }
}

/// When the server wants to hear from the terminal again, within reason.
fn next_of(answer: &Answer) -> Duration {
    Duration::from_secs(answer.next_check_in_s.clamp(1, 86_400))
}
