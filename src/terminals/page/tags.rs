//! The tags of one terminal: what it has, each to be taken off, and a field for one more.
use super::one;
use super::{crumbs, see_other, tid};
use crate::access::{Caller, Form};
use crate::context::Ctx;
use crate::http::{Failure, address};
use crate::terminals::registry::{self, Error};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

/// A form of the page: one word comes, or one goes.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    tag: String,
    #[serde(default)]
    remove: String,
}

async fn page(ctx: &Ctx, caller: &Caller, place: &str, typed: &str) -> Result<Value, Failure> {
    let (code, scope, now) = (tid(place)?, caller.actor()?.scope, ctx.now());
    let (it, known) = ctx
        .db
        .read(move |conn| {
            let it = one::read(conn, &scope, &code, now)?;
            Ok::<_, Error>((it, registry::tags(conn, &scope)?))
        })
        .await?;
    let own = it.terminal.tid.to_string();
    let data = json!({
        "crumbs": crumbs(&[(&own, &format!("/terminals/{own}")), ("terminals-tags", "")]),
        "it": it.facts(), "known": known, "form": { "tag": typed },
    });
    Ok(data)
}

pub(super) async fn show(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let data = page(&ctx, &caller, &place, "").await?;
    ctx.page(&caller, "terminals/tags", data)
}

pub(super) async fn change(
    ctx: web::Data<Ctx>,
    caller: Caller,
    place: web::Path<String>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, code, wish) = (caller.actor()?, ctx.now(), tid(&place)?, sent.clone());
    let done = ctx.db.write(move |tx| {
        if wish.remove.is_empty() {
            registry::tag(tx, &actor, &code, &wish.tag, now)
        } else {
            registry::untag(tx, &actor, &code, &wish.remove, now)
        }
    });
    match done.await {
        Ok((it, _)) => {
            let said = if sent.remove.is_empty() {
                "terminal-tagged"
            } else {
                "terminal-untagged"
            };
            let back = format!("/terminals/{}/tags", it.tid);
            Ok(see_other(&address(&back, &[("said", said)])))
        }
        Err(refused) => {
            let data = page(&ctx, &caller, &place, &sent.tag).await?;
            ctx.page_refused(&caller, "terminals/tags", data, refused.into())
        }
    }
}
