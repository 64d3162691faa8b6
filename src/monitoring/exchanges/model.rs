//! Exchanges with a payment host as POS logs tell of them: a request, its answer, and what becomes of them
//! together. Pure; which answer belongs to which request is the matter of `pairing`.
use super::codes::{Mti, is_approval};
use super::fit::{EARLIER_MS, shown_between};
use super::reversal::{Original, Reversal};
use crate::formats::{Message, Part};
use crate::ids::{EstablishmentId, LogId};
use serde::{Deserialize, Serialize};

/// An answer that took longer than this is late: terminals give up after 10 to 60 seconds, and people who stand
/// before one lose patience sooner.
pub(super) const LATE_MS: i64 = 15_000;

/// Characters that are kept of a host's name, and of everything else. Longer is nonsense, and indexed.
const HOST_MAX: usize = 120;
const TEXT_MAX: usize = 40;

/// Where a message stands: in which log, and at which byte of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) log: LogId,
    pub(super) at: i64,
}

/// What a message says: one side of an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Side {
    /// `None` once its log is no longer kept.
    #[serde(skip)]
    pub(super) place: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ms: Option<i64>,
    /// What the terminal's own clock showed, as if that were UTC, where the log tells no time in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wall: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mti: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stan: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rrn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) terminal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) transmitted: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) local: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) result: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) card: Option<String>,
    /// What it takes back, if it is a reversal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) original: Option<Original>,
}

impl Side {
    /// What a message says that stands at `place`.
    pub(super) fn of(place: Place, it: &Message) -> Self {
        let text = |text: &Option<String>| text.as_deref().and_then(tidy);
        Self {
            place: Some(place),
            // Before 1970 nothing was logged: such a time is nonsense.
            ms: it.at_ms.filter(|ms| *ms >= 0),
            wall: it.wall_ms.filter(|ms| *ms >= 0),
            time: text(&it.time),
            host: it.host.as_deref().and_then(|host| tidy_to(host, HOST_MAX)),
            mti: text(&it.mti),
            code: text(&it.processing_code),
            amount: it.amount,
            currency: text(&it.currency),
            stan: text(&it.stan),
            rrn: text(&it.rrn),
            terminal: text(&it.terminal),
            transmitted: text(&it.transmitted),
            local: text(&it.local_time),
            result: text(&it.result),
            card: text(&it.card),
            original: Original::of(it),
        }
    }

    /// What it has in common with the other side of its exchange: what kind of message it is, and its STAN.
    /// Without a STAN only what stands in the same log and goes to the same host can belong together.
    pub(super) fn key(&self) -> String {
        let kind = self.mti.as_deref().and_then(Mti::read);
        let kind = kind.map_or_else(String::new, Mti::kind);
        match (&self.stan, self.place) {
            (Some(stan), _) => format!("{kind}/{stan}"),
            (None, Some(place)) => {
                let host = self.host.as_deref().unwrap_or_default();
                format!("{kind}//{}/{host}", place.log)
            }
            (None, None) => format!("{kind}//"),
        }
    }

    /// True when the message says that it is sent again.
    pub(super) fn is_repeat(&self) -> bool {
        let mti = self.mti.as_deref().and_then(Mti::read);
        mti.is_some_and(|mti| mti.origin % 2 == 1)
    }
}

/// What is kept of a text that is not the name of a host.
pub(super) fn tidy(text: &str) -> Option<String> {
    tidy_to(text, TEXT_MAX)
}

/// Without control characters, at the ends without blanks, and no longer than `most`; `None` when nothing is left.
fn tidy_to(text: &str, most: usize) -> Option<String> {
    let clean: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

/// Something went wrong, and where the log says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) code: String,
    pub(super) at: i64,
}

/// What a row of the list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A request and its answer, or one of them.
    Pair,
    /// Needs no answer.
    Notice,
    /// Something failed that no request waited for.
    Failure,
    /// Could not be read.
    Malformed,
}

