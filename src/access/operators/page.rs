//! Operators, for those who govern them.
use super::account::session_shown;
use super::{NewOperator, Operator, ops, scope_of, scopes_of, store};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::console::address;
use crate::access::csrf::{Empty, Form, values};
use crate::access::error::Error;
use crate::access::limits::{self, Establishments};
use crate::access::limits_form::Said;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission, Scope, State};
use crate::access::mount::Mount;
use crate::access::{factors, federation, roles, sessions};
use crate::db::{self, Conn};
use crate::http::{Failure, Page, Turn};
use crate::sheets::{Cell, Column};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

pub(super) const HERE: &str = "/admin/operators";

pub(super) fn routes(mount: &mut Mount) {
    let (view, manage) = (
        Needs::Permission(Permission::AccessView),
        Needs::Permission(Permission::AccessManage),
    );
    mount.web(Method::GET, HERE, view, list);
    mount.web(Method::POST, HERE, manage, create);
    mount.web(Method::GET, "/admin/operators/{login}", view, show);
    mount.web(
        Method::POST,
        "/admin/operators/{login}/link",
        manage,
        new_link,
    );
    mount.web(
        Method::POST,
        "/admin/operators/{login}/sessions/end",
        manage,
        end_sessions,
    );
    mount.web(
        Method::POST,
        "/admin/operators/{login}/disable",
        manage,
        disable,
    );
    mount.web(
        Method::POST,
        "/admin/operators/{login}/enable",
        manage,
        enable,
    );
    mount.web(
        Method::POST,
        "/admin/operators/{login}/second-factor/reset",
        manage,
        reset_second_factor,
    );
}

/// Where an operator's page is.
pub(super) fn place(login: &str) -> String {
    format!("{HERE}/{login}")
}

pub const OPERATORS: &str = "operators";

pub const OPERATOR_COLUMNS: &[Column] = &[
    Column::new("login", "access-login")
        .always()
        .sorted("login", "login"),
    Column::new("name", "access-name"),
    Column::new("roles", "access-roles"),
    Column::new("limits", "access-limits"),
    Column::new("state", "access-state"),
    Column::new("last_sign_in_at", "access-last-sign-in"),
    Column::new("has_password", "access-has-password"),
    Column::new("has_second_factor", "access-factor"),
    Column::new("created_at", "access-operator-created").on_wish(),
];

/// A page of the operators who see nothing out of `scope`, by login.
pub fn read_operators(
    conn: &mut Conn,
    establishments: &Establishments,
    scope: &Scope,
    turn: &Turn,
) -> Result<Page<Vec<Cell>>, Failure> {
    let (rows, counted) = store::page(conn, scope, turn)?;
    let page = turn.page(rows, counted, |it| (it.login.clone(), it.id.0));
    let held = roles::of_operator(conn, page.items.iter().map(|o| o.id).collect())?;
    let with_factor = factors::who_have(conn, page.items.iter().map(|o| o.id).collect())?;
    let scopes = scopes_of(conn, &page.items)?;
    let codes = limits::codes(conn, establishments, &scopes)?;
    let mut seen = scopes.iter().map(|scope| limits::cell(scope, &codes));
    Ok(page.map(|operator| {
        let held = held.iter().filter(|(whose, _)| *whose == operator.id);
        let roles: Vec<_> = held.map(|(_, role)| role).collect();
        let has_factor = with_factor.contains(&operator.id);
        cells(
            &operator,
            &roles,
            (seen.next().unwrap_or(Cell::Empty), has_factor),
        )
    }))
}

fn cells(
    operator: &Operator,
    roles: &[&roles::Role],
    (limits, has_factor): (Cell, bool),
) -> Vec<Cell> {
    let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
    vec![
        Cell::id_at(&operator.login, place(&operator.login)),
        Cell::text(&operator.name),
        match roles {
            [role] if role.is_built_in => Cell::Word(format!("role-{}", role.code)),
            _ => Cell::text(names.join(", ")),
        },
        limits,
        Cell::Pill(operator.state.code().to_owned()),
        Cell::of(operator.last_sign_in_at, Cell::Ago),
        Cell::Yes(operator.has_password),
        Cell::Yes(has_factor),
        Cell::Time(operator.created_at),
    ]
}

async fn list(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let form = json!({ "role": roles::VIEWER });
    let data = data(&authority, &caller, form, Said::default()).await?;
    authority.page(&caller, "access/operators", data)
}

async fn data(
    authority: &Authority,
    caller: &Caller,
    form: Value,
    said: Said,
) -> Result<Value, Failure> {
    let (scope, establishments) = (caller.actor()?.scope, authority.establishments);
    let (roles, limits) = authority
        .db
        .read(move |conn| {
            let limits = said.data(conn, &establishments, &scope)?;
            Ok::<_, db::Error>((roles::list(conn)?, limits))
        })
        .await?;
    let roles: Vec<Value> = roles.iter().map(roles::shown).collect();
    let own = json!({ "roles": roles, "form": form, "limits": limits });
    authority.list(caller, OPERATORS, own).await
}

