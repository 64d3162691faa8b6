//! Lists of licences, each read along one index: a page costs what its rows cost, wherever it lies.
use super::model::{Licence, State};
use super::schema::licence_file as licence;
use super::store::Row;
use crate::access::Scope;
use crate::clock::Millis;
use crate::db::{self, Conn, Entry, Error};
use crate::fold::{after_prefix, fold};
use crate::ids::{EstablishmentId, LicenceId};
use diesel::prelude::*;

/// What a list is ordered by; the second in each pair is the reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Order {
    /// The newest first.
    #[default]
    Newest,
    Oldest,
    Serial,
    SerialDown,
    Until,
    UntilDown,
    File,
    FileDown,
    Tid,
}

impl Order {
    pub(super) fn is_down(self) -> bool {
        matches!(
            self,
            Self::Newest | Self::SerialDown | Self::UntilDown | Self::FileDown
        )
    }
}

/// One index to read along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// Every current licence.
    All(Order),
    /// Newest first.
    State(State),
    Software(String),
    /// Current licences that end from a day on and before another, by that day.
    Ends(i64, i64),
    /// Beginnings of a TID or of a file name.
    Tid(String),
    File(String),
    /// What a client deposited, newest first.
    Source(i64),
}

impl Way {
    /// The order that its index has it in.
    pub(super) fn order(&self) -> Order {
        match self {
            Self::All(order) => *order,
            Self::State(_) | Self::Software(_) | Self::Source(_) => Order::Newest,
            Self::Ends(..) => Order::Until,
            Self::Tid(_) => Order::Tid,
            Self::File(_) => Order::File,
        }
    }
}

/// From where on, and in which direction, `n` rows are read.
pub(super) struct Reach<'a> {
    /// Key and id of the row to go on after.
    pub(super) edge: Option<(&'a str, i64)>,
    pub(super) is_down: bool,
    pub(super) n: i64,
}

/// The key that a licence has in an order, as text that sorts alike.
pub(super) fn key_of(licence: &Licence, order: Order) -> String {
    match order {
        Order::Newest | Order::Oldest => number_text(licence.uploaded_at.0),
        Order::Serial | Order::SerialDown => fold(&licence.facts.serial_number),
        Order::Until | Order::UntilDown => until_text(licence),
        Order::File | Order::FileDown => fold(&licence.file_name),
        Order::Tid => licence
            .place
            .as_ref()
            .map_or_else(String::new, |place| fold(place.tid.as_str())),
    }
}

fn until_text(licence: &Licence) -> String {
    let until = licence.facts.valid_until;
    number_text(until.map_or(super::store::NEVER, |at| at.0))
}

fn number_text(number: i64) -> String {
    format!("{number:019}")
}

type Boxed = licence::BoxedQuery<'static, <Conn as Connection>::Backend>;

fn scoped(scope: &Scope) -> Boxed {
    let all = licence::table.into_boxed();
    match scope {
        Scope::All => all,
        Scope::Only(these) => {
            let these: Vec<Option<EstablishmentId>> = these.iter().copied().map(Some).collect();
            all.filter(licence::establishment_id.eq_any(these))
        }
    }
}

/// The rows beside a place in an order by one column and the id: first those of the same key, then
/// those beyond it, each a range of one index.
macro_rules! along {
    ($conn:expr, $reach:expr, $column:expr, $key:expr, $base:expr) => {{
        let (reach, base) = ($reach, $base);
        let mut rows: Vec<Row> = Vec::new();
        if let Some((key, id)) = reach.edge {
            let key = $key(key);
            let same = base().filter($column.eq(key.clone())).limit(reach.n);
            let same = if reach.is_down {
                same.filter(licence::id.lt(id)).order(licence::id.desc())
            } else {
                same.filter(licence::id.gt(id)).order(licence::id.asc())
            };
            rows = same.select(Row::as_select()).load($conn)?;
            let left = reach.n - i64::try_from(rows.len()).unwrap_or(reach.n);
            if left > 0 {
                let rest = base().limit(left).select(Row::as_select());
                rows.extend(if reach.is_down {
                    rest.filter($column.lt(key))
                        .order(($column.desc(), licence::id.desc()))
                        .load($conn)?
                } else {
                    rest.filter($column.gt(key))
                        .order(($column.asc(), licence::id.asc()))
                        .load($conn)?
                });
            }
        } else {
            let all = base().limit(reach.n).select(Row::as_select());
            rows.extend(if reach.is_down {
                all.order(($column.desc(), licence::id.desc()))
                    .load($conn)?
            } else {
                all.order(($column.asc(), licence::id.asc())).load($conn)?
            });
        }
        rows
    }};
}

