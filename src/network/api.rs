//! The network over the Management API: lists, single things, and putting by code.
use super::draft_model::{EstablishmentDraft, PointDraft};
use super::error::Error;
use super::model::{Establishment, PointOfService, Put, Search, Sort, Status};
use super::ops::{self, Expect};
use crate::access::{Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Json, Page, Turn};
use crate::ids::EstablishmentId;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let look = Needs::Permission(Permission::NetworkView);
    let manage = Needs::Permission(Permission::NetworkManage);
    mount.api(Method::GET, "/api/v1/establishments", look, establishments);
    mount.api(
        Method::GET,
        "/api/v1/establishments/{code}",
        look,
        establishment,
    );
    mount.api(
        Method::PUT,
        "/api/v1/establishments/{code}",
        manage,
        put_establishment,
    );
    mount.api(Method::GET, "/api/v1/points-of-service", look, points);
    mount.api(Method::GET, "/api/v1/points-of-service/{code}", look, point);
    mount.api(
        Method::PUT,
        "/api/v1/points-of-service/{code}",
        manage,
        put_point,
    );
}

/// The network's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        establishments,
        establishment,
        put_establishment,
        points,
        point,
        put_point,
        super::import::points::import,
        super::import::establishments::import_establishments
    ))]
    struct Paths;
    Paths::openapi()
}

/// How a list is narrowed and turned.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// A part of a name or code; of one or two characters, the beginning of a word. Case and accents
    /// make no difference.
    q: Option<String>,
    /// Only points of service of the establishment with this code.
    establishment: Option<String>,
    /// `open` or `closed`.
    status: Option<String>,
    /// `name` or `code`, with `-` before it for the reverse; when absent, what fits best first if `q`
    /// is given, by name otherwise.
    sort: Option<String>,
    /// From `next` or `prev` of an earlier answer; `last` is the last page.
    cursor: Option<String>,
    /// Rows of a page, 1 to 200; 50 when absent.
    page_size: Option<String>,
}

impl Asked {
    fn turn(&self) -> Result<Turn, Error> {
        Ok(Turn::parse(
            self.cursor.as_deref(),
            self.page_size.as_deref(),
        )?)
    }

    fn search(self, establishment: Option<EstablishmentId>) -> Result<Search, Error> {
        let sort = Sort::parse(self.sort.as_deref().unwrap_or_default());
        Ok(Search {
            sort: sort.ok_or_else(|| Error::field("sort", "network.no-such-sort"))?,
            status: Status::asked(self.status.as_deref().unwrap_or_default())?,
            text: self.q.unwrap_or_default(),
            establishment,
        })
    }
}

/// An establishment: a legal entity that runs points of service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Establishment)]
struct EstablishmentDto {
    code: String,
    name: String,
    /// IANA time zone.
    time_zone: String,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    /// `en`, `fr` or `ru`: in which its people are written to.
    language: String,
    /// ISO 4217.
    currency: Option<String>,
    /// `open` or `closed`.
    status: &'static str,
    /// Rises with every change; send it back to change only what you read.
    version: i64,
    created_at: Millis,
}

