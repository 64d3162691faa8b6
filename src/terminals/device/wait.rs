//! `GET /terminal/v1/wait`: the long poll.
use super::Error;
use super::bearer::{credential_of, seen_from};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Shutdown};
use crate::terminals::contact::{Answer, Knock, What};
use crate::terminals::desk::Desk;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const LONGEST_S: u64 = 55;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(super) struct Patience {
    /// Seconds, 1 to 55; anything else is taken for the nearest of these.
    #[param(minimum = 1, maximum = 55)]
    timeout_s: Option<u64>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Heard {
    /// Check in at once.
    work_waiting: bool,
    server_time: Millis,
}

#[utoipa::path(
    get, path = "/terminal/v1/wait", tag = "Terminal", operation_id = "wait",
    params(Patience), security(("terminal" = [])),
    responses(
        (status = 200, body = Heard),
        (status = 401, description = "`terminal.not-activated`, `terminal.credential-revoked`"),
        (status = 403, description = "`terminal.suspended`, `terminal.retired`"),
    ),
)]
pub(super) async fn wait(
    req: HttpRequest,
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    shutdown: web::Data<Shutdown>,
    patience: web::Query<Patience>,
) -> Result<HttpResponse, Failure> {
    let hash = credential_of(&req)?;
    let seconds = patience.timeout_s.unwrap_or(LONGEST_S).clamp(1, LONGEST_S);
    let patience = Duration::from_secs(seconds);
    let knock = Knock {
        hash,
        seen_from: seen_from(&req).map(|ip| ip.to_string()),
        what: What::Listen {
            until: ctx.now() + patience,
        },
    };
    // Before the database is asked: what is assigned after it looked is heard by then.
    let mark = desk.mark();
    let work_waiting = match desk.knock(knock).await? {
        Answer::WorkWaiting => true,
        Answer::Park { tid } => match desk.park(&tid, mark) {
            None => true,
            Some(mut parked) => tokio::select! {
                woken = parked.woken() => woken,
                () = tokio::time::sleep(patience) => false,
                () = shutdown.wait() => false,
            },
        },
        Answer::Refused(why) => return Err(Error::Refused(why).into()),
        Answer::CheckedIn { .. } => {
            let cause = anyhow::anyhow!("a check-in's answer to a poll");
            return Err(crate::db::Error::Fault(cause).into());
        }
    };
    Ok(HttpResponse::Ok().json(Heard {
        work_waiting,
        server_time: ctx.now(),
    }))
}
