//! The forms that register, change, move and replace.
use super::one::{self, One};
use super::{crumbs, see_other, tid, version};
use crate::access::{Caller, Form, Scope};
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::{Failure, address};
use crate::network;
use crate::terminals::catalogue;
use crate::terminals::desk::Desk;
use crate::terminals::model::Terminal;
use crate::terminals::registry::{self, Edit, Error, Registration};
use crate::terminals::work::Choice;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the select boxes offer.
fn choices(conn: &mut Conn, scope: &Scope) -> Result<Value, Error> {
    let models = catalogue::choices(conn)?;
    let points = network::choices_of_points(conn, scope)?;
    Ok(json!({ "models": models, "points": points,
               "has_points": points.as_ref().is_none_or(|all| !all.is_empty()) }))
}

async fn registration(ctx: &Ctx, caller: &Caller, wish: &Registration) -> Result<Value, Failure> {
    let scope = caller.actor()?.scope;
    let offered = ctx.db.read(move |conn| choices(conn, &scope)).await?;
    Ok(json!({
        "crumbs": crumbs(&[("terminals-new", "")]),
        "form": wish, "choices": offered,
    }))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct At {
    #[serde(default)]
    point_of_service: String,
}

pub(super) async fn new(
    ctx: web::Data<Ctx>,
    caller: Caller,
    at: web::Query<At>,
) -> Result<HttpResponse, Failure> {
    let wish = Registration {
        point_of_service: at.into_inner().point_of_service,
        ..Registration::default()
    };
    let page = registration(&ctx, &caller, &wish).await?;
    ctx.page(&caller, "terminals/new", page)
}

pub(super) async fn register(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    Form(wish): Form<Registration>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, saving) = (caller.actor()?, ctx.now(), wish.clone());
    let handlers = desk.handlers();
    let made = ctx
        .db
        .write(move |tx| registry::register(tx, &handlers, &actor, &saving, now))
        .await;
    match made {
        Ok((it, _)) => Ok(said(&it, "activation", "terminal-registered")),
        Err(refused) => {
            let page = registration(&ctx, &caller, &wish).await?;
            ctx.page_refused(&caller, "terminals/new", page, refused.into())
        }
    }
}

fn said(it: &Terminal, tab: &str, what: &str) -> HttpResponse {
    let place = match tab {
        "" => format!("/terminals/{}", it.tid),
        tab => format!("/terminals/{}/{tab}", it.tid),
    };
    see_other(&address(&place, &[("said", what)]))
}

/// A form about one terminal, as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    version: String,
    #[serde(default)]
    model: String,
    #[serde(default)]
    point_of_service: String,
    #[serde(default)]
    serial_number: String,
    /// What slices below asked about a replacement.
    #[serde(flatten)]
    chosen: BTreeMap<String, String>,
}

/// The data of a form about one terminal, filled with what stands there.
async fn form(
    ctx: &Ctx,
    caller: &Caller,
    place: &str,
    title_key: &str,
) -> Result<(Value, One), Failure> {
    let (code, scope, now) = (tid(place)?, caller.actor()?.scope, ctx.now());
    let (it, offered) = ctx
        .db
        .read(move |conn| {
            let it = one::read(conn, &scope, &code, now)?;
            let offered = choices(conn, &scope)?;
            Ok::<_, Error>((it, offered))
        })
        .await?;
    let tid = it.terminal.tid.as_str();
    let page = json!({
        "crumbs": crumbs(&[(tid, &format!("/terminals/{tid}")), (title_key, "")]),
        "it": it.facts(),
        "choices": offered,
        "form": {
            "version": it.terminal.version,
            "model": it.model.as_ref().map(|m| m.code.clone()),
        },
    });
    Ok((page, it))
}

/// Shows a form again: what was typed, the version that stands there now, and whether somebody
/// else was faster.
async fn again(
    ctx: &Ctx,
    caller: &Caller,
    place: &str,
    (template, title_key): (&str, &str),
    sent: &Sent,
    refused: Error,
) -> Result<HttpResponse, Failure> {
    let what = (template, title_key);
    again_with(ctx, caller, place, what, (sent, Value::Null), refused).await
}

