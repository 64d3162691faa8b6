//! Reading what contact left: presence, status, sessions.
use super::model::{Contact, Reported, SessionSeen};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::ids::TerminalId;
use crate::terminals::model::{Presence, PresenceCounts, late_at};
use crate::terminals::profile::{Effective, LogLevel};
use crate::terminals::schema::{
    terminal_contact, terminal_count, terminal_report, terminal_session,
};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// How many terminals of the scope are in each presence, from the counters.
pub fn presence_counts(conn: &mut Conn, scope: &Scope) -> Result<PresenceCounts, Error> {
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
