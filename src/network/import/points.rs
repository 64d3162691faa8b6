//! Import of points of service, each with its establishment: rows are put as by the Management API.
use super::{applied, status_said};
use crate::access::{Actor, Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::http::{Failure, FieldFault};
use crate::imports::{self, Applied, Apply, Import, Sent};
use crate::network::draft_model::{EstablishmentDraft, PointDraft};
use crate::network::error::Error;
use crate::network::ops::{self, Expect};
use crate::sheets::Wanted;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use std::sync::Arc;

/// The kind of import, for `app` to register.
pub static POINTS_IMPORT: Import = Import {
    kind: "import.points",
    permission: Permission::NetworkManage,
    title_key: "import-points",
    check_key: "import-check-of-points",
    hint_key: "import-points-hint",
    path: "/imports/points",
    section: ("nav-network", "/network"),
    columns: &[
        Wanted::required("code", "import-code").also("network-code"),
        Wanted::required("name", "import-name").also("network-name"),
        Wanted::optional("address", "import-address").also("network-address"),
        Wanted::optional("manager_name", "import-manager-name").also("network-manager"),
        Wanted::required("establishment", "import-establishment")
            .rather("establishment_code", "network-establishment-code"),
        Wanted::optional("establishment_name", "import-establishment-name"),
        Wanted::optional("time_zone", "import-time-zone"),
        Wanted::optional("country", "import-country"),
        Wanted::optional("opening_hours", "import-opening-hours").also("network-hours"),
        Wanted::optional("status", "import-status").also("network-status"),
    ],
    about: 1,
};

/// What is done with a row.
#[must_use]
pub fn importing_points() -> Apply {
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
    let establishment = EstablishmentDraft {
        code: value(4),
        name: value(5),
        time_zone: value(6),
        country: value(7),
        ..EstablishmentDraft::default()
    };
    place(tx, actor, &establishment, now)?;
    let (address, manager_name) = (said(2), said(3));
    // What the file does not speak of stays as it is.
    let kept = match (&address, &manager_name) {
        (Some(_), Some(_)) => None,
        _ => ops::find_point(tx, &actor.scope, value(0).trim())?,
    };
    let kept = kept.map_or_else(Default::default, |it| (it.address, it.manager_name));
    let point = PointDraft {
        code: value(0),
        name: value(1),
        address: address.unwrap_or(kept.0),
        manager_name: manager_name.unwrap_or(kept.1),
        opening_hours: said(8),
        status: said(9).map(status_said),
    };
    let to = establishment.code.trim();
    let (_, put) = ops::put_point(tx, actor, to, &point, Expect::Anything, now)?;
    Ok(applied(put))
}

/// Makes the establishment where there is none of that code and the row names it. One that is there
/// is not changed by a list of its points.
fn place(tx: &mut Tx, actor: &Actor, it: &EstablishmentDraft, now: Millis) -> Result<(), Error> {
    if ops::find_establishment(tx, &actor.scope, it.code.trim())?.is_some() {
        return Ok(());
    }
    if it.name.is_empty() {
        let unknown = FieldFault::new("establishment", "network.no-establishment");
        return Err(Error::Invalid(vec![FieldFault {
            args: vec![("code", it.code.clone())],
            ..unknown
        }]));
    }
    ops::put_establishment(tx, actor, it, Expect::New, now)
        .map(drop)
        .map_err(as_of_the_point)
}

/// The fields of an establishment are called otherwise in a list of points.
fn as_of_the_point(refused: Error) -> Error {
    match refused {
        Error::Invalid(faults) => Error::Invalid(imports::in_columns(
            faults,
            &[("code", "establishment"), ("name", "establishment_name")],
        )),
        other => other,
    }
}

pub(in crate::network) fn routes(mount: &mut Mount) {
    imports::form_routes(mount, &POINTS_IMPORT);
    let manage = Needs::Permission(POINTS_IMPORT.permission);
    mount.api(Method::POST, "/api/v1/imports/points", manage, import);
}

/// Puts the points of service of a CSV file: columns `code`, `name` and `establishment`, and
/// `address` and `manager_name` if you like. An establishment that is not there yet is made where
/// `establishment_name` and `time_zone` are given. What became of each row is told by the task.
#[utoipa::path(post, path = "/api/v1/imports/points", tag = "Imports", params(Sent),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 202, body = crate::tasks::Dto, description = "The task that imports it"),
              (status = 413, description = "`import.too-large`"),
              (status = 422, description = "The file cannot be read: `sheet.column-missing`, …")))]
pub(in crate::network) async fn import(
    ctx: web::Data<Ctx>,
    caller: Caller,
    sent: web::Query<Sent>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    imports::receive_csv(&POINTS_IMPORT, ctx, caller, sent, body).await
}
