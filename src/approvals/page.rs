//! Requests in the web UI: the list, and one request with what would be done and the decision.
use super::approval::{Approvables, Approval};
use super::error::Error;
use super::model::{State, TEXT_MAX};
use super::ops::{self, Viewer, Whose};
use super::shown::Asked;
use crate::access::{Caller, Empty, Form, Mount, Needs, Permission, Scope, Who, names_of};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::{self, Conn};
use crate::http::{Failure, Problem as _, address};
use crate::ids::{ApprovalId, OperatorId};
use crate::tasks;
use crate::views::{Lang, key_of, text};
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::slice;

const HERE: &str = "/approvals";
const SHOW: &str = "approvals/show";

pub(super) fn routes(mount: &mut Mount) {
    let known = Needs::SignedIn;
    let decide = Needs::Permission(Permission::ApprovalsDecide);
    mount.web(Method::GET, "/approvals", known, list);
    mount.web(Method::GET, "/approvals/{id}", known, show);
    mount.web(Method::POST, "/approvals/{id}/approve", decide, approve);
    mount.web(Method::POST, "/approvals/{id}/reject", decide, reject);
    mount.web(Method::POST, "/approvals/{id}/withdraw", known, withdraw);
}

/// Where a request is looked at; whoever just asked is told so there.
#[must_use]
pub fn place(id: ApprovalId) -> String {
    address(&format!("{HERE}/{id}"), &[("said", "approval-asked")])
}

/// What people who asked are called, by id.
type Names = HashMap<OperatorId, String>;

fn names(conn: &mut Conn, these: &[Approval]) -> Result<Names, db::Error> {
    let people = these.iter().filter_map(|it| match it.actor.who {
        Who::Operator(id, _) => Some(id),
        _ => None,
    });
    names_of(conn, people.collect())
}

/// What a list and a page show of a request.
fn facts(lang: Lang, kinds: &Approvables, (it, names): (&Approval, &Names), now: Millis) -> Value {
    let title = kinds.find(&it.kind).map(|kind| {
        let key = (kind.title_key)(&it.params);
        let n = it.size.unwrap_or_default();
        text(lang, &key, &[("n", n.to_string())])
    });
    let name = match it.actor.who {
        Who::Operator(id, _) => names.get(&id),
        _ => None,
    };
    json!({
        "id": it.id,
        "event_subject": it.event_subject(),
        "title": title.unwrap_or_else(|| text(lang, "approval-one", &[])),
        "state": it.state.at(it.expires_at, now).code(),
        "size": it.size,
        "reason": it.reason,
        "by": name.map_or_else(|| it.actor.who.name().to_owned(), Clone::clone),
        "by_login": name.map(|_| it.actor.who.name()),
        "is_program": matches!(it.actor.who, Who::Client(..)),
        "created_at": it.created_at,
        "expires_at": it.expires_at,
        "ended_at": it.ended_at,
        "ended_by": it.ended_by,
        "remark": it.remark,
        "task": it.task,
    })
}

async fn list(
    ctx: web::Data<Ctx>,
    kinds: web::Data<Approvables>,
    caller: Caller,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, Failure> {
    let (viewer, turn, which) = (Viewer::of(&caller)?, asked.turn()?, asked.which()?);
    let reading = turn.clone();
    let (page, names) = ctx
        .db
        .read(move |conn| {
            let page = ops::list(conn, &viewer, which, &reading)?;
            let names = names(conn, &page.items)?;
            Ok::<_, Error>((page, names))
        })
        .await?;
    let filter = [("whose", asked.whose.as_str()), ("state", &asked.state)];
    let states: Vec<Value> = State::ALL
        .iter()
        .map(|state| json!({ "value": state.code(), "key": format!("state-{}", state.code()) }))
        .collect();
    let now = ctx.now();
    let lang = caller.look.lang;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|it| facts(lang, &kinds, (it, &names), now))
        .collect();
    let data = json!({
        "items": items,
        "pager": page.pager(HERE, &filter, &turn),
        "state": asked.state,
        "states": states,
        "sees_others": caller.may(Permission::ApprovalsView),
        "mine": which.0 == Whose::Mine,
        "is_narrowed": filter.iter().any(|(_, value)| !value.is_empty()),
    });
    ctx.page(&caller, "approvals/list", data)
}

/// What a form of the page carried, when it is shown again.
#[derive(Debug, Default, Deserialize)]
struct Sent {
    #[serde(default)]
    remark: String,
    #[serde(default)]
    reason: String,
}

