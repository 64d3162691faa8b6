//! What is done to a terminal at one click: each is asked for on a page that names the terminal and
//! the consequence. And the activation code, which is shown in the answer to its making and never
//! again.
use super::one::{self, page_with};
use super::{Panels, crumbs, see_other, tabs, tid, version};
use crate::access::{Actor, Caller, Empty, Form};
use crate::clock::Millis;
use crate::context::Ctx;
use crate::db::Tx;
use crate::http::{Failure, address};
use crate::ids::Tid;
use crate::terminals::activation;
use crate::terminals::desk::Desk;
use crate::terminals::model::Terminal;
use crate::terminals::registry::{self, Error};
use crate::terminals::work::Handlers;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

type Place = web::Path<String>;
type Op = fn(&mut Tx, &Handlers, &Actor, &Tid, Option<i64>, Millis) -> Result<Terminal, Error>;

/// One verb: its name (as in the address and the messages) and what it does.
#[derive(Clone, Copy)]
struct Verb {
    name: &'static str,
    said: &'static str,
    op: Op,
}

const SUSPEND: Verb = Verb {
    name: "suspend",
    said: "terminal-suspended",
    op: |tx, _, actor, tid, seen, now| registry::suspend(tx, actor, tid, seen, now),
};
const RESUME: Verb = Verb {
    name: "resume",
    said: "terminal-resumed",
    op: |tx, _, actor, tid, seen, now| registry::resume(tx, actor, tid, seen, now),
};
const RETIRE: Verb = Verb {
    name: "retire",
    said: "terminal-retired",
    op: registry::retire,
};
const REVOKE: Verb = Verb {
    name: "revoke",
    said: "terminal-revoked",
    op: |tx, _, actor, tid, _, now| registry::revoke(tx, actor, tid, now),
};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Sure {
    #[serde(default)]
    version: String,
}

async fn question(ctx: &Ctx, caller: &Caller, place: &str, verb: Verb) -> Result<Value, Failure> {
    let (code, scope, now) = (tid(place)?, caller.actor()?.scope, ctx.now());
    let it = ctx
        .db
        .read(move |conn| one::read(conn, &scope, &code, now))
        .await?;
    let (name, own) = (verb.name, it.terminal.tid.as_str());
    let title = format!("terminals-{name}");
    Ok(json!({
        "crumbs": crumbs(&[(own, &format!("/terminals/{own}")), (&title, "")]),
        "it": it.facts(), "verb": name, "version": it.terminal.version,
        "title_key": title,
        "question_key": format!("terminals-{name}-question"),
        "text_key": format!("terminals-{name}-text"),
        "is_grave": matches!(name, "retire" | "revoke"),
    }))
}

async fn ask(ctx: &Ctx, caller: &Caller, place: &str, verb: Verb) -> Result<HttpResponse, Failure> {
    let page = question(ctx, caller, place, verb).await?;
    ctx.page(caller, "terminals/confirm", page)
}

async fn act(
    (ctx, desk): (&Ctx, &Desk),
    caller: &Caller,
    place: &str,
    sure: Sure,
    verb: Verb,
) -> Result<HttpResponse, Failure> {
    let (actor, now, code) = (caller.actor()?, ctx.now(), tid(place)?);
    let (seen, handlers) = (version(&sure.version), desk.handlers());
    let done = ctx
        .db
        .write(move |tx| (verb.op)(tx, &handlers, &actor, &code, Some(seen?), now))
        .await;
    match done {
        Ok(it) => {
            let own = format!("/terminals/{}", it.tid);
            Ok(see_other(&address(&own, &[("said", verb.said)])))
        }
        Err(refused) => {
            let page = question(ctx, caller, place, verb).await?;
            ctx.page_refused(caller, "terminals/confirm", page, refused.into())
        }
    }
}

macro_rules! verbs {
    ($($ask:ident $act:ident $verb:ident),+) => {$(
        pub(super) async fn $ask(
            ctx: web::Data<Ctx>,
            caller: Caller,
            place: Place,
        ) -> Result<HttpResponse, Failure> {
            ask(&ctx, &caller, &place, $verb).await
        }

        pub(super) async fn $act(
            ctx: web::Data<Ctx>,
            desk: web::Data<Desk>,
            caller: Caller,
            place: Place,
            Form(sure): Form<Sure>,
        ) -> Result<HttpResponse, Failure> {
            act((&ctx, &desk), &caller, &place, sure, $verb).await
        }
    )+};
}

verbs!(ask_suspend suspend SUSPEND, ask_resume resume RESUME, ask_retire retire RETIRE,
       ask_revoke revoke REVOKE);

pub(super) async fn make_code(
    ctx: web::Data<Ctx>,
    panels: web::Data<Panels>,
    caller: Caller,
    place: Place,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (actor, now, code, secret) = (caller.actor()?, ctx.now(), tid(&place)?, ctx.secret.clone());
    let made = ctx
        .db
        .write(move |tx| {
            let it = registry::find(tx, &actor.scope, &code)?
                .ok_or_else(|| Error::NoTerminal(code.to_string()))?;
            Ok::<_, Error>(activation::make_code(tx, &actor, &secret, it.id, now)?)
        })
        .await;
    let read = page_with(
        &ctx,
        &panels,
        &caller,
        &place,
        "activation",
        move |conn, it| tabs::activation_facts(conn, it, now),
    );
    let (mut page, found) = read.await?;
    page["activation"] = found;
    match made {
        Ok(code) => {
            page["new_code"] = code.to_string().into();
            ctx.page(&caller, "terminals/activation", page)
        }
        Err(refused) => ctx.page_refused(&caller, "terminals/activation", page, refused.into()),
    }
}
