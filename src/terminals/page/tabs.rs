//! The tabs of a terminal's page.
use super::Panels;
use super::one::{One, page_with};
use crate::access::Caller;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::Failure;
use crate::terminals::action::Action;
use crate::terminals::activation::CodeState;
use crate::terminals::contact::{find_sessions, reported};
use crate::terminals::credential::list_credentials;
use crate::terminals::model::{Life, Presence};
use crate::terminals::reach::Reach;
use crate::terminals::registry::{Error, devices};
use crate::terminals::work::{self, Item, State};
use crate::terminals::{health, timeline, work_words};
use crate::views::{Lang, key_of};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

const WORK_SHOWN: i64 = 100;

type Place = web::Path<String>;

pub(super) async fn overview(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    tid: Place,
) -> Result<HttpResponse, Failure> {
    let reading = page_with(&ctx, &panels, &caller, &tid, "overview", |conn, it| {
        let report = reported(conn, it.terminal.id)?;
        let open = work::list(conn, it.terminal.id, 5)?;
        let health = health::of(report.as_ref(), it.contact.as_ref());
        let compared = health::compare(&it.terminal, it.model.as_ref(), report.as_ref());
        Ok((health, compared, open))
    });
    let (mut page, (health, compared, open)) = reading.await?;
    page["health"] = health;
    page["compared"] = compared;
    let open: Vec<Value> = open
        .iter()
        .filter(|item| !item.track.state.is_final())
        .map(|item| item_facts(item, caller.look.lang))
        .collect();
    page["open_work"] = open.into();
    ctx.page(&caller, "terminals/overview", page)
}

fn item_facts(item: &Item, lang: Lang) -> Value {
    let track = &item.track;
    let is_held = track.state == State::Waiting && item.held_why.is_some();
    json!({
        "number": item.number, "kind": work_words::kind(lang, &item.kind),
        "state": if is_held { "held" } else { track.state.code() },
        "progress": track.progress, "attempts": track.attempts,
        "created_at": item.created_at, "created_by": item.created_by,
        "offered_at": item.offered_at, "finished_at": item.finished_at,
        "expires_at": track.expires_at,
        "outcome_code": item.outcome_code,
        "outcome": item.outcome_code.as_deref().map(|code| {
            work_words::outcome(lang, code).unwrap_or_else(|| code.to_owned())
        }),
        "outcome_detail": item.outcome_detail,
        "file_name": item.payload.get("file_name"),
    })
}

/// Why an open item is not done yet: a message and the time that it speaks of.
fn why_not_yet(item: &Item, it: &One, now: Millis) -> Option<(&'static str, Option<Millis>)> {
    let track = &item.track;
    Some(match (track.state, it.terminal.life, it.presence()) {
        (state, ..) if state.is_final() => return None,
        (State::Waiting, ..) if item.held_why.is_some() => ("terminals-why-held", None),
        (_, Life::Suspended, _) => ("terminals-why-suspended", None),
        (_, Life::Registered, _) => ("terminals-why-not-activated", None),
        (_, _, Presence::Never) => ("terminals-why-never", None),
        (_, _, Presence::Late | Presence::Disconnected) => {
            ("terminals-why-not-connected", it.heard())
        }
        (State::Waiting, ..) => match track.not_before_at.filter(|at| *at > now) {
            Some(at) => ("terminals-why-later", Some(at)),
            None => ("terminals-why-next-check-in", it.expected_at()),
        },
        (State::Cancelling, ..) => ("terminals-why-cancelling", it.expected_at()),
        _ => ("terminals-why-under-way", track.deadline_at),
    })
}

pub(super) async fn work(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    tid: Place,
) -> Result<HttpResponse, Failure> {
    let (now, lang) = (ctx.now(), caller.look.lang);
    let reading = page_with(&ctx, &panels, &caller, &tid, "work", move |conn, it| {
        let items = work::list(conn, it.terminal.id, WORK_SHOWN)?;
        let lines = items.iter().map(|item| {
            let mut line = item_facts(item, lang);
            if let Some((why, at)) = why_not_yet(item, it, now) {
                line["why_key"] = why.into();
                line["why_at"] = json!(at);
                line["held_key"] = json!(item.held_why.as_deref().map(|why| key_of("held-", why)));
            }
            line
        });
        Ok(lines.collect::<Vec<_>>())
    });
    let (mut page, items) = reading.await?;
    page["items"] = items.into();
    ctx.page(&caller, "terminals/work", page)
}

