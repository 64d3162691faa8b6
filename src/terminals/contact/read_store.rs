//! Reading what contact left: presence, status, sessions.
use super::model::{Contact, Reported, SessionSeen};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::{EstablishmentId, TerminalId};
use crate::terminals::model::{Presence, PresenceCounts, late_at};
use crate::terminals::profile::{Effective, LogLevel};
use crate::terminals::schema::{
    terminal_contact, terminal_count, terminal_report, terminal_session,
};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::collections::HashMap;

/// How many terminals of the scope are in each presence, from the counters.
pub fn presence_counts(conn: &mut Conn, scope: &Scope) -> Result<PresenceCounts, Error> {
    presences_of(conn, scope, None)
}

/// [`presence_counts`] of one establishment, where one is named.
pub fn presences_of(
    conn: &mut Conn,
    scope: &Scope,
    establishment: Option<EstablishmentId>,
) -> Result<PresenceCounts, Error> {
    let mut query = terminal_count::table
        .group_by(terminal_count::presence)
        .select((
            terminal_count::presence,
            sql::<BigInt>("cast(sum(n) as bigint)"),
        ))
        .into_boxed();
    if let Scope::Only(these) = scope {
        query = query.filter(terminal_count::establishment_id.eq_any(these.clone()));
    }
    if let Some(one) = establishment {
        query = query.filter(terminal_count::establishment_id.eq(one));
    }
    let rows: Vec<(i32, i64)> = query.load(conn)?;
    let mut counts = PresenceCounts::default();
    for (presence, n) in rows {
        counts.add(Presence::of(presence), n);
    }
    Ok(counts)
}

/// A terminal's connection, as last heard.
pub fn contact(conn: &mut Conn, terminal: TerminalId) -> Result<Option<Contact>, Error> {
    type Row = (
        i32,
        Option<Millis>,
        (i32, Option<i32>, i32),
        Option<String>,
        Option<i64>,
        bool,
    );
    let row: Option<Row> = terminal_contact::table
        .find(terminal)
        .select((
            terminal_contact::presence,
            terminal_contact::last_contact_at,
            (
                terminal_contact::interval_s,
                terminal_contact::told_interval_s,
                terminal_contact::log_level,
            ),
            terminal_contact::seen_from,
            terminal_contact::clock_offset_ms,
            terminal_contact::has_work,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(
        |(presence, last_contact_at, interval, seen_from, clock_offset_ms, has_work)| {
            let (interval_s, told_s, log_level) = interval;
            let due_by_s = told_s.unwrap_or(interval_s);
            Contact {
                presence: Presence::of(presence),
                last_contact_at,
                effective: Effective {
                    interval_s,
                    log_level: LogLevel::of(log_level),
                },
                due_by_s,
                late_at: last_contact_at.map(|heard| late_at(heard, due_by_s)),
                seen_from,
                clock_offset_ms,
                has_work,
            }
        },
    ))
}

/// What the terminal last said of itself.
pub fn reported(conn: &mut Conn, terminal: TerminalId) -> Result<Option<Reported>, Error> {
    let row: Option<(String, Millis)> = terminal_report::table
        .find(terminal)
        .select((terminal_report::body, terminal_report::reported_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(body, reported_at)| Reported {
        body: serde_json::from_str(&body).unwrap_or_default(),
        reported_at,
    }))
}

/// What was last heard of a terminal, as lists of many show it.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The terminal's clock minus ours.
    pub clock_offset_ms: Option<i64>,
    pub clock_is_off: bool,
    /// It says that it uses other parameters than those in effect.
    pub parameters_differ: bool,
    pub report: Option<Reported>,
}

/// What was last heard of each of these.
pub fn seen_of(
    conn: &mut Conn,
    terminals: &[TerminalId],
) -> Result<HashMap<TerminalId, Seen>, Error> {
    type Row = (TerminalId, Option<i64>, bool, (i32, i32), Option<i64>);
    let rows: Vec<Row> = terminal_contact::table
        .filter(terminal_contact::terminal_id.eq_any(terminals.to_vec()))
        .select((
            terminal_contact::terminal_id,
            terminal_contact::clock_offset_ms,
            terminal_contact::clock_is_off,
            (terminal_contact::interval_s, terminal_contact::log_level),
            terminal_contact::profile_version,
        ))
        .load(conn)?;
    let reports: Vec<(TerminalId, String, Millis)> = terminal_report::table
        .filter(terminal_report::terminal_id.eq_any(terminals.to_vec()))
        .select((
            terminal_report::terminal_id,
            terminal_report::body,
            terminal_report::reported_at,
        ))
        .load(conn)?;
    let mut all: HashMap<TerminalId, Seen> = HashMap::with_capacity(rows.len());
    for (terminal, clock_offset_ms, clock_is_off, (interval_s, log_level), used) in rows {
        let effective = Effective {
            interval_s,
            log_level: LogLevel::of(log_level),
        };
        let seen = Seen {
            clock_offset_ms,
            clock_is_off,
            parameters_differ: used.is_some_and(|used| used != effective.version()),
            report: None,
        };
        all.insert(terminal, seen);
    }
    for (terminal, body, reported_at) in reports {
        let body = serde_json::from_str(&body).unwrap_or_default();
        all.entry(terminal).or_default().report = Some(Reported { body, reported_at });
    }
    Ok(all)
}

/// A terminal's sessions, the latest first.
pub fn sessions(conn: &mut Conn, terminal: TerminalId) -> Result<Vec<SessionSeen>, Error> {
    #[derive(Queryable, Selectable)]
    #[diesel(table_name = terminal_session)]
    struct Row {
        session_id: String,
        reference: Option<String>,
        title: Option<String>,
        seen_from: Option<String>,
        terminal_version: Option<String>,
        action_result: Option<String>,
        last_action: Option<String>,
        country_code: Option<String>,
        started_at: Millis,
        changed_at: Millis,
    }
    let rows: Vec<Row> = terminal_session::table
        .filter(terminal_session::terminal_id.eq(terminal))
        .order(terminal_session::id.desc())
        .select(Row::as_select())
        .load(conn)?;
    let seen = |row: Row| SessionSeen {
        session_id: row.session_id,
        reference: row.reference,
        title: row.title,
        seen_from: row.seen_from,
        terminal_version: row.terminal_version,
        action_result: row.action_result,
        last_action: row.last_action,
        country_code: row.country_code,
        started_at: row.started_at,
        changed_at: row.changed_at,
    };
    Ok(rows.into_iter().map(seen).collect())
}
