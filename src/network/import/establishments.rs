//! Import of establishments alone.
use super::{applied, status_said};
use crate::access::{Actor, Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::http::Failure;
use crate::imports::{self, Applied, Apply, Import, Sent};
use crate::network::draft_model::EstablishmentDraft;
use crate::network::ops::{self, Expect};
use crate::sheets::Wanted;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use std::sync::Arc;

/// The kind of import, for `app` to register.
pub static ESTABLISHMENTS_IMPORT: Import = Import {
    kind: "import.establishments",
    permission: Permission::NetworkManage,
    title_key: "import-establishments",
    check_key: "import-check-of-establishments",
    hint_key: "import-establishments-hint",
    path: "/imports/establishments",
    section: ("nav-network", "/network"),
    columns: &[
        Wanted::required("code", "import-code").also("network-code"),
        Wanted::required("name", "import-name").also("network-name"),
        Wanted::optional("time_zone", "import-time-zone").also("network-time-zone"),
        Wanted::optional("country", "import-country").also("network-country"),
        Wanted::optional("language", "import-language").also("network-language"),
        Wanted::optional("currency", "import-currency").also("network-currency"),
        Wanted::optional("status", "import-status").also("network-status"),
    ],
    about: 1,
};

/// What is done with a row.
#[must_use]
pub fn importing_establishments() -> Apply {
    Arc::new(apply)
}

fn apply(
    tx: &mut Tx,
    actor: &Actor,
    row: &[Option<&str>],
    now: Millis,
) -> Result<Applied, Failure> {
    let said = |at: usize| row.get(at).copied().flatten().map(str::to_owned);
    let value = |at: usize| said(at).unwrap_or_default();
    let filled = |at: usize| said(at).filter(|text| !text.trim().is_empty());
    // What the file does not speak of stays as it is; a place is in some zone, so that an empty cell
    // says nothing either.
    let kept = match (filled(2), said(3)) {
        (Some(_), Some(_)) => None,
        _ => ops::find_establishment(tx, &actor.scope, value(0).trim())?,
    };
    let kept = kept.map_or_else(Default::default, |it| {
        (it.time_zone, it.country.unwrap_or_default())
    });
    let draft = EstablishmentDraft {
        code: value(0),
        name: value(1),
        time_zone: filled(2).unwrap_or(kept.0),
        country: said(3).unwrap_or(kept.1),
        language: said(4),
        currency: said(5),
        status: said(6).map(status_said),
    };
    let (_, put) = ops::put_establishment(tx, actor, &draft, Expect::Anything, now)?;
    Ok(applied(put))
}

pub(in crate::network) fn routes(mount: &mut Mount) {
    imports::form_routes(mount, &ESTABLISHMENTS_IMPORT);
    let manage = Needs::Permission(ESTABLISHMENTS_IMPORT.permission);
    let path = "/api/v1/imports/establishments";
    mount.api(Method::POST, path, manage, import_establishments);
}

/// Puts the establishments of a CSV file: columns `code` and `name`, and `time_zone`, `country`,
/// `language`, `currency` and `status` if you like. What a new one lacks is the installation's
/// default. What became of each row is told by the task.
#[utoipa::path(post, path = "/api/v1/imports/establishments", tag = "Imports", params(Sent),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 202, body = crate::tasks::Dto, description = "The task that imports it"),
              (status = 413, description = "`import.too-large`"),
              (status = 422, description = "The file cannot be read: `sheet.column-missing`, …")))]
pub(in crate::network) async fn import_establishments(
    ctx: web::Data<Ctx>,
    caller: Caller,
    sent: web::Query<Sent>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    imports::receive_csv(&ESTABLISHMENTS_IMPORT, ctx, caller, sent, body).await
}
