//! Pages of establishments.
use super::{Asked, crumbs, see_other, tally, version};
use crate::access::{Caller, Form};
use crate::context::Ctx;
use crate::http::{Failure, address};
use crate::network::error::Error;
use crate::network::model::{Establishment, EstablishmentDraft, Search};
use crate::network::ops::{self, Expect, Neighbours};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) async fn list(
    ctx: web::Data<Ctx>,
    neighbours: web::Data<Neighbours>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, turn, asked) = (caller.actor()?.scope, asked.turn()?, asked.into_inner());
    let search = Search {
        text: asked.q.clone(),
        establishment: None,
    };
    let reading = turn.clone();
    let (page, counts) = ctx
        .db
        .read(move |conn| {
            let page = ops::list_establishments(conn, &scope, &search, &reading)?;
            let ids: Vec<_> = page.items.iter().map(|e| e.id).collect();
            let counts = (neighbours.terminals_of_establishments)(conn, &ids)?;
            Ok::<_, Error>((page, counts))
        })
        .await?;
    let pager = page.pager("/network", &[("q", &asked.q)], &turn);
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|e| {
            json!({
                "code": e.code, "name": e.name, "country": e.country, "time_zone": e.time_zone,
                "tally": tally(counts.get(&e.id)),
            })
        })
        .collect();
    let data = json!({ "items": items, "pager": pager, "q": asked.q });
    ctx.page(&caller, "network/establishments", data)
}

async fn found(ctx: &Ctx, caller: &Caller, code: &str) -> Result<Establishment, Failure> {
    let (scope, code) = (caller.actor()?.scope, code.to_owned());
    let found = ctx
        .db
        .read(move |conn| {
            ops::find_establishment(conn, &scope, &code)?.ok_or(Error::NoEstablishment(code))
        })
        .await?;
    Ok(found)
}

fn place(code: &str) -> String {
    format!("/network/establishments/{code}")
}

pub(super) fn facts(it: &Establishment) -> Value {
    json!({
        "code": it.code, "name": it.name, "time_zone": it.time_zone,
        "country": it.country, "created_at": it.created_at,
    })
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
        .read(move |conn| (neighbours.terminals_of_establishments)(conn, &[id]))
        .await
        .map_err(Error::from)?;
    let data = json!({
        "crumbs": crumbs(&[(&it.name, String::new())]),
        "it": facts(&it),
        "tally": tally(counts.get(&id)),
    });
    ctx.page(&caller, "network/establishment", data)
}

pub(super) async fn points(
    ctx: web::Data<Ctx>,
    neighbours: web::Data<Neighbours>,
    caller: Caller,
    code: web::Path<String>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let it = found(&ctx, &caller, &code).await?;
    let (scope, turn, asked) = (caller.actor()?.scope, asked.turn()?, asked.into_inner());
    let search = Search {
        text: asked.q.clone(),
        establishment: Some(it.id),
    };
    let reading = turn.clone();
    let (page, counts) = ctx
        .db
        .read(move |conn| {
            let page = ops::list_points(conn, &scope, &search, &reading)?;
            let ids: Vec<_> = page.items.iter().map(|p| p.id).collect();
            let counts = (neighbours.terminals_at_points)(conn, &ids)?;
            Ok::<_, Error>((page, counts))
        })
        .await?;
    let own = format!("{}/points-of-service", place(&it.code));
    let pager = page.pager(&own, &[("q", &asked.q)], &turn);
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|p| super::points::row(p, counts.get(&p.id)))
        .collect();
    let data = json!({
        "crumbs": crumbs(&[
            (&it.name, place(&it.code)),
            ("network-points", String::new()),
        ]),
        "it": facts(&it), "items": items, "pager": pager, "q": asked.q, "own": own,
    });
    ctx.page(&caller, "network/establishment_points", data)
}

/// The form as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(flatten)]
    draft: EstablishmentDraft,
    #[serde(default)]
    version: String,
}

fn zones() -> Vec<Value> {
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| json!({ "value": zone.name(), "text": zone.name() }))
        .collect()
}

fn form(draft: &EstablishmentDraft) -> Value {
    json!({
        "crumbs": crumbs(&[("network-establishment-new", String::new())]),
        "form": draft, "zones": zones(),
    })
}

pub(super) async fn new(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    let draft = EstablishmentDraft {
        time_zone: caller.look.zone.name().to_owned(),
        ..Default::default()
    };
    ctx.page(&caller, "network/establishment_new", form(&draft))
}

pub(super) async fn create(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, draft) = (caller.actor()?, ctx.now(), sent.draft.clone());
    let made = ctx
        .db
        .write(move |tx| ops::put_establishment(tx, &actor, &draft, Expect::New, now))
        .await;
    match made {
        Ok((it, _)) => Ok(see_other(&address(
            &place(&it.code),
            &[("said", "establishment-added")],
        ))),
        Err(refused) => ctx.page_refused(
            &caller,
            "network/establishment_new",
            form(&sent.draft),
            refused.into(),
        ),
    }
}

fn edit_form(it: &Establishment, draft: &EstablishmentDraft) -> Value {
    json!({
        "crumbs": crumbs(&[
            (&it.name, place(&it.code)),
            ("network-edit", String::new()),
        ]),
        "it": facts(it), "form": draft, "version": it.version, "zones": zones(),
    })
}

pub(super) async fn edit(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let it = found(&ctx, &caller, &code).await?;
    let draft = EstablishmentDraft {
        code: it.code.clone(),
        name: it.name.clone(),
        time_zone: it.time_zone.clone(),
        country: it.country.clone().unwrap_or_default(),
    };
    ctx.page(
        &caller,
        "network/establishment_edit",
        edit_form(&it, &draft),
    )
}

pub(super) async fn change(
    ctx: web::Data<Ctx>,
    caller: Caller,
    code: web::Path<String>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now) = (caller.actor()?, ctx.now());
    let seen = version(&sent.version);
    let mut draft = sent.draft;
    draft.code = code.into_inner();
    let saving = draft.clone();
    let done = ctx
        .db
        .write(move |tx| ops::put_establishment(tx, &actor, &saving, Expect::Version(seen?), now))
        .await;
    match done {
        Ok((it, _)) => Ok(see_other(&address(
            &place(&it.code),
            &[("said", "establishment-changed")],
        ))),
        Err(refused) => {
            // What stands there now is shown beside what was typed; saving again overwrites it.
            let it = found(&ctx, &caller, &draft.code).await?;
            let mut data = edit_form(&it, &draft);
            data["theirs"] = matches!(refused, Error::Stale).into();
            ctx.page_refused(&caller, "network/establishment_edit", data, refused.into())
        }
    }
}
