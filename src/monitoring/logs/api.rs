//! Logs for programs: the lists, one log, its records, and what is found in it.
use super::asked::Asked;
use super::leaf::{self, Leaf, Line, Place};
use super::list::Around;
use super::model::{Counts, Kind, Log};
use super::save::{self, Chosen};
use super::search::{self, Needle};
use super::shown::{self, Words};
use super::{hex, list_ops, store};
use crate::access::{Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Page};
use crate::ids::LogId;
use crate::monitoring::Error;
use crate::monitoring::exchanges;
use crate::views::Lang;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let sees = Needs::Permission(Permission::MonitoringView);
    let takes = Needs::Permission(Permission::LogsDownload);
    mount.api(Method::GET, "/api/v1/logs", sees, list);
    mount.api(Method::GET, "/api/v1/logs.zip", takes, archive);
    mount.api(Method::GET, "/api/v1/logs/{id}", sees, show);
    mount.api(Method::GET, "/api/v1/logs/{id}/records", sees, records);
    mount.api(Method::GET, "/api/v1/logs/{id}/search", sees, find);
    mount.api(Method::GET, "/api/v1/logs/{id}/content", takes, save::one);
}

/// This part of the API's description.
pub(in crate::monitoring) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(list, archive, show, records, find, save::one))]
    struct Paths;
    Paths::openapi()
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Log)]
struct LogDto {
    id: LogId,
    /// `ecr` or `pos`.
    kind: &'static str,
    /// TID of the terminal that sent it.
    terminal: String,
    model: Option<String>,
    /// Code of the point of service where the terminal stands now.
    point_of_service: Option<String>,
    /// Code of the establishment where it stood when the log began.
    establishment: Option<String>,
    /// Empty where the terminal named none.
    till: String,
    /// The day that it tells of, such as `2026-11-25`.
    day: String,
    /// As the terminal calls it.
    name: String,
    format: &'static str,
    encoding: &'static str,
    /// The terminal said that nothing follows.
    whole: bool,
    /// It grows no more, whole or not: its terminal was moved or got another device, or sent another file under its
    /// name, or sent this one for longer than logs are kept.
    ended: bool,
    /// What of the terminal's file stands in other logs before this one.
    before_bytes: i64,
    size_bytes: i64,
    /// What it takes, packed.
    stored_bytes: i64,
    records: i64,
    /// Records that could not be read as their format says.
    unread: i64,
    /// What was overwritten before it was stored.
    scrubbed: Counts,
    begun_at: Millis,
    changed_at: Millis,
}

impl LogDto {
    fn of(it: Log, around: &Around) -> Self {
        let code = |of: Option<&(String, String)>| of.map(|(code, _)| code.clone());
        Self {
            id: it.id,
            kind: it.kind.name(),
            terminal: around.tid(&it).to_owned(),
            model: around.model(&it),
            point_of_service: code(around.point(&it)),
            establishment: code(around.establishment(&it)),
            day: it.day.to_string(),
            format: it.format.name(),
            encoding: it.encoding.name(),
            whole: it.whole,
            ended: it.ended,
            before_bytes: it.before_bytes,
            size_bytes: it.size_bytes,
            stored_bytes: it.stored_bytes,
            records: it.records,
            unread: it.unread,
            scrubbed: it.counts,
            begun_at: it.begun_at,
            changed_at: it.changed_at,
            till: it.till,
            name: it.name,
        }
    }
}

/// One log, and what of it the exchanges lack.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogWhole)]
struct WholeDto {
    #[serde(flatten)]
    log: LogDto,
    /// Messages that are not among the exchanges, for a part of the log holds more than 4,000.
    unlisted: i64,
    /// Messages that were not compared with everything they may belong to: their other half may stand apart.
    uncompared: i64,
}

/// Which of the two kinds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Of {
    /// `ecr` or `pos`.
    #[serde(default)]
    kind: String,
}

impl Of {
    fn kind(&self) -> Result<Kind, Error> {
        Kind::named(&self.kind).ok_or_else(|| Error::field("kind", "log.no-such-kind"))
    }
}

