//! Reading and changing how the distributor names his files.
use super::error::Error;
use super::naming_store::{self, Naming};
use super::pattern_model::Pattern;
use crate::access::{Actor, Scope, change as audited};
use crate::clock::Millis;
use crate::db::{Conn, Tx};
use serde_json::json;

pub(super) fn naming(conn: &mut Conn) -> Result<Naming, Error> {
    Ok(naming_store::find(conn)?)
}

/// The pattern that names are read by. One that an older program could read and this one cannot reads
/// nothing.
pub(super) fn pattern(conn: &mut Conn) -> Result<Option<Pattern>, Error> {
    Ok(Pattern::parse(&naming_store::find(conn)?.pattern).ok())
}

pub(super) fn change(
    tx: &mut Tx,
    actor: &Actor,
    (text, seen): (&str, Option<i64>),
    now: Millis,
) -> Result<(), Error> {
    if actor.scope != Scope::All {
        return Err(Error::ScopeTooNarrow);
    }
    let text = text.trim();
    Pattern::parse(text).map_err(|code| Error::Invalid(vec![("pattern", code)]))?;
    let before = naming_store::find(tx)?;
    let seen = seen.unwrap_or(before.version);
    if before.pattern == text && before.version == seen {
        return Ok(());
    }
    if !naming_store::change(tx, text, seen, (actor.who.name(), now))? {
        return Err(Error::Stale);
    }
    tx.record(
        audited(actor, now, "licence.naming", "setting", "licences")
            .before(json!({ "file_pattern": before.pattern }))
            .after(json!({ "file_pattern": text })),
    );
    Ok(())
}
