//! From the list to the review, and from there to the task, or to the request for approval.
use super::asked::{self, Begun};
use super::chosen::Chosen;
use super::model::{Action, Selection, Wish};
use super::ops::{self, NAMED_MAX, Review};
use super::{Error, chosen};
use crate::access::{Caller, Form, Mount, Needs, Permission};
use crate::approvals;
use crate::context::Ctx;
use crate::http::Failure;
use crate::ids::BlobId;
use crate::tasks;
use crate::views::text;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::sync::Arc;

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

/// The number above which that many need a second person, if they do.
async fn second(ctx: &Ctx, review: &Review) -> Result<Option<i64>, Failure> {
    let chosen = review.chosen;
    let reading = ctx.db.read(move |conn| asked::is_over(conn, chosen));
    Ok(reading.await?)
}

/// What the review page shows. A set is kept for the button, where a filter chose.
fn shown(
    wish: &Wish,
    (review, second): (&Review, Option<i64>),
    kept: Option<BlobId>,
    sent: &Sent,
) -> Value {
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
        "second": second,
        "form": { "value": wish.value, "typed": sent.get("typed"), "reason": sent.get("reason") },
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
    let second = second(&ctx, &looked.0).await?;
    if let Selection::These(_) = wish.selection {
        let data = shown(&wish, (&looked.0, second), None, &sent);
        return ctx.page(&caller, REVIEW, data);
    }
    let chosen = chosen::keep(&ctx, &actor, &wish, looked).await?;
    let data = shown(&wish, (&chosen.review, second), Some(chosen.blob.id), &sent);
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
            .read(move |conn| ops::check(conn, &scope, (checking.action, &checking.value)))
            .await
    };
    let chosen = Arc::new(chosen);
    let begun = match checked {
        Err(refused) => Err(refused.into()),
        Ok(()) => start(&ctx, &caller, (&wish, &chosen), sent.get("reason")).await,
    };
    let place = match begun {
        Ok(Begun::Task(id)) => format!("/tasks/{id}"),
        Ok(Begun::Asked(id)) => approvals::place(id),
        Err(refused) => {
            let second = second(&ctx, &chosen.review).await?;
            let review = (&chosen.review, second);
            let data = shown(&wish, review, Some(chosen.blob.id), &sent);
            return ctx.page_refused(&caller, REVIEW, data, refused);
        }
    };
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, place))
        .finish())
}

async fn start(
    ctx: &Ctx,
    caller: &Caller,
    (wish, chosen): (&Wish, &Arc<Chosen>),
    reason: &str,
) -> Result<Begun, Failure> {
    let name = format!("terminals-bulk-{}", wish.action.code());
    let words = (text(caller.look.lang, &name, &[]), reason.to_owned());
    let (actor, now) = (caller.actor()?, ctx.now());
    let (wish, chosen) = (wish.clone(), Arc::clone(chosen));
    let beginning = ctx
        .db
        .write(move |tx| asked::begin(tx, &actor, (&wish, &chosen), words, now));
    let begun = beginning.await?;
    tasks::nudge(&ctx.jobs);
    Ok(begun)
}
