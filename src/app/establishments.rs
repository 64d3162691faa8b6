//! What `access` is told of establishments, which belong to a room that stands above it.
use crate::access::{Establishment, Establishments, Scope};
use crate::db::{self, Conn};
use crate::http::Turn;
use crate::ids::EstablishmentId;
use crate::network::{self, Search};

/// One list of boxes holds at most this many.
const FEW: i64 = 200;
/// What one search shows.
const FOUND: i64 = 50;
/// Values that one statement takes.
const AT_ONCE: usize = 1_000;

pub const ESTABLISHMENTS: Establishments = Establishments {
    by_code,
    by_id,
    few,
    find,
};

fn by_code(
    conn: &mut Conn,
    scope: &Scope,
    codes: &[String],
) -> Result<Vec<Establishment>, db::Error> {
    let mut all = Vec::new();
    for some in codes.chunks(AT_ONCE) {
        let found = network::find_establishments(conn, scope, some).map_err(plain)?;
        all.extend(found.into_iter().map(known));
    }
    Ok(all)
}

fn by_id(conn: &mut Conn, ids: &[EstablishmentId]) -> Result<Vec<Establishment>, db::Error> {
    let mut all = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let found = network::names_of_establishments(conn, some)?.into_iter();
        all.extend(found.map(|(id, (code, name))| Establishment { id, code, name }));
    }
    Ok(all)
}

fn few(conn: &mut Conn, scope: &Scope) -> Result<Option<Vec<Establishment>>, db::Error> {
    let (all, more) = read(conn, scope, "", FEW)?;
    Ok((!more).then_some(all))
}

fn find(
    conn: &mut Conn,
    scope: &Scope,
    text: &str,
) -> Result<(Vec<Establishment>, bool), db::Error> {
    read(conn, scope, text, FOUND)
}

fn read(
    conn: &mut Conn,
    scope: &Scope,
    text: &str,
    rows: i64,
) -> Result<(Vec<Establishment>, bool), db::Error> {
    let search = Search {
        text: text.to_owned(),
        ..Search::default()
    };
    let turn = Turn {
        rows,
        ..Turn::default()
    };
    let page = network::list_establishments(conn, scope, &search, &turn).map_err(plain)?;
    let more = page.next.is_some();
    Ok((page.items.into_iter().map(known).collect(), more))
}

fn known(it: network::Establishment) -> Establishment {
    Establishment {
        id: it.id,
        code: it.code,
        name: it.name,
    }
}

/// Whoever looks for establishments breaks no rule of theirs, so nothing but the database can fail.
fn plain(cause: network::Error) -> db::Error {
    match cause {
        network::Error::Db(cause) => cause,
        other => db::Error::Fault(other.into()),
    }
}
