//! The form that brings many files at once, or archives of them.
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::Failure;
use crate::licences::form;
use crate::licences::import;
use crate::licences::naming_ops;
use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

async fn data(ctx: &Ctx, replace: bool) -> Result<Value, Failure> {
    let naming = ctx.db.read(naming_ops::naming).await?;
    Ok(json!({
        "crumbs": [
            { "key": "nav-licences", "href": "/licences" },
            { "key": "licences-import" },
        ],
        "form": { "replace": replace },
        "pattern": naming.pattern,
    }))
}

pub(super) async fn show(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    ctx.page(&caller, "licences/import", data(&ctx, false).await?)
}

pub(super) async fn upload(
    ctx: web::Data<Ctx>,
    caller: Caller,
    body: Multipart,
) -> Result<HttpResponse, Failure> {
    let mut replace = false;
    let taken = form::receive_many(&ctx, &caller, body, &mut replace, true).await;
    let begun = match taken {
        Ok((bundle, replace)) => import::begin(&ctx, caller.actor()?, bundle, replace).await,
        Err(refused) => Err(refused),
    };
    match begun {
        Ok(task) => Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("/tasks/{task}")))
            .finish()),
        Err(refused) => {
            let shown = data(&ctx, replace).await?;
            ctx.page_refused(&caller, "licences/import", shown, refused)
        }
    }
}
