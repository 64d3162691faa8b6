//! What terminals report, for programs.
use super::list::{Around, page_of};
use super::model::Drift;
use crate::access::Caller;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Page, Turned};
use crate::ids::Tid;
use crate::terminals::{self, Life, ListAsked, Listed, Presence, Seen};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// What a terminal told last, and where that differs from what is wished of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusLine)]
struct Line {
    tid: Tid,
    /// As registered.
    serial_number: String,
    /// Code of its model.
    model: Option<String>,
    /// Code of the establishment that runs its point of service.
    establishment: Option<String>,
    /// Code of the point of service where it stands.
    point_of_service: Option<String>,
    life: Life,
    presence: Presence,
    last_contact_at: Option<Millis>,
    /// When it told its status last.
    reported_at: Option<Millis>,
    /// By component.
    versions: BTreeMap<String, String>,
    /// By package.
    apps: BTreeMap<String, String>,
    battery_percent: Option<i64>,
    /// `ok`, `low`, `out`, or as the terminal says.
    paper: Option<String>,
    /// The terminal's clock minus the server's.
    clock_offset_ms: Option<i64>,
    /// It is off by more than five minutes.
    clock_is_off: bool,
    /// As the terminal named it, or `none`.
    last_action: String,
    /// State of the latest work that changes the terminal: `none`, `waiting`, `under-way`, `failed` or `done`.
    update: String,
    /// `none`, `waiting`, `fetched`, `confirmed` or `failed`.
    licence: String,
    /// Code of the last failure of work or of a session, or `none`.
    error: String,
    /// In what it is not as wished: `model`, `serial`, `parameters`, `licence`, `clock`.
    drift: Vec<&'static str>,
}

impl Line {
    fn of(around: &Around, it: Listed) -> Self {
        let (none, unseen) = (HashMap::new(), Seen::default());
        let facts = around.facts.get(&it.id).unwrap_or(&none);
        let seen = around.seen.get(&it.id).unwrap_or(&unseen);
        let body = seen.report.as_ref().map(|report| &report.body);
        let code = |of: Option<&(String, String)>| of.map(|(code, _)| code.clone());
        let fact = |name: &str| {
            let told = facts.get(name).map(String::as_str);
            told.unwrap_or(terminals::NO_FACT).to_owned()
        };
        let under = |beginning: &str| {
            let named = |(name, value): (&String, &String)| {
                Some((name.strip_prefix(beginning)?.to_owned(), value.clone()))
            };
            facts.iter().filter_map(named).collect()
        };
        let model = around.models.iter().find(|model| model.id == it.model);
        let drifts = around.compared(&it, seen, facts).drifts();
        Self {
            model: model.map(|model| model.code.clone()),
            establishment: code(around.establishments.get(&it.establishment)),
            point_of_service: code(around.points.get(&it.point_of_service)),
            life: it.life,
            presence: it.presence,
            last_contact_at: it.last_contact_at,
            reported_at: seen.report.as_ref().map(|report| report.reported_at),
            versions: under(terminals::VERSION_FACT),
            apps: under(terminals::APP_FACT),
            battery_percent: body.and_then(|body| body["battery"]["percent"].as_i64()),
            paper: body.and_then(|body| Some(body["paper"].as_str()?.to_owned())),
            clock_offset_ms: seen.clock_offset_ms,
            clock_is_off: seen.clock_is_off,
            last_action: fact(terminals::LAST_ACTION_FACT),
            update: fact(terminals::UPDATE_FACT),
            licence: fact(terminals::LICENCE_FACT),
            error: fact(terminals::ERROR_FACT),
            drift: drifts.into_iter().map(Drift::code).collect(),
            tid: it.tid,
            serial_number: it.serial_number,
        }
    }
}

/// What terminals told last, narrowed and sorted as the list of terminals.
#[utoipa::path(get, path = "/api/v1/status", tag = "Monitoring", params(ListAsked),
    responses((status = 200, body = Page<Line>), (status = 422)))]
pub(in crate::monitoring) async fn statuses(
    ctx: web::Data<Ctx>,
    caller: Caller,
    turned: web::Query<Turned>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (scope, turn) = (caller.actor()?.scope, turned.turn()?);
    let query = req.query_string().to_owned();
    let read = ctx.db.read(move |conn| {
        let (page, around) = page_of(conn, &scope, &query, &turn)?;
        Ok::<_, Failure>(page.map(|it| Line::of(&around, it)))
    });
    Ok(HttpResponse::Ok().json(read.await?))
}