/// How an exchange stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Answered,
    /// A request, and no answer anywhere.
    Unanswered,
    /// The log says that no answer came, or that something else failed.
    Failed,
    /// An answer, and no request anywhere.
    Alone,
    Notice,
    Malformed,
}

impl State {
    pub(super) const ALL: [Self; 6] = [
        Self::Answered,
        Self::Unanswered,
        Self::Failed,
        Self::Alone,
        Self::Notice,
        Self::Malformed,
    ];

    /// In addresses and in the database.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Unanswered => "unanswered",
            Self::Failed => "failed",
            Self::Alone => "alone",
            Self::Notice => "notice",
            Self::Malformed => "malformed",
        }
    }

    pub(super) fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// Both sides, as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sides {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) request: Option<Side>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<Side>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reversal: Option<Reversal>,
}

impl Sides {
    /// The answer came when its request had been taken back.
    pub(super) fn is_after_reversal(&self) -> bool {
        let both = self.reversal.zip(self.answer.as_ref());
        both.is_some_and(|(reversal, answer)| reversal.is_before(answer))
    }
}

/// One row: an exchange, or what stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exchange {
    /// `None` before it is written.
    pub(super) id: Option<i64>,
    /// That of the log where it begins.
    pub(super) establishment: EstablishmentId,
    pub(super) kind: Kind,
    pub(super) key: String,
    pub(super) sides: Sides,
    pub(super) trouble: Option<Trouble>,
    /// How often the request was sent.
    pub(super) tries: i64,
    /// Where it stands in time when neither side says so.
    pub(super) about_ms: i64,
}

impl Exchange {
    /// What one message is by itself.
    pub(super) fn of(
        (place, establishment): (Place, EstablishmentId),
        it: &Message,
        about_ms: i64,
    ) -> Self {
        let side = Side::of(place, it);
        let failure = it.failure.as_deref().and_then(tidy);
        let trouble = failure.map(|code| Trouble { code, at: place.at });
        let kind = match (it.part, &trouble) {
            (Part::Request | Part::Answer, _) => Kind::Pair,
            (Part::Notice, _) => Kind::Notice,
            (Part::Failure, Some(trouble)) if trouble.code == "unreadable" => Kind::Malformed,
            (Part::Failure, _) => Kind::Failure,
        };
        let key = side.key();
        let mut sides = Sides::default();
        match it.part {
            Part::Answer => sides.answer = Some(side),
            Part::Request | Part::Notice | Part::Failure => sides.request = Some(side),
        }
        Self {
            id: None,
            establishment,
            kind,
            key,
            sides,
            trouble,
            tries: 1,
            about_ms,
        }
    }

    /// The log where it begins, and where it failed if it did.
    pub(super) fn begins_in(&self) -> Option<LogId> {
        let side = self.sides.request.as_ref()?;
        side.place.map(|place| place.log)
    }

    pub(super) fn is_half(&self) -> bool {
        self.kind == Kind::Pair && (self.sides.request.is_none() || self.sides.answer.is_none())
    }

    pub(super) fn state(&self) -> State {
        match (self.kind, &self.sides.request, &self.sides.answer) {
            (Kind::Notice, ..) => State::Notice,
            (Kind::Malformed, ..) => State::Malformed,
            (Kind::Pair, Some(_), Some(_)) => State::Answered,
            (Kind::Pair, None, _) => State::Alone,
            (Kind::Pair, Some(_), None) if self.trouble.is_none() => State::Unanswered,
            (Kind::Pair | Kind::Failure, ..) => State::Failed,
        }
    }

    /// From the first request to the answer, where the log tells both times.
    pub(super) fn round_trip_ms(&self) -> Option<i64> {
        let (request, answer) = (self.sides.request.as_ref()?, self.sides.answer.as_ref()?);
        let by_utc = request.ms.zip(answer.ms);
        let told = by_utc.map(|(from, to)| to.saturating_sub(from));
        // A clock that was set back, as at the end of summer, tells nothing.
        let shown = || shown_between(request, answer).filter(|passed| *passed >= -EARLIER_MS);
        Some(told.or_else(shown)?.max(0))
    }

