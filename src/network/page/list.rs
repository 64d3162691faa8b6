//! Establishments and points of service as lists.
use crate::access::{Permission, Scope};
use crate::db::Conn;
use crate::http::{self, Failure, address};
use crate::ids::EstablishmentId;
use crate::list_places;
use crate::lists::{Filter, Source};
use crate::network::error::Error;
use crate::network::model::{Establishment, PointOfService, Search, Sort, Status, Tally};
use crate::network::ops::{self, Neighbours};
use crate::sheets::{Cell, Column};
use crate::views::Lang;
use serde::Deserialize;
use std::sync::Arc;

pub(super) const ESTABLISHMENTS: &str = "establishments";
pub(super) const POINTS: &str = "points";

const OF_ESTABLISHMENTS: &[Column] = &[
    Column::new("code", "network-code")
        .always()
        .sorted("code", "-code"),
    Column::new("name", "network-name").sorted("name", "-name"),
    Column::new("status", "network-status"),
    Column::new("country", "network-country"),
    Column::new("time_zone", "network-time-zone"),
    Column::new("language", "network-language").on_wish(),
    Column::new("currency", "network-currency"),
    Column::new("terminals", "network-terminals"),
    Column::new("connected", "network-connected"),
    Column::new("late", "network-late").on_wish(),
    Column::new("disconnected", "network-disconnected"),
    Column::new("never", "network-never").on_wish(),
    Column::new("created_at", "network-since").on_wish(),
];

const OF_POINTS: &[Column] = &[
    Column::new("code", "network-code")
        .always()
        .sorted("code", "-code"),
    Column::new("name", "network-name").sorted("name", "-name"),
    Column::new("establishment", "network-establishment"),
    Column::new("status", "network-status"),
    Column::new("address", "network-address"),
    Column::new("manager_name", "network-manager"),
    Column::new("opening_hours", "network-hours").on_wish(),
    Column::new("terminals", "network-terminals"),
    Column::new("connected", "network-connected"),
    Column::new("late", "network-late").on_wish(),
    Column::new("disconnected", "network-disconnected").on_wish(),
    Column::new("never", "network-never").on_wish(),
    Column::new("created_at", "network-since").on_wish(),
    Column::new("establishment_code", "network-establishment-code").on_wish(),
];

const BY_TEXT: Filter = Filter::new("q", "list-q");
const BY_STATUS: Filter = Filter::new("status", "network-status").keyed("state-");
const OF_POINTS_FILTERS: &[Filter] = &[
    BY_TEXT,
    BY_STATUS,
    Filter::new("establishment", "network-establishment").named(name_of_establishment),
];

/// What a chip calls an establishment.
pub fn name_of_establishment(
    conn: &mut Conn,
    scope: &Scope,
    _: Lang,
    code: &str,
) -> Result<Option<String>, Failure> {
    Ok(ops::find_establishment(conn, scope, code)?.map(|found| found.name))
}

/// What a chip calls a point of service.
pub fn name_of_point(
    conn: &mut Conn,
    scope: &Scope,
    _: Lang,
    code: &str,
) -> Result<Option<String>, Failure> {
    Ok(ops::find_point(conn, scope, code)?.map(|found| found.name))
}

/// How both are narrowed. Everything is optional, so no address fails to be read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    establishment: String,
    status: String,
    sort: String,
}

impl Asked {
    fn search(self, establishment: Option<EstablishmentId>) -> Result<Search, Error> {
        let sort = Sort::parse(&self.sort);
        Ok(Search {
            sort: sort.ok_or_else(|| Error::field("sort", "network.no-such-sort"))?,
            status: Status::asked(&self.status)?,
            text: self.q,
            establishment,
        })
    }
}

/// The lists of this slice.
#[must_use]
pub fn sources(neighbours: Neighbours) -> Vec<Source> {
    vec![establishments(neighbours), points(neighbours)]
}

