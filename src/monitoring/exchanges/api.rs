//! Exchanges over the Management API.
use super::asked::Asked;
use super::error::Error;
use super::list;
use super::model::Side;
use super::moments;
use super::ops;
use super::store::{self, Row};
use super::table::tids;
use crate::access::Caller;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Page};
use crate::ids::{LogId, Tid};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a message stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExchangePlace)]
struct PlaceDto {
    log: LogId,
    /// The byte of the log that it begins at.
    offset: i64,
}

/// A request to a payment host and its answer, or what was left alone, as a POS log tells of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Exchange)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mark of its own that programs ask for by name"
)]
struct ExchangeDto {
    id: i64,
    terminal: Option<Tid>,
    /// `answered`, `unanswered`, `failed`, `alone` (an answer without a request), `notice` or `malformed`.
    state: String,
    /// The answer took more than 15 seconds, or came when the terminal had given up or reversed the request.
    late: bool,
    /// The answer does not grant what was asked for.
    declined: bool,
    /// A reversal named it.
    reversed: bool,
    /// It is `unanswered` only as far as its log came, which still grows.
    answer_may_come: bool,
    /// Absent when the log tells no time that is known in UTC.
    requested_at: Option<Millis>,
    answered_at: Option<Millis>,
    /// Where the log tells no such time: what the terminal's own clock showed, without a zone.
    requested_local: Option<String>,
    answered_local: Option<String>,
    /// By what it is listed and narrowed: `requested_at`, or `answered_at`; else the local time in the establishment's
    /// time zone; else field 7, in the year of the log's day; else the time of what stands before it, or that day.
    listed_at: Millis,
    /// By the times in UTC, or by two local times of one log.
    round_trip_ms: Option<i64>,
    /// As the log states it.
    stated_time: Option<String>,
    /// How often the request was sent.
    tries: i64,
    /// What went wrong, such as `time-out`.
    failure: Option<String>,
    host: Option<String>,
    request_mti: Option<String>,
    answer_mti: Option<String>,
    processing_code: Option<String>,
    /// In minor units.
    amount: Option<i64>,
    /// As stated, by number or by letters.
    currency: Option<String>,
    stan: Option<String>,
    rrn: Option<String>,
    /// Field 41.
    stated_terminal: Option<String>,
    /// Field 39.
    result: Option<String>,
    /// As scrubbed.
    card: Option<String>,
    request: Option<PlaceDto>,
    answer: Option<PlaceDto>,
}

impl ExchangeDto {
    fn of(it: Row, terminal: Option<Tid>, answer_may_come: bool) -> Self {
        let sides = it.sides();
        let local = |side: Option<Side>| Some(moments::local(side?.wall?));
        let place = |log, offset: Option<i64>| {
            Some(PlaceDto {
                log,
                offset: offset?,
            })
        };
        Self {
            id: it.id,
            terminal,
            request: place(it.log_id, it.request_at),
            answer: it.answer_log.and_then(|log| place(log, it.answer_at)),
            state: it.state,
            late: it.late,
            declined: it.declined,
            reversed: it.reversed,
            answer_may_come,
            requested_at: it.begun_ms,
            answered_at: it.answered_ms,
            requested_local: local(sides.request),
            answered_local: local(sides.answer),
            listed_at: Millis(it.sort_ms),
            round_trip_ms: it.round_trip_ms,
            stated_time: it.stated_time,
            tries: it.tries,
            failure: it.failure,
            host: it.host,
            request_mti: it.mti,
            answer_mti: it.answer_mti,
            processing_code: it.processing_code,
            amount: it.amount,
            currency: it.currency,
            stan: it.stan,
            rrn: it.rrn,
            stated_terminal: it.stated_terminal,
            result: it.result,
            card: it.card,
        }
    }
}

/// One of them, and which others took it back or are taken back by it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OneExchange)]
struct OneDto {
    #[serde(flatten)]
    it: ExchangeDto,
    /// The first exchange that reversed it.
    reversal: Option<i64>,
    /// The exchange that it reverses.
    reverses: Option<i64>,
}

/// Exchanges with payment hosts, the newest first. Where each of several filters leaves more than 2,000, a page
/// for which 2,000 were looked through is `capped`, and `next` goes on from there.
#[utoipa::path(get, path = "/api/v1/exchanges", tag = "Monitoring", params(Asked),
    responses((status = 200, body = Page<ExchangeDto>)))]
pub(in crate::monitoring) async fn exchanges(
    ctx: web::Data<Ctx>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, turn, now) = (caller.actor()?.scope, asked.turn()?, ctx.now());
    let read = ctx.db.read(move |conn| {
        let filter = asked.filter(conn)?;
        let page = list::list(conn, &scope, &filter, &turn).map_err(Error::from)?;
        let tids = tids(conn, &page.items).map_err(Error::from)?;
        let awaited = ops::awaited(conn, &page.items, now).map_err(Error::from)?;
        Ok::<_, Failure>(page.map(|row| {
            let tid = tids.get(&row.terminal_id).cloned();
            let may_come = awaited.contains(&row.id);
            ExchangeDto::of(row, tid, may_come)
        }))
    });
    Ok(HttpResponse::Ok().json(read.await?))
}

/// One exchange.
#[utoipa::path(get, path = "/api/v1/exchanges/{id}", tag = "Monitoring",
    params(("id" = i64, Path)),
    responses((status = 200, body = OneDto), (status = 404, description = "`exchange.unknown`")))]
pub(in crate::monitoring) async fn exchange(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Failure> {
    let (scope, id, now) = (caller.actor()?.scope, *id, ctx.now());
    let read = ctx.db.read(move |conn| {
        let row = store::find(conn, &scope, id)?.ok_or(Error::Unknown)?;
        let tid = tids(conn, std::slice::from_ref(&row))?.remove(&row.terminal_id);
        let (reversal, reverses) = ops::reversals(conn, &scope, &row)?;
        let may_come = !ops::awaited(conn, std::slice::from_ref(&row), now)?.is_empty();
        Ok::<_, Error>(OneDto {
            it: ExchangeDto::of(row, tid, may_come),
            reversal,
            reverses,
        })
    });
    Ok(HttpResponse::Ok().json(read.await?))
}
