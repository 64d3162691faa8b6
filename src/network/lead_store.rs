//! The indexes that lists of places are read by. Each [`Lead`] is the beginning of one.
use super::model::Status;
use super::schema::{
    network_establishment as establishment, network_establishment_term as establishment_term,
    network_point_of_service as point, network_point_term as point_term,
};
use crate::db::{Conn, Entry, Error};
use crate::fold::Terms;
use crate::ids::EstablishmentId;
use crate::{entries, entries_of_terms};
use diesel::prelude::*;

/// What a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Establishments,
    Points,
}

/// Which index, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lead {
    Name,
    /// Points of service of one establishment, by name.
    Within(EstablishmentId),
    Code,
    /// Those in business, or those that are not, by name.
    Status(Status),
    Term(Terms),
}

/// Codes are unique, so their index alone orders them.
macro_rules! by_code {
    ($conn:expr, $table:ident, $after:expr, $is_down:expr, $n:expr) => {{
        let mut query = $table::table
            .select(($table::code, $table::id))
            .limit($n)
            .into_boxed();
        query = match ($after, $is_down) {
            (Some((key, _)), false) => query.filter($table::code.gt(key)),
            (Some((key, _)), true) => query.filter($table::code.lt(key)),
            (None, _) => query,
        };
        let query = if $is_down {
            query.order($table::code.desc())
        } else {
            query.order($table::code.asc())
        };
        query.load($conn)?
    }};
}

/// The next `n` entries of a lead after one of them.
pub(super) fn entries(
    conn: &mut Conn,
    (kind, lead): (Kind, &Lead),
    after: Option<&Entry>,
    is_down: bool,
    n: i64,
) -> Result<Vec<Entry>, Error> {
    let after = after.cloned();
    Ok(match (kind, lead) {
        (Kind::Establishments, Lead::Code) => by_code!(conn, establishment, after, is_down, n),
        (Kind::Points, Lead::Code) => by_code!(conn, point, after, is_down, n),
        (Kind::Establishments, Lead::Term(terms)) => {
            let id = establishment_term::establishment_id;
            let (query, term) = (
                establishment_term::table.into_boxed(),
                establishment_term::term,
            );
            entries_of_terms!(conn, query, term, id, terms, after, is_down, n)
        }
        (Kind::Points, Lead::Term(terms)) => {
            let id = point_term::point_id;
            let (query, term) = (point_term::table.into_boxed(), point_term::term);
            entries_of_terms!(conn, query, term, id, terms, after, is_down, n)
        }
        (Kind::Establishments, Lead::Status(status)) => {
            let (query, key) = (establishment::table, establishment::search);
            let query = query
                .filter(establishment::status.eq(status.code()))
                .into_boxed();
            entries!(conn, query, key, establishment::id, after, is_down, n)
        }
        (Kind::Points, Lead::Status(status)) => {
            let query = point::table
                .filter(point::status.eq(status.code()))
                .into_boxed();
            entries!(conn, query, point::search, point::id, after, is_down, n)
        }
        (Kind::Establishments, Lead::Name | Lead::Within(_)) => {
            let (query, key) = (establishment::table.into_boxed(), establishment::search);
            entries!(conn, query, key, establishment::id, after, is_down, n)
        }
        (Kind::Points, Lead::Within(id)) => {
            let query = point::table
                .filter(point::establishment_id.eq(*id))
                .into_boxed();
            entries!(conn, query, point::search, point::id, after, is_down, n)
        }
        (Kind::Points, Lead::Name) => {
            let query = point::table.into_boxed();
            entries!(conn, query, point::search, point::id, after, is_down, n)
        }
    })
}
