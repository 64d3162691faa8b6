//! `POST /terminal/v1/checkin`.
use super::bearer::{credential_of, seen_from};
use super::status::{self, Known};
use super::{Error, body, clean};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::Failure;
use crate::terminals::contact::{Answer, Brought, Knock, Session, What};
use crate::terminals::desk::Desk;
use crate::terminals::profile::{Effective, LogLevel, Said, version_text};
use crate::terminals::work::Item;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const SESSION_ID_MAX: usize = 100;
const FIELD_MAX: usize = 200;
const VERSION_MAX: usize = 64;
const LEVEL_MAX: usize = 32;
const WAIT_URL: &str = "/terminal/v1/wait";

/// What changed on the terminal; all of it may be absent.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(super) struct CheckIn {
    /// The terminal's own clock, right or wrong.
    terminal_time: Option<Millis>,
    session: Option<SessionSent>,
    #[schema(value_type = Option<Known>)]
    status: Option<Map<String, Value>>,
    profile: Option<ProfileSent>,
}

/// The parameters that the terminal uses, as it took them from an answer's `profile`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(super) struct ProfileSent {
    /// That of the profile which it took them from.
    version: String,
    log_level: Option<String>,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(super) struct SessionSent {
    id: String,
    reference: Option<String>,
    title: Option<String>,
    terminal_version: Option<String>,
    action_result: Option<String>,
    last_action: Option<String>,
    country_code: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CheckedIn<'a> {
    server_time: Millis,
    next_check_in_s: i32,
    wait_url: &'static str,
    /// The server has no status of this terminal: send it next time.
    status_wanted: bool,
    /// Absent when the terminal says that it uses these parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Profile>,
    work: Vec<Offer<'a>>,
}

/// The parameters that the terminal is to use.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = TerminalProfile)]
struct Profile {
    version: String,
    log_level: LogLevel,
}

impl From<Effective> for Profile {
    fn from(it: Effective) -> Self {
        Self {
            version: version_text(it.version()),
            log_level: it.log_level,
        }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Offer<'a> {
    id: i32,
    kind: &'a str,
    link: Option<&'a str>,
    #[schema(value_type = Object)]
    payload: &'a Value,
    expires_at: Option<Millis>,
}

impl<'a> From<&'a Item> for Offer<'a> {
    fn from(item: &'a Item) -> Self {
        Self {
            id: item.number,
            kind: &item.kind,
            link: item.link.as_deref(),
            payload: &item.payload,
            expires_at: item.track.expires_at,
        }
    }
}

#[utoipa::path(
    post, path = "/terminal/v1/checkin", tag = "Terminal", operation_id = "check_in",
    request_body = CheckIn, security(("terminal" = [])),
    responses(
        (status = 200, body = CheckedIn),
        (status = 401, description = "`terminal.not-activated`, `terminal.credential-revoked`"),
        (status = 403, description = "`terminal.suspended`, `terminal.retired`"),
        (status = 503, description = "Too much to do; see `Retry-After`"),
    ),
)]
pub(super) async fn check_in(
    req: HttpRequest,
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    payload: web::Payload,
) -> Result<HttpResponse, Failure> {
    let knock = knock(&req, &ctx, payload).await?;
    answered(&desk.knock(knock).await?)
}

/// The contact that a check-in is.
pub(super) async fn knock(
    req: &HttpRequest,
    ctx: &Ctx,
    payload: web::Payload,
) -> Result<Knock, Failure> {
    let hash = credential_of(req)?;
    let sent: CheckIn = body(payload).await?;
    Ok(Knock {
        hash,
        seen_from: seen_from(req).map(|ip| ip.to_string()),
        what: What::CheckIn(brought(sent, ctx.now())?),
    })
}

/// What the terminal is told.
pub(super) fn answered(answer: &Answer) -> Result<HttpResponse, Failure> {
    match answer {
        Answer::CheckedIn {
            now,
            next_check_in_s,
            status_wanted,
            profile,
            work,
        } => Ok(HttpResponse::Ok().json(CheckedIn {
            server_time: *now,
            next_check_in_s: *next_check_in_s,
            wait_url: WAIT_URL,
            status_wanted: *status_wanted,
            profile: profile.map(Profile::from),
            work: work.iter().map(Offer::from).collect(),
        })),
        Answer::Refused(why) => Err(Error::Refused(*why).into()),
        Answer::WorkWaiting | Answer::Park { .. } => {
            Err(crate::db::Error::Fault(anyhow::anyhow!("a poll's answer to a check-in")).into())
        }
    }
}

fn brought(sent: CheckIn, now: Millis) -> Result<Brought, Error> {
    Ok(Brought {
        clock_offset_ms: sent.terminal_time.map(|theirs| theirs.since(now)),
        session: sent.session.map(session).transpose()?.map(Box::new),
        status: sent
            .status
            .map(status::canonical)
            .transpose()?
            .map(Box::new),
        profile: sent.profile.map(|sent| Box::new(said(&sent))),
    })
}

fn said(sent: &ProfileSent) -> Said {
    let level = sent.log_level.as_deref();
    Said {
        version: clean(&sent.version, VERSION_MAX),
        log_level: level.map(|level| clean(level, LEVEL_MAX)),
    }
}

fn session(sent: SessionSent) -> Result<Session, Error> {
    let id = clean(&sent.id, SESSION_ID_MAX + 1);
    if id.is_empty() || id.chars().count() > SESSION_ID_MAX {
        return Err(Error::BadField {
            field: "session.id",
            limit: SESSION_ID_MAX,
        });
    }
    let short = |text: Option<String>| text.map(|text| clean(&text, FIELD_MAX));
    Ok(Session {
        id,
        reference: short(sent.reference),
        title: short(sent.title),
        terminal_version: short(sent.terminal_version),
        action_result: short(sent.action_result),
        last_action: short(sent.last_action),
        country_code: short(sent.country_code),
    })
}
