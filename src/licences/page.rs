//! Licences in the web UI: the list, one licence, and the forms that upload, delete and send again.
use super::api::{Asked, download};
use super::error::Error;
use super::form::{self, Typed};
use super::look_ops;
use super::model::{Licence, MAX_BYTES, Replace, State, Uploaded};
use super::ops::{self, NewLicence};
use crate::access::{Caller, Form, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::{self, Conn};
use crate::http::{Failure, address};
use crate::ids::LicenceId;
use crate::terminals::Terminal;
use actix_multipart::Multipart;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn routes(mount: &mut Mount) {
    let view = Needs::Permission(Permission::LicencesView);
    let manage = Needs::Permission(Permission::LicencesManage);
    mount.web(Method::GET, "/licences", view, list);
    mount.web(Method::POST, "/licences", manage, upload);
    mount.web(Method::GET, "/licences/new", manage, new);
    mount.web(Method::GET, "/licences/{id}", view, show);
    mount.web(Method::GET, "/licences/{id}/file", view, download);
    mount.web(Method::GET, "/licences/{id}/delete", manage, ask_delete);
    mount.web(Method::POST, "/licences/{id}/delete", manage, delete);
    mount.web(
        Method::POST,
        "/licences/{id}/send-again",
        manage,
        send_again,
    );
}

/// What a page shows of a licence.
fn facts(licence: &Licence) -> Value {
    json!({
        "id": licence.id,
        "tid": licence.place.as_ref().map(|place| &place.tid),
        "serial_number": licence.facts.serial_number,
        "platform": licence.facts.platform,
        "software": licence.facts.software,
        "lic_id": licence.facts.lic_id,
        "valid_from": licence.facts.valid_from.map(midday),
        "valid_until": licence.facts.valid_until.map(midday),
        "file_name": licence.file_name,
        "size_bytes": licence.size_bytes,
        "sha256": licence.sha256,
        "state": licence.state,
        "is_current": licence.is_current,
        "has_file": licence.blob.is_some(),
        "was_delivered": licence.first_fetched_at.is_some(),
        "outcome_code": licence.outcome_code,
        "uploaded_at": licence.uploaded_at,
        "uploaded_by": licence.uploaded_by,
        "fetched_at": licence.told_fetched_at(),
        "confirmed_at": licence.confirmed_at,
        "ended_at": licence.ended_at,
        "ended_by": licence.ended_by,
    })
}

/// A day as a time that is on this day in every zone but the Pacific's last.
fn midday(day: Millis) -> Millis {
    day + Duration::from_hours(12)
}

/// The tab that this slice adds to the page of a terminal: its licences, and those it had before.
pub fn panel(conn: &mut Conn, of: &Terminal) -> Result<Value, db::Error> {
    let (current, former): (Vec<_>, Vec<_>) = look_ops::history(conn, of.id)?
        .into_iter()
        .partition(|licence| licence.is_current);
    let mut shown = Vec::new();
    for licence in &current {
        let again = look_ops::may_send_again(conn, licence)?;
        shown.push(json!({ "it": facts(licence), "may_send_again": again }));
    }
    Ok(json!({
        "current": shown,
        "former": former.iter().map(facts).collect::<Vec<_>>(),
        "upload": address("/licences/new", &[("terminal", of.tid.as_str())]),
    }))
}

async fn list(
    ctx: web::Data<Ctx>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (scope, turn, search) = (caller.actor()?.scope, asked.turn()?, asked.search()?);
    let reading = turn.clone();
    let page = ctx
        .db
        .read(move |conn| look_ops::list(conn, &scope, &search, &reading))
        .await?;
    let filter = [("q", asked.q.as_str()), ("state", asked.state.as_str())];
    let states: Vec<Value> = State::ALL
        .iter()
        .map(|state| json!({ "value": state.code(), "key": format!("state-{}", state.code()) }))
        .collect();
    let data = json!({
        "items": page.items.iter().map(facts).collect::<Vec<_>>(),
        "pager": page.pager("/licences", &filter, &turn),
        "q": asked.q,
        "state": asked.state,
        "states": states,
        "is_narrowed": filter.iter().any(|(_, value)| !value.is_empty()),
    });
    ctx.page(&caller, "licences/list", data)
}

async fn show(
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

#[derive(Debug, Deserialize)]
struct For {
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

async fn new(
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

async fn upload(
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

async fn ask_delete(
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

/// The forms that ask nothing: the token is all they carry.
#[derive(Debug, Deserialize)]
struct Confirmed {}

async fn delete(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
    Form(Confirmed {}): Form<Confirmed>,
) -> Result<HttpResponse, Failure> {
    let (actor, id, now) = (caller.actor()?, *id, ctx.now());
    ctx.db
        .write(move |tx| ops::delete(tx, &actor, id, now))
        .await?;
    Ok(see_other("/licences", "licence-deleted"))
}

async fn send_again(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<LicenceId>,
    Form(Confirmed {}): Form<Confirmed>,
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

fn see_other(to: &str, said: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address(to, &[("said", said)])))
        .finish()
}
