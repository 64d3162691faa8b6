//! Operators, for those who govern them.
use super::{NewOperator, Operator, ops, store};
use crate::access::authority::Authority;
use crate::access::caller::Caller;
use crate::access::console::address;
use crate::access::csrf::Form;
use crate::access::error::Error;
use crate::access::look::see_other;
use crate::access::model::{Needs, Permission, State};
use crate::access::mount::Mount;
use crate::access::roles;
use crate::db::Conn;
use crate::http::{Failure, Page, Turn};
use crate::sheets::{Cell, Column};
use actix_web::http::Method;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

const HERE: &str = "/admin/operators";

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
}

pub const OPERATORS: &str = "operators";

pub const OPERATOR_COLUMNS: &[Column] = &[
    Column::new("login", "access-login")
        .always()
        .sorted("login", "login"),
    Column::new("name", "access-name"),
    Column::new("roles", "access-roles"),
    Column::new("state", "access-state"),
    Column::new("last_sign_in_at", "access-last-sign-in"),
    Column::new("has_password", "access-has-password"),
    Column::new("created_at", "access-operator-created").on_wish(),
];

/// A page of the operators, by login.
pub fn read_operators(conn: &mut Conn, turn: &Turn) -> Result<Page<Vec<Cell>>, Failure> {
    let (rows, counted) = store::page(conn, turn)?;
    let page = turn.page(rows, counted, |it| (it.login.clone(), it.id.0));
    let held = roles::of_operator(conn, page.items.iter().map(|o| o.id).collect())?;
    Ok(page.map(|operator| {
        let held = held.iter().filter(|(whose, _)| *whose == operator.id);
        let roles: Vec<_> = held.map(|(_, role)| role).collect();
        cells(&operator, &roles)
    }))
}

fn cells(operator: &Operator, roles: &[&roles::Role]) -> Vec<Cell> {
    let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
    vec![
        Cell::id_at(&operator.login, format!("{HERE}/{}", operator.login)),
        Cell::text(&operator.name),
        match roles {
            [role] if role.is_built_in => Cell::Word(format!("role-{}", role.code)),
            _ => Cell::text(names.join(", ")),
        },
        Cell::Pill(operator.state.code().to_owned()),
        Cell::of(operator.last_sign_in_at, Cell::Ago),
        Cell::Yes(operator.has_password),
        Cell::Time(operator.created_at),
    ]
}

async fn list(authority: web::Data<Authority>, caller: Caller) -> Result<HttpResponse, Failure> {
    let form = json!({ "role": roles::VIEWER });
    let data = data(&authority, &caller, form).await?;
    authority.page(&caller, "access/operators", data)
}

async fn data(authority: &Authority, caller: &Caller, form: Value) -> Result<Value, Failure> {
    let roles = authority.db.read(roles::list).await?;
    let roles: Vec<Value> = roles.iter().map(shown).collect();
    let own = json!({ "roles": roles, "form": form });
    authority.list(caller, OPERATORS, own).await
}

/// One operator, and what may be done about him.
async fn show(
    authority: web::Data<Authority>,
    caller: Caller,
    login: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let login = login.into_inner();
    let (operator, held) = authority
        .db
        .read(move |conn| {
            let operator = store::find_by_login(conn, &login)?.ok_or(Error::OperatorUnknown)?;
            let held = roles::of_operator(conn, vec![operator.id])?;
            Ok::<_, Error>((operator, held))
        })
        .await?;
    let me = caller.actor()?.who.id();
    let data = json!({
        "crumbs": [{ "key": "nav-operators", "href": HERE }, { "text": operator.login }],
        "it": {
            "login": operator.login,
            "name": operator.name,
            "roles": held.iter().map(|(_, role)| shown(role)).collect::<Vec<_>>(),
            "state": operator.state.code(),
            "is_active": operator.state == State::Active,
            "has_password": operator.has_password,
            "is_me": me == Some(operator.id.0),
            "created_at": operator.created_at,
            "last_sign_in_at": operator.last_sign_in_at,
        },
    });
    authority.page(&caller, "access/operator", data)
}

/// Ready-made roles are named in the reader's language, others as they were called.
fn shown(role: &roles::Role) -> Value {
    if role.is_built_in {
        json!({ "value": role.code, "key": format!("role-{}", role.code) })
    } else {
        json!({ "value": role.code, "text": role.name })
    }
}

#[derive(Deserialize)]
struct New {
    login: String,
    name: String,
    role: String,
}

async fn create(
    authority: web::Data<Authority>,
    caller: Caller,
    Form(form): Form<New>,
) -> Result<HttpResponse, Failure> {
    let (by, now) = (caller.grantor()?, authority.now());
    let new = NewOperator {
        login: form.login.clone(),
        name: form.name.clone(),
        role: form.role.clone(),
    };
    let created = authority
        .db
        .write(move |tx| ops::create(tx, &by, &new, now))
        .await;
    match created {
        Ok((operator, token)) => link_once(&authority, &caller, &operator.login, &token),
        Err(refused) => {
            let form = json!({ "login": form.login, "name": form.name, "role": form.role });
            let data = data(&authority, &caller, form).await?;
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
    HERE.clone_into(&mut caller.here);
    authority.page(
        &caller,
        "access/link",
        json!({ "login": login, "link": link }),
    )
}

#[derive(Deserialize)]
struct Empty {}

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
