//! Licences in the web UI: the lists, one licence, and the forms that upload, delete and send again.
mod import;
mod lists;
mod naming;
mod one;
mod upload;

use super::api::download;
use super::look_ops;
use super::model::Licence;
use crate::access::{Mount, Needs, Permission};
use crate::clock::Millis;
use crate::db::{self, Conn};
use crate::http::address;
use crate::terminals::Terminal;
use actix_web::HttpResponse;
use actix_web::http::{Method, header};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn routes(mount: &mut Mount) {
    let view = Needs::Permission(Permission::LicencesView);
    let manage = Needs::Permission(Permission::LicencesManage);
    mount.web(Method::GET, "/licences", view, lists::all);
    mount.web(Method::POST, "/licences", manage, upload::upload);
    mount.web(Method::GET, "/licences/new", manage, upload::new);
    mount.web(Method::GET, "/licences/import", manage, import::show);
    mount.web(Method::POST, "/licences/import", manage, import::upload);
    mount.web(Method::GET, "/licences/naming", manage, naming::show);
    mount.web(Method::POST, "/licences/naming", manage, naming::change);
    mount.web(Method::GET, "/licences/numbers", view, lists::numbers);
    mount.web(Method::GET, "/licences/bare", view, lists::bare);
    mount.web(Method::GET, "/licences/expiring", view, lists::expiring);
    mount.web(Method::GET, "/licences/{id}", view, one::show);
    mount.web(Method::GET, "/licences/{id}/file", view, download);
    mount.web(
        Method::GET,
        "/licences/{id}/delete",
        manage,
        one::ask_delete,
    );
    mount.web(Method::POST, "/licences/{id}/delete", manage, one::delete);
    mount.web(
        Method::POST,
        "/licences/{id}/send-again",
        manage,
        one::send_again,
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

fn see_other(to: &str, said: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, address(to, &[("said", said)])))
        .finish()
}