/// One operator, and what may be done about him.
async fn show(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (login, actor) = (login.into_inner(), caller.actor()?);
    let (me, establishments, now) = (actor.who.id(), authority.establishments, authority.now());
    let (at, lasting) = (web::Data::clone(&authority), authority.lasting());
    let (operator, held, limits, signed_in, has_factor, provider) = authority
        .db
        .read(move |conn| {
            let operator = ops::known(conn, &actor.scope, &login)?;
            let provider = federation::shown(conn, at.provider.as_ref(), operator.id)?;
            let held = roles::of_operator(conn, vec![operator.id])?;
            let scope = scope_of(conn, &operator)?;
            let limits = limits::shown(conn, &establishments, &scope)?;
            let signed_in = sessions::list_of(conn, operator.id, lasting, now)?;
            let has_factor = factors::has(conn, operator.id)?;
            Ok::<_, Error>((operator, held, limits, signed_in, has_factor, provider))
        })
        .await?;
    let data = json!({
        "crumbs": [{ "key": "nav-operators", "href": HERE }, { "text": operator.login }],
        "it": {
            "login": operator.login,
            "name": operator.name,
            "limits": limits,
            "roles": held.iter().map(|(_, role)| roles::shown(role)).collect::<Vec<_>>(),
            "state": operator.state.code(),
            "is_active": operator.state == State::Active,
            "comes_in": operator.has_password || !provider["linked_at"].is_null(),
            "provider": provider,
            "has_factor": has_factor,
            "is_me": me == Some(operator.id.0),
            "created_at": operator.created_at,
            "last_sign_in_at": operator.last_sign_in_at,
        },
        "sessions": signed_in.iter().map(session_shown).collect::<Vec<_>>(),
    });
    authority.page(&caller, "access/operator", data)
}

async fn create(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Failure> {
    let field = |name| values(&form, name).next().unwrap_or_default().to_owned();
    let new = NewOperator {
        login: field("login"),
        name: field("name"),
        role: field("role"),
    };
    let said = Said::of(&form);
    let typed = json!({ "login": new.login, "name": new.name, "role": new.role });
    if said.is_search() {
        let data = data(&authority, &caller, typed, said).await?;
        return authority.page(&caller, "access/operators", data);
    }
    let (by, now, establishments) = (caller.grantor()?, authority.now(), authority.establishments);
    let wish = said.clone();
    let created = authority.db.write(move |tx| {
        let own = &by.actor.scope;
        let reach = wish.limits()?.resolve(tx, &establishments, own, own)?;
        ops::create(tx, &by, &new, &reach, now)
    });
    match created.await {
        Ok((operator, token)) => link_once(&authority, &caller, &operator.login, &token),
        Err(refused) => {
            let data = data(&authority, &caller, typed, said).await?;
            authority.refused(&caller, "access/operators", data, refused)
        }
    }
}

/// The link stands on this one answer and nowhere else.
fn link_once(
    authority: &Authority,
    caller: &Caller,
    login: &str,
    token: &str,
) -> Result<HttpResponse, Failure> {
    let link = address(&authority.base_url, token);
    let mut caller = caller.clone();
    let back = place(login);
    back.clone_into(&mut caller.here);
    let data = json!({
        "crumbs": [
            { "key": "nav-operators", "href": HERE },
            { "text": login, "href": back },
            { "key": "access-link-title" },
        ],
        "login": login,
        "link": link,
        "back": back,
    });
    authority.page(&caller, "access/link", data)
}

async fn new_link(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let whose = login.clone();
    let token = authority
        .db
        .write(move |tx| ops::issue_link(tx, &by, &whose, now))
        .await?;
    link_once(&authority, &caller, &login, &token)
}

async fn end_sessions(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (by, now, whose) = (caller.grantor()?, authority.now(), login.clone());
    authority
        .db
        .write(move |tx| ops::end_sessions(tx, &by, &whose, now))
        .await?;
    Ok(see_other(&format!("{}?said=sessions-ended", place(&login))))
}

async fn disable(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    set_state(&authority, &caller, login.into_inner(), State::Disabled).await?;
    Ok(see_other("/admin/operators?said=operator-disabled"))
}

async fn enable(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    set_state(&authority, &caller, login.into_inner(), State::Active).await?;
    Ok(see_other("/admin/operators?said=operator-enabled"))
}

async fn reset_second_factor(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
    Form(Empty {}): Form<Empty>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    authority
        .db
        .write(move |tx| ops::reset_second_factor(tx, &by, &login, now))
        .await?;
    Ok(see_other("/admin/operators?said=second-factor-reset"))
}

async fn set_state(
    authority: &Authority,
    caller: &Caller,
    login: String,
    to: State,
) -> Result<(), Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    authority
        .db
        .write(move |tx| ops::set_state(tx, &by, &login, to, now))
        .await?;
    Ok(())
}
