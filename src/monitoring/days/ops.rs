//! Keeping what the counters say under the current day, and reading it as a trend.
use super::kept::{CONNECTIVITY, FACTS, condense};
use super::model::Day;
use super::store::{self, Count};
use crate::access::Scope;
use crate::db::{Conn, Error, Tx};
use crate::ids::EstablishmentId;
use crate::terminals::{self, Presence};
use std::collections::BTreeMap;

/// Establishments that are written in one transaction.
const AT_ONCE: i64 = 100;
/// As which the counters count everything once more.
const ALL: EstablishmentId = EstablishmentId(0);
/// Days that are kept: longer than a page looks back.
const KEPT: i32 = 400;

/// What is written in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// The fleet as a whole.
    Whole,
    /// The establishments after this one.
    After(EstablishmentId),
}

/// How many terminals had each value, by day.
pub type Trend = BTreeMap<Day, BTreeMap<String, i64>>;

/// Keeps one stretch of the current day, and forgets what is too old of it; says which one is left to keep.
pub fn keep(tx: &mut Tx, today: Day, stretch: Stretch) -> Result<Option<Stretch>, Error> {
    let (of, next) = match stretch {
        Stretch::Whole => (vec![ALL], Some(Stretch::After(ALL))),
        Stretch::After(last) => {
            let some = terminals::counted_establishments(tx, last, AT_ONCE)?;
            let next = some.last().map(|last| Stretch::After(*last));
            (some, next)
        }
    };
    if of.is_empty() {
        return Ok(None);
    }
    let mut all: Vec<Count> = terminals::counts_of_facts(tx, &of, &FACTS)?;
    if stretch == Stretch::Whole {
        let it = terminals::presence_counts(tx, &Scope::All)?;
        let each = [it.listening + it.online, it.late, it.disconnected, it.never];
        all.extend(connectivity(ALL, each));
    } else {
        for (establishment, it) in terminals::terminals_of_establishments(tx, &of)? {
            let each = [it.connected, it.late, it.disconnected, it.never];
            all.extend(connectivity(establishment, each));
        }
    }
    store::replace(tx, today, &of, &condense(all))?;
    store::forget(tx, today.before(KEPT), &of)?;
    Ok(next)
}

/// How terminals are connected, in the words of the analysis.
fn connectivity(of: EstablishmentId, each: [i64; 4]) -> impl Iterator<Item = Count> {
    let words = [
        Presence::Online,
        Presence::Late,
        Presence::Disconnected,
        Presence::Never,
    ];
    let count =
        move |(word, n): (Presence, i64)| (of, CONNECTIVITY.to_owned(), word.code().to_owned(), n);
    let all = words.into_iter().zip(each).map(count);
    all.filter(|(_, _, _, n)| *n > 0)
}

/// What a property came to on one day.
pub(in crate::monitoring) fn counts(
    conn: &mut Conn,
    scope: &Scope,
    establishment: Option<EstablishmentId>,
    name: &str,
    day: Day,
) -> Result<BTreeMap<String, i64>, Error> {
    let found = store::between(conn, scope, establishment, name, (day, day))?;
    Ok(found.into_iter().map(|(_, value, n)| (value, n)).collect())
}

/// What a property came to on each day of which something is kept.
pub fn trend(
    conn: &mut Conn,
    scope: &Scope,
    establishment: Option<EstablishmentId>,
    name: &str,
    days: (Day, Day),
) -> Result<Trend, Error> {
    let mut all = Trend::new();
    for (day, value, n) in store::between(conn, scope, establishment, name, days)? {
        all.entry(Day(day)).or_default().insert(value, n);
    }
    Ok(all)
}