/// Logs of one kind, the newest day first. Several conditions at once are looked for among 2,000 logs at a
/// time: such a page is `capped`, and `next` goes on from there.
#[utoipa::path(get, path = "/api/v1/logs", tag = "Monitoring", params(Of, Asked),
    responses((status = 200, body = Page<LogDto>), (status = 422)))]
async fn list(
    ctx: web::Data<Ctx>,
    caller: Caller,
    (of, asked): (web::Query<Of>, web::Query<Asked>),
) -> Result<HttpResponse, Failure> {
    let (scope, kind, turn) = (caller.actor()?.scope, of.kind()?, asked.turn()?);
    let reading = ctx.db.read(move |conn| {
        let search = asked.search(conn, &scope, kind)?;
        let page = list_ops::list(conn, &scope, &search, &turn)?;
        let around = Around::read(conn, &scope, &page.items)?;
        Ok::<_, Failure>(page.map(|it| LogDto::of(it, &around)))
    });
    Ok(HttpResponse::Ok().json(reading.await?))
}

async fn found(ctx: &Ctx, caller: &Caller, id: LogId) -> Result<(Log, Around), Failure> {
    let scope = caller.actor()?.scope;
    let reading = ctx.db.read(move |conn| {
        let log = store::find(conn, id, &scope)?.ok_or(Error::NoLog)?;
        let around = Around::read(conn, &scope, std::slice::from_ref(&log))?;
        Ok::<_, Error>((log, around))
    });
    Ok(reading.await?)
}

/// One log, without what is in it.
#[utoipa::path(get, path = "/api/v1/logs/{id}", tag = "Monitoring", params(("id" = i64, Path)),
    responses((status = 200, body = WholeDto), (status = 404, description = "`log.unknown`")))]
async fn show(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LogId>,
) -> Result<HttpResponse, Failure> {
    let (log, around) = found(&ctx, &caller, *id).await?;
    let id = log.id;
    let left = ctx.db.read(move |conn| exchanges::left(conn, id)).await;
    let left = left.map_err(Error::from)?;
    Ok(HttpResponse::Ok().json(WholeDto {
        log: LogDto::of(log, &around),
        unlisted: left.unlisted,
        uncompared: left.uncompared,
    }))
}

/// A part of a record that has a name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogField)]
struct FieldDto {
    /// Stable, such as `iso-2` or `zvt-bmp-22`.
    key: String,
    /// As the format itself calls it.
    label: String,
    value: String,
    /// How deep inside other fields it stands.
    depth: u8,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogRecord)]
struct RecordDto {
    /// From 1.
    number: i64,
    /// Where it begins in the log.
    at: i64,
    length: usize,
    /// As the record states it.
    time: Option<String>,
    /// `from-till`, `to-till`, `to-host` or `from-host`.
    direction: Option<&'static str>,
    /// What it is, as a stable code.
    kind: Option<String>,
    text: String,
    fields: Vec<FieldDto>,
    /// Why it could not be read: `truncated`, `too-long`, `malformed` or `bad-check-sum`.
    trouble: Option<&'static str>,
    /// Its bytes in hexadecimal, scrubbed. Who may see monitoring may read them, as on pages; the permission to
    /// download logs is for whole files.
    raw: String,
}

impl From<Line> for RecordDto {
    fn from(line: Line) -> Self {
        let it = line.record;
        let fields = it.fields.into_iter().map(|field| FieldDto {
            key: field.key,
            label: field.label,
            value: field.value,
            depth: field.depth,
        });
        Self {
            number: line.number + 1,
            at: line.at,
            length: line.raw.len(),
            time: it.time,
            direction: it.direction.map(shown::way),
            kind: it.kind,
            text: it.text,
            fields: fields.collect(),
            trouble: it.trouble.map(shown::trouble),
            raw: hex::digits(&line.raw),
        }
    }
}

/// Where in a log.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Where {
    /// The byte from which on records are told; 0 when absent.
    from: Option<i64>,
    /// The byte before which they end.
    before: Option<i64>,
    /// The number of the first of them, from 1.
    record: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogRecords)]
