//! Imports in the web UI: the form, "import now" after a trial, and the file of refused rows.
use super::Import;
use super::error::{Error, MAX_BYTES};
use super::receive::{Params, begin};
use super::{form as upload_form, refused};
use crate::access::{Caller, Empty, Form, Mount, Needs};
use crate::context::Ctx;
use crate::http::{Failure, address};
use crate::ids::TaskId;
use crate::sheets::Encoding;
use crate::tasks::{self, Kinds, New, State, Viewer};
use actix_multipart::Multipart;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub(super) fn routes(mount: &mut Mount) {
    // Whose task it is, and what its kind needs, the task itself says.
    let known = Needs::SignedIn;
    mount.web(Method::POST, "/imports/{id}/now", known, now);
    mount.web(
        Method::GET,
        "/imports/{id}/refused.csv",
        known,
        refused_file,
    );
}

fn data(import: &Import, encoding: &str) -> Value {
    let columns: Vec<Value> = import
        .columns
        .iter()
        .map(|c| json!({ "key": c.key, "label_key": c.label_key, "is_required": c.is_required }))
        .collect();
    let encodings: Vec<Value> = Encoding::OFFERED
        .iter()
        .map(|name| json!({ "value": name, "text": name }))
        .collect();
    let (section, href) = import.section;
    json!({
        "crumbs": [{ "key": section, "href": href }, { "key": import.title_key }],
        "section": section,
        "back": href,
        "title_key": import.title_key,
        "hint_key": import.hint_key,
        "action": import.path,
        "columns": columns,
        "encodings": encodings,
        "form": { "encoding": encoding },
        "max_mb": MAX_BYTES >> 20,
    })
}

pub(super) fn form(import: &Import, ctx: &Ctx, caller: &Caller) -> Result<HttpResponse, Failure> {
    ctx.page(caller, "imports/form", data(import, ""))
}

/// People try first: what they send is done and undone, and they see what would become of it.
pub(super) async fn upload(
    import: &'static Import,
    ctx: web::Data<Ctx>,
    caller: Caller,
    body: Multipart,
) -> Result<HttpResponse, Failure> {
    let mut encoding = String::new();
    let received = upload_form::receive(&ctx, import, &caller, body, &mut encoding).await;
    let begun = match received {
        Ok((file, name)) => begin(&ctx, import, caller.actor()?, file, (name, true))
            .await
            .map_err(Failure::from),
        Err(refused) => Err(refused),
    };
    match begun {
        Ok(id) => Ok(see_other(id, "import-tried")),
        Err(refused) => ctx.page_refused(&caller, "imports/form", data(import, &encoding), refused),
    }
}

/// Does in earnest what was tried; once, however often the button is pressed.
async fn now(
    ctx: web::Data<Ctx>,
    kinds: web::Data<Kinds>,
    caller: Caller,
    id: web::Path<TaskId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (viewer, id, now) = (Viewer::of(&caller)?, *id, ctx.now());
    let kinds = kinds.into_inner();
    let begun = ctx
        .db
        .write(move |tx| {
            let trial = tasks::find(tx, &viewer, id)?;
            let kind = kinds.find(&trial.kind).ok_or(Error::NotATrial)?;
            let params = params(&trial.params).ok_or(Error::NotATrial)?;
            if !params.dry_run || trial.state != State::Done {
                return Err(Error::NotATrial);
            }
            if let Some(done) = tasks::follower(tx, id)? {
                return Ok(done);
            }
            let new = New {
                input: trial.input,
                file_name: trial.file_name,
                total: trial.total,
                follows: Some(id),
                ..New::of(
                    kind.name,
                    kind.permission,
                    json!(Params {
                        dry_run: false,
                        ..params
                    }),
                )
            };
            Ok(tasks::start(tx, &viewer.actor, &new, now)?)
        })
        .await?;
    tasks::nudge(&ctx.jobs);
    Ok(see_other(begun, "import-begun"))
}

/// The parameters, if it is an import.
pub(super) fn params(of: &Value) -> Option<Params> {
    serde_json::from_value(of.clone()).ok()
}

async fn refused_file(
    ctx: web::Data<Ctx>,
    caller: Caller,
    id: web::Path<TaskId>,
) -> Result<HttpResponse, Failure> {
    let task = tasks::seen(&ctx, &caller, *id).await?;
    refused::answer(ctx.as_ref().clone(), caller.look, task).await
}

fn see_other(id: TaskId, said: &str) -> HttpResponse {
    let to = address(&format!("/tasks/{id}"), &[("said", said)]);
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .finish()
}
