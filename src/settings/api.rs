//! Settings over the Management API.
use super::model::{Group, Kept, Values};
use super::{Board, ops};
use crate::access::{Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::http::{Failure, Json, Page};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{OpenApi, ToSchema};

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::SettingsManage);
    let one = "/api/v1/settings/{group}";
    mount.api(Method::GET, "/api/v1/settings", manage, all_settings);
    mount.api(Method::GET, one, manage, settings);
    mount.api(Method::PATCH, one, manage, patch_settings);
    let history = "/api/v1/settings/{group}/history";
    mount.api(Method::GET, history, manage, settings_history);
}

/// This room's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        all_settings,
        settings,
        settings_history,
        patch_settings,
        super::logo::api::logo,
        super::logo::api::put_logo,
        super::logo::api::remove_logo
    ))]
    struct Paths;
    Paths::openapi()
}

/// A group of settings of the whole installation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Settings)]
struct Dto {
    group: String,
    /// Every setting of the group by its key; what nobody changed has its default.
    #[schema(value_type = Object)]
    values: Map<String, Value>,
    /// Rises with every change; send it back to change only what you read.
    version: i64,
    changed_at: Option<Millis>,
    changed_by: Option<String>,
}

fn dto(group: &str, kept: Kept) -> Dto {
    Dto {
        group: group.to_owned(),
        values: kept.values.object().clone(),
        version: kept.version,
        changed_at: kept.changed_at,
        changed_by: kept.changed_by,
    }
}

/// What to change; what is absent stays, `null` is the default.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SettingsPatch)]
struct Patch {
    #[serde(default)]
    #[schema(value_type = Object)]
    values: Map<String, Value>,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

/// Every group of settings.
#[utoipa::path(get, path = "/api/v1/settings", tag = "Settings",
    responses((status = 200, body = Page<Dto>)))]
async fn all_settings(board: web::Data<Board>) -> Result<HttpResponse, Failure> {
    let groups: Vec<&'static Group> = board.groups.iter().map(|it| it.group).collect();
    let read = board.db.read(move |conn| {
        let one = |group: &'static Group| Ok(dto(group.name, ops::find(conn, group)?));
        groups
            .into_iter()
            .map(one)
            .collect::<Result<Vec<_>, super::Error>>()
    });
    Ok(HttpResponse::Ok().json(Page::whole(read.await?)))
}

/// What a group was from some time on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingsChange)]
struct ChangeDto {
    at: Millis,
    by: String,
    /// Every setting of the group as it was then.
    #[schema(value_type = Object)]
    values: Map<String, Value>,
}

/// The last twenty changes of a group, the latest first.
#[utoipa::path(get, path = "/api/v1/settings/{group}/history", tag = "Settings",
    params(("group" = String, Path)),
    responses((status = 200, body = Page<ChangeDto>), (status = 404)))]
async fn settings_history(
    board: web::Data<Board>,
    name: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let listed = board.listed(&name)?;
    let all = board
        .db
        .read(move |conn| ops::history(conn, listed.group))
        .await
        .map_err(super::Error::from)?;
    let change = |(values, at, by): (Values, Millis, String)| ChangeDto {
        at,
        by,
        values: values.object().clone(),
    };
    Ok(HttpResponse::Ok().json(Page::whole(all).map(change)))
}

/// One group of settings: `profile` holds what every terminal inherits, `branding` the names of the
/// installation, `defaults` what new establishments begin with.
#[utoipa::path(get, path = "/api/v1/settings/{group}", tag = "Settings",
    params(("group" = String, Path)),
    responses((status = 200, body = Dto), (status = 404)))]
async fn settings(
    board: web::Data<Board>,
    _caller: Caller,
    name: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let listed = board.listed(&name)?;
    let kept = board
        .db
        .read(move |conn| ops::find(conn, listed.group))
        .await
        .map_err(super::Error::from)?;
    Ok(HttpResponse::Ok().json(dto(&name, kept)))
}

/// Changes settings of one group; the same again changes nothing.
#[utoipa::path(patch, path = "/api/v1/settings/{group}", tag = "Settings",
    params(("group" = String, Path)), request_body = Patch,
    responses((status = 200, body = Dto), (status = 404), (status = 409), (status = 422)))]
async fn patch_settings(
    board: web::Data<Board>,
    caller: Caller,
    name: web::Path<String>,
    body: Json<Patch>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, listed) = (caller.actor()?, board.clock.now(), board.listed(&name)?);
    let body = body.into_inner();
    let known = |key: &String| listed.group.fields.iter().any(|field| field.key == key);
    if !body.values.keys().all(known) {
        return Err(super::Error::invalid(vec![(
            "values",
            "settings.no-such-setting",
            Vec::new(),
        )])
        .into());
    }
    let kept = board
        .db
        .write(move |tx| ops::change(tx, &actor, &listed, &body.values, body.version, now))
        .await?;
    Ok(HttpResponse::Ok().json(dto(&name, kept)))
}
