//! Import of terminals: each row is registered as by the form.
use super::catalogue;
use super::model::Terminal;
use super::registry::{self, Error, Registration};
use super::work::Handlers;
use crate::access::{Actor, Caller, Mount, Needs, Permission};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::fold::fold;
use crate::http::Failure;
use crate::imports::{self, Applied, Apply, Import, Sent};
use crate::network::Put;
use crate::sheets::Wanted;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use std::sync::Arc;

/// The kind of import, for `app` to register.
pub static IMPORT: Import = Import {
    kind: "import.terminals",
    permission: Permission::TerminalsManage,
    title_key: "import-terminals",
    check_key: "import-check-of-terminals",
    hint_key: "import-terminals-hint",
    path: "/imports/terminals",
    section: ("nav-terminals", "/terminals"),
    columns: &[
        Wanted::required("tid", "import-tid").also("terminals-tid"),
        Wanted::required("serial_number", "import-serial-number").also("terminals-serial"),
        Wanted::required("model", "import-model").also("terminals-model"),
        Wanted::required("point_of_service", "import-point-of-service")
            .rather("point_code", "terminals-point-code"),
        Wanted::optional("interval_s", "import-interval-s").also("terminals-interval"),
        Wanted::optional("tags", "import-tags").also("terminals-tags"),
    ],
    about: 1,
};

/// What is done with a row; `handlers` are told of what is registered.
#[must_use]
pub fn importing(handlers: Handlers) -> Apply {
    Arc::new(move |tx, actor, row, now| apply(tx, &handlers, actor, row, now))
}

fn apply(
    tx: &mut Tx,
    handlers: &Handlers,
    actor: &Actor,
    row: &[Option<&str>],
    now: Millis,
) -> Result<Applied, Failure> {
    let value = |at: usize| {
        row.get(at)
            .copied()
            .flatten()
            .unwrap_or_default()
            .to_owned()
    };
    let wish = Registration {
        tid: value(0),
        serial_number: value(1),
        model: catalogue::code_of(tx, value(2))?,
        point_of_service: value(3),
        interval_s: value(4),
    };
    let (it, put) = registry::register(tx, handlers, actor, &wish, now)?;
    let tagged = stick(tx, actor, &it, &value(5), now).map_err(as_of_the_file)?;
    Ok(match put {
        Put::Created => Applied::Created,
        Put::Changed => Applied::Changed,
        Put::Same if tagged => Applied::Changed,
        Put::Same => Applied::Same,
    })
}

/// Adds the tags that the row names; true when the terminal lacked one. It keeps those it has.
fn stick(
    tx: &mut Tx,
    actor: &Actor,
    it: &Terminal,
    tags: &str,
    now: Millis,
) -> Result<bool, Error> {
    let mut is_new = false;
    let names = tags.split([',', ';']).map(str::trim);
    let mut names = names.filter(|name| !name.is_empty()).peekable();
    if names.peek().is_none() {
        return Ok(false);
    }
    // Whoever has the tag already is not held for it.
    let known = registry::tags_of(tx, &[it.id])?;
    let known = known.values().flatten().map(|tag| fold(tag));
    let known: Vec<String> = known.collect();
    for name in names.filter(|name| !known.contains(&fold(name))) {
        is_new |= registry::tag(tx, actor, &it.tid, name, now)?.1;
    }
    Ok(is_new)
}

/// The column is called otherwise than the field of the form.
fn as_of_the_file(refused: Error) -> Error {
    match refused {
        Error::Invalid(faults) => Error::Invalid(imports::in_columns(faults, &[("tag", "tags")])),
        other => other,
    }
}

pub(super) fn routes(mount: &mut Mount) {
    imports::form_routes(mount, &IMPORT);
    let manage = Needs::Permission(IMPORT.permission);
    mount.api(Method::POST, "/api/v1/imports/terminals", manage, import);
}

/// Registers the terminals of a CSV file: columns `tid`, `serial_number`, `model` and
/// `point_of_service`, and `interval_s` and `tags` if you like. What became of each row is told by the task.
#[utoipa::path(post, path = "/api/v1/imports/terminals", tag = "Imports", params(Sent),
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
