//! Pages of points of service.
use super::{crumbs, hours, see_other, statuses, tally, version};
use crate::access::{Caller, Form};
use crate::context::Ctx;
use crate::http::{Failure, address};
use crate::lists::{ListPage, Lists};
use crate::network::draft_model::PointDraft;
use crate::network::error::Error;
use crate::network::model::{Establishment, PointOfService, Status, Tally};
use crate::network::ops::{self, Expect, Neighbours};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

const LIST: &str = "/network/points-of-service";

fn row(it: &PointOfService, counted: Option<&Tally>) -> Value {
    json!({
        "code": it.code, "name": it.name, "address": it.address, "manager_name": it.manager_name,
        "opening_hours": it.opening_hours, "status": it.status.code(),
        "closed_state": (it.status == Status::Closed).then_some("closed"),
        "establishment": { "code": it.establishment_code, "name": it.establishment_name },
        "created_at": it.created_at, "tally": tally(counted),
    })
}

fn place(code: &str) -> String {
    format!("{LIST}/{code}")
}

pub(super) async fn list(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let wish = ListPage::new(super::list::POINTS, "network/points");
    let own = json!({ "statuses": statuses() });
    lists.show(&ctx, &caller, wish, |_, _| Ok(own)).await
}

async fn found(ctx: &Ctx, caller: &Caller, code: &str) -> Result<PointOfService, Failure> {
    let (scope, code) = (caller.actor()?.scope, code.to_owned());
    let found = ctx
        .db
        .read(move |conn| ops::find_point(conn, &scope, &code)?.ok_or(Error::NoPoint(code)))
        .await?;
    Ok(found)
}

async fn owner(ctx: &Ctx, caller: &Caller, code: &str) -> Result<Establishment, Failure> {
    let (scope, code) = (caller.actor()?.scope, code.to_owned());
    let found = ctx
        .db
        .read(move |conn| {
            ops::find_establishment(conn, &scope, &code)?.ok_or(Error::NoEstablishment(code))
        })
        .await?;
    Ok(found)
}

fn place_of(establishment: &str) -> String {
    format!("/network/establishments/{establishment}")
}

pub(super) async fn show(
    ctx: web::Data<Ctx>,
    neighbours: web::Data<Neighbours>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let it = found(&ctx, &caller, &code).await?;
    let id = it.id;
    let counts = ctx
        .db
        .read(move |conn| (neighbours.terminals_at_points)(conn, &[id]))
        .await
        .map_err(Error::from)?;
    let data = json!({
        "crumbs": crumbs(&[
            (&it.establishment_name, place_of(&it.establishment_code)),
            (&it.name, String::new()),
        ]),
        "it": row(&it, counts.get(&id)),
        "hours": hours::lines(caller.look.lang, &it.opening_hours),
        "tally": tally(counts.get(&id)),
    });
    ctx.page(&caller, "network/point", data)
}

/// The form as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(flatten)]
    draft: PointDraft,
    #[serde(default)]
    version: String,
}

fn form(at: &Establishment, draft: &PointDraft) -> Value {
    json!({
        "crumbs": crumbs(&[
            (&at.name, place_of(&at.code)),
            ("network-point-new", String::new()),
        ]),
        "at": { "code": at.code, "name": at.name }, "form": draft, "statuses": statuses(),
    })
}

pub(super) async fn new(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let at = owner(&ctx, &caller, &code).await?;
    ctx.page(
        &caller,
        "network/point_new",
        form(&at, &PointDraft::default().anew()),
    )
}

pub(super) async fn create(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let at = owner(&ctx, &caller, &code).await?;
    let (actor, now, draft, to) = (
        caller.actor()?,
        ctx.now(),
        sent.draft.clone(),
        at.code.clone(),
    );
    let made = ctx
        .db
        .write(move |tx| ops::put_point(tx, &actor, &to, &draft, Expect::New, now))
        .await;
    match made {
        Ok((it, _)) => Ok(see_other(&address(
            &place(&it.code),
            &[("said", "point-added")],
        ))),
        Err(refused) => ctx.page_refused(
            &caller,
            "network/point_new",
            form(&at, &sent.draft),
            refused.into(),
        ),
    }
}

fn edit_form(it: &PointOfService, draft: &PointDraft) -> Value {
    json!({
        "crumbs": crumbs(&[
            (&it.establishment_name, place_of(&it.establishment_code)),
            (&it.name, place(&it.code)),
            ("network-edit", String::new()),
        ]),
        "it": row(it, None), "form": draft, "version": it.version, "statuses": statuses(),
    })
}

pub(super) async fn edit(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let it = found(&ctx, &caller, &code).await?;
    let draft = PointDraft {
        code: it.code.clone(),
        name: it.name.clone(),
        address: it.address.clone(),
        manager_name: it.manager_name.clone(),
        ..PointDraft::default()
    };
    let draft = draft.over(&it);
    ctx.page(&caller, "network/point_edit", edit_form(&it, &draft))
}

pub(super) async fn change(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let it = found(&ctx, &caller, &code).await?;
    let (actor, now, to) = (caller.actor()?, ctx.now(), it.establishment_code.clone());
    let seen = version(&sent.version);
    let mut draft = sent.draft;
    draft.code.clone_from(&it.code);
    let saving = draft.clone();
    let done = ctx
        .db
        .write(move |tx| ops::put_point(tx, &actor, &to, &saving, Expect::Version(seen?), now))
        .await;
    match done {
        Ok((it, _)) => Ok(see_other(&address(
            &place(&it.code),
            &[("said", "point-changed")],
        ))),
        Err(refused) => {
            // What stands there now is shown beside what was typed; saving again overwrites it.
            let it = found(&ctx, &caller, &draft.code).await?;
            let mut data = edit_form(&it, &draft);
            data["theirs"] = matches!(refused, Error::Stale).into();
            ctx.page_refused(&caller, "network/point_edit", data, refused.into())
        }
    }
}
