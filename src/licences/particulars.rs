//! Import of licences' particulars: each row tells what is to be known of a licence that is there
//! already. The files themselves come in by themselves or in archives ([`super::import`]).
use super::describe_ops::describe;
use crate::access::{Caller, Mount, Needs, Permission};
use crate::context::Ctx;
use crate::http::Failure;
use crate::imports::{self, Apply, Import, Sent};
use crate::sheets::Wanted;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use std::sync::Arc;

/// The kind of import, for `app` to register.
pub static IMPORT: Import = Import {
    kind: "import.licences",
    permission: Permission::LicencesManage,
    title_key: "import-licences",
    check_key: "import-check-of-licences",
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
