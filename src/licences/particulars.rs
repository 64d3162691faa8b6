//! Import of licences' particulars: each row tells what is to be known of a licence that is there
//! already. The files themselves come in by themselves or in archives ([`super::import`]).
use super::change_store as changes;
use super::delivery_ops::{event, note};
use super::error::Error;
use super::facts_model::{Facts, Said};
use super::model::Licence;
use super::store;
use crate::access::{Actor, Caller, Mount, Needs, Permission, Scope};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::fold::fold;
use crate::http::Failure;
use crate::imports::{self, Applied, Apply, Import, Sent};
use crate::sheets::Wanted;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use std::sync::Arc;

/// The kind of import, for `app` to register.
pub static IMPORT: Import = Import {
    kind: "import.licences",
    permission: Permission::LicencesManage,
    title_key: "import-licences",
    hint_key: "import-licences-hint",
    path: "/imports/licences",
    section: ("nav-licences", "/licences"),
    columns: &[
        Wanted::required("serial_number", "licences-serial"),
        Wanted::optional("platform", "licences-platform"),
        Wanted::optional("software", "licences-software"),
        Wanted::optional("lic_id", "licences-lic-id"),
        Wanted::optional("valid_from", "licences-valid-from"),
        Wanted::optional("valid_until", "licences-valid-until"),
    ],
    about: 3,
};

/// What is done with a row.
#[must_use]
pub fn importing() -> Apply {
    Arc::new(|tx, actor, row, now| Ok(describe(tx, actor, row, now)?))
}

/// Writes down what the row says of the licence that it names. A column that the file lacks keeps its
/// values, an empty cell empties one.
fn describe(
    tx: &mut Tx,
    actor: &Actor,
    row: &[Option<&str>],
    now: Millis,
) -> Result<Applied, Error> {
    let cell = |at: usize| row.get(at).copied().flatten();
    let text = |at: usize| cell(at).unwrap_or_default().to_owned();
    let said = Said {
        serial_number: text(0),
        platform: text(1),
        software: text(2),
        lic_id: text(3),
        valid_from: text(4),
        valid_until: text(5),
    };
    let said = said.facts().map_err(Error::Invalid)?;
    let said = said.check().map_err(Error::Invalid)?;
    store::lock_serial(tx, &said.serial_number)?;
    let before = named(tx, &actor.scope, &said, cell(2).is_some())?;
    let kept = before.facts.clone();
    let facts = Facts {
        lic_id: cell(3).map_or(kept.lic_id, |_| said.lic_id),
        valid_from: cell(4).map_or(kept.valid_from, |_| said.valid_from),
        valid_until: cell(5).map_or(kept.valid_until, |_| said.valid_until),
        ..kept
    };
    if facts == before.facts {
        return Ok(Applied::Same);
    }
    let facts = facts.check().map_err(Error::Invalid)?;
    if !changes::describe(tx, before.id, &facts)? {
        return Err(Error::NotCurrent);
    }
    let after = Licence {
        facts,
        ..before.clone()
    };
    note(
        tx,
        actor,
        "licence.describe",
        Some(&before),
        Some(&after),
        now,
    );
    tx.emit(event("licence.described", &after, now));
    Ok(Applied::Changed)
}

/// The one current licence that serial number, platform and software name, as far as they are said.
fn named(
    tx: &mut Tx,
    scope: &Scope,
    said: &Facts,
    software_is_said: bool,
) -> Result<Licence, Error> {
    let is_meant = |it: &Licence| {
        let is_seen = match &it.place {
            Some(place) => scope.holds(place.establishment),
            None => *scope == Scope::All,
        };
        is_seen
            && (said.platform.is_empty() || fold(&it.facts.platform) == fold(&said.platform))
            && (!software_is_said || fold(&it.facts.software) == fold(&said.software))
    };
    let found = store::current_of_serial(tx, &said.serial_number)?;
    let mut found = found.into_iter().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(Error::WhichOf(said.serial_number.clone())),
        (None, _) => Err(Error::NoneOf(said.serial_number.clone())),
    }
}

pub(super) fn routes(mount: &mut Mount) {
    imports::form_routes(mount, &IMPORT);
    let manage = Needs::Permission(IMPORT.permission);
    mount.api(Method::POST, "/api/v1/imports/licences", manage, import);
}

/// Writes down the particulars of licences that are there, from a CSV file: `serial_number`, and as wished
/// `platform`, `software`, `lic_id`, `valid_from`, `valid_until`. What became of each row is told by the task.
#[utoipa::path(post, path = "/api/v1/imports/licences", tag = "Imports", params(Sent),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 202, body = crate::tasks::Dto, description = "The task that imports it"),
              (status = 413, description = "`import.too-large`"),
              (status = 422, description = "The file cannot be read: `sheet.column-missing`, …")))]
pub(super) async fn import(
    ctx: web::Data<Ctx>,
    caller: Caller,
    sent: web::Query<Sent>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    imports::receive_csv(&IMPORT, ctx, caller, sent, body).await
}
