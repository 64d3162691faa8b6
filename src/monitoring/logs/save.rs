//! Logs that people and programs carry away: one as it is stored, or many in an archive. Who took what is
//! written down before the first byte leaves.
use super::asked::Asked;
use super::list::Around;
use super::list_ops::{self, Search};
use super::model::{Kind, Log};
use super::{bundle, list_store, store};
use crate::access::{Actor, Caller, Scope, change};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::{Conn, Tx};
use crate::formats::{Encoding, Format};
use crate::http::{COUNTED, Failure, Turn, attachment};
use crate::ids::LogId;
use crate::monitoring::Error;
use crate::monitoring::days::Day;
use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, web};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

/// The most that one archive holds: logs, and bytes of them.
pub(super) const LOGS: usize = 500;
pub(super) const BYTES: i64 = 4 << 30;

const DOWNLOAD: &str = "log.download";

/// A log that leaves, under the name that it is saved by.
#[derive(Debug, Clone)]
pub(super) struct Leaving {
    pub(super) log: Log,
    pub(super) tid: String,
}

impl Leaving {
    /// Without an ending: the terminal, the kind, the day, and its own name there.
    pub(super) fn name(&self) -> String {
        let Log {
            kind, day, name, ..
        } = &self.log;
        let name = format!("{}-{}-{day}-{name}", self.tid, kind.name());
        // Another log may be called the same.
        if self.log.ended {
            format!("{name}-{}", self.log.id)
        } else {
            name
        }
    }
}

/// Which logs an archive is to hold.
#[derive(Debug)]
pub(super) enum Chosen {
    These(Vec<LogId>),
    Matching(Box<Asked>),
}

/// How a log is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct How {
    /// `1`: as the terminal has it; packed with gzip when absent.
    #[serde(default)]
    plain: String,
}

fn note(tx: &mut Tx, actor: &Actor, it: &Leaving, now: Millis) {
    let log = &it.log;
    let what = json!({ "terminal": it.tid, "kind": log.kind.name(), "name": log.name,
                       "size_bytes": log.size_bytes });
    let taken = change(actor, now, DOWNLOAD, "log", log.id);
    tx.record(taken.after(what).within(log.establishment));
}

fn leaving(conn: &mut Conn, scope: &Scope, logs: Vec<Log>) -> Result<Vec<Leaving>, Error> {
    let around = Around::read(conn, scope, &logs)?;
    let named = |log: Log| Leaving {
        tid: around.tid(&log).to_owned(),
        log,
    };
    Ok(logs.into_iter().map(named).collect())
}

/// A log byte for byte as it is stored, or unpacked.
#[utoipa::path(get, path = "/api/v1/logs/{id}/content", tag = "Monitoring",
    params(("id" = i64, Path), How),
    responses((status = 200, description = "The log, scrubbed; gzip unless `plain=1`",
                   content_type = "application/gzip", body = [u8]),
              (status = 404, description = "`log.unknown`")))]
pub(super) async fn one(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LogId>,
    how: web::Query<How>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, id) = (caller.actor()?, ctx.now(), *id);
    let taking = ctx.db.write(move |tx| {
        let log = store::find(tx, id, &actor.scope)?.ok_or(Error::NoLog)?;
        let it = leaving(tx, &actor.scope, vec![log])?
            .pop()
            .ok_or(Error::NoLog)?;
        note(tx, &actor, &it, now);
        Ok::<_, Error>(it)
    });
    let it = taking.await?;
    let log = &it.log;
    let of = |n: i64| u64::try_from(n).unwrap_or_default();
    if matches!(how.plain.as_str(), "" | "0" | "false") {
        let mut answer = file(&format!("{}.gz", it.name()), "application/gzip");
        if log.stored_bytes == 0 {
            return Ok(answer.body(&bundle::EMPTY[..]));
        }
        let bytes = bundle::packed(&ctx, log).boxed_local();
        return Ok(answer.body(SizedStream::new(of(log.stored_bytes), bytes)));
    }
    let mut answer = file(&it.name(), content_type(log));
    let bytes = bundle::plain(&ctx, log).boxed_local();
    Ok(answer.body(SizedStream::new(of(log.size_bytes), bytes)))
}

fn file(name: &str, content_type: &str) -> HttpResponseBuilder {
    let mut answer = attachment(name, content_type);
    // What compresses answers has nothing to do here, and would hide the length.
    answer.insert_header((header::CONTENT_ENCODING, "identity"));
    answer
}

fn content_type(log: &Log) -> &'static str {
    match (log.format, log.encoding) {
        (Format::Zvt | Format::Iso8583(_), _) => "application/octet-stream",
        (Format::Ndjson, _) => "application/x-ndjson",
        (Format::Jpos | Format::Text | Format::ZvtLines, encoding) => match encoding {
            Encoding::Utf8 => "text/plain; charset=utf-8",
            Encoding::Cp1251 => "text/plain; charset=windows-1251",
            Encoding::Cp866 => "text/plain; charset=ibm866",
            Encoding::Latin1 => "text/plain; charset=iso-8859-1",
        },
    }
}

/// Many logs as one zip.
pub(super) async fn many(
    ctx: &web::Data<Ctx>,
    caller: &Caller,
    kind: Kind,
    chosen: Chosen,
) -> Result<HttpResponse, Failure> {
    let (actor, now) = (caller.actor()?, ctx.now());
    let turn = bundle::turn(ctx)?;
    let scope = actor.scope.clone();
    let choosing = ctx.db.read(move |conn| {
        let logs = match chosen {
            Chosen::These(ids) => these(conn, &scope, kind, ids)?,
            Chosen::Matching(asked) => {
                let search = asked.search(conn, &scope, kind)?;
                matching(conn, &scope, &search)?
            }
        };
        let bytes: i64 = logs.iter().map(|it| it.size_bytes).sum();
        if logs.is_empty() {
            return Err(Error::field("row", "log.none-chosen").into());
        }
        if logs.len() > LOGS || bytes > BYTES {
            return Err(Error::field("row", "log.too-many-chosen").into());
        }
        Ok::<_, Failure>(leaving(conn, &scope, logs)?)
    });
    let all = choosing.await?;
    let taken = all.clone();
    let noting = ctx.db.write(move |tx| {
        for it in &taken {
            note(tx, &actor, it, now);
        }
        Ok::<_, Error>(())
    });
    noting.await?;
    let name = format!("{}-logs-{}.zip", kind.name(), Day::of(now));
    let mut answer = file(&name, "application/zip");
    Ok(answer.streaming(bundle::zip(ctx, all, turn)))
}

fn these(
    conn: &mut Conn,
    scope: &Scope,
    kind: Kind,
    mut ids: Vec<LogId>,
) -> Result<Vec<Log>, Error> {
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(LOGS + 1);
    let mut found = list_store::these(conn, &ids)?;
    found.retain(|it| it.kind == kind && scope.holds(it.establishment));
    found.sort_by_key(|it| it.id);
    Ok(found)
}

/// All that match, one more than an archive holds at most.
fn matching(conn: &mut Conn, scope: &Scope, search: &Search) -> Result<Vec<Log>, Failure> {
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    let mut looked = 0;
    loop {
        let turn = Turn::parse(cursor.as_deref(), Some("200"))?;
        let page = list_ops::list(conn, scope, search, &turn)?;
        all.extend(page.items);
        looked += 1;
        cursor = page.next;
        // Of what no index knows, no more is looked through than lists count.
        if cursor.is_none() || all.len() > LOGS {
            return Ok(all);
        }
        if looked > COUNTED / 2_000 {
            return Err(Error::field("row", "log.narrow-search").into());
        }
    }
}
