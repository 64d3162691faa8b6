//! What a benchmark holds the check-in against: the same request through the same listener, gate and
//! parser, without some of what makes a check-in one. No server has these routes; the bench mounts
//! them in one of its own.
use super::Error;
use super::checkin::{answered, knock};
use crate::access::{Mount, Needs};
use crate::context::Ctx;
use crate::db;
use crate::http::Failure;
use crate::ids::TerminalId;
use crate::sealing::TokenHash;
use crate::terminals::contact::{self, Answer};
use crate::terminals::credential::Refused;
use crate::terminals::desk::Desk;
use crate::terminals::next_check_in_s;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use anyhow::anyhow;
use std::cell::RefCell;
use std::collections::HashMap;

const CONSTANT: &str = r#"{"server_time":"2026-11-21T14:05:09.000Z","next_check_in_s":300,"wait_url":"/terminal/v1/wait","status_wanted":false,"work":[]}"#;

/// Mounts them: `constant`, `parsed` and `alone`, below `/terminal/v1/bench/`.
pub fn yardsticks(mount: &mut Mount) {
    let (open, known) = (Needs::Nothing, Needs::Terminal);
    mount.terminal(Method::GET, "/terminal/v1/bench/constant", open, constant);
    mount.terminal(Method::POST, "/terminal/v1/bench/parsed", known, parsed);
    mount.terminal(Method::POST, "/terminal/v1/bench/alone", known, alone);
}

/// An answer as long as a check-in's that depends on nothing.
async fn constant() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(CONSTANT)
}

thread_local! {
    /// Terminals that this worker has seen, and their intervals.
    static SEEN: RefCell<HashMap<TokenHash, (TerminalId, i32)>> = RefCell::default();
}

/// A check-in that is parsed, known from memory and answered, and leaves no trace.
async fn parsed(
    req: HttpRequest,
    ctx: web::Data<Ctx>,
    payload: web::Payload,
) -> Result<HttpResponse, Failure> {
    let knock = knock(&req, &ctx, payload).await?;
    let hash = knock.hash;
    let seen = SEEN.with_borrow(|seen| seen.get(&hash).copied());
    let (id, interval_s) = match seen {
        Some(seen) => seen,
        None => ctx.db.read(move |conn| admitted(conn, &hash)).await?,
    };
    if seen.is_none() {
        SEEN.with_borrow_mut(|seen| seen.insert(hash, (id, interval_s)));
    }
    answered(&Answer::CheckedIn {
        now: ctx.now(),
        next_check_in_s: next_check_in_s(id, interval_s),
        status_wanted: false,
        profile: None,
        work: Vec::new(),
    })
}

fn admitted(conn: &mut db::Conn, hash: &TokenHash) -> Result<(TerminalId, i32), Error> {
    let unknown = Error::Refused(Refused::NotActivated);
    let Some(id) = contact::admitted(conn, hash)? else {
        return Err(unknown);
    };
    let there = contact::contact(conn, id)?.ok_or(unknown)?;
    Ok((id, there.effective.interval_s))
}

/// A check-in in a transaction that carries no other.
async fn alone(
    req: HttpRequest,
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    payload: web::Payload,
) -> Result<HttpResponse, Failure> {
    let knock = knock(&req, &ctx, payload).await?;
    let (now, handlers) = (ctx.now(), desk.handlers());
    let received = ctx
        .db
        .write_alone(move |tx| contact::receive(tx, &handlers, &[&knock], now))
        .await?;
    let answer = received.first();
    answered(answer.ok_or_else(|| db::Error::Fault(anyhow!("a group without an answer")))?)
}
