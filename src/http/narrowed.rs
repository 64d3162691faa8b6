//! Lists that conditions narrow, each of which an index serves.
//!
//! A condition is known by the streams that hold what it leaves, all in the order of the list. One alone is read
//! along them, and exact. Of several, whichever leaves little is read whole and looked through for the others;
//! where none does, the list is walked along the first of them.
use super::{COUNTED, Counted, Found, LOOKED_THROUGH, Page, Turn, Walk, placed};
use crate::db::{Conn, Entry, Error, Spot};
use std::collections::HashSet;

/// Streams that are read side by side; what a condition of more leaves is only looked for.
const SIDE_BY_SIDE: usize = 64;

/// A list with what narrows it.
pub trait Narrowed {
    /// Which index, and where in it.
    type Lead: Clone;
    type Row;

    /// The stream of every row.
    const ALL: Self::Lead;

    /// Of each condition its streams; what is likely to leave least comes first.
    fn conditions(&self) -> &[Vec<Self::Lead>];

    /// The next `n` entries of a stream after one of them.
    fn entries(
        &self,
        conn: &mut Conn,
        lead: &Self::Lead,
        after: Option<&Entry>,
        is_down: bool,
        n: i64,
    ) -> Result<Vec<Entry>, Error>;

    /// These rows, in no order, each with its id.
    fn rows(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, Self::Row)>, Error>;

    /// Whether the stream holds this row.
    fn is_of(row: &Self::Row, lead: &Self::Lead) -> bool;

    /// How many rows there are when nothing narrows them, where that is known without a look at them.
    fn total(&self, _: &mut Conn) -> Result<Option<i64>, Error> {
        Ok(None)
    }

    /// Among how many rows of the first condition those are counted that all of them leave.
    fn counted_among(&self) -> usize {
        usize::try_from(COUNTED).unwrap_or_default()
    }
}

impl<T> Found<T> {
    /// A page of a list that conditions narrow.
    pub fn narrowed<N: Narrowed<Row = T>>(
        conn: &mut Conn,
        list: &N,
        turn: &Turn,
        is_down: bool,
    ) -> Result<Page<T>, Error> {
        let (conditions, all) = (list.conditions(), [N::ALL]);
        let mut ways: Vec<&[N::Lead]> = conditions
            .iter()
            .map(Vec::as_slice)
            .filter(|leads| leads.len() <= SIDE_BY_SIDE)
            .collect();
        let is_all = ways.len() == conditions.len() && ways.len() <= 1;
        if ways.is_empty() {
            ways.push(&all);
        }
        let first = ways.first().copied().unwrap_or(&all);
        if is_all {
            let counted = count(conn, list, first)?;
            let found = walk(conn, list, (first, Walk::Matching), turn, is_down)?;
            return Ok(found.page(turn, counted));
        }
        for leads in ways {
            let spots = spots(conn, list, leads, LOOKED_THROUGH + 1)?;
            if spots.len() <= LOOKED_THROUGH {
                let all = keep(conn, list, spots)?;
                let counted = Counted::all(all.len());
                return Ok(Self::of_all(all, turn, is_down).page(turn, counted));
            }
        }
        let most = list.counted_among();
        let mut some = spots(conn, list, first, most.saturating_add(1))?;
        let is_all = some.len() <= most;
        some.truncate(most);
        let counted = Counted::of(keep(conn, list, some)?.len(), is_all);
        let found = walk(conn, list, (first, Walk::Looking), turn, is_down)?;
        Ok(found.page(turn, counted))
    }
}

/// How many these streams hold, as far as lists count.
fn count<N: Narrowed>(conn: &mut Conn, list: &N, leads: &[N::Lead]) -> Result<Counted, Error> {
    let total = if list.conditions().is_empty() {
        list.total(conn)?
    } else {
        None
    };
    if let Some(n) = total {
        let n = n.min(COUNTED + 1);
        return Ok(Counted { n, is_all: true });
    }
    let most = usize::try_from(COUNTED + 1).unwrap_or(usize::MAX);
    Ok(Counted::all(spots(conn, list, leads, most)?.len()))
}

fn walk<N: Narrowed>(
    conn: &mut Conn,
    list: &N,
    (leads, how): (&[N::Lead], Walk),
    turn: &Turn,
    is_down: bool,
) -> Result<Found<N::Row>, Error> {
    let leads = leads.iter().map(|lead| (0, lead.clone())).collect();
    Found::walk(
        conn,
        (leads, how),
        (turn, is_down),
        |conn, lead, after, n| list.entries(conn, lead, after, is_down, n),
        |conn, spots| keep(conn, list, spots),
    )
}

/// The last of what these streams hold, each once, so many at most.
fn spots<N: Narrowed>(
    conn: &mut Conn,
    list: &N,
    leads: &[N::Lead],
    most: usize,
) -> Result<Vec<Spot>, Error> {
    let (mut all, mut seen) = (Vec::new(), HashSet::new());
    for lead in leads {
        let left = most.saturating_sub(all.len());
        if left == 0 {
            break;
        }
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        let found = list.entries(conn, lead, None, true, left)?.into_iter();
        let new = found.filter(|(_, id)| seen.insert(*id));
        all.extend(new.map(|(key, id)| Spot { rank: 0, key, id }));
    }
    Ok(all)
}

/// What the conditions leave of these places, in their order.
fn keep<N: Narrowed>(
    conn: &mut Conn,
    list: &N,
    spots: Vec<Spot>,
) -> Result<Vec<(Spot, N::Row)>, Error> {
    let ids: Vec<i64> = spots.iter().map(|spot| spot.id).collect();
    let fits = |(_, row): &(i64, N::Row)| {
        let mut conditions = list.conditions().iter();
        conditions.all(|leads| leads.iter().any(|lead| N::is_of(row, lead)))
    };
    let mut kept = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LOOKED_THROUGH) {
        kept.extend(N::rows(conn, ids)?.into_iter().filter(fits));
    }
    Ok(placed(spots, kept))
}
