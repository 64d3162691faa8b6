//! Work and its state machine. Pure: every change of a work item is decided here.
//!
//! ```text
//! waiting -> offered -> downloading -> installing -> done | failed | refused
//!    ^          |            |             |
//!    +----------+------------+-------------+   try_later, or a phase that took too long
//! waiting, offered -> expired      waiting -> cancelled
//! offered, downloading, installing -> cancelling -> cancelled | done
//! ```
use crate::clock::Millis;
use crate::ids::{EstablishmentId, TerminalId, WorkId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WorkState)]
pub enum State {
    Waiting,
    Offered,
    Downloading,
    Installing,
    /// Cancelled here, but the terminal may be at it: it has not been heard since.
    Cancelling,
    Done,
    Failed,
    Refused,
    Expired,
    Cancelled,
}

impl State {
    pub const ALL: [Self; 10] = [
        Self::Waiting,
        Self::Offered,
        Self::Downloading,
        Self::Installing,
        Self::Cancelling,
        Self::Done,
        Self::Failed,
        Self::Refused,
        Self::Expired,
        Self::Cancelled,
    ];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Downloading => "downloading",
            Self::Installing => "installing",
            Self::Cancelling => "cancelling",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Nothing follows on it.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Failed | Self::Refused | Self::Expired | Self::Cancelled
        )
    }

    /// With the terminal, as far as we know.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Offered | Self::Downloading | Self::Installing)
    }
}

/// What a terminal may say of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Downloading,
    Installing,
    Done,
    Failed,
    Refused,
    TryLater,
}

impl Step {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Downloading => "downloading",
            Self::Installing => "installing",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::TryLater => "try_later",
        }
    }
}

/// A terminal's report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminals) struct Said {
    pub step: Step,
    pub code: Option<String>,
    pub detail: Option<String>,
    pub progress: Option<i32>,
    pub retry_after_s: Option<u32>,
}

/// What happens to a work item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The terminal asks what there is to do.
    Offer,
    Say {
        step: Step,
        progress: Option<i32>,
        retry_after_s: Option<u32>,
    },
    /// Somebody takes it back.
    Cancel,
    /// The terminal was heard again after the cancelling.
    Let,
    /// Time has passed.
    Tick,
}

/// Where a work item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Track {
    pub state: State,
    pub is_held: bool,
    pub was_offered: bool,
    /// Offers that led to nothing yet, the current one included.
    pub attempts: i32,
    pub not_before_at: Option<Millis>,
    /// When this phase, or the pause before the next try, has lasted long enough.
    pub deadline_at: Option<Millis>,
    pub expires_at: Option<Millis>,
    pub progress: Option<i32>,
}

/// Why an input is impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// The work is finished, in another way than said.
    NotOpen,
    BadTransition,
}

/// Tries after which a phase that takes too long fails the work.
pub(in crate::terminals) const MAX_ATTEMPTS: i32 = 8;
const OFFERED_FOR: Duration = Duration::from_hours(2);
const DOWNLOADING_FOR: Duration = Duration::from_hours(6);
const INSTALLING_FOR: Duration = Duration::from_hours(2);
const CANCELLING_FOR: Duration = Duration::from_hours(24);
const FIRST_PAUSE_S: u64 = 60;
const LONGEST_PAUSE_S: u64 = 6 * 3600;
const USUAL_RETRY_S: u32 = 15 * 60;
const RETRY_S: std::ops::RangeInclusive<u32> = 10..=7 * 86_400;

impl Track {
    #[must_use]
    pub fn new(expires_at: Option<Millis>) -> Self {
        Self {
            state: State::Waiting,
            is_held: false,
            was_offered: false,
            attempts: 0,
            not_before_at: None,
            deadline_at: None,
            expires_at,
            progress: None,
        }
    }

    /// Could be handed to the terminal now.
    #[must_use]
    pub fn is_ready(&self, now: Millis) -> bool {
        self.state == State::Waiting
            && !self.is_held
            && self.not_before_at.is_none_or(|at| at <= now)
            && !self.has_expired(now)
    }

    #[must_use]
    pub fn has_expired(&self, now: Millis) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// Where `input` leads; `None` when it changes nothing.
    pub fn step(&self, input: Input, now: Millis) -> Result<Option<Self>, Wrong> {
        let next = match input {
            Input::Say {
                step,
                progress,
                retry_after_s,
            } => self.say(step, progress, retry_after_s, now)?,
            _ if self.state.is_final() => None,
            Input::Offer => self
                .is_ready(now)
                .then(|| self.phase(State::Offered, Some(now + OFFERED_FOR)))
                .map(|next| Self {
                    was_offered: true,
                    attempts: self.attempts + 1,
                    ..next
                }),
            Input::Cancel => match self.state {
                State::Waiting => Some(self.end(State::Cancelled)),
                State::Cancelling => None,
                _ => Some(self.phase(State::Cancelling, Some(now + CANCELLING_FOR))),
            },
            Input::Let => (self.state == State::Cancelling).then(|| self.end(State::Cancelled)),
            Input::Tick => self.tick(now),
        };
        Ok(next.filter(|next| next != self))
    }

