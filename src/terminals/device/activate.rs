//! `POST /terminal/v1/activate`.
use super::bearer::seen_from;
use super::certificate::{self, Certified, Proven};
use super::{Error, body, clean};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::Failure;
use crate::ids::{TID_MAX, Tid};
use crate::terminals::activation::{self, Asked, Code, Outcome, Proof};
use crate::terminals::desk::Desk;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

const SERIAL_MAX: usize = 100;
const CODE_MAX: usize = 64;
const KEY_MAX: usize = 255;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = Activate)]
pub(super) struct Activate {
    terminal_id: String,
    serial_number: String,
    /// As shown in the web UI; hyphens, spaces and case do not count.
    activation_code: String,
    /// Take the place over from the device that holds it.
    #[serde(default)]
    confirm: bool,
    /// A certificate signing request (PKCS #10, PEM): the terminal wants a certificate instead of a
    /// token. Only its key and its signature count.
    csr: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Activated {
    terminal_id: String,
    /// Unless a certificate was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(flatten)]
    certified: Option<Certified>,
    server_time: Millis,
    next_check_in_s: i32,
    /// `already_activated` when another device held the place until now.
    warning: Option<&'static str>,
}

#[utoipa::path(
    post, path = "/terminal/v1/activate", tag = "Terminal", operation_id = "activate",
    request_body = Activate,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key with the same request gets the same token")),
    responses(
        (status = 200, body = Activated),
        (status = 403, description = "`terminal.activation-refused`, whatever was wrong"),
        (status = 409, description = "`terminal.already-activated`: repeat with `confirm`; `terminal.key-taken`"),
        (status = 422, description = "`terminal.csr-…`, `terminal.no-certificates`"),
        (status = 429, description = "Too many failed tries"),
    ),
)]
pub(super) async fn activate(
    req: HttpRequest,
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    payload: web::Payload,
) -> Result<HttpResponse, Failure> {
    let key = idempotency_key(&req)?;
    let from = seen_from(&req);
    let sent: Activate = body(payload).await?;
    let (now, secret) = (ctx.now(), ctx.secret.clone());
    let tid = clean(&sent.terminal_id, TID_MAX);
    if let Some(retry_after_s) = desk.must_wait(&tid, from, now) {
        return Err(activation::Error::TooMany { retry_after_s }.into());
    }
    let proven = match &sent.csr {
        Some(csr) => Some(certificate::proven(&ctx, csr)?),
        None => None,
    };
    let asked = Asked {
        tid: tid.clone(),
        serial_number: clean(&sent.serial_number, SERIAL_MAX),
        code: Code::typed(&clean(&sent.activation_code, CODE_MAX)),
        confirm: sent.confirm,
        idempotency_key: key,
        certified: proven.as_ref().map(|it| it.hash),
        from,
    };
    let outcome = ctx
        .db
        .write(move |tx| activation::activate(tx, &secret, &asked, now))
        .await?;
    match outcome {
        Outcome::Activated {
            tid,
            proof,
            next_check_in_s,
            took_over,
        } => {
            let (token, certified) = shown(proof, proven.as_ref(), &tid, now)?;
            let answer = Activated {
                terminal_id: tid.to_string(),
                token,
                certified,
                server_time: now,
                next_check_in_s,
                warning: took_over.then_some("already_activated"),
            };
            let mut fresh = HttpResponse::Ok();
            Ok(fresh
                .insert_header(("cache-control", "no-store"))
                .json(answer))
        }
        Outcome::KeyTaken => Err(activation::Error::KeyTaken.into()),
        Outcome::AlreadyActivated => Ok(already_activated()),
        Outcome::Refused => {
            desk.failed(&tid, from, now);
            Err(activation::Error::Refused.into())
        }
    }
}

/// The token, or the certificate.
fn shown(
    proof: Proof,
    proven: Option<&Proven>,
    tid: &Tid,
    now: Millis,
) -> Result<(Option<String>, Option<Certified>), Error> {
    Ok(match (proof, proven) {
        (Proof::Token(token), _) => (Some(token), None),
        (Proof::Certificate(until), Some(proven)) => (None, Some(proven.certify(tid, now, until)?)),
        (Proof::Certificate(_), None) => (None, None),
    })
}

fn idempotency_key(req: &HttpRequest) -> Result<Option<String>, Error> {
    let Some(key) = req.headers().get("idempotency-key") else {
        return Ok(None);
    };
    match key.to_str() {
        Ok(key) if key.len() <= KEY_MAX => Ok(Some(key.to_owned()).filter(|key| !key.is_empty())),
        _ => Err(Error::BadField {
            field: "Idempotency-Key",
            limit: KEY_MAX,
        }),
    }
}

/// The problem document with the warning that older clients look for.
fn already_activated() -> HttpResponse {
    let failure = Failure::from(activation::Error::AlreadyActivated);
    let mut document = failure.document();
    document["warning"] = "already_activated".into();
    HttpResponse::Conflict()
        .content_type("application/problem+json")
        .body(document.to_string())
}
