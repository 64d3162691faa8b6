//! The logo's part of Admin › Settings, and the logo itself.
use super::{Kept, New, ops, take_in};
use crate::access::{Caller, Form, Mount, Needs, Permission, Question, check_csrf};
use crate::http::{Failure, Parts, name_of, skip, typed};
use crate::settings::error::Error;
use crate::settings::{Board, page};
use crate::storage::Download;
use crate::views::text;
use actix_multipart::Multipart;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::SettingsManage);
    mount.web(Method::GET, "/logo", Needs::Nothing, show);
    mount.web(Method::POST, "/admin/settings/logo", manage, set);
    mount.web(Method::GET, "/admin/settings/logo/remove", manage, ask);
    mount.web(Method::POST, "/admin/settings/logo/remove", manage, remove);
}

/// What its form shows.
pub(in crate::settings) fn form_data(kept: &Kept) -> Value {
    let logo = kept.logo.as_ref().map(|logo| {
        json!({
            "href": format!("/logo?v={}", kept.version),
            "width": logo.width, "height": logo.height, "bytes": logo.blob.size_bytes,
        })
    });
    json!({
        "version": kept.version, "changed_at": kept.changed_at, "changed_by": kept.changed_by,
        "now": logo,
    })
}

/// The picture, to whoever asks: the sign-in page shows it.
async fn show(req: HttpRequest, board: web::Data<Board>) -> Result<HttpResponse, Failure> {
    let logo = board.brand.known().logo.ok_or(Error::NoLogo)?;
    // The same bytes may have come in earlier as something else.
    let mut blob = logo.blob;
    blob.content_type = logo.content_type;
    let ending = match blob.content_type.as_str() {
        "image/png" => "png",
        _ => "jpg",
    };
    let answer = board.storage.answer(
        &req,
        Download {
            blob,
            file_name: format!("logo.{ending}"),
            sent: None,
        },
    );
    Ok(answer.await?)
}

fn done(verb: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, page::part(verb, page::LOGO)))
        .finish()
}

async fn set(
    board: web::Data<Board>,
    caller: Caller,
    body: Multipart,
) -> Result<HttpResponse, Failure> {
    let mut parts = Parts::of(body);
    let received = receive(&board, &caller, &mut parts).await;
    if received.is_err() {
        parts.drain().await;
    }
    let put = match received {
        Ok((new, seen)) => put(&board, &caller, Some(new), Some(seen)).await,
        Err(refused) => Err(refused),
    };
    match put {
        Ok(_) => Ok(done("saved")),
        Err(refused) => page::refused(&board, &caller, None, refused).await,
    }
}

/// The form: its token, the version that was seen, the file.
async fn receive(board: &Board, caller: &Caller, parts: &mut Parts) -> Result<(New, i64), Failure> {
    let csrf = parts.first("_csrf").await.map_err(Error::from)?;
    check_csrf(caller, &csrf)?;
    let mut seen = None;
    while let Some(mut field) = parts.next().await.map_err(Error::from)? {
        match field.name().unwrap_or_default() {
            "version" => seen = typed(&mut field).await.map_err(Error::from)?.parse().ok(),
            // A browser sends an empty name when no file was chosen.
            "logo" if !name_of(&field).is_empty() => {
                let mut bytes = field.fuse();
                let taken = match seen {
                    Some(seen) => take_in(&board.storage, bytes.by_ref())
                        .await
                        .map(|new| (new, seen)),
                    None => Err(Error::Stale),
                };
                if taken.is_err() {
                    skip(&mut bytes).await;
                }
                return Ok(taken?);
            }
            _ => skip(&mut field).await,
        }
    }
    Err(Error::logo("settings.logo-missing", 0).into())
}

pub(super) async fn put(
    board: &Board,
    caller: &Caller,
    new: Option<New>,
    seen: Option<i64>,
) -> Result<Kept, Failure> {
    let (actor, now, brand) = (caller.actor()?, board.clock.now(), board.brand.clone());
    let put = board
        .db
        .write(move |tx| ops::put(tx, &brand, &actor, new, seen, now));
    Ok(put.await?)
}

/// Asks before the logo is removed; where there is none, the settings are all there is to see.
async fn ask(board: web::Data<Board>, caller: Caller) -> Result<HttpResponse, Failure> {
    let kept = board
        .db
        .read(move |conn| Ok::<_, Error>(super::find(conn)?))
        .await?;
    if kept.logo.is_none() {
        return Ok(HttpResponse::SeeOther()
            .insert_header((header::LOCATION, page::HERE))
            .finish());
    }
    let question = Question {
        section: ("nav-settings", page::HERE),
        what: text(caller.look.lang, "settings-logo", &[]),
        back: page::HERE.to_owned(),
        verb_key: "settings-logo-remove",
        question_key: "settings-logo-remove-question",
        text_key: "settings-logo-remove-text",
        action: "/admin/settings/logo/remove".to_owned(),
    };
    let seen = [("version", kept.version.to_string())];
    let (template, data) = question.asked(&[], 0, &seen, None);
    board.shell.page(&caller, template, data)
}

#[derive(Deserialize)]
struct Seen {
    #[serde(default)]
    version: String,
}

async fn remove(
    board: web::Data<Board>,
    caller: Caller,
    Form(sent): Form<Seen>,
) -> Result<HttpResponse, Failure> {
    let put = match sent.version.trim().parse::<i64>() {
        Ok(seen) => put(&board, &caller, None, Some(seen)).await,
        Err(_) => Err(Error::Stale.into()),
    };
    match put {
        Ok(_) => Ok(done("removed")),
        Err(refused) => page::refused(&board, &caller, None, refused).await,
    }
}
