//! Pages of establishments.
use super::list::{ESTABLISHMENTS, POINTS};
use super::{crumbs, see_other, statuses, tally, version};
use crate::access::{Caller, Form, Permission, Scope};
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, address};
use crate::ids::Currency;
use crate::lists::{ListPage, Lists, Place};
use crate::network::draft_model::EstablishmentDraft;
use crate::network::error::Error;
use crate::network::model::{Establishment, Status};
use crate::network::ops::{self, Expect, Neighbours};
use crate::settings;
use crate::views::{Lang, key_of};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) async fn list(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
) -> Result<HttpResponse, Failure> {
    let may_add = caller.may(Permission::NetworkManage);
    let wish = ListPage::new(ESTABLISHMENTS, "network/establishments");
    let own = json!({ "may_add": may_add, "statuses": statuses() });
    let own = move |_: &mut Conn, _: &Scope| Ok(own);
    lists.show(&ctx, &caller, wish, own).await
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
        "country": it.country, "language_key": key_of("language-", &it.language),
        "currency": it.currency, "status": it.status.code(),
        "closed_state": (it.status == Status::Closed).then_some("closed"), "created_at": it.created_at,
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
    lists: web::Data<Lists>,
    caller: Caller,
    code: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let it = found(&ctx, &caller, &code).await?;
    let data = json!({
        "crumbs": crumbs(&[
            (&it.name, place(&it.code)),
            ("network-points", String::new()),
        ]),
        "it": facts(&it), "statuses": statuses(),
    });
    let wish = ListPage::new(POINTS, "network/establishment_points").within(Place {
        filter: "establishment",
        value: it.code,
        column: "establishment",
    });
    lists.show(&ctx, &caller, wish, |_, _| Ok(data)).await
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

/// What the select boxes of a form offer.
fn offered(mut data: Value) -> Value {
    let language =
        |lang: Lang| json!({ "value": lang.tag(), "key": key_of("language-", lang.tag()) });
    let currency = |code: &&str| json!({ "value": code, "text": code });
    data["zones"] = zones().into();
    data["languages"] = Lang::ALL.map(language).to_vec().into();
    data["currencies"] = Currency::CODES.iter().map(currency).collect();
    data["statuses"] = statuses();
    data
}

fn form(draft: &EstablishmentDraft) -> Value {
    offered(json!({
        "crumbs": crumbs(&[("network-establishment-new", String::new())]),
        "form": draft,
    }))
}

pub(super) async fn new(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    let usual = ctx
        .db
        .read(|conn| settings::find(conn, &settings::DEFAULTS))
        .await
        .map_err(Error::from)?;
    let draft = EstablishmentDraft::default().over_defaults(&usual.values);
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
    offered(json!({
        "crumbs": crumbs(&[
            (&it.name, place(&it.code)),
            ("network-edit", String::new()),
        ]),
        "it": facts(it), "form": draft, "version": it.version,
    }))
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
        ..EstablishmentDraft::default()
    };
    let draft = draft.over(&it);
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
