//! Sign-ins that failed, over the Management API.
use super::asked::Asked;
use super::list;
use super::store::Row;
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::model::{Needs, Permission};
use crate::access::mount::Mount;
use crate::clock::Millis;
use crate::http::{Failure, Page};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let needs = Needs::Permission(Permission::AuditView);
    mount.api(Method::GET, "/api/v1/failed-sign-ins", needs, failures);
}

pub(in crate::access) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(failures))]
    struct Paths;
    Paths::openapi()
}

/// A sign-in that failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FailedSignIn)]
struct Dto {
    number: i64,
    at: Millis,
    /// The operator's; absent where what was typed is nobody's login: then it is kept nowhere.
    login: Option<String>,
    /// `wrong-password`, `no-password` (he has not chosen one yet), `disabled`, `unknown`,
    /// `second-factor`, `provider` (it vouched for nobody who may come in), `throttled`, or `dropped`: those of which nothing more was kept.
    reason: String,
    /// Address that it came from.
    address: Option<String>,
    /// How many there were; more than one only of `dropped`.
    times: i64,
}

impl From<Row> for Dto {
    fn from(it: Row) -> Self {
        Self {
            number: it.id,
            at: it.at,
            login: it.login,
            reason: it.reason,
            address: it.address,
            times: it.times,
        }
    }
}

/// Sign-ins that failed, newest first: those of operators who see nothing that the caller does not, and
/// the rest too if he sees every establishment. They are kept for 90 days.
#[utoipa::path(get, path = "/api/v1/failed-sign-ins", tag = "Access", params(Asked),
    responses((status = 200, body = Page<Dto>)))]
async fn failures(
    authority: web::Data<Authority>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, turn, filter) = (caller.actor()?.scope, asked.turn()?, asked.filter());
    let page = authority
        .db
        .read(move |conn| list::list(conn, &scope, &filter, &turn))
        .await?;
    Ok(HttpResponse::Ok().json(page.map(Dto::from)))
}
