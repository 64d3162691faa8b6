//! Activation codes for many terminals at once: whom, what that would do, and the sheet, which is
//! the answer to the last form and exists nowhere else.
use super::crumbs;
use crate::access::{Caller, Form, Mount, Needs, Permission, Scope};
use crate::context::Ctx;
use crate::db::Conn;
use crate::http::Failure;
use crate::network;
use crate::terminals::activation::{self, Chosen, NAMED, Review};
use crate::terminals::codes_sheet::{self, For};
use crate::terminals::registry::Error;
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

const HERE: &str = "/activation-codes";
const TEMPLATE: &str = "terminals/codes";

pub(super) fn routes(mount: &mut Mount) {
    let activate = Needs::Permission(Permission::TerminalsActivate);
    mount.web(Method::GET, HERE, activate, choose);
    mount.web(Method::POST, HERE, activate, review);
    mount.web(Method::POST, "/activation-codes/sheet", activate, sheet);
}

/// Whom the codes are for, as a form or an address says it.
#[derive(Debug, Clone, Default, Deserialize)]
struct Sent {
    /// TIDs, however separated; when there are any, they alone count.
    #[serde(default)]
    tids: String,
    #[serde(default)]
    establishment: String,
    #[serde(default)]
    point_of_service: String,
    /// `registered` or `all`.
    #[serde(default)]
    which: String,
    /// What the reviewer typed, to show that he means so many.
    #[serde(default)]
    count: String,
}

impl Sent {
    fn chosen(&self, conn: &mut Conn, scope: &Scope) -> Result<Chosen, Error> {
        let tids = activation::named(&self.tids);
        if tids.len() > NAMED {
            return Err(Error::field("tids", "activation.too-many-named"));
        }
        if !tids.is_empty() {
            return Ok(Chosen::Named(tids));
        }
        let mut wrong = Vec::new();
        let (mut establishment, mut point) = (None, None);
        let (owner, shop) = (self.establishment.trim(), self.point_of_service.trim());
        if !owner.is_empty() {
            establishment = network::find_establishment(conn, scope, owner)?.map(|it| it.id);
            if establishment.is_none() {
                wrong.push(("establishment", "terminal.no-such-establishment"));
            }
        }
        if !shop.is_empty() {
            point = network::find_point(conn, scope, shop)?.map(|it| it.id);
            if point.is_none() {
                wrong.push(("point_of_service", "terminal.no-such-point"));
            }
        }
        if !wrong.is_empty() {
            return Err(Error::invalid(wrong));
        }
        Ok(Chosen::Matching {
            establishment,
            point,
            never_activated: self.which != "all",
        })
    }

    fn form(&self) -> Value {
        json!({
            "tids": self.tids, "establishment": self.establishment,
            "point_of_service": self.point_of_service,
            "which": if self.which == "all" { "all" } else { "registered" },
        })
    }
}

fn page(sent: &Sent, review: Option<&Review>) -> Value {
    let whiches: Vec<Value> = ["registered", "all"]
        .iter()
        .map(|code| json!({ "value": code, "key": format!("codes-which-{code}") }))
        .collect();
    json!({
        "crumbs": crumbs(&[("terminals-codes", "")]),
        "form": sent.form(), "whiches": whiches,
        "review": review.map(|it| json!({
            "count": it.count, "replaced": it.replaced, "active": it.active,
            "sample": it.sample, "more": it.count > i64::try_from(it.sample.len()).unwrap_or(0),
            "unknown": it.unknown.iter().take(20).collect::<Vec<_>>(),
            "unknown_count": it.unknown.len(),
            "shut_out": it.shut_out.iter().take(20).collect::<Vec<_>>(),
            "shut_out_count": it.shut_out.len(),
            "may_go_on": it.count > 0 && it.unknown.is_empty(),
        })),
    })
}

async fn choose(
    ctx: web::Data<Ctx>,
    caller: Caller,
    sent: web::Query<Sent>,
) -> Result<HttpResponse, Failure> {
    ctx.page(&caller, TEMPLATE, page(&sent, None))
}

async fn reviewed(
    ctx: &Ctx,
    caller: &Caller,
    sent: &Sent,
) -> Result<Result<Review, Error>, Failure> {
    let (scope, now, sent) = (caller.actor()?.scope, ctx.now(), sent.clone());
    let reading = ctx.db.read(move |conn| {
        let chosen = sent.chosen(conn, &scope)?;
        Ok::<_, Error>(activation::review(conn, &scope, &chosen, now)?)
    });
    Ok(reading.await)
}

async fn review(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    match reviewed(&ctx, &caller, &sent).await? {
        Ok(found) => ctx.page(&caller, TEMPLATE, page(&sent, Some(&found))),
        Err(refused) => ctx.page_refused(&caller, TEMPLATE, page(&sent, None), refused.into()),
    }
}

/// Makes the codes when the number that was typed is that of the terminals as they are now.
async fn sheet(
    ctx: web::Data<Ctx>,
    caller: Caller,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let found = match reviewed(&ctx, &caller, &sent).await? {
        Ok(found) => found,
        Err(refused) => {
            return ctx.page_refused(&caller, TEMPLATE, page(&sent, None), refused.into());
        }
    };
    let typed: String = sent.count.chars().filter(char::is_ascii_digit).collect();
    if !found.unknown.is_empty() || typed.parse() != Ok(found.count) || found.count == 0 {
        let refused = Error::field("count", "activation.count-differs");
        return ctx.page_refused(&caller, TEMPLATE, page(&sent, Some(&found)), refused.into());
    }
    let actor = caller.actor()?;
    let scope = actor.scope.clone();
    let way = ctx
        .db
        .read(move |conn| {
            let chosen = sent.chosen(conn, &scope)?;
            Ok::<_, Error>(activation::begin(conn, &scope, &chosen)?)
        })
        .await?;
    Ok(codes_sheet::answer(
        &ctx,
        actor,
        way,
        caller.look,
        For::People,
    ))
}