async fn again_with(
    ctx: &Ctx,
    caller: &Caller,
    place: &str,
    (template, title_key): (&str, &str),
    (sent, asked): (&Sent, Value),
    refused: Error,
) -> Result<HttpResponse, Failure> {
    let (mut page, _) = form(ctx, caller, place, title_key).await?;
    page["asked"] = asked;
    page["theirs"] = matches!(refused, Error::Stale).into();
    page["form"]["model"] = sent.model.clone().into();
    page["form"]["point_of_service"] = sent.point_of_service.clone().into();
    page["form"]["serial_number"] = sent.serial_number.clone().into();
    ctx.page_refused(caller, template, page, refused.into())
}

pub(super) async fn edit(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (page, _) = form(&ctx, &caller, &place, "terminals-edit").await?;
    ctx.page(&caller, "terminals/edit", page)
}

pub(super) async fn change(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, code) = (caller.actor()?, ctx.now(), tid(&place)?);
    let seen = version(&sent.version);
    let edit = Edit {
        model: Some(sent.model.clone()),
        ..Edit::default()
    };
    let done = ctx
        .db
        .write(move |tx| registry::change(tx, &actor, &code, &edit, Some(seen?), now))
        .await;
    match done {
        Ok(it) => Ok(said(&it, "", "terminal-changed")),
        Err(refused) => {
            let what = ("terminals/edit", "terminals-edit");
            again(&ctx, &caller, &place, what, &sent, refused).await
        }
    }
}

pub(super) async fn ask_move(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (page, _) = form(&ctx, &caller, &place, "terminals-move").await?;
    ctx.page(&caller, "terminals/move", page)
}

pub(super) async fn move_to(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: web::Path<String>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, code) = (caller.actor()?, ctx.now(), tid(&place)?);
    let (seen, to) = (version(&sent.version), sent.point_of_service.clone());
    let handlers = desk.handlers();
    let done = ctx
        .db
        .write(move |tx| registry::move_to(tx, &handlers, &actor, &code, &to, Some(seen?), now))
        .await;
    match done {
        Ok(it) => Ok(said(&it, "", "terminal-moved")),
        Err(refused) => {
            let what = ("terminals/move", "terminals-move");
            again(&ctx, &caller, &place, what, &sent, refused).await
        }
    }
}

/// What is to be chosen when the device is replaced, with what was chosen so far.
async fn asked(
    ctx: &Ctx,
    desk: &Desk,
    it: &One,
    chosen: &BTreeMap<String, String>,
) -> Result<Value, Failure> {
    let (handlers, place) = (desk.handlers(), it.terminal.clone());
    let asked = ctx.db.read(move |conn| handlers.choices(conn, &place));
    let shown = |choice: Choice| {
        let answer = |(code, key): &(&str, &str)| json!({ "value": code, "key": key });
        json!({
            "name": choice.name, "label_key": choice.label_key, "hint_key": choice.hint_key,
            "answers": choice.answers.iter().map(answer).collect::<Vec<_>>(),
            "value": chosen.get(choice.name),
        })
    };
    Ok(asked.await?.into_iter().map(shown).collect())
}

pub(super) async fn ask_replace(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (mut page, it) = form(&ctx, &caller, &place, "terminals-replace").await?;
    page["asked"] = asked(&ctx, &desk, &it, &BTreeMap::new()).await?;
    ctx.page(&caller, "terminals/replace", page)
}

pub(super) async fn replace(
    ctx: web::Data<Ctx>,
    desk: web::Data<Desk>,
    caller: Caller,
    place: web::Path<String>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, code) = (caller.actor()?, ctx.now(), tid(&place)?);
    let (seen, serial) = (version(&sent.version), sent.serial_number.clone());
    let (handlers, mut chosen) = (desk.handlers(), sent.chosen.clone());
    chosen.remove("_csrf");
    let done = ctx
        .db
        .write(move |tx| {
            let device = (serial.as_str(), &chosen);
            registry::replace(tx, &handlers, &actor, &code, device, Some(seen?), now)
        })
        .await;
    match done {
        Ok(it) => Ok(said(&it, "activation", "terminal-replaced")),
        Err(refused) => {
            let it = form(&ctx, &caller, &place, "terminals-replace").await?.1;
            let asked = asked(&ctx, &desk, &it, &sent.chosen).await?;
            let what = ("terminals/replace", "terminals-replace");
            again_with(&ctx, &caller, &place, what, (&sent, asked), refused).await
        }
    }
}
