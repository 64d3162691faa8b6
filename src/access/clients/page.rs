//! API clients, for those who govern them.
use super::limit_store::{scope_of, scopes_of};
use super::ops;
use super::store::{self, Client, Token};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::choice;
use crate::access::csrf::Form;
use crate::access::error::Error;
use crate::access::limits::{self, Establishments};
use crate::access::limits_form::Said;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission, Permissions, Scope, State};
use crate::access::mount::Mount;
use crate::db::{self, Conn};
use crate::http::{Failure, Page, Turn};
use crate::ids::ClientId;
use crate::sheets::{Cell, Column};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
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
    mount.web(Method::POST, "/admin/clients/{id}/token", manage, new_token);
    mount.web(Method::POST, "/admin/clients/{id}/disable", manage, disable);
    mount.web(Method::POST, "/admin/clients/{id}/enable", manage, enable);
    mount.web(
        Method::POST,
        "/admin/clients/{id}/tokens/{token}/revoke",
        manage,
        revoke,
    );
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
) -> Result<Page<Vec<Cell>>, Failure> {
    let (rows, counted) = store::page(conn, scope, turn)?;
    let page = turn.page(rows, counted, |it| (it.name.clone(), it.id.0));
    let tokens = store::tokens_of(conn, page.items.iter().map(|it| it.id).collect())?;
    let reaches = scopes_of(conn, &page.items)?;
    let codes = limits::codes(conn, establishments, &reaches)?;
    let mut seen = reaches.iter().map(|scope| limits::cell(scope, &codes));
    Ok(page.map(|client| {
        let own = tokens.iter().filter(|token| token.client == client.id);
        let used = own.clone().filter_map(|token| token.last_used_at).max();
        let scopes: Vec<&str> = client.scopes.0.iter().map(|p| p.code()).collect();
        vec![
            Cell::Link {
                text: client.name,
                href: place(client.id),
            },
            Cell::Pill(client.state.code().to_owned()),
            Cell::text(scopes.join(", ")),
            seen.next().unwrap_or(Cell::Empty),
            Cell::Number(i64::try_from(own.count()).unwrap_or(i64::MAX)),
            Cell::of(used, Cell::Ago),
            Cell::Time(client.created_at),
        ]
    }))
}

async fn list(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let data = data(&authority, &caller, ("", &[]), Said::default()).await?;
    authority.page(&caller, "access/clients", data)
}

/// One client, its tokens, and what may be done about it.
async fn show(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
) -> Result<HttpResponse, Failure> {
    let (id, actor, establishments) = (*id, caller.actor()?, authority.establishments);
    let (client, tokens, limits) = authority
        .db
        .read(move |conn| {
            let client = ops::known(conn, &actor.scope, id)?;
            let own = scope_of(conn, id, client.sees_all)?;
            let limits = limits::shown(conn, &establishments, &own)?;
            Ok::<_, Error>((client, store::tokens_of(conn, vec![id])?, limits))
        })
        .await?;
    let mut it = shown(&client, &tokens);
    it["limits"] = limits;
    let data = json!({
        "crumbs": [{ "key": "nav-clients", "href": HERE }, { "text": client.name }],
        "it": it,
    });
    authority.page(&caller, "access/client", data)
}

async fn data(
    authority: &Authority,
    caller: &Caller,
    (name, chosen): (&str, &[&str]),
    said: Said,
) -> Result<Value, Failure> {
    let (scope, establishments) = (caller.actor()?.scope, authority.establishments);
    let limits = authority
        .db
        .read(move |conn| said.data(conn, &establishments, &scope))
        .await?;
    let ticked = chosen.iter().filter_map(|code| Permission::parse(code));
    let offered = choice::offered(&caller.permissions, &Permissions(ticked.collect()));
    let own = json!({ "form": { "name": name }, "offered": offered, "limits": limits });
    authority.list(caller, CLIENTS, own).await
}

fn shown(client: &Client, tokens: &[Token]) -> Value {
    let tokens: Vec<Value> = tokens
        .iter()
        .filter(|token| token.client == client.id)
        .map(|token| {
            json!({
                "id": token.id,
                "created_at": token.created_at,
                "last_used_at": token.last_used_at,
            })
        })
        .collect();
    json!({
        "id": client.id,
        "name": client.name,
        "state": client.state.code(),
        "is_active": client.state == State::Active,
        "scopes": choice::named(&client.scopes),
        "created_at": client.created_at,
        "tokens": tokens,
    })
}

async fn create(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let values = |name: &'static str| {
        form.iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    };
    let name = values("name").next().unwrap_or_default();
    let chosen: Vec<&str> = values("scopes").collect();
    let said = Said::of(&form);
    if said.is_search() {
        let data = data(&authority, &caller, (name, &chosen), said).await?;
        return authority.page(&caller, "access/clients", data);
    }
    let created = match ops::scopes(&chosen) {
        Ok(scopes) => {
            let (by, now, name) = (caller.grantor()?, authority.now(), name.to_owned());
            let (wish, establishments) = (said.clone(), authority.establishments);
            let write = move |tx: &mut db::Tx| {
                let own = &by.actor.scope;
                let reach = wish.limits()?.resolve(tx, &establishments, own, own)?;
                ops::create(tx, &by, (&name, &scopes), &reach, now)
            };
            authority.db.write(write).await
        }
        Err(refused) => Err(refused),
    };
    match created {
        Ok((client, token)) => token_once(&authority, &caller, &client, &token),
        Err(refused) => {
            let data = data(&authority, &caller, (name, &chosen), said).await?;
            authority.refused(&caller, "access/clients", data, refused)
        }
    }
}

/// The token stands on this one answer and nowhere else.
fn token_once(
    authority: &Authority,
    caller: &Caller,
    client: &Client,
    token: &str,
) -> Result<HttpResponse, Failure> {
    let mut caller = caller.clone();
    HERE.clone_into(&mut caller.here);
    let data = json!({ "client": client.name, "token": token });
    authority.page(&caller, "access/token", data)
}

#[derive(Deserialize)]
struct Empty {}

async fn new_token(
    authority: web::Data<Authority>,
    caller: Caller,
    id: web::Path<ClientId>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let (client, token) = authority
        .db
        .write(move |tx| ops::add_token(tx, &by, *id, now))
        .await?;
    token_once(&authority, &caller, &client, &token)
}

async fn revoke(
    authority: web::Data<Authority>,
    caller: Caller,
    ids: web::Path<(ClientId, i64)>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let (client, token) = ids.into_inner();
    authority
        .db
        .write(move |tx| ops::revoke_token(tx, &by, client, token, now))
        .await?;
    Ok(see_other("/admin/clients?said=token-revoked"))
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
