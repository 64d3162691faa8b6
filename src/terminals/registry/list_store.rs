//! Reading terminals by the page, and counting them by place.
//!
//! Every filter but presence goes through an index of `terminal_place`. The time of the last
//! contact has none, because check-ins write it all day: sorting by it reads the matching rows.
use super::model::{Filter, Listed, PresenceIs, Sort, Which};
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::beyond;
use crate::db::{Conn, Error};
use crate::fold::{Terms, fold};
use crate::http::{COUNTED, Turn};
use crate::ids::{EstablishmentId, ModelId, PointOfServiceId, TerminalId, Tid};
use crate::network::Tally;
use crate::terminals::model::{Life, Presence};
use crate::terminals::schema::terminal_contact as contact;
use crate::terminals::schema::{
    terminal_count, terminal_place as place, terminal_tagged as tagged, terminal_term as term,
};
use diesel::prelude::*;
use std::collections::HashMap;

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

fn listed(row: Row) -> Listed {
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

/// The same conditions for the page and for its count, whose queries differ in type.
macro_rules! narrow {
    ($scope:expr, $filter:expr) => {{
        let mut query = place::table.inner_join(contact::table).into_boxed();
        if let Scope::Only(these) = $scope {
            query = query.filter(place::establishment_id.eq_any(these.clone()));
        }
        if let Some(id) = $filter.establishment {
            query = query.filter(place::establishment_id.eq(id));
        }
        if let Some(id) = $filter.point_of_service {
            query = query.filter(place::point_of_service_id.eq(id));
        }
        if let Some(id) = $filter.model {
            query = query.filter(place::model_id.eq(id));
        }
        query = match $filter.which {
            Which::InService => query.filter(place::life.ne(Life::Retired.code())),
            Which::Only(life) => query.filter(place::life.eq(life.code())),
            Which::All => query,
        };
        if let Some(is) = $filter.presence {
            query = query.filter(contact::presence.eq_any(numbers(is)));
        }
        if let Some(id) = $filter.tag {
            let those = tagged::table.filter(tagged::tag_id.eq(id));
            query = query.filter(place::id.eq_any(those.select(tagged::terminal_id)));
        }
        if let Some(Terms { from, to }) = Terms::of(&$filter.text) {
            let those = term::table.filter(term::term.ge(from).and(term::term.lt(to)));
            query = query.filter(place::id.eq_any(those.select(term::terminal_id)));
        }
        query
    }};
}

fn numbers(is: PresenceIs) -> Vec<i32> {
    Presence::ALL
        .into_iter()
        .filter(|presence| is.holds(*presence))
        .map(Presence::number)
        .collect()
}

/// The terminals of one page, and how many match (counted to [`COUNTED`] + 1).
pub(super) fn page(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    turn: &Turn,
) -> Result<(Vec<Listed>, i64), Error> {
    let counted = count(conn, scope, filter)?;
    let mut query = narrow!(scope, filter)
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
        .limit(turn.limit());
    let (edge, backwards) = turn.edge();
    let down = filter.sort.is_down() != backwards;
    macro_rules! turned {
        ($key:expr, $read:expr) => {{
            if let Some(edge) = edge.cloned() {
                let key = $read(edge.key);
                query = query.filter(beyond(($key, place::id), (key, edge.id), down));
            }
            if down {
                query.order(($key.desc(), place::id.desc()))
            } else {
                query.order(($key.asc(), place::id.asc()))
            }
        }};
    }
    query = match filter.sort {
        Sort::Usual | Sort::Tid | Sort::TidDown => turned!(place::sort_key, |key: String| key),
        Sort::Serial | Sort::SerialDown => turned!(place::serial_search, |key: String| key),
        Sort::Seen | Sort::SeenDown => {
            turned!(contact::quiet_since, |key: String| key
                .parse::<i64>()
                .unwrap_or_default())
        }
    };
    let rows: Vec<Row> = query.load(conn)?;
    Ok((rows.into_iter().map(listed).collect(), counted))
}

/// The sort key of a line, as cursors carry it.
pub(super) fn key(line: &Listed, sort: Sort) -> (String, i64) {
    let key = match sort {
        Sort::Usual | Sort::Tid | Sort::TidDown => line.sort_key.clone(),
        Sort::Serial | Sort::SerialDown => fold(&line.serial_number),
        Sort::Seen | Sort::SeenDown => line.quiet_since.to_string(),
    };
    (key, line.id.0)
}

/// Matching terminals, [`COUNTED`] + 1 at most. What the counters know is not counted again.
fn count(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<i64, Error> {
    let is_plain = filter.text.trim().is_empty()
        && filter.model.is_none()
        && filter.tag.is_none()
        && filter.point_of_service.is_none()
        && filter.which == Which::InService;
    if is_plain {
        return count_by_counters(conn, scope, filter);
    }
    let ids: Vec<TerminalId> = narrow!(scope, filter)
        .select(place::id)
        .limit(COUNTED + 1)
        .load(conn)?;
    Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX))
}

fn count_by_counters(conn: &mut Conn, scope: &Scope, filter: &Filter) -> Result<i64, Error> {
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

/// Terminals at each point of service by presence.
pub fn terminals_at_points(
    conn: &mut Conn,
    ids: &[PointOfServiceId],
) -> Result<HashMap<PointOfServiceId, Tally>, Error> {
    let rows: Vec<(PointOfServiceId, i32, i64)> = place::table
        .inner_join(contact::table)
        .filter(place::point_of_service_id.eq_any(ids.to_vec()))
        .filter(place::life.ne(Life::Retired.code()))
        .group_by((place::point_of_service_id, contact::presence))
        .select((
            place::point_of_service_id,
            contact::presence,
            diesel::dsl::count_star(),
        ))
        .load(conn)?;
    let mut tallies: HashMap<_, Tally> = HashMap::new();
    for (id, presence, n) in rows {
        add(tallies.entry(id).or_default(), presence, n);
    }
    Ok(tallies)
}
