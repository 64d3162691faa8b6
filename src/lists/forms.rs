//! The forms of a list's page: views are saved, changed and deleted, columns are chosen.
use super::columns::ticked;
use super::error::Error;
use super::model::{Saved, View};
use super::ops::{self, Draft, Edit, Keeper};
use super::query::{Query, VIEW};
use super::source::{Lists, Source};
use super::store;
use crate::access::{Caller, Empty, Form, Mount, Needs, Permission, local_address, values};
use crate::context::Ctx;
use crate::http::Failure;
use actix_web::http::{Method, header};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

pub(super) fn routes(mount: &mut Mount) {
    let anyone = Needs::SignedIn;
    mount.web(Method::POST, "/lists/{list}/views", anyone, save);
    mount.web(Method::POST, "/lists/{list}/columns", anyone, choose);
    mount.web(Method::POST, "/lists/{list}/views/{id}", anyone, change);
    mount.web(
        Method::POST,
        "/lists/{list}/views/{id}/delete",
        anyone,
        delete,
    );
}

fn keeper(caller: &Caller) -> Result<Keeper, Failure> {
    Ok(Keeper::new(
        caller.actor()?,
        caller.may(Permission::ListsShare),
    )?)
}

fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .finish()
}

/// The list with that view open, and what was done said above it.
fn opened(source: &Source, view: &View, said: &str) -> HttpResponse {
    let query = source.narrowing(&Query::parse(&view.query).unwrap_or_default());
    let query = query.with(VIEW, &view.id.to_string()).with("said", said);
    see_other(&query.at(source.places.page))
}

/// The answer, or the form shown again with what is wrong with it.
fn answer(
    (ctx, caller): (&Ctx, &Caller),
    source: &Source,
    done: Result<View, Error>,
    (sent, action): (&Sent, &str),
) -> Result<HttpResponse, Failure> {
    let refusal = match done {
        Ok(view) => return Ok(opened(source, &view, "view-saved")),
        Err(refusal) => refusal,
    };
    let may_share = caller.may(Permission::ListsShare);
    let data = json!({
        "action": action,
        "may_share": may_share,
        "form": {
            "name": sent.name, "query": sent.query, "is_shared": sent.is_shared,
            "back": local_address(&sent.back),
        },
    });
    ctx.page_refused(caller, "lists/view", data, refusal.into())
}

/// A view as the form sends it. A box that is not ticked is not sent at all.
#[derive(Debug, Deserialize)]
struct Sent {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    is_shared: bool,
    #[serde(default)]
    back: String,
}

impl Sent {
    /// The query in the form in which it is stored.
    fn narrowed(&self, source: &Source) -> Result<Option<String>, Failure> {
        let Some(text) = &self.query else {
            return Ok(None);
        };
        let asked = Query::parse(text)?;
        if source.asks_for_card(&asked) {
            return Err(Error::CardNumber.into());
        }
        Ok(Some(source.narrowing(&asked).text()))
    }
}

async fn save(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    list: web::Path<String>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (source, by, now) = (lists.find(&list)?.clone(), keeper(&caller)?, ctx.now());
    source.open_to(&caller)?;
    let draft = Draft {
        name: sent.name.clone().unwrap_or_default(),
        query: sent.narrowed(&source)?.unwrap_or_default(),
        saved: Saved::of(sent.is_shared),
    };
    let name = source.name;
    let saved = ctx
        .db
        .write(move |tx| ops::save(tx, &by, name, &draft, now))
        .await;
    let action = format!("/lists/{name}/views");
    answer((&ctx, &caller), &source, saved, (&sent, &action))
}

/// With a query: the open view is to be what the list shows. With a name: its name and who sees it.
async fn change(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    place: web::Path<(String, i64)>,
    Form(sent): Form<Sent>,
) -> Result<HttpResponse, Failure> {
    let (list, id) = place.into_inner();
    let (source, by, now) = (lists.find(&list)?.clone(), keeper(&caller)?, ctx.now());
    source.open_to(&caller)?;
    let edit = Edit {
        query: sent.narrowed(&source)?,
        saved: sent.name.is_some().then_some(Saved::of(sent.is_shared)),
        name: sent.name.clone(),
    };
    let changed = ctx
        .db
        .write(move |tx| ops::change(tx, &by, (&list, id), &edit, now))
        .await;
    let action = format!("/lists/{}/views/{id}", source.name);
    answer((&ctx, &caller), &source, changed, (&sent, &action))
}

async fn delete(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    place: web::Path<(String, i64)>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (list, id) = place.into_inner();
    let (source, by, now) = (lists.find(&list)?.clone(), keeper(&caller)?, ctx.now());
    source.open_to(&caller)?;
    ctx.db
        .write(move |tx| ops::delete(tx, &by, (&list, id), now))
        .await?;
    let home = Query::default().with("said", "view-deleted");
    Ok(see_other(&home.at(source.places.page)))
}

/// Columns are ticked by name; `reset` forgets the choice.
async fn choose(
    ctx: web::Data<Ctx>,
    lists: web::Data<Lists>,
    caller: Caller,
    list: web::Path<String>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let (source, by, now) = (lists.find(&list)?.clone(), keeper(&caller)?, ctx.now());
    source.open_to(&caller)?;
    let values = |name| values(&sent, name);
    let back = local_address(values("back").next().unwrap_or(source.places.page)).to_owned();
    let keys = ticked(source.columns, &values("column").collect::<Vec<_>>());
    let is_reset = values("reset").next().is_some();
    let name = source.name;
    ctx.db
        .write(move |tx| {
            if is_reset {
                store::forget_choice(tx, name, by.id)
            } else {
                store::choose(tx, name, by.id, &keys, now)
            }
        })
        .await?;
    Ok(see_other(&back))
}
