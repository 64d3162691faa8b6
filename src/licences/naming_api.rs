//! How the distributor names his files, for programs.
use super::error::Error;
use super::facts_model::Said;
use super::naming_ops;
use super::naming_store::Naming;
use super::pattern_model::Pattern;
use crate::access::{Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Json};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::LicencesManage);
    let one = "/api/v1/licences/naming";
    mount.api(Method::GET, one, manage, licence_naming);
    mount.api(Method::PUT, one, manage, put_licence_naming);
    let tried = "/api/v1/licences/naming/read";
    mount.api(Method::GET, tried, manage, read_licence_name);
}

pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(licence_naming, put_licence_naming, read_licence_name))]
    struct Paths;
    Paths::openapi()
}

/// How the names of licence files are read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LicenceNaming)]
struct Dto {
    #[schema(example = "{serial}-{lic_id}.bin")]
    pattern: String,
    /// Rises with every change; send it back to change only what you read.
    version: i64,
    changed_at: Option<Millis>,
    changed_by: Option<String>,
}

impl From<Naming> for Dto {
    fn from(it: Naming) -> Self {
        Self {
            pattern: it.pattern,
            version: it.version,
            changed_at: it.updated_at,
            changed_by: it.updated_by,
        }
    }
}

/// How the names of licence files are read, where no table says what they are for.
#[utoipa::path(get, path = "/api/v1/licences/naming", tag = "Licences",
    responses((status = 200, body = Dto)))]
async fn licence_naming(ctx: web::Data<Ctx>) -> Result<HttpResponse, Failure> {
    let kept = ctx.db.read(naming_ops::naming).await?;
    Ok(HttpResponse::Ok().json(Dto::from(kept)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LicenceNamingBody)]
struct Body {
    /// Words around any of `{serial}`, `{platform}`, `{software}`, `{lic_id}`, `{valid_from}` and `{valid_until}`,
    /// each once at most.
    #[schema(example = "{serial}-{lic_id}.bin")]
    pattern: String,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

/// Changes how names are read, for whoever sees every establishment; the same again changes nothing.
#[utoipa::path(put, path = "/api/v1/licences/naming", tag = "Licences", request_body = Body,
    responses((status = 200, body = Dto),
              (status = 403, description = "`licence.scope-too-narrow`"),
              (status = 409, description = "`licence.stale`"),
              (status = 422)))]
async fn put_licence_naming(
    ctx: web::Data<Ctx>,
    caller: Caller,
    body: Json<Body>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, body) = (caller.actor()?, ctx.now(), body.into_inner());
    let written = ctx.db.write(move |tx| {
        naming_ops::change(tx, &actor, (&body.pattern, body.version), now)?;
        naming_ops::naming(tx)
    });
    Ok(HttpResponse::Ok().json(Dto::from(written.await?)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Tried {
    /// The name of a file.
    file_name: String,
    /// The pattern to read it by; the one that is in force when absent.
    pattern: Option<String>,
}

/// What a name says of its file, by a pattern.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LicenceNameRead)]
struct ReadDto {
    /// False when the name is not of that form; then it says nothing.
    fits: bool,
    serial_number: String,
    platform: String,
    software: String,
    lic_id: String,
    valid_from: String,
    valid_until: String,
}

impl From<Option<Said>> for ReadDto {
    fn from(said: Option<Said>) -> Self {
        let fits = said.is_some();
        let said = said.unwrap_or_default();
        Self {
            fits,
            serial_number: said.serial_number,
            platform: said.platform,
            software: said.software,
            lic_id: said.lic_id,
            valid_from: said.valid_from,
            valid_until: said.valid_until,
        }
    }
}

/// Tries how a name would be read. Nothing is changed.
#[utoipa::path(get, path = "/api/v1/licences/naming/read", tag = "Licences", params(Tried),
    responses((status = 200, body = ReadDto), (status = 422)))]
async fn read_licence_name(
    ctx: web::Data<Ctx>,
    web::Query(tried): web::Query<Tried>,
) -> Result<HttpResponse, Failure> {
    let pattern = match &tried.pattern {
        Some(text) => {
            let read = Pattern::parse(text);
            Some(read.map_err(|code| Error::Invalid(vec![("pattern", code)]))?)
        }
        None => ctx.db.read(naming_ops::pattern).await?,
    };
    let said = pattern.and_then(|it| it.read(tried.file_name.trim()));
    Ok(HttpResponse::Ok().json(ReadDto::from(said)))
}