struct RecordsDto {
    items: Vec<RecordDto>,
    /// `from` for what follows; null at the end of the log.
    next_from: Option<i64>,
    /// `before` for what lies before; null at its beginning.
    prev_before: Option<i64>,
}

/// Records of a log, up to 200 of them or 64 KiB, from anywhere in it.
#[utoipa::path(get, path = "/api/v1/logs/{id}/records", tag = "Monitoring",
    params(("id" = i64, Path), Where),
    responses((status = 200, body = RecordsDto), (status = 404, description = "`log.unknown`")))]
async fn records(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LogId>,
    at: web::Query<Where>,
) -> Result<HttpResponse, Failure> {
    let (log, _) = found(&ctx, &caller, *id).await?;
    let place = match (at.record, at.before) {
        (Some(n), _) => Place::Record(n.saturating_sub(1).max(0)),
        (None, Some(end)) => Place::Before(end.max(0)),
        (None, None) => Place::At(at.from.unwrap_or(0).max(0)),
    };
    let Leaf { lines, from, to } = leaf::leaf(&ctx, &log, place).await?;
    Ok(HttpResponse::Ok().json(RecordsDto {
        items: lines.into_iter().map(RecordDto::from).collect(),
        next_from: (to < log.size_bytes).then_some(to),
        prev_before: (from > 0).then_some(from),
    }))
}

/// What to search for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Sought {
    /// Text, whatever its case, in what is decoded; or bytes as `hex:04 0f`.
    #[serde(default)]
    q: String,
    /// The byte from which on to search.
    #[serde(default)]
    from: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogMatches)]
struct MatchesDto {
    items: Vec<RecordDto>,
    /// `from` to search on; null where the log is at its end. It may be there though nothing was found.
    next_from: Option<i64>,
}

/// Searches a log: up to 8 MiB or 50 matches at a time.
#[utoipa::path(get, path = "/api/v1/logs/{id}/search", tag = "Monitoring",
    params(("id" = i64, Path), Sought),
    responses((status = 200, body = MatchesDto), (status = 404, description = "`log.unknown`"),
              (status = 422, description = "`log.nothing-sought`, `log.no-hex` or `log.search-too-long`")))]
async fn find(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LogId>,
    sought: web::Query<Sought>,
) -> Result<HttpResponse, Failure> {
    let (log, _) = found(&ctx, &caller, *id).await?;
    let needle = Needle::parse(&sought.q)?;
    let needle = needle.ok_or_else(|| Error::field("q", "log.nothing-sought"))?;
    let words = Words::new(Lang::En);
    let found = search::search(&ctx, &log, &needle, sought.from, words).await?;
    Ok(HttpResponse::Ok().json(MatchesDto {
        items: found.lines.into_iter().map(RecordDto::from).collect(),
        next_from: found.on_from,
    }))
}

/// Which logs to pack.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Their numbers with commas between; all that the filters leave when absent.
    #[serde(default)]
    id: String,
}

/// Logs as one zip, unpacked in it: those named, or all that the filters leave, up to 500 logs and 4 GiB.
#[utoipa::path(get, path = "/api/v1/logs.zip", tag = "Monitoring", params(Of, Which, Asked),
    responses((status = 200, content_type = "application/zip", body = [u8]),
              (status = 422, description = "`log.none-chosen`, `log.too-many-chosen` or `log.narrow-search`"),
              (status = 503, description = "`log.too-many-archives`: eight are being written")))]
async fn archive(
    ctx: web::Data<Ctx>,
    caller: Caller,
    (of, which, asked): (web::Query<Of>, web::Query<Which>, web::Query<Asked>),
) -> Result<HttpResponse, Failure> {
    let kind = of.kind()?;
    let chosen = if which.id.is_empty() {
        Chosen::Matching(Box::new(asked.into_inner()))
    } else {
        let numbers = which.id.split(',').filter_map(|id| id.trim().parse().ok());
        Chosen::These(numbers.map(LogId).collect())
    };
    save::many(&ctx, &caller, kind, chosen).await
}
