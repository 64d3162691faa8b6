//! The page on which the distributor's way of naming files is told, with a field to try it.
use super::see_other;
use crate::access::{Caller, Form};
use crate::context::Ctx;
use crate::http::Failure;
use crate::licences::error::Error;
use crate::licences::naming_ops;
use crate::licences::pattern_model::Pattern;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

/// What stands in the form; `try` is the button that only looks.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    pattern: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    sample: String,
    #[serde(default)]
    look: String,
}

async fn data(ctx: &Ctx, sent: Option<&Sent>) -> Result<Value, Failure> {
    let kept = ctx.db.read(naming_ops::naming).await?;
    let pattern = sent.map_or(kept.pattern.as_str(), |sent| sent.pattern.as_str());
    let sample = sent.map_or("", |sent| sent.sample.trim());
    let tried = (!sample.is_empty()).then(|| {
        let said = Pattern::parse(pattern).ok().and_then(|it| it.read(sample));
        json!({ "fits": said.is_some(), "said": said.map(|said| json!({
            "serial_number": said.serial_number, "platform": said.platform,
            "software": said.software, "lic_id": said.lic_id,
            "valid_from": said.valid_from, "valid_until": said.valid_until,
        })) })
    });
    Ok(json!({
        "crumbs": [
            { "key": "nav-licences", "href": "/licences" },
            { "key": "licences-naming" },
        ],
        "form": { "pattern": pattern, "sample": sample, "version": kept.version },
        "kept": { "at": kept.updated_at, "by": kept.updated_by },
        "tried": tried,
    }))
}

pub(super) async fn show(ctx: web::Data<Ctx>, caller: Caller) -> Result<HttpResponse, Failure> {
    ctx.page(&caller, "licences/naming", data(&ctx, None).await?)
}

pub(super) async fn change(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, text) = (caller.actor()?, ctx.now(), sent.pattern.clone());
    let done = if sent.look.is_empty() {
        let seen = sent.version.trim().parse().map_err(|_| Error::Stale)?;
        let changed = ctx
            .db
            .write(move |tx| naming_ops::change(tx, &actor, (&text, Some(seen)), now));
        changed.await.map(|()| true)
    } else {
        let tried = Pattern::parse(&text).map(|_| false);
        tried.map_err(|code| Error::Invalid(vec![("pattern", code)]))
    };
    match done {
        Ok(true) => Ok(see_other("/licences/naming", "licence-naming")),
        Ok(false) => {
            let shown = data(&ctx, Some(&sent)).await?;
            ctx.page(&caller, "licences/naming", shown)
        }
        Err(refused) => {
            let shown = data(&ctx, Some(&sent)).await?;
            ctx.page_refused(&caller, "licences/naming", shown, refused.into())
        }
    }
}
