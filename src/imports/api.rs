//! Imports over the Management API: each kind has its own address, declared where the kind is, and
//! all of them are answered here.
use super::Import;
use super::error::Error;
use super::receive::{begin, take_in};
use crate::access::Caller;
use crate::context::Ctx;
use crate::http::Failure;
use crate::sheets::Encoding;
use crate::tasks;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

/// How a file is sent.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Sent {
    /// `true` only tries: every row is checked as if it were imported, and nothing is changed.
    #[serde(default)]
    dry_run: bool,
    /// The file's encoding, such as `utf-8`, `windows-1251`, `cp866`; recognised when absent.
    #[serde(default)]
    encoding: String,
    /// The name that the task is known by.
    #[serde(default)]
    file_name: String,
}

/// Takes a CSV file and answers 202 with the task that imports it.
pub async fn receive_csv(
    import: &'static Import,
    ctx: web::Data<Ctx>,
    caller: Caller,
    sent: web::Query<Sent>,
    body: web::Payload,
) -> Result<HttpResponse, Failure> {
    let sent = sent.into_inner();
    let told = match sent.encoding.as_str() {
        "" => None,
        name => Some(Encoding::parse(name).map_err(Error::from)?),
    };
    let file = take_in(&ctx, import, body, (told, caller.look.lang)).await?;
    let how = (sent.file_name, sent.dry_run);
    let id = begin(&ctx, import, caller.actor()?, file, how).await?;
    let task = tasks::seen(&ctx, &caller, id).await?;
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/api/v1/tasks/{id}")))
        .json(tasks::Dto::from(task)))
}
