//! What a terminal brings when it makes contact, and when it must be looked at again.
use crate::clock::Millis;
use crate::ids::{EstablishmentId, TerminalId, Tid};
use crate::terminals::model::{Presence, disconnected_at, late_at};
use crate::terminals::profile::{Effective, Said};
use serde::Serialize;

/// One contact on its way to the database.
#[derive(Debug)]
pub(in crate::terminals) struct Knock {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    pub seen_from: Option<String>,
    pub what: What,
}

#[derive(Debug)]
pub(in crate::terminals) enum What {
    CheckIn(Brought),
    /// A long poll that should be back at this instant.
    Listen {
        until: Millis,
    },
}

/// What a check-in tells, beside being there.
#[derive(Debug, Default)]
pub(in crate::terminals) struct Brought {
    /// The terminal's clock minus ours. Never trusted, only shown.
    pub clock_offset_ms: Option<i64>,
    pub session: Option<Box<Session>>,
    pub status: Option<Box<Status>>,
    pub profile: Option<Box<Said>>,
}

/// The fields that the old mails told of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::terminals) struct Session {
    pub id: String,
    pub reference: Option<String>,
    pub title: Option<String>,
    pub terminal_version: Option<String>,
    pub action_result: Option<String>,
    /// A code of the action catalogue, or raw.
    pub last_action: Option<String>,
    pub country_code: Option<String>,
}

impl Session {
    /// Changes whenever a field does, so that an unchanged session is not stored again. FNV-1a:
    /// stable across versions of the program, as what is compared was stored by an earlier one.
    #[must_use]
    pub(in crate::terminals) fn mark(&self, seen_from: Option<&str>) -> i64 {
        let fields = [
            Some(self.id.as_str()),
            self.reference.as_deref(),
            self.title.as_deref(),
            self.terminal_version.as_deref(),
            self.action_result.as_deref(),
            self.last_action.as_deref(),
            self.country_code.as_deref(),
            seen_from,
        ];
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        for field in fields {
            // An absent field and an empty one differ, and none runs into the next.
            eat(u8::from(field.is_some()));
            field.unwrap_or_default().bytes().for_each(&mut eat);
            eat(0xff);
        }
        i64::from_ne_bytes(hash.to_ne_bytes())
    }
}

/// A terminal's status as canonical JSON, with the SHA-256 over it.
#[derive(Debug)]
pub(in crate::terminals) struct Status {
    pub digest: [u8; 32],
    pub body: String,
    pub value: serde_json::Value,
}

/// One session as it was kept; the address is where the terminal was seen from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SessionSeen {
    pub session_id: String,
    pub reference: Option<String>,
    pub title: Option<String>,
    pub seen_from: Option<String>,
    pub terminal_version: Option<String>,
    pub action_result: Option<String>,
    pub last_action: Option<String>,
    pub country_code: Option<String>,
    pub started_at: Millis,
    pub changed_at: Millis,
}

impl SessionSeen {
    /// Everything in it that can be searched.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let told = [
            &self.reference,
            &self.title,
            &self.seen_from,
            &self.terminal_version,
            &self.action_result,
            &self.last_action,
            &self.country_code,
        ];
        let told = told.into_iter().filter_map(|word| word.as_deref());
        std::iter::once(self.session_id.as_str()).chain(told)
    }
}

/// What the terminal last said of itself.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Reported {
    #[schema(value_type = Object)]
    pub body: serde_json::Value,
    pub reported_at: Millis,
}

/// A terminal's connection, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub presence: Presence,
    pub last_contact_at: Option<Millis>,
    /// What it is told, or will be told, at its next check-in.
    pub(in crate::terminals) effective: Effective,
    /// The interval that it was told last, by which it is due.
    pub due_by_s: i32,
    /// When the next check-in is expected at the latest before the terminal counts as late.
    pub late_at: Option<Millis>,
    pub seen_from: Option<String>,
    pub clock_offset_ms: Option<i64>,
    pub has_work: bool,
}

/// A changed status on its way to the slices that watch it.
#[derive(Debug)]
pub struct Told<'a> {
    pub terminal: TerminalId,
    pub establishment: EstablishmentId,
    pub tid: &'a Tid,
    pub status: &'a serde_json::Value,
    /// What it told before, if anything.
    pub before: Option<&'a serde_json::Value>,
}

/// A long poll counts as parked for this long beyond its end, the time to come back.
pub(in crate::terminals) const LISTENING_GRACE_MS: i64 = 45_000;

/// What presence a terminal should have, by when it was last heard, and when to look again.
/// `Never` stays as it is: time alone does not change it.
#[must_use]
pub(in crate::terminals) fn presence_at(
    now: Millis,
    heard: Millis,
    interval_s: i32,
    listening_until: Option<Millis>,
) -> (Presence, Option<Millis>) {
    let late = late_at(heard, interval_s);
    if now >= disconnected_at(heard) {
        return (Presence::Disconnected, None);
    }
    if now >= late {
        return (Presence::Late, Some(disconnected_at(heard)));
    }
    match listening_until.map(|until| Millis(until.0.saturating_add(LISTENING_GRACE_MS))) {
        Some(until) if now < until => (Presence::Listening, Some(until.min(late))),
        _ => (Presence::Online, Some(late)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn presence_fades_with_time() {
        let at = |ms, until| presence_at(Millis(ms), Millis(0), 60, until);
        assert_eq!(at(0, None), (Presence::Online, Some(Millis(120_000))));
        let listening = at(0, Some(Millis(55_000)));
        assert_eq!(listening, (Presence::Listening, Some(Millis(100_000))));
        assert_eq!(at(100_000, Some(Millis(55_000))).0, Presence::Online);
        assert_eq!(at(119_999, None).0, Presence::Online);
        assert_eq!(
            at(120_000, None),
            (Presence::Late, Some(Millis(86_400_000)))
        );
        assert_eq!(at(86_400_000, None), (Presence::Disconnected, None));
    }

    #[test]
    fn a_session_is_marked_by_every_field() {
        let session = Session {
            id: "7".into(),
            reference: None,
            title: None,
            terminal_version: Some("1.2".into()),
            action_result: None,
            last_action: Some("info".into()),
            country_code: None,
        };
        let mark = session.mark(Some("10.0.0.1"));
        assert_eq!(mark, session.clone().mark(Some("10.0.0.1")));
        assert_ne!(mark, session.mark(Some("10.0.0.2")));
        let changed = Session {
            last_action: Some("terminal_refresh".into()),
            ..session.clone()
        };
        assert_ne!(mark, changed.mark(Some("10.0.0.1")));
        let shifted = Session {
            reference: Some(String::new()),
            ..session
        };
        assert_ne!(mark, shifted.mark(Some("10.0.0.1")));
    }

    proptest! {
        #[test]
        fn the_next_look_is_never_in_the_past(
            heard in 0_i64..1_000_000, gone in 0_i64..200_000_000, interval in 10_i32..86_400,
            until in proptest::option::of(0_i64..2_000_000),
        ) {
            let now = Millis(heard + gone);
            let (_, look) = presence_at(now, Millis(heard), interval, until.map(Millis));
            if let Some(look) = look {
                prop_assert!(look > now);
            }
        }
    }
}