fn establishments(neighbours: Neighbours) -> Source {
    Source {
        name: ESTABLISHMENTS,
        title_key: "network-establishments",
        places: list_places!("/network", "establishments"),
        permission: Permission::NetworkView,
        columns: OF_ESTABLISHMENTS,
        filters: &[BY_TEXT, BY_STATUS],
        order: "name",
        read: Arc::new(move |conn, scope, query, turn| {
            let asked: Asked = http::query(query)?;
            let search = asked.search(None)?;
            let page = ops::list_establishments(conn, scope, &search, turn)?;
            let ids: Vec<_> = page.items.iter().map(|e| e.id).collect();
            let counts = (neighbours.terminals_of_establishments)(conn, &ids)?;
            Ok(page.map(|it| establishment(&it, counts.get(&it.id))))
        }),
    }
}

fn points(neighbours: Neighbours) -> Source {
    Source {
        name: POINTS,
        title_key: "network-points",
        places: list_places!("/network/points-of-service", "points-of-service"),
        permission: Permission::NetworkView,
        columns: OF_POINTS,
        filters: OF_POINTS_FILTERS,
        order: "name",
        read: Arc::new(move |conn, scope, query, turn| {
            let asked: Asked = http::query(query)?;
            let within = match asked.establishment.as_str() {
                "" => None,
                code => {
                    let found = ops::find_establishment(conn, scope, code)?;
                    Some(
                        found
                            .ok_or_else(|| Error::NoEstablishment(code.to_owned()))?
                            .id,
                    )
                }
            };
            let search = asked.search(within)?;
            let page = ops::list_points(conn, scope, &search, turn)?;
            let ids: Vec<_> = page.items.iter().map(|p| p.id).collect();
            let counts = (neighbours.terminals_at_points)(conn, &ids)?;
            Ok(page.map(|it| point(&it, counts.get(&it.id))))
        }),
    }
}

fn establishment(it: &Establishment, counted: Option<&Tally>) -> Vec<Cell> {
    let [all, connected, late, disconnected, never] = tallied(("establishment", &it.code), counted);
    vec![
        Cell::id_at(&it.code, format!("/network/establishments/{}", it.code)),
        Cell::text(&it.name),
        Cell::Pill(it.status.code().to_owned()),
        Cell::of(it.country.as_ref(), Cell::text),
        Cell::text(&it.time_zone),
        Cell::text(&it.language),
        Cell::of(it.currency.as_ref(), Cell::text),
        all,
        connected,
        late,
        disconnected,
        never,
        Cell::Time(it.created_at),
    ]
}

fn point(it: &PointOfService, counted: Option<&Tally>) -> Vec<Cell> {
    let [all, connected, late, disconnected, never] =
        tallied(("point_of_service", &it.code), counted);
    vec![
        Cell::id_at(&it.code, format!("/network/points-of-service/{}", it.code)),
        Cell::text(&it.name),
        Cell::Link {
            text: it.establishment_name.clone(),
            href: format!("/network/establishments/{}", it.establishment_code),
        },
        Cell::Pill(it.status.code().to_owned()),
        Cell::text(&it.address),
        Cell::text(&it.manager_name),
        Cell::text(&it.opening_hours),
        all,
        connected,
        late,
        disconnected,
        never,
        Cell::Time(it.created_at),
        Cell::id(&it.establishment_code),
    ]
}

/// How many terminals stand there in all and by presence, each leading to them.
fn tallied(place: (&str, &str), counted: Option<&Tally>) -> [Cell; 5] {
    let it = counted.copied().unwrap_or_default();
    let count = |n, presence: &str| Cell::Count {
        n,
        href: address("/terminals", &[place, ("presence", presence)]),
    };
    [
        count(it.total, ""),
        count(it.connected, "connected"),
        count(it.late, "late"),
        count(it.disconnected, "disconnected"),
        count(it.never, "never"),
    ]
}