    /// The answer came when nobody waited any more, or took long.
    pub(super) fn is_late(&self) -> bool {
        let took_long = self.round_trip_ms().is_some_and(|ms| ms > LATE_MS);
        let was_given_up = self.trouble.is_some() || self.sides.is_after_reversal();
        self.state() == State::Answered && (took_long || was_given_up)
    }

    /// What it takes back, if it is a reversal.
    pub(super) fn original(&self) -> Option<&Original> {
        self.sides.request.as_ref()?.original.as_ref()
    }

    pub(super) fn is_declined(&self) -> bool {
        let result = self
            .sides
            .answer
            .as_ref()
            .and_then(|answer| answer.result.as_deref());
        result.is_some_and(|code| !is_approval(code))
    }

    /// Where it stands among the others.
    pub(super) fn sort_ms(&self) -> i64 {
        let ms = |side: &Option<Side>| side.as_ref().and_then(|side| side.ms);
        let told = ms(&self.sides.request).or(ms(&self.sides.answer));
        told.unwrap_or(self.about_ms).max(0)
    }

    /// What the request says, or the answer where it does not.
    pub(super) fn said<T>(&self, of: impl Fn(&Side) -> Option<T>) -> Option<T> {
        let (request, answer) = (self.sides.request.as_ref(), self.sides.answer.as_ref());
        request.and_then(&of).or_else(|| answer.and_then(&of))
    }

    /// What the answer says, or the request where it does not.
    pub(super) fn answered<T>(&self, of: impl Fn(&Side) -> Option<T>) -> Option<T> {
        let (request, answer) = (self.sides.request.as_ref(), self.sides.answer.as_ref());
        answer.and_then(&of).or_else(|| request.and_then(&of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_and_its_answer_have_one_key() {
        let key = |mti: &str, stan: Option<&str>| {
            let side = Side {
                mti: Some(mti.to_owned()),
                stan: stan.map(str::to_owned),
                host: Some("h".to_owned()),
                ..Side::of(
                    Place {
                        log: LogId(1),
                        at: 0,
                    },
                    &Message::blank(0, 1, Part::Request),
                )
            };
            side.key()
        };
        let own = key("0200", Some("7"));
        for mti in ["0201", "0210", "0211"] {
            assert_eq!(key(mti, Some("7")), own);
        }
        for mti in ["0220", "0400", "2200", "0202", "020", "02000"] {
            assert_ne!(key(mti, Some("7")), own, "{mti}");
        }
        assert_eq!(key("0421", Some("7")), key("0430", Some("7")));
        assert_eq!(key("0200", None), "0200//1/h");
    }

    #[test]
    fn what_is_kept_of_a_text_is_short_and_clean() {
        assert_eq!(tidy_to("  a\0b\u{1b} ", 9).as_deref(), Some("ab"));
        assert_eq!(tidy_to(" \0 ", 9), None);
        assert_eq!(tidy_to("éééé", 2).as_deref(), Some("éé"));
    }

    #[test]
    fn what_becomes_of_one_message() {
        let of = |part, failure: Option<&str>| {
            let it = Message {
                failure: failure.map(str::to_owned),
                ..Message::blank(0, 1, part)
            };
            let place = Place {
                log: LogId(1),
                at: 0,
            };
            Exchange::of((place, EstablishmentId(1)), &it, 5).state()
        };
        assert_eq!(of(Part::Request, None), State::Unanswered);
        assert_eq!(of(Part::Answer, None), State::Alone);
        assert_eq!(of(Part::Notice, None), State::Notice);
        assert_eq!(of(Part::Failure, Some("time-out")), State::Failed);
        assert_eq!(of(Part::Failure, Some("unreadable")), State::Malformed);
    }
}
