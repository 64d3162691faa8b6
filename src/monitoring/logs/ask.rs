//! Asking a terminal for its logs, from its page and by program.
use super::ask_ops::{self, Said};
use crate::access::{Caller, Form, Mount, Needs, Permission};
use crate::context::Ctx;
use crate::http::{Failure, Json, address};
use crate::ids::Tid;
use crate::terminals::{self, Panels};
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::json;
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let takes = Needs::Permission(Permission::LogsDownload);
    mount.web(Method::POST, "/terminals/{tid}/logs/ask", takes, from_page);
    mount.api(
        Method::POST,
        "/api/v1/terminals/{tid}/logs",
        takes,
        ask_for_logs,
    );
}

#[derive(OpenApi)]
#[openapi(paths(ask_for_logs))]
struct Doc;

/// This part of the API's description.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

/// Where the answer can be followed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogAsked)]
struct Asked {
    /// The number of the work.
    work: i32,
}

/// Asks a terminal for its logs of one kind. One that listens hears of it at once; it sends its logs and reports the
/// work's outcome.
#[utoipa::path(post, path = "/api/v1/terminals/{tid}/logs", tag = "Monitoring",
    params(("tid" = String, Path)), request_body = Said,
    responses((status = 202, body = Asked), (status = 404), (status = 409), (status = 422)))]
async fn ask_for_logs(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
    Json(said): Json<Said>,
) -> Result<HttpResponse, Failure> {
    let (_, work) = ask(&ctx, &caller, &place, &said).await?;
    Ok(HttpResponse::Accepted().json(Asked { work }))
}

async fn from_page(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    place: web::Path<String>,
    Form(said): Form<Said>,
) -> Result<HttpResponse, Failure> {
    let (tid, _) = match ask(&ctx, &caller, &place, &said).await {
        Ok(asked) => asked,
        Err(refused) => {
            let again = (json!(said), refused);
            return terminals::panel_again(&ctx, &panels, &caller, (&place, "logs"), again).await;
        }
    };
    let back = address(
        &format!("/terminals/{tid}/panels/logs"),
        &[("said", "log-asked")],
    );
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, back))
        .finish())
}

async fn ask(ctx: &Ctx, caller: &Caller, place: &str, said: &Said) -> Result<(Tid, i32), Failure> {
    let unknown = || terminals::Error::NoTerminal(place.to_owned());
    let tid = Tid::parse(place).map_err(|_| unknown())?;
    let (actor, now, wish) = (caller.actor()?, ctx.now(), said.check()?);
    let whom = tid.clone();
    let asked = ctx
        .db
        .write(move |tx| ask_ops::ask(tx, &actor, &whom, wish, now));
    Ok((tid, asked.await?))
}
