//! One licence, and what is done to it.
use super::{facts, see_other};
use crate::access::{Caller, Empty, Form};
use crate::context::Ctx;
use crate::http::Failure;
use crate::ids::LicenceId;
use crate::licences::error::Error;
use crate::licences::model::Licence;
use crate::licences::{look_ops, ops};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub(super) async fn show(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
) -> Result<HttpResponse, Failure> {
    let (scope, id) = (caller.actor()?.scope, *id);
    let (licence, may_send_again) = ctx
        .db
        .read(move |conn| {
            let licence = look_ops::find(conn, &scope, id)?;
            let again = look_ops::may_send_again(conn, &licence)?;
            Ok::<_, Error>((licence, again))
        })
        .await?;
    let data = json!({
        "crumbs": crumbs(&licence, None),
        "it": facts(&licence),
        "may_send_again": may_send_again,
    });
    ctx.page(&caller, "licences/show", data)
}

fn crumbs(licence: &Licence, last: Option<&str>) -> Value {
    let own = format!("/licences/{}", licence.id);
    let mut crumbs = vec![
        json!({ "key": "nav-licences", "href": "/licences" }),
        json!({ "text": licence.file_name, "href": last.map(|_| own) }),
    ];
    crumbs.extend(last.map(|key| json!({ "key": key })));
    crumbs.into()
}

pub(super) async fn ask_delete(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
) -> Result<HttpResponse, Failure> {
    let (scope, id) = (caller.actor()?.scope, *id);
    let licence = ctx
        .db
        .read(move |conn| {
            let licence = look_ops::find(conn, &scope, id)?;
            licence
                .is_current
                .then_some(licence)
                .ok_or(Error::NotCurrent)
        })
        .await?;
    let data = json!({
        "crumbs": crumbs(&licence, Some("licences-delete")),
        "it": facts(&licence),
    });
    ctx.page(&caller, "licences/delete", data)
}

pub(super) async fn delete(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (actor, id, now) = (caller.actor()?, *id, ctx.now());
    ctx.db
        .write(move |tx| ops::delete(tx, &actor, id, now))
        .await?;
    Ok(see_other("/licences", "licence-deleted"))
}

pub(super) async fn send_again(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (actor, id, now) = (caller.actor()?, *id, ctx.now());
    let sent = ctx
        .db
        .write(move |tx| ops::send_again(tx, &actor, id, now))
        .await?;
    Ok(see_other(
        &format!("/licences/{}", sent.id),
        "licence-sent-again",
    ))
}
