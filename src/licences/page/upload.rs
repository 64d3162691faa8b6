//! The form that uploads one licence.
use super::see_other;
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::Failure;
use crate::licences::form::{self, Typed};
use crate::licences::model::{Licence, MAX_BYTES, Replace, Uploaded};
use crate::licences::ops::{self, NewLicence};
use actix_multipart::Multipart;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub(super) struct For {
    #[serde(default)]
    terminal: String,
}

fn form_data(typed: &Typed) -> Value {
    let said = &typed.said;
    json!({
        "crumbs": [
            { "key": "nav-licences", "href": "/licences" },
            { "key": "licences-upload" },
        ],
        "form": {
            "terminal": typed.terminal,
            "replace": typed.replace() == Replace::Supersede,
            "serial_number": said.serial_number,
            "platform": said.platform,
            "software": said.software,
            "lic_id": said.lic_id,
            "valid_from": said.valid_from,
            "valid_until": said.valid_until,
        },
        "max_bytes": MAX_BYTES,
    })
}

pub(super) async fn new(
    ctx: web::Data<Ctx>,
    caller: Caller,
    wanted: web::Query<For>,
) -> Result<HttpResponse, Failure> {
    let typed = Typed {
        terminal: wanted.into_inner().terminal,
        ..Typed::default()
    };
    ctx.page(&caller, "licences/new", form_data(&typed))
}

pub(super) async fn upload(
    ctx: web::Data<Ctx>,
    caller: Caller,
    body: Multipart,
) -> Result<HttpResponse, Failure> {
    let mut typed = Typed::default();
    let received = form::receive(&ctx, &caller, body, &mut typed).await;
    let stored = match received {
        Ok(new) => store(&ctx, &caller, new, typed.replace()).await,
        Err(refused) => Err(refused),
    };
    match stored {
        Ok((licence, uploaded)) => {
            let said = match uploaded {
                Uploaded::New => "licence-uploaded",
                Uploaded::Superseding => "licence-replaced",
                Uploaded::Same => "licence-same",
            };
            Ok(see_other(&format!("/licences/{}", licence.id), said))
        }
        Err(refused) => ctx.page_refused(&caller, "licences/new", form_data(&typed), refused),
    }
}

async fn store(
    ctx: &Ctx,
    caller: &Caller,
    new: NewLicence,
    replace: Replace,
) -> Result<(Licence, Uploaded), Failure> {
    let (actor, now) = (caller.actor()?, ctx.now());
    let stored = ctx
        .db
        .write(move |tx| ops::upload(tx, &actor, new, replace, now));
    Ok(stored.await?)
}