/// `n` licences along a way.
pub(super) fn read(
    conn: &mut Conn,
    scope: &Scope,
    way: &Way,
    reach: &Reach<'_>,
) -> Result<Vec<Licence>, Error> {
    let base = || narrowed(scope, way);
    let text = |key: &str| key.to_owned();
    let number = |key: &str| key.parse::<i64>().unwrap_or(0);
    let rows: Vec<Row> = match way {
        Way::All(Order::Newest | Order::Oldest)
        | Way::State(_)
        | Way::Software(_)
        | Way::Source(_) => {
            let moment = |key: &str| Millis(number(key));
            along!(conn, reach, licence::uploaded_at, moment, base)
        }
        Way::All(Order::Serial | Order::SerialDown) => {
            along!(conn, reach, licence::serial_key, text, base)
        }
        Way::All(Order::Until | Order::UntilDown) | Way::Ends(..) => {
            along!(conn, reach, licence::until_key, number, base)
        }
        Way::All(Order::File | Order::FileDown) | Way::File(_) => {
            along!(conn, reach, licence::file_search, text, base)
        }
        Way::All(Order::Tid) | Way::Tid(_) => along!(conn, reach, licence::tid_search, text, base),
    };
    Ok(rows.into_iter().map(Licence::from).collect())
}

/// The same as entries of an index: key and id alone.
pub(super) fn entries(
    conn: &mut Conn,
    scope: &Scope,
    way: &Way,
    reach: &Reach<'_>,
) -> Result<Vec<Entry>, Error> {
    let rows = read(conn, scope, way, reach)?;
    let entry = |it: &Licence| (key_of(it, way.order()), it.id.0);
    Ok(rows.iter().map(entry).collect())
}

/// The ids along a way, at most `n`, for choosing between ways.
pub(super) fn ids(
    conn: &mut Conn,
    scope: &Scope,
    way: &Way,
    n: i64,
) -> Result<Vec<LicenceId>, Error> {
    let query = narrowed(scope, way).select(licence::id).limit(n);
    // Candidates are taken in the order of the way's index, so that they are cut alike each time.
    let query = match way {
        Way::Tid(_) => query.order((licence::tid_search.asc(), licence::id.asc())),
        Way::File(_) => query.order((licence::file_search.asc(), licence::id.asc())),
        Way::Ends(..) => query.order((licence::until_key.asc(), licence::id.asc())),
        Way::All(_) | Way::State(_) | Way::Software(_) | Way::Source(_) => {
            query.order((licence::uploaded_at.desc(), licence::id.desc()))
        }
    };
    Ok(query.load(conn)?)
}

fn narrowed(scope: &Scope, way: &Way) -> Boxed {
    let query = scoped(scope);
    let current = |query: Boxed| query.filter(licence::is_current.eq(true));
    match way {
        Way::All(_) => current(query),
        Way::State(state) => query.filter(licence::state.eq(state.code())),
        Way::Software(key) => current(query).filter(licence::software_key.eq(key.clone())),
        Way::Ends(from, to) => current(query)
            .filter(licence::until_key.ge(*from))
            .filter(licence::until_key.lt(*to)),
        Way::Tid(text) => {
            let query = current(query).filter(licence::tid_search.ge(text.clone()));
            match after_prefix(text) {
                Some(bound) => query.filter(licence::tid_search.lt(bound)),
                None => query,
            }
        }
        Way::File(text) => {
            let query = current(query).filter(licence::file_search.ge(text.clone()));
            match after_prefix(text) {
                Some(bound) => query.filter(licence::file_search.lt(bound)),
                None => query,
            }
        }
        Way::Source(client) => query
            .filter(licence::source.eq("client"))
            .filter(licence::source_id.eq(*client)),
    }
}

/// How many a way leaves, `most` at most.
pub(super) fn count(conn: &mut Conn, scope: &Scope, way: &Way, most: i64) -> Result<i64, Error> {
    db::count(conn, narrowed(scope, way).select(licence::id).limit(most))
}

/// These licences, in no order.
pub(super) fn these(conn: &mut Conn, ids: &[LicenceId]) -> Result<Vec<Licence>, Error> {
    let mut all = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let rows: Vec<Row> = licence::table
            .filter(licence::id.eq_any(some.to_vec()))
            .select(Row::as_select())
            .load(conn)?;
        all.extend(rows.into_iter().map(Licence::from));
    }
    Ok(all)
}

/// How many current licences end in each of these spans, each counted up to `most`.
pub(super) fn count_ends(
    conn: &mut Conn,
    scope: &Scope,
    spans: &[(i64, i64)],
    most: i64,
) -> Result<Vec<i64>, Error> {
    let mut counts = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        counts.push(count(conn, scope, &Way::Ends(*from, *to), most)?);
    }
    Ok(counts)
}
