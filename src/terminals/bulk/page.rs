//! From the list to the review, and from there to the task.
use super::chosen::Chosen;
use super::model::{Action, Selection, Wish};
use super::ops::{self, NAMED_MAX, Review};
use super::{Error, chosen, task};
use crate::access::{Caller, Form, Mount, Needs, Permission};
use crate::context::Ctx;
use crate::http::Failure;
use crate::ids::BlobId;
use crate::tasks;
use crate::views::text;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

const REVIEW: &str = "terminals/bulk";

pub(super) fn routes(mount: &mut Mount) {
    let manage = Needs::Permission(Permission::TerminalsManage);
    mount.web(Method::POST, "/terminals/bulk", manage, begin);
    mount.web(Method::POST, "/terminals/bulk/review", manage, review);
}

/// The form as it was sent: names may come more than once.
struct Sent(Vec<(String, String)>);

impl Sent {
    fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    fn wish(&self) -> Result<Wish, Error> {
        let action = Action::parse(self.get("action"))
            .ok_or_else(|| Error::field("action", "terminal.no-such-action"))?;
        let tids = self.0.iter().filter(|(own, _)| own == "row");
        let mut tids: Vec<String> = tids.map(|(_, tid)| tid.clone()).collect();
        tids.truncate(NAMED_MAX);
        let selection = if self.get("all").is_empty() {
            Selection::These(tids)
        } else {
            Selection::Matching(self.get("query").to_owned())
        };
        Ok(Wish {
            action,
            value: self.get("value").to_owned(),
            selection,
        })
    }
}

/// What the review page shows. A set is kept for the button, where a filter chose.
fn shown(wish: &Wish, review: &Review, kept: Option<BlobId>, sent: &Sent) -> Value {
    let code = wish.action.code();
    let left_out: Vec<Value> = review
        .left_out
        .iter()
        .map(|(why, (n, some))| {
            let more = n - i64::try_from(some.len()).unwrap_or_default();
            json!({ "key": format!("row-{why}"), "n": n, "some": some, "more": more })
        })
        .collect();
    let (tids, query) = match &wish.selection {
        Selection::These(tids) => (tids.as_slice(), None),
        Selection::Matching(query) => (&[][..], Some(query)),
    };
    let back = match query {
        Some(query) if !query.is_empty() => format!("/terminals?{query}"),
        _ => "/terminals".to_owned(),
    };
    json!({
        "crumbs": [
            { "key": "nav-terminals", "href": "/terminals" },
            { "key": format!("terminals-bulk-{code}") },
        ],
        "action": code,
        "title_key": format!("terminals-bulk-{code}"),
        "text_key": format!("terminals-bulk-{code}-text"),
        "asks_for": wish.action.asks_for(),
        "is_interval": wish.action == Action::SetInterval,
        "is_grave": wish.action.is_grave(),
        "chosen": review.chosen,
        "concerned": review.concerned,
        "sample": review.sample,
        "more": review.concerned - i64::try_from(review.sample.len()).unwrap_or_default(),
        "left_out": left_out,
        "all": query.is_some(), "query": query, "set": kept, "tids": tids, "back": back,
        "form": { "value": wish.value, "typed": sent.get("typed") },
    })
}

async fn review(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent(sent);
    let (wish, actor) = (sent.wish()?, caller.actor()?);
    let looked = chosen::look(&ctx, &actor, &wish).await?;
    if let Selection::These(_) = wish.selection {
        return ctx.page(&caller, REVIEW, shown(&wish, &looked.0, None, &sent));
    }
    let chosen = chosen::keep(&ctx, &actor, &wish, looked).await?;
    let data = shown(&wish, &chosen.review, Some(chosen.blob.id), &sent);
    ctx.page(&caller, REVIEW, data)
}

/// Those who were looked at on the page before; false when they had to be looked at now.
async fn those(
    ctx: &Ctx,
    caller: &Caller,
    wish: &Wish,
    set: &str,
) -> Result<(Chosen, bool), Failure> {
    let actor = caller.actor()?;
    let kept = chosen::kept(ctx, &actor, (wish.action, set)).await?;
    if let Some(chosen) = kept {
        return Ok((chosen, true));
    }
    let looked = chosen::look(ctx, &actor, wish).await?;
    Ok((chosen::keep(ctx, &actor, wish, looked).await?, false))
}

async fn begin(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent(sent);
    let (wish, kept) = (sent.wish()?, sent.get("set"));
    let (chosen, is_kept) = those(&ctx, &caller, &wish, kept).await?;
    let is_typed = sent.get("typed").trim() == chosen.review.concerned.to_string();
    let checked = if !kept.is_empty() && !is_kept {
        Err(Error::field("set", "terminal.bulk-gone"))
    } else if wish.action.is_grave() && !is_typed {
        Err(Error::field("typed", "terminal.count-differs"))
    } else {
        let (scope, checking) = (caller.actor()?.scope, wish.clone());
        ctx.db
            .read(move |conn| ops::check(conn, &scope, &checking))
            .await
    };
    if let Err(refused) = checked {
        let data = shown(&wish, &chosen.review, Some(chosen.blob.id), &sent);
        return ctx.page_refused(&caller, REVIEW, data, refused.into());
    }
    let name = text(
        caller.look.lang,
        &format!("terminals-bulk-{}", wish.action.code()),
        &[],
    );
    let (actor, now) = (caller.actor()?, ctx.now());
    let new = task::new(&wish, &chosen, name);
    let id = ctx
        .db
        .write(move |tx| tasks::start(tx, &actor, &new, now))
        .await?;
    tasks::nudge(&ctx.jobs);
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("/tasks/{id}")))
        .finish())
}
