//! One record by its place, for whoever lists what logs tell.
use super::leaf::{self, Which};
use super::model::Held;
use super::shown::{self, Words};
use super::store;
use crate::access::Scope;
use crate::context::Ctx;
use crate::ids::LogId;
use crate::monitoring::Error;
use crate::views::Lang;
use serde_json::{Value, json};

/// The record that begins at this byte of a log, as the log's own page shows it, with the name of the log; `None` when
/// the log is no longer kept, or the scope does not hold it.
pub(in crate::monitoring) async fn message(
    ctx: &Ctx,
    (log, at): (LogId, i64),
    (scope, lang): (&Scope, Lang),
) -> Result<Option<Value>, Error> {
    let scope = scope.clone();
    let reading = ctx.db.read(move |conn| {
        let Some(found) = store::find(conn, log, &scope)? else {
            return Ok(None);
        };
        let piece = store::piece_of(conn, log, Held::Byte(at))?;
        Ok::<_, Error>(piece.map(|piece| (found, piece)))
    });
    let Some((log, piece)) = reading.await? else {
        return Ok(None);
    };
    let lines = leaf::lines(ctx, &log, piece, Which::From(Held::Byte(at), 1)).await?;
    let own = format!("/monitoring/logs/{}", log.id);
    let line = lines.iter().find(|line| line.at == at);
    Ok(line.map(|line| {
        let mut told = shown::record(line, &own, &mut Words::new(lang));
        told["log"] = json!({ "name": log.name, "own": own });
        told
    }))
}
