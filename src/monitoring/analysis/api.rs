//! The numbers of the analysis, for programs.
use super::asked::Asked;
use super::model::{By, percent};
use super::ops::{Part, kept_name, share};
use super::trend::trend;
use crate::access::Caller;
use crate::context::Ctx;
use crate::db::Spot;
use crate::http::{self, Failure, Found, Turned};
use crate::monitoring::Error;
use crate::monitoring::days::{self, Day};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The fleet shared out by one property.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::monitoring) struct Analysis {
    by: By,
    /// The past day, in UTC, at whose end it was so; absent of what is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<String>,
    /// Of which component the versions are.
    component: Option<String>,
    /// Every component that has versions.
    components: Vec<String>,
    /// The terminals in service that the filters leave; the parts add up to it.
    total: i64,
    /// The largest first; last what is kept of a past day as one sum. So many of them as a page
    /// has.
    parts: Vec<Share>,
    /// How many parts there are in all.
    values: usize,
    /// Cursor of the following parts; absent of the last ones.
    next: Option<String>,
    /// Cursor of the parts before; absent of the first ones.
    prev: Option<String>,
}

/// One part of the fleet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalysisShare)]
struct Share {
    /// A code, a version, or what a terminal told; `none` where there is nothing. Empty is what is kept of a past day as
    /// one sum: of last actions and errors 50 values are kept, known ones first, then the most frequent.
    value: String,
    /// The same in words.
    label: String,
    n: i64,
    /// Percent of the whole; those of all parts add up to 100.
    #[schema(example = "33.4")]
    percent: String,
}

/// One day of the fleet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalysisDay)]
struct OfDay {
    /// In UTC.
    #[schema(example = "2026-11-25")]
    day: String,
    /// Terminals in service at the end of the day; of the current one, so far.
    total: i64,
    parts: Vec<Counted>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalysisCount)]
struct Counted {
    /// Empty is the sum of all others: of last actions and errors 50 values are told, known ones first, then the most
    /// frequent.
    value: String,
    n: i64,
}

/// The fleet day by day, by one property.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AnalysisTrend)]
pub(in crate::monitoring) struct Days {
    by: By,
    /// Days of which something is kept, the oldest first.
    items: Vec<OfDay>,
}

/// The days of a trend.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::monitoring) struct Span {
    /// The first day, in UTC; 30 days before the last when absent.
    #[param(example = "2026-11-01")]
    from: Option<String>,
    /// The last day, in UTC; the current one when absent.
    to: Option<String>,
}

impl Span {
    fn days(&self, today: Day) -> Result<(Day, Day), Error> {
        let read = |name: &'static str, text: &Option<String>| match text.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => {
                let no_day = || Error::field(name, "monitoring.no-such-day");
                Day::parse(text).map(Some).ok_or_else(no_day)
            }
        };
        let to = read("to", &self.to)?.unwrap_or(today).min(today);
        let from = read("from", &self.from)?.unwrap_or(to.before(days::USUAL - 1));
        if from > to || from < to.before(days::LONGEST - 1) {
            return Err(Error::field("from", "monitoring.no-such-period"));
        }
        Ok((from, to))
    }
}

/// The fleet by one property on each day: `by` is `connectivity` (when absent), `model`, `platform`,
/// `update`, `licence`, `action`, `error` or `clock`. Narrowed by `establishment` alone; 366 days at most.
#[utoipa::path(get, path = "/api/v1/analysis/days", tag = "Monitoring",
    params(("by" = Option<String>, Query), ("establishment" = Option<String>, Query), Span),
    responses((status = 200, body = Days), (status = 422)))]
pub(in crate::monitoring) async fn of_days(
    ctx: web::Data<Ctx>,
    caller: Caller,
    span: web::Query<Span>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let asked = Asked::parse(req.query_string(), ctx.now())?;
    let (by, span) = (asked.by, span.days(asked.today)?);
    if kept_name(by).is_none() {
        return Err(Error::field("by", "monitoring.not-kept").into());
    }
    let (scope, lang) = (caller.actor()?.scope, caller.look.lang);
    let found = ctx
        .db
        .read(move |conn| trend(conn, &scope, &asked, span, lang))
        .await?;
    let narrowed = || Error::field("establishment", "monitoring.day-narrowed");
    let found = found.ok_or_else(narrowed)?;
    let day = |(day, parts): (Day, BTreeMap<String, i64>)| {
        let parts = parts.into_iter().filter(|(_, n)| *n > 0);
        let parts: Vec<Counted> = parts.map(|(value, n)| Counted { value, n }).collect();
        OfDay {
            day: day.to_string(),
            total: parts.iter().map(|part| part.n).sum(),
            parts,
        }
    };
    let items = found.days.into_iter().map(day).collect();
    Ok(HttpResponse::Ok().json(Days { by, items }))
}

/// The fleet by one property: `by` is `connectivity` (when absent), `model`, `platform`, `version` (of a
/// `component`), `update`, `licence`, `point`, `action`, `error` or `clock`. Narrowed by the filters of
/// the list of terminals; `on` a day that is over it is as it was then, narrowed by `establishment` alone. Of many
/// parts, such as points of service, `next` leads to the following ones.
#[utoipa::path(get, path = "/api/v1/analysis", tag = "Monitoring",
    params(("by" = Option<String>, Query), ("component" = Option<String>, Query),
        ("on" = Option<String>, Query), Turned),
    responses((status = 200, body = Analysis), (status = 422)))]
pub(in crate::monitoring) async fn analysis(
    ctx: web::Data<Ctx>,
    caller: Caller,
    turned: web::Query<Turned>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let asked = Asked::parse(req.query_string(), ctx.now())?;
    let turn = turned.turn()?;
    let (scope, lang, by) = (caller.actor()?.scope, caller.look.lang, asked.by);
    let on = asked.on.map(|day| day.to_string());
    let found = ctx
        .db
        .read(move |conn| share(conn, &scope, &asked, lang))
        .await?;
    let values = found.parts.len();
    let all = found.parts.into_iter().map(spotted).collect();
    let page = Found::of_all(all, &turn, turn.edge().1).page(&turn, http::Counted::all(values));
    let page = page.map(|part| Share {
        value: part.value,
        label: part.label,
        n: part.n,
        percent: percent(part.share),
    });
    Ok(HttpResponse::Ok().json(Analysis {
        by,
        on,
        component: (by == By::Version).then_some(found.component),
        components: found.components,
        total: found.total,
        parts: page.items,
        values,
        next: page.next,
        prev: page.prev,
    }))
}

/// A part by what it is and not by its place, as others may come meanwhile: the largest first, a sum last.
fn spotted(part: Part) -> (Spot, Part) {
    let key = format!("{:019}{}", i64::MAX.saturating_sub(part.n), part.value);
    let (rank, id) = (u8::from(part.value == days::OTHERS), 0);
    (Spot { rank, key, id }, part)
}
