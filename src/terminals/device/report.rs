//! `POST /terminal/v1/work/{id}/report`.
use super::bearer::{credential_of, must_be_known, seen_from};
use super::{Error, body, clean};
use crate::context::Ctx;
use crate::http::Failure;
use crate::terminals::contact;
use crate::terminals::desk::Desk;
use crate::terminals::work::{self, Said, State, Step};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

const CODE_MAX: usize = 100;
const DETAIL_MAX: usize = 2_000;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(super) struct Report {
    state: Step,
    /// For machines, such as `digest-mismatch`.
    code: Option<String>,
    /// For people.
    detail: Option<String>,
    /// 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    progress: Option<i32>,
    /// With `try_later`: when it makes sense to offer it again.
    retry_after_s: Option<u32>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Taken {
    /// Where the work stands now.
    state: State,
}

#[utoipa::path(
    post, path = "/terminal/v1/work/{number}/report", tag = "Terminal", operation_id = "report",
    params(("number" = i32, Path, description = "The work item's id")),
    request_body = Report, security(("terminal" = [])),
    responses(
        (status = 200, body = Taken),
        (status = 401, description = "`terminal.not-activated`, `terminal.credential-revoked`"),
        (status = 403, description = "`terminal.suspended`, `terminal.retired`"),
        (status = 404, description = "`work.unknown`: no such item of this terminal"),
        (status = 409, description = "`work.not-open`, `work.bad-transition`"),
    ),
)]
pub(super) async fn report(
    req: HttpRequest,
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    number: web::Path<i32>,
    payload: web::Payload,
) -> Result<HttpResponse, Failure> {
    let hash = credential_of(&req)?;
    let from = seen_from(&req).map(|ip| ip.to_string());
    let said = said(body(payload).await?)?;
    must_be_known(&ctx, hash).await?;
    let (handlers, number, now) = (desk.handlers(), number.into_inner(), ctx.now());
    // A refusal is an outcome that has to be kept, so it must not undo the transaction.
    let result = ctx
        .db
        .write(move |tx| {
            let place = match contact::let_in(tx, &hash, from.as_deref(), now)? {
                Ok(place) => place,
                Err(why) => return Ok(Err(why)),
            };
            work::report(tx, &handlers, &place, number, &said, now).map(Ok)
        })
        .await
        .map_err(|e: work::Error| Failure::from(e))?;
    match result {
        Ok(state) => Ok(HttpResponse::Ok().json(Taken { state })),
        Err(why) => Err(Error::Refused(why).into()),
    }
}

fn said(sent: Report) -> Result<Said, Error> {
    if sent.progress.is_some_and(|n| !(0..=100).contains(&n)) {
        return Err(Error::BadProgress);
    }
    let kept = |text: Option<String>, max| text.map(|text| clean(&text, max));
    Ok(Said {
        step: sent.state,
        code: kept(sent.code, CODE_MAX).filter(|code| !code.is_empty()),
        detail: kept(sent.detail, DETAIL_MAX).filter(|detail| !detail.is_empty()),
        progress: sent.progress,
        retry_after_s: sent.retry_after_s,
    })
}
