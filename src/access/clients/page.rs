//! API clients, for those who govern them.
use super::limit_store::{scope_of, scopes_of};
use super::model::{Lasts, USUAL};
use super::store::{self, Client};
use super::token_store;
use super::{certificate_store, ops, token_page};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::csrf::{Empty, Form, values};
use crate::access::error::Error;
use crate::access::limits::{self, Establishments};
use crate::access::limits_form::Said;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission, Permissions, Scope, State};
use crate::access::mount::Mount;
use crate::access::{choice, operators};
use crate::clock::Millis;
use crate::db::{self, Conn};
use crate::http::{Failure, Page, Turn};
use crate::ids::ClientId;
use crate::sheets::{Cell, Column};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub(super) const HERE: &str = "/admin/clients";

pub(super) fn routes(mount: &mut Mount) {
    let (view, manage) = (
        Needs::Permission(Permission::AccessView),
        Needs::Permission(Permission::AccessManage),
    );
    mount.web(Method::GET, HERE, view, list);
    mount.web(Method::POST, HERE, manage, create);
    mount.web(Method::GET, "/admin/clients/{id}", view, show);
    mount.web(Method::POST, "/admin/clients/{id}/disable", manage, disable);
    mount.web(Method::POST, "/admin/clients/{id}/enable", manage, enable);
}

/// Where a client's page is.
pub(super) fn place(id: ClientId) -> String {
    format!("{HERE}/{id}")
}

pub const CLIENTS: &str = "clients";

pub const CLIENT_COLUMNS: &[Column] = &[
    Column::new("name", "access-client-name")
        .always()
        .sorted("name", "name"),
    Column::new("state", "access-state"),
    Column::new("scopes", "access-client-scopes"),
    Column::new("limits", "access-limits"),
    Column::new("tokens", "access-client-token-count"),
    Column::new("last_used_at", "access-token-used"),
    Column::new("created_at", "access-client-created"),
];

/// A page of the clients that see nothing out of `scope`, by name.
pub fn read_clients(
    conn: &mut Conn,
    establishments: &Establishments,
    scope: &Scope,
    turn: &Turn,
    now: Millis,
) -> Result<Page<Vec<Cell>>, Failure> {
    let (rows, counted) = store::page(conn, scope, turn)?;
    let page = turn.page(rows, counted, |it| (it.name.clone(), it.id.0));
    let tokens = store::tokens_of(conn, page.items.iter().map(|it| it.id).collect())?;
    let reaches = scopes_of(conn, &page.items)?;
    let codes = limits::codes(conn, establishments, &reaches)?;
    let mut seen = reaches.iter().map(|scope| limits::cell(scope, &codes));
    Ok(page.map(|client| {
        let own = tokens.iter().filter(|token| token.client == client.id);
        let good = own.clone().filter(|token| token.is_good(now)).count();
        let used = own.filter_map(|token| token.last_used_at).max();
        let scopes = client.scopes.0.iter().map(|p| choice::key(*p)).collect();
        vec![
            Cell::Link {
                text: client.name,
                href: place(client.id),
            },
            Cell::Pill(client.state.code().to_owned()),
            Cell::Words(scopes),
            seen.next().unwrap_or(Cell::Empty),
            Cell::Number(i64::try_from(good).unwrap_or(i64::MAX)),
            Cell::of(used, Cell::Ago),
            Cell::Time(client.created_at),
        ]
    }))
}

async fn list(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let data = data(&authority, &caller, Typed::default(), Said::default()).await?;
    authority.page(&caller, "access/clients", data)
}

