//! The model catalogue over the Management API.
use crate::access::Caller;
use crate::clock::Millis;
use crate::context::Ctx;
use crate::http::{Failure, Json, Page};
use crate::network::{Expect, Put};
use crate::terminals::catalogue::{self, Model, ModelDraft};
use crate::terminals::registry::Error;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of terminal, and what it can do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Model)]
struct ModelDto {
    code: String,
    #[serde(flatten)]
    draft: ModelDraft,
    /// Rises with every change; send it back to change only what you read.
    version: i64,
    created_at: Millis,
}

impl From<Model> for ModelDto {
    fn from(it: Model) -> Self {
        Self {
            code: it.code,
            draft: it.draft,
            version: it.version,
            created_at: it.created_at,
        }
    }
}

/// What a model is to be: what is absent is empty or false.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ModelBody)]
pub(super) struct Body {
    #[serde(flatten)]
    draft: ModelDraft,
    /// When present, the change is made only if this is still the version.
    version: Option<i64>,
}

/// Every model, by manufacturer and name.
#[utoipa::path(get, path = "/api/v1/models", tag = "Models",
    responses((status = 200, body = Page<ModelDto>)))]
pub(super) async fn models(ctx: web::Data<Ctx>) -> Result<HttpResponse, Failure> {
    let all = ctx.db.read(catalogue::list).await.map_err(Error::from)?;
    Ok(HttpResponse::Ok().json(Page::whole(all).map(ModelDto::from)))
}

/// One model.
#[utoipa::path(get, path = "/api/v1/models/{code}", tag = "Models",
    params(("code" = String, Path)), responses((status = 200, body = ModelDto), (status = 404)))]
pub(super) async fn model(
    ctx: web::Data<Ctx>,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let code = code.into_inner();
    let found = ctx.db.read(move |conn| {
        let found = catalogue::find(conn, &code)?;
        found.ok_or(Error::NoModel(code))
    });
    Ok(HttpResponse::Ok().json(ModelDto::from(found.await?)))
}

/// Creates the model or changes it; the same again changes nothing.
#[utoipa::path(put, path = "/api/v1/models/{code}", tag = "Models",
    params(("code" = String, Path)), request_body = Body,
    responses((status = 200, body = ModelDto), (status = 201, body = ModelDto),
              (status = 409), (status = 422)))]
pub(super) async fn put_model(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
    body: Json<Body>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, body) = (caller.actor()?, ctx.now(), body.into_inner());
    let expect = body.version.map_or(Expect::Anything, Expect::Version);
    let (it, put) = ctx
        .db
        .write(move |tx| catalogue::put(tx, &actor, &code, &body.draft, expect, now))
        .await?;
    let it = ModelDto::from(it);
    Ok(match put {
        Put::Created => HttpResponse::Created().json(it),
        Put::Changed | Put::Same => HttpResponse::Ok().json(it),
    })
}