/// The page of one request, as it stands now.
async fn data(
    ctx: &Ctx,
    kinds: &Approvables,
    caller: &Caller,
    id: ApprovalId,
    sent: &Sent,
) -> Result<Value, Failure> {
    let viewer = Viewer::of(caller)?;
    let reading = viewer.clone();
    let (it, names, refused) = ctx
        .db
        .read(move |conn| {
            let it = ops::find(conn, &reading, id)?;
            let names = names(conn, slice::from_ref(&it))?;
            let refused = ops::why_not(conn, &reading, &it)?;
            Ok::<_, Error>((it, names, refused))
        })
        .await?;
    let now = ctx.now();
    let is_open = it.state.at(it.expires_at, now) == State::Pending;
    let is_own = viewer.asked(&it);
    let decides = caller.may(Permission::ApprovalsDecide);
    let sees_task = is_own || viewer.actor.scope == Scope::All;
    let shown = facts(caller.look.lang, kinds, (&it, &names), now);
    let why_not = refused.as_ref().filter(|_| is_open && decides && !is_own);
    let panel = kinds.find(&it.kind).and_then(|kind| kind.panel);
    Ok(json!({
        "crumbs": [{ "key": "nav-approvals", "href": HERE }, { "text": shown["title"] }],
        "it": shown,
        "is_open": is_open,
        "may_decide": is_open && decides && refused.is_none(),
        // A program of one's own may be refused, but not helped to what it asks for.
        "may_reject": is_open && decides && viewer.decides(&it).is_ok(),
        "why_not_key": why_not.map(|why| key_of("error-", why.code())),
        "may_withdraw": is_open && is_own,
        "task": it.task.filter(|_| sees_task && caller.may(it.permission)),
        "panel_template": panel.map(|panel| panel.template),
        "panel": panel.map(|panel| (panel.data)(&it)),
        "text_max": TEXT_MAX,
        "form": { "remark": sent.remark, "reason": sent.reason },
    }))
}

async fn show(
    ctx: web::Data<Ctx>,
    kinds: web::Data<Approvables>,
    caller: Caller,
    id: web::Path<ApprovalId>,
) -> Result<HttpResponse, Failure> {
    let data = data(&ctx, &kinds, &caller, *id, &Sent::default()).await?;
    ctx.page(&caller, SHOW, data)
}

async fn approve(
    ctx: web::Data<Ctx>,
    kinds: web::Data<Approvables>,
    caller: Caller,
    id: web::Path<ApprovalId>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (viewer, now, id) = (Viewer::of(&caller)?, ctx.now(), *id);
    let (all, remark) = (kinds.as_ref().clone(), sent.remark.clone());
    let deciding = ctx
        .db
        .write(move |tx| ops::approve(tx, &all, &viewer, (id, &remark), now));
    match deciding.await {
        Ok(_) => {
            tasks::nudge(&ctx.jobs);
            Ok(see_other(id, "approval-approved"))
        }
        Err(refused) => again(&ctx, &kinds, &caller, (id, sent), refused).await,
    }
}

async fn reject(
    ctx: web::Data<Ctx>,
    kinds: web::Data<Approvables>,
    caller: Caller,
    id: web::Path<ApprovalId>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (viewer, now, id, why) = (Viewer::of(&caller)?, ctx.now(), *id, sent.reason.clone());
    let deciding = ctx
        .db
        .write(move |tx| ops::reject(tx, &viewer, (id, &why), now));
    match deciding.await {
        Ok(_) => Ok(see_other(id, "approval-rejected")),
        Err(refused) => again(&ctx, &kinds, &caller, (id, sent), refused.into()).await,
    }
}

async fn withdraw(
    ctx: web::Data<Ctx>,
    kinds: web::Data<Approvables>,
    caller: Caller,
    id: web::Path<ApprovalId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (viewer, now, id) = (Viewer::of(&caller)?, ctx.now(), *id);
    let ending = ctx.db.write(move |tx| ops::withdraw(tx, &viewer, id, now));
    match ending.await {
        Ok(_) => Ok(see_other(id, "approval-withdrawn")),
        Err(refused) => again(&ctx, &kinds, &caller, (id, Sent::default()), refused.into()).await,
    }
}

/// The page with why nothing came of it; who may not see the request learns nothing of it.
async fn again(
    ctx: &Ctx,
    kinds: &Approvables,
    caller: &Caller,
    (id, sent): (ApprovalId, Sent),
    refused: Failure,
) -> Result<HttpResponse, Failure> {
    if refused.problem().code() == Error::NoApproval.code() {
        return Err(refused);
    }
    let data = data(ctx, kinds, caller, id, &sent).await?;
    ctx.page_refused(caller, SHOW, data, refused)
}

fn see_other(id: ApprovalId, said: &str) -> HttpResponse {
    let to = address(&format!("{HERE}/{id}"), &[("said", said)]);
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .finish()
}
