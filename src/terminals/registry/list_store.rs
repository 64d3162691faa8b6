//! Reading the registry for its lists: whole rows by their ids, what the counters know, and
//! terminals counted by place. Which ids a list shows is read from the indexes, next door.
use super::model::{Filter, Listed};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{Conn, Error};
use crate::http::COUNTED;
use crate::ids::{EstablishmentId, ModelId, PointOfServiceId, TagId, TerminalId, Tid};
use crate::network::Tally;
use crate::terminals::model::{Life, Presence};
use crate::terminals::schema::terminal_contact as contact;
use crate::terminals::schema::{
    terminal_count, terminal_place as place, terminal_tagged as tagged,
};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// Rows whose ids go into one statement. Of a thousand PostgreSQL would read the whole fleet.
const AT_ONCE: usize = 200;

type Row = (
    (
        TerminalId,
        Tid,
        String,
        ModelId,
        EstablishmentId,
        PointOfServiceId,
        String,
        i64,
        String,
    ),
    (i32, (i32, Option<i32>), Option<Millis>, bool, i64),
);

fn of_row(row: Row) -> Listed {
    let (
        (id, tid, serial_number, model, establishment, point_of_service, life, version, sort_key),
        (presence, (interval_s, told_interval_s), last_contact_at, has_work, quiet_since),
    ) = row;
    Listed {
        id,
        tid,
        serial_number,
        model,
        establishment,
        point_of_service,
        life: Life::parse(&life).unwrap_or(Life::Retired),
        presence: Presence::of(presence),
        interval_s,
        due_by_s: told_interval_s.unwrap_or(interval_s),
        last_contact_at,
        has_work,
        version,
        sort_key,
        quiet_since,
    }
}

/// These terminals, each by its key: nothing is left to choose for either engine.
pub(super) fn rows(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Listed>, Error> {
    let rows: Vec<Row> = place::table
        .inner_join(contact::table)
        .filter(place::id.eq_any(ids.to_vec()))
        .select((
            (
                place::id,
                place::tid,
                place::serial_number,
                place::model_id,
                place::establishment_id,
                place::point_of_service_id,
                place::life,
                place::version,
                place::sort_key,
            ),
            (
                contact::presence,
                (contact::interval_s, contact::told_interval_s),
                contact::last_contact_at,
                contact::has_work,
                contact::quiet_since,
            ),
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(of_row)
        .map(|it| (it.id.0, it))
        .collect())
}

/// These terminals as lists show them, whatever their life, each by its key.
pub fn listed(conn: &mut Conn, ids: &[TerminalId]) -> Result<HashMap<TerminalId, Listed>, Error> {
    let mut ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut all = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        all.extend(rows(conn, some)?.into_values().map(|it| (it.id, it)));
    }
    Ok(all)
}

/// Which of these terminals have the tag.
pub(super) fn tagged_among(
    conn: &mut Conn,
    tag: TagId,
    ids: &[i64],
) -> Result<HashSet<i64>, Error> {
    let found: Vec<i64> = tagged::table
        .filter(tagged::terminal_id.eq_any(ids.to_vec()))
        .filter(tagged::tag_id.eq(tag))
        .select(tagged::terminal_id)
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// The code of each terminal's presence.
pub(super) fn presences(conn: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, String>, Error> {
    let found: Vec<(i64, i32)> = contact::table
        .filter(contact::terminal_id.eq_any(ids.to_vec()))
        .select((contact::terminal_id, contact::presence))
        .load(conn)?;
    let code = |(id, presence)| (id, Presence::of(presence).code().to_owned());
    Ok(found.into_iter().map(code).collect())
}

/// How many terminals in service the scope, an establishment and a presence leave, [`COUNTED`] + 1
/// at most: nothing is counted again that the counters know.
pub(super) fn count_by_counters(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
) -> Result<i64, Error> {
    let mut query = terminal_count::table
        .select((terminal_count::presence, terminal_count::n))
        .into_boxed();
    if let Scope::Only(these) = scope {
        query = query.filter(terminal_count::establishment_id.eq_any(these.clone()));
    }
    if let Some(id) = filter.establishment {
        query = query.filter(terminal_count::establishment_id.eq(id));
    }
    let rows: Vec<(i32, i64)> = query.load(conn)?;
    let holds = |presence| {
        filter
            .presence
            .is_none_or(|is| is.holds(Presence::of(presence)))
    };
    Ok(rows
        .into_iter()
        .filter(|(presence, _)| holds(*presence))
        .map(|(_, n)| n)
        .sum::<i64>()
        .min(COUNTED + 1))
}

fn add(tally: &mut Tally, presence: i32, n: i64) {
    tally.total += n;
    match Presence::of(presence) {
        Presence::Listening | Presence::Online => tally.connected += n,
        Presence::Late => tally.late += n,
        Presence::Disconnected => tally.disconnected += n,
        Presence::Never => tally.never += n,
    }
}

/// Terminals of each establishment by presence, from the counters.
pub fn terminals_of_establishments(
    conn: &mut Conn,
    ids: &[EstablishmentId],
) -> Result<HashMap<EstablishmentId, Tally>, Error> {
    let rows: Vec<(EstablishmentId, i32, i64)> = terminal_count::table
        .filter(terminal_count::establishment_id.eq_any(ids.to_vec()))
        .select((
            terminal_count::establishment_id,
            terminal_count::presence,
            terminal_count::n,
        ))
        .load(conn)?;
    let mut tallies: HashMap<_, Tally> = HashMap::new();
    for (id, presence, n) in rows {
        add(tallies.entry(id).or_default(), presence, n);
    }
    Ok(tallies)
}

/// Terminals at each point of service by presence. Each point is asked for by itself: few terminals
/// stand at one, and of all at once PostgreSQL would read the fleet.
pub fn terminals_at_points(
    conn: &mut Conn,
    ids: &[PointOfServiceId],
) -> Result<HashMap<PointOfServiceId, Tally>, Error> {
    let mut tallies = HashMap::with_capacity(ids.len());
    for id in ids {
        let presences: Vec<i32> = place::table
            .inner_join(contact::table)
            .filter(place::point_of_service_id.eq(*id))
            .filter(place::is_retired.eq(false))
            .select(contact::presence)
            .load(conn)?;
        let mut tally = Tally::default();
        for presence in presences {
            add(&mut tally, presence, 1);
        }
        tallies.insert(*id, tally);
    }
    Ok(tallies)
}