impl From<Establishment> for EstablishmentDto {
    fn from(it: Establishment) -> Self {
        Self {
            code: it.code,
            name: it.name,
            time_zone: it.time_zone,
            country: it.country,
            language: it.language,
            currency: it.currency,
            status: it.status.code(),
            version: it.version,
            created_at: it.created_at,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct EstablishmentBody {
    name: String,
    /// IANA time zone, such as `Europe/Paris`. May be left out of a new one: the installation's
    /// default then.
    #[serde(default)]
    time_zone: String,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    /// `en`, `fr` or `ru`. Of these three, what is left out stays as it is; of a new one, it is the
    /// installation's default.
    language: Option<String>,
    /// ISO 4217, such as `EUR`; empty is none.
    currency: Option<String>,
    /// `open` or `closed`.
    status: Option<String>,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

/// A point of service: a shop or station where terminals stand.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PointOfService)]
struct PointDto {
    code: String,
    /// Code of the establishment that runs it.
    establishment: String,
    name: String,
    address: String,
    manager_name: String,
    /// In the notation of OpenStreetMap, such as `Mo-Fr 08:00-20:00; Sa 09:00-13:00; PH off`; empty
    /// where nobody knows.
    opening_hours: String,
    /// `open` or `closed`.
    status: &'static str,
    version: i64,
    created_at: Millis,
}

impl From<PointOfService> for PointDto {
    fn from(it: PointOfService) -> Self {
        Self {
            code: it.code,
            establishment: it.establishment_code,
            name: it.name,
            address: it.address,
            manager_name: it.manager_name,
            opening_hours: it.opening_hours,
            status: it.status.code(),
            version: it.version,
            created_at: it.created_at,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
struct PointBody {
    /// Code of the establishment that runs it.
    establishment: String,
    name: String,
    #[serde(default)]
    address: String,
    /// Who is told when something is wrong there.
    #[serde(default)]
    manager_name: String,
    /// Such as `Mo-Fr 08:00-20:00; Sa 09:00-13:00; PH off`, or `24/7`. Left out, it stays as it is.
    opening_hours: Option<String>,
    /// `open` or `closed`. Left out, it stays as it is.
    status: Option<String>,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

fn expect(version: Option<i64>) -> Expect {
    version.map_or(Expect::Anything, Expect::Version)
}

fn answer(put: Put, body: impl Serialize) -> HttpResponse {
    match put {
        Put::Created => HttpResponse::Created().json(body),
        Put::Changed | Put::Same => HttpResponse::Ok().json(body),
    }
}

/// Establishments by name.
#[utoipa::path(get, path = "/api/v1/establishments", tag = "Network", params(Asked),
    responses((status = 200, body = Page<EstablishmentDto>)))]
async fn establishments(
    ctx: web::Data<Ctx>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, turn) = (caller.actor()?.scope, asked.turn()?);
    let search = asked.into_inner().search(None)?;
    let page = ctx
        .db
        .read(move |conn| ops::list_establishments(conn, &scope, &search, &turn))
        .await?;
    Ok(HttpResponse::Ok().json(page.map(EstablishmentDto::from)))
}

/// One establishment.
#[utoipa::path(get, path = "/api/v1/establishments/{code}", tag = "Network",
    params(("code" = String, Path)),
    responses((status = 200, body = EstablishmentDto), (status = 404)))]
async fn establishment(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let found = ctx
        .db
        .read(move |conn| {
            ops::find_establishment(conn, &scope, &code)?
                .ok_or_else(|| Error::NoEstablishment(code.into_inner()))
        })
        .await?;
    Ok(HttpResponse::Ok().json(EstablishmentDto::from(found)))
}

/// Creates the establishment or changes it; the same again changes nothing.
#[utoipa::path(put, path = "/api/v1/establishments/{code}", tag = "Network",
    params(("code" = String, Path)), request_body = EstablishmentBody,
    responses((status = 200, body = EstablishmentDto), (status = 201, body = EstablishmentDto),
              (status = 409), (status = 422)))]
async fn put_establishment(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
    body: Json<EstablishmentBody>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, body) = (caller.actor()?, ctx.now(), body.into_inner());
    let draft = EstablishmentDraft {
        code: code.into_inner(),
        name: body.name,
        time_zone: body.time_zone,
        country: body.country.unwrap_or_default(),
        language: body.language,
        currency: body.currency,
        status: body.status,
    };
    let expect = expect(body.version);
    let (found, put) = ctx
        .db
        .write(move |tx| ops::put_establishment(tx, &actor, &draft, expect, now))
        .await?;
    Ok(answer(put, EstablishmentDto::from(found)))
}

/// Points of service by name.
#[utoipa::path(get, path = "/api/v1/points-of-service", tag = "Network", params(Asked),
    responses((status = 200, body = Page<PointDto>), (status = 404)))]
async fn points(
    ctx: web::Data<Ctx>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, turn) = (caller.actor()?.scope, asked.turn()?);
    let asked = asked.into_inner();
    let page = ctx
        .db
        .read(move |conn| {
            let establishment = match asked.establishment.clone().filter(|code| !code.is_empty()) {
                None => None,
                Some(code) => Some(
                    ops::find_establishment(conn, &scope, &code)?
                        .ok_or(Error::NoEstablishment(code))?
                        .id,
                ),
            };
            let search = asked.search(establishment)?;
            ops::list_points(conn, &scope, &search, &turn)
        })
        .await?;
    Ok(HttpResponse::Ok().json(page.map(PointDto::from)))
}

/// One point of service.
#[utoipa::path(get, path = "/api/v1/points-of-service/{code}", tag = "Network",
    params(("code" = String, Path)),
    responses((status = 200, body = PointDto), (status = 404)))]
async fn point(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let scope = caller.actor()?.scope;
    let found = ctx
        .db
        .read(move |conn| {
            ops::find_point(conn, &scope, &code)?.ok_or_else(|| Error::NoPoint(code.into_inner()))
        })
        .await?;
    Ok(HttpResponse::Ok().json(PointDto::from(found)))
}

/// Creates the point of service or changes it; the same again changes nothing.
#[utoipa::path(put, path = "/api/v1/points-of-service/{code}", tag = "Network",
    params(("code" = String, Path)), request_body = PointBody,
    responses((status = 200, body = PointDto), (status = 201, body = PointDto),
              (status = 404), (status = 409), (status = 422)))]
async fn put_point(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
    body: Json<PointBody>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, body) = (caller.actor()?, ctx.now(), body.into_inner());
    let draft = PointDraft {
        code: code.into_inner(),
        name: body.name,
        address: body.address,
        manager_name: body.manager_name,
        opening_hours: body.opening_hours,
        status: body.status,
    };
    let expect = expect(body.version);
    let (found, put) = ctx
        .db
        .write(move |tx| ops::put_point(tx, &actor, &body.establishment, &draft, expect, now))
        .await?;
    Ok(answer(put, PointDto::from(found)))
}