    fn say(
        &self,
        step: Step,
        progress: Option<i32>,
        retry_after_s: Option<u32>,
        now: Millis,
    ) -> Result<Option<Self>, Wrong> {
        if self.state.is_final() {
            let again = self.state.code() == step.code();
            return if again { Ok(None) } else { Err(Wrong::NotOpen) };
        }
        if !self.was_offered {
            return Err(Wrong::BadTransition);
        }
        if self.state == State::Cancelling {
            return Ok(match step {
                Step::Downloading | Step::Installing => None,
                Step::Done => Some(self.end(State::Done)),
                Step::Failed | Step::Refused | Step::TryLater => Some(self.end(State::Cancelled)),
            });
        }
        Ok(Some(match step {
            Step::Done => self.end(State::Done),
            Step::Failed => self.end(State::Failed),
            Step::Refused => self.end(State::Refused),
            Step::TryLater => return Ok(self.put_off(retry_after_s, now)),
            Step::Downloading if self.state == State::Installing => {
                return Err(Wrong::BadTransition);
            }
            Step::Downloading => self.go_on(State::Downloading, DOWNLOADING_FOR, progress, now),
            Step::Installing => self.go_on(State::Installing, INSTALLING_FOR, progress, now),
        }))
    }

    /// A phase begins, or goes on and shows progress, which alone earns it more time.
    fn go_on(&self, state: State, within: Duration, progress: Option<i32>, now: Millis) -> Self {
        if self.state == state && (progress.is_none() || progress == self.progress) {
            return *self;
        }
        // Begun without a new offer, after we had given up waiting: that is one more try.
        let begun_anew = i32::from(self.state == State::Waiting);
        Self {
            progress,
            attempts: self.attempts + begun_anew,
            ..self.phase(state, Some(now + within))
        }
    }

    fn put_off(&self, retry_after_s: Option<u32>, now: Millis) -> Option<Self> {
        let waits = self.state == State::Waiting && self.not_before_at.is_some_and(|at| at > now);
        let seconds = retry_after_s
            .unwrap_or(USUAL_RETRY_S)
            .clamp(*RETRY_S.start(), *RETRY_S.end());
        // The terminal's own wish is not counted against it.
        (!waits).then(|| Self {
            attempts: (self.attempts - 1).max(0),
            ..self.pause(Duration::from_secs(seconds.into()), now)
        })
    }

    fn tick(&self, now: Millis) -> Option<Self> {
        let is_over = self.deadline_at.is_some_and(|at| at <= now);
        match self.state {
            State::Waiting | State::Offered if self.has_expired(now) => {
                Some(self.end(State::Expired))
            }
            State::Waiting if is_over => Some(Self {
                deadline_at: None,
                not_before_at: None,
                ..*self
            }),
            State::Cancelling if is_over => Some(self.end(State::Cancelled)),
            state if state.is_under_way() && is_over => Some(if self.has_expired(now) {
                self.end(State::Expired)
            } else if self.attempts >= MAX_ATTEMPTS {
                self.end(State::Failed)
            } else {
                self.pause(back_off(self.attempts), now)
            }),
            _ => None,
        }
    }

    fn pause(&self, pause: Duration, now: Millis) -> Self {
        let until = now + pause;
        Self {
            not_before_at: Some(until),
            ..self.phase(State::Waiting, Some(until))
        }
    }

    fn phase(&self, state: State, deadline_at: Option<Millis>) -> Self {
        Self {
            state,
            not_before_at: None,
            deadline_at,
            progress: None,
            ..*self
        }
    }

    fn end(&self, state: State) -> Self {
        Self {
            progress: self.progress,
            ..self.phase(state, None)
        }
    }
}

/// The pause before the next try: a minute, doubled each time, six hours at most.
#[must_use]
pub(in crate::terminals) fn back_off(attempts: i32) -> Duration {
    let doublings = u32::try_from((attempts - 1).clamp(0, 16)).unwrap_or(0);
    Duration::from_secs((FIRST_PAUSE_S << doublings).min(LONGEST_PAUSE_S))
}

/// One work item, as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: WorkId,
    pub terminal: TerminalId,
    pub establishment: EstablishmentId,
    /// Counts up per terminal; what the terminal knows the item by.
    pub number: i32,
    pub kind: String,
    pub natural_key: String,
    pub track: Track,
    pub held_why: Option<String>,
    pub link: Option<String>,
    pub payload: serde_json::Value,
    pub created_at: Millis,
    pub created_by: String,
    pub offered_at: Option<Millis>,
    pub outcome_code: Option<String>,
    pub outcome_detail: Option<String>,
    pub finished_at: Option<Millis>,
}

/// Work to be done by a terminal.
#[derive(Debug, Clone)]
pub struct NewWork {
    pub terminal: TerminalId,
    pub kind: &'static str,
    /// What the work is about: open work with the same key is replaced.
    pub natural_key: String,
    /// Where the terminal fetches what it needs.
    pub link: Option<String>,
    pub payload: serde_json::Value,
    pub expires_at: Option<Millis>,
}