pub(super) async fn timeline(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    tid: Place,
) -> Result<HttpResponse, Failure> {
    let reader = caller.clone();
    let reading = page_with(&ctx, &panels, &caller, &tid, "timeline", move |conn, it| {
        Ok::<_, Error>(timeline::of(conn, &it.terminal, &reader)?)
    });
    let (mut page, happened) = reading.await?;
    let lines = happened.into_iter().map(|event| {
        let words = timeline::words(caller.look.lang, &event);
        json!({ "id": event.id, "at": event.at, "kind": event.kind, "by": event.body["by"],
                "text": words })
    });
    page["items"] = lines.collect::<Vec<_>>().into();
    ctx.page(&caller, "terminals/timeline", page)
}

/// What the activation tab shows beside the page's own data.
pub(super) fn activation_facts(
    conn: &mut crate::db::Conn,
    it: &One,
    now: Millis,
) -> Result<Value, Error> {
    let code = it.activation.as_ref().map(|a| {
        json!({
            "state": match a.state {
                CodeState::Pending => "issued",
                state => state.code(),
            },
            "is_open": a.state == CodeState::Pending,
            "serial_number": a.serial_number, "attempts_left": a.attempts_left,
            "created_at": a.created_at, "created_by": a.created_by,
            "expires_at": a.expires_at, "used_at": a.used_at,
        })
    });
    let credentials: Vec<Value> = list_credentials(conn, it.terminal.id)?
        .into_iter()
        .map(|c| {
            json!({
                "state": c.state(now),
                "kind_key": key_of("credential-kind-", c.kind.code()),
                "serial_number": c.serial_number, "issued_at": c.issued_at,
                "not_after": c.not_after,
                "revoked_at": c.revoked_at,
                "why_key": c.revoked_why.map(|why| key_of("credential-revoked-", &why)),
            })
        })
        .collect();
    let holds_one = credentials.iter().any(|c| c["revoked_at"].is_null());
    Ok(json!({
        "code": code, "credentials": credentials, "holds_one": holds_one,
        "devices": devices(conn, it.terminal.id)?,
    }))
}

pub(super) async fn activation(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    tid: Place,
) -> Result<HttpResponse, Failure> {
    let now = ctx.now();
    let reading = page_with(
        &ctx,
        &panels,
        &caller,
        &tid,
        "activation",
        move |conn, it| activation_facts(conn, it, now),
    );
    let (mut page, found) = reading.await?;
    page["activation"] = found;
    ctx.page(&caller, "terminals/activation", page)
}

pub(super) async fn connection(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    tid: Place,
) -> Result<HttpResponse, Failure> {
    let now = ctx.now();
    let reading = page_with(
        &ctx,
        &panels,
        &caller,
        &tid,
        "connection",
        move |conn, it| Reach::of(conn, it, now),
    );
    let (mut page, reach) = reading.await?;
    let lines = reach.refusals.into_iter().map(|r| {
        json!({ "at": r.at, "code": r.code, "seen_from": r.seen_from, "times": r.times,
                "why_key": key_of("refusal-", &r.code) })
    });
    page["items"] = lines.collect::<Vec<_>>().into();
    page["mistyped"] = json!(reach.mistyped);
    page["advice_key"] = format!("terminals-advice-{}", reach.advice).into();
    ctx.page(&caller, "terminals/connection", page)
}

/// What a visitor of the sessions looks for.
#[derive(serde::Deserialize)]
pub(super) struct Sought {
    #[serde(default)]
    q: String,
}

pub(super) async fn sessions(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    tid: Place,
    sought: web::Query<Sought>,
) -> Result<HttpResponse, Failure> {
    let text = sought.q.trim().to_owned();
    let wanted = text.clone();
    let reading = page_with(&ctx, &panels, &caller, &tid, "sessions", move |conn, it| {
        Ok::<_, Error>(find_sessions(conn, it.terminal.id, &wanted)?)
    });
    let (mut page, found) = reading.await?;
    let lines = found.into_iter().map(|session| {
        let action = session.last_action.clone();
        let mut line = json!(session);
        line["last_action_key"] = json!(action.and_then(|code| Action::parse(&code).label_key()));
        line
    });
    page["items"] = lines.collect::<Vec<_>>().into();
    page["action"] = format!("/terminals/{tid}/sessions").into();
    page["q"] = text.into();
    ctx.page(&caller, "terminals/sessions", page)
}
