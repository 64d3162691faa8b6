//! The dashboard and the search, for programs: what the pages of these names tell, by the same rights.
use super::error::Error;
use super::happened::words;
use super::page::{Found as Board, find};
use super::search::{Answer, Found, Rights, look, sought};
use crate::access::{Caller, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::events::Happened;
use crate::http::{Failure, Page};
use crate::ids::{EventId, Tid};
use crate::network::{Establishment, PointOfService};
use crate::terminals::{FailedWork, Life, Listed, Presence, PresenceCounts};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How many terminals are in service, and how many of them are heard.
#[derive(Debug, Serialize, ToSchema)]
struct FleetCounts {
    total: i64,
    /// Those that listen count too.
    online: i64,
    listening: i64,
    late: i64,
    disconnected: i64,
    never: i64,
}

impl From<&PresenceCounts> for FleetCounts {
    fn from(counts: &PresenceCounts) -> Self {
        Self {
            total: counts.total(),
            online: counts.online + counts.listening,
            listening: counts.listening,
            late: counts.late,
            disconnected: counts.disconnected,
            never: counts.never,
        }
    }
}

/// An establishment with disconnected terminals.
#[derive(Debug, Serialize, ToSchema)]
struct SilentEstablishment {
    code: String,
    name: String,
    /// How many are disconnected.
    disconnected: i64,
}

/// Work that failed a short while ago.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FailedWork)]
struct Failed {
    tid: Tid,
    number: i32,
    kind: String,
    outcome_code: Option<String>,
    finished_at: Option<Millis>,
}

impl From<FailedWork> for Failed {
    fn from(it: FailedWork) -> Self {
        Self {
            tid: it.tid,
            number: it.number,
            kind: it.kind,
            outcome_code: it.outcome_code,
            finished_at: it.finished_at,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DashboardEvent)]
struct Event {
    #[schema(value_type = i64)]
    id: EventId,
    at: Millis,
    /// Stable, such as `terminal.activated`.
    kind: String,
    /// What it is about, such as a TID.
    subject: String,
    /// The same in words, for people.
    text: String,
}

/// How the fleet is, what needs a hand, what just happened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Dashboard {
    terminals: FleetCounts,
    /// The establishments with the most disconnected terminals, for those who may see terminals.
    #[serde(skip_serializing_if = "Option::is_none")]
    silent: Option<Vec<SilentEstablishment>>,
    /// For those who may see terminals.
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<Vec<Failed>>,
    /// The latest that you may hear of, newest first. That logs came is told by their lists.
    events: Vec<Event>,
}

fn board(caller: &Caller, found: Board) -> Dashboard {
    let lang = caller.look.lang;
    let sees_terminals = caller.may(Permission::TerminalsView);
    let silent = found
        .disconnected
        .into_iter()
        .map(|(code, name, disconnected)| SilentEstablishment {
            code,
            name,
            disconnected,
        });
    let event = |event: Happened| {
        Some(Event {
            text: words(lang, &event)?,
            id: event.id,
            at: event.at,
            kind: event.kind,
            subject: event.subject,
        })
    };
    Dashboard {
        terminals: FleetCounts::from(&found.counts),
        silent: sees_terminals.then(|| silent.collect()),
        failures: sees_terminals.then(|| found.failures.into_iter().map(Failed::from).collect()),
        events: found.events.into_iter().filter_map(event).collect(),
    }
}

/// How the fleet is, of the establishments that you see.
#[utoipa::path(get, path = "/api/v1/dashboard", tag = "Dashboard",
    responses((status = 200, body = Dashboard)))]
pub(super) async fn dashboard(
    ctx: web::Data<Ctx>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let (scope, reader) = (caller.actor()?.scope, caller.clone());
    let found = ctx
        .db
        .read(move |conn| find(conn, &scope, &reader).map_err(Error::from))
        .await?;
    Ok(HttpResponse::Ok().json(board(&caller, found)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Query {
    /// A TID, or a part of a TID, a serial number, a name or a code.
    q: String,
}

/// The first few that fit, and how many there are.
#[derive(Debug, Serialize, ToSchema)]
struct Hits<T> {
    items: Vec<T>,
    /// Counted up to 10,000.
    total: i64,
    /// False when there are more than `total`.
    total_is_exact: bool,
}

impl<T> Hits<T> {
    fn of<U>(page: Page<U>) -> Self
    where
        T: From<U>,
    {
        Self {
            total: page.total,
            total_is_exact: page.total_is_exact,
            items: page.items.into_iter().map(T::from).collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct TerminalHit {
    tid: Tid,
    serial_number: String,
    life: Life,
    presence: Presence,
}

impl From<Listed> for TerminalHit {
    fn from(it: Listed) -> Self {
        Self {
            tid: it.tid,
            serial_number: it.serial_number,
            life: it.life,
            presence: it.presence,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct EstablishmentHit {
    code: String,
    name: String,
}

impl From<Establishment> for EstablishmentHit {
    fn from(it: Establishment) -> Self {
        Self {
            code: it.code,
            name: it.name,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct PointHit {
    code: String,
    name: String,
    /// Code of the establishment that runs it.
    establishment: String,
}

impl From<PointOfService> for PointHit {
    fn from(it: PointOfService) -> Self {
        Self {
            code: it.code,
            name: it.name,
            establishment: it.establishment_code,
        }
    }
}

/// What was found. A kind that you may not see is absent.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct Search {
    /// The terminal of exactly this TID: then nothing else is looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    terminal: Option<Tid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terminals: Option<Hits<TerminalHit>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    establishments: Option<Hits<EstablishmentHit>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points_of_service: Option<Hits<PointHit>>,
}

impl From<Answer> for Search {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Terminal(tid) => Self {
                terminal: Some(tid),
                ..Self::default()
            },
            Answer::Found(found) => Self {
                terminal: None,
                terminals: found.terminals.map(Hits::of),
                establishments: found.establishments.map(Hits::of),
                points_of_service: found.points.map(Hits::of),
            },
        }
    }
}

/// One field for whatever you have in hand: the first ten of each kind that fit. The lists of their own,
/// with `?q=`, give the rest.
#[utoipa::path(get, path = "/api/v1/search", tag = "Dashboard", params(Query),
    responses((status = 200, body = Search)))]
pub(super) async fn search(
    ctx: web::Data<Ctx>,
    caller: Caller,
    web::Query(query): web::Query<Query>,
) -> Result<HttpResponse, Failure> {
    let (scope, text) = (caller.actor()?.scope, sought(&query.q));
    if text.is_empty() {
        let nothing = Answer::Found(Box::<Found>::default());
        return Ok(HttpResponse::Ok().json(Search::from(nothing)));
    }
    let rights = Rights::of(&caller);
    let found = ctx
        .db
        .read(move |conn| look(conn, &scope, &text, rights))
        .await?;
    Ok(HttpResponse::Ok().json(Search::from(found)))
}