/// One client, its tokens, and what may be done about it.
async fn show(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
) -> Result<HttpResponse, Failure> {
    let (id, actor, establishments) = (*id, caller.actor()?, authority.establishments);
    let (client, tokens, makers, limits, certificate) = authority
        .db
        .read(move |conn| {
            let client = ops::known(conn, &actor.scope, id)?;
            let own = scope_of(conn, id, client.sees_all)?;
            let limits = limits::shown(conn, &establishments, &own)?;
            let tokens = token_store::known_of(conn, id)?;
            let mut makers: Vec<_> = tokens.iter().filter_map(|it| it.made_by).collect();
            if let Scope::Only(these) = &actor.scope {
                // Who sees more than the reader does not exist for him.
                let within = operators::within(conn, these)?;
                makers.retain(|id| within.contains(id));
            }
            let makers = operators::names_of(conn, makers)?.into_iter();
            let makers = makers.map(|(id, login, _)| (id, login)).collect();
            let certificate = certificate_store::until(conn, id)?;
            Ok::<_, Error>((client, tokens, makers, limits, certificate))
        })
        .await?;
    let mut it = shown(&client);
    let now = authority.now();
    it["tokens"] = tokens
        .iter()
        .map(|token| token_page::shown(token, &makers, now))
        .collect();
    it["limits"] = limits;
    it["certificate_until"] = json!(certificate);
    it["usual"] = authority.pace.usual().into();
    let data = json!({
        "crumbs": [{ "key": "nav-clients", "href": HERE }, { "text": client.name }],
        "it": it,
        "lasts": token_page::choices(),
        "form": { "lasts": USUAL },
    });
    authority.page(&caller, "access/client", data)
}

/// What the form of a new client holds, apart from its limits.
#[derive(Clone, Copy, Default)]
struct Typed<'a> {
    name: &'a str,
    chosen: &'a [&'a str],
    lasts: &'a str,
}

async fn data(
    authority: &Authority,
    caller: &Caller,
    typed: Typed<'_>,
    said: Said,
) -> Result<Value, Failure> {
    let (scope, establishments) = (caller.actor()?.scope, authority.establishments);
    let limits = authority
        .db
        .read(move |conn| said.data(conn, &establishments, &scope))
        .await?;
    let lasts = if typed.lasts.is_empty() {
        USUAL
    } else {
        typed.lasts
    };
    let ticked = ticked(typed.chosen.iter().copied());
    let own = json!({
        "form": { "name": typed.name, "lasts": lasts },
        "offered": choice::offered(&caller.permissions, &ticked),
        "lasts": token_page::choices(),
        "limits": limits,
    });
    authority.list(caller, CLIENTS, own).await
}

/// The permissions that a form names, as far as there are such.
pub(super) fn ticked<'a>(codes: impl Iterator<Item = &'a str>) -> Permissions {
    Permissions(codes.filter_map(Permission::parse).collect())
}

fn shown(client: &Client) -> Value {
    json!({
        "id": client.id,
        "name": client.name,
        "state": client.state.code(),
        "is_active": client.state == State::Active,
        "scopes": choice::named(&client.scopes),
        "per_minute": client.per_minute,
        "created_at": client.created_at,
    })
}

async fn create(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let one = |name: &'static str| values(&form, name).next().unwrap_or_default();
    let chosen: Vec<&str> = values(&form, "scopes").collect();
    let typed = Typed {
        name: one("name"),
        chosen: &chosen,
        lasts: one("lasts"),
    };
    let said = Said::of(&form);
    if said.is_search() {
        let data = data(&authority, &caller, typed, said).await?;
        return authority.page(&caller, "access/clients", data);
    }
    let wish = ops::scopes(&chosen).and_then(|scopes| Ok((scopes, Lasts::parse(typed.lasts)?)));
    let made = match wish {
        Ok((scopes, lasts)) => {
            let (by, now, name) = (caller.grantor()?, authority.now(), typed.name.to_owned());
            let (wish, establishments) = (said.clone(), authority.establishments);
            let write = move |tx: &mut db::Tx| {
                let own = &by.actor.scope;
                let reach = wish.limits()?.resolve(tx, &establishments, own, own)?;
                ops::create(tx, &by, (&name, &scopes), (&reach, lasts), now)
            };
            authority.db.write(write).await
        }
        Err(refused) => Err(refused),
    };
    match made {
        Ok(made) => token_page::once(&authority, &caller, &made),
        Err(refused) => {
            let data = data(&authority, &caller, typed, said).await?;
            authority.refused(&caller, "access/clients", data, refused)
        }
    }
}

async fn disable(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    set_state(&authority, &caller, *id, State::Disabled).await?;
    Ok(see_other("/admin/clients?said=client-disabled"))
}

async fn enable(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    set_state(&authority, &caller, *id, State::Active).await?;
    Ok(see_other("/admin/clients?said=client-enabled"))
}

async fn set_state(
    authority: &Authority,
    caller: &Caller,
    id: ClientId,
    to: State,
) -> Result<(), Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    authority
        .db
        .write(move |tx| ops::set_state(tx, &by, id, to, now))
        .await?;
    Ok(())
}
