//! Lists of licences.
use super::model::{Licence, State};
use super::schema::licence_file as licence;
use super::store::Row;
use crate::access::Scope;
use crate::db::{Conn, Error};
use crate::fold::{after_prefix, fold};
use crate::http::{COUNTED, Turn};
use crate::ids::{EstablishmentId, LicenceId};
use diesel::prelude::*;

/// Which licences a list is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    /// Beginning of a TID or of a file name, as typed.
    pub(super) text: String,
    /// `None` is every current licence.
    pub(super) state: Option<State>,
}

/// Newest first: the rows of a page in reading order, and how many match.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    search: &Search,
    turn: &Turn,
) -> Result<(Vec<Licence>, i64), Error> {
    let matching = || {
        let mut query = licence::table.into_boxed();
        if let Scope::Only(these) = scope {
            let these: Vec<Option<EstablishmentId>> = these.iter().copied().map(Some).collect();
            query = query.filter(licence::establishment_id.eq_any(these));
        }
        query = match search.state {
            Some(state) => query.filter(licence::state.eq(state.code())),
            None => query.filter(licence::is_current.eq(true)),
        };
        let folded = fold(&search.text);
        match after_prefix(&folded).filter(|_| !folded.is_empty()) {
            None => query,
            Some(bound) => query.filter(
                (licence::tid_search.ge(folded.clone()))
                    .and(licence::tid_search.lt(bound.clone()))
                    .or(licence::file_search
                        .ge(folded)
                        .and(licence::file_search.lt(bound))),
            ),
        }
    };
    let counted: Vec<LicenceId> = matching()
        .select(licence::id)
        .limit(COUNTED + 1)
        .load(conn)?;
    let mut query = matching().select(Row::as_select()).limit(turn.limit());
    // Newest first means that reading on goes down the ids.
    query = match turn.edge() {
        (None, false) => query.order(licence::id.desc()),
        (None, true) => query.order(licence::id.asc()),
        (Some(at), false) => query
            .filter(licence::id.lt(at.id))
            .order(licence::id.desc()),
        (Some(at), true) => query.filter(licence::id.gt(at.id)).order(licence::id.asc()),
    };
    let rows: Vec<Row> = query.load(conn)?;
    let counted = i64::try_from(counted.len()).unwrap_or(i64::MAX);
    Ok((rows.into_iter().map(Licence::from).collect(), counted))
}
