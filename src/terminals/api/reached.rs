//! How a terminal comes in, or why it does not: what its tabs of the same names tell.
use super::history::find;
use super::tid;
use crate::access::Caller;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Page};
use crate::ids::EventId;
use crate::terminals::credential::{Credential, Refusal, Stranger, list_credentials};
use crate::terminals::model::{Life, Presence};
use crate::terminals::reach::Reach;
use crate::terminals::registry::Error;
use crate::terminals::shown::read_one;
use crate::terminals::timeline;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

type Place = web::Path<String>;

/// Something that happened to a terminal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TerminalEvent)]
struct EventDto {
    #[schema(value_type = i64)]
    id: EventId,
    at: Millis,
    /// Stable, such as `terminal.activated`.
    kind: String,
    /// Who did it, where somebody did.
    by: Option<String>,
    /// The same in words, for people.
    text: String,
}

/// What happened to a terminal, as far as you may hear of it: the latest 100 events of the last 90 days, newest
/// first.
#[utoipa::path(get, path = "/api/v1/terminals/{tid}/timeline", tag = "Terminals",
    params(("tid" = String, Path)),
    responses((status = 200, body = Page<EventDto>), (status = 404)))]
pub(super) async fn terminal_timeline(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: Place,
) -> Result<HttpResponse, Failure> {
    let (tid, scope, lang) = (tid(&place)?, caller.actor()?.scope, caller.look.lang);
    let happened = ctx
        .db
        .read(move |conn| {
            let it = find(conn, &scope, &tid)?;
            Ok::<_, Error>(timeline::of(conn, &it, &caller)?)
        })
        .await?;
    let dto = |event: crate::events::Happened| EventDto {
        text: timeline::words(lang, &event),
        by: event.body["by"].as_str().map(str::to_owned),
        id: event.id,
        at: event.at,
        kind: event.kind,
    };
    Ok(HttpResponse::Ok().json(Page::whole(happened).map(dto)))
}

/// How a terminal comes in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Connection)]
struct ConnectionDto {
    life: Life,
    presence: Presence,
    last_contact_at: Option<Millis>,
    expected_at: Option<Millis>,
    /// What to look at next: `connected`, `silent`, `no-code`, `code-waits`, `code-dead`, `code-expired`,
    /// `certificate-expired`, `suspended` or `retired`.
    #[schema(value_type = String)]
    advice: &'static str,
    /// Why it was turned away, the latest first; the latest 20 are kept.
    refusals: Vec<Refusal>,
    /// Codes that nobody registered, under which its device asked for activation: mostly a mistyped TID.
    mistyped: Vec<Stranger>,
}

/// Why a terminal comes in or does not.
#[utoipa::path(get, path = "/api/v1/terminals/{tid}/connection", tag = "Terminals",
    params(("tid" = String, Path)),
    responses((status = 200, body = ConnectionDto), (status = 404)))]
pub(super) async fn terminal_connection(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: Place,
) -> Result<HttpResponse, Failure> {
    let (tid, scope, now) = (tid(&place)?, caller.actor()?.scope, ctx.now());
    let (it, reach) = ctx
        .db
        .read(move |conn| {
            let it = read_one(conn, &scope, &tid, now)?;
            let reach = Reach::of(conn, &it, now)?;
            Ok::<_, Error>((it, reach))
        })
        .await?;
    Ok(HttpResponse::Ok().json(ConnectionDto {
        life: it.terminal.life,
        presence: it.presence(),
        last_contact_at: it.heard(),
        expected_at: it.expected_at(),
        advice: reach.advice,
        refusals: reach.refusals,
        mistyped: reach.mistyped,
    }))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TerminalCredential)]
struct CredentialDto {
    /// `valid`, `expired` or `revoked`.
    #[schema(value_type = String)]
    state: &'static str,
    #[serde(flatten)]
    it: Credential,
}

/// The credentials that a terminal has or had, the latest first; never the tokens themselves. `POST
/// …/revoke` takes back the one that is valid.
#[utoipa::path(get, path = "/api/v1/terminals/{tid}/credentials", tag = "Terminals",
    params(("tid" = String, Path)),
    responses((status = 200, body = Page<CredentialDto>), (status = 404)))]
pub(super) async fn terminal_credentials(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: Place,
) -> Result<HttpResponse, Failure> {
    let (tid, scope, now) = (tid(&place)?, caller.actor()?.scope, ctx.now());
    let all = ctx
        .db
        .read(move |conn| {
            let it = find(conn, &scope, &tid)?;
            Ok::<_, Error>(list_credentials(conn, it.id)?)
        })
        .await?;
    let dto = |it: Credential| CredentialDto {
        state: it.state(now),
        it,
    };
    Ok(HttpResponse::Ok().json(Page::whole(all).map(dto)))
}
